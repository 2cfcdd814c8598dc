#!/usr/bin/env bash
# JUCE's stock limiter makes what lies below its threshold louder, and lets peaks through far above it.
#
# Seen with pedalboard 0.9.17 from PyPI, whose Limiter is JUCE's dsp::Limiter, the one in many plug-ins.
# Its documentation asks for a threshold in decibels and a release. One expects silence below to stay, and nothing
# to leave above. Instead there is a gain that no parameter names: 3.75 dB plus the threshold turned round. With a
# threshold of -10 dB a sine at -60 dB leaves at -46.25 dB, and a sine at -3 dB leaves at 0 dB, 10 dB above the
# threshold: the only ceiling is a hard clip at 0 dBFS. Lowering the threshold therefore makes a mix louder, and a
# chain that puts this limiter last "for safety" changes its level even when nothing is to be limited.
#
# Wants: python3 with pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib \
    pedalboard==0.9.17 numpy==2.2.6
PYTHONPATH=lib python3 - <<'PY'
import math
import numpy as np
import pedalboard

RATE = 48000
seconds = np.arange(2 * RATE) / RATE

def peak_behind(level, threshold):
    """The peak level in dB of a settled 1 kHz sine behind the limiter."""
    sine = (10 ** (level / 20) * np.sin(2 * np.pi * 1000 * seconds)).astype(np.float32)[None]
    out = pedalboard.Limiter(threshold_db=threshold, release_ms=100)(sine, RATE)
    return 20 * math.log10(np.abs(out[0, RATE:]).max())

for threshold, level in [(-10, -60), (-10, -40), (-6, -60), (-1, -60), (-10, -3)]:
    print(f"threshold {threshold} dB: a sine at {level} dB leaves at {peak_behind(level, threshold):.2f} dB")
for threshold in (-10, -6, -1):
    gain = peak_behind(-60, threshold) + 60
    assert abs(gain - (3.75 - threshold)) < 0.05, f"changed: {gain:.2f} dB of gain below a threshold of {threshold}"
assert peak_behind(-3, -10) > -0.1, "changed: the threshold is a ceiling"
PY
