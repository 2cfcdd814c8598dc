use super::compiler::{FormulaError, compile};
use super::program::MOST_STEPS;
use super::*;
use jackfield_node::SettingValue;
use jackfield_node::harness::LaneHarness;
use proptest::prelude::{ProptestConfig, any, prop, proptest};

/// The value of a formula for these inputs.
fn value(formula: &str, inputs: [f32; 4]) -> f32 {
    let formula = SettingValue::Text(formula.to_owned());
    let mut harness = LaneHarness::of(&SPEC).setting(FORMULA, formula).start().unwrap();
    for (input, value) in [X, Y, Z, W].into_iter().zip(inputs) {
        harness.hold(input, value);
    }
    harness.run(1).output(OUT)[0]
}

fn fault(formula: &str) -> FormulaError {
    compile(formula).expect_err(formula)
}

#[test]
fn follows_the_rules_of_arithmetic() {
    let cases = [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 4 - 3", 3.0),
        ("16 / 4 / 2", 2.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("2 ^ -1", 0.5),
        ("7 % 3 + -7 % 3", 3.0),
        ("1.5e2 + 2E-1 + .5", 150.7),
        ("2 < 3 && 3 <= 3 && !(1 > 2) && 1 != 2", 1.0),
        ("1 > 2 || 2 == 3", 0.0),
        ("1 < 2 ? 10 : 20", 10.0),
        ("0 ? 1 : 0 ? 2 : 3", 3.0),
        ("clamp(5, 0, 2) + min(3, 1) * max(3, 1) + mix(2, 4, 0.25)", 7.5),
        ("abs(-2) + sign(-3) + floor(-1.5) + ceil(1.2) + round(1.6) + fract(2.25)", 3.25),
    ];
    for (formula, expected) in cases {
        let folded = value(formula, [0.0; 4]);
        assert!((folded - expected).abs() < 1e-4, "{formula}: {folded}, not {expected}");
    }
}

/// The same numbers as inputs, so that nothing is known while compiling.
#[test]
fn computes_with_signals() {
    let [x, y, z, w] = [0.7_f64, -1.3, 2.5, 3.0];
    let cases = [
        ("sin(x * 2) + y", (x * 2.0).sin() + y),
        ("cos(y) * tan(x) - tanh(z)", y.cos() * x.tan() - z.tanh()),
        ("exp(x) + exp2(y) + log(z) + log2(w)", x.exp() + y.exp2() + z.ln() + w.log2()),
        ("sqrt(z) ^ w", z.sqrt().powf(w)),
        ("y ^ w + y ^ 2", y.powi(3) + y * y),
        ("(x + y) * (z + w) / (x - y)", (x + y) * (z + w) / (x - y)),
        ("x > y ? z * tau : w * pi", z * std::f64::consts::TAU),
        ("mix(x, y, clamp(z, 0, w / 4)) % 0.5", (x + (y - x) * 0.75).rem_euclid(0.5)),
        ("x * (y * (z * (w * (x + (y + (z + w))))))", x * y * z * w * (x + y + z + w)),
    ];
    for (formula, expected) in cases {
        let found = f64::from(value(formula, [x, y, z, w].map(|value| value as f32)));
        assert!(
            (found - expected).abs() < 1e-5 * expected.abs().max(1.0),
            "{formula}: {found}, not {expected}"
        );
    }
}

#[test]
fn what_has_no_value_is_0() {
    for formula in ["1 / x", "x % x", "sqrt(x - 1)", "(x - 2) ^ 0.5", "exp(1000) * exp(1000) * (x + 1)"] {
        assert_eq!(value(formula, [0.0; 4]), 0.0, "{formula}");
    }
    assert_eq!(value("log(x)", [0.0; 4]), -126.0 * std::f32::consts::LN_2, "the smallest there is");
}

#[test]
fn says_where_a_formula_is_wrong() {
    for (formula, at, hint) in [
        ("", 1, "ends"),
        ("x +", 4, "ends"),
        ("x + ) y", 5, "')'"),
        ("(x + y", 7, "')' is missing"),
        ("x y", 3, "left over"),
        ("sin x", 5, "'(' is missing after sin"),
        ("min(x)", 6, "',' is missing"),
        ("min(x, y, z)", 9, "')' is missing"),
        ("x + sinus(y)", 5, "did you mean 'sin'"),
        ("x ? y", 6, "':' is missing"),
        ("1.2.3", 1, "no number"),
        ("1e99", 1, "no number"),
        ("x * ü", 5, "'ü' can't stand here"),
        ("ü", 1, "'ü'"),
    ] {
        let fault = fault(formula);
        assert_eq!(fault.at, at, "{formula}: {}", fault.problem);
        assert!(fault.problem.contains(hint), "{formula}: {}", fault.problem);
    }
    let bad = LaneHarness::of(&SPEC).setting(FORMULA, SettingValue::Text("x +".to_owned())).start();
    let Err(error) = bad else { panic!("the formula is wrong") };
    assert!(error.to_string().contains("'formula', character 4"), "{error}");
}

#[test]
fn endless_formulas_are_refused() {
    assert!(fault(&"(".repeat(4_000)).problem.contains("levels"));
    assert!(fault(&"-".repeat(4_000)).problem.contains("levels"));
    assert!(fault(&"x^".repeat(2_000)).problem.contains("levels"));
    assert!(fault(&format!("x{}", "+x".repeat(2_000))).problem.contains("operations"));
    let numbers: Vec<String> = (0..100).map(|i| format!("x*{i}")).collect();
    assert!(fault(&numbers.join("+")).problem.contains("numbers"));
    let deep = format!("{}x{}", "x*y+(".repeat(40), ")".repeat(40));
    assert!(fault(&deep).problem.contains("wait for each other"));
    assert_eq!(compile(&format!("x{}", "+x".repeat(MOST_STEPS))).unwrap().steps.len(), MOST_STEPS);
}

#[test]
fn known_parts_are_computed_once() {
    assert!(compile("2 * pi / 3 + sin(1)").unwrap().steps.is_empty());
    assert_eq!(compile("x * (2 * pi)").unwrap().steps.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever stands in the text, the compiler answers, and what it makes runs.
    #[test]
    fn any_text_is_a_program_or_a_fault(text in "[-xyzw0-9+*/%^().,<>=!&|?: \
         a-z]{0,60}", garbage in ".{0,20}") {
        for text in [text, garbage] {
            match compile(&text) {
                Ok(_) => assert!(value(&text, [0.3, -2.0, 0.0, 1e30]).is_finite()),
                Err(fault) => {
                    assert!((1..=text.chars().count() + 1).contains(&fault.at), "{text}: {fault:?}");
                }
            }
        }
    }

    #[test]
    fn any_bits_of_input_give_a_number(inputs in prop::array::uniform4(any::<u32>())) {
        let formula = "sin(x) * y + z / w - x ^ y + log(z) % w + exp(x * y)";
        assert!(value(formula, inputs.map(f32::from_bits)).is_finite());
    }
}
