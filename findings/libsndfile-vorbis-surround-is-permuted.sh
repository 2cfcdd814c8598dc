#!/usr/bin/env bash
# libsndfile leaves the channels of a 5.1 Ogg Vorbis file where they stand: the centre comes out of the right speaker.
#
# Seen with libsndfile 1.2.2 (soundfile 0.13.1) and FFmpeg 7.0.2 (imageio-ffmpeg 0.6.0), both from PyPI.
# WAV and FLAC hold 5.1 as left, right, centre, low, surround left, surround right; the Vorbis specification (section
# 4.3.9) fixes left, centre, right, surround left, surround right, low. libsndfile's one interface to all formats
# passes channels through by number, reading and writing. A file it writes from an array in WAV's order plays with
# centre and right exchanged and the low channel in a surround speaker; a file that FFmpeg wrote comes back permuted
# the other way. Written and read by libsndfile alone, everything seems right. FLAC and WAV are not touched by this.
#
# Wants: python3 with pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib \
    soundfile==0.13.1 imageio-ffmpeg==0.6.0 numpy==2.2.6
PYTHONPATH=lib python3 - <<'PY'
import subprocess
import imageio_ffmpeg
import numpy as np
import soundfile

NAMES = ["left", "right", "centre", "low", "surround left", "surround right"]
# Each channel is a tone of its own, all low enough for the low channel's encoding.
HERTZ = np.array([30, 40, 50, 60, 70, 80])
ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
seconds = np.arange(2 * 48000) / 48000
sound = 0.5 * np.sin(2 * np.pi * np.outer(seconds, HERTZ))

def who(path):
    """Which channel of the original is heard on each channel, as libsndfile reads it."""
    read, _ = soundfile.read(path)
    levels = np.abs(np.fft.rfft(read[:96000], axis=0))
    return [NAMES[int(np.argmin(np.abs(HERTZ - place / 2)))] for place in levels[:400].argmax(axis=0)]

def by_ffmpeg(source, target, *how):
    subprocess.run([ffmpeg, "-v", "error", "-y", "-i", source, *how, target], check=True)

print("libsndfile", soundfile.__libsndfile_version__, "and FFmpeg", imageio_ffmpeg.get_ffmpeg_version())
for end, form in [("wav", "WAV"), ("flac", "FLAC"), ("ogg", "OGG")]:
    soundfile.write(f"written.{end}", sound, 48000, format=form)
    by_ffmpeg(f"written.{end}", "decoded.wav", "-c:a", "pcm_s16le")
    heard = who("decoded.wav")
    print(f"{form} by libsndfile, decoded by FFmpeg:", ", ".join(heard))
    assert (heard == NAMES) == (form != "OGG"), "changed: " + form
    assert who(f"written.{end}") == NAMES, "changed: there and back by libsndfile"
assert heard[1] == "centre" and heard[2] == "right", "changed: where they go"
by_ffmpeg("written.wav", "from.ogg", "-c:a", "libvorbis", "-q:a", "6")
heard = who("from.ogg")
print("OGG by FFmpeg, read by libsndfile:", ", ".join(heard))
assert heard[1] == "centre" and heard[2] == "right" and heard[5] == "low", "changed: reading"
PY
