//! The compiler of formulas: reads a text once, from left to right, and emits steps as it goes.
//!
//! Values on the way live in temporary registers that are used like a stack. What is known while compiling
//! is computed then.

use super::program::{
    INPUTS, Instruction, MOST_CONSTANTS, MOST_STEPS, Operation, Program, TEMPORARIES, compute,
};
use jackfield_node::dsp::Lanes;
use jackfield_node::suggest;
use std::f32::consts::{E, PI, TAU};

/// Brackets, signs and powers within each other: bounds the compiler's own stack.
const MOST_NESTED: usize = 64;

const VARIABLES: [&str; INPUTS] = ["x", "y", "z", "w"];

const NUMBERS: [(&str, f32); 3] = [("pi", PI), ("tau", TAU), ("e", E)];

/// Name, operation, and how many operands it takes.
const FUNCTIONS: [(&str, Operation, usize); 20] = [
    ("sin", Operation::Sine, 1),
    ("cos", Operation::Cosine, 1),
    ("tan", Operation::Tangent, 1),
    ("tanh", Operation::HyperbolicTangent, 1),
    ("exp", Operation::Exponential, 1),
    ("exp2", Operation::PowerOfTwo, 1),
    ("log", Operation::Logarithm, 1),
    ("log2", Operation::LogarithmToTwo, 1),
    ("sqrt", Operation::SquareRoot, 1),
    ("abs", Operation::Absolute, 1),
    ("sign", Operation::Sign, 1),
    ("floor", Operation::Floor, 1),
    ("ceil", Operation::Ceiling, 1),
    ("round", Operation::Round, 1),
    ("fract", Operation::Fraction, 1),
    ("min", Operation::Minimum, 2),
    ("max", Operation::Maximum, 2),
    ("pow", Operation::Power, 2),
    ("clamp", Operation::Clamp, 3),
    ("mix", Operation::Mix, 3),
];

/// Infix operators by how tightly they bind, loosest first. A longer one stands before its beginning.
const INFIX: [&[(&str, Infix)]; 5] = [
    &[("||", Infix::Plain(Operation::Or))],
    &[("&&", Infix::Plain(Operation::And))],
    &[
        ("<=", Infix::Plain(Operation::IsLessOrEqual)),
        (">=", Infix::Swapped(Operation::IsLessOrEqual)),
        ("==", Infix::Plain(Operation::IsEqual)),
        ("!=", Infix::Negated(Operation::IsEqual)),
        ("<", Infix::Plain(Operation::IsLess)),
        (">", Infix::Swapped(Operation::IsLess)),
    ],
    &[("+", Infix::Plain(Operation::Add)), ("-", Infix::Plain(Operation::Subtract))],
    &[
        ("*", Infix::Plain(Operation::Multiply)),
        ("/", Infix::Plain(Operation::Divide)),
        ("%", Infix::Plain(Operation::Remainder)),
    ],
];

/// How an infix operator becomes an operation.
#[derive(Clone, Copy)]
enum Infix {
    Plain(Operation),
    /// With its operands the other way round.
    Swapped(Operation),
    /// The opposite of it.
    Negated(Operation),
}

/// Where a formula is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FormulaError {
    /// The character, counted from 1.
    pub(super) at: usize,
    /// What is wrong there and what would be right.
    pub(super) problem: String,
}

/// Makes a program of a formula.
pub(super) fn compile(formula: &str) -> Result<Program, FormulaError> {
    let program = Program { constants: Vec::new(), steps: Vec::new(), result: 0 };
    let mut compiler = Compiler { text: formula, place: 0, nested: 0, temporaries: 0, program };
    let value = compiler.choice()?;
    compiler.skip_space();
    if let Some(next) = compiler.rest().chars().next() {
        return Err(
            compiler.fault(format!("'{next}' is left over; is an operator or a bracket missing before it?"))
        );
    }
    compiler.program.result = compiler.register(value)?;
    Ok(compiler.program)
}

/// What a part of the formula is worth.
#[derive(Clone, Copy)]
enum Value {
    /// Known already.
    Constant(f32),
    /// In a register that stays as it is.
    Input(u8),
    /// In the temporary register of this number.
    Temporary(u8),
}

struct Compiler<'a> {
    text: &'a str,
    /// The byte that is read next.
    place: usize,
    nested: usize,
    /// Temporary registers in use.
    temporaries: usize,
    program: Program,
}

impl<'a> Compiler<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.place..]
    }

    fn skip_space(&mut self) {
        self.place = self.text.len() - self.rest().trim_start().len();
    }

    /// Reads this symbol if it comes next.
    fn takes(&mut self, symbol: &str) -> bool {
        self.skip_space();
        let comes = self.rest().starts_with(symbol);
        self.place += if comes { symbol.len() } else { 0 };
        comes
    }

    /// A fault at what is read next.
    fn fault(&self, problem: impl Into<String>) -> FormulaError {
        self.fault_at(self.place, problem)
    }

    fn fault_at(&self, place: usize, problem: impl Into<String>) -> FormulaError {
        FormulaError { at: self.text[..place].chars().count() + 1, problem: problem.into() }
    }

    fn expects(&mut self, symbol: &str, why: &str) -> Result<(), FormulaError> {
        if self.takes(symbol) { Ok(()) } else { Err(self.fault(format!("'{symbol}' is missing {why}"))) }
    }

    /// One level further in.
    fn nest(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Value, FormulaError>,
    ) -> Result<Value, FormulaError> {
        if self.nested == MOST_NESTED {
            return Err(
                self.fault(format!("more than {MOST_NESTED} levels within each other; use two expressions"))
            );
        }
        self.nested += 1;
        let value = read(self);
        self.nested -= 1;
        value
    }

    /// `condition ? yes : no`, or anything that binds tighter.
    fn choice(&mut self) -> Result<Value, FormulaError> {
        let condition = self.infix(0)?;
        if !self.takes("?") {
            return Ok(condition);
        }
        let yes = self.nest(Self::choice)?;
        self.expects(":", "between the two values of '?'")?;
        let no = self.nest(Self::choice)?;
        self.emit(Operation::Select, &[condition, yes, no])
    }

    /// A chain of infix operators that bind at least as tightly as this level's.
    fn infix(&mut self, level: usize) -> Result<Value, FormulaError> {
        let Some(operators) = INFIX.get(level) else { return self.prefix() };
        let mut value = self.infix(level + 1)?;
        while let Some((_, infix)) = operators.iter().find(|(symbol, _)| self.takes(symbol)) {
            let other = self.infix(level + 1)?;
            value = match *infix {
                Infix::Plain(operation) => self.emit(operation, &[value, other])?,
                Infix::Swapped(operation) => self.emit(operation, &[other, value])?,
                Infix::Negated(operation) => {
                    let value = self.emit(operation, &[value, other])?;
                    self.emit(Operation::Not, &[value])?
                }
            };
        }
        Ok(value)
    }

    /// Signs before a value.
    fn prefix(&mut self) -> Result<Value, FormulaError> {
        for (symbol, operation) in [("-", Operation::Negate), ("!", Operation::Not)] {
            if self.takes(symbol) {
                let value = self.nest(Self::prefix)?;
                return self.emit(operation, &[value]);
            }
        }
        let base = self.atom()?;
        if !self.takes("^") {
            return Ok(base);
        }
        match self.nest(Self::prefix)? {
            Value::Constant(2.0) => self.emit(Operation::Multiply, &[base, base]),
            exponent => self.emit(Operation::Power, &[base, exponent]),
        }
    }

    /// A number, a name, or something in brackets.
    fn atom(&mut self) -> Result<Value, FormulaError> {
        if self.takes("(") {
            let value = self.nest(Self::choice)?;
            self.expects(")", "to close a bracket")?;
            return Ok(value);
        }
        match self.rest().chars().next() {
            Some(first) if first.is_ascii_digit() || first == '.' => self.number(),
            Some(first) if first.is_ascii_alphabetic() => self.name(),
            Some(other) => {
                Err(self.fault(format!("'{other}' can't stand here; a number, a name or '(' can")))
            }
            None => Err(self.fault("the formula ends where a number, a name or '(' should come")),
        }
    }

    /// Digits, a point, and an exponent such as `e-3`.
    fn number(&mut self) -> Result<Value, FormulaError> {
        let start = self.place;
        let digits =
            |text: &str| text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        self.place += digits(self.rest());
        if let Some(exponent) = self.rest().strip_prefix(['e', 'E']) {
            let sign = usize::from(exponent.starts_with(['-', '+']));
            let size = digits(&exponent[sign..]);
            self.place += if size > 0 { 1 + sign + size } else { 0 };
        }
        let number = self.text[start..self.place].parse::<f32>().ok().filter(|number| number.is_finite());
        let problem = || format!("'{}' is no number", &self.text[start..self.place]);
        number.map(Value::Constant).ok_or_else(|| self.fault_at(start, problem()))
    }

    /// A variable, a number with a name, or a function with its operands.
    fn name(&mut self) -> Result<Value, FormulaError> {
        let start = self.place;
        let size =
            self.rest().bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        self.place += size;
        let name = &self.text[start..self.place];
        if let Some(place) = VARIABLES.iter().position(|known| *known == name) {
            return Ok(Value::Input(place as u8));
        }
        if let Some((_, number)) = NUMBERS.iter().find(|(known, _)| *known == name) {
            return Ok(Value::Constant(*number));
        }
        let function = FUNCTIONS.iter().find(|(known, ..)| *known == name);
        let Some((_, operation, count)) = function else {
            return Err(self.fault_at(start, unknown(name)));
        };
        self.expects("(", &format!("after {name}"))?;
        let mut operands = Vec::with_capacity(*count);
        for number in 0..*count {
            if number > 0 {
                self.expects(",", &format!("because {name} takes {count} values"))?;
            }
            operands.push(self.nest(Self::choice)?);
        }
        self.expects(")", &format!("after the {count} value(s) of {name}"))?;
        self.emit(*operation, &operands)
    }

    /// Adds a step, or computes it now if its operands are known.
    fn emit(&mut self, operation: Operation, operands: &[Value]) -> Result<Value, FormulaError> {
        let known = operands.iter().map(|value| match value {
            Value::Constant(number) => Some(Lanes(*number)),
            _ => None,
        });
        if let Some(known) = known.collect::<Option<Vec<Lanes<f32>>>>() {
            let operand = |i: usize| known.get(i).copied().unwrap_or(Lanes(0.0));
            return Ok(Value::Constant(compute(operation, [0, 1, 2].map(operand)).0));
        }
        if self.program.steps.len() == MOST_STEPS {
            return Err(self.fault(format!("more than {MOST_STEPS} operations; use two expressions")));
        }
        let mut from = [0; 3];
        for (register, value) in from.iter_mut().zip(operands) {
            *register = self.register(*value)?;
        }
        // The operands in temporary registers lie on top of the stack. The result takes the place of the
        // lowest.
        let lowest = operands.iter().filter_map(|value| match value {
            Value::Temporary(number) => Some(usize::from(*number)),
            _ => None,
        });
        let number = lowest.min().unwrap_or(self.temporaries);
        if number == TEMPORARIES {
            return Err(self.fault("too many values wait for each other here; use two expressions"));
        }
        self.temporaries = number + 1;
        let result = Value::Temporary(number as u8);
        let to = self.register(result)?;
        self.program.steps.push(Instruction { operation, from, to });
        Ok(result)
    }

    /// The register that holds a value; equal constants share one.
    fn register(&mut self, value: Value) -> Result<u8, FormulaError> {
        let constant = match value {
            Value::Input(number) => return Ok(number),
            Value::Temporary(number) => return Ok(INPUTS as u8 + number),
            Value::Constant(constant) => constant,
        };
        let constants = &mut self.program.constants;
        let known = constants.iter().position(|known| known.to_bits() == constant.to_bits());
        let place = known.unwrap_or(constants.len());
        if place == MOST_CONSTANTS {
            return Err(
                self.fault(format!("more than {MOST_CONSTANTS} different numbers; use two expressions"))
            );
        }
        if known.is_none() {
            constants.push(constant);
        }
        Ok((INPUTS + TEMPORARIES + place) as u8)
    }
}

/// What to say about a name that means nothing.
fn unknown(name: &str) -> String {
    let names = VARIABLES.iter().copied().chain(NUMBERS.iter().map(|(name, _)| *name));
    let names = names.chain(FUNCTIONS.iter().map(|(name, ..)| *name));
    match suggest(name, names) {
        Some(near) => format!("nothing is called '{name}'; did you mean '{near}'?"),
        None => format!("nothing is called '{name}'; the variables are x, y, z and w"),
    }
}
