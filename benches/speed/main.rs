//! `cargo bench`: Jackfield beside its peers and beside loops written by hand.
//!
//! Contests play one patch each; what they are is told in their modules. All contenders take turns in one
//! run, the best turn of each counts, and the report compares them with ours: as ratios, which carry over
//! to other machines, and as RTF, seconds of sound per second of processor time at 48 kHz, which does not.
//!
//! ```text
//! cargo bench                              the report
//! cargo bench -- P1                        only contests whose names contain this
//! cargo bench -- --criterion [FILTER]      the same under criterion
//! cargo bench -- --test                    everybody plays once, and has to play right
//! ```
//!
//! Quality stands beside speed. The aliases of the saws of P1, for tones of about 2.8 kHz: ours are below
//! -100 dB, which the oscillator's own tests check, and so are those of the hand-written loop and of
//! dasp_graph, which run our kernels. fundsp's wavetable has -89 dB, web-audio-api's polyBLEP -34 dB; these
//! two were measured apart from here.

#![forbid(unsafe_code)]
#![expect(clippy::disallowed_methods, reason = "a contest's parameters may differ in their last bit")]

mod blocks;
mod compiling;
mod contender;
mod contest;
mod criterion;
mod dasp_graph;
mod effects;
mod feedback;
mod fm;
mod fundsp;
mod gain_node;
mod ours;
mod overhead;
mod patch_text;
mod sanity;
mod voices;
mod web_audio;

use crate::criterion::CpuTime;
use ::criterion::Criterion;
use contest::Contest;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let filter = arguments.iter().find(|argument| !argument.starts_with('-')).map_or("", String::as_str);
    let mut contests = vec![
        voices::contest(),
        effects::contest(),
        overhead::series(),
        overhead::sum(),
        fm::contest(),
        feedback::contest(),
    ];
    if has("--criterion") {
        let mut criterion = Criterion::default().with_measurement(CpuTime).with_filter(filter);
        criterion::run(&mut criterion, &contests);
        return ExitCode::SUCCESS;
    }
    contests.retain(|contest| contest.name.contains(filter));
    // Cargo passes `--bench` when it benchmarks, and not when it tests.
    if has("--test") || !has("--bench") {
        return if contests.iter().all(rehearse) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    for contest in &contests {
        println!("{}", contest.hold());
    }
    if filter.is_empty() {
        report_compiling();
        println!("P1, time of a block of 64 frames: {}", blocks::time_blocks());
    }
    ExitCode::SUCCESS
}

/// Whether everybody plays right.
fn rehearse(contest: &Contest) -> bool {
    let results = contest.contenders.iter().zip(contest.rehearse());
    let wrong = results.filter_map(|(contender, (_, result))| Some((contender.name, result.err()?)));
    wrong.inspect(|(name, error)| eprintln!("{}, {name}: {error}", contest.name)).count() == 0
}

fn report_compiling() {
    println!("From patch to plan                      time     a node");
    for size in compiling::SIZES {
        let time = compiling::time_to_compile(&compiling::patch(size)).as_secs_f64();
        println!("  {size:>6} nodes {:>27.2} ms {:>7.2} µs", time * 1e3, time * 1e6 / size as f64);
    }
    let edits = compiling::time_edits();
    println!("An edit in a patch of 500 nodes");
    println!("  from patch to plan     {}", edits.update);
    println!("  the block that plays it{}", edits.block);
    println!();
}
