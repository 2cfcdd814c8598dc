//! The system's own file dialog, where there is one. It runs on a thread of its own while the window goes on.

use super::{Choice, Request};
use rfd::FileDialog;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

/// A system dialog that is open.
pub(crate) struct SystemDialog {
    pub(crate) request: Request,
    chosen: Receiver<Option<PathBuf>>,
}

impl SystemDialog {
    /// Whether the system has file dialogs that answer: on Linux, a desktop portal.
    pub(crate) fn exists() -> bool {
        if cfg!(not(target_os = "linux")) {
            return true;
        }
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let service = "dbus-1/services/org.freedesktop.portal.Desktop.service";
        let folders = set("XDG_DATA_DIRS").unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        let has_bus = set("DBUS_SESSION_BUS_ADDRESS").is_some()
            || set("XDG_RUNTIME_DIR").is_some_and(|folder| Path::new(&folder).join("bus").exists());
        has_bus && std::env::split_paths(&folders).any(|folder| folder.join(service).exists())
    }

    /// Opens it; `wake` is called when it has closed.
    pub(crate) fn open(request: Request, wake: impl FnOnce() + Send + 'static) -> std::io::Result<Self> {
        let (send, chosen) = channel();
        let asked = request.clone();
        let show = move || {
            // Nobody waits any more when the window is gone.
            let _ = send.send(pick(&asked));
            wake();
        };
        if cfg!(target_os = "macos") {
            // There, only the main thread may show windows.
            show();
        } else {
            thread::Builder::new().name("file dialog".to_owned()).spawn(show)?;
        }
        Ok(Self { request, chosen })
    }

    /// What it has come to.
    pub(crate) fn choice(&self) -> Choice {
        match self.chosen.try_recv() {
            Ok(Some(file)) => Choice::File(file),
            Ok(None) | Err(TryRecvError::Disconnected) => Choice::None,
            Err(TryRecvError::Empty) => Choice::Open,
        }
    }
}

fn pick(request: &Request) -> Option<PathBuf> {
    let mut dialog = FileDialog::new().set_title(request.purpose.title()).set_directory(&request.folder);
    let kind = request.purpose.kind();
    dialog = dialog.add_filter(kind.name(), kind.endings());
    if request.purpose.is_new() {
        return dialog.set_file_name(&request.name).save_file();
    }
    dialog.pick_file()
}
