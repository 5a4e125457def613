//! Challenges made and answered per second through the local gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use countersign_domain::answer::Answer;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clients::{self, Backend};

/// People who answer side by side.
const PEOPLE: usize = 16;
const FOR: Duration = Duration::from_secs(10);

pub(crate) async fn through_the_gateway() {
    let bundle = clients::bundle(None, None).await;
    let backend = Backend::of(&bundle);
    let answered = Arc::new(AtomicUsize::new(0));
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let account = format!("person-{number}");
        people.push((backend.enrol(&account).await, account));
    }
    let mut answering = JoinSet::new();
    let began = Instant::now();
    for (device, account) in people {
        let (backend, answered) = (backend.clone(), Arc::clone(&answered));
        answering.spawn(async move {
            while began.elapsed() < FOR {
                backend.ask(&account).await;
                let challenge = device.challenges().await.expect("a list").remove(0);
                device.answer(&challenge, Answer::Option(0), None).await.expect("the answer counts");
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while let Some(person) = answering.join_next().await {
        person.expect("nobody panics");
    }
    let took = began.elapsed();
    bundle.stop().await;
    let rate = answered.load(Ordering::Relaxed) as f64 / took.as_secs_f64();
    println!(
        "\nChallenges asked, listed and answered through the local gateway, {PEOPLE} at once, clients and DynamoDB on the same cores"
    );
    println!("  {rate:.0} in a second");
}
