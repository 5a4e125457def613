use aws_sdk_secretsmanager::primitives::Blob;
use countersign_domain::time::Span;
use countersign_standins::Service;

use crate::harness::{START, World, refused};

const FIRST: &str = "11111111-1111-4111-8111-111111111111";
const SECOND: &str = "22222222-2222-4222-8222-222222222222";
const THIRD: &str = "33333333-3333-4333-8333-333333333333";

async fn value(client: &aws_sdk_secretsmanager::Client, stage: &str) -> (String, String) {
    let got = client.get_secret_value().secret_id("s").version_stage(stage).send().await.unwrap();
    (got.version_id.unwrap(), got.secret_string.unwrap())
}

#[tokio::test]
async fn a_secret_is_made_read_and_replaced() {
    let world = World::in_memory().await;
    let client = world.secrets();
    let made = client
        .create_secret()
        .name("s")
        .secret_string("one")
        .client_request_token(FIRST)
        .send()
        .await
        .unwrap();
    assert_eq!(made.version_id(), Some(FIRST));
    let arn = made.arn().unwrap();
    assert!(arn.starts_with("arn:aws:secretsmanager:eu-central-1:000000000000:secret:s-"), "{arn}");

    world.clock.advance(Span::minutes(1));
    client
        .put_secret_value()
        .secret_id(arn)
        .secret_string("two")
        .client_request_token(SECOND)
        .send()
        .await
        .unwrap();
    assert_eq!(value(&client, "AWSCURRENT").await, (SECOND.to_owned(), "two".to_owned()));
    assert_eq!(value(&client, "AWSPREVIOUS").await, (FIRST.to_owned(), "one".to_owned()));
    client
        .update_secret()
        .secret_id("s")
        .secret_string("three")
        .client_request_token(THIRD)
        .send()
        .await
        .unwrap();
    assert_eq!(value(&client, "AWSCURRENT").await, (THIRD.to_owned(), "three".to_owned()));
    assert_eq!(value(&client, "AWSPREVIOUS").await, (SECOND.to_owned(), "two".to_owned()));

    let described = client.describe_secret().secret_id("s").send().await.unwrap();
    // The first version has lost its last label.
    let labelled = described.version_ids_to_stages().unwrap();
    assert_eq!(
        (labelled.len(), &*labelled[THIRD][0], &*labelled[SECOND][0]),
        (2, "AWSCURRENT", "AWSPREVIOUS")
    );
    assert_eq!(described.created_date().unwrap().secs(), START.secs());
    assert_eq!(described.last_changed_date().unwrap().secs(), START.secs() + 60);
    assert_eq!(world.standins.calls().count_of(Service::SecretsManager), 8);
}

#[tokio::test]
async fn a_version_is_written_once() {
    let world = World::in_memory().await;
    let client = world.secrets();
    client.create_secret().name("s").secret_string("one").client_request_token(FIRST).send().await.unwrap();
    let again = || client.create_secret().name("s").client_request_token(FIRST);
    assert_eq!(again().secret_string("one").send().await.unwrap().version_id(), Some(FIRST));
    assert_eq!(refused!(again().secret_string("other")).0, "ResourceExistsException");

    let put = |token: &str, text: &str| {
        client.put_secret_value().secret_id("s").client_request_token(token).secret_string(text)
    };
    put(SECOND, "two").send().await.unwrap();
    assert_eq!(put(FIRST, "one").send().await.unwrap().version_stages(), ["AWSPREVIOUS"]);
    assert_eq!(value(&client, "AWSCURRENT").await.1, "two");
    assert_eq!(refused!(put(FIRST, "other")).0, "ResourceExistsException");
    assert_eq!(refused!(put("short", "x")).0, "InvalidParameterException");
    let nothing = client.put_secret_value().secret_id("s");
    assert_eq!(refused!(nothing).0, "InvalidRequestException");
}

#[tokio::test]
async fn bytes_are_kept_as_bytes() {
    let world = World::in_memory().await;
    let client = world.secrets();
    let get = || client.get_secret_value().secret_id("b").send();
    client.create_secret().name("b").secret_binary(Blob::new([0, 255, 1])).send().await.unwrap();
    assert_eq!(get().await.unwrap().secret_binary.unwrap().into_inner(), [0, 255, 1]);
    client.put_secret_value().secret_id("b").secret_binary(Blob::new([7])).send().await.unwrap();
    assert_eq!(get().await.unwrap().secret_binary.unwrap().into_inner(), [7]);
    client.update_secret().secret_id("b").secret_binary(Blob::new([8])).send().await.unwrap();
    assert_eq!(get().await.unwrap().secret_binary.unwrap().into_inner(), [8]);
    let both = client.create_secret().name("c").secret_string("a").secret_binary(Blob::new([1]));
    assert_eq!(refused!(both).0, "InvalidParameterException");
}

/// The four steps of a rotation function, as AWS's own templates take them.
#[tokio::test]
async fn a_rotation_goes_from_pending_to_current() {
    let world = World::in_memory().await;
    let client = world.secrets();
    client.create_secret().name("s").secret_string("one").client_request_token(FIRST).send().await.unwrap();
    let rotate = || client.rotate_secret().secret_id("s").client_request_token(SECOND);
    assert_eq!(refused!(rotate()).0, "InvalidRequestException");
    rotate().rotation_lambda_arn("arn:aws:lambda:eu-central-1:000000000000:function:f").send().await.unwrap();

    let described = client.describe_secret().secret_id("s").send().await.unwrap();
    assert_eq!(described.rotation_enabled(), Some(true));
    assert_eq!(described.version_ids_to_stages().unwrap()[SECOND], ["AWSPENDING"]);
    assert_eq!(value(&client, "AWSCURRENT").await.1, "one");
    let pending = client.get_secret_value().secret_id("s").version_id(SECOND).version_stage("AWSPENDING");
    assert_eq!(refused!(pending).0, "ResourceNotFoundException");

    let put = || {
        let put = client.put_secret_value().secret_id("s").client_request_token(SECOND);
        put.secret_string("two").version_stages("AWSPENDING")
    };
    put().send().await.unwrap();
    put().send().await.unwrap();
    assert_eq!(value(&client, "AWSPENDING").await, (SECOND.to_owned(), "two".to_owned()));
    assert_eq!(value(&client, "AWSCURRENT").await.1, "one");

    let finish = || {
        let finish = client.update_secret_version_stage().secret_id("s").version_stage("AWSCURRENT");
        finish.move_to_version_id(SECOND)
    };
    assert_eq!(refused!(finish()).0, "InvalidParameterException");
    finish().remove_from_version_id(FIRST).send().await.unwrap();
    assert_eq!(value(&client, "AWSCURRENT").await.1, "two");
    assert_eq!(value(&client, "AWSPREVIOUS").await.1, "one");
    // What AWS's templates do when the step comes twice.
    finish().remove_from_version_id(SECOND).send().await.unwrap();
    assert_eq!(value(&client, "AWSCURRENT").await.1, "two");
}

#[tokio::test]
async fn a_label_is_on_one_version() {
    let world = World::in_memory().await;
    let client = world.secrets();
    client.create_secret().name("s").secret_string("one").client_request_token(FIRST).send().await.unwrap();
    let put = client.put_secret_value().secret_id("s").client_request_token(SECOND).secret_string("two");
    put.version_stages("mine").send().await.unwrap();
    let move_label = || client.update_secret_version_stage().secret_id("s").version_stage("mine");
    assert_eq!(refused!(move_label().move_to_version_id(FIRST)).0, "InvalidParameterException");
    let wrong = move_label().move_to_version_id(FIRST).remove_from_version_id(FIRST);
    assert_eq!(refused!(wrong).0, "InvalidParameterException");
    move_label().move_to_version_id(FIRST).remove_from_version_id(SECOND).send().await.unwrap();
    assert_eq!(value(&client, "mine").await.1, "one");
    let remove_current = client.update_secret_version_stage().secret_id("s").version_stage("AWSCURRENT");
    assert_eq!(refused!(remove_current.remove_from_version_id(FIRST)).0, "InvalidParameterException");
}

#[tokio::test]
async fn a_deleted_secret_can_be_restored_until_its_day() {
    let world = World::in_memory().await;
    let client = world.secrets();
    client.create_secret().name("s").secret_string("one").send().await.unwrap();
    let deleted = client.delete_secret().secret_id("s").recovery_window_in_days(7).send().await.unwrap();
    assert_eq!(deleted.deletion_date().unwrap().secs(), (START + Span::days(7)).secs());
    assert_eq!(refused!(client.get_secret_value().secret_id("s")).0, "InvalidRequestException");
    assert_eq!(refused!(client.create_secret().name("s").secret_string("x")).0, "InvalidRequestException");
    client.restore_secret().secret_id("s").send().await.unwrap();
    assert_eq!(value(&client, "AWSCURRENT").await.1, "one");
    assert_eq!(refused!(client.get_secret_value().secret_id("t")).0, "ResourceNotFoundException");
    assert_eq!(
        refused!(client.get_secret_value().secret_id("s").version_stage("x")).0,
        "ResourceNotFoundException"
    );
}
