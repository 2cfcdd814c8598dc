//! Expressions of mapping files: how a knob's value follows from a module's parameters.
//!
//! ```text
//! 261.6256 * 2 ^ (p2 / 12)     parameter 2
//! p5 ? 0.5                     parameter 5, or 0.5 where the file lacks it
//! d.scale.0                    what the module stores: entry 0 of "scale"
//! if(i3, 0, p0)                whether input 3 has a cable
//! major                        the first number of Rack's version
//! n                            the number of a line under `each`
//! ```
//!
//! Comparisons give 1 or 0. Functions: `if min max abs round floor sqrt log2 clamp`.

use serde_json::Value;

/// An expression, read once and evaluated for each module.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Number(f64),
    Param(u32, f64),
    Data(Vec<String>, f64),
    Input(u32),
    Output(u32),
    Major,
    Line,
    Operation(char, Box<Self>, Box<Self>),
    Call(Function, Vec<Self>),
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    If,
    Min,
    Max,
    Abs,
    Round,
    Floor,
    Sqrt,
    Log2,
    Clamp,
}

impl Function {
    /// Each with its name and the number of its arguments.
    const ALL: [(&'static str, Self, usize); 9] = [
        ("if", Self::If, 3),
        ("min", Self::Min, 2),
        ("max", Self::Max, 2),
        ("abs", Self::Abs, 1),
        ("round", Self::Round, 1),
        ("floor", Self::Floor, 1),
        ("sqrt", Self::Sqrt, 1),
        ("log2", Self::Log2, 1),
        ("clamp", Self::Clamp, 3),
    ];

    /// The value for these arguments; what is missing counts as 0.
    fn value(self, arguments: &[f64]) -> f64 {
        let at = |place: usize| arguments.get(place).copied().unwrap_or(0.0);
        match self {
            Self::If => at(if at(0) > 0.5 { 1 } else { 2 }),
            Self::Min => at(0).min(at(1)),
            Self::Max => at(0).max(at(1)),
            Self::Abs => at(0).abs(),
            Self::Round => at(0).round(),
            Self::Floor => at(0).floor(),
            Self::Sqrt => at(0).max(0.0).sqrt(),
            Self::Log2 => at(0).log2(),
            Self::Clamp => at(0).max(at(1)).min(at(2)),
        }
    }
}

/// What an expression is about.
pub(crate) trait Scope {
    /// A parameter of the module.
    fn param(&self, id: u32) -> Option<f64>;
    /// What the module stores besides.
    fn data(&self) -> Option<&Value>;
    /// Whether this input has a cable.
    fn has_input(&self, id: u32) -> bool;
    /// Whether this output has a cable.
    fn has_output(&self, id: u32) -> bool;
    /// The first number of Rack's version.
    fn major(&self) -> u32;
    /// The number of a line under `each`.
    fn line(&self) -> f64 {
        0.0
    }
}

impl Expression {
    /// The value; 0 where it is not finite.
    pub(crate) fn value(&self, scope: &dyn Scope) -> f64 {
        let value = self.raw(scope);
        if value.is_finite() { value } else { 0.0 }
    }

    /// Whether the value is true.
    pub(crate) fn holds(&self, scope: &dyn Scope) -> bool {
        self.value(scope) > 0.5
    }

    fn raw(&self, scope: &dyn Scope) -> f64 {
        let truth = |holds: bool| f64::from(u8::from(holds));
        match self {
            Self::Number(number) => *number,
            Self::Param(id, otherwise) => scope.param(*id).unwrap_or(*otherwise),
            Self::Data(path, otherwise) => stored(scope.data(), path).unwrap_or(*otherwise),
            Self::Input(id) => truth(scope.has_input(*id)),
            Self::Output(id) => truth(scope.has_output(*id)),
            Self::Major => f64::from(scope.major()),
            Self::Line => scope.line(),
            Self::Operation(operator, left, right) => {
                let (left, right) = (left.raw(scope), right.raw(scope));
                match operator {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    '/' => left / right,
                    '^' => left.powf(right),
                    '<' => truth(left < right),
                    '>' => truth(left > right),
                    _ => truth(left == right),
                }
            }
            Self::Call(function, arguments) => {
                let values: Vec<f64> = arguments.iter().map(|argument| argument.raw(scope)).collect();
                function.value(&values)
            }
        }
    }

    /// Reads an expression; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { text, rest: text, depth: 0 };
        let expression = parser.comparison()?;
        parser.skip_space();
        if parser.rest.is_empty() { Ok(expression) } else { Err(parser.unexpected()) }
    }
}

/// A number, or a switch as 0 or 1, in what a module stores.
fn stored(data: Option<&Value>, path: &[String]) -> Option<f64> {
    let found = find(data?, path)?;
    found.as_f64().or_else(|| found.as_bool().map(|on| f64::from(u8::from(on))))
}

/// What stands at a path of keys and positions.
pub(crate) fn find<'v>(data: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(data, |value, key| match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        other => other.get(key),
    })
}

struct Parser<'t> {
    text: &'t str,
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn unexpected(&self) -> String {
        format!("'{}' is not understood in '{}'", self.rest, self.text)
    }

    /// Takes one of these characters if it comes next.
    fn take(&mut self, wanted: &str) -> Option<char> {
        self.skip_space();
        let next = self.rest.chars().next().filter(|next| wanted.contains(*next))?;
        self.rest = self.rest.get(next.len_utf8()..).unwrap_or_default();
        Some(next)
    }

    fn expect(&mut self, wanted: &str) -> Result<(), String> {
        self.take(wanted).map(|_| ()).ok_or_else(|| format!("'{wanted}' is missing in '{}'", self.text))
    }

    /// Operands of one precedence, joined from the left.
    fn chain(
        &mut self,
        operators: &str,
        operand: fn(&mut Self) -> Result<Expression, String>,
    ) -> Result<Expression, String> {
        let mut left = operand(self)?;
        while let Some(operator) = self.take(operators) {
            let right = operand(self)?;
            left = Expression::Operation(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Expression, String> {
        const DEEPEST: usize = 32;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("'{}' has too many brackets", self.text));
        }
        let result = self.chain("<>=", |parser| parser.chain("+-", Self::product));
        self.depth -= 1;
        result
    }

    fn product(&mut self) -> Result<Expression, String> {
        self.chain("*/", Self::power)
    }

    fn power(&mut self) -> Result<Expression, String> {
        let base = self.operand()?;
        if self.take("^").is_none() {
            return Ok(base);
        }
        Ok(Expression::Operation('^', Box::new(base), Box::new(self.operand()?)))
    }

    fn operand(&mut self) -> Result<Expression, String> {
        if self.take("(").is_some() {
            let inner = self.comparison()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.take("-").is_some() {
            let zero = Box::new(Expression::Number(0.0));
            return Ok(Expression::Operation('-', zero, Box::new(self.power()?)));
        }
        self.skip_space();
        let word = self.word();
        if word.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
            return word.parse().map(Expression::Number).map_err(|_| format!("'{word}' is no number"));
        }
        if let Some(&(_, function, count)) = Function::ALL.iter().find(|(name, ..)| *name == word) {
            return self.call(function, count);
        }
        self.named(word)
    }

    fn word(&mut self) -> &'t str {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_');
        let end = self.rest.find(|letter| !is_part(letter)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn call(&mut self, function: Function, count: usize) -> Result<Expression, String> {
        self.expect("(")?;
        let mut arguments = vec![self.comparison()?];
        while self.take(",").is_some() {
            arguments.push(self.comparison()?);
        }
        self.expect(")")?;
        if arguments.len() != count {
            return Err(format!("a function in '{}' takes {count} arguments", self.text));
        }
        Ok(Expression::Call(function, arguments))
    }

    /// Something that the module says.
    fn named(&mut self, word: &str) -> Result<Expression, String> {
        match word {
            "major" => return Ok(Expression::Major),
            "n" => return Ok(Expression::Line),
            _ => {}
        }
        if let Some(path) = word.strip_prefix("d.") {
            let path = path.split('.').map(str::to_owned).collect();
            return Ok(Expression::Data(path, self.otherwise()?));
        }
        let number = |letter: &str| word.strip_prefix(letter).and_then(|number| number.parse().ok());
        if let Some(id) = number("p") {
            return Ok(Expression::Param(id, self.otherwise()?));
        }
        if let Some(id) = number("i") {
            return Ok(Expression::Input(id));
        }
        if let Some(id) = number("o") {
            return Ok(Expression::Output(id));
        }
        Err(format!("'{word}' is not understood in '{}'", self.text))
    }

    /// The number behind a `?`, which stands in for what the file lacks.
    fn otherwise(&mut self) -> Result<f64, String> {
        if self.take("?").is_none() {
            return Ok(0.0);
        }
        let sign = if self.take("-").is_some() { -1.0 } else { 1.0 };
        self.skip_space();
        let word = self.word();
        word.parse::<f64>().map(|number| sign * number).map_err(|_| format!("'{word}' is no number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Example(Value);

    impl Scope for Example {
        fn param(&self, id: u32) -> Option<f64> {
            (id < 3).then_some(f64::from(id))
        }
        fn data(&self) -> Option<&Value> {
            Some(&self.0)
        }
        fn has_input(&self, id: u32) -> bool {
            id == 1
        }
        fn has_output(&self, id: u32) -> bool {
            id == 2
        }
        fn major(&self) -> u32 {
            2
        }
    }

    #[test]
    fn expressions_have_the_usual_precedence() {
        let scope = Example(json!({"scale": [0, 7], "on": true}));
        for (text, expected) in [
            ("1 + 2 * 3 ^ 2", 19.0),
            ("(1 + 2) * 3", 9.0),
            ("-p2 ^ 2", -4.0),
            ("10 - 3 - 2", 5.0),
            ("p1 / p2", 0.5),
            ("p9 ? -0.5", -0.5),
            ("p9", 0.0),
            ("d.scale.1 + d.on + d.none ? 3", 11.0),
            ("if(i1, 4, 5) + if(i2, 4, 5) + if(o2, 1, 0)", 10.0),
            ("p1 < p2", 1.0),
            ("major = 2", 1.0),
            ("clamp(7, 0, 5) + min(1, 2) + max(1, 2) + abs(-1)", 9.0),
            ("1 / 0", 0.0),
            ("log2(8) + sqrt(16) + round(0.6) + floor(1.9)", 9.0),
        ] {
            let expression = Expression::parse(text).expect(text);
            assert_eq!(expression.value(&scope), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in ["", "1 +", "(1", "1)", "q3", "if(1, 2)", "1 2", "p", "1..2", &"(".repeat(100)] {
            assert!(Expression::parse(text).is_err(), "{text}");
        }
    }
}
