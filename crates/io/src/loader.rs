//! The loader: the thread that reads long files for all streams of a patch, the neediest first.
//!
//! The audio thread wakes nobody, so the loader looks for wishes every few milliseconds while there are
//! streams. It ends once the last stream and the last file are gone; nobody waits for that, for a disk may
//! hang.

use crate::decode::guarded;
use crate::long_file::{LongSound, Recipe};
use jackfield_node::stream::Feeder;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, Thread};
use std::time::Duration;

/// How often it looks for wishes: much shorter than what a head holds.
const PERIOD: Duration = Duration::from_millis(4);

/// The control side's handle.
#[derive(Debug)]
pub(crate) struct Loader {
    tasks: Sender<Task>,
    thread: Thread,
}

/// A stream to serve.
struct Task {
    feeder: Feeder,
    recipe: Arc<Recipe>,
    /// Opened when it is first needed.
    sound: Option<LongSound>,
}

impl Loader {
    /// Starts the thread.
    pub(crate) fn start() -> std::io::Result<Self> {
        let (tasks, tasks_there) = channel();
        let thread = thread::Builder::new().name("loader".to_owned()).spawn(move || serve(&tasks_there))?;
        Ok(Self { tasks, thread: thread.thread().clone() })
    }

    /// The thread, for who has to wake it.
    pub(crate) fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Serves a stream from now on, until its other end is dropped.
    pub(crate) fn take(&self, feeder: Feeder, recipe: Arc<Recipe>) {
        // It lives as long as this does.
        let _ = self.tasks.send(Task { feeder, recipe, sound: None });
        self.thread.unpark();
    }
}

/// The thread.
fn serve(tasks: &Receiver<Task>) {
    let mut served: Vec<Task> = Vec::new();
    loop {
        served.retain(|task| !task.feeder.is_abandoned());
        if served.is_empty() {
            match tasks.recv() {
                Ok(task) => served.push(task),
                Err(_) => return,
            }
        }
        served.extend(tasks.try_iter());
        let needs = served.iter_mut().filter_map(|task| Some((task.feeder.need()?, task)));
        match needs.max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((_, task)) => task.work(),
            None => thread::park_timeout(PERIOD),
        }
    }
}

impl Task {
    /// Does a piece of work. What goes wrong ends the stream and is noted with its file.
    fn work(&mut self) {
        let Self { feeder, recipe, sound } = self;
        let result = guarded(|| {
            let sound = match sound {
                Some(sound) => sound,
                None => sound.insert(recipe.open().map_err(|error| error.to_string())?),
            };
            feeder.serve(sound)
        });
        let failure = match result {
            Some(Ok(())) => return,
            Some(Err(reason)) => reason,
            None => "its content confuses the decoder".to_owned(),
        };
        feeder.give_up();
        recipe.fail(failure);
    }
}
