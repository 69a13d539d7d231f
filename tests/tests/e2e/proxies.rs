//! Proxies that the environment names: registries are reached through them, reads and writes alike.

use promoledger_tests::proxy::Proxy;
use promoledger_tests::registry::Registry;

use crate::shop::{PLAIN, Shop};

#[test]
fn registries_are_reached_through_the_proxy_that_the_environment_names() {
    let registry = Registry::start();
    let proxy = Proxy::before(&registry.host());
    let shop = Shop::in_registry(&registry, PLAIN);
    let through = shop.admin().env("HTTP_PROXY", format!("http://{}", proxy.host()));
    through.run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    assert_eq!((proxy.count("GET", "/manifests/sha256:"), proxy.count("PUT", "/manifests/")), (3, 2), "{:?}", proxy.requests());

    let all = proxy.requests().len();
    through.env("NO_PROXY", "127.0.0.1").run(&shop.promotion("v1.1.0", "none", "dev")).expect_code(0);
    assert_eq!(proxy.requests().len(), all, "a registry that is exempt is reached directly");
    assert!(shop.tag("v1.0.0-dev").is_some() && shop.tag("v1.1.0-dev").is_some());
}
