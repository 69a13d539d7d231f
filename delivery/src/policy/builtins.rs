//! The functions that a policy may call: each gives the same answer for the same arguments, and what it makes is counted.
//!
//! The interpreter bounds the steps that it takes, but not what a single function makes: doubling a text forty times is forty
//! steps. So functions that make text or lists stand behind a guard, which counts what they are given and what they give, and
//! asks beforehand where little can become much.

use regorus::{Engine, Value};

use super::meter::{self, Spent};

/// How much a function can make of what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Growth {
    /// A few times as much at most.
    Proportional,
    /// As much as the sizes of its arguments multiplied.
    Product,
    /// As many elements as lie between two numbers.
    Range,
    /// As its format says.
    Format,
}

/// Functions that make text or lists, with the number of their arguments.
const MAKERS: [(&str, u8, Growth); 38] = [
    ("array.concat", 2, Growth::Proportional),
    ("array.reverse", 1, Growth::Proportional),
    ("array.slice", 3, Growth::Proportional),
    ("concat", 2, Growth::Product),
    ("format_int", 2, Growth::Proportional),
    ("indexof_n", 2, Growth::Proportional),
    ("intersection", 1, Growth::Proportional),
    ("json.filter", 2, Growth::Proportional),
    ("json.marshal", 1, Growth::Proportional),
    ("json.remove", 2, Growth::Proportional),
    ("json.unmarshal", 1, Growth::Proportional),
    ("lower", 1, Growth::Proportional),
    ("numbers.range", 2, Growth::Range),
    ("object.filter", 2, Growth::Proportional),
    ("object.keys", 1, Growth::Proportional),
    ("object.remove", 2, Growth::Proportional),
    ("object.union", 2, Growth::Proportional),
    ("object.union_n", 1, Growth::Proportional),
    ("product", 1, Growth::Proportional),
    ("regex.find_n", 3, Growth::Proportional),
    ("regex.split", 2, Growth::Proportional),
    ("replace", 3, Growth::Product),
    ("sort", 1, Growth::Proportional),
    ("split", 2, Growth::Proportional),
    ("sprintf", 2, Growth::Format),
    ("strings.reverse", 1, Growth::Proportional),
    ("substring", 3, Growth::Proportional),
    ("sum", 1, Growth::Proportional),
    ("to_number", 1, Growth::Proportional),
    ("trim", 2, Growth::Proportional),
    ("trim_left", 2, Growth::Proportional),
    ("trim_prefix", 2, Growth::Proportional),
    ("trim_right", 2, Growth::Proportional),
    ("trim_space", 1, Growth::Proportional),
    ("trim_suffix", 2, Growth::Proportional),
    ("type_name", 1, Growth::Proportional),
    ("union", 1, Growth::Proportional),
    ("upper", 1, Growth::Proportional),
];

/// Functions that make neither.
const PLAIN: [&str; 30] = [
    "abs",
    "ceil",
    "contains",
    "count",
    "endswith",
    "floor",
    "indexof",
    "is_array",
    "is_boolean",
    "is_null",
    "is_number",
    "is_object",
    "is_set",
    "is_string",
    "json.is_valid",
    "max",
    "min",
    "object.get",
    "object.subset",
    "regex.is_valid",
    "regex.match",
    "round",
    "semver.compare",
    "semver.is_valid",
    "startswith",
    "strings.any_prefix_match",
    "strings.any_suffix_match",
    "strings.count",
    "units.parse",
    "units.parse_bytes",
];

/// Functions that the interpreter has and a policy may not call: what they make cannot be foreseen, or they talk to somebody.
const WITHHELD: [(&str, u8); 13] = [
    ("bits.and", 2),
    ("bits.lsh", 2),
    ("bits.negate", 1),
    ("bits.or", 2),
    ("bits.rsh", 2),
    ("bits.xor", 2),
    ("json.marshal_with_options", 2),
    ("numbers.range_step", 3),
    ("print", 1),
    ("regex.replace", 3),
    ("strings.replace_n", 2),
    ("trace", 1),
    ("walk", 1),
];

/// Whether a policy may call the function of this name.
pub(super) fn is_offered(name: &str) -> bool {
    PLAIN.contains(&name) || MAKERS.iter().any(|(maker, ..)| *maker == name)
}

/// Why a policy may not call the function of this name, in words that end a sentence.
pub(super) fn why_not(name: &str) -> &'static str {
    let family = name.split('.').next().unwrap_or(name);
    match family {
        "http" | "net" | "graphql" => "it would ask somebody outside, and the answer must follow from the input alone",
        "time" => "it reads a clock or the zones of this machine; the time of the request is input.request.time",
        "rand" | "uuid" => "it draws chance, and the same question must get the same answer",
        "opa" => "it reads the environment of the program, and the answer must follow from the input alone",
        "print" | "trace" => "a policy says something by `deny` and `warn` alone",
        _ if WITHHELD.iter().any(|(withheld, _)| *withheld == name) => "what it makes cannot be bounded",
        _ => "there is no such function here",
    }
}

/// Puts the guards before the functions of an engine.
pub(super) fn guard(engine: &mut Engine) -> Result<(), String> {
    let unguarded = makers()?;
    for (index, (name, arguments, growth)) in MAKERS.into_iter().enumerate() {
        let mut made = unguarded.clone();
        let call = move |given: Vec<Value>| {
            charge(growth, &given)?;
            made.set_input(Value::from(given));
            let value = made.eval_rule(format!("data.makers.r{index}"))?;
            meter::charge(size(&value, meter::left()))?;
            Ok(value)
        };
        engine.add_extension(name.to_owned(), arguments, Box::new(call)).map_err(|error| error.to_string())?;
    }
    for (name, arguments) in WITHHELD {
        let refuse = move |_: Vec<Value>| Err(Withheld(name).into());
        engine.add_extension(name.to_owned(), arguments, Box::new(refuse)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[derive(Debug, thiserror::Error)]
#[error("{0} cannot be called: {why}", why = why_not(.0))]
struct Withheld(&'static str);

/// An engine without guards, where rule `r7` calls the seventh maker with the elements of `input`.
fn makers() -> Result<Engine, String> {
    let rule = |(index, (name, arguments, _)): (usize, (&str, u8, Growth))| {
        let given: Vec<String> = (0..arguments).map(|at| format!("input[{at}]")).collect();
        format!("r{index} := {name}({})\n", given.join(", "))
    };
    let rules: String = MAKERS.into_iter().enumerate().map(rule).collect();
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(true);
    engine.add_policy("makers".to_owned(), format!("package makers\n{rules}")).map_err(|error| error.to_string())?;
    Ok(engine)
}

/// Counts what a function is given, and what it may make where that may be much more.
fn charge(growth: Growth, given: &[Value]) -> Result<(), Unfit> {
    let sizes = || given.iter().map(|value| size(value, meter::left()));
    meter::charge(sizes().fold(0, u64::saturating_add))?;
    let more = match growth {
        Growth::Proportional => 0,
        Growth::Product => product(given),
        Growth::Range => range(given),
        Growth::Format => format(given)?,
    };
    Ok(meter::charge(more)?)
}

/// Why a function is not called.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error(transparent)]
    Spent(#[from] Spent),
    #[error("a width in a format has at most {WIDTH} digits")]
    Width,
}

/// The sizes of the arguments multiplied: a list counts by its elements and their text, a text by its length.
fn product(given: &[Value]) -> u64 {
    let factor = |value: &Value| match value {
        Value::String(text) => text.len() as u64,
        Value::Array(array) => array.len() as u64,
        Value::Set(set) => set.len() as u64,
        _ => 1,
    };
    given.iter().map(|value| factor(value).max(1)).fold(1, u64::saturating_mul)
}

/// What an element costs beside its text.
const ELEMENT: u64 = 16;

/// How many bytes a value takes, about, counted up to a little more than `most`. A value that is held twice counts twice: it
/// would be written twice.
fn size(value: &Value, most: u64) -> u64 {
    let inner = match value {
        Value::String(text) => text.len() as u64,
        Value::Array(array) => sum(array.iter(), most),
        Value::Set(set) => sum(set.iter(), most),
        Value::Object(object) => sum(object.iter().flat_map(|(key, value)| [key, value]), most),
        Value::Number(number) => number.as_f64().map_or(0, |number| number.abs().log10().max(0.0) as u64),
        Value::Null | Value::Bool(_) | Value::Undefined => 0,
    };
    inner.saturating_add(ELEMENT)
}

fn sum<'a>(values: impl Iterator<Item = &'a Value>, most: u64) -> u64 {
    let mut total: u64 = 0;
    for value in values {
        if total > most {
            break;
        }
        total = total.saturating_add(size(value, most - total));
    }
    total
}

/// What the elements between two numbers cost, both counted. A cast of a float that is too great gives the greatest integer.
fn range(given: &[Value]) -> u64 {
    let end = |value: Option<&Value>| value.and_then(|value| value.as_f64().ok()).unwrap_or_default();
    let distance = (end(given.first()) - end(given.get(1))).abs();
    (distance as u64).saturating_add(1).saturating_mul(ELEMENT)
}

/// What a format may add to its arguments: each `%` may ask for a width, in digits of which only three are let pass.
fn format(given: &[Value]) -> Result<u64, Unfit> {
    let text = given.first().and_then(|value| value.as_string().ok()).map(|text| text.to_string()).unwrap_or_default();
    let verbs = text.split('%').skip(1);
    if verbs.clone().any(|verb| verb.chars().take_while(|digit| digit.is_numeric() || *digit == '.').count() > WIDTH) {
        return Err(Unfit::Width);
    }
    // The interpreter knows the digits of ASCII alone, and takes others for digits too.
    if verbs.clone().any(|verb| verb.starts_with(|digit: char| digit.is_numeric() && !digit.is_ascii())) {
        return Err(Unfit::Width);
    }
    Ok((verbs.count() as u64).saturating_mul(1000))
}

/// How many digits and points a verb of a format may begin with.
const WIDTH: usize = 3;
