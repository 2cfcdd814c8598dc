//! Names: one type of a name in a crate, and the field's word where there is one.

use crate::tokens::{Token, tokens};
use crate::{code_files, packages, root};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Names that each file of a kind gives to its own part of one contract: the state and config of a node, the
/// arguments of a subcommand. The module says whose they are.
const OF_A_CONTRACT: &[&str] = &["Arguments", "Config", "State"];

/// Words that once stood for things that have a name in the field, and that name. They are no part of any
/// name.
const REPLACED: &[(&str, &str)] = &[
    ("attendant", "audio controller"),
    ("guest", "preview session"),
    ("homeless", "temporary folder"),
    ("hush", "mute"),
    ("hushed", "muted"),
    ("lens", "context"),
    ("looking", "analysis"),
    ("obey", "handle_command"),
    ("orphan", "recovered journal"),
    ("remark", "annotation"),
    ("studio", "app"),
];

#[test]
fn no_type_name_stands_for_two_things_in_a_crate() {
    let mut doubled = Vec::new();
    for package in packages() {
        let folder = sources(&package);
        let mut places: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        for (file, code) in code_files(&[&folder]) {
            for name in declared_types(&code) {
                places.entry(name.to_owned()).or_default().push(file.clone());
            }
        }
        places.retain(|name, files| files.len() > 1 && !OF_A_CONTRACT.contains(&name.as_str()));
        doubled.extend(places.into_iter().map(|(name, files)| format!("{name} in {folder}: {files:#?}")));
    }
    assert!(doubled.is_empty(), "name each after what it is:\n{}", doubled.join("\n"));
}

#[test]
fn names_are_the_ones_the_field_uses() {
    let mut found = Vec::new();
    for (file, code) in code_files(&["crates", "nodes", "xtask"]) {
        let names: BTreeSet<&str> = tokens(&code)
            .into_iter()
            .filter_map(|(_, token)| match token {
                Token::Word(name) => Some(name),
                _ => None,
            })
            .collect();
        for name in names {
            let parts = words(name);
            let replaced = REPLACED.iter().find(|(word, _)| parts.iter().any(|part| part == word));
            if let Some((word, instead)) = replaced {
                found.push(format!("{}: {name}: say '{instead}' rather than '{word}'", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The folder of a package's sources, from the root of the project.
fn sources(package: &serde_json::Value) -> String {
    let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
    let folder = manifest.parent().expect("a folder").strip_prefix(root()).expect("it is in the project");
    // The root package's sources lie beside those of the others.
    if folder.as_os_str().is_empty() { "crates/cli".to_owned() } else { folder.display().to_string() }
}

/// The names of the types that a text declares. Types of a trait's implementation belong to the trait.
fn declared_types(code: &str) -> Vec<&str> {
    let tokens: Vec<Token<'_>> = tokens(code).into_iter().map(|(_, token)| token).collect();
    let mut declared = Vec::new();
    // Of each open brace, whether it is that of a trait or an implementation.
    let mut scopes = Vec::new();
    let mut is_next_associated = false;
    for (place, token) in tokens.iter().enumerate() {
        match token {
            Token::Word("impl" | "trait") => is_next_associated = true,
            Token::Sign('{') => scopes.push(std::mem::take(&mut is_next_associated)),
            Token::Sign('}') => drop(scopes.pop()),
            Token::Sign(';') => is_next_associated = false,
            _ => {}
        }
        let is_associated = scopes.last().copied().unwrap_or(false);
        let declares = match token {
            Token::Word("struct" | "enum" | "trait") => true,
            Token::Word("type") => !is_associated,
            _ => false,
        };
        if declares
            && let Some(Token::Word(name)) = tokens.get(place + 1)
            && name.starts_with(char::is_uppercase)
        {
            declared.push(*name);
        }
    }
    declared
}

/// The words a name is made of, in small letters.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() && before.is_lowercase() {
            words.push(String::new());
        }
        if letter != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words
}

#[test]
fn declared_types_are_found() {
    let code =
        "pub struct A; impl T for A { type Out = B; } mod m { pub(crate) enum C { D } } type E<'a> = &'a str;
        trait F { type G; } fn f() -> impl Fn() { 3 } macro_rules! m { () => { struct $name; }; }";
    assert_eq!(declared_types(code), ["A", "C", "E", "F"]);
}

#[test]
fn names_fall_into_words() {
    let split = |name| words(name).into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
    assert_eq!(split("StageDoor"), ["stage", "door"]);
    assert_eq!(split("is_hushed"), ["is", "hushed"]);
    assert_eq!(split("MOST_LINES"), ["most", "lines"]);
}
