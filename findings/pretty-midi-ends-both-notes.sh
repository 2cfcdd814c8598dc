#!/usr/bin/env bash
# pretty_midi ends every sounding note of a key with the first note-off: a note held twice loses its second half.
#
# Seen with pretty_midi 0.2.10 (mido 1.3.3) from PyPI, which most data sets of symbolic music are read with.
# A key is struck at 0.0 s and again at 0.5 s, with note-offs at 1.0 and 2.0 s: two on, two off, as a keyboard split over
# two tracks merged into one, or a sustained overdub, writes it. Paired in order the notes are 0.0-1.0 and 0.5-2.0 s.
# pretty_midi says 0.0-1.0 and 0.5-1.0, and drops the second note-off without a word: the note is two thirds
# shorter, and the file's end time with it.
#
# Wants: python3 with pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target lib \
    setuptools==75.8.0 mido==1.3.3 pretty_midi==0.2.10 numpy==2.2.6
PYTHONPATH=lib python3 -W ignore - <<'PY'
import mido
import pretty_midi

# 480 ticks a quarter at 120 bpm: 480 ticks are half a second.
song = mido.MidiFile(ticks_per_beat=480)
song.tracks.append(mido.MidiTrack([
    mido.Message("note_on", note=60, velocity=100, time=0),
    mido.Message("note_on", note=60, velocity=50, time=480),
    mido.Message("note_off", note=60, time=480),
    mido.Message("note_off", note=60, time=960),
]))
song.save("twice.mid")
print(f"mido plays the file for {mido.MidiFile('twice.mid').length:.1f} s")
read = pretty_midi.PrettyMIDI("twice.mid")
notes = [(float(note.start), float(note.end), note.velocity) for note in read.instruments[0].notes]
print("pretty_midi's notes (start, end, velocity):", notes)
print(f"pretty_midi's end: {float(read.get_end_time()):.1f} s")
assert notes == [(0.0, 1.0, 100), (0.5, 1.0, 50)], "changed: the notes"
PY
