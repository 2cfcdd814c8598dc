#!/usr/bin/env bash
# FluidSynth renders a MIDI file to disk with every note late and on a 64-frame grid, offline too.
#
# Seen with FluidSynth 2.3.1 (Debian fluidsynth 2.3.1-2, libfluidsynth3 2.3.1-2).
# `fluidsynth -F out.wav song.mid` has all the time of the world, yet its player looks at the clock once per
# block of 64 frames and in whole milliseconds. Notes whose ticks fall on whole frames at 48 kHz come 70 to 156
# frames (1.5 to 3.3 ms) late, by a different amount each: a jitter of about 1.8 ms in what should be exact.
# All onsets stand at the same place within a block of 64. A rendered file is thus no oracle for onset times,
# and two notes a frame apart fall together.
#
# Wants: apt-get (to download, not to install), dpkg-deb, python3, and FluidSynth's own libraries (glib, SDL2).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq fluidsynth=2.3.1-2 libfluidsynth3=2.3.1-2 libinstpatch-1.0-2 timgm6mb-soundfont 2> apt.log
for package in *.deb; do dpkg-deb -x "$package" root; done
libraries=$(dirname "$(find root -name 'libfluidsynth.so.3' | head -n 1)")

# Forty strokes of a wood block. At 960 ticks a quarter and 120 bpm a tick is 25 frames at 48 kHz.
python3 - <<'PY'
import struct

def length(n):
    out = [n & 127]
    while n := n >> 7:
        out.insert(0, n & 127 | 128)
    return bytes(out)

track, last = length(0) + bytes([0xC0, 115]), 0
for stroke in range(40):
    tick = 480 + stroke * 367
    track += length(tick - last) + bytes([0x90, 76, 127]) + length(180) + bytes([0x80, 76, 0])
    last = tick + 180
track += length(1920) + b"\xff\x2f\x00"
head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 960)
open("strokes.mid", "wb").write(head + b"MTrk" + struct.pack(">I", len(track)) + track)
PY
LD_LIBRARY_PATH=$libraries root/usr/bin/fluidsynth -q -ni -R 0 -C 0 -g 1 -r 48000 -O float -T wav -F out.wav \
    root/usr/share/sounds/sf2/TimGM6mb.sf2 strokes.mid

python3 - <<'PY'
import struct

data = open("out.wav", "rb").read()
at = data.index(b"data") + 8
left = struct.unpack(f"<{(len(data) - at) // 4}f", data[at:])[::2]
onsets, quiet = [], 0
for frame, sample in enumerate(left):
    if abs(sample) > 1e-4:
        if quiet > 1200:
            onsets.append(frame)
        quiet = 0
    else:
        quiet += 1
late = [onset - (480 + stroke * 367) * 25 for stroke, onset in enumerate(onsets)]
places = {onset % 64 for onset in onsets[1:]}
print(f"{len(onsets)} strokes, late by {min(late[1:])} to {max(late)} frames")
print("place of their onsets within a block of 64 frames:", sorted(places))
assert len(onsets) == 40, "changed: not every stroke was found"
assert len(places) == 1, "changed: onsets are no longer on a grid"
assert max(late) - min(late) > 64, "changed: onsets are in time"
PY
