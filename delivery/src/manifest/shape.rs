//! The shape of a manifest, which its reader and its schema share: the keys of every mapping, and how many things there may be.

use promotion_ledger::meaning::event::scan::Scanner;
use promotion_ledger::meaning::rules::{Enforcement, OnIncomparable};

/// The keys of the section.
pub(super) const ARTIFACTS: &[&str] = &["registry", "promotion", "verification"];
/// The keys of `promotion`.
pub(super) const PROMOTION: &[&str] = &[
    "pipeline",
    "groups",
    "issuers",
    "components",
    "policies",
    "security_scan",
    "gate_commands",
    "gate_timeout_seconds",
    "environments",
    "on_incomparable",
];
/// The keys of an issuer of ID tokens.
pub(super) const ISSUER: &[&str] = &["issuer", "audience", "principal", "keys", "groups"];
/// The keys of a group that ID tokens give.
pub(super) const GROUP_GIVEN: &[&str] = &["group", "claims"];
/// The keys of `security_scan`.
pub(super) const SECURITY_SCAN: &[&str] = &["block_on_severity", "ignore_unfixed", "scanner_format"];
/// The keys of a gate's command that is more than a line.
pub(super) const COMMAND: &[&str] = &["command", "shell", "timeout_seconds", "variables", "warning_status"];
/// The keys of a component that is more than a repository.
pub(super) const COMPONENT: &[&str] = &["repository", "versions"];
/// The keys of a version scheme that is more than a word.
pub(super) const SCHEME: &[&str] = &["scheme", "template"];
/// The keys of an environment that is more than a name.
pub(super) const ENVIRONMENT: &[&str] =
    &["name", "gates", "gate_timeout_seconds", "authorization", "approvals", "soak", "versions", "signature", "freezes"];
/// The keys of a gate that is more than a name.
pub(super) const GATE: &[&str] = &["name", "advisory", "max_age"];
/// The keys of `verification`.
pub(super) const VERIFICATION: &[&str] = &["keys", "identities", "trust_root", "annotations"];
/// The keys of an identity.
pub(super) const IDENTITY: &[&str] = &["identity", "issuer"];
/// The keys of `authorization`.
pub(super) const AUTHORIZATION: &[&str] = &["allowed_groups", "allowed_operators", "separation_of_duties"];
/// The keys of `approvals`.
pub(super) const APPROVALS: &[&str] = &["count", "groups", "valid_for"];
/// The keys of a freeze between two dates.
pub(super) const DATES: &[&str] = &["name", "from", "until", "zone", "open"];
/// The keys of a freeze that comes back every week.
pub(super) const EVERY_WEEK: &[&str] = &["name", "weekly", "zone", "open"];
/// The keys of `weekly`.
pub(super) const WEEKLY: &[&str] = &["days", "from", "until"];
/// The keys of a freeze that comes back by a rule.
pub(super) const RECURRING: &[&str] = &["name", "rule", "start", "duration", "end", "zone", "open"];

/// Every mapping's keys, to tell somebody where a misplaced key belongs; of those that share a key, the first is named.
pub(super) const PLACES: &[(&str, &[&str])] = &[
    ("artifacts", ARTIFACTS),
    ("artifacts.promotion", PROMOTION),
    ("an item of artifacts.promotion.environments", ENVIRONMENT),
    ("`authorization` of an environment", AUTHORIZATION),
    ("`approvals` of an environment", APPROVALS),
    ("an item of `gates`", GATE),
    ("an item of `freezes`", DATES),
    ("an item of `freezes`", RECURRING),
    ("an item of `freezes`", EVERY_WEEK),
    ("`weekly` of a freeze", WEEKLY),
    ("a component", COMPONENT),
    ("an item of `gate_commands`", COMMAND),
    ("artifacts.promotion.security_scan", SECURITY_SCAN),
    ("an item of `issuers`", ISSUER),
    ("an item of `groups` of an issuer", GROUP_GIVEN),
    ("artifacts.verification", VERIFICATION),
    ("an item of `identities`", IDENTITY),
    ("`versions` of a component", SCHEME),
];

/// The most components.
pub(super) const MOST_COMPONENTS: usize = 512;
/// The most environments.
pub(super) const MOST_ENVIRONMENTS: usize = 64;
/// The most gates of an environment.
pub(super) const MOST_GATES: usize = 64;
/// The most groups that the rules describe, and that one list names.
pub(super) const MOST_GROUPS: usize = 256;
/// The most issuers of ID tokens.
pub(super) const MOST_ISSUERS: usize = 16;
/// The most claims that give a group.
pub(super) const MOST_CLAIMS: usize = 32;
/// The most principals of a list.
pub(super) const MOST_PRINCIPALS: usize = 1024;
/// The most approvals that a promotion can need.
pub(super) const MOST_APPROVALS: u32 = 100;
/// The most freezes of an environment.
pub(super) const MOST_FREEZES: usize = 32;
/// The most days that a freeze leaves open.
pub(super) const MOST_OPEN_DAYS: usize = 366;
/// The most days of a weekly freeze.
pub(super) const MOST_WEEKDAYS: usize = 7;

/// The most policies.
pub(super) const MOST_POLICIES: usize = 64;
/// The most commands of gates.
pub(super) const MOST_COMMANDS: usize = 256;
/// The most words of a command.
pub(super) const MOST_WORDS: usize = 256;
/// The most variables that a gate is given by name.
pub(super) const MOST_VARIABLES: usize = 64;
/// The most keys whose signatures count.
pub(super) const MOST_KEYS: usize = 64;
/// The most identities whose signatures count.
pub(super) const MOST_IDENTITIES: usize = 64;
/// The most annotations that a signature must carry.
pub(super) const MOST_ANNOTATIONS: usize = 64;

/// The words of `on_incomparable`.
pub(super) const ON_INCOMPARABLE: &[(&str, OnIncomparable)] = &[("warn", OnIncomparable::Warn), ("block", OnIncomparable::Block)];
/// The words of `scanner_format`.
pub(super) const SCANNERS: &[(&str, Scanner)] = &[("trivy", Scanner::Trivy), ("grype", Scanner::Grype)];
/// The words of `signature`.
pub(super) const SIGNATURE: &[(&str, Option<Enforcement>)] =
    &[("off", None), ("warn", Some(Enforcement::Warn)), ("enforce", Some(Enforcement::Enforce))];
/// The words of `versions` of a component; the pattern alone has a template.
pub(super) const SCHEMES: &[&str] = &["semver", "calver", "pattern", "recency"];
