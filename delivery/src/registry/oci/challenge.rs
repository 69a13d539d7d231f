//! What a registry asks for when it answers 401: the challenges of `WWW-Authenticate` (RFC 9110, 11.6.1).

/// One challenge, of the two schemes that registries use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A token from a token server (the distribution project's token authentication).
    Bearer {
        /// Where the token server is.
        realm: String,
        /// What the registry calls itself there.
        service: Option<String>,
    },
    /// A user name and a password with every request.
    Basic,
}

impl Challenge {
    /// The challenge to meet, of all that the headers hold: a token rather than the password itself.
    pub(super) fn choose<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let challenges: Vec<_> = headers.into_iter().flat_map(parse).filter_map(Raw::understand).collect();
        let bearer = challenges.iter().find(|challenge| matches!(challenge, Self::Bearer { .. }));
        bearer.or(challenges.first()).cloned()
    }
}

#[derive(Default)]
struct Raw {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Raw {
    fn understand(self) -> Option<Challenge> {
        let parameter = |name: &str| self.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone());
        match self.scheme.to_ascii_lowercase().as_str() {
            "bearer" => Some(Challenge::Bearer { realm: parameter("realm")?, service: parameter("service") }),
            "basic" => Some(Challenge::Basic),
            _ => None,
        }
    }
}

/// The challenges of one header. A comma separates both challenges and parameters, so that a word is a parameter's
/// name where `=` follows, and a scheme where not.
fn parse(header: &str) -> Vec<Raw> {
    let mut challenges: Vec<Raw> = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (word, after) = split_word(rest);
        if word.is_empty() {
            return challenges;
        }
        match (after.trim_start().strip_prefix('='), challenges.last_mut()) {
            (Some(value), Some(challenge)) => {
                let (value, after) = split_value(value.trim_start());
                challenge.parameters.push((word.to_owned(), value));
                rest = after;
            }
            _ => {
                challenges.push(Raw { scheme: word.to_owned(), parameters: Vec::new() });
                rest = after;
            }
        }
    }
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text.find([' ', '\t', ',', '=']).unwrap_or(text.len());
    text.split_at(end)
}

/// A value, with or without quotes, and what comes after it.
fn split_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (word, rest) = split_word(text);
        // What is left of `Negotiate abc==` belongs to a scheme that is not understood.
        return (word.to_owned(), rest.trim_start_matches('='));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>) -> Option<Challenge> {
        Some(Challenge::Bearer { realm: realm.to_owned(), service: service.map(str::to_owned) })
    }

    #[test]
    fn challenges_are_understood() {
        for (header, expected) in [
            (
                r#"Bearer realm="https://a.example/t",service="r.example",scope="repository:a:pull,push""#,
                bearer("https://a.example/t", Some("r.example")),
            ),
            (r#"bearer service=r , realm="https://a.example/?a=b\"c""#, bearer("https://a.example/?a=b\"c", Some("r"))),
            (r#"Basic realm="test""#, Some(Challenge::Basic)),
            (r#"Basic realm="a, Bearer realm=b", Bearer realm="https://a.example""#, bearer("https://a.example", None)),
            (r#"Negotiate abc==, Basic realm="x""#, Some(Challenge::Basic)),
            ("Basic", Some(Challenge::Basic)),
            (r#"Bearer service="no realm""#, None),
            (r#"Digest realm="x""#, None),
            ("", None),
            ("=,=,= \"", None),
            (r#"Bearer realm="open"#, bearer("open", None)),
        ] {
            assert_eq!(Challenge::choose([header]), expected, "{header}");
        }
    }

    #[test]
    fn a_token_is_better_than_the_password() {
        assert_eq!(Challenge::choose(["Basic realm=x", "Bearer realm=y"]), bearer("y", None));
        assert_eq!(Challenge::choose([]), None);
    }
}
