#!/usr/bin/env bash
# A Web Audio low-pass with Q = 0.7071 is no Butterworth filter: there Q is in decibels, but only for two of the types.
#
# Seen with node-web-audio-api 2.2.0 from npm, which does what the W3C's text says.
# One property, `Q`, of one node, BiquadFilterNode, has two units. For bandpass, notch, peaking and allpass it is the
# quality factor of every textbook; for lowpass and highpass it is the height of the peak at the corner in dB, so the
# default of 1 gives +1 dB and not 0 dB, 20 gives +20 dB where a quality factor of 20 gives +26, and 0.7071 gives
# +0.71 dB where one asks for -3.01. A crossover or a high-pass built with textbook values has a bump; negative
# values, which a quality factor can't have, are valid and what one needs: -3.01.
#
# Wants: node with npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit node-web-audio-api@2.2.0
cat > corners.mjs <<'JS'
import assert from "node:assert";
import { BiquadFilterNode, OfflineAudioContext } from "node-web-audio-api";

const context = new OfflineAudioContext(1, 128, 48000);

/// The response in dB of a filter at 1 kHz, at a frequency.
function response(type, Q, hertz) {
  const filter = new BiquadFilterNode(context, { type, Q, frequency: 1000 });
  const [magnitude, phase] = [new Float32Array(1), new Float32Array(1)];
  filter.getFrequencyResponse(new Float32Array([hertz]), magnitude, phase);
  return 20 * Math.log10(magnitude[0]);
}

for (const type of ["lowpass", "highpass"]) {
  for (const Q of [0.7071, 1, 20, -3.0103]) {
    const measured = response(type, Q, 1000);
    const textbook = Q > 0 ? `, as a quality factor ${(20 * Math.log10(Q)).toFixed(2)} dB` : "";
    console.log(`${type}, Q = ${Q}: ${measured.toFixed(2)} dB at the corner${textbook}`);
    assert(Math.abs(measured - Q) < 0.02, "changed");
  }
}
// A band-pass is 3 dB down at the edges of a band as wide as its frequency divided by Q: 618 and 1618 Hz for 1.
for (const hertz of [618.034, 1618.034]) {
  const measured = response("bandpass", 1, hertz);
  console.log(`bandpass, Q = 1: ${measured.toFixed(2)} dB at ${hertz} Hz, as a quality factor does`);
  assert(Math.abs(measured + 3.01) < 0.05, "changed");
}
JS
node corners.mjs
