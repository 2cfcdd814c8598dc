//! Chaotic systems: three coupled equations whose solution never repeats.
//!
//! E. N. Lorenz, "Deterministic Nonperiodic Flow", J. Atmos. Sci. 20 (1963); O. E. Rössler, "An Equation for
//! Continuous Chaos", Phys. Lett. A 57 (1976); R. Thomas, "Deterministic chaos seen in terms of feedback
//! circuits", Int. J. Bifurc. Chaos 9 (1999). Solved by the classic Runge-Kutta method of fourth order
//! with a step that is limited to where it is stable, in a box around the attractor.

use crate::{Lanes, Vector};

/// A point on the way: x, y and z in the units of the equations.
pub type Point<V> = [Lanes<V>; 3];

/// One of the systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Circles one of two centres and changes sides when one doesn't expect it.
    Lorenz,
    /// Circles calmly and spikes now and then.
    Rossler,
    /// Wanders slowly through a lattice of circles.
    Thomas,
}

impl System {
    /// Every system.
    pub const ALL: [Self; 3] = [Self::Lorenz, Self::Rossler, Self::Thomas];

    /// A point near the attractor.
    pub const fn start(self) -> [f32; 3] {
        match self {
            Self::Lorenz => [4.0, 4.0, 24.0],
            Self::Rossler => [3.0, 3.0, 0.1],
            Self::Thomas => [1.0, 0.2, -0.5],
        }
    }

    /// How long a typical round takes, in the time of the equations.
    pub const fn round(self) -> f32 {
        match self {
            Self::Lorenz => 0.75,
            Self::Rossler => 6.0,
            Self::Thomas => 10.5,
        }
    }

    /// The longest step that is taken, in the time of the equations.
    pub const fn longest_step(self) -> f32 {
        match self {
            Self::Lorenz => 0.02,
            Self::Rossler => 0.06,
            Self::Thomas => 0.3,
        }
    }

    /// The parameter of the equations for a knob from 0 (calm) to 1 (wild).
    #[inline(always)]
    pub fn parameter<V: Vector>(self, wildness: Lanes<V>) -> Lanes<V> {
        let wildness = wildness.clamp(0.0, 1.0);
        match self {
            // From where it first never comes to rest to far beyond the classic 28.
            Self::Lorenz => wildness * 20.0 + 25.0,
            // From a plain circle over doubled ones, chaotic from 4.2 on, to the classic 5.7 and beyond.
            Self::Rossler => wildness * 5.0 + 2.5,
            // Friction: chaotic from 0.208 down. The less, the farther it strays.
            Self::Thomas => 0.19 - wildness * 0.09,
        }
    }

    /// Goes on by a step of this time, which is limited to [`longest_step`](Self::longest_step). `rest` keeps
    /// what rounding leaves over, without which slow movement would freeze; it starts at 0.
    #[inline(always)]
    pub fn step<V: Vector>(
        self,
        point: &mut Point<V>,
        rest: &mut Point<V>,
        parameter: Lanes<V>,
        time: Lanes<V>,
    ) {
        let time = time.clamp(0.0, self.longest_step());
        let half = time * 0.5;
        let first = self.slope(*point, parameter);
        let second = self.slope(along(*point, first, half), parameter);
        let third = self.slope(along(*point, second, half), parameter);
        let fourth = self.slope(along(*point, third, time), parameter);
        let (low, high) = self.bounds();
        for axis in 0..3 {
            let mean = (first[axis] + fourth[axis] + (second[axis] + third[axis]) * 2.0) * (1.0 / 6.0);
            let before = point[axis];
            let whole = mean * time + rest[axis];
            let next = before + whole;
            rest[axis] = (whole - (next - before)).clamp(-1.0, 1.0);
            point[axis] = next.clamp(low[axis], high[axis]);
        }
    }

    /// The point brought to about -1..1 on each axis.
    #[inline(always)]
    pub fn normalise<V: Vector>(self, point: Point<V>, parameter: Lanes<V>) -> Point<V> {
        let [x, y, z] = point;
        match self {
            // The attractor grows with its parameter as its two centres do: they lie at z = parameter - 1.
            Self::Lorenz => {
                let size = 1.0 / (parameter - 1.0);
                let side = size * 1.3;
                [x * side, y * side, z * size - 1.0]
            }
            Self::Rossler => {
                let size = 0.55 / parameter;
                [x * size, y * size, z * size * 0.7 - 0.8]
            }
            Self::Thomas => [x * 0.2, y * 0.2, z * 0.2],
        }
    }

    /// A box that the attractor doesn't touch. From inside of it, every way leads to the attractor.
    const fn bounds(self) -> ([f32; 3], [f32; 3]) {
        match self {
            Self::Lorenz => ([-45.0, -60.0, 0.0], [45.0, 60.0, 110.0]),
            Self::Rossler => ([-20.0, -20.0, 0.0], [25.0, 20.0, 60.0]),
            Self::Thomas => ([-8.0; 3], [8.0; 3]),
        }
    }

    #[inline(always)]
    fn slope<V: Vector>(self, [x, y, z]: Point<V>, parameter: Lanes<V>) -> Point<V> {
        match self {
            Self::Lorenz => [(y - x) * 10.0, x * (parameter - z) - y, x * y - z * (8.0 / 3.0)],
            Self::Rossler => [-y - z, x + y * 0.2, z * (x - parameter) + 0.2],
            Self::Thomas => [y.sin() - x * parameter, z.sin() - y * parameter, x.sin() - z * parameter],
        }
    }
}

/// The point reached from another one along a slope.
#[inline(always)]
fn along<V: Vector>(point: Point<V>, slope: Point<V>, time: Lanes<V>) -> Point<V> {
    [point[0] + slope[0] * time, point[1] + slope[1] * time, point[2] + slope[2] * time]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(system: System, wildness: f32, time: impl Fn(usize) -> f32, steps: usize) -> Vec<[f32; 3]> {
        let mut point = system.start().map(Lanes::<f32>);
        let mut rest = [Lanes(0.0); 3];
        let parameter = system.parameter(Lanes(wildness));
        let mut next = |i: usize| {
            system.step(&mut point, &mut rest, parameter, Lanes(time(i)));
            system.normalise(point, parameter).map(|axis| axis.0)
        };
        (0..steps).map(&mut next).collect()
    }

    fn reach(points: &[[f32; 3]], axis: usize) -> (f32, f32) {
        let values = points.iter().map(|point| point[axis]);
        (values.clone().fold(f32::INFINITY, f32::min), values.fold(f32::NEG_INFINITY, f32::max))
    }

    /// At any rate, modulated or not, it keeps moving within its range.
    #[test]
    fn it_neither_dies_nor_bursts_at_any_rate() {
        for system in System::ALL {
            for wildness in [0.0, 0.25, 0.5, 0.75, 1.0] {
                let longest = system.longest_step();
                let paces: [&dyn Fn(usize) -> f32; 4] = [
                    &|_| longest,
                    &|_| longest * 0.1,
                    &|i| if i % 7 < 3 { f32::INFINITY } else { -1.0 },
                    &|i| (i % 97) as f32 * longest / 50.0,
                ];
                for pace in paces {
                    let points = run(system, wildness, pace, 200_000);
                    for axis in 0..3 {
                        let (low, high) = reach(&points[100_000..], axis);
                        assert!(-1.6 < low && high < 1.6, "{system:?} {wildness} {axis}: {low} to {high}");
                        assert!(high - low > 0.25, "{system:?} {wildness} {axis}: {low} to {high}");
                    }
                }
            }
        }
    }

    /// Ways that begin a hair's breadth apart part company, but not in a calm system.
    #[test]
    fn wild_is_chaotic() {
        for system in System::ALL {
            let parameter = system.parameter(Lanes(1.0f32));
            let mut one = system.start().map(Lanes::<f32>);
            let mut other = one;
            other[0] += 1e-4;
            let mut farthest = 0.0f32;
            let mut rests = [[Lanes(0.0); 3]; 2];
            let time = Lanes(system.longest_step() * 0.5);
            for _ in 0..100_000 {
                system.step(&mut one, &mut rests[0], parameter, time);
                system.step(&mut other, &mut rests[1], parameter, time);
                farthest = farthest.max((one[0].0 - other[0].0).abs());
            }
            assert!(farthest > 2.0, "{system:?}: {farthest}");
        }
    }

    /// A million steps, each of which is lost in f32 by itself, lead as far as one.
    #[test]
    fn slow_is_exact() {
        for system in System::ALL {
            let parameter = system.parameter(Lanes(0.5f32));
            let lead = |steps: u32| {
                let (mut point, mut rest) = (system.start().map(Lanes::<f32>), [Lanes(0.0); 3]);
                let time = Lanes(0.02 / steps as f32);
                for _ in 0..steps {
                    system.step(&mut point, &mut rest, parameter, time);
                }
                point.map(|axis| axis.0)
            };
            for (one, million) in lead(1).into_iter().zip(lead(1_000_000)) {
                assert!((one - million).abs() < 1e-3, "{system:?}: {one} {million}");
            }
        }
    }

    #[test]
    fn every_corner_of_the_box_leads_back() {
        for system in System::ALL {
            let (low, high) = system.bounds();
            for corner in 0..8 {
                let axis = |axis: usize| if corner >> axis & 1 == 0 { low[axis] } else { high[axis] };
                let mut point = [0, 1, 2].map(|i| Lanes(axis(i)));
                let (parameter, mut rest) = (system.parameter(Lanes(0.5f32)), [Lanes(0.0); 3]);
                for _ in 0..50_000 {
                    system.step(&mut point, &mut rest, parameter, Lanes(system.longest_step()));
                }
                let point = system.normalise(point, parameter).map(|axis| axis.0);
                assert!(point.iter().all(|axis| axis.abs() < 1.6), "{system:?} from {corner}: {point:?}");
            }
        }
    }
}
