//! What everything that plays steps hears and sends: a clock, a reset, the clock's phase, and triggers.

use crate::parts::timing::clock_estimator::ClockEstimator;
use crate::parts::timing::gate::Gate;
use crate::parts::timing::trigger::Trigger;

/// See the module's documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepClock {
    clock: Gate,
    reset: Gate,
    estimator: ClockEstimator,
    trigger: Trigger,
}

/// What happens at a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepEvents {
    /// The next step is the first again.
    pub(crate) resets: bool,
    /// A step begins.
    pub(crate) steps: bool,
}

impl StepClock {
    /// Before the first clock. Control thread.
    pub(crate) fn new(sample_rate: f32) -> Self {
        Self {
            clock: Gate::default(),
            reset: Gate::default(),
            estimator: ClockEstimator::default(),
            trigger: Trigger::new(sample_rate),
        }
    }

    /// The same before the first clock.
    pub(crate) fn at_rest(self) -> Self {
        Self {
            clock: Gate::default(),
            reset: Gate::default(),
            estimator: ClockEstimator::default(),
            trigger: self.trigger.at_rest(),
        }
    }

    /// Reads a frame of clock, reset and phase.
    #[inline]
    pub(crate) fn next(&mut self, clock: f32, reset: f32, phase: f32) -> StepEvents {
        let resets = self.reset.rises(reset);
        self.estimator.tick(phase);
        let steps = self.clock.rises(clock);
        if steps {
            self.estimator.pulse();
        }
        StepEvents { resets, steps }
    }

    /// Whether the clock's gate is open.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.clock.is_open()
    }

    /// How much of the step has passed; see [`ClockEstimator::passed`].
    #[inline]
    pub(crate) fn passed(&self) -> Option<f64> {
        self.estimator.passed()
    }

    /// Frames from step to step; see [`ClockEstimator::period`].
    pub(crate) fn period(&self) -> Option<f64> {
        self.estimator.period()
    }

    /// Fires a trigger with the next sample of it.
    #[inline]
    pub(crate) fn fire(&mut self) {
        self.trigger.fire();
    }

    /// How long a trigger lasts, in frames.
    pub(crate) fn trigger_length(&self) -> u32 {
        self.trigger.length()
    }

    /// The next sample of the trigger.
    #[inline]
    pub(crate) fn next_trigger(&mut self) -> f32 {
        self.trigger.next()
    }
}
