//! Running what is asynchronous, on the target's one thread.

use std::cell::RefCell;

use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: RefCell<Runtime> = RefCell::new(
        Builder::new_current_thread().enable_all().build().expect("a runtime of one thread can be had"),
    );
}

/// Runs `future` to its end. The runtime stays, and with it the connections that it has open.
pub fn wait<F: Future>(future: F) -> F::Output {
    RUNTIME.with_borrow_mut(|runtime| runtime.block_on(future))
}
