//! Parts that several node types are made of, sorted by kind.

/// What saves computing: values kept while their input stays, and the machine's best instructions.
pub(crate) mod compute {
    pub(crate) mod best_instructions;
    pub(crate) mod memo;
}

/// Delay lines, and what reads them.
pub(crate) mod delay {
    pub(crate) mod allpass_tap;
    pub(crate) mod echo;
    pub(crate) mod fading_tap;
    pub(crate) mod line;
    pub(crate) mod lookahead;
    pub(crate) mod moving_tap;
    pub(crate) mod read_head;
}

/// Limiters and detectors.
pub(crate) mod dynamics {
    #[cfg(test)]
    pub(crate) mod checks;
    pub(crate) mod detector_input;
    pub(crate) mod limiter;
    #[cfg(test)]
    pub(crate) mod true_peak;
}

/// Courses from one level to another.
pub(crate) mod envelope {
    pub(crate) mod smoothed_value;
}

/// Filters, and the higher sample rates that they and other nonlinear parts run at.
pub(crate) mod filter {
    #[cfg(test)]
    pub(crate) mod checks;
    pub(crate) mod dc_filter;
    pub(crate) mod oversampler_2x;
}

/// What nodes made of units of `fundsp` have in common.
pub(crate) mod fundsp {
    pub(crate) mod declare;
    pub(crate) mod reverb_ports;
    pub(crate) mod tone;
}

/// From MIDI to voices.
pub(crate) mod midi {
    pub(crate) mod channel;
    pub(crate) mod keyboard;
}

/// Ports, gains and switches on the way from sources to sinks.
pub(crate) mod mixing {
    pub(crate) mod channel_strips;
    pub(crate) mod pan_law;
    pub(crate) mod passthrough;
    pub(crate) mod selector;
    pub(crate) mod stereo_lanes;
    pub(crate) mod stereo_ports;
}

/// The low-frequency oscillators inside of effects.
pub(crate) mod modulation {
    pub(crate) mod lfo_phase;
    pub(crate) mod lfo_shape;
    pub(crate) mod range;
}

/// What oscillators share.
pub(crate) mod oscillator {
    pub(crate) mod blep_tables;
    pub(crate) mod waveform;
}

/// Playing files.
pub(crate) mod playback {
    pub(crate) mod file_channels;
    pub(crate) mod frame_reader;
    pub(crate) mod loop_settings;
    pub(crate) mod play_mode;
    pub(crate) mod playhead_fades;
}

/// Reverberation, by networks of delay lines and by convolution.
pub(crate) mod reverb {
    pub(crate) mod convolver;
    pub(crate) mod diffuser;
    pub(crate) mod network;
    pub(crate) mod stereo_reverb;
}

/// Work on short-time spectra.
pub(crate) mod spectrum {
    pub(crate) mod peaks;
    pub(crate) mod phase_tracker;
    pub(crate) mod stft;
}

/// Gates, triggers, clocks and note lengths.
pub(crate) mod timing {
    pub(crate) mod clock_estimator;
    #[cfg(test)]
    pub(crate) mod clock_grid;
    pub(crate) mod gate;
    pub(crate) mod note_length;
    pub(crate) mod step_clock;
    pub(crate) mod trigger;
}

/// Scales and keyboard maps.
pub(crate) mod tuning {
    pub(crate) mod keyboard_map;
    pub(crate) mod scala;
    pub(crate) mod tuning_files;
}
