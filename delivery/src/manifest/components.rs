//! What is promoted: components, where each is kept, and how its versions compare.

use promotion_ledger::meaning::names::Component;
use promotion_ledger::meaning::rules::ComponentRule;
use promotion_ledger::meaning::versions::{Scheme, Template};

use super::cursor::Cursor;
use super::error::{ManifestError, Path, quoted};
use super::repository::{Fault, Registry, resolve};
use super::shape::{COMPONENT, MOST_COMPONENTS, SCHEME, SCHEMES};
use super::yaml::Entry;

/// Reads the registry.
pub(super) fn registry(at: &Cursor<'_>) -> Result<Registry, ManifestError> {
    Registry::new(at.text("a registry")?).map_err(|fault| misplaced(at, fault))
}

/// Reads the components.
pub(super) fn components(at: &Cursor<'_>, registry: Option<&Registry>) -> Result<Vec<ComponentRule>, ManifestError> {
    let entries = at.entries("a mapping from component names to repositories")?;
    if entries.is_empty() || entries.len() > MOST_COMPONENTS {
        return Err(at.error(format!("1 to {MOST_COMPONENTS} components"), entries.len().to_string()));
    }
    let mut rules = Vec::with_capacity(entries.len());
    for entry in entries {
        let rule = component(entry, at.path(), registry, &rules)?;
        rules.push(rule);
    }
    Ok(rules)
}

/// The component of a manifest that lists none: `registry` is its repository and names it.
pub(super) fn sole(registry: Option<&Registry>, artifacts: &Cursor<'_>) -> Result<ComponentRule, ManifestError> {
    let whole = registry.and_then(Registry::whole);
    if let Some((name, repository)) = whole
        && let Ok(name) = Component::new(name)
    {
        return Ok(ComponentRule { name, repository, versions: None });
    }
    let found = registry.map_or_else(|| "neither".to_owned(), |registry| format!("only the registry {}", quoted(registry.as_str())));
    let error = artifacts.error("`promotion.components`, or a `registry` that is one component's repository", found);
    Err(error.hinting("write the components under `artifacts.promotion`, such as `components: {api: shop/api}`".to_owned()))
}

fn component(
    entry: &Entry<'_>,
    path: &Path<'_>,
    registry: Option<&Registry>,
    earlier: &[ComponentRule],
) -> Result<ComponentRule, ManifestError> {
    let path = Path::Key(path, entry.key.scalar().unwrap_or_default());
    let name = Cursor::new(&entry.key, path).name::<Component>("a component name")?;
    let at = Cursor::new(&entry.value, path);
    if !at.is_mapping() {
        return kept(&at, name, registry, earlier);
    }
    let fields = at.fields(COMPONENT)?;
    let rule = fields.must("a component", "repository", |at| kept(at, name, registry, earlier))?;
    let versions = fields.read("versions", scheme)?;
    // Semantic versions are what is meant where nothing is said, and rules have one spelling.
    Ok(ComponentRule { versions: versions.filter(|scheme| *scheme != Scheme::Semver), ..rule })
}

/// The component that is kept in the repository written here, which is no other's.
fn kept(at: &Cursor<'_>, name: Component, registry: Option<&Registry>, earlier: &[ComponentRule]) -> Result<ComponentRule, ManifestError> {
    let repository = resolve(at.text("a repository")?, registry).map_err(|fault| misplaced(at, fault))?;
    if let Some(other) = earlier.iter().find(|other| other.repository == repository) {
        let found = format!("{}, where component {} is kept", quoted(repository.as_str()), other.name);
        let hint = "give each component its own repository: their tags would collide";
        return Err(at.error("a repository of its own", found).hinting(hint.to_owned()));
    }
    Ok(ComponentRule { name, repository, versions: None })
}

fn scheme(at: &Cursor<'_>) -> Result<Scheme, ManifestError> {
    if !at.is_mapping() {
        return word(at, None);
    }
    let fields = at.fields(SCHEME)?;
    let pattern = fields.read("template", template)?;
    let given = pattern.is_some();
    let scheme = fields.must("a version scheme", "scheme", |at| word(at, pattern))?;
    match scheme {
        Scheme::Pattern(_) => Ok(scheme),
        _ if given => Err(at.unlike("a `template` with the scheme `pattern` alone").hinting("leave the template out".to_owned())),
        _ => Ok(scheme),
    }
}

fn word(at: &Cursor<'_>, template: Option<Template>) -> Result<Scheme, ManifestError> {
    let words: Vec<(&str, &str)> = SCHEMES.iter().map(|word| (*word, *word)).collect();
    match (at.choice(&words)?, template) {
        ("calver", _) => Ok(Scheme::Calver),
        ("recency", _) => Ok(Scheme::Recency),
        ("pattern", Some(template)) => Ok(Scheme::Pattern(template)),
        ("pattern", None) => Err(at
            .error("a template beside the scheme `pattern`", "none")
            .hinting("write `versions: {scheme: pattern, template: \"release-{n}\"}`".to_owned())),
        _ => Ok(Scheme::Semver),
    }
}

fn template(at: &Cursor<'_>) -> Result<Template, ManifestError> {
    let expected = "a template of versions such as \"release-{n}\"";
    Template::new(at.text(expected)?).map_err(|invalid| at.unlike(expected).hinting(invalid.to_string()))
}

fn misplaced(at: &Cursor<'_>, fault: Fault) -> ManifestError {
    at.error(fault.expected, fault.found).hinting(fault.hint)
}
