//! A renderer that is lent to a sound system and can be had back whatever that does.
//!
//! A stream that hangs never gives back what it was given. So it does not get the renderer, but a look at the
//! place where it lies: while the owner takes it away, and afterwards, the stream plays silence.

use super::Render;
use std::sync::{Arc, Mutex, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a callback may keep a renderer that is wanted back.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the owner looks whether the callback has ended.
const LOOK: Duration = Duration::from_micros(500);

/// The place where a renderer lies. Clones look at the same place.
#[derive(Clone)]
pub(super) struct Loan(Arc<Mutex<Option<Box<dyn Render>>>>);

impl Loan {
    /// Control thread.
    pub(super) fn new(render: Box<dyn Render>) -> Self {
        let place = Mutex::new(Some(render));
        // Some systems allocate a lock when it is first used; on the audio thread that would be too late.
        drop(place.try_lock());
        Self(Arc::new(place))
    }

    /// Takes the renderer away once no callback uses it. `None` if it was taken before, or if a callback
    /// holds it for longer than two seconds. Control thread.
    pub(super) fn take(&self) -> Option<Box<dyn Render>> {
        let begin = Instant::now();
        loop {
            match self.0.try_lock() {
                Ok(mut place) => return place.take(),
                // A renderer that panicked has been reported by its thread.
                Err(TryLockError::Poisoned(place)) => return place.into_inner().take(),
                // Waiting in the lock's own queue would make the audio thread wake this one.
                Err(TryLockError::WouldBlock) if begin.elapsed() < PATIENCE => thread::sleep(LOOK),
                Err(TryLockError::WouldBlock) => return None,
            }
        }
    }
}

impl Render for Loan {
    /// The lock is only ever tried, here and by the owner, so nobody waits in it and it costs two atomic
    /// exchanges.
    fn render(&mut self, input: &[f32], input_channels: usize, output: &mut [f32], output_channels: usize) {
        if let Ok(mut place) = self.0.try_lock()
            && let Some(render) = &mut *place
        {
            render.render(input, input_channels, output, output_channels);
        } else {
            output.fill(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn ones() -> Box<dyn Render> {
        Box::new(|_: &[f32], _: usize, output: &mut [f32], _: usize| output.fill(1.0))
    }

    #[test]
    fn a_stream_plays_silence_once_the_renderer_is_taken() {
        let loan = Loan::new(ones());
        let mut stream = loan.clone();
        let mut output = [0.5; 4];
        stream.render(&[], 0, &mut output, 2);
        assert_eq!(output, [1.0; 4]);
        assert!(loan.take().is_some());
        stream.render(&[], 0, &mut output, 2);
        assert_eq!(output, [0.0; 4]);
        assert!(loan.take().is_none());
    }

    #[test]
    fn it_is_taken_only_between_callbacks() {
        let (entered, has_entered) = channel();
        let (leave, may_leave) = channel::<()>();
        let slow = move |_: &[f32], _: usize, output: &mut [f32], _: usize| {
            entered.send(()).unwrap();
            may_leave.recv().unwrap();
            output.fill(1.0);
        };
        let loan = Loan::new(Box::new(slow));
        let mut stream = loan.clone();
        let callback = thread::spawn(move || {
            let mut output = [0.0; 2];
            stream.render(&[], 0, &mut output, 2);
            output
        });
        has_entered.recv().unwrap();
        let taker = thread::spawn(move || loan.take().is_some());
        thread::sleep(Duration::from_millis(20));
        assert!(!taker.is_finished(), "the callback still uses it");
        leave.send(()).unwrap();
        assert_eq!(callback.join().unwrap(), [1.0; 2]);
        assert!(taker.join().unwrap());
    }

    #[test]
    fn a_renderer_that_panicked_still_comes_back() {
        let loan = Loan::new(Box::new(|_: &[f32], _: usize, _: &mut [f32], _: usize| panic!("on purpose")));
        let mut stream = loan.clone();
        assert!(thread::spawn(move || stream.render(&[], 0, &mut [0.0], 1)).join().is_err());
        let mut stream = loan.clone();
        let mut output = [0.5];
        stream.render(&[], 0, &mut output, 1);
        assert_eq!(output, [0.0], "silence, and no second panic");
        assert!(loan.take().is_some());
    }

    #[test]
    fn lending_touches_no_heap() {
        use jackfield_testkit::allocation;
        assert!(allocation::is_installed());
        let mut stream = Loan::new(ones());
        let mut output = [0.0; 128];
        assert_eq!(allocation::count(|| stream.render(&[], 0, &mut output, 2)).1, 0);
    }
}
