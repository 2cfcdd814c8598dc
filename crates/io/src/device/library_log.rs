//! Keeps the libraries of the sound systems from writing to the terminal. What matters of it comes
//! back as an error or an event.

/// Silences ALSA on this thread and JACK in this program. Call it before talking to them; calling it
/// again also frees what ALSA has said so far.
pub(super) fn suppress() {
    #[cfg(target_os = "linux")]
    {
        // Without the memory for its buffer ALSA goes on writing to the terminal.
        let _ = alsa::Output::local_error_handler();
    }
    // The JACK binding panics when it can't load its library.
    #[cfg(feature = "jack")]
    if jack::jack_sys::library().is_ok() {
        jack::set_logger(jack::LoggerType::None);
    }
}
