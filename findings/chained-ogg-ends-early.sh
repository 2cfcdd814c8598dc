#!/usr/bin/env bash
# A chained Ogg file has as many lengths as there are readers: libsndfile plays its first link only, in silence.
#
# Seen with libsndfile 1.2.2 (soundfile 0.13.1) and FFmpeg 7.0.2 (imageio-ffmpeg 0.6.0), both from PyPI.
# Ogg says that streams may simply follow each other (RFC 3533, chaining): internet radio and joined files are like
# that, and `cat a.ogg b.ogg` makes one. Here one second and two seconds of Vorbis stand behind each other. libsndfile
# reports 48,000 frames and ends there, without an error. FFmpeg decodes all 3 seconds, less 128 frames at the seam, while
# its own probe gives the length of the last link, 2 seconds. A reader has to look for further links itself.
#
# Wants: python3 with pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib \
    soundfile==0.13.1 imageio-ffmpeg==0.6.0 numpy==2.2.6
PYTHONPATH=lib python3 - <<'PY'
import re
import subprocess
import imageio_ffmpeg
import numpy as np
import soundfile

for name, hertz, frames in [("first.ogg", 440, 48000), ("second.ogg", 880, 96000)]:
    sine = 0.5 * np.sin(2 * np.pi * hertz * np.arange(frames) / 48000)
    soundfile.write(name, sine, 48000, format="OGG", subtype="VORBIS")
first, second = (open(name, "rb").read() for name in ("first.ogg", "second.ogg"))
assert first[14:18] != second[14:18], "the links have serial numbers of their own"
open("chain.ogg", "wb").write(first + second)

by_libsndfile = len(soundfile.read("chain.ogg")[0])
ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
command = [ffmpeg, "-hide_banner", "-nostdin", "-i", "chain.ogg", "-f", "f32le", "-"]
decoded = subprocess.run(command, capture_output=True, check=True)
by_ffmpeg = len(decoded.stdout) // 4
probed = re.search(r"Duration: (\S+),", decoded.stderr.decode()).group(1)
print("libsndfile", soundfile.__libsndfile_version__, "reads", by_libsndfile, "of 144,000 frames")
print("FFmpeg", imageio_ffmpeg.get_ffmpeg_version(), "decodes", by_ffmpeg, "frames, and announces", probed)
assert by_libsndfile == 48000, "changed: libsndfile"
assert 143000 < by_ffmpeg <= 144000, "changed: what FFmpeg decodes"
assert probed == "00:00:02.00", "changed: what FFmpeg announces"
PY
