//! The page of keys and gestures for the guides, from the lists that the editor itself works by.

use crate::action::ACTIONS;
use crate::gesture::GESTURES;

/// Every gesture, and every action with its key, as a page in Markdown (`docs/keys.md`). Keys are written as
/// they are on Linux and Windows. Any thread.
pub fn keys_page() -> String {
    let mut page = String::from(
        "# Keys and gestures\n\nWritten from the editor's own lists by `cargo xtask record`; `F1` shows \
         the same. \
         On macOS `Ctrl` is `Cmd`. Letters alone belong to the piano: the rows `Z` and `Q` play.\n",
    );
    let gestures = GESTURES.iter().map(|(how, what)| [(*how).to_owned(), (*what).to_owned()]);
    page.push_str(&table("Gestures", ["do", "to"], gestures));
    let keys = ACTIONS.iter().filter_map(|info| {
        let shortcut = info.shortcut?;
        let key = shortcut.format(&egui::ModifierNames::NAMES, false);
        Some([format!("`{key}`"), format!("**{}** {}", info.name, info.help)])
    });
    page.push_str(&table("Keys", ["key", ""], keys));
    let others = ACTIONS.iter().filter(|info| info.shortcut.is_none());
    let others = others.map(|info| [info.name.to_owned(), info.help.to_owned()]);
    page.push_str(&table("In menus and in *Commands…*", ["action", ""], others));
    page
}

fn table(heading: &str, titles: [&str; 2], rows: impl Iterator<Item = [String; 2]>) -> String {
    let rows: String =
        rows.map(|[left, right]| ["| ", &left.replace('|', "\\|"), " | ", &right, " |\n"].concat()).collect();
    format!("\n## {heading}\n\n| {} | {} |\n| --- | --- |\n{rows}", titles[0], titles[1])
}
