//! The status page for browsers: everything that `status` says, and nothing that anybody wrote is obeyed.

use crate::shop::{PLAIN, Shop};

// proves: REQ a status page
#[test]
fn the_page_says_what_is_where_and_obeys_nobody() {
    let shop = Shop::in_layouts(PLAIN);
    shop.promote_up_to("v1.0.0", "staging");
    let reason = "<script>alert('x')</script> & \"quoted\" \u{202e}turned\u{1b}[2J";
    shop.run(&["lock", "--env", "prod", "--reason", reason]).expect_code(0);
    shop.run(&[&shop.promotion("v1.0.0", "staging", "prod")[..], &["--break-glass", "<b>no time</b>"]].concat()).expect_code(0);
    let page = shop.run(&["status", "--html"]).expect_code(0).stdout;
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"), "{page}");
    for said in ["shop: dev → staging → prod", "v1.0.0", "Guards overridden, not reviewed", "&lt;b&gt;no time&lt;/b&gt;", "Locked"] {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert!(page.contains("&lt;script&gt;alert('x')&lt;/script&gt; &amp; "), "{page}");
    for obeyed in ["<script", "<b>", "\u{202e}", "\u{1b}", "src=", "href=", "url("] {
        assert!(!page.contains(obeyed), "{obeyed:?} in {page}");
    }
    assert!(page.contains("default-src 'none'"), "a browser is told to load nothing");
    let then = shop.run(&["status", "--html", "--at", "seq:10"]).expect_code(0).stdout;
    assert!(!then.contains("Locked") && then.contains("as it stood at"), "{then}");
}
