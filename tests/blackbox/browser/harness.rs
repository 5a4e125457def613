//! That the harness sees what it is to see.

use countersign_tests::browser::{Browser, Key, Scheme};

/// A page of its own, without a server: `body` and a script.
fn page(body: &str) -> String {
    format!(
        "data:text/html,<!doctype html><html lang='en'><title>t</title><main><h1>h</h1>{body}</main></html>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_read_clicked_and_typed_into() {
    let browser = Browser::start().await;
    let window = browser.window().await;
    let late = "<input id='name' aria-label='name'><button id='b' disabled onclick='setTimeout(() => {
        document.querySelector(`p`).textContent = `hello ` + document.querySelector(`input`).value }, 50)'>b</button><p></p>
        <script>setTimeout(() => { document.querySelector(`button`).disabled = false }, 200)</script>";
    window.open(&page(late)).await;
    window.fill("#name", "ann").await;
    window.click("#b").await;
    window.see_text("p", "hello ann").await;
    assert_eq!((window.text("p").await, window.value("#name").await), ("hello ann".into(), "ann".into()));
    assert_eq!((window.count("button").await, window.shows("#none").await), (1, false));
    window.fill("#name", "bob").await;
    window.tab_to("#b").await;
    window.press(&Key::Enter.to_string()).await;
    window.see_text("p", "hello bob").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_complains_of_is_told_once() {
    let browser = Browser::start().await;
    let window = browser.window().await;
    let breach =
        "<meta http-equiv='Content-Security-Policy' content=\"script-src 'unsafe-inline'; img-src 'none'\">
        <img alt='' src='http://elsewhere.example/x.png'><script>console.error('told'); thrown()</script>";
    window.open(&page(breach)).await;
    let found = window.complaints().join("\n");
    for part in ["console-api", "told", "javascript", "thrown is not defined", "security", "img-src"] {
        assert!(found.contains(part), "{part}: {found}");
    }
    assert!(window.complaints().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_as_narrow_dark_and_late_as_it_is_told() {
    let browser = Browser::start().await;
    let window = browser.window().await;
    window.size(320, 640).await;
    window.scheme(Scheme::Dark).await;
    window.shift_clock(-86_400_000 * 3650).await;
    window.open(&page("<p style='width:300px'>x</p>")).await;
    let seen = "return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches, new Date().getFullYear() < 2020,
        Date.now() < Date.UTC(2020), new Date(0).getTime(), new Date() instanceof Date];";
    assert_eq!(window.run(seen, vec![]).await, serde_json::json!([320, true, true, true, 0, true]));
    assert!(!window.is_too_wide().await);
    window.open(&page("<p style='width:400px'>x</p>")).await;
    assert!(window.is_too_wide().await);
    assert!(window.screenshot().await.starts_with(b"\x89PNG"));
}

#[tokio::test(flavor = "multi_thread")]
async fn barriers_are_found() {
    let browser = Browser::start().await;
    let window = browser.window().await;
    window.open(&page("<p>x</p>")).await;
    window.is_accessible().await;
    window.open(&page("<p style='color:%23eee'>pale</p><button></button>")).await;
    let found = window.barriers().await.join("\n");
    assert!(found.contains("color-contrast") && found.contains("button-name"), "{found}");
}
