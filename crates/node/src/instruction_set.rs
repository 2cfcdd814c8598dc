//! The instruction sets kernels are compiled for, and which of them this machine has.

use std::fmt;

/// An instruction set a kernel can be compiled for, from least to most capable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InstructionSet {
    /// What every machine of this architecture has: SSE2, NEON, or none.
    Baseline,
    /// x86-64 v3: 8 lanes to a register.
    Avx2,
    /// x86-64 with AVX-512 as of Ice Lake: 16 lanes to a register.
    Avx512,
}

impl InstructionSet {
    /// Every instruction set this machine has, least capable first.
    pub fn available() -> Vec<Self> {
        let best = Self::best();
        [Self::Baseline, Self::Avx2, Self::Avx512].into_iter().filter(|set| *set <= best).collect()
    }

    /// The widths that lane nodes are compiled for under this instruction set, narrowest first: on x86-64 as
    /// many lanes as a register of the baseline has, and beyond that what AVX2 and AVX-512 make worth while.
    pub const fn lanes(self) -> &'static [usize] {
        match self {
            Self::Baseline if cfg!(target_arch = "x86_64") => &[1, 4],
            _ => &[1, 4, 8, 16],
        }
    }

    /// The most capable instruction set of this machine.
    pub fn best() -> Self {
        let level = fearless_simd::Level::new();
        #[cfg(target_arch = "x86_64")]
        {
            if level.as_avx512().is_some() {
                return Self::Avx512;
            }
            if level.as_avx2().is_some() {
                return Self::Avx2;
            }
        }
        let _ = level;
        Self::Baseline
    }
}

impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        })
    }
}
