#!/usr/bin/env bash
# pydub changes the sample rate without a filter: what lies above the new Nyquist frequency comes back at full level.
#
# Seen with pydub 0.25.1 from PyPI under Python up to 3.12, whose audioop it uses.
# `set_frame_rate` is the documented way to a lower rate, and what feeds many speech recognisers their 16 kHz. It
# draws straight lines between samples (audioop.ratecv with its default weights), and no low-pass stands before it. A
# sine of 15 kHz at 48 kHz becomes one of 1 kHz at 16 kHz, 0.0 dB below the original, where every resampler that is
# called one leaves less than -60 dB. Cymbals and sibilants thus turn into tones in the middle of the voice.
#
# Wants: python3 (3.8 to 3.12) with pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib \
    pydub==0.25.1 numpy==1.26.4
PYTHONPATH=lib python3 -W ignore - <<'PY'
import numpy as np
from pydub import AudioSegment

def resampled(hertz):
    """Frequency and level, re the original's, of the strongest tone after 48 kHz became 16 kHz."""
    sine = 0.5 * np.sin(2 * np.pi * hertz * np.arange(48000) / 48000)
    samples = (sine * 32767).astype(np.int16).tobytes()
    segment = AudioSegment(samples, frame_rate=48000, sample_width=2, channels=1).set_frame_rate(16000)
    out = np.array(segment.get_array_of_samples()) / 32767
    spectrum = np.abs(np.fft.rfft(out * np.hanning(len(out)))) * 4 / len(out)
    strongest = int(spectrum.argmax())
    return strongest * 16000 / len(out), 20 * np.log10(spectrum[strongest] / 0.5)

for hertz, expected in [(1000, 1000), (9000, 7000), (15000, 1000)]:
    there, level = resampled(hertz)
    print(f"a sine of {hertz} Hz is at {there:.0f} Hz and {level:+.2f} dB")
    assert there == expected and abs(level) < 0.5, "changed"
PY
