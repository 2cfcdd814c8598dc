//! A contest: one patch, several contenders, and how fast ours has to be.
//!
//! All contenders take turns in one run, so that a machine that slows down slows all of them down. The
//! best of many turns counts, in processor time: others can only make a turn slower.

use crate::contender::{BLOCK, Contender, Player, RATE, time_to_play};
use crate::sanity::Insane;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

/// Our own entry, which the others are compared with.
pub(crate) const OURS: &str = "jackfield";

/// Turns of each contender.
const TURNS: usize = 13;

/// See the [module](self).
pub(crate) struct Contest {
    /// The patch.
    pub(crate) name: &'static str,
    pub(crate) contenders: Vec<Contender>,
    /// How much sound a turn plays.
    pub(crate) seconds: f32,
    /// How many nodes share the time, where the time of one is what matters.
    pub(crate) nodes: Option<usize>,
    pub(crate) bars: Vec<Bar>,
    /// Whether a contender played what it should.
    pub(crate) check: fn(&[f32]) -> Result<(), Insane>,
}

/// How fast ours has to be.
pub(crate) enum Bar {
    /// At least so many times as fast as the best of these.
    FasterThan(&'static [&'static str], f64),
    /// At most so many times the time of this one.
    AtMostTimes(&'static str, f64),
    /// At most so many nanoseconds for a node's block.
    Nanoseconds(&'static str, f64),
}

/// The time a contender took, or why it does not count.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) result: Result<Duration, Insane>,
}

/// What came out.
pub(crate) struct Outcome<'c> {
    contest: &'c Contest,
    pub(crate) entries: Vec<Entry>,
}

impl Contest {
    /// Frames in a turn.
    pub(crate) fn frames(&self) -> usize {
        (self.seconds * RATE) as usize
    }

    /// Lets every contender play once, and checks the sound.
    pub(crate) fn rehearse(&self) -> Vec<(Box<dyn Player>, Result<(), Insane>)> {
        let mut sound = vec![0.0; self.frames()];
        let rehearse = |contender: &Contender| {
            let mut player = (contender.start)();
            time_to_play(&mut *player, &mut sound);
            (player, (self.check)(&sound))
        };
        self.contenders.iter().map(rehearse).collect()
    }

    /// All turns of all contenders.
    pub(crate) fn hold(&self) -> Outcome<'_> {
        let mut sound = vec![0.0; self.frames()];
        let mut players = self.rehearse();
        let mut best = vec![Duration::MAX; players.len()];
        for _ in 0..TURNS {
            for ((player, _), best) in players.iter_mut().zip(&mut best) {
                *best = time_to_play(&mut **player, &mut sound).min(*best);
            }
        }
        let results = players.into_iter().zip(best).map(|((_, sanity), best)| sanity.map(|()| best));
        let names = self.contenders.iter().map(|contender| contender.name);
        let entries = names.zip(results).map(|(name, result)| Entry { name, result }).collect();
        Outcome { contest: self, entries }
    }
}

impl Outcome<'_> {
    /// Seconds a contender took, if it counts.
    fn seconds(&self, name: &str) -> Option<f64> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        entry.result.as_ref().ok().map(Duration::as_secs_f64)
    }

    fn nanoseconds_per_node(&self, seconds: f64) -> Option<f64> {
        let blocks = self.contest.frames() as f64 / BLOCK as f64;
        self.contest.nodes.map(|nodes| seconds * 1e9 / blocks / nodes as f64)
    }

    /// What ours reached, and whether that is enough.
    fn reached(&self, bar: &Bar) -> Option<(f64, bool)> {
        match *bar {
            Bar::FasterThan(others, least) => {
                let best = others.iter().filter_map(|name| self.seconds(name)).min_by(f64::total_cmp)?;
                let times = best / self.seconds(OURS)?;
                Some((times, times >= least))
            }
            Bar::AtMostTimes(other, most) => {
                let times = self.seconds(OURS)? / self.seconds(other)?;
                Some((times, times <= most))
            }
            Bar::Nanoseconds(entry, most) => {
                let nanoseconds = self.nanoseconds_per_node(self.seconds(entry)?)?;
                Some((nanoseconds, nanoseconds <= most))
            }
        }
    }
}

impl Display for Outcome<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let per_node = if self.contest.nodes.is_some() { "ns a node" } else { "" };
        writeln!(f, "{:<38} {:>9} {:>11} {per_node:>11}", self.contest.name, "RTF", "time")?;
        let ours = self.seconds(OURS);
        for Entry { name, result } in &self.entries {
            match result {
                Ok(time) => {
                    let seconds = time.as_secs_f64();
                    let speed = f64::from(self.contest.seconds) / seconds;
                    let times = ours.map_or(f64::NAN, |ours| seconds / ours);
                    write!(f, "  {name:<36} {speed:>9.1} {times:>9.2} x")?;
                    if let Some(nanoseconds) = self.nanoseconds_per_node(seconds) {
                        write!(f, " {nanoseconds:>11.2}")?;
                    }
                    writeln!(f)?;
                }
                Err(error) => writeln!(f, "  {name:<36} does not count: {error}")?,
            }
        }
        for bar in &self.contest.bars {
            let reached = match self.reached(bar) {
                Some((figure, true)) => format!("{figure:.2}, met"),
                Some((figure, false)) => format!("{figure:.2}, MISSED"),
                None => "not known".to_owned(),
            };
            writeln!(f, "  bar: {bar}: {reached}")?;
        }
        Ok(())
    }
}

impl Display for Bar {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::FasterThan(others, least) => {
                write!(f, "at least {least} times as fast as the best of {}", others.join("; "))
            }
            Self::AtMostTimes(other, most) => write!(f, "at most {most} times the time of {other}"),
            Self::Nanoseconds(entry, most) => write!(f, "{entry}: at most {most} ns a node"),
        }
    }
}
