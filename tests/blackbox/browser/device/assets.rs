//! What serves the page: headers, kept copies, unknown names.

use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH};
use reqwest::{Client, Response};

use crate::world::World;

async fn get(world: &World, path: &str, known: Option<&str>) -> Response {
    let mut request = Client::builder().no_proxy().build().unwrap().get(format!("{}{path}", world.base_url));
    if let Some(etag) = known {
        request = request.header(IF_NONE_MATCH, etag);
    }
    request.send().await.unwrap()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).unwrap_or_else(|| panic!("{name}")).to_str().unwrap()
}

/// Adresses of what a page or a style names in its own folder.
fn named(page: &str) -> Vec<String> {
    let marks = ["src=\"", "href=\""];
    let after = |mark| page.split(mark).skip(1).filter_map(|rest: &str| rest.split('"').next());
    marks.into_iter().flat_map(after).filter(|name| !name.contains(':')).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_headers_that_guard_the_pages() {
    let world = World::at_localhost().await;
    for page in ["/web/device", "/web/portal"] {
        let answer = get(&world, page, None).await;
        assert!(text(answer.headers(), "content-type").starts_with("text/html"), "{page}");
        let body = answer.text().await.unwrap();
        let named = named(&body);
        assert!(named.iter().any(|name| name.ends_with(".js")), "{page} names a script: {named:?}");
        for path in named
            .iter()
            .map(|name| format!("/web/{}", name.trim_start_matches("/web/").trim_start_matches("./")))
            .chain([page.to_owned()])
        {
            let answer = get(&world, &path, None).await;
            assert_eq!(answer.status(), 200, "{path}");
            let headers = answer.headers();
            let policy = text(headers, "content-security-policy");
            for part in [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
                "form-action 'none'",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
            assert_eq!(text(headers, "x-content-type-options"), "nosniff", "{path}");
            assert_eq!(text(headers, "referrer-policy"), "no-referrer", "{path}");
            assert_eq!(text(headers, "cross-origin-opener-policy"), "same-origin", "{path}");
            assert!(text(headers, "strict-transport-security").starts_with("max-age="), "{path}");
            assert!(headers.contains_key("permissions-policy"), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_browser_has_is_not_sent_again() {
    let world = World::at_localhost().await;
    let first = get(&world, "/web/device", None).await;
    assert_eq!(text(first.headers(), CACHE_CONTROL.as_str()), "no-cache");
    let etag = text(first.headers(), ETAG.as_str()).to_owned();
    let again = get(&world, "/web/device", Some(&etag)).await;
    assert_eq!((again.status().as_u16(), text(again.headers(), ETAG.as_str())), (304, etag.as_str()));
    assert!(again.headers().contains_key("content-security-policy"));
    assert_eq!(again.text().await.unwrap(), "");
    let other = get(&world, "/web/device", Some("\"of-yesterday\"")).await;
    assert_eq!(other.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found() {
    let world = World::at_localhost().await;
    for path in ["/web/none.js", "/web/..%2Fmain.rs", "/web/Device", "/web/%00"] {
        let answer = get(&world, path, None).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(text(answer.headers(), CONTENT_TYPE.as_str()).starts_with("application/json"), "{path}");
    }
}
