#!/usr/bin/env bash
# lewton gives more frames than an Ogg Vorbis file has: the end of the stream is never cut to its length.
#
# Seen with lewton 0.10.2 from crates.io (the Vorbis decoder of many Rust programs) and libsndfile 1.2.2 (soundfile
# 0.13.1).
# A Vorbis stream says by the granule position of its last page where it ends (Vorbis I, appendix A.2); encoders rely
# on it, since a block is longer than what is left. lewton's own reader of Ogg files hands out every block whole: a
# file of 1,000 frames decodes to 1,728, one of 48,000 to 48,704. The tail is the padding of the encoder, 15 ms here,
# so loops have a hole, and lengths don't agree with any other decoder. `get_last_absgp` tells the true end; the
# caller must cut.
#
# Wants: cargo, python3 with pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib \
    soundfile==0.13.1 numpy==2.2.6
PYTHONPATH=lib python3 - <<'PY'
import numpy as np
import soundfile

for frames in (1000, 44100, 48000):
    name = f"{frames}.ogg"
    soundfile.write(name, 0.5 * np.sin(np.arange(frames) / 10), 48000, format="OGG", subtype="VORBIS")
    assert len(soundfile.read(name)[0]) == frames, "libsndfile cuts it"
PY
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "lengths"
edition = "2021"
[dependencies]
lewton = "=0.10.2"
TOML
cat > src/main.rs <<'RUST'
use lewton::inside_ogg::OggStreamReader;
fn main() {
    for frames in [1000, 44100, 48000] {
        let file = std::fs::File::open(format!("{frames}.ogg")).unwrap();
        let mut reader = OggStreamReader::new(file).unwrap();
        let mut decoded = 0;
        while let Some(packet) = reader.read_dec_packet_itl().unwrap() {
            decoded += packet.len();
        }
        let end = reader.get_last_absgp().unwrap();
        println!("a file of {frames} frames: lewton decodes {decoded}, and knows that it ends at {end}");
        assert_eq!(end, frames as u64, "changed: the granule position");
        assert!(decoded > frames + 500, "changed: {decoded} of {frames} frames");
    }
}
RUST
cargo run --quiet
