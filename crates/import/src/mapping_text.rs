//! The text of mapping files: one thing a line.
//!
//! ```text
//! # What follows a '#' at the beginning of a line is for people.
//! module Plugin/Model Plugin/OtherModel      begins a mapping, for one or more modules
//! exact                                      or: near, and in a few words why
//! node osc source.oscillator                 a node and the name it has here
//! knob osc.frequency 261.6256 * 2 ^ (p2/12)  a knob's shown value
//! set osc.waveform saw                       a setting: a choice or text as it stands,
//! set osc.waveform pick p0: sine saw         one of these choices by number,
//! set osc.levels = p1 / 10, p2 / 10          numbers,
//! set osc.levels first p0: p1 / 10, p2 / 10  or so many of them
//! in 0 osc.pitch 1                           input 0: what one volt becomes there
//! out 2 osc.out 5                            output 2: volts of a signal of 1
//! wire osc.out filter.in 1                   a cable among the nodes, with its depth
//! near if p0 > 0.5: reason                   what makes an exact one near
//! comment data.text                          a module that is only writing: where its text stands
//! each 0..3 in {n} mix.in{n+1} 0.2           the line once for each number
//! ```

use crate::expression::{Expression, Scope};
use crate::mapping::{
    InputRule, KnobRule, Mapping, NodeRule, OutputRule, SettingRule, SettingSource, WireRule,
};
use crate::report::Grade;
use serde_json::Value;
use thiserror::Error;

/// What is wrong with a mapping file.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}, line {line}: {problem}")]
pub struct MappingError {
    file: String,
    line: usize,
    problem: String,
}

impl MappingError {
    pub(crate) fn new(file: &str, line: usize, problem: String) -> Self {
        Self { file: file.to_owned(), line, problem }
    }
}

/// A module: plugin and model.
type ModuleName = (String, String);

/// Reads a mapping file.
pub(crate) fn read(file: &str, text: &str) -> Result<Vec<(ModuleName, Mapping)>, MappingError> {
    let mut reader = Reader::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            reader.line(line).map_err(|problem| MappingError::new(file, number + 1, problem))?;
        }
    }
    reader.finish();
    Ok(reader.done)
}

#[derive(Default)]
struct Reader {
    /// The modules of the mapping under way.
    modules: Vec<ModuleName>,
    mapping: Option<Mapping>,
    done: Vec<(ModuleName, Mapping)>,
}

impl Reader {
    fn finish(&mut self) {
        if let Some(mapping) = self.mapping.take() {
            self.done.extend(self.modules.drain(..).map(|module| (module, mapping.clone())));
        }
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        let (word, rest) = split(line);
        if word == "module" {
            self.finish();
            let module = |name: &str| {
                let (plugin, model) = name.split_once('/').ok_or(format!("'{name}' lacks its plugin"))?;
                Ok((plugin.to_owned(), model.to_owned()))
            };
            self.modules = rest.split_whitespace().map(module).collect::<Result<_, String>>()?;
            self.mapping = Some(Mapping::empty());
            return Ok(());
        }
        if word == "each" {
            return self.each(rest);
        }
        self.mapping.as_mut().ok_or("a mapping begins with 'module'")?.line(word, rest)
    }

    /// `0..3 LINE`: the line with each number in place of what stands in braces.
    fn each(&mut self, rest: &str) -> Result<(), String> {
        let (range, line) = split(rest);
        let ends = range.split_once("..").and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        let (first, last): (u8, u8) = ends.ok_or(format!("'{range}' is no range like 0..3"))?;
        for number in first..=last {
            self.line(&filled(line, number)?)?;
        }
        Ok(())
    }
}

/// The line with the values of what stands in braces.
fn filled(line: &str, number: u8) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, inside)) = rest.split_once('{') {
        let (inside, after) = inside.split_once('}').ok_or("a '}' is missing")?;
        let value = Expression::parse(inside)?.value(&LineNumber(number));
        text.push_str(before);
        text.push_str(&value.to_string());
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// What is known while a mapping is read: the number of the line under `each`.
struct LineNumber(u8);

impl Scope for LineNumber {
    fn param(&self, _: u32) -> Option<f64> {
        None
    }
    fn data(&self) -> Option<&Value> {
        None
    }
    fn has_input(&self, _: u32) -> bool {
        false
    }
    fn has_output(&self, _: u32) -> bool {
        false
    }
    fn major(&self) -> u32 {
        0
    }
    fn line(&self) -> f64 {
        f64::from(self.0)
    }
}

/// The first word, and what follows it.
fn split(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

impl Mapping {
    fn empty() -> Self {
        Self {
            grade: Grade::Exact,
            reason: String::new(),
            comment: Vec::new(),
            nodes: Vec::new(),
            knobs: Vec::new(),
            settings: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            wires: Vec::new(),
            demotions: Vec::new(),
        }
    }

    fn line(&mut self, word: &str, rest: &str) -> Result<(), String> {
        let (first, more) = split(rest);
        match word {
            "exact" => self.grade = Grade::Exact,
            "near" if first == "if" => {
                let (condition, reason) = more.split_once(':').ok_or("a reason is missing behind ':'")?;
                self.demotions.push((Expression::parse(condition)?, reason.trim().to_owned()));
            }
            "near" => (self.grade, self.reason) = (Grade::Near, rest.to_owned()),
            "comment" => self.comment.push(rest.split('.').map(str::to_owned).collect()),
            "node" => self.nodes.push(NodeRule { name: first.to_owned(), type_id: more.to_owned() }),
            "knob" => {
                let (node, knob) = self.part(first)?;
                self.knobs.push(KnobRule { node, knob, value: Expression::parse(more)? });
            }
            "set" => {
                let (node, setting) = self.part(first)?;
                self.settings.push(SettingRule { node, setting, value: setting_source(more)? });
            }
            "in" => {
                let (place, gain) = split(more);
                let (node, input) = self.part(place)?;
                let port = port(first)?;
                self.inputs.push(InputRule { port, node, input, gain: Expression::parse(gain)? });
            }
            "out" => {
                let (place, volts) = split(more);
                let (node, output) = self.part(place)?;
                let port = port(first)?;
                self.outputs.push(OutputRule { port, node, output, volts: Expression::parse(volts)? });
            }
            "wire" => {
                let (to, depth) = split(more);
                let ((from, output), (to, input)) = (self.part(first)?, self.part(to)?);
                let depth = Expression::parse(depth)?;
                self.wires.push(WireRule { from, output, to, input, depth });
            }
            _ => return Err(format!("'{word}' is not understood")),
        }
        Ok(())
    }

    /// `node.part` as the position of the node and the name of the part.
    fn part(&self, text: &str) -> Result<(usize, String), String> {
        let (node, part) = text.split_once('.').ok_or(format!("'{text}' is no node.part"))?;
        let place = self.nodes.iter().position(|rule| rule.name == node);
        Ok((place.ok_or(format!("there is no node '{node}' above"))?, part.to_owned()))
    }
}

fn port(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("'{text}' is no number of a port"))
}

fn setting_source(text: &str) -> Result<SettingSource, String> {
    let list = |numbers| top_level(numbers).into_iter().map(Expression::parse).collect::<Result<_, _>>();
    if let Some(numbers) = text.strip_prefix('=') {
        return Ok(SettingSource::Numbers(list(numbers)?));
    }
    if let Some((count, numbers)) = text.strip_prefix("first ").and_then(|rest| rest.split_once(':')) {
        return Ok(SettingSource::First(Expression::parse(count)?, list(numbers)?));
    }
    if let Some((number, choices)) = text.strip_prefix("pick ").and_then(|rest| rest.split_once(':')) {
        let choices = choices.split_whitespace().map(str::to_owned).collect();
        return Ok(SettingSource::Pick(Expression::parse(number)?, choices));
    }
    Ok(SettingSource::Word(text.to_owned()))
}

/// The parts between commas that stand in no brackets.
fn top_level(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_i32, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
