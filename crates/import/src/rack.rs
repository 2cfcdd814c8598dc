//! What Rack's files say, in one form for all of them. Version 0.5 has bare numbers for parameters and
//! `wires` between positions of modules, 0.6 has `paramId`, 1 and 2 have `id` and `cables` between ids of
//! modules. What is missing or of a wrong type is left out; only what is not a patch at all is an error.

use crate::error::ImportError;
use crate::limits;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// A rack.
#[derive(Debug, Default)]
pub(crate) struct Rack {
    /// The first number of the version that wrote it; 0 if it says none.
    pub(crate) major: u32,
    pub(crate) modules: Vec<Module>,
    pub(crate) cables: Vec<RackCable>,
    /// What of the file's cables can't be one, a line each.
    pub(crate) problems: Vec<String>,
    /// How many cables the file lists.
    pub(crate) listed_cables: usize,
}

/// A module.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) plugin: String,
    pub(crate) model: String,
    /// Values of its parameters by number.
    pub(crate) params: BTreeMap<u32, f64>,
    /// Column and row in the rack.
    pub(crate) at: [f64; 2],
    pub(crate) is_bypassed: bool,
    /// The module as it stands in the file.
    pub(crate) whole: Value,
}

/// A cable between ports of modules by position in the list.
#[derive(Clone, Debug)]
pub(crate) struct RackCable {
    pub(crate) from: usize,
    pub(crate) output: u32,
    pub(crate) to: usize,
    pub(crate) input: u32,
    pub(crate) hue: Option<u16>,
}

/// A port's number beyond this is a mistake.
const MOST_PORTS: u64 = 65_535;

/// Reads a rack.
///
/// # Errors
///
/// When there is no list of modules, or when there are too many modules or cables.
pub(crate) fn read(mut members: Map<String, Value>) -> Result<Rack, ImportError> {
    let Some(Value::Array(modules)) = members.remove("modules") else { return Err(ImportError::NoModules) };
    if modules.len() > limits::MODULES {
        return Err(ImportError::TooMany { what: "modules", most: limits::MODULES });
    }
    let major = major(members.get("version"));
    let mut places = HashMap::new();
    let modules: Vec<Module> = modules
        .into_iter()
        .enumerate()
        .map(|(place, whole)| {
            // The position is the id where there is none, as in all files before version 1.
            let id = whole.get("id").filter(|id| id.is_number()).map(Value::to_string);
            places.entry(id.unwrap_or_else(|| place.to_string())).or_insert(place);
            module(whole)
        })
        .collect();
    let cables = ["cables", "wires"].into_iter().find_map(|key| match members.remove(key) {
        Some(Value::Array(cables)) if !cables.is_empty() => Some(cables),
        _ => None,
    });
    let cables = cables.unwrap_or_default();
    if cables.len() > limits::CABLES {
        return Err(ImportError::TooMany { what: "cables", most: limits::CABLES });
    }
    let mut rack = Rack { major, modules, listed_cables: cables.len(), ..Rack::default() };
    for (number, entry) in cables.iter().enumerate() {
        match cable(entry, &places) {
            Some(cable) => rack.cables.push(cable),
            None => rack.problems.push(format!("cable {} joins no two ports of the file", number + 1)),
        }
    }
    Ok(rack)
}

fn major(version: Option<&Value>) -> u32 {
    let text = version.and_then(Value::as_str).unwrap_or_default();
    text.split('.').next().and_then(|first| first.parse().ok()).unwrap_or(0)
}

fn module(whole: Value) -> Module {
    let text = |key: &str| whole.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |place: usize| {
        let value = whole.get("pos").and_then(|pos| pos.get(place)).and_then(Value::as_f64);
        value.filter(|value| value.is_finite()).unwrap_or(0.0)
    };
    let is = |key: &str| whole.get(key).and_then(Value::as_bool).unwrap_or(false);
    Module {
        plugin: text("plugin"),
        model: text("model"),
        params: params(whole.get("params")),
        at: [number(0), number(1)],
        is_bypassed: is("bypass") || is("disabled"),
        whole,
    }
}

fn params(list: Option<&Value>) -> BTreeMap<u32, f64> {
    let Some(Value::Array(list)) = list else { return BTreeMap::new() };
    let one = |(place, param): (usize, &Value)| {
        let id = param.get("id").or_else(|| param.get("paramId")).and_then(Value::as_u64);
        let value = param.get("value").unwrap_or(param).as_f64().filter(|value| value.is_finite())?;
        Some((u32::try_from(id.unwrap_or(place as u64)).ok()?, value))
    };
    list.iter().enumerate().filter_map(one).collect()
}

fn cable(entry: &Value, places: &HashMap<String, usize>) -> Option<RackCable> {
    let module = |key: &str| places.get(&entry.get(key)?.to_string()).copied();
    let port = |key: &str| {
        let port = entry.get(key)?.as_u64().filter(|&port| port <= MOST_PORTS)?;
        u32::try_from(port).ok()
    };
    Some(RackCable {
        from: module("outputModuleId")?,
        output: port("outputId")?,
        to: module("inputModuleId")?,
        input: port("inputId")?,
        hue: entry.get("color").and_then(Value::as_str).and_then(hue),
    })
}

/// The hue of `#rrggbb` or `#rrggbbaa`; a grey has none.
fn hue(color: &str) -> Option<u16> {
    let digits = color.strip_prefix('#')?;
    let part =
        |at: usize| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).map(f64::from);
    let [red, green, blue] = [part(0)?, part(2)?, part(4)?];
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let chroma = most - least;
    if chroma < 16.0 {
        return None;
    }
    let sixths = if most == red {
        (green - blue) / chroma + 6.0
    } else if most == green {
        (blue - red) / chroma + 2.0
    } else {
        (red - green) / chroma + 4.0
    };
    Some(((sixths * 60.0).round() as u16) % 360)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hues_are_those_of_the_colour_circle() {
        let cases =
            [("#ff0000", Some(0)), ("#00ff00ff", Some(120)), ("#0000ff", Some(240)), ("#808080", None)];
        for (color, expected) in cases {
            assert_eq!(hue(color), expected, "{color}");
        }
        for broken in ["", "#", "red", "#ff", "#zzzzzz", "#\u{e9}\u{e9}\u{e9}"] {
            assert_eq!(hue(broken), None, "{broken}");
        }
    }
}
