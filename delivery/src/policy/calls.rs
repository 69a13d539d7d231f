//! What the syntax trees of policies tell before anything runs: which functions are called, and which rules there are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::answer::Rule;
use super::builtins::{is_offered, why_not};
use super::error::{MOST_RULES, PolicyError};
use super::tree::{Module, Words, modules, path, under, visit};

/// The package whose rules decide.
const PACKAGE: [&str; 1] = ["promoledger"];

/// Checks the trees, and gives the rules of ours that are there.
///
/// The interpreter has none of the functions that this check keeps out, or refuses them when they are called; told here, they
/// are told with their place before a policy is in force.
pub(super) fn check(trees: &Value, sources: &[(String, String)]) -> Result<Vec<Rule>, PolicyError> {
    let modules = modules(trees, sources);
    let found = modules.iter().map(|module| module.heads().len()).sum();
    if found > MOST_RULES {
        return Err(PolicyError::TooManyRules { found });
    }
    let own: BTreeSet<String> = modules.iter().flat_map(first_words).collect();
    if let Some(error) = modules.iter().find_map(|module| unknown_call(module, &own)).or_else(|| circle(&modules)) {
        return Err(error);
    }
    let ours: BTreeSet<String> = modules.iter().filter(|module| module.package == PACKAGE).flat_map(first_words).collect();
    Ok(Rule::ALL.into_iter().filter(|rule| ours.contains(rule.name())).collect())
}

/// The first words of the paths of a module's rules.
fn first_words(module: &Module<'_>) -> Vec<String> {
    module.heads().into_iter().filter_map(|head| head.path.into_iter().next()).collect()
}

/// The first call of a function that is neither offered nor the policies' own.
fn unknown_call(module: &Module<'_>, own: &BTreeSet<String>) -> Option<PolicyError> {
    visit(module.tree, &mut |node| {
        let call = node.get("Call")?;
        let path = path(&call["fcn"]).unwrap_or_default();
        let first = path.first().map_or("", String::as_str);
        let function = path.join(".");
        if first == "data" || own.contains(first) || module.imports(first) || is_offered(&function) {
            return None;
        }
        let why = why_not(&function);
        Some(PolicyError::Call { place: module.place(&call["span"]), function, why })
    })
}

/// A function that comes back to itself. The interpreter would follow it until its stack ends, and the process with it.
///
/// A function is followed to each function that it names, called or not: `with` can put one in the place of another.
fn circle(modules: &[Module<'_>]) -> Option<PolicyError> {
    let functions =
        modules.iter().flat_map(|module| module.heads().into_iter().filter(|head| head.is_function).map(move |head| (module, head)));
    let functions: Vec<(Words, &Module<'_>, &Value)> =
        functions.map(|(module, head)| ([module.package.clone(), head.path].concat(), module, head.tree)).collect();
    let mut named: BTreeMap<&Words, BTreeSet<Words>> = BTreeMap::new();
    for (function, module, tree) in &functions {
        named.entry(function).or_default().extend(paths(module, tree));
    }
    // A function that names none of those left is no part of a circle.
    let mut left: BTreeSet<&Words> = named.keys().copied().collect();
    loop {
        let harmless: Vec<&Words> = left
            .iter()
            .copied()
            .filter(|function| named.get(function).is_none_or(|paths| !paths.iter().any(|path| left.contains(path))))
            .collect();
        if harmless.is_empty() {
            break;
        }
        for function in harmless {
            left.remove(function);
        }
    }
    let (function, module, tree) = functions.iter().find(|(function, ..)| left.contains(function))?;
    Some(PolicyError::Rego {
        place: module.place(under(tree, "/Spec/span")),
        what: format!("function `{}` leads back to itself, which Rego forbids", function.join(".")),
    })
}

/// All paths that a rule names besides its own head, whole.
fn paths(module: &Module<'_>, rule: &Value) -> BTreeSet<Words> {
    let mut paths = BTreeSet::new();
    let spec = &rule["Spec"];
    let head = spec["head"].get("Func").unwrap_or(&Value::Null);
    for part in [&spec["bodies"], &head["assign"], &head["args"]] {
        visit(part, &mut |node| {
            paths.extend(path(node).map(|words| module.whole(&words)));
            None::<()>
        });
    }
    paths
}
