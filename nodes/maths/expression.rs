//! Expression: a formula of up to four signals.
//!
//! `compiler` reads the formula on the control thread and makes a short `program` of it, which runs on lanes.

mod compiler;
mod program;

use jackfield_node::prelude::*;
use program::{INPUTS, Program};

const X: Input = Input::knob(0, "x", Knob::number(-10.0, 10.0, 0.0), "What x stands for in the formula.");
const Y: Input = Input::knob(1, "y", Knob::number(-10.0, 10.0, 0.0), "What y stands for.");
const Z: Input = Input::knob(2, "z", Knob::number(-10.0, 10.0, 0.0), "What z stands for.");
const W: Input = Input::knob(3, "w", Knob::number(-10.0, 10.0, 0.0), "What w stands for.");

const FORMULA: Setting = Setting::text(
    0,
    "formula",
    "x + y",
    "For example sin(x * 2) + y. The node's help lists what it may contain.",
);

const OUT: Output = Output::control(0, "out", "The value of the formula; 0 where it has none.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Expression>("maths.expression", "Expression", Category::Maths)
    .summary("Computes a formula of up to four signals.")
    .help(
        "Write what you need: sin(x * 2) + y. There are + - * / % (remainder) ^ (power), brackets, and the \
         numbers pi, tau and e. Comparisons < <= > >= == != give 1 or 0; && || ! join them, and what is \
         above 0.5 counts as true; x > 0 ? y : z chooses. Functions: sin cos tan (radians) tanh exp exp2 log \
         log2 sqrt abs sign floor ceil round fract, and min max pow clamp(x, low, high) mix(x, y, share). A \
         division by 0 gives 0. It runs at every sample, so it shapes sound as well. Try: tanh(x * 4) with \
         an oscillator at x: a warm distortion.",
    )
    .tags(&["formula", "function", "calculator", "code", "script", "waveshaper", "equation", "sin", "if"])
    .inputs(&[X, Y, Z, W])
    .outputs(&[OUT])
    .settings(&[FORMULA])
    .checked();

impl Configure for Program {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        compiler::compile(settings.text(FORMULA)?).map_err(|fault| ConfigError::Text {
            setting: FORMULA.name,
            at: fault.at,
            problem: fault.problem,
        })
    }
}

struct Expression;

impl LaneNode for Expression {
    type State<V: Vector> = NoState;
    type Config = Program;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, program: &Program, io: &mut Io<'_, V>) {
        let inputs: [Input; INPUTS] = [X, Y, Z, W];
        let mut signals = [io.input(X); INPUTS];
        for (signal, input) in signals.iter_mut().zip(inputs) {
            *signal = io.input(input);
        }
        let mut registers = program.registers(io.token());
        let mut out = io.output(OUT);
        for frame in io.frames() {
            for (register, signal) in registers.iter_mut().zip(&signals) {
                *register = signal.at(frame);
            }
            let value = program.run(&mut registers);
            out.set(frame, value.is_finite().keep(value));
        }
    }
}

#[cfg(test)]
mod tests;
