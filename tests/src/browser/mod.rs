//! A real Chromium, driven by WebDriver: what the tests of the web device and the portal look through.
//!
//! [`Browser`] is a chromedriver of its own, each [`Window`] a Chromium of its own with empty storage. Both end when they are dropped, and a
//! window that is dropped fails its test if the page complained: an error in the console, a script that threw, a breach
//! of the content security policy. What a test asks of a window either comes true or fails the test with what the window showed
//! instead; nothing sleeps, everything waits for what it wants to see.
//!
//! <https://www.w3.org/TR/webdriver2/>

mod accessibility;
mod acting;
mod command;
mod complaints;
mod driver;
mod looks;
mod passkeys;
mod seeing;
mod window;

pub use driver::Browser;
pub use fantoccini::key::Key;
pub use looks::Scheme;
pub use passkeys::Passkeys;
pub use window::Window;
