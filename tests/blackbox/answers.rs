//! What a device may answer, and what becomes of it.

mod codes;
mod evidence;
mod outcomes;
mod signatures;

use countersign_domain::answer::Answer;
use countersign_domain::time::Clock;
use countersign_tests::device::Device;
use countersign_tests::device::challenges::{AnswerClaims, Answered, Challenge};
use countersign_tests::device::error::CallError;
use countersign_tests::device::keys::KeyRole;
use serde::Serialize;
use serde_json::{Value, json};

use crate::world::World;

/// A question to Ann, who has a device.
struct Question {
    world: World,
    device: Device,
    /// As the Request Origin got it.
    request: Value,
    /// As the device got it.
    challenge: Challenge,
}

impl Question {
    /// The default one: Approve with the strong key, Reject with either.
    async fn new() -> Self {
        Self::with(json!({})).await
    }

    /// With more of a body.
    async fn with(more: Value) -> Self {
        let world = World::new().await;
        let device = world.enrol("ann").await;
        let request = world.ask_with("ann", more).await;
        let challenge = device.challenges().await.unwrap().remove(0);
        Self { world, device, request, challenge }
    }

    /// With the matching code.
    async fn with_code() -> Self {
        Self::with(json!({ "showCode": true })).await
    }

    /// What a well-behaved device would sign.
    fn claims(&self, answer: Answer) -> AnswerClaims {
        self.challenge.claims(answer, None, self.world.clock.now()).unwrap()
    }

    fn sign(&self, role: KeyRole, claims: &impl Serialize) -> String {
        self.device.sign_answer(role, claims).unwrap()
    }

    /// Sends this very JWS.
    async fn send(&self, jws: &str) -> Result<Answered, CallError> {
        self.device.send_answer(self.challenge.guid, jws).await
    }

    /// Signs these claims and sends them.
    async fn say(&self, role: KeyRole, claims: &impl Serialize) -> Result<Answered, CallError> {
        self.send(&self.sign(role, claims)).await
    }

    /// Answers as a well-behaved device does.
    async fn answer(&self, answer: Answer) -> Result<Answered, CallError> {
        self.device.answer(&self.challenge, answer, None).await
    }

    /// Approves with this code.
    async fn approve_with(&self, code: &str) -> Result<Answered, CallError> {
        self.device.answer(&self.challenge, Answer::Option(0), Some(code)).await
    }

    /// As the Request Origin sees it now.
    async fn outcome(&self) -> Value {
        self.world.request(&self.request["guid"]).await
    }

    /// The one word of it that matters most.
    async fn status(&self) -> String {
        self.outcome().await["status"].as_str().unwrap().to_owned()
    }
}
