//! Damaged sound files, for tests, and how much of their sound must be left.

/// Numbers that look random, the same in every run.
pub(crate) struct Random(pub(crate) u32);

impl Random {
    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % end.max(1)
    }
}

/// A format that suffers damage in tests.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    /// The name of a file.
    pub(crate) name: &'static str,
    /// What ffmpeg is told; nothing for what needs no ffmpeg.
    pub(crate) options: &'static [&'static str],
    /// Bytes at most that stand before the sound.
    head: usize,
    /// Frames at most that are lost together with a damaged one.
    packed: usize,
    /// Whether a file whose end is damaged may be refused.
    pub(crate) may_be_refused: bool,
}

/// Plain samples.
pub(crate) const WAV: Format =
    Format { name: "whole.wav", options: &[], head: 80, packed: 1, may_be_refused: false };

/// The formats that ffmpeg writes.
pub(crate) const ENCODED: [Format; 4] = [
    // ffmpeg leaves room for remarks.
    Format {
        name: "a.flac",
        options: &["-c:a", "flac"],
        head: 8_400,
        packed: 2 * 4_608,
        may_be_refused: false,
    },
    Format {
        name: "a.mp3",
        options: &["-c:a", "libmp3lame", "-b:a", "192k"],
        head: 1_000,
        packed: 6 * 1_152,
        may_be_refused: false,
    },
    // Pages of a tenth of a second, behind the books of codes.
    Format {
        name: "a.ogg",
        options: &["-c:a", "libvorbis", "-page_duration", "100000"],
        head: 6_000,
        packed: 4 * 4_410,
        may_be_refused: false,
    },
    // The index stands before the sound; behind it, damage there would lose everything.
    Format {
        name: "a.m4a",
        options: &["-c:a", "aac", "-movflags", "+faststart"],
        head: 4_000,
        packed: 8 * 1_024,
        may_be_refused: true,
    },
];

/// A damaged copy of a file.
pub(crate) struct Damaged {
    pub(crate) bytes: Vec<u8>,
    /// How many bytes are as they were, from the beginning on, and how many there were in all.
    intact: [usize; 2],
}

impl Damaged {
    /// Damage of one of three kinds, by turns: the end is cut off, bytes of the header are changed, bytes of
    /// the second half are changed.
    pub(crate) fn new(file: &[u8], round: usize, random: &mut Random) -> Self {
        let mut bytes = file.to_vec();
        let mut overwrite = |from: usize, end: usize, count: usize| {
            let places: Vec<usize> = (0..count).map(|_| from + random.below(end - from)).collect();
            for place in &places {
                bytes[*place] = random.below(256) as u8;
            }
            places.into_iter().min().expect("there are some")
        };
        let first = match round % 3 {
            0 => {
                let length = random.below(file.len());
                bytes.truncate(length);
                length
            }
            1 => overwrite(0, 300, 10),
            _ => overwrite(file.len() / 2, file.len(), 50),
        };
        Self { bytes, intact: [first, file.len()] }
    }

    /// How many frames at least must come as they were, of so many in the whole file: all that lie in its
    /// intact part, but for those that the format packs together with later ones.
    pub(crate) fn frames(&self, whole: usize, format: Format) -> usize {
        let [first, length] = self.intact.map(|bytes| bytes.saturating_sub(format.head));
        (first * whole / length.max(1)).saturating_sub(format.packed)
    }

    /// The part of the file that is as it was.
    pub(crate) fn part(&self) -> f64 {
        self.intact[0] as f64 / self.intact[1] as f64
    }
}
