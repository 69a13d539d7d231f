//! The workspace's own source text, as tokens: comments gone, string literals emptied, tests set apart.
//!
//! Not a parser of Rust: as much of its lexical structure as it takes to ask what a file names.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust source file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Where it lies, from the workspace's root.
    pub path: PathBuf,
    /// All of its text.
    pub text: String,
    /// Every token of it.
    pub tokens: Vec<String>,
    /// The tokens outside items marked `#[cfg(test)]`.
    pub shipped: Vec<String>,
    /// The modules that it declares for tests alone, and that lie in files of their own.
    pub test_modules: Vec<String>,
}

impl SourceFile {
    /// Reads source text.
    #[must_use]
    pub fn parse(path: impl Into<PathBuf>, text: &str) -> Self {
        let tokens = tokens(text);
        let (shipped, test_modules) = without_tests(&tokens);
        Self { path: path.into(), text: text.to_owned(), tokens, shipped, test_modules }
    }

    /// The contents of every attribute whose first word is `name`, inner ones too.
    #[must_use]
    pub fn attributes(&self, name: &str) -> Vec<&[String]> {
        let starts = (0..self.tokens.len()).filter(|at| self.tokens[*at] == "#");
        let attributes = starts.filter_map(|at| attribute(&self.tokens[at..]).map(|(contents, _)| contents));
        attributes.filter(|contents| contents.first().is_some_and(|word| word == name)).collect()
    }
}

/// The workspace's root folder.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests' package lies in the workspace")
}

/// Every Rust file below `folder`, in order of path; build results and hidden folders are left out.
#[must_use]
pub fn rust_files(folder: &Path) -> Vec<SourceFile> {
    let mut paths = Vec::new();
    collect(folder, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
        SourceFile::parse(path.strip_prefix(root()).unwrap_or(&path), &text)
    };
    paths.into_iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    for path in entries.map(|entry| entry.expect("a folder's entry can be read").path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                collect(&path, paths);
            }
        } else if name.ends_with(".rs") {
            paths.push(path);
        }
    }
}

/// Words, `::`, and every other sign by itself; a literal text becomes `""`.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            _ if first.is_whitespace() => (None, first.len_utf8()),
            '/' if rest.starts_with("//") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (None, block_comment(rest)),
            '"' => (Some("\"\""), quoted(rest)),
            '\'' => (Some("''"), tick(rest)),
            _ if is_word(first) => match raw_or_prefixed(rest) {
                Some(length) => (Some("\"\""), length),
                None => {
                    let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                    (Some(&rest[..length]), length)
                }
            },
            ':' if rest.starts_with("::") => (Some("::"), 2),
            _ => (Some(&rest[..first.len_utf8()]), first.len_utf8()),
        };
        tokens.extend(token.map(str::to_owned));
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a literal between its quotes, which are the text's first character.
fn quoted(text: &str) -> usize {
    let quote = text.chars().next();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if Some(c) == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal, or of a lifetime.
fn tick(text: &str) -> usize {
    let mut after = text.chars().skip(1);
    match (after.next(), after.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => quoted(text),
        _ => text.char_indices().skip(1).find(|(_, c)| !is_word(*c)).map_or(text.len(), |(at, _)| at),
    }
}

/// The length of a literal with letters before its quote: `r#"…"#`, `b"…"`, `b'x'`, `c"…"`.
fn raw_or_prefixed(text: &str) -> Option<usize> {
    let letters = text.find(|c| !"rbc".contains(c)).filter(|length| (1..=2).contains(length))?;
    let after = &text[letters..];
    if text[..letters].contains('r') {
        let hashes = after.find(|c| c != '#')?;
        let body = after[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(body.find(&end).map_or(text.len(), |at| letters + hashes + 1 + at + end.len()));
    }
    match after.chars().next() {
        Some('"' | '\'') => Some(letters + quoted(after)),
        _ => None,
    }
}

/// The attribute that starts at the first token (`#`): its contents, and how many tokens it takes.
fn attribute(tokens: &[String]) -> Option<(&[String], usize)> {
    let open = match tokens {
        [hash, bracket, ..] if hash == "#" && bracket == "[" => 1,
        [hash, bang, bracket, ..] if hash == "#" && bang == "!" && bracket == "[" => 2,
        _ => return None,
    };
    let end = open + closing(&tokens[open..]);
    Some((&tokens[open + 1..end], end + 1))
}

/// Where the bracket that is the first token is closed.
fn closing(tokens: &[String]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len() - 1
}

/// The tokens without the items for tests alone, and the names of modules among those items.
fn without_tests(tokens: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut shipped, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let attribute = attribute(&tokens[at..]);
        let is_test = |contents: &[String]| {
            let has = |word: &str| contents.iter().any(|token| token == word);
            contents.first().is_some_and(|word| word == "cfg") && has("test") && !has("not")
        };
        match attribute {
            Some((contents, length)) if is_test(contents) => {
                at += length;
                let item = &tokens[at..at + item_length(&tokens[at..])];
                modules.extend(item.windows(3).filter(|words| words[0] == "mod" && words[2] == ";").map(|words| words[1].clone()));
                at += item.len();
            }
            _ => {
                shipped.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    (shipped, modules)
}

/// How many tokens an item takes: up to its semicolon or the end of its body.
fn item_length(tokens: &[String]) -> usize {
    let import = tokens.iter().take_while(|token| *token != ";" && *token != "{").any(|token| token == "use");
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            ";" => return at + 1,
            "{" if !import => return at + closing(&tokens[at..]) + 1,
            "(" | "[" | "{" => at += closing(&tokens[at..]) + 1,
            _ => at += 1,
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped(text: &str) -> String {
        SourceFile::parse("x.rs", text).shipped.join(" ")
    }

    #[test]
    fn comments_and_texts_are_not_code() {
        let text = "//! unsafe\n/* a /* unsafe */ b */ let s = \"unsafe \\\" unsafe\"; let r = r#\"un\"safe\"#; let b = b'\"'; x";
        assert_eq!(shipped(text), r#"let s = "" ; let r = "" ; let b = "" ; x"#);
    }

    #[test]
    fn lifetimes_are_not_characters() {
        assert_eq!(
            shipped("fn f<'a>(x: &'a str) { '\\''; '\"'; 'é'; r#type }"),
            "fn f < '' > ( x : & '' str ) { '' ; '' ; '' ; r # type }"
        );
    }

    #[test]
    fn items_for_tests_are_set_apart() {
        let text = "a; #[cfg(test)] use x::{y, z}; b; #[cfg(test)] #[rustfmt::skip] mod tests { fn f() { c } } d;
            #[cfg(all(test, unix))] pub(crate) mod vectors; #[cfg(not(test))] e;";
        let file = SourceFile::parse("x.rs", text);
        assert_eq!(file.shipped.join(" "), "a ; b ; d ; # [ cfg ( not ( test ) ) ] e ;");
        assert_eq!(file.test_modules, ["vectors"]);
    }

    #[test]
    fn attributes_are_found_by_their_first_word() {
        let file = SourceFile::parse("x.rs", "#![allow(dead_code)] #[allow(clippy::x, reason = \"because\")] #[derive(Debug)] struct S;");
        let found = file.attributes("allow");
        assert_eq!(found.len(), 2);
        assert!(!found[0].contains(&"reason".to_owned()));
        assert!(found[1].contains(&"reason".to_owned()));
    }

    #[test]
    fn this_file_is_among_the_workspaces() {
        assert!(rust_files(&root().join("tests")).iter().any(|file| file.path == Path::new("tests/src/source.rs")));
    }
}
