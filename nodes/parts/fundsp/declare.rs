//! How a unit of `fundsp` becomes a node: a line that says which ports it has and how it is built.

use jackfield_node::Category;
use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
use jackfield_node::prelude::*;

/// The beginning of the spec of every such node: in the category of its own, outside the promise of equal
/// bits.
pub(crate) const fn spec<N: FundspNode>(id: &'static str, name: &'static str) -> NodeSpec {
    NodeSpec::block::<FundspBlock<N>>(id, name, Category::Fundsp).without_equal_bits()
}

/// Declares the type behind a node: `unit!(Name, inputs, outputs, unit)`, where inputs and outputs are
/// ports in the order of the unit's channels. With a config, `unit!(Name: Config, .., |config| unit)`. What
/// else the adapter can do follows in brackets, as the constants of [`FundspNode`].
macro_rules! unit {
    ($name:ident, $inputs:expr, $outputs:expr, $unit:expr $(, { $($more:item)* })?) => {
        $crate::parts::fundsp::declare::unit!(
            $name: jackfield_node::NoConfig, $inputs, $outputs, |_| $unit $(, { $($more)* })?
        );
    };
    (
        $name:ident: $config:ty, $inputs:expr, $outputs:expr, |$settings:tt| $unit:expr
        $(, { $($more:item)* })?
    ) => {
        struct $name;

        impl jackfield_node::adapt::fundsp::FundspNode for $name {
            type Config = $config;
            const INPUTS: &'static [Input] = $inputs;
            const OUTPUTS: &'static [Output] = $outputs;
            $($($more)*)?

            fn unit($settings: &$config, _: &Setup, _: u32) -> Box<dyn fundsp::prelude32::AudioUnit> {
                Box::new($unit)
            }
        }
    };
}

pub(crate) use unit;
