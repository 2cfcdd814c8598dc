//! Measures what help texts say in numbers, as far as no test beside a node does.

use jackfield_node::dsp::Lanes;
use jackfield_node::{Input, NodeSpec, PortKind, SettingValue};
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::harness::{HarnessConfig, NodeHarness};
use jackfield_testkit::long_file::LongFileAssets;
use jackfield_testkit::measure::{Spectrum, click_burst_db, decibels, gain_db, rises, rms_db};
use jackfield_testkit::signal::{gate, impulse, noise, sine};
use std::collections::BTreeSet;

const RATE: f32 = 48_000.0;

fn spec(id: &str) -> &'static NodeSpec {
    crate::SPECS.iter().find(|spec| spec.id == id).expect("a node of the library")
}

fn input(spec: &NodeSpec, name: &str) -> Input {
    *spec.input(name).unwrap_or_else(|| panic!("{} has no input '{name}'", spec.id))
}

/// A node with choices made and knobs turned.
fn node(id: &str, choices: &[(&str, SettingValue)], knobs: &[(&str, f32)]) -> Box<dyn NodeHarness> {
    let spec = spec(id);
    let mut config = HarnessConfig::of(spec);
    for (name, value) in choices {
        let setting = spec.settings.iter().find(|setting| setting.name == *name).expect("a setting");
        config.settings.set(setting, value.clone()).expect("a valid choice");
    }
    let mut node = config.start(spec);
    for (name, value) in knobs {
        let input = input(spec, name);
        node.hold(input, input.knob.expect("a knob").to_signal(*value));
    }
    node
}

/// The place of an output.
fn output(id: &str, name: &str) -> usize {
    spec(id).outputs.iter().position(|output| output.name == name).expect("an output")
}

#[test]
fn nodes_are_as_late_as_they_say() {
    let window = |quality: usize| vec![("quality", SettingValue::Choice(quality))];
    let cases = [
        ("device.output", vec![], 2.0),
        ("dynamics.limiter", vec![], 2.0),
        ("effect.flanger", vec![("through_zero", SettingValue::Toggle(true))], 5.0),
        ("effect.pitch_shifter", window(0), 21.0),
        ("effect.pitch_shifter", window(1), 43.0),
        ("effect.pitch_shifter", window(2), 85.0),
        ("effect.spectral_blur", vec![], 85.0),
        ("effect.spectral_freeze", vec![], 43.0),
    ];
    for (id, choices, milliseconds) in cases {
        let found = node(id, &choices, &[]).latency() as f32 / RATE * 1_000.0;
        assert!((found - milliseconds).abs() <= 0.5, "{id} {choices:?}: {found} ms");
    }
}

/// Every effect with such a knob, at any rate as late as it says.
#[test]
fn a_mix_of_0_is_the_sound_itself() {
    let mut count = 0;
    for spec in crate::SPECS {
        let says = |input: &&Input| {
            ["0: the sound alone", "0: the input alone"].iter().any(|words| input.help.starts_with(words))
        };
        let Some(mix) = spec.inputs.iter().find(says) else { continue };
        let is_sound = |input: &&Input| input.kind == PortKind::Audio && input.knob.is_none();
        let sound = *spec.inputs.iter().find(is_sound).expect("an input for sound");
        let mut node = HarnessConfig::of(spec).start(spec);
        let samples = noise(9_000, 1);
        node.hold(*mix, 0.0);
        if let Some(level) = spec.input("level") {
            node.hold(*level, level.knob.expect("a knob").to_signal(0.0));
        }
        node.plug(sound, samples.clone());
        let heard = node.run(9_000);
        let late = node.latency();
        // Knobs that follow their targets have arrived by then.
        let worst =
            (2_000..9_000 - late).map(|i| (heard[0][i + late] - samples[i]).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-4, "{}: off by {worst}", spec.id);
        count += 1;
    }
    assert!(count > 15, "{count} nodes have a mix");
}

#[test]
fn triggers_last_a_millisecond() {
    let (mut heard_ones, mut quiet) = (BTreeSet::new(), BTreeSet::new());
    for spec in crate::SPECS {
        let mut node = HarnessConfig::of(spec).start(spec);
        let steps: Vec<_> = (0..20).map(|step| (4_800 * step + 100, 4_800 * step + 2_500)).collect();
        for input in spec.inputs.iter().filter(|input| input.kind == PortKind::Gate && input.name != "reset")
        {
            node.plug(*input, gate(96_000, &steps));
        }
        // Two triggers in a row are a longer one.
        if let Some(scatter) = spec.input("scatter") {
            node.hold(*scatter, 0.0);
        }
        let says = |help: &str| help.contains("rigger of 1 ms");
        if !spec.outputs.iter().any(|output| says(output.help)) {
            continue;
        }
        let heard = node.run(96_000);
        let lanes = heard.len() / spec.outputs.len().max(1);
        for (place, output) in spec.outputs.iter().enumerate().filter(|(_, output)| says(output.help)) {
            let signal = &heard[place * lanes];
            let starts = rises(signal);
            let whole = starts.iter().filter(|start| (1..95_000).contains(*start));
            for start in whole.clone() {
                let length = signal[*start..].iter().take_while(|sample| **sample > 0.5).count();
                assert_eq!(length, 48, "{} {} at {start}", spec.id, output.name);
            }
            let place = if whole.count() > 0 { &mut heard_ones } else { &mut quiet };
            place.insert((spec.id, output.name));
        }
    }
    // What has no key, transport, or sound to play.
    println!("not heard: {quiet:?}");
    assert!(heard_ones.len() >= 7, "{heard_ones:?}, but not {quiet:?}");
}

#[test]
fn slopes_fall_as_told() {
    // Of a filter at rest, from some octaves above the corner on.
    let corner = |hertz: f32| [("resonance", 0.0), ("cutoff", hertz)];
    let (low, lower) = (corner(200.0), corner(100.0));
    let fold = [("tone", 200.0), ("folds", -12.0)];
    let distortion = [("tone", 200.0), ("drive", -12.0)];
    let cases: [(&str, &str, &[(&str, f32)], f64); 6] = [
        ("filter.ladder", "out", &low, 24.0),
        ("filter.ladder", "low12", &low, 12.0),
        ("filter.diode_ladder", "out", &lower, 24.0),
        ("filter.svf", "low", &low, 12.0),
        ("effect.distortion", "out", &distortion, 6.0),
        ("effect.wavefolder", "out", &fold, 6.0),
    ];
    for (id, out, knobs, slope) in cases {
        let level = |hertz: f64| {
            let mut node = node(id, &[], knobs);
            let quiet: Vec<f32> = sine(48_000, hertz, RATE).iter().map(|x| 0.1 * x).collect();
            node.plug(input(spec(id), "in"), quiet);
            let heard = &node.run(48_000)[output(id, out)][24_000..];
            Spectrum::of(heard, RATE).between(hertz - 20.0, hertz + 20.0)
        };
        let found = decibels((level(1_600.0) / level(3_200.0)).sqrt());
        println!("{id} {out}: {found:.2} dB per octave");
        assert!((found - slope).abs() < 0.12 * slope, "{id} {out}: {found} dB per octave");
    }
}

#[test]
fn the_peak_is_as_high_as_told() {
    for (resonance, peaks) in [(0.0, -20.0..0.1), (1.0, 31.5..32.5)] {
        let mut svf = node("filter.svf", &[], &[("cutoff", 1_000.0), ("resonance", resonance)]);
        svf.run(4_800);
        svf.plug(input(spec("filter.svf"), "in"), impulse(96_000, 0));
        let response = &svf.run(96_000)[0];
        let peak = (700..1_400).map(|hertz| gain_db(response, RATE, f64::from(hertz))).fold(-99.0, f64::max);
        assert!(peaks.contains(&peak), "resonance {resonance}: {peak} dB");
    }
}

/// How loud a filter still is a while after it was woken.
fn ringing(id: &str, resonance: f32) -> f64 {
    let mut node = node(id, &[], &[("cutoff", 500.0), ("resonance", resonance)]);
    let wake: Vec<f32> = noise(480, 1).into_iter().chain([0.0]).collect();
    node.plug(input(spec(id), "in"), wake);
    rms_db(&node.run(192_000)[0][182_400..])
}

#[test]
fn filters_sing_from_where_they_are_told() {
    for (id, from) in [("filter.ladder", 0.80), ("filter.diode_ladder", 0.80), ("filter.sallen_key", 0.91)] {
        let words = format!("from {:.0} % on", 100.0 * from);
        assert!(input(spec(id), "resonance").help.contains(&words), "{id} says '{words}'");
        let (below, above) = (ringing(id, from - 0.02), ringing(id, from + 0.02));
        assert!(below < -80.0 && above > -40.0, "{id}: {below} dB below, {above} dB above");
    }
}

#[test]
fn drums_die_away_in_the_time_asked_for() {
    let cases: [(&str, &str, &str, &[(&str, f32)]); 6] = [
        (
            "source.kick",
            "trigger",
            "decay",
            &[("drive", 0.0), ("click", 0.0), ("sweep", 0.0), ("frequency", 300.0)],
        ),
        ("source.snare", "trigger", "decay", &[("wires", 0.0)]),
        ("source.snare", "trigger", "rattle", &[("wires", 1.0)]),
        ("source.clap", "trigger", "decay", &[]),
        ("source.hat", "closed", "decay", &[]),
        ("source.hat", "open", "open_decay", &[]),
    ];
    for (id, trigger, knob, knobs) in cases {
        let mut node = node(id, &[], &[&[(knob, 0.5)], knobs].concat());
        node.plug(input(spec(id), trigger), gate(48_000, &[(0, 48)]));
        let out = &node.run(48_000)[0];
        // From a fifth of the time to three fifths of it: 24 of the 60 dB.
        let level = |share: f32| rms_db(&out[(share * 24_000.0) as usize..][..2_400]);
        let lost = level(0.35) - level(0.75);
        println!("{id} {knob}: {:.1} dB in its time", lost / 0.4);
        assert!((lost / 0.4 - 60.0).abs() < 6.0, "{id} {knob}: {} dB in its time", lost / 0.4);
    }
}

/// How many frames a step of a knob takes to its end, within a hundredth of it.
fn settling(
    id: &str,
    knobs: &[(&str, f32)],
    sound: &str,
    knob: &str,
    [from, to]: [f32; 2],
    out: &str,
) -> usize {
    let mut node = node(id, &[], knobs);
    let spec = spec(id);
    node.plug(input(spec, sound), vec![0.5]);
    let knob = input(spec, knob);
    let step = |i: usize| knob.knob.expect("a knob").to_signal(if i < 1_000 { from } else { to });
    node.plug(knob, (0..4_000).map(step).collect());
    let heard = &node.run(4_000)[output(id, out)];
    let (first, last) = (heard[900], heard[3_999]);
    let is_off = |sample: &f32| (sample - last).abs() > 0.01 * (first - last).abs();
    assert!((first - last).abs() > 0.1, "{id}: nothing happens");
    heard.iter().rposition(is_off).expect("it moves") - 1_000
}

#[test]
fn switches_take_5_ms() {
    let cases: [(&str, &str, &str, [f32; 2], &str); 5] = [
        ("mixing.mute", "in", "mute", [0.0, 1.0], "out"),
        ("mixing.mixer_4", "in1", "mute1", [0.0, 1.0], "left"),
        ("mixing.mixer_8", "in1", "mute1", [0.0, 1.0], "left"),
        ("mixing.switch_4_to_1", "in2", "select", [1.0, 2.0], "out"),
        ("mixing.switch_1_to_4", "in", "select", [1.0, 2.0], "out2"),
    ];
    for (id, sound, knob, ends, out) in cases {
        let frames = settling(id, &[], sound, knob, ends, out);
        println!("{id}: {frames} frames");
        assert!((100..=240).contains(&frames), "{id}: {frames} frames");
    }
}

#[test]
fn controllers_arrive_within_5_ms() {
    let spec = spec("device.midi_cc");
    let mut node = BlockHarness::new(spec);
    node.run(480);
    let run = node.midi(0, [0xb0, 1, 127]).run(480);
    let (soon, late) = (run.all()[0][24], run.all()[0][240]);
    assert!(soon < 0.5 && late > 0.99, "{soon} after half a millisecond, {late} after five");
}

#[test]
fn attacks_click_as_little_as_told() {
    let burst = |id: &str, attack: f32| {
        let mut node = node(id, &[], &[("attack", attack)]);
        let spec = spec(id);
        node.plug(input(spec, spec.inputs[0].name), gate(24_000, &[(4_800, 20_000)]));
        let envelope = node.run(24_000).swap_remove(0);
        // At its crest as the note begins.
        let tone = sine(24_120, 100.0, RATE).split_off(120);
        let sound: Vec<f32> = envelope.iter().zip(tone).map(|(level, tone)| level * tone).collect();
        click_burst_db(&sound[..12_000], RATE)
    };
    let (millisecond, half) = (burst("modulator.adsr", 0.001), burst("modulator.adsr", 0.000_5));
    println!("{millisecond:.1} dB at 1 ms, {half:.1} dB at 0.5 ms");
    assert!(millisecond < -80.0, "{millisecond} dB");
    assert!(half < -66.0 && half > millisecond, "{half} dB");
}

#[test]
fn strokes_are_reshaped_as_far_as_told() {
    for (knob, most) in [("attack", 15.0), ("sustain", 24.0)] {
        let mut node = node("dynamics.transient", &[], &[(knob, 1.0)]);
        let spec = spec("dynamics.transient");
        // Strokes that begin at once and die away.
        let stroke = |i: usize| sine_at(i) * Lanes(-((i % 24_000) as f32) / 3_000.0).exp2().0;
        node.plug(input(spec, "in"), (0..96_000).map(stroke).collect());
        let gain = &node.run(96_000)[output("dynamics.transient", "gain")];
        let highest = decibels(f64::from(gain.iter().fold(0.0, |most: f32, gain| most.max(*gain))));
        println!("{knob}: up to {highest:.1} dB");
        assert!((most - 6.0..=most + 0.1).contains(&highest), "{knob}: {highest} dB");
    }
}

fn sine_at(i: usize) -> f32 {
    sine(480, 400.0, RATE)[i % 480]
}

#[test]
fn responses_are_as_long_as_told() {
    // Two impulses, just within and just beyond.
    const SLOW: f32 = 8_000.0;
    let mut response = vec![0.0; 22 * 8_000];
    (response[159_000], response[161_000]) = (1.0, 1.0);
    let assets = LongFileAssets::patient(jackfield_node::Asset::new(vec![response], SLOW));
    let spec = spec("effect.convolution");
    let setting = |name: &str| *spec.settings.iter().find(|setting| setting.name == name).expect("a setting");
    let bench = BlockHarness::of(spec).assets(&assets).sample_rate(SLOW);
    let bench = bench.setting(setting("normalise"), SettingValue::Toggle(false));
    let mut node =
        bench.setting(setting("file"), SettingValue::File("room.wav".to_owned())).start().expect("a room");
    node.turn(input(spec, "mix"), 1.0);
    node.run(800);
    let run = node.plug(input(spec, "in"), impulse(170_000, 0)).run(170_000);
    let peak =
        |range: std::ops::Range<usize>| run.all()[0][range].iter().fold(0.0, |a: f32, x| a.max(x.abs()));
    assert!(peak(158_900..159_100) > 0.01, "{}", peak(158_900..159_100));
    assert!(peak(160_100..170_000) < 1e-3 * peak(158_900..159_100));
}

#[test]
fn vibrato_swings_as_far_as_told() {
    // A ramp comes out as a ramp less the delay.
    let frames = 20 * 48_000;
    let mut node = node("effect.vibrato", &[], &[("rate", 0.1), ("depth", 200.0)]);
    node.plug(input(spec("effect.vibrato"), "in"), (0..frames).map(|i| i as f32 / frames as f32).collect());
    let heard = &node.run(frames)[0];
    let delay = |i: usize| (i as f64 - f64::from(heard[i]) * frames as f64) / 48.0;
    let delays: Vec<f64> = (480_000..frames).map(delay).collect();
    let (least, most) = delays.iter().fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
    println!("the delay swings by {:.2} ms", most - least);
    assert!((most - least - 50.0).abs() < 1.5 || (most - least - 25.0).abs() < 1.5, "{}", most - least);
}

#[test]
fn hiss_is_heard_from_where_it_is_told() {
    let spec = spec("effect.vocoder");
    let mut node = node("effect.vocoder", &[], &[("hiss", 1.0)]);
    let tones = [1_250.0, 5_000.0, 10_000.0];
    let voice = tones.map(|hertz| sine(48_000, hertz, RATE));
    node.plug(
        input(spec, "in"),
        (0..48_000).map(|i| 0.2 * (voice[0][i] + voice[1][i] + voice[2][i])).collect(),
    );
    let spectrum = Spectrum::of(&node.run(48_000)[0][24_000..], RATE);
    let [speech, corner, hiss] = tones.map(|hertz| spectrum.between(hertz - 50.0, hertz + 50.0));
    let below = |power: f64| decibels((hiss / power).sqrt());
    println!("below 10 kHz: {:.1} dB at 1.25 kHz, {:.1} dB at 5 kHz", below(speech), below(corner));
    assert!(below(speech) > 8.0 && (0.5..8.0).contains(&below(corner)));
}

#[test]
fn grains_reach_back_as_far_as_told() {
    let spec = spec("source.granular");
    let mut node = node("source.granular", &[], &[("position", 1.0), ("spray", 0.0), ("scatter", 0.0)]);
    // A burst, and silence behind it.
    let burst: Vec<f32> = noise(9_600, 1).into_iter().chain([0.0]).collect();
    node.plug(input(spec, "in"), burst);
    let heard = &node.run(6 * 48_000)[0];
    let first = heard.iter().position(|x| x.abs() > 0.01).expect("it is heard") as f32 / RATE;
    assert!((3.8..4.2).contains(&first), "after {first} s");
}

#[test]
fn a_counter_climbs_by_semitones() {
    let chromatic = SettingValue::Choice(0);
    let spec = spec("modulator.quantiser");
    let most = input(self::spec("maths.counter"), "length").knob.expect("a knob").max as usize;
    let mut quantiser = node("modulator.quantiser", &[("scale", chromatic)], &[]);
    quantiser.plug(input(spec, "in"), (0..most).map(|count| count as f32 * 0.0834).collect());
    let notes = quantiser.run(most).swap_remove(0);
    let wrong = (0..most).find(|count| (notes[*count] - *count as f32 / 12.0).abs() > 1e-4);
    assert_eq!(wrong, None);
}

#[test]
fn a_cable_of_1_doubles_what_an_exponential_knob_says() {
    for (id, name) in [("modulator.lfo", "rate"), ("modulator.adsr", "decay")] {
        let knob = input(spec(id), name).knob.expect("a knob");
        for shown in [0.01, 0.5, 3.0] {
            let doubled = knob.to_shown(knob.to_signal(shown) + 1.0);
            assert!((doubled / shown - 2.0).abs() < 1e-4, "{id} {name}: {shown} becomes {doubled}");
        }
    }
}

#[test]
fn roughness_goes_from_a_sine_to_bright() {
    for id in ["fundsp.dsf_saw", "fundsp.dsf_square"] {
        let overtones = |roughness: f32| {
            let mut node = node(id, &[], &[("frequency", 200.0), ("roughness", roughness)]);
            let spectrum = Spectrum::of(&node.run(48_000)[0][24_000..], RATE);
            spectrum.between(300.0, 20_000.0) / spectrum.between(100.0, 300.0)
        };
        assert!(overtones(0.0) < 1e-4, "{id}: {}", overtones(0.0));
        assert!(overtones(1.0) > 1.0, "{id}: {}", overtones(1.0));
    }
}
