//! Where a check stands in a file, and the file with switches in the place of its checks.

use std::ops::Range;

use super::mutant::Mutant;

/// Where a check was found: its text with what is around it, and the expression to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The text of [`Mutant::check`] without its marks.
    pub(crate) context: Range<usize>,
    /// The expression between the marks.
    pub(crate) expression: Range<usize>,
}

/// Finds a check in the text of its file, white space aside, so that formatting does not move it.
pub(crate) fn find(text: &str, check: &str) -> Result<Place, String> {
    let [before, expression, after] = parts(check)?;
    let (bare, offsets) = without_space(text);
    let wanted = [&*before, &*expression, &*after].concat();
    let found: Vec<usize> = bare.match_indices(&wanted).map(|(at, _)| at).collect();
    let [at] = found.as_slice() else {
        return Err(format!("`{check}` must stand in its file exactly once, found {} times", found.len()));
    };
    let range = |start: usize, length: usize| offsets[start]..offsets[start + length - 1] + last_length(&bare, start + length);
    Ok(Place { context: range(*at, wanted.len()), expression: range(at + before.len(), expression.len()) })
}

/// The text with a switch in the place of each check, each with the number under which it is turned off.
pub(crate) fn with_switches(text: &str, mutants: &[(usize, &Mutant)]) -> Result<String, String> {
    let place = |(number, mutant): &(usize, &Mutant)| {
        let place = find(text, mutant.check).map_err(|fault| format!("{}: {fault}", mutant.name))?;
        Ok((place.expression, *number, mutant.off))
    };
    let mut places = mutants.iter().map(place).collect::<Result<Vec<_>, String>>()?;
    places.sort_by_key(|(expression, ..)| expression.start);
    let mut switched = String::with_capacity(text.len() * 2);
    let mut from = 0;
    for (expression, number, off) in places {
        if expression.start < from {
            return Err(format!("check {number} overlaps with another one: {}", &text[expression]));
        }
        let on = &text[expression.clone()];
        switched.push_str(&text[from..expression.start]);
        switched.push_str(&format!("(if crate::switched::off({number}) {{ {off} }} else {{ {on} }})"));
        from = expression.end;
    }
    switched.push_str(&text[from..]);
    Ok(switched)
}

/// What stands before, between and after the marks, without white space.
fn parts(check: &str) -> Result<[String; 3], String> {
    let bare = without_space(check).0;
    let marked =
        bare.split_once('«').and_then(|(before, rest)| rest.split_once('»').map(|(expression, after)| [before, expression, after]));
    match marked {
        Some(parts) if !parts[1].is_empty() && parts.iter().all(|part| !part.contains(['«', '»'])) => Ok(parts.map(str::to_owned)),
        _ => Err(format!("`{check}` must mark one expression with « and »")),
    }
}

/// The text without white space, and where each of its bytes stood.
fn without_space(text: &str) -> (String, Vec<usize>) {
    let mut bare = String::with_capacity(text.len());
    let mut offsets = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        bare.push(c);
        offsets.extend((0..c.len_utf8()).map(|_| at));
    }
    (bare, offsets)
}

/// The length of the character that ends there.
fn last_length(text: &str, end: usize) -> usize {
    text[..end].chars().next_back().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::super::mutant::Caught;
    use super::*;

    const TEXT: &str = "fn f() {\n    require(\n        a == b,\n        Rule::X,\n    )?;\n    require(c, Rule::Y)\n}\n";

    #[test]
    fn a_check_is_found_however_it_is_formatted() {
        let place = find(TEXT, "require( «a == b», Rule::X").expect("it stands there once");
        assert_eq!(&TEXT[place.expression], "a == b");
        assert!(TEXT[place.context.clone()].starts_with("require(") && TEXT[place.context].ends_with("Rule::X"));
    }

    #[test]
    fn a_check_that_is_gone_or_ambiguous_is_an_error() {
        for (check, times) in [("«z»", "0 times"), ("«require»", "2 times"), ("«a» == c", "0 times")] {
            assert!(find(TEXT, check).expect_err(check).contains(times), "{check}");
        }
        for check in ["a == b", "«»", "«a", "«a» == «b»"] {
            assert!(find(TEXT, check).expect_err(check).contains("must mark"), "{check}");
        }
    }

    #[test]
    fn switches_stand_where_the_checks_stood() {
        let mutant = |check| Mutant { name: "x", file: "x.rs", check, off: "true", caught: Caught::Vectors("") };
        let (first, second) = (mutant("«a == b»"), mutant("(«c», Rule::Y)"));
        let switched = with_switches(TEXT, &[(7, &second), (3, &first)]).expect("they are apart");
        assert!(switched.contains("(if crate::switched::off(3) { true } else { a == b })"), "{switched}");
        assert!(switched.contains("require((if crate::switched::off(7) { true } else { c }), Rule::Y)"), "{switched}");
        let inside = mutant("«a» == b");
        assert!(with_switches(TEXT, &[(1, &first), (2, &inside)]).expect_err("one is inside the other").contains("overlaps"));
    }
}
