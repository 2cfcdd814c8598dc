#!/usr/bin/env bash
# libsndfile writes the time of day into float WAV files: the same samples give another file a second later.
#
# Seen with libsndfile 1.2.2 (soundfile 0.13.1 from PyPI).
# 16- and 24-bit files of the same samples are equal byte for byte. Float and double files carry a PEAK chunk, which
# holds a time stamp in seconds, so two renders of one sound differ in one byte (or more) of their headers. Who compares
# or hashes whole files to know whether a render has changed finds that it always has. Compare the samples.
#
# Wants: python3 with pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib \
    soundfile==0.13.1 numpy==2.2.6
PYTHONPATH=lib python3 - <<'PY'
import time
import numpy as np
import soundfile

print("libsndfile", soundfile.__libsndfile_version__)
sine = np.sin(np.arange(1000) / 10).astype(np.float32)

def twice(subtype):
    """The bytes of the same samples written now and two seconds later."""
    for name in ("a.wav", "b.wav"):
        soundfile.write(name, sine, 48000, subtype=subtype)
        time.sleep(2.1)
    return open("a.wav", "rb").read(), open("b.wav", "rb").read()

for subtype, expected in [("PCM_16", False), ("PCM_24", False), ("FLOAT", True), ("DOUBLE", True)]:
    first, second = twice(subtype)
    differing = [place for place in range(len(first)) if first[place] != second[place]]
    peak = first.find(b"PEAK")
    print(f"{subtype}: {len(differing)} bytes differ, at {differing}; PEAK chunk at {peak if peak > 0 else 'none'}")
    assert bool(differing) == expected, f"changed: {subtype}"
    assert all(peak + 12 <= place < peak + 16 for place in differing), "changed: something else differs"
PY
