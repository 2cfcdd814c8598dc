//! Plays the text of a patch as the tests do that record its sound: see `jackfield_testkit::performance`.
//!
//! The exported functions are for WebAssembly, where `run.mjs` calls them: it asks for room for a text,
//! writes it there, lets it play, and reads the samples.

#![deny(unsafe_code)]

use jackfield_node::NoAssets;
use jackfield_testkit::performance::{Means, play};
use std::sync::{Mutex, PoisonError};

/// The sound of a patch: two channels, interleaved, at 48 kHz.
///
/// # Errors
/// If the text is no patch; says why.
///
/// # Panics
/// If the patch needs files or a node can't play.
pub fn sound(text: &[u8]) -> Result<Vec<f32>, String> {
    let (patch, _) =
        jackfield_patch::read(text, &jackfield_nodes::registry()).map_err(|error| error.to_string())?;
    Ok(play(&patch, Box::new(NoAssets), Means::best()))
}

static TEXT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static SOUND: Mutex<Vec<f32>> = Mutex::new(Vec::new());

/// Room for a text of so many bytes.
#[expect(unsafe_code, reason = "the name is exported; nothing else in the module bears it")]
#[unsafe(no_mangle)]
pub extern "C" fn jackfield_text(bytes: usize) -> *mut u8 {
    let mut text = TEXT.lock().unwrap_or_else(PoisonError::into_inner);
    text.clear();
    text.resize(bytes, 0);
    text.as_mut_ptr()
}

/// Plays the text; how many samples it gave, 0 if it is no patch.
#[expect(unsafe_code, reason = "the name is exported; nothing else in the module bears it")]
#[unsafe(no_mangle)]
pub extern "C" fn jackfield_play() -> usize {
    let text = TEXT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut samples = SOUND.lock().unwrap_or_else(PoisonError::into_inner);
    *samples = sound(&text).unwrap_or_default();
    samples.len()
}

/// Where these samples are.
#[expect(unsafe_code, reason = "the name is exported; nothing else in the module bears it")]
#[unsafe(no_mangle)]
pub extern "C" fn jackfield_sound() -> *const f32 {
    SOUND.lock().unwrap_or_else(PoisonError::into_inner).as_ptr()
}
