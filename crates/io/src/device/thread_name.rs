//! Names for the threads of the sound systems, so that a person who looks at the program's threads, and the
//! test that measures an idle window, can tell them from the others.

/// Does something while this thread has another name: the threads it starts inherit that, unless they are
/// given one of their own. At most 15 bytes of a name are kept. Elsewhere than on Linux threads inherit no
/// name.
pub(super) fn with_name<T>(name: &str, start: impl FnOnce() -> T) -> T {
    #[cfg(target_os = "linux")]
    {
        const OWN: &str = "/proc/thread-self/comm";
        let before = std::fs::read_to_string(OWN).unwrap_or_default();
        // Without the file threads have other names, and nothing else changes.
        let _ = std::fs::write(OWN, name);
        let started = start();
        let _ = std::fs::write(OWN, before.trim_end());
        started
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = name;
        start()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::with_name;

    fn name() -> String {
        std::fs::read_to_string("/proc/thread-self/comm")
            .expect("this thread has a name")
            .trim_end()
            .to_owned()
    }

    #[test]
    fn a_thread_inherits_the_name_and_this_one_gets_its_own_back() {
        let before = name();
        let inherited = with_name("audio output", || std::thread::spawn(name).join()).expect("it ends");
        assert_eq!((&*inherited, name()), ("audio output", before));
    }
}
