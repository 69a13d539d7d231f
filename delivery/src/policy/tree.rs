//! The interpreter's syntax trees, which it gives as JSON: packages, imports, rules, and the paths in expressions.

use std::collections::BTreeMap;

use serde_json::Value;

use super::place::Place;

/// A path: `a.b["c"]` is `a`, `b`, `c`.
pub(super) type Words = Vec<String>;

/// One policy's tree.
#[derive(Debug)]
pub(super) struct Module<'a> {
    policy: &'a str,
    pub(super) tree: &'a Value,
    pub(super) package: Words,
    /// The names that its imports bring, each with the path that it stands for, without `data`.
    imports: BTreeMap<String, Words>,
}

/// A rule: its path from its package, and whether it is a function.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) path: Words,
    pub(super) is_function: bool,
    pub(super) tree: &'a Value,
}

/// The trees of policies, in their order.
pub(super) fn modules<'a>(trees: &'a Value, sources: &'a [(String, String)]) -> Vec<Module<'a>> {
    let trees = trees.as_array().into_iter().flatten().map(|tree| &tree["ast"]);
    let module = |(tree, (policy, text)): (&'a Value, &'a (String, String))| Module {
        policy,
        tree,
        package: path(under(tree, "/package/refr")).unwrap_or_default(),
        imports: imports(tree, text),
    };
    trees.zip(sources).map(module).collect()
}

impl<'a> Module<'a> {
    /// Its rules.
    pub(super) fn heads(&self) -> Vec<Head<'a>> {
        let rules = self.tree["rules"].as_array().into_iter().flatten();
        rules.map(head).collect()
    }

    /// What a path in this policy stands for, without `data`.
    pub(super) fn whole(&self, words: &[String]) -> Words {
        let Some((first, rest)) = words.split_first() else { return Words::new() };
        let start = match first.as_str() {
            "data" => &[],
            name => self.imports.get(name).map_or_else(|| self.package.as_slice(), Vec::as_slice),
        };
        let rest = if first == "data" || self.imports.contains_key(first) { rest } else { words };
        [start, rest].concat()
    }

    /// Whether an import brings this name.
    pub(super) fn imports(&self, name: &str) -> bool {
        self.imports.contains_key(name)
    }

    /// The place of a node's span.
    pub(super) fn place(&self, span: &Value) -> Place {
        let number = |name: &str| span[name].as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or_default();
        Place { policy: self.policy.to_owned(), line: number("line"), column: number("col") }
    }
}

fn head(rule: &Value) -> Head<'_> {
    let (kind, reference) = match rule.get("Spec") {
        Some(spec) => spec["head"]
            .as_object()
            .and_then(|head| head.iter().next())
            .map_or(("", &Value::Null), |(kind, head)| (kind.as_str(), &head["refr"])),
        None => ("", under(rule, "/Default/refr")),
    };
    Head { path: path(reference).unwrap_or_default(), is_function: kind == "Func", tree: rule }
}

fn imports(module: &Value, text: &str) -> BTreeMap<String, Words> {
    let imports = module["imports"].as_array().into_iter().flatten();
    let named = |import: &Value| {
        let path = path(&import["refr"])?;
        let alias = import.get("as").filter(|alias| !alias.is_null()).and_then(|alias| spanned(alias, text));
        let name = alias.or_else(|| path.last().cloned())?;
        Some((name, path.into_iter().skip(1).collect()))
    };
    imports.filter_map(named).collect()
}

fn spanned(span: &Value, text: &str) -> Option<String> {
    let at = |name: &str| span[name].as_u64().and_then(|at| usize::try_from(at).ok());
    text.get(at("start")?..at("end")?).map(str::to_owned)
}

/// An expression as a path, where it is made of words alone.
pub(super) fn path(expression: &Value) -> Option<Words> {
    let (kind, fields) = expression.as_object()?.iter().next()?;
    let (before, word) = match kind.as_str() {
        "Var" => return Some(vec![fields["value"].as_str()?.to_owned()]),
        "RefDot" => (path(&fields["refr"])?, under(fields, "/field/1").as_str()?),
        "RefBrack" => (path(&fields["refr"])?, under(fields, "/index/String/value").as_str()?),
        _ => return None,
    };
    Some(before.into_iter().chain([word.to_owned()]).collect())
}

/// Visits a node and all below it, until there is a finding.
pub(super) fn visit<T>(node: &Value, look: &mut impl FnMut(&Value) -> Option<T>) -> Option<T> {
    look(node).or_else(|| match node {
        Value::Object(fields) => fields.values().find_map(|inner| visit(inner, look)),
        Value::Array(items) => items.iter().find_map(|inner| visit(inner, look)),
        _ => None,
    })
}

/// What is at a JSON pointer (RFC 6901), or null.
pub(super) fn under<'a>(node: &'a Value, pointer: &str) -> &'a Value {
    node.pointer(pointer).unwrap_or(&Value::Null)
}
