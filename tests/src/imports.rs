//! Which file of a crate names what: paths out of tokens, paths to files, files in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::source::SourceFile;

/// A path as a file names it, word by word, whole: `use a::{b, c}` names `a::b` and `a::c`.
pub type NamedPath = Vec<String>;

/// The files of one crate that are shipped, and their places in its tree of modules.
#[derive(Debug)]
pub struct Crate<'a> {
    modules: BTreeMap<Vec<String>, &'a SourceFile>,
}

impl<'a> Crate<'a> {
    /// The crate whose root file lies in `src`.
    #[must_use]
    pub fn new(src: &Path, files: &'a [SourceFile]) -> Self {
        let has_library = files.iter().any(|file| file.path == src.join("lib.rs"));
        let mut modules = BTreeMap::new();
        for file in files {
            // Beside a library, main.rs and src/bin are crates of their own.
            if let Ok(inside) = file.path.strip_prefix(src)
                && !(inside.starts_with("bin") || has_library && inside == Path::new("main.rs"))
            {
                modules.insert(module_of(inside), file);
            }
        }
        let for_tests: BTreeSet<Vec<String>> = modules
            .iter()
            .flat_map(|(module, file)| file.test_modules.iter().map(|name| [module.as_slice(), std::slice::from_ref(name)].concat()))
            .collect();
        modules.retain(|module, _| !for_tests.iter().any(|parent| module.starts_with(parent)));
        Self { modules }
    }

    /// The modules of this crate, each with its file.
    pub fn modules(&self) -> impl Iterator<Item = (&[String], &'a SourceFile)> {
        self.modules.iter().map(|(module, file)| (module.as_slice(), *file))
    }

    /// What a module's file names: paths into this crate from its root (without `crate`), and paths out of it.
    #[must_use]
    pub fn named(&self, module: &[String]) -> (Vec<NamedPath>, Vec<NamedPath>) {
        let file = self.modules[module];
        let Named { imports, inline } = named_paths(&file.shipped);
        let aliases: BTreeMap<&str, &NamedPath> = imports.iter().map(|(alias, path)| (alias.as_str(), path)).collect();
        let spelled_out = inline.into_iter().map(|path| match aliases.get(path[0].as_str()) {
            Some(start) => [start.as_slice(), &path[1..]].concat(),
            None => path,
        });
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for path in imports.iter().map(|(_, path)| path.clone()).chain(spelled_out) {
            match self.path_from_root(module, &path) {
                Some(path) => inside.push(path),
                None => outside.push(path),
            }
        }
        (inside, outside)
    }

    /// A circle of files that import each other, if there is one: the first file stands again at its end.
    #[must_use]
    pub fn circle(&self) -> Option<Vec<PathBuf>> {
        let edges: BTreeMap<&[String], BTreeSet<&[String]>> = self.modules().map(|(module, _)| (module, self.imported(module))).collect();
        let mut done = BTreeSet::new();
        let found = edges.keys().find_map(|start| walk(start, &edges, &mut Vec::new(), &mut done))?;
        Some(found.into_iter().map(|module| self.modules[module].path.clone()).collect())
    }

    /// The modules whose files this one names something of. Declaring a module is not naming it.
    fn imported(&self, module: &[String]) -> BTreeSet<&[String]> {
        let (inside, _) = self.named(module);
        inside.iter().map(|path| self.owner(path)).filter(|owner| *owner != module).collect()
    }

    /// The innermost module that a path leads through.
    fn owner(&self, path: &[String]) -> &[String] {
        let lengths = (0..=path.len()).rev();
        let found = lengths.filter_map(|length| self.modules.get_key_value(&path[..length])).next();
        found.map_or(&[], |(module, _)| module)
    }

    /// The path from the crate's root, or `None` where it leads out of the crate or is not a path of modules.
    fn path_from_root(&self, module: &[String], path: &[String]) -> Option<NamedPath> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let parent = &module[..module.len().saturating_sub(1)];
                let more = rest.first().is_some_and(|word| word == "super");
                if more { self.path_from_root(parent, rest) } else { Some([parent, rest].concat()) }
            }
            _ => {
                let child = [module, path].concat();
                self.modules.contains_key(&child[..=module.len()]).then_some(child)
            }
        }
    }
}

/// `meaning/names.rs` is `meaning::names`; `lib.rs`, `main.rs` and `mod.rs` stand for their folder.
fn module_of(inside: &Path) -> Vec<String> {
    let mut words: Vec<String> = inside.with_extension("").iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let root_file = words.len() == 1 && (words[0] == "lib" || words[0] == "main");
    if root_file || words.last().is_some_and(|word| word == "mod") {
        words.pop();
    }
    words
}

/// Depth first; `trail` leads to where we stand. Gives the part of the trail that closes on itself.
fn walk<'m>(
    at: &'m [String],
    edges: &BTreeMap<&'m [String], BTreeSet<&'m [String]>>,
    trail: &mut Vec<&'m [String]>,
    done: &mut BTreeSet<&'m [String]>,
) -> Option<Vec<&'m [String]>> {
    if let Some(start) = trail.iter().position(|module| *module == at) {
        return Some(trail[start..].iter().copied().chain([at]).collect());
    }
    if done.contains(at) {
        return None;
    }
    trail.push(at);
    let found = edges[at].iter().find_map(|next| walk(next, edges, trail, done));
    trail.pop();
    done.insert(at);
    found
}

#[derive(Debug, Default)]
struct Named {
    /// The name that each import brings into scope, and the path behind it.
    imports: Vec<(String, NamedPath)>,
    /// Paths of two words or more that stand in the code.
    inline: Vec<NamedPath>,
}

fn named_paths(tokens: &[String]) -> Named {
    let mut named = Named::default();
    let mut at = 0;
    while at < tokens.len() {
        // `impl Trait + use<'a>` captures, it imports nothing.
        if tokens[at] == "use" && tokens.get(at + 1).is_some_and(|next| next != "<") {
            at = use_tree(tokens, at + 1, &[], &mut named.imports);
        } else if starts_path(tokens, at) {
            let path = inline_path(&tokens[at..]);
            at += 2 * path.len() - 1;
            if path.len() > 1 {
                named.inline.push(path);
            }
        } else {
            at += 1;
        }
    }
    named
}

/// Whether a path may start here; `pub(in crate::x)` names no import.
fn starts_path(tokens: &[String], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).map_or("", |place| tokens[place].as_str());
    is_name(&tokens[at]) && before(1) != "::" && before(1) != "." && !(before(1) == "in" && before(2) == "(")
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

fn inline_path(tokens: &[String]) -> NamedPath {
    let mut path = vec![tokens[0].clone()];
    for pair in tokens[1..].chunks_exact(2) {
        if pair[0] != "::" || !is_name(&pair[1]) {
            break;
        }
        path.push(pair[1].clone());
    }
    path
}

/// Reads one branch of an import from `at`, and gives where it ends: at `,`, `}` or after `;`.
fn use_tree(tokens: &[String], mut at: usize, prefix: &[String], imports: &mut Vec<(String, NamedPath)>) -> usize {
    let mut path = prefix.to_vec();
    let mut alias = None;
    let mut grouped = false;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.as_str() {
            ";" | "," | "}" => {
                at -= usize::from(token != ";");
                break;
            }
            "::" | "*" => {}
            "as" => {
                alias = tokens.get(at).cloned();
                at += 1;
            }
            "{" => {
                grouped = true;
                while tokens.get(at).is_some_and(|next| next != "}") {
                    at = use_tree(tokens, at, &path, imports);
                    at += usize::from(tokens.get(at).is_some_and(|next| next == ","));
                }
                at += 1;
            }
            "self" if path.len() == prefix.len() && !prefix.is_empty() => {}
            word => path.push(word.to_owned()),
        }
    }
    if !grouped && let Some(last) = path.last() {
        imports.push((alias.unwrap_or_else(|| last.clone()), path));
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(texts: &[(&str, &str)]) -> Vec<SourceFile> {
        texts.iter().map(|(path, text)| SourceFile::parse(format!("ledger/src/{path}"), text)).collect()
    }

    fn circle(texts: &[(&str, &str)]) -> Option<Vec<String>> {
        let files = files(texts);
        let circle = Crate::new(Path::new("ledger/src"), &files).circle()?;
        let name = |path: &PathBuf| path.strip_prefix("ledger/src").expect("it lies there").display().to_string();
        Some(circle.iter().map(name).collect())
    }

    fn named(module: &[&str], texts: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let files = files(texts);
        let module: Vec<String> = module.iter().map(|word| (*word).to_owned()).collect();
        let (inside, outside) = Crate::new(Path::new("ledger/src"), &files).named(&module);
        let join = |paths: Vec<NamedPath>| paths.iter().map(|path| path.join("::")).collect();
        (join(inside), join(outside))
    }

    #[test]
    fn imports_are_spelled_out() {
        let text = "use crate::a::{self, b::{C, D as E}, f::*}; use std::{fs, io::Read as _}; pub(crate) use super::x;";
        let (inside, outside) = named(&["m", "n"], &[("m/mod.rs", ""), ("m/n.rs", text)]);
        assert_eq!(inside, ["a", "a::b::C", "a::b::D", "a::f", "m::x"]);
        assert_eq!(outside, ["std::fs", "std::io::Read"]);
    }

    #[test]
    fn paths_in_code_are_followed_through_imports() {
        let text = "use crate::a as z; pub(in crate::q) fn f() { z::g(); super::super::h::<T>(); self::i(); String::new(); w.crate_::j() }";
        let (inside, outside) = named(&["m", "n"], &[("m/n.rs", text)]);
        assert_eq!(inside, ["a", "a::g", "h", "m::n::i"]);
        assert_eq!(outside, ["String::new"]);
    }

    #[test]
    fn a_child_is_named_without_a_prefix() {
        let (inside, _) = named(&["m"], &[("m/mod.rs", "mod n; pub use n::X;"), ("m/n.rs", "")]);
        assert_eq!(inside, ["m::n::X"]);
    }

    #[test]
    fn a_circle_is_found_through_any_spelling() {
        let texts = [("a.rs", "use crate::b::B;"), ("b.rs", "fn f() { super::c::g() }"), ("c.rs", "use super::a;"), ("lib.rs", "mod a;")];
        assert_eq!(circle(&texts), Some(vec!["a.rs".to_owned(), "b.rs".to_owned(), "c.rs".to_owned(), "a.rs".to_owned()]));
    }

    #[test]
    fn a_folder_that_offers_what_its_file_takes_from_it_is_a_circle() {
        assert!(circle(&[("m/mod.rs", "mod n; pub use n::X; pub struct Y;"), ("m/n.rs", "use super::Y;")]).is_some());
        assert!(circle(&[("m/mod.rs", "pub mod n; pub struct Y;"), ("m/n.rs", "use super::Y;")]).is_none());
    }

    #[test]
    fn siblings_one_way_and_tests_make_no_circle() {
        let child = "use super::o::X; #[cfg(test)] mod tests { use super::*; use crate::m::Z; }";
        let parent = "mod n; mod o; pub use n::Z; #[cfg(test)] mod vectors;";
        assert_eq!(circle(&[("m/mod.rs", parent), ("m/n.rs", child), ("m/o.rs", ""), ("m/vectors.rs", "use crate::m::n::Z;")]), None);
    }
}
