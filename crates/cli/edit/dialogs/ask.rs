//! Questions with a few answers: whether to save, whether to replace what somebody else has written, and what
//! to do with what a crash has left.

use crate::edit::files::journal::RecoveredJournal;
use egui::{Context, Id, Modal, Ui};
use std::path::Path;
use std::time::SystemTime;

/// What to do with changes that are not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsaved {
    /// Save them, then go on.
    Save,
    /// Go on without them.
    Discard,
    /// Do not go on.
    Cancel,
}

/// Asks what to do with unsaved changes; nothing while there is no answer.
pub(crate) fn unsaved(context: &Context, title: &str) -> Option<Unsaved> {
    let response = Modal::new(Id::unique("unsaved changes")).show(context, |ui| {
        ui.set_max_width(400.0);
        ui.heading(format!("Save '{title}'?"));
        ui.add_space(8.0);
        ui.label("It has changes that are not saved.");
        ui.add_space(16.0);
        answers(ui, &[("Save", Unsaved::Save), ("Don't save", Unsaved::Discard), ("Cancel", Unsaved::Cancel)])
    });
    response.inner.or(response.should_close().then_some(Unsaved::Cancel))
}

/// What to do where the file has changed since it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// Save under another name.
    SaveAs,
    /// Write over it.
    Replace,
    /// Do not save.
    Cancel,
}

/// Asks what to do where somebody else has written the file; nothing while there is no answer.
pub(crate) fn changed(context: &Context, path: &Path) -> Option<Changed> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let response = Modal::new(Id::unique("changed on disk")).show(context, |ui| {
        ui.set_max_width(440.0);
        ui.heading(format!("Replace '{name}'?"));
        ui.add_space(8.0);
        ui.label("Another program, or another window, has written the file since it was opened here.");
        ui.add_space(16.0);
        let choices =
            [("Save as…", Changed::SaveAs), ("Replace it", Changed::Replace), ("Cancel", Changed::Cancel)];
        answers(ui, &choices)
    });
    response.inner.or(response.should_close().then_some(Changed::Cancel))
}

/// What to do with what a crash has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crashed {
    /// Go on with it.
    Restore,
    /// Go on with it, without sound: it may be what crashed.
    RestoreSilently,
    /// Throw it away.
    Discard,
    /// Decide the next time.
    Later,
}

/// Asks what to do with what a crash has left; nothing while there is no answer.
pub(crate) fn crashed(context: &Context, recovered: &RecoveredJournal) -> Option<Crashed> {
    let response = Modal::new(Id::unique("crashed")).show(context, |ui| {
        ui.set_max_width(440.0);
        ui.heading("Restore your work?");
        ui.add_space(8.0);
        ui.label(format!(
            "Jackfield ended without closing '{}', {}. Its unsaved changes were kept.",
            recovered.title,
            age(recovered.when)
        ));
        ui.add_space(16.0);
        answers(
            ui,
            &[
                ("Restore", Crashed::Restore),
                ("Restore without sound", Crashed::RestoreSilently),
                ("Discard", Crashed::Discard),
                ("Later", Crashed::Later),
            ],
        )
    });
    response.inner.or(response.should_close().then_some(Crashed::Later))
}

/// Buttons in a row. The first has the keyboard until another gets it, so Enter chooses it.
fn answers<T: Copy>(ui: &mut Ui, answers: &[(&str, T)]) -> Option<T> {
    ui.horizontal(|ui| {
        let buttons: Vec<_> = answers.iter().map(|(text, answer)| (ui.button(*text), *answer)).collect();
        if buttons.iter().all(|(button, _)| !button.has_focus())
            && let Some((first, _)) = buttons.first()
        {
            first.request_focus();
        }
        buttons.iter().find(|(button, _)| button.clicked()).map(|(_, answer)| *answer)
    })
    .inner
}

/// How long ago something was.
fn age(when: Option<SystemTime>) -> String {
    let Some(ago) = when.and_then(|when| when.elapsed().ok()) else { return "some time ago".to_owned() };
    let minutes = ago.as_secs() / 60;
    match minutes {
        0 => "less than a minute ago".to_owned(),
        1 => "a minute ago".to_owned(),
        2..=119 => format!("{minutes} minutes ago"),
        120..=2879 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn ages_are_told_as_people_do() {
        let ago = |seconds| age(SystemTime::now().checked_sub(Duration::from_secs(seconds)));
        assert_eq!(ago(5), "less than a minute ago");
        assert_eq!(ago(61), "a minute ago");
        assert_eq!(ago(3600), "60 minutes ago");
        assert_eq!(ago(4 * 3600), "4 hours ago");
        assert_eq!(ago(72 * 3600), "3 days ago");
        assert_eq!(age(None), "some time ago");
    }
}
