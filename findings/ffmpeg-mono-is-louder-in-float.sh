#!/usr/bin/env bash
# FFmpeg's mix to mono is 3 dB louder when the file to write holds floats: the gain follows the sample format.
#
# Seen with FFmpeg 7.0.2 (imageio-ffmpeg 0.6.0 from PyPI).
# `ffmpeg -i stereo.wav -ac 1 out.wav` of two equal channels gives the same level as each of them in a file of 16 or
# 24 bits: the mean. With `-c:a pcm_f32le` the very same command multiplies the sum by 0.7071 instead, since the
# matrix is only kept from overflowing where integers could overflow: a sine at -3 dBFS leaves at +0 dBFS, one at 0
# dBFS at +3. So a float intermediate, made to be safe, changes the balance of a mix, and clips in the next step. It
# does not depend on the format of the input. `-af pan=mono|c0=0.5*c0+0.5*c1` says what is meant.
#
# Wants: python3 with pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib \
    imageio-ffmpeg==0.6.0 soundfile==0.13.1 numpy==2.2.6
PYTHONPATH=lib python3 - <<'PY'
import subprocess
import imageio_ffmpeg
import numpy as np
import soundfile

ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
sine = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(48000) / 48000)
print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version())

def gain(subtype, codec, *how):
    """The gain in dB from two equal channels to one."""
    soundfile.write("stereo.wav", np.stack([sine, sine], axis=1), 48000, subtype=subtype)
    command = [ffmpeg, "-v", "error", "-y", "-i", "stereo.wav", *how, "-c:a", codec, "mono.wav"]
    subprocess.run(command, check=True)
    mono, _ = soundfile.read("mono.wav")
    assert mono.ndim == 1
    return 20 * np.log10(np.abs(mono).max() / 0.5)

for subtype in ("PCM_16", "FLOAT"):
    for codec, expected in [("pcm_s16le", 0.0), ("pcm_s24le", 0.0), ("pcm_f32le", 3.01)]:
        measured = gain(subtype, codec, "-ac", "1")
        print(f"{subtype} -> -ac 1 -> {codec}: {measured:+.2f} dB")
        assert abs(measured - expected) < 0.02, "changed"
said = gain("FLOAT", "pcm_f32le", "-af", "pan=mono|c0=0.5*c0+0.5*c1")
print(f"FLOAT -> pan, said by hand -> pcm_f32le: {said:+.2f} dB")
assert abs(said) < 0.02, "changed: pan"
PY
