//! The same contests under criterion: one contender after the other, with confidence intervals and a
//! comparison with the run before. Measures processor time, as everything here does.

use crate::compiling;
use crate::contender::time_to_play;
use crate::contest::Contest;
use cpu_time::ThreadTime;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use jackfield_engine::{Options, Session};
use jackfield_node::NoAssets;
use std::time::Duration;

/// Processor time of the thread.
pub(crate) struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = ThreadTime;
    type Value = Duration;

    fn start(&self) -> ThreadTime {
        ThreadTime::now()
    }

    fn end(&self, begin: ThreadTime) -> Duration {
        begin.elapsed()
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// All contests and the compiler.
pub(crate) fn run(criterion: &mut Criterion<CpuTime>, contests: &[Contest]) {
    for contest in contests {
        let mut group = criterion.benchmark_group(contest.name);
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        group.warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500));
        group.throughput(Throughput::Elements(contest.frames() as u64));
        for contender in &contest.contenders {
            let mut sound = vec![0.0; contest.frames()];
            group.bench_function(contender.name, |bencher| {
                let mut player = (contender.start)();
                let mut play = || time_to_play(&mut *player, &mut sound);
                bencher.iter_custom(|turns| (0..turns).map(|_| play()).sum());
            });
        }
        group.finish();
    }
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10);
    for size in compiling::SIZES {
        let patch = compiling::patch(size);
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            let options = Options::default();
            let new = || Session::new(options.clone(), Box::new(NoAssets)).expect("the options are possible");
            bencher.iter_with_setup(new, |(mut session, executor)| {
                session.update(&patch);
                (session, executor)
            });
        });
    }
    group.finish();
}
