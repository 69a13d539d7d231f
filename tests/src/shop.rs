//! A shop that promotes: a workspace with a ledger, a manifest, and images in a real registry or in layout directories.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Promoledger, Run, Running, Workspace};
use crate::layout::Layout;
use crate::registry::Registry;
use crate::skopeo::Skopeo;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// The name of every shop's ledger.
pub const ORIGIN: &str = "acme.example/promotions";
/// Whom the first key stands for.
pub const OPS: &str = "ops@acme.example";
/// The path when the manifest names none, one step after the other.
pub const STEPS: [(&str, &str); 3] = [("none", "dev"), ("dev", "staging"), ("staging", "prod")];

/// The releases that a shop has images for.
const VERSIONS: [&str; 5] = ["v1.0.0", "v1.1.0", "v1.2.0", "v2.0.0-rc.1", "nightly"];

/// What a manifest says beside where images are kept.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The components; the first is the one that tests mean when they name none.
    pub components: &'static [&'static str],
    /// The rest of the section `promotion`, indented by four spaces.
    pub promotion: &'static str,
}

/// One component, the usual path, no gates.
pub const PLAIN: Rules = Rules { components: &["api"], promotion: "" };

/// Staging and prod are entered with gates.
pub const GATED: Rules = Rules {
    components: &["api"],
    promotion: "    environments:\n      - dev\n      - {name: staging, gates: [tests]}\n      - {name: prod, gates: [tests, security_scan]}\n",
};

/// Where a shop keeps its images.
#[derive(Debug)]
enum Images {
    /// OCI image layouts below `images/`.
    Layouts,
    /// A registry that is asked behind the program's back, at this address.
    Registry(String),
}

/// A workspace with a ledger, a manifest and images of every version.
#[derive(Debug)]
pub struct Shop {
    /// Where it works, and where those who work in it live.
    pub workspace: Workspace,
    images: Images,
    components: &'static [&'static str],
}

impl Shop {
    /// A shop that keeps its images in layout directories, its releases registered.
    pub fn in_layouts(rules: Rules) -> Self {
        let shop = Self::without_ledger(rules);
        shop.open(&[]);
        shop.register_all();
        shop
    }

    /// The same before `init`: images and a manifest.
    pub fn without_ledger(rules: Rules) -> Self {
        let shop = Self { workspace: Workspace::new(), images: Images::Layouts, components: rules.components };
        for component in rules.components {
            fill(&shop.workspace.path().join("images").join(component), component);
        }
        shop.write_manifest("oci-layout:images", rules);
        shop
    }

    /// A shop that keeps its images in a registry, its releases registered.
    pub fn in_registry(registry: &Registry, rules: Rules) -> Self {
        Self::behind(&registry.host(), registry, rules)
    }

    /// The same with the program speaking to the registry through a proxy at `host`.
    pub fn behind(host: &str, registry: &Registry, rules: Rules) -> Self {
        let shop = Self { workspace: Workspace::new(), images: Images::Registry(registry.host()), components: rules.components };
        for component in rules.components {
            let source = shop.workspace.path().join("source").join(component);
            fill(&source, component);
            for version in VERSIONS {
                registry.skopeo().push_layout(&source, version, component, version);
            }
        }
        shop.write_manifest(&format!("http://{host}"), rules);
        shop.open(&[]);
        shop.register_all();
        shop
    }

    fn write_manifest(&self, registry: &str, rules: Rules) {
        let components: String = rules.components.iter().map(|name| format!("      {name}: {name}\n")).collect();
        let head = format!("artifacts:\n  registry: {registry}\n  promotion:\n    pipeline: shop\n    components:\n{components}");
        self.workspace.write("manifest.yaml", head + rules.promotion);
    }

    /// Makes the ledger, with further arguments to `init`.
    pub fn open(&self, further: &[&str]) -> Run {
        self.run(&[&["init", "--origin", ORIGIN], further].concat()).expect_code(0)
    }

    /// Registers every version of every component.
    pub fn register_all(&self) {
        for component in self.components {
            for version in VERSIONS {
                self.register(component, version).expect_code(0);
            }
        }
    }

    /// Registers one version of a component.
    pub fn register(&self, component: &str, version: &str) -> Run {
        self.run(&["register", version, "--component", component, "--ref", &digest(component, version)])
    }

    /// The program, as the first admin runs it.
    pub fn admin(&self) -> Promoledger {
        self.workspace.promoledger()
    }

    /// Runs it as the first admin.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.admin().run(arguments)
    }

    /// Runs it with JSON as its output and gives that; it must end well.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--output", "json"]].concat()).expect_code(0).json()
    }

    /// Runs it with JSON as its output; it must be refused with that code. Gives `error`.
    #[track_caller]
    pub fn refused(&self, code: i32, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--output", "json"]].concat()).expect_code(code).json()["error"].clone()
    }

    /// Promotes a version of the first component one step.
    pub fn promote(&self, version: &str, from: &str, to: &str) -> Run {
        self.run(&self.promotion(version, from, to))
    }

    /// The arguments that promote a version of the first component one step.
    pub fn promotion<'a>(&self, version: &'a str, from: &'a str, to: &'a str) -> [&'a str; 8] {
        ["promote", version, "--component", self.components[0], "--from", from, "--to", to]
    }

    /// Starts the promotion of a version of the first component.
    pub fn start_promotion(&self, version: &str, from: &str, to: &str) -> Running {
        self.admin().spawn(&self.promotion(version, from, to))
    }

    /// Promotes a version of the first component along the usual path up to an environment.
    #[track_caller]
    pub fn promote_up_to(&self, version: &str, last: &str) {
        for (from, to) in STEPS {
            self.promote(version, from, to).expect_code(0);
            if to == last {
                return;
            }
        }
        panic!("{last} is not on the usual path");
    }

    /// Records that a gate ended for a version of the first component.
    #[track_caller]
    pub fn record_gate(&self, gate: &str, version: &str, environment: &str, status: &str) {
        let digest = digest(self.components[0], version);
        self.run(&["record", "gate", gate, "--digest", &digest, "--env", environment, "--status", status]).expect_code(0);
    }

    /// The tags of the first component's repository and where they point, seen with other eyes than the program's.
    /// The tags that the images came with are left out.
    pub fn tags(&self) -> BTreeMap<String, String> {
        self.tags_of(self.components[0])
    }

    /// The same for any component.
    pub fn tags_of(&self, component: &str) -> BTreeMap<String, String> {
        let mut tags = match &self.images {
            Images::Layouts => layout_tags(&self.layout(component)),
            Images::Registry(host) => {
                let skopeo = Skopeo::at(host);
                let tags = skopeo.list_tags(component);
                tags.into_iter().map(|tag| (tag.clone(), skopeo.digest(component, &tag))).collect()
            }
        };
        tags.retain(|tag, _| !VERSIONS.contains(&tag.as_str()));
        tags
    }

    /// Where one tag of the first component's repository points, if it is there.
    pub fn tag(&self, tag: &str) -> Option<String> {
        let component = self.components[0];
        match &self.images {
            Images::Layouts => layout_tags(&self.layout(component)).remove(tag),
            Images::Registry(host) => Skopeo::at(host).find_digest(component, tag),
        }
    }

    /// Where the layout of a component lies.
    pub fn layout(&self, component: &str) -> PathBuf {
        self.workspace.path().join("images").join(component)
    }

    /// The ledger's file.
    pub fn ledger(&self) -> PathBuf {
        self.workspace.path().join(".promoledger/ledger.db")
    }

    /// The log as it is stored.
    pub fn entries(&self) -> Vec<Entry> {
        entries(&self.ledger())
    }

    /// The bytes of the body of that digest, kept beside the log.
    #[track_caller]
    pub fn body(&self, digest: &str) -> Vec<u8> {
        let connection = Connection::open_with_flags(self.ledger(), OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the ledger can be opened");
        let found = connection.query_row("SELECT bytes FROM body WHERE lower(hex(digest)) = ?", [digest], |row| row.get(0));
        found.unwrap_or_else(|error| panic!("there is no body {digest}: {error}"))
    }

    /// The types of the entries from `first` on.
    pub fn types_from(&self, first: usize) -> Vec<String> {
        self.entries().iter().skip(first).map(|entry| entry.text("type")).collect()
    }

    /// The newest entry of that type.
    #[track_caller]
    pub fn newest(&self, event_type: &str) -> Entry {
        let found = self.entries().into_iter().rev().find(|entry| entry.text("type") == event_type);
        found.unwrap_or_else(|| panic!("the ledger holds no {event_type}"))
    }

    /// What is where, without what differs from run to run: `environment/component` and the release there.
    pub fn whereabouts(&self) -> BTreeMap<String, String> {
        let status = self.json(&["status"]);
        let rows = status["environments"].as_array().unwrap_or_else(|| panic!("status lists no environments: {status}"));
        let text = |row: &Value, field: &str| row[field].as_str().unwrap_or("nothing").to_owned();
        rows.iter()
            .map(|row| {
                let place = format!("{}/{}", text(row, "environment"), text(row, "component"));
                (place, format!("{} {}", text(row, "version"), text(row, "artifact_digest")))
            })
            .collect()
    }

    /// The auditor's word: the whole ledger is in order, and the projections follow from it.
    #[track_caller]
    pub fn expect_sound(&self) {
        self.run(&["verify"]).expect_code(0);
        self.run(&["replay", "--check"]).expect_code(0);
    }

    /// A shop once more whose images are in a registry: they are in the one at `address` from now on (`HOST/PATH`), which
    /// its pipeline is told, and is asked behind the program's back at `seen_at`.
    pub fn copy_at(&self, address: &str, seen_at: &str) -> Self {
        let workspace = self.copy_workspace();
        let manifest = fs::read_to_string(workspace.path().join("manifest.yaml")).expect("a shop has a manifest");
        let moved = manifest.lines().map(|line| match line.split_once("registry: ") {
            Some((indent, _)) => format!("{indent}registry: http://{address}\n"),
            None => format!("{line}\n"),
        });
        workspace.write("manifest.yaml", moved.collect::<String>());
        let shop = Self { workspace, images: Images::Registry(seen_at.to_owned()), components: self.components };
        shop.run(&["manifest", "adopt"]).expect_code(0);
        shop
    }

    /// The same shop once more: ledger, keys, caches and layouts copied as they stand.
    pub fn copy(&self) -> Self {
        let workspace = self.copy_workspace();
        let images = match &self.images {
            Images::Layouts => Images::Layouts,
            Images::Registry(_) => panic!("a registry is not copied with the shop"),
        };
        Self { workspace, images, components: self.components }
    }

    fn copy_workspace(&self) -> Workspace {
        let workspace = Workspace::new();
        let whole = |workspace: &Workspace| workspace.path().parent().expect("the working folder lies in the workspace").to_owned();
        copy_folder(&whole(&self.workspace), &whole(&workspace));
        workspace
    }

    /// A folder of the first admin's home.
    pub fn home(&self, folder: &str) -> PathBuf {
        self.workspace.path().parent().expect("the working folder lies in the workspace").join("homes/user").join(folder)
    }

    /// The file of the first admin's key.
    pub fn key_file(&self) -> PathBuf {
        self.home(".config/promoledger/keys/acme.example-ops")
    }
}

/// One stored entry: its text, taken apart by nobody but this test.
#[derive(Debug, Clone)]
pub struct Entry(
    /// The line of JSON.
    pub Value,
);

impl Entry {
    /// A field of the entry as text; empty where it is none.
    pub fn text(&self, field: &str) -> String {
        self.0[field].as_str().unwrap_or_default().to_owned()
    }

    /// The event's data.
    pub fn data(&self) -> &Value {
        &self.0["data"]
    }
}

/// Every entry of a ledger file, in order.
pub fn entries(ledger: &Path) -> Vec<Entry> {
    let parse = |note: &[u8]| {
        let line = note.split(|byte| *byte == b'\n').next().unwrap_or_default();
        Entry(serde_json::from_slice(line).expect("an entry's first line is JSON"))
    };
    notes(ledger).iter().map(|note| parse(note)).collect()
}

/// Every entry of a ledger file as its bytes, in order.
pub fn notes(ledger: &Path) -> Vec<Vec<u8>> {
    let connection = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the ledger can be opened");
    let mut rows = connection.prepare("SELECT note FROM entry ORDER BY sequence").expect("the ledger has entries");
    let notes = rows.query_map([], |row| row.get(0)).expect("entries can be read");
    notes.collect::<Result<_, _>>().expect("entries are bytes")
}

/// The digest of a version's image.
pub fn digest(component: &str, version: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    Layout::create(folder.path()).add_image(&format!("{component} {version}"))
}

/// A layout of every version's image, each tagged with its version.
fn fill(folder: &Path, component: &str) {
    let mut layout = Layout::create(folder);
    for version in VERSIONS {
        let digest = layout.add_image(&format!("{component} {version}"));
        layout.tag(&digest, version);
    }
}

fn layout_tags(folder: &Path) -> BTreeMap<String, String> {
    let index = fs::read(folder.join("index.json")).expect("a layout has an index");
    let index: Value = serde_json::from_slice(&index).expect("a layout's index is JSON");
    let manifests = index["manifests"].as_array().expect("a layout's index lists manifests");
    let tag = |entry: &Value| {
        Some((entry["annotations"]["org.opencontainers.image.ref.name"].as_str()?.to_owned(), entry["digest"].as_str()?.to_owned()))
    };
    manifests.iter().filter_map(tag).collect()
}

/// Copies what a folder holds into another one, which is made if it is not there.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    let status = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().expect("cp can be run");
    assert!(status.success(), "{} cannot be copied", from.display());
}
