//! The node library: one file per node type, `nodes/<category>/<name>.rs`.
//!
//! To add a node, write its file with a `pub static SPEC: NodeSpec` in it and add its name to the
//! list below, in alphabetical order. Nothing else knows the node types one by one.

#![forbid(unsafe_code)]

#[cfg(test)]
mod checks;
pub mod import;
mod parts;

use jackfield_node::{NodeSpec, Registry};

/// Declares the modules and [`SPECS`] from one list.
macro_rules! library {
    ($($category:ident { $($node:ident,)* })*) => {
        $(
            #[doc = concat!("Node types whose id begins with `", stringify!($category), "`.")]
            pub mod $category {
                $(pub mod $node;)*
            }
        )*

        /// Every node type of the library, in the order of the list.
        pub static SPECS: &[&NodeSpec] = &[$($(&$category::$node::SPEC,)*)*];

        /// Each node does what every node must do.
        #[cfg(test)]
        mod conformance {
            $(mod $category {
                $(#[test]
                fn $node() {
                    crate::checks::conforms(&crate::$category::$node::SPEC);
                })*
            })*
        }

        /// No effect changes the loudness by itself.
        #[cfg(test)]
        mod loudness {
            $(mod $category {
                $(#[test]
                fn $node() {
                    crate::checks::loudness::keeps_the_loudness(&crate::$category::$node::SPEC);
                })*
            })*
        }

        /// No source and nothing that shapes a sound has an offset.
        #[cfg(test)]
        mod offset {
            $(mod $category {
                $(#[test]
                fn $node() {
                    crate::checks::offset::swings_around_zero(&crate::$category::$node::SPEC);
                })*
            })*
        }

        /// No node clicks when it is edited while it sounds.
        #[cfg(test)]
        mod edits {
            $(mod $category {
                $(#[test]
                fn $node() {
                    crate::checks::clicks::makes_no_click(&crate::$category::$node::SPEC);
                })*
            })*
        }

        /// A loud tone gets overtones at most.
        #[cfg(test)]
        mod full_level {
            $(mod $category {
                $(#[test]
                fn $node() {
                    crate::checks::full_level::makes_overtones_at_most(&crate::$category::$node::SPEC);
                })*
            })*
        }

        /// Whoever makes cycles is a clean master of hard sync.
        #[cfg(test)]
        mod sync {
            $(mod $category {
                $(#[test]
                fn $node() {
                    crate::checks::sync::is_a_clean_master(&crate::$category::$node::SPEC);
                })*
            })*
        }
    };
}

library! {
    analysis {
        loudness,
        meter,
        scope,
        spectrogram,
        spectrum,
        tuner,
        value,
        xy,
    }
    device {
        audio_in,
        midi_cc,
        midi_in,
        midi_out,
        output,
    }
    dynamics {
        compressor,
        ducker,
        expander,
        gate,
        limiter,
        transient,
        vca,
    }
    effect {
        auto_pan,
        bit_crusher,
        chorus,
        convolution,
        delay,
        distortion,
        flanger,
        frequency_shifter,
        mid_side_decode,
        mid_side_encode,
        multitap,
        phaser,
        ping_pong,
        pitch_shifter,
        plate,
        reverb,
        ring_modulator,
        rotary,
        spectral_blur,
        spectral_freeze,
        stereo_width,
        tape_delay,
        tremolo,
        vibrato,
        vocoder,
        wavefolder,
        waveshaper,
    }
    filter {
        allpass,
        comb,
        crossover,
        dc_blocker,
        diode_ladder,
        formant,
        ladder,
        one_pole,
        parametric_eq,
        sallen_key,
        svf,
    }
    fundsp {
        bandrez,
        driven_resonator,
        dsf_saw,
        dsf_square,
        fdn,
        moog,
        morph,
        organ,
        pluck,
        reverb_2,
        reverb_4,
        soft_saw,
    }
    maths {
        compare,
        constant,
        counter,
        expression,
        flip_flop,
        logic,
        math,
        probability_gate,
        pulse_divider,
        range,
        rectify,
        sample_delay,
        scale,
    }
    mixing {
        crossfade,
        matrix,
        merge_voices,
        mixer,
        mixer_4,
        mixer_8,
        mute,
        pan,
        return_bus,
        send,
        split_voices,
        sum_voices,
        switch_1_to_4,
        switch_4_to_1,
        voice_spread,
    }
    modulator {
        ad,
        adsr,
        ahdsr,
        chaos,
        follower,
        function,
        glide,
        lfo,
        quantiser,
        random,
        sample_hold,
        slew,
        track_hold,
        turing,
        voices,
    }
    source {
        additive,
        clap,
        fm_operator,
        granular,
        hat,
        impulses,
        kick,
        modal,
        noise,
        oscillator,
        player,
        snare,
        streamer,
        string,
        unison,
        wavetable,
    }
    time {
        arpeggiator,
        chord,
        clock,
        euclid,
        midi_file,
        multiplier,
        pattern,
        sequencer,
        swing,
        tap_tempo,
        transport,
    }
}

/// A registry of every node type of the library.
pub fn registry() -> Registry {
    Registry::new(SPECS).expect("no two node types have one id, which a test checks")
}

#[cfg(test)]
mod tests {
    use super::SPECS;
    use jackfield_node::{Category, NodeSpec};
    use std::collections::BTreeSet;
    use std::path::Path;

    /// A forgotten line in the list would leave a node out without any other sign.
    #[test]
    fn the_list_names_every_file_once() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = BTreeSet::new();
        for category in Category::ALL {
            let Ok(folder) = root.join(category.name()).read_dir() else { continue };
            for entry in folder {
                let path = entry.expect("the folder can be read").path();
                let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a plain file name");
                files.insert(format!("{}.{name}", category.name()));
            }
        }
        let listed: BTreeSet<String> = SPECS.iter().map(|spec| spec.id.to_owned()).collect();
        assert_eq!(listed.len(), SPECS.len(), "two node types have one id");
        assert_eq!(listed, files, "left: in the list, right: files");
    }

    /// A file that says what a node type was called before is read, and saved with the id of today.
    #[test]
    fn former_ids_are_read_and_saved_as_the_new_ones() {
        let registry = super::registry();
        let former = |spec: &NodeSpec| spec.former_ids.iter().map(|id| (*id, spec.id)).collect::<Vec<_>>();
        let renamed: Vec<(&str, &str)> = SPECS.iter().flat_map(|spec| former(spec)).collect();
        for name in ["loudness", "meter", "scope", "spectrogram", "spectrum", "tuner", "value", "xy"] {
            let (was, is) = (format!("looking.{name}"), format!("analysis.{name}"));
            assert!(renamed.contains(&(&was, &is)), "{was} is {is}");
        }
        for (was, is) in renamed {
            let file = format!(r#"{{"jackfield": 1, "nodes": {{"a": {{"type": "{was}"}}}}, "cables": []}}"#);
            let (patch, warnings) = jackfield_patch::read(&file, &registry).expect("an old file");
            assert!(warnings.is_empty(), "{was}: {warnings:?}");
            let text = jackfield_patch::write(&patch);
            assert!(text.contains(is) && !text.contains(was), "{text}");
        }
    }
}
