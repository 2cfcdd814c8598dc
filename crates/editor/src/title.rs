//! Titles: what a node is called on its card, in words. Ids stay what files and cables go by.

use jackfield_patch::Node;

/// A name as it is said: without underscores.
pub(crate) fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

/// What a node is called: its type's name, as long as its id is made from the type (`lfo`, `lfo 2`), else its
/// id in words (`bass_filter`: Bass filter).
pub(crate) fn human_title(node: &Node) -> String {
    let Some(spec) = node.spec() else {
        return format!("{}: {} is missing", spoken(&node.id), node.type_id());
    };
    let base = spec.id.rsplit('.').next().unwrap_or(spec.id);
    match of_type(&node.id, base) {
        Some(number) => format!("{}{number}", spec.name),
        None => capital(&spoken(&node.id)),
    }
}

/// The type's name, for a node whose title says something else.
pub(crate) fn type_beside(node: &Node) -> Option<&'static str> {
    let spec = node.spec()?;
    let title = human_title(node);
    (!title.to_lowercase().starts_with(&spec.name.to_lowercase())).then_some(spec.name)
}

/// What stands behind a type's own id, if an id is made from it: nothing or a number.
fn of_type(id: &str, base: &str) -> Option<String> {
    let rest = id.strip_prefix(base)?;
    let number = rest.trim_start_matches([' ', '-', '_']);
    if rest.is_empty() {
        return Some(String::new());
    }
    let is_number = !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit());
    is_number.then(|| format!(" {number}"))
}

/// With a capital letter in front, unless there are capitals in it already.
fn capital(text: &str) -> String {
    if text.chars().any(char::is_uppercase) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_type_give_its_name_and_others_are_words() {
        for (id, base, found) in [
            ("lfo", "lfo", Some("")),
            ("lfo 2", "lfo", Some(" 2")),
            ("lfo-12", "lfo", Some(" 12")),
            ("clock1", "clock", Some(" 1")),
            ("lfo_slow", "lfo", None),
            ("drift", "lfo", None),
        ] {
            assert_eq!(of_type(id, base).as_deref(), found, "{id}");
        }
        assert_eq!(capital(&spoken("bass_filter")), "Bass filter");
        assert_eq!(capital("VCA of Anna"), "VCA of Anna");
        assert_eq!(capital(""), "");
    }
}
