//! Configs: prepared once for each node type and choice of settings, and shared.

use jackfield_node::{AnyConfig, ConfigError, NodeKind, NodeSpec, Settings, Setup};
use std::collections::HashMap;
use std::sync::Arc;

/// A config and what goes with it.
#[derive(Clone)]
pub(super) struct PreparedConfig {
    pub(super) config: AnyConfig,
    /// Equal for equal type and settings.
    pub(super) key: u32,
    pub(super) latency: usize,
}

/// All configs in use.
#[derive(Default)]
pub(super) struct Configs {
    by_type: HashMap<&'static str, Vec<(Settings, PreparedConfig)>>,
    next_key: u32,
}

impl Configs {
    /// The config for these settings.
    pub(super) fn prepare(
        &mut self,
        spec: &'static NodeSpec,
        settings: &Settings,
        setup: &Setup<'_>,
    ) -> Result<PreparedConfig, ConfigError> {
        let known = self.by_type.entry(spec.id).or_default();
        if let Some((_, prepared)) = known.iter().find(|(other, _)| other == settings) {
            return Ok(prepared.clone());
        }
        let (configure, latency) = match &spec.kind {
            NodeKind::Lanes(table) => (table.configure, table.latency),
            NodeKind::Block(table) => (table.configure, table.latency),
        };
        let config = configure(settings, setup)?;
        let latency = latency(&*config);
        self.next_key += 1;
        let prepared = PreparedConfig { config, key: self.next_key, latency };
        known.push((settings.clone(), prepared.clone()));
        Ok(prepared)
    }

    /// Frees configs that no plan and no node uses.
    pub(super) fn forget_unused(&mut self) {
        for known in self.by_type.values_mut() {
            known.retain(|(_, prepared)| Arc::strong_count(&prepared.config) > 1);
        }
    }
}
