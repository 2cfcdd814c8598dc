#!/usr/bin/env bash
# symphonia refuses a plain WAV file for two bytes more in its format chunk, which every other reader skips.
#
# Seen with symphonia 0.5.5 from crates.io, beside libsndfile 1.2.2 (soundfile 0.13.1 from PyPI).
# A `fmt ` chunk says its own size, and WAVEFORMATEX lets a format add bytes and count them (cbSize), so readers take
# the fields they know and step over the rest. symphonia reads 16-bit PCM with chunks of 16, 18 and 40 bytes and
# answers "malformed fmt_pcm chunk" for 20 or 22; for float it knows 16 and 18. The same samples behind a chunk of 20
# bytes are a file that plays everywhere but in Rust programs. Rewriting the header is all the repair they need.
#
# Wants: cargo, python3 with pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib \
    soundfile==0.13.1 numpy==2.2.6
PYTHONPATH=lib python3 - <<'PY'
import struct
import numpy as np
import soundfile

sine = 0.3 * np.sin(np.arange(4800) / 10)
KINDS = {"pcm": (1, 16, (sine * 32767).astype("<i2")), "float": (3, 32, sine.astype("<f4"))}
for kind, (tag, bits, samples) in KINDS.items():
    for size in (16, 18, 20, 22):
        form = struct.pack("<HHIIHH", tag, 1, 48000, 48000 * bits // 8, bits // 8, bits)
        if size > 16:
            form += struct.pack("<H", size - 18) + bytes(size - 18)
        data = samples.tobytes()
        chunks = b"fmt " + struct.pack("<I", size) + form + b"data" + struct.pack("<I", len(data)) + data
        name = f"{kind}-{size}.wav"
        with open(name, "wb") as file:
            file.write(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
        read, rate = soundfile.read(name)
        assert rate == 48000 and np.abs(read - sine).max() < 1e-4, "libsndfile reads it"
print("libsndfile reads all eight files")
PY
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "chunks"
edition = "2021"
[dependencies]
symphonia = { version = "=0.5.5", default-features = false, features = ["wav", "pcm"] }
TOML
cat > src/main.rs <<'RUST'
use symphonia::core::io::MediaSourceStream;
use symphonia::core::probe::Hint;
fn main() {
    for kind in ["pcm", "float"] {
        for size in [16, 18, 20, 22] {
            let file = std::fs::File::open(format!("{kind}-{size}.wav")).unwrap();
            let stream = MediaSourceStream::new(Box::new(file), Default::default());
            let probe = symphonia::default::get_probe();
            let probed = probe.format(&Hint::new(), stream, &Default::default(), &Default::default());
            let told = match &probed {
                Ok(probed) => format!("{:?} frames", probed.format.tracks()[0].codec_params.n_frames),
                Err(error) => error.to_string(),
            };
            println!("{kind}, format chunk of {size} bytes: {told}");
            assert_eq!(probed.is_ok(), size <= 18, "changed");
        }
    }
}
RUST
cargo run --quiet
