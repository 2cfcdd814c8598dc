//! Lane nodes: small state, written once over [`Lanes`](crate::dsp::Lanes), compiled for every width
//! and instruction set that pays, and run many instances at a time.
//!
//! Widths and sets that pay: one lane needs no vectors; four fill a register of the baseline, eight one of
//! AVX2, and sixteen lanes are worth AVX2 and AVX-512. On x86-64 nothing but kernels without state, which
//! compute sixteen frames at once, is compiled for more than four lanes of the baseline: such machines
//! are rare, and every instance costs its share of the build. See [`InstructionSet::lanes`].

use crate::dsp::Vector;
use crate::lane_io::Trace;
use crate::{
    AnyConfig, ConfigError, Configure, Field, InstructionSet, Io, LaneState, Settings, Setup, Slot, Transport,
};
use std::any::Any;
use std::ptr::NonNull;
use std::sync::Arc;

/// A node computed in lanes.
///
/// ```
/// use jackfield_node::prelude::*;
///
/// const IN: Input = Input::control(0, "in", "Numbers.");
/// const OUT: Output = Output::control(0, "out", "Their sum so far.");
/// static SPEC: NodeSpec = NodeSpec::lanes::<Sum>("maths.sum", "Sum", Category::Maths)
///     .summary("Adds up.")
///     .inputs(&[IN])
///     .outputs(&[OUT])
///     .checked();
///
/// lane_state! { struct State<V> { sum: Lanes<V> } }
///
/// struct Sum;
/// impl LaneNode for Sum {
///     type State<V: Vector> = State<V>;
///     type Config = NoConfig;
///
///     #[inline(always)]
///     fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
///         let (input, mut out) = (io.input(IN), io.output(OUT));
///         for frame in io.frames() {
///             state.sum += input.at(frame);
///             out.set(frame, state.sum);
///         }
///     }
/// }
/// # let _ = &SPEC;
/// ```
pub trait LaneNode: Send + Sync + 'static {
    /// What the signal leaves behind; [`NoState`](crate::NoState) for a pure function of the inputs.
    type State<V: Vector>: LaneState<V>;
    /// What settings become; [`NoConfig`](crate::NoConfig) without settings.
    type Config: Configure;

    /// Whether outputs are looked at for NaN and infinity. Only the engine's own sums leave that to the
    /// nodes they feed.
    const GUARDED: bool = true;

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

    /// Computes one block of at most [`BLOCK`](crate::dsp::BLOCK) frames. Audio thread: no allocation, no
    /// lock, no panic. Mark it `#[inline(always)]`, and every function it calls, so that it is compiled for
    /// the instruction set it runs under.
    fn process<V: Vector>(state: &mut Self::State<V>, config: &Self::Config, io: &mut Io<'_, V>);
}

/// Most state words one lane may have.
pub const MAX_STATE_WORDS: usize = 4096;

/// One pack as its kernel sees it: half a cache line, since a plan with many small packs spends its time
/// on fetching them.
#[repr(C)]
pub struct LaneCall {
    /// Slots of the outputs, then those of the inputs. Never null, so that a call that is not there takes no
    /// room of its own.
    ports: NonNull<u32>,
    state: *mut u32,
    config: *const (),
    input_count: u32,
    output_count: u32,
}

/// What all calls of a plan share.
#[repr(C)]
pub struct LaneContext {
    /// The plan's slots.
    pub slots: *mut Slot,
    /// The beat.
    pub transport: *const Transport,
    /// Frames per second.
    pub sample_rate: f32,
}

/// The frames a kernel computes in one call.
#[derive(Clone, Copy, Debug)]
pub struct FrameRange {
    /// The first one's place in the block.
    pub first: usize,
    /// How many there are.
    pub count: usize,
}

impl LaneCall {
    /// Describes a pack. Nothing is read or written before a kernel is called.
    ///
    /// `ports` begins with the slots of `outputs` outputs, which those of `inputs` inputs follow.
    ///
    /// # Safety
    /// Whenever a kernel of `W` lanes is called with it, a context and a range of frames:
    /// * `ports` points to so many valid positions in the context's slots;
    /// * an input slot holds `W` readable floats at `data`, and as many for each frame up to the end of the
    ///   range while it moves; an output slot has room for as many, or its `data` is null;
    /// * no output's buffer overlaps another output's or any input's;
    /// * `state` points to as many words as the node's table says per lane, times `W`;
    /// * `ports`, `config` and the context's transport are still there, and nobody writes the transport
    ///   meanwhile;
    /// * nothing else reads or writes these buffers, slots and words.
    pub unsafe fn new(
        ports: *const u32,
        outputs: usize,
        inputs: usize,
        state: *mut u32,
        config: &(dyn Any + Send + Sync),
    ) -> Self {
        let config = std::ptr::from_ref(config).cast();
        // Without ports there is nowhere to point to, and nothing will be read.
        let ports = NonNull::new(ports.cast_mut()).unwrap_or(NonNull::dangling());
        Self { ports, state, config, input_count: inputs as u32, output_count: outputs as u32 }
    }

    /// Slots of the outputs, then those of the inputs.
    #[inline(always)]
    pub fn ports(&self) -> *const u32 {
        self.ports.as_ptr()
    }

    /// How many inputs there are.
    #[inline(always)]
    pub fn input_count(&self) -> usize {
        self.input_count as usize
    }

    /// How many outputs there are.
    #[inline(always)]
    pub fn output_count(&self) -> usize {
        self.output_count as usize
    }
}

/// A call together with its context and frames: what a kernel works on.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    call: &'a LaneCall,
    context: &'a LaneContext,
    pub(crate) range: FrameRange,
}

impl<'a> Work<'a> {
    #[inline(always)]
    pub(crate) fn input_count(self) -> usize {
        self.call.input_count()
    }

    #[inline(always)]
    pub(crate) fn sample_rate(self) -> f32 {
        self.context.sample_rate
    }

    #[inline(always)]
    pub(crate) fn transport(self) -> &'a Transport {
        // SAFETY: the caller of `LaneCall::new` vouches for it.
        unsafe { &*self.context.transport }
    }

    #[inline(always)]
    pub(crate) fn input(self, index: usize) -> &'a Slot {
        assert!(index < self.call.input_count(), "the input belongs to this node");
        let place = self.call.output_count() + index;
        // SAFETY: the index was just checked, and `LaneCall::new`'s caller vouches for slots and ports.
        unsafe { &*self.context.slots.add(*self.call.ports().add(place) as usize) }
    }

    #[inline(always)]
    pub(crate) fn output(self, index: usize) -> &'a Slot {
        assert!(index < self.call.output_count(), "the output belongs to this node");
        // SAFETY: as in `input`.
        unsafe { &*self.context.slots.add(*self.call.ports().add(index) as usize) }
    }
}

/// A kernel for one width and instruction set: computes some frames of a call and answers with the lanes
/// (bit `i` is lane `i`) in which any output that has a buffer is infinite or NaN.
///
/// # Safety
/// The machine has the instruction set the kernel was asked for, the call describes this node type
/// and width, and its config is the node's own.
pub type LaneKernel = unsafe fn(&LaneCall, &LaneContext, FrameRange) -> u64;

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
    /// The kernel for one of the [widths](InstructionSet::lanes) of an instruction set that the machine has;
    /// without state also for sixteen lanes of any. Panics for another width. Control thread.
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
    let is_supported = best.lanes().contains(&width) || (N::IS_STATELESS && width == 16);
    assert!(is_supported, "no kernel has {width} lanes with {best}");
    match width {
        1 => N::scalar,
        4 => N::baseline_4,
        #[cfg(target_arch = "x86_64")]
        8 => N::avx2_8,
        #[cfg(target_arch = "x86_64")]
        16 if best >= InstructionSet::Avx512 => N::avx512_16,
        #[cfg(target_arch = "x86_64")]
        16 if best >= InstructionSet::Avx2 => N::avx2_16,
        // The constant keeps kernels with state from being compiled for it.
        #[cfg(target_arch = "x86_64")]
        _ => {
            if N::IS_STATELESS {
                N::baseline_16
            } else {
                N::baseline_4
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        8 => N::baseline_8,
        #[cfg(not(target_arch = "x86_64"))]
        _ => N::baseline_16,
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

#[cfg(target_arch = "x86_64")]
use fearless_simd::{Avx2, Avx512};
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

/// The entry points of a node type. They are methods of the node type so that the compiler puts their code
/// into the node's own module: an edit of one node then compiles that node's kernels and no other's.
///
/// Each function above the baseline enables an instruction set, so that everything inlined into it is
/// compiled with it.
///
/// # Safety
/// As for [`LaneKernel`].
trait Kernels: LaneNode {
    /// Whether frames don't depend on each other.
    const IS_STATELESS: bool = <Self::State<f32> as Field<f32>>::WORDS + Self::KEPT_WORDS == 0;

    unsafe fn scalar(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64;
    unsafe fn baseline_4(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64;
    unsafe fn baseline_16(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64;
    #[cfg(not(target_arch = "x86_64"))]
    unsafe fn baseline_8(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64;
    #[cfg(target_arch = "x86_64")]
    unsafe fn avx2_8(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64;
    #[cfg(target_arch = "x86_64")]
    unsafe fn avx2_16(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64;
    #[cfg(target_arch = "x86_64")]
    unsafe fn avx512_16(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64;
}

impl<N: LaneNode> Kernels for N {
    unsafe fn scalar(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32>((), Work { call, context, range }) }
    }

    unsafe fn baseline_4(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x4<Baseline>>(baseline(), Work { call, context, range }) }
    }

    unsafe fn baseline_16(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x16<Baseline>>(baseline(), Work { call, context, range }) }
    }

    #[cfg(not(target_arch = "x86_64"))]
    unsafe fn baseline_8(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x8<Baseline>>(baseline(), Work { call, context, range }) }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,cmpxchg16b,f16c,fma,fxsr,lzcnt,movbe,popcnt,xsave")]
    unsafe fn avx2_8(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x8<Avx2>>(Avx2::assume_supported(), Work { call, context, range }) }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,cmpxchg16b,f16c,fma,fxsr,lzcnt,movbe,popcnt,xsave")]
    unsafe fn avx2_16(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x16<Avx2>>(Avx2::assume_supported(), Work { call, context, range }) }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(
        enable = "adx,aes,avx512bitalg,avx512bw,avx512cd,avx512dq,avx512f,avx512ifma,avx512vbmi,\
            avx512vbmi2,avx512vl,avx512vnni,avx512vpopcntdq,bmi1,bmi2,cmpxchg16b,fma,fxsr,gfni,\
            lzcnt,movbe,pclmulqdq,popcnt,rdrand,rdseed,sha,vaes,vpclmulqdq,xsave,xsavec,xsaveopt,\
            xsaves"
    )]
    unsafe fn avx512_16(call: &LaneCall, context: &LaneContext, range: FrameRange) -> u64 {
        // SAFETY: passed on to this function's caller.
        unsafe { run::<N, f32x16<Avx512>>(Avx512::assume_supported(), Work { call, context, range }) }
    }
}

/// One block: state in, node, state out.
///
/// # Safety
/// As for [`LaneKernel`].
#[inline(always)]
unsafe fn run<N: LaneNode, V: Vector>(token: V::Token, work: Work<'_>) -> u64 {
    let call = work.call;
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
    let trace = Trace::new(token, N::GUARDED);
    // Without state a kernel may be called once for many blocks, or for sixteen frames as if they were one.
    let transport = if words + N::KEPT_WORDS == 0 { &Transport::ABSENT } else { work.transport() };
    let mut io = Io::<V>::new(token, work, kept, &trace, transport);
    N::process(&mut state, config, &mut io);
    state.store(memory);
    trace.faulty_lanes()
}
