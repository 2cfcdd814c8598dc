//! Making the patch: nodes, placeholders, comments and cables.

use crate::cabling::{Cabling, Socket, Sockets};
use crate::container;
use crate::error::ImportError;
use crate::layout::{self, Block};
use crate::mapping::Mappings;
use crate::plan::{self, Plan, UsedPorts};
use crate::rack::{self, Module, Rack};
use crate::report::{Grade, ModuleReport, Report};
use jackfield_node::Registry;
use jackfield_patch::{
    Annotation, AnnotationKind, Edit, Extra, Meta, Node, NodeBody, Patch, UnknownNode, limits,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What an import takes besides the file.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The patch's title, usually the file's name.
    pub title: &'a str,
    /// Width and height of a node's card on the canvas, in points.
    pub card_size: &'a dyn Fn(&Node) -> [f32; 2],
}

/// An imported patch.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The patch.
    pub patch: Patch,
    /// What became of each module.
    pub report: Report,
}

/// Makes a patch of a VCV Rack file.
///
/// Never panics, whatever the bytes; time and memory are bounded by [`limits`](crate::limits). Reads
/// nothing but `file` and writes nothing.
///
/// # Errors
///
/// When the bytes are no Rack patch or one beyond the limits; the error says what is wrong and what to try.
pub fn import(
    file: &[u8],
    mappings: &Mappings,
    registry: &Registry,
    options: Options<'_>,
) -> Result<Imported, ImportError> {
    let rack = rack::read(container::open(file)?)?;
    let used = used_ports(&rack);
    let plans: Vec<Plan> = rack
        .modules
        .iter()
        .zip(&used)
        .map(|(module, used)| plan::plan(module, used, rack.major, mappings, registry))
        .collect();
    let mut parts: Vec<Parts> = rack
        .modules
        .iter()
        .zip(&used)
        .zip(plans)
        .map(|((module, used), plan)| Parts::new(module, used, plan))
        .collect();
    keep_surplus_comments(&rack, &used, &mut parts);
    let places = layout::place(&blocks(&rack, &parts, options));
    let mut patch = Patch::new();
    let mut cabling = Cabling::default();
    let mut sockets = Vec::with_capacity(parts.len());
    let mut report =
        Report { cables: rack.listed_cables, problems: rack.problems.clone(), ..Report::default() };
    for ((module, parts), places) in rack.modules.iter().zip(parts).zip(&places) {
        let (own, names) = parts.put(&mut patch, places, &mut cabling)?;
        report.modules.push(ModuleReport {
            plugin: module.plugin.clone(),
            model: module.model.clone(),
            grade: own.1.grade,
            reason: own.1.reason,
            nodes: names,
        });
        sockets.push(own.0);
    }
    report.carried_cables = cabling.add_rack(&rack, &sockets);
    cabling.lay(&mut patch)?;
    patch.apply(Edit::SetMeta(Box::new(meta(&report, rack.major, options.title))))?;
    Ok(Imported { patch, report })
}

fn used_ports(rack: &Rack) -> Vec<UsedPorts> {
    let mut used = vec![UsedPorts::default(); rack.modules.len()];
    for cable in &rack.cables {
        used[cable.from].outputs.insert(cable.output);
        used[cable.to].inputs.insert(cable.input);
    }
    used
}

/// A patch has a limit of comments; the modules beyond it are kept as placeholders.
fn keep_surplus_comments(rack: &Rack, used: &[UsedPorts], parts: &mut [Parts]) {
    let with_comment = parts.iter_mut().zip(&rack.modules).zip(used);
    let with_comment = with_comment.filter(|((parts, _), _)| parts.plan.comment.is_some());
    for ((parts, module), used) in with_comment.skip(limits::ANNOTATIONS) {
        *parts = Parts::new(module, used, Plan::kept("a patch has no room for more comments"));
    }
}

fn blocks(rack: &Rack, parts: &[Parts], options: Options<'_>) -> Vec<Block> {
    let block = |(module, parts): (&Module, &Parts)| Block { at: module.at, cards: parts.sizes(options) };
    rack.modules.iter().zip(parts).map(block).collect()
}

/// What a person reads first: what was imported, and what is left to do.
fn meta(report: &Report, major: u32, title: &str) -> Meta {
    let version = if major == 0 { String::new() } else { format!(" {major}") };
    let mut notes = format!(
        "Imported from VCV Rack{version}: {} modules, of them {} exact, {} near, {} kept as placeholders.",
        report.modules.len(),
        report.count(Grade::Exact),
        report.count(Grade::Near),
        report.count(Grade::Kept),
    );
    for module in report.modules.iter().filter(|module| module.grade != Grade::Exact).take(200) {
        let (plugin, model, grade) = (&module.plugin, &module.model, module.grade.name());
        notes.push_str(&format!("\n{plugin} {model}: {grade}: {}", module.reason));
    }
    Meta { title: one_line(title), notes: cut(&notes, limits::NOTES_BYTES), ..Meta::default() }
}

fn one_line(text: &str) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), limits::LINE_BYTES)
}

/// The beginning of a text, of at most so many bytes.
fn cut(text: &str, most: usize) -> String {
    let end = (0..=most.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text[..end].to_owned()
}

/// What a module becomes in the patch: its nodes, and placeholders for ports that have no equal.
struct Parts {
    plan: Plan,
    /// What its nodes are called.
    name: String,
    /// Placeholders, each with the ports that it stands for.
    placeholders: Vec<(Node, UsedPorts)>,
}

impl Parts {
    fn new(module: &Module, used: &UsedPorts, plan: Plan) -> Self {
        let unmatched = plan.unmatched(used);
        let is_kept = plan.grade == Grade::Kept;
        let needs_one = is_kept || !unmatched.inputs.is_empty() || !unmatched.outputs.is_empty();
        let placeholders = if needs_one { placeholders(module, &unmatched) } else { Vec::new() };
        Self { plan, name: name(&module.model), placeholders }
    }

    /// The sizes of its cards, in the order in which they are put.
    fn sizes(&self, options: Options<'_>) -> Vec<[f32; 2]> {
        let nodes = self.plan.nodes.iter().map(|(_, node)| node);
        let cards = nodes.chain(self.placeholders.iter().map(|(node, _)| node)).map(options.card_size);
        cards.chain(self.plan.comment.as_deref().map(comment_size)).collect()
    }

    /// Puts it into the patch. Gives where its ports are, with the plan, and the ids of its nodes.
    fn put(
        mut self,
        patch: &mut Patch,
        places: &[[f32; 2]],
        cabling: &mut Cabling,
    ) -> Result<((Sockets, Plan), Vec<String>), ImportError> {
        let mut places = places.iter().copied();
        let mut ids: Vec<Arc<str>> = Vec::new();
        for (number, (rule, mut node)) in self.plan.nodes.drain(..).enumerate() {
            let base = if number == 0 { self.name.clone() } else { format!("{} {rule}", self.name) };
            node.id = patch.free_id(&base).into();
            node.at = places.next().unwrap_or_default();
            ids.push(node.id.clone());
            patch.apply(Edit::AddNode(Box::new(node)))?;
        }
        for (from, output, to, input, depth) in &self.plan.wires {
            let (from, to) = (ids[*from].clone(), ids[*to].clone());
            cabling.add([from, output.as_str().into(), to, input.as_str().into()], *depth, None);
        }
        let mut sockets = Sockets::default();
        for (port, node, input, factor) in self.plan.inputs.drain(..) {
            let socket = Socket { node: ids[node].clone(), port: input, factor };
            sockets.inputs.entry(port).or_default().push(socket);
        }
        for (port, node, output, factor) in self.plan.outputs.drain(..) {
            let socket = Socket { node: ids[node].clone(), port: output, factor };
            sockets.outputs.entry(port).or_insert(socket);
        }
        for (mut node, ports) in self.placeholders {
            let base = if ids.is_empty() { self.name.clone() } else { format!("{} rest", self.name) };
            node.id = patch.free_id(&base).into();
            node.at = places.next().unwrap_or_default();
            // A placeholder has volts, as the module had.
            let socket = |port: String| Socket { node: node.id.clone(), port, factor: 1.0 };
            for port in ports.inputs {
                sockets.inputs.insert(port, vec![socket(format!("in{port}"))]);
            }
            for port in ports.outputs {
                sockets.outputs.insert(port, socket(format!("out{port}")));
            }
            ids.push(node.id.clone());
            patch.apply(Edit::AddNode(Box::new(node)))?;
        }
        if let (Some(text), Some(at)) = (self.plan.comment.take(), places.next()) {
            let annotation = Annotation { text: text.clone(), ..Annotation::new(at, comment_size(&text)) };
            let kind = AnnotationKind::Comment;
            let id = patch.free_annotation_id(kind);
            patch.apply(Edit::SetAnnotation { kind, id, annotation: Some(Box::new(annotation)) })?;
        }
        Ok(((sockets, self.plan), ids.iter().map(ToString::to_string).collect()))
    }
}

/// Nodes of an unknown type that carry the whole module, and have these ports. One has room for so many
/// ports; more take another one.
fn placeholders(module: &Module, ports: &UsedPorts) -> Vec<(Node, UsedPorts)> {
    let (inputs, outputs): (Vec<u32>, Vec<u32>) =
        (ports.inputs.iter().copied().collect(), ports.outputs.iter().copied().collect());
    let count = inputs.len().max(outputs.len()).div_ceil(limits::PORTS).max(1);
    let share = |ports: &[u32], number: usize| {
        ports.iter().copied().skip(number * limits::PORTS).take(limits::PORTS).collect()
    };
    let one = |number: usize| {
        let ports = UsedPorts { inputs: share(&inputs, number), outputs: share(&outputs, number) };
        let entry = json!({
            "type": format!("vcv.{}.{}", word(&module.plugin), word(&module.model)),
            "vcv": canonical(&module.whole),
        });
        let body = NodeBody::Unknown(UnknownNode {
            entry,
            inputs: ports.inputs.iter().map(|port| format!("in{port}")).collect(),
            outputs: ports.outputs.iter().map(|port| format!("out{port}")).collect(),
        });
        let node = Node {
            id: "node".into(),
            at: [0.0; 2],
            muted: module.is_bypassed,
            hue: None,
            seed: None,
            body,
            extra: Extra::default(),
        };
        (node, ports)
    };
    (0..count).map(one).collect()
}

/// The value with its numbers as a patch file reads them: whole ones without a point.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, member)| (key.clone(), canonical(member))).collect()
        }
        Value::Number(number) if number.is_f64() => {
            // The digits that are written are read as an integer where they are one.
            let digits = number.as_f64().map(|number| number.to_string()).unwrap_or_default();
            let whole = digits.parse::<i64>().map(Value::from);
            whole.or_else(|_| digits.parse::<u64>().map(Value::from)).unwrap_or_else(|_| value.clone())
        }
        other => other.clone(),
    }
}

/// The longest part of a type's or a node's name that comes from a module.
const WORD_BYTES: usize = 40;

/// A name as part of a type's id.
fn word(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let word: String = name.chars().take(WORD_BYTES).map(plain).collect();
    if word.is_empty() { "unnamed".to_owned() } else { word }
}

/// A model's name as the id of a node. Some begin with the name of their plugin.
fn name(model: &str) -> String {
    let short = model.rsplit_once('-').map_or(model, |(before, after)| {
        let is_prefix = matches!(before, "Bogaudio" | "squinkylabs" | "Blamsoft" | "Clocked" | "rcm");
        if is_prefix && !after.is_empty() { after } else { model }
    });
    let plain = |letter: char| {
        let is_part = letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        if is_part { letter } else { ' ' }
    };
    let text: String = short.chars().take(WORD_BYTES).map(plain).collect();
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { "module".to_owned() } else { name }
}

/// Room for a comment: its lines, wrapped at its width.
fn comment_size(text: &str) -> [f32; 2] {
    const COLUMNS: usize = 36;
    const LINES: usize = 60;
    let lines: usize = text.lines().map(|line| line.chars().count().div_ceil(COLUMNS).max(1)).sum();
    [264.0, 32.0 + 16.0 * lines.clamp(1, LINES) as f32]
}
