//! Chaos: three signals from equations that never repeat and never jump.
//!
//! The systems and their sources are in [`chaos`](jackfield_node::dsp::chaos).

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::chaos::System;
use jackfield_node::dsp::noise;
use jackfield_node::prelude::*;

choices! {
    enum ChaosSystem {
        Lorenz = "lorenz",
        Rossler = "rossler",
        Thomas = "thomas",
    }
}

const RATE: Input =
    Input::knob(0, "rate", Knob::hertz(0.01, 1_000.0, 0.5), "Rounds per second, about; no two are alike.");
const WILDNESS: Input = Input::knob(
    1,
    "wildness",
    Knob::unit(0.5),
    "From calm, nearly regular rounds to leaps that nobody can foresee.",
);

const SYSTEM: Setting = ChaosSystem::setting(
    0,
    "system",
    ChaosSystem::Lorenz,
    "Changes sides like a butterfly; circles and spikes; or wanders.",
);

const X: Output = Output::control(0, "x", "The first coordinate, about -1 to 1.");
const Y: Output = Output::control(1, "y", "The second coordinate: related to the first, never the same.");
const Z: Output = Output::control(2, "z", "The third coordinate.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Chaos>("modulator.chaos", "Chaos", Category::Modulator)
    .summary("Movement that is neither regular nor random.")
    .help(
        "Like weather: smooth, always similar, never the same. Three equations push each other around, and \
         their three values move three knobs as one body would. Lorenz circles on one side and flips to the \
         other; Rössler turns evenly and spikes in z; Thomas strolls. At low wildness Rössler runs in plain \
         circles. It works as slow drift and, above 50 Hz, as a growling oscillator. Try: x into pan, y into \
         cutoff, z into the level of a noise: wind.",
    )
    .tags(&["lorenz", "rossler", "thomas", "attractor", "random", "drift", "fractal", "strange", "lfo"])
    .inputs(&[RATE, WILDNESS])
    .outputs(&[X, Y, Z])
    .settings(&[SYSTEM])
    .face(Face::Waveform)
    .random()
    .checked();

impl Configure for ChaosSystem {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(SYSTEM)
    }
}

lane_state! {
    struct State<V> {
        /// How far from the common start this voice begins.
        scatter: Lanes<V>,
        point: [Lanes<V>; 3],
        /// What rounding has left over of the way there.
        rest: [Lanes<V>; 3],
        /// Which system the point belongs to, counted from 1; 0 at the start.
        system: Lanes<V>,
    }
}

/// How far apart voices start, in the units of the equations.
const SCATTER: f32 = 0.5;

struct Chaos;

impl LaneNode for Chaos {
    type State<V: Vector> = State<V>;
    type Config = ChaosSystem;

    fn start(seed: u32) -> State<f32> {
        let scatter = noise::white(&mut noise::hash(Bits(seed))) * SCATTER;
        State { scatter, point: [Lanes(0.0); 3], rest: [Lanes(0.0); 3], system: Lanes(0.0) }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, system: &ChaosSystem, io: &mut Io<'_, V>) {
        match system {
            ChaosSystem::Lorenz => run(state, System::Lorenz, io),
            ChaosSystem::Rossler => run(state, System::Rossler, io),
            ChaosSystem::Thomas => run(state, System::Thomas, io),
        }
    }
}

#[inline(always)]
fn run<V: Vector>(state: &mut State<V>, system: System, io: &mut Io<'_, V>) {
    state.settle_in(system);
    let round = C4_HERTZ * system.round() / io.sample_rate();
    let mut time = io.derive(
        [RATE],
        #[inline(always)]
        |[octaves]| octaves.exp2() * round,
    );
    let mut parameter = io.derive(
        [WILDNESS],
        #[inline(always)]
        |[wildness]| system.parameter(wildness),
    );
    let (mut x, mut y, mut z) = (io.output(X), io.output(Y), io.output(Z));
    for frame in io.frames() {
        let parameter = parameter.at(frame);
        system.step(&mut state.point, &mut state.rest, parameter, time.at(frame));
        let [first, second, third] = system.normalise(state.point, parameter);
        x.set(frame, first);
        y.set(frame, second);
        z.set(frame, third);
    }
}

impl<V: Vector> State<V> {
    /// Begins near the start of a system where the last block belonged to another one or to none.
    #[inline(always)]
    fn settle_in(&mut self, system: System) {
        let number = f32::from(system as u8) + 1.0;
        let is_new = !self.system.equal(number);
        for (axis, start) in self.point.iter_mut().zip(system.start()) {
            *axis = is_new.select(self.scatter + start, *axis);
        }
        self.system = self.system.same(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;

    fn harness(system: ChaosSystem) -> LaneHarness {
        let bench = LaneHarness::of(&SPEC).setting(SYSTEM, system);
        bench.width(4).start().unwrap()
    }

    #[test]
    fn goes_round_about_as_often_as_asked() {
        for &system in ChaosSystem::ALL {
            for hertz in [2.0, 20.0] {
                let mut harness = harness(system);
                harness.turn(RATE, hertz).run(48_000);
                let run = harness.run(480_000);
                // Lorenz circles in z, the others in y as well.
                let signal = if system == ChaosSystem::Lorenz { run.output(Z) } else { run.output(Y) };
                let signal: Vec<f32> = signal.iter().copied().step_by(100).collect();
                let rounds = signal.windows(3).filter(|x| x[0] < x[1] && x[1] >= x[2]).count();
                let expected = 10.0 * hertz;
                assert!((0.7 * expected..1.4 * expected).contains(&(rounds as f32)), "{system}: {rounds}");
            }
        }
    }

    #[test]
    fn moves_without_jumps_and_within_its_range() {
        for &system in ChaosSystem::ALL {
            let run = harness(system).turn(RATE, 2.0).turn(WILDNESS, 1.0).run(480_000);
            for output in [X, Y, Z] {
                let samples = run.output(output);
                assert!(samples.iter().all(|x| x.abs() < 1.6));
                let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
                assert!(steps.fold(0.0, f32::max) < 0.01, "{system:?}");
            }
        }
    }

    #[test]
    fn voices_part_company() {
        for &system in ChaosSystem::ALL {
            let run = harness(system).turn(RATE, 10.0).run(480_000);
            let apart = run.lane(X, 0).iter().zip(run.lane(X, 1)).map(|(a, b)| (a - b).abs());
            assert!(apart.fold(0.0, f32::max) > 0.3, "{system:?}");
        }
    }
}
