//! Several components, and several pipelines, in one ledger.

use promoledger_tests::registry::Registry;

use crate::shop::{PLAIN, Rules, Shop, digest};

// proves: FR-001
#[test]
fn components_version_and_move_on_their_own() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, Rules { components: &["api", "web"], promotion: "" });
    let unnamed = shop.refused(2, &["promote", "v1.0.0", "--from", "none", "--to", "dev"]);
    assert!(unnamed["message"].as_str().is_some_and(|message| message.contains("api, web")), "{unnamed}");
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    shop.json(&["promote", "v1.0.0", "--component", "web", "--from", "none", "--to", "dev"]);
    assert_eq!(shop.tags_of("api")["latest-dev"], digest("api", "v1.1.0"));
    assert_eq!(shop.tags_of("web")["latest-dev"], digest("web", "v1.0.0"));
    let whereabouts = shop.whereabouts();
    assert_eq!(whereabouts["dev/api"], format!("v1.1.0 {}", digest("api", "v1.1.0")));
    assert_eq!(whereabouts["dev/web"], format!("v1.0.0 {}", digest("web", "v1.0.0")));
    shop.refused(3, &["promote", "v1.0.0", "--component", "nobody", "--from", "none", "--to", "dev"]);
    shop.expect_sound();
}

// proves: FR-001a
#[test]
fn pipelines_have_paths_and_locks_of_their_own() {
    let shop = Shop::in_layouts(PLAIN);
    let second = "artifacts:\n  registry: oci-layout:others\n  promotion:\n    pipeline: tools\n    components: {cli: cli}\n    environments: [beta, stable]\n";
    shop.workspace.write("tools.yaml", second);
    crate::shop::copy_folder(&shop.layout("api"), &shop.workspace.path().join("others/cli"));
    shop.run(&["manifest", "adopt", "tools.yaml"]).expect_code(0);

    shop.refused(2, &["lock", "--env", "dev", "--reason", "which one?"]);
    let tools = |arguments: &[&str]| shop.run(&[arguments, &["--pipeline", "tools"]].concat());
    tools(&["register", "v1.0.0", "--ref", &digest("api", "v1.0.0")]).expect_code(0);
    shop.run(&["lock", "--env", "dev", "--reason", "closed", "--pipeline", "shop"]).expect_code(0);
    tools(&["promote", "v1.0.0", "--from", "none", "--to", "dev"]).expect_code(9);
    tools(&["promote", "v1.0.0", "--from", "none", "--to", "beta"]).expect_code(0);
    shop.run(&["promote", "v1.0.0", "--from", "none", "--to", "dev", "--pipeline", "shop"]).expect_code(13);
    assert_eq!(shop.newest("promotion.completed").data()["promotion"]["pipeline"], "tools");
    shop.expect_sound();
}
