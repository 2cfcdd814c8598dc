//! web-audio-api: a context per play, since an offline context renders once.

use crate::contender::{Player, RATE};
use web_audio_api::context::OfflineAudioContext;

/// Builds the patch for this many frames.
type Build = fn(&OfflineAudioContext, usize);

/// Renders one context after the other, each from the beginning. Building them is not timed.
pub(crate) struct Offline {
    build: Build,
    ready: Option<OfflineAudioContext>,
}

impl Offline {
    /// As a contender.
    pub(crate) fn player(build: Build) -> Box<dyn Player> {
        Box::new(Self { build, ready: None })
    }
}

impl Player for Offline {
    fn prepare(&mut self, frames: usize) {
        let context = OfflineAudioContext::new(1, frames, RATE);
        (self.build)(&context, frames);
        self.ready = Some(context);
    }

    fn play(&mut self, sound: &mut [f32]) {
        let mut context = self.ready.take().expect("prepared for this play");
        sound.copy_from_slice(&context.start_rendering_sync().get_channel_data(0)[..sound.len()]);
    }
}
