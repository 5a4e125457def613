//! What an operation takes beside its calls of AWS, warm.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::Answer;
use countersign_tests::authenticator::key::KeyPair;
use reqwest::Method;
use serde_json::json;

use crate::clients::{self, Backend};
use crate::figures::{Figures, millis};
use crate::stopwatch::Stopwatch;

/// How many users go through everything.
const USERS: usize = 100;

#[derive(Default)]
struct Measured {
    own: Vec<Duration>,
    aws: Vec<Duration>,
    calls: u64,
}

/// One request at a time: time within the operation, less the time of its calls.
pub(crate) async fn per_operation() {
    let stopwatch = Stopwatch::new();
    let measured: Arc<Mutex<BTreeMap<&'static str, Measured>>> = Arc::default();
    let observer = {
        let (stopwatch, measured) = (stopwatch.clone(), Arc::clone(&measured));
        Arc::new(move |exchange: &countersign_local::gateway::Exchange<'_>| {
            let (aws, calls) = stopwatch.take();
            let mut measured = measured.lock().expect("nobody panics with it");
            let of_operation = measured.entry(exchange.operation.name).or_default();
            of_operation.own.push(exchange.took.saturating_sub(aws));
            of_operation.aws.push(aws);
            of_operation.calls = calls;
        })
    };
    let bundle = clients::bundle(Some(&stopwatch), Some(observer)).await;
    stopwatch.take();
    let backend = Backend::of(&bundle);
    for number in 0..USERS {
        let account = format!("user-{number}");
        let device = backend.enrol(&account).await;
        let guid = backend.ask(&account).await;
        let challenge = device.challenges().await.expect("a list").remove(0);
        device.challenge(challenge.guid).await.expect("the challenge");
        device.answer(&challenge, Answer::Option(0), None).await.expect("the answer counts");
        backend.call(Method::GET, &format!("/api/request/getRequest?requestGuid={guid}"), json!({})).await;
        let guid = backend.ask(&account).await;
        backend.call(Method::PATCH, "/api/request/cancel", json!({ "requestGuid": guid })).await;
        backend.call(Method::GET, &format!("/api/account/get?accountId={account}"), json!({})).await;
        device.status().await.expect("the status");
    }
    // Apps of the Authenticator API. They have one key: to make one takes longer than all else.
    let key = KeyPair::generate(&SystemRandom).expect("a key");
    for number in 0..USERS {
        let account = format!("app-user-{number}");
        let app = backend.connect(&account, key.clone()).await;
        backend.ask(&account).await;
        let authorization = app.list().await.expect("a list").remove(0);
        app.confirm(&authorization).await.expect("the answer counts");
    }
    bundle.stop().await;
    println!("\nOwn time per operation, warm, beside its calls of AWS (bar: 1 ms)");
    for (name, Measured { own, aws, calls }) in &*measured.lock().expect("nobody panics with it") {
        let (own, aws) = (Figures::of(own.clone()), Figures::of(aws.clone()));
        println!("  {name:<24} own {}   {calls} calls, p50 {}", own.line(), millis(aws.percentile(50)));
    }
}
