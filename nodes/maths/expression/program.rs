//! Programs: formulas as rows of steps on a few registers.

use jackfield_node::dsp::{Lanes, Vector};
use std::f32::consts::{LN_2, LOG2_E};

/// Registers that hold the inputs; they come first.
pub(super) const INPUTS: usize = 4;
/// Registers for values on the way; they come next.
pub(super) const TEMPORARIES: usize = 12;
/// All registers; the constants have the rest. A power of two, so that a place needs no check.
pub(super) const REGISTERS: usize = 32;
/// Numbers a program may contain.
pub(super) const MOST_CONSTANTS: usize = REGISTERS - INPUTS - TEMPORARIES;
/// The longest program, which bounds the time it takes.
pub(super) const MOST_STEPS: usize = 128;

/// What a step computes of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Minimum,
    Maximum,
    IsLess,
    IsLessOrEqual,
    IsEqual,
    And,
    Or,
    Not,
    Negate,
    Absolute,
    Sign,
    Floor,
    Ceiling,
    Round,
    Fraction,
    Sine,
    Cosine,
    Tangent,
    HyperbolicTangent,
    Exponential,
    PowerOfTwo,
    Logarithm,
    LogarithmToTwo,
    SquareRoot,
    Clamp,
    Mix,
    Select,
}

/// One operation from registers to a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) operation: Operation,
    /// The registers of its operands; those it has none for are not read.
    pub(super) from: [u8; 3],
    pub(super) to: u8,
}

/// A formula, ready to run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Program {
    /// At most [`MOST_CONSTANTS`].
    pub(super) constants: Vec<f32>,
    /// At most [`MOST_STEPS`].
    pub(super) steps: Vec<Instruction>,
    /// The register in which the result is.
    pub(super) result: u8,
}

/// The values a program works on.
pub(super) type Registers<V> = [Lanes<V>; REGISTERS];

impl Program {
    /// Registers that hold the constants.
    #[inline(always)]
    pub(super) fn registers<V: Vector>(&self, token: V::Token) -> Registers<V> {
        let mut registers = [Lanes::splat(token, 0.0); REGISTERS];
        for (register, constant) in registers[INPUTS + TEMPORARIES..].iter_mut().zip(&self.constants) {
            *register = Lanes::splat(token, *constant);
        }
        registers
    }

    /// The formula's value for the inputs that stand in the first registers.
    #[inline(always)]
    pub(super) fn run<V: Vector>(&self, registers: &mut Registers<V>) -> Lanes<V> {
        for step in &self.steps {
            let [a, b, c] = step.from;
            let operands = [read(registers, a), read(registers, b), read(registers, c)];
            registers[usize::from(step.to) % REGISTERS] = compute(step.operation, operands);
        }
        read(registers, self.result)
    }
}

#[inline(always)]
fn read<V: Vector>(registers: &Registers<V>, place: u8) -> Lanes<V> {
    registers[usize::from(place) % REGISTERS]
}

/// The value of an operation. Divisions by 0, roots below 0 and powers that are not real are 0.
#[inline(always)]
pub(super) fn compute<V: Vector>(operation: Operation, [a, b, c]: [Lanes<V>; 3]) -> Lanes<V> {
    match operation {
        Operation::Add => a + b,
        Operation::Subtract => a - b,
        Operation::Multiply => a * b,
        Operation::Divide => (!b.equal(0.0)).keep(a / b),
        Operation::Remainder => (!b.equal(0.0)).keep(a - (a / b).floor() * b),
        Operation::Power => power(a, b),
        Operation::Minimum => a.min(b),
        Operation::Maximum => a.max(b),
        Operation::IsLess => a.lt(b).to_gate(a),
        Operation::IsLessOrEqual => a.le(b).to_gate(a),
        Operation::IsEqual => a.equal(b).to_gate(a),
        Operation::And => (a.gt(0.5) & b.gt(0.5)).to_gate(a),
        Operation::Or => (a.gt(0.5) | b.gt(0.5)).to_gate(a),
        Operation::Not => (!a.gt(0.5)).to_gate(a),
        Operation::Negate => -a,
        Operation::Absolute => a.abs(),
        Operation::Sign => a.gt(0.0).to_gate(a) - a.lt(0.0).to_gate(a),
        Operation::Floor => a.floor(),
        Operation::Ceiling => -(-a).floor(),
        Operation::Round => a.round(),
        Operation::Fraction => a.fraction(),
        Operation::Sine => a.sin(),
        Operation::Cosine => a.cos(),
        Operation::Tangent => {
            let cosine = a.cos();
            (!cosine.equal(0.0)).keep(a.sin() / cosine)
        }
        Operation::HyperbolicTangent => a.tanh(),
        Operation::Exponential => (a * LOG2_E).exp2(),
        Operation::PowerOfTwo => a.exp2(),
        Operation::Logarithm => a.log2() * LN_2,
        Operation::LogarithmToTwo => a.log2(),
        Operation::SquareRoot => a.max(0.0).sqrt(),
        Operation::Clamp => a.max(b).min(c),
        Operation::Mix => a.mix(b, c),
        Operation::Select => a.gt(0.5).select(b, c),
    }
}

/// `base` to the power of `exponent`: also for a negative base when the exponent is whole.
#[inline(always)]
fn power<V: Vector>(base: Lanes<V>, exponent: Lanes<V>) -> Lanes<V> {
    let magnitude = (base.abs().log2() * exponent).exp2();
    let is_whole = exponent.floor().equal(exponent);
    let half = exponent * 0.5;
    let is_odd = is_whole & !half.floor().equal(half);
    let below = is_whole.keep(is_odd.select(-magnitude, magnitude));
    let real = base.lt(0.0).select(below, magnitude);
    base.equal(0.0).select(exponent.equal(0.0).to_gate(base), real)
}
