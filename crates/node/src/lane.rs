//! Lane nodes: small state, written once over [`Lanes`](crate::dsp::Lanes), compiled for every width
//! and instruction set that pays, and run many instances at a time.
//!
//! Widths and sets that pay: one lane needs no vectors; four and eight lanes gain from AVX2's
//! encoding but nothing further from AVX-512; sixteen lanes are worth all three.

use crate::dsp::Vector;
use crate::lane_io::Trace;
use crate::{
    AnyConfig, ConfigError, Configure, Field, InstructionSet, Io, LaneState, Settings, Setup, Slot, Transport,
};
use std::any::Any;
use std::sync::Arc;

/// A node computed in lanes.
pub trait LaneNode: Send + Sync + 'static {
    /// What the signal leaves behind; [`NoState`](crate::NoState) for a pure function of the inputs.
    type State<V: Vector>: LaneState<V>;
    /// What settings become; [`NoConfig`](crate::NoConfig) without settings.
    type Config: Configure;

    /// Further words of state per lane, which stay in memory: for what is seldom touched, or too much for
    /// registers. Zero in a new instance; see [`Io::kept`] and [`Io::keep`].
    const KEPT_WORDS: usize = 0;

    /// The state of a new instance. `seed` differs between patches, nodes and voices. All words
    /// are zero unless this is overridden. Control thread, and audio thread after a NaN.
    fn start(seed: u32) -> Self::State<f32> {
        let _ = seed;
        Self::State::<f32>::load((), &[0; MAX_STATE_WORDS][..<Self::State<f32> as Field<f32>>::WORDS])
    }

    /// Frames by which the outputs lag behind the inputs.
    fn latency(config: &Self::Config) -> usize {
        let _ = config;
        0
    }

    /// Computes one block. Audio thread: no allocation, no lock, no panic. Mark it
    /// `#[inline(always)]`, and every function it calls, so that it is compiled for the instruction
    /// set it runs under.
    fn process<V: Vector>(state: &mut Self::State<V>, config: &Self::Config, io: &mut Io<'_, V>);
}

/// Most state words one lane may have.
pub const MAX_STATE_WORDS: usize = 4096;

/// Everything a kernel needs for one block of one pack. The executor makes one per step and tells it
/// the frames of each block.
#[repr(C)]
pub struct LaneCall {
    slots: *mut Slot,
    inputs: *const u32,
    outputs: *const u32,
    input_count: usize,
    output_count: usize,
    state: *mut u32,
    config: *const (dyn Any + Send + Sync),
    /// First frame to compute.
    pub(crate) first: usize,
    /// How many frames to compute.
    pub(crate) frames: usize,
    /// Frames per second.
    pub(crate) sample_rate: f32,
    transport: *const Transport,
}

impl LaneCall {
    /// Describes a call of no frames yet. Nothing is read or written before a kernel is called.
    ///
    /// # Safety
    /// Whenever a kernel of `W` lanes is called with it:
    /// * every index in `inputs` and `outputs` is a valid slot of `slots`;
    /// * an input slot holds `W` readable floats at `data`, and `first + frames` times as many while it
    ///   moves; an output slot always has room for `first + frames` times `W` floats;
    /// * no output's buffer overlaps another output's or any input's;
    /// * `state` points to as many words as the node's table says per lane, times `W`;
    /// * `inputs`, `outputs`, `config` and `transport` are still there, and nobody writes the transport meanwhile;
    /// * nothing else reads or writes these buffers, slots and words.
    pub unsafe fn new(
        slots: *mut Slot,
        inputs: &[u32],
        outputs: &[u32],
        state: *mut u32,
        config: &(dyn Any + Send + Sync),
        sample_rate: f32,
        transport: *const Transport,
    ) -> Self {
        Self {
            slots,
            inputs: inputs.as_ptr(),
            outputs: outputs.as_ptr(),
            input_count: inputs.len(),
            output_count: outputs.len(),
            state,
            config: std::ptr::from_ref(config),
            first: 0,
            frames: 0,
            sample_rate,
            transport,
        }
    }

    /// The frames of the next call.
    #[inline(always)]
    pub fn set_frames(&mut self, first: usize, frames: usize) {
        self.first = first;
        self.frames = frames;
    }

    #[inline(always)]
    pub(crate) fn input_count(&self) -> usize {
        self.input_count
    }

    #[inline(always)]
    pub(crate) fn input(&self, index: usize) -> &Slot {
        assert!(index < self.input_count, "the input belongs to this node");
        // SAFETY: the index was just checked, and `new`'s caller vouches for slots and indices.
        unsafe { &*self.slots.add(*self.inputs.add(index) as usize) }
    }

    #[inline(always)]
    pub(crate) fn transport(&self) -> &Transport {
        // SAFETY: `new`'s caller vouches for it.
        unsafe { &*self.transport }
    }

    #[inline(always)]
    pub(crate) fn output(&self, index: usize) -> &Slot {
        assert!(index < self.output_count, "the output belongs to this node");
        // SAFETY: as in `input`.
        unsafe { &*self.slots.add(*self.outputs.add(index) as usize) }
    }
}

/// A kernel for one width and instruction set: computes the call's block and answers with the lanes
/// (bit `i` is lane `i`) in which any output is infinite or NaN.
///
/// # Safety
/// The machine has the instruction set the kernel was asked for, the call describes this node type
/// and width, and its config is the node's own.
pub type LaneKernel = unsafe fn(&LaneCall) -> u64;

/// What the engine knows of a lane node type.
#[derive(Clone, Copy)]
pub struct LaneTable {
    /// Words of state per lane; 0 means that frames don't depend on each other.
    pub state_words: usize,
    /// Writes the state of a new instance, `state_words` long. Safe on the audio thread.
    pub start: fn(seed: u32, words: &mut [u32]),
    /// Prepares a config. Control thread.
    pub configure: fn(&Settings, &Setup) -> Result<AnyConfig, ConfigError>,
    /// Latency in frames; 0 for another node type's config.
    pub latency: fn(&(dyn Any + Send + Sync)) -> usize,
    /// The kernel for a width (1, 4, 8 or 16) on a machine that has this instruction set.
    pub kernel: fn(width: usize, best: InstructionSet) -> LaneKernel,
}

impl LaneTable {
    /// The table of a node type.
    pub const fn of<N: LaneNode>() -> Self {
        Self {
            state_words: const {
                let words = <N::State<f32> as Field<f32>>::WORDS + N::KEPT_WORDS;
                assert!(words <= MAX_STATE_WORDS, "a lane node's state is small");
                words
            },
            start: |seed, words| {
                let (state, kept) = words.split_at_mut(<N::State<f32> as Field<f32>>::WORDS);
                N::start(seed).store(state);
                kept.fill(0);
            },
            configure: |settings, setup| Ok(Arc::new(N::Config::configure(settings, setup)?)),
            latency: |config| config.downcast_ref().map_or(0, N::latency),
            kernel: choose_kernel::<N>,
        }
    }
}

fn choose_kernel<N: LaneNode>(width: usize, best: InstructionSet) -> LaneKernel {
    #[cfg(target_arch = "x86_64")]
    if best >= InstructionSet::Avx2 {
        match width {
            4 => return x86::avx2_4::<N>,
            8 => return x86::avx2_8::<N>,
            16 if best >= InstructionSet::Avx512 => return x86::avx512_16::<N>,
            16 => return x86::avx2_16::<N>,
            _ => {}
        }
    }
    let _ = best;
    match width {
        1 => scalar::<N>,
        4 => baseline_4::<N>,
        8 => baseline_8::<N>,
        16 => baseline_16::<N>,
        other => panic!("no kernel has {other} lanes"),
    }
}

#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
use fearless_simd::Fallback as Baseline;
#[cfg(target_arch = "aarch64")]
use fearless_simd::Neon as Baseline;
#[cfg(target_arch = "x86_64")]
use fearless_simd::Sse2 as Baseline;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use fearless_simd::WasmSimd128 as Baseline;

use fearless_simd::{f32x4, f32x8, f32x16};

#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
))]
#[inline(always)]
fn baseline() -> Baseline {
    // SAFETY: these instructions belong to every machine of the architecture, and the compiler was
    // told so for this target.
    #[allow(unused_unsafe, reason = "whether this is unsafe differs between targets")]
    unsafe {
        Baseline::assume_supported()
    }
}

#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
#[inline(always)]
fn baseline() -> Baseline {
    Baseline::new()
}

unsafe fn scalar<N: LaneNode>(call: &LaneCall) -> u64 {
    // SAFETY: passed on to this function's caller.
    unsafe { run::<N, f32>((), call) }
}

unsafe fn baseline_4<N: LaneNode>(call: &LaneCall) -> u64 {
    // SAFETY: passed on to this function's caller.
    unsafe { run::<N, f32x4<Baseline>>(baseline(), call) }
}

unsafe fn baseline_8<N: LaneNode>(call: &LaneCall) -> u64 {
    // SAFETY: passed on to this function's caller.
    unsafe { run::<N, f32x8<Baseline>>(baseline(), call) }
}

unsafe fn baseline_16<N: LaneNode>(call: &LaneCall) -> u64 {
    // SAFETY: passed on to this function's caller.
    unsafe { run::<N, f32x16<Baseline>>(baseline(), call) }
}

/// The kernels above the baseline. Each function enables an instruction set, so that everything
/// inlined into it is compiled with it.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{LaneCall, LaneNode, run};
    use fearless_simd::{Avx2, Avx512, f32x4, f32x8, f32x16};

    #[target_feature(enable = "avx2,bmi1,bmi2,cmpxchg16b,f16c,fma,fxsr,lzcnt,movbe,popcnt,xsave")]
    pub(super) unsafe fn avx2_4<N: LaneNode>(call: &LaneCall) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x4<Avx2>>(Avx2::assume_supported(), call) }
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,cmpxchg16b,f16c,fma,fxsr,lzcnt,movbe,popcnt,xsave")]
    pub(super) unsafe fn avx2_8<N: LaneNode>(call: &LaneCall) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x8<Avx2>>(Avx2::assume_supported(), call) }
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,cmpxchg16b,f16c,fma,fxsr,lzcnt,movbe,popcnt,xsave")]
    pub(super) unsafe fn avx2_16<N: LaneNode>(call: &LaneCall) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x16<Avx2>>(Avx2::assume_supported(), call) }
    }

    #[target_feature(
        enable = "adx,aes,avx512bitalg,avx512bw,avx512cd,avx512dq,avx512f,avx512ifma,avx512vbmi,avx512vbmi2,avx512vl,avx512vnni,avx512vpopcntdq,bmi1,bmi2,cmpxchg16b,fma,fxsr,gfni,lzcnt,movbe,pclmulqdq,popcnt,rdrand,rdseed,sha,vaes,vpclmulqdq,xsave,xsavec,xsaveopt,xsaves"
    )]
    pub(super) unsafe fn avx512_16<N: LaneNode>(call: &LaneCall) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x16<Avx512>>(Avx512::assume_supported(), call) }
    }
}

/// One block: state in, node, state out.
///
/// # Safety
/// As for [`LaneKernel`].
#[inline(always)]
unsafe fn run<N: LaneNode, V: Vector>(token: V::Token, call: &LaneCall) -> u64 {
    let words = <N::State<V> as Field<V>>::WORDS * V::WIDTH;
    let memory: &mut [u32] = if words == 0 {
        &mut []
    } else {
        // SAFETY: the caller vouches for this many words that nothing else touches.
        unsafe { std::slice::from_raw_parts_mut(call.state, words) }
    };
    let kept: &mut [u32] = if N::KEPT_WORDS == 0 {
        &mut []
    } else {
        // SAFETY: as above; these words lie behind those of the state.
        unsafe { std::slice::from_raw_parts_mut(call.state.add(words), N::KEPT_WORDS * V::WIDTH) }
    };
    // SAFETY: the caller vouches that the config is this node type's own.
    let config = unsafe { &*call.config.cast::<N::Config>() };
    let mut state = N::State::<V>::load(token, memory);
    let trace = Trace::new(token);
    // Without state a kernel may be called once for many blocks, or for sixteen frames as if they were one.
    let transport = if words + N::KEPT_WORDS == 0 { &Transport::ABSENT } else { call.transport() };
    let mut io = Io::<V>::new(token, call, kept, &trace, transport);
    N::process(&mut state, config, &mut io);
    state.store(memory);
    trace.faulty_lanes()
}
