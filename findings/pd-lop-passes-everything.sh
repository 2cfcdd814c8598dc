#!/usr/bin/env bash
# Pure Data's [lop~] is no filter at all once its cutoff reaches the sample rate divided by 2 pi.
#
# Seen with Pure Data 0.53.1 (Debian puredata-core 0.53.1+ds-2+deb12u1).
# [lop~] takes 2 pi f / rate as its coefficient, without the exponential or tangent that would bend it into
# place, and clips it at 1. A coefficient of 1 means: the output is the input. At 48 kHz that happens at
# 7,639 Hz, so [lop~ 8000] hands white noise on bit for bit, although half of its power lies above the cutoff;
# at 44.1 kHz it happens at 7,019 Hz. Below that the corner is off as well: [lop~ 4000] takes 3 dB at 5.9 kHz
# rather than at 4. A patch that is carried over by its numbers sounds duller in a system whose filters keep
# their corners.
#
# Wants: apt-get (to download, not to install), dpkg-deb, python3.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq puredata-core=0.53.1+ds-2+deb12u1 libjack-jackd2-0 libportaudio2 libasound2 2> apt.log
for package in *.deb; do dpkg-deb -x "$package" root; done
libraries=$(dirname "$(find root -name 'libportaudio.so.2' | head -n 1)")

# Noise through a filter on the left, the same noise on the right.
patch() {
    cat <<PD
#N canvas 0 0 450 300 10;
#X obj 10 10 noise~;
#X obj 10 40 lop~ $1;
#X obj 10 100 writesf~ 2;
#X obj 200 10 loadbang;
#X msg 200 40 open -wave -bytes 4 out$1.wav \\, start \\; pd dsp 1;
#X obj 300 10 del 4000;
#X msg 300 40 stop;
#X msg 300 60 \\; pd quit;
#X obj 300 80 t b b;
#X connect 0 0 1 0;
#X connect 1 0 2 0;
#X connect 0 0 2 1;
#X connect 3 0 4 0;
#X connect 4 0 2 0;
#X connect 3 0 5 0;
#X connect 5 0 8 0;
#X connect 8 1 6 0;
#X connect 6 0 2 0;
#X connect 8 0 7 0;
PD
}
for cutoff in 4000 7600 8000; do
    patch "$cutoff" > "$cutoff.pd"
    LD_LIBRARY_PATH=$libraries timeout 60 root/usr/bin/puredata -nogui -batch -noaudio -r 48000 -open "$cutoff.pd"
done

python3 - <<'PY'
import cmath, math, struct

def channels(name):
    data = open(name, "rb").read()
    at = data.index(b"data") + 8
    samples = struct.unpack(f"<{(len(data) - at) // 4}f", data[at:])
    return samples[0::2], samples[1::2]

def gain(left, right, hertz):
    """The filter's gain in dB at a frequency: cross over power spectrum, averaged over blocks."""
    size, cross, power = 1024, 0, 0
    turn = [cmath.exp(-2j * math.pi * hertz * i / 48000) * math.sin(math.pi * i / size) ** 2 for i in range(size)]
    for start in range(0, len(left) - size, size):
        a = sum(x * t for x, t in zip(left[start:start + size], turn))
        b = sum(x * t for x, t in zip(right[start:start + size], turn))
        cross, power = cross + a * b.conjugate(), power + abs(b) ** 2
    return 20 * math.log10(abs(cross) / power)

left, right = channels("out8000.wav")
same = left == right and max(right) > 0.9
print("lop~ 8000 at 48 kHz: the output is the input, bit for bit:", same)
left, right = channels("out7600.wav")
print("lop~ 7600 at 48 kHz: likewise:", left == right)
left, right = channels("out4000.wav")
at_4000, at_5900 = gain(left, right, 4000), gain(left, right, 5944)
print(f"lop~ 4000 at 48 kHz: {at_4000:.2f} dB at 4,000 Hz, {at_5900:.2f} dB at 5,944 Hz")
assert same, "changed: lop~ 8000 filters"
assert channels("out7600.wav")[0] != channels("out7600.wav")[1], "changed: lop~ 7600 passes everything"
assert -1.8 < at_4000 < -1.5 and -3.15 < at_5900 < -2.85, "changed: the corner"
PY
