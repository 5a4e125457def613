use aws_sdk_sns::Client;
use aws_sdk_sns::types::MessageAttributeValue;
use countersign_domain::time::Span;
use countersign_standins::{Recipient, Service};

use crate::harness::{START, World, refused};

pub(crate) async fn make_application(client: &Client, platform: &str) -> String {
    let call = client.create_platform_application().name("app").platform(platform);
    let made = call.attributes("PlatformCredential", "{}").send().await.unwrap();
    made.platform_application_arn.unwrap()
}

pub(crate) async fn make_endpoint(client: &Client, application: &str, token: &str) -> String {
    let call = client.create_platform_endpoint().platform_application_arn(application).token(token);
    call.send().await.unwrap().endpoint_arn.unwrap()
}

fn number(value: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder().data_type("Number").string_value(value).build().unwrap()
}

fn code(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

#[tokio::test]
async fn an_application_is_made_described_and_deleted() {
    let world = World::in_memory().await;
    let client = world.sns();
    let arn = make_application(&client, "GCM").await;
    assert_eq!(arn, "arn:aws:sns:eu-central-1:000000000000:app/GCM/app");
    assert_eq!(make_application(&client, "GCM").await, arn);

    let set = client.set_platform_application_attributes().platform_application_arn(&arn);
    set.attributes("EventEndpointUpdated", "arn:x")
        .attributes("PlatformCredential", "new")
        .send()
        .await
        .unwrap();
    let get = || client.get_platform_application_attributes().platform_application_arn(&arn);
    let attributes = get().send().await.unwrap().attributes.unwrap();
    assert_eq!(attributes["Enabled"], "true");
    assert_eq!(attributes["EventEndpointUpdated"], "arn:x");
    assert!(!attributes.contains_key("PlatformCredential"));

    let listed = client.list_platform_applications().send().await.unwrap();
    assert_eq!(listed.platform_applications()[0].platform_application_arn(), Some(arn.as_str()));
    for _ in 0..2 {
        client.delete_platform_application().platform_application_arn(&arn).send().await.unwrap();
    }
    assert_eq!(refused!(get()), code("NotFound", "PlatformApplication does not exist"));
    assert!(client.list_platform_applications().send().await.unwrap().platform_applications().is_empty());
}

#[tokio::test]
async fn an_application_that_aws_would_not_make_is_refused() {
    let world = World::in_memory().await;
    let client = world.sns();
    let make =
        |name: &str, platform: &str| client.create_platform_application().name(name).platform(platform);
    assert_eq!(refused!(make("a b", "GCM").attributes("PlatformCredential", "x")).0, "InvalidParameter");
    assert_eq!(refused!(make("a", "FCM").attributes("PlatformCredential", "x")).0, "InvalidParameter");
    assert_eq!(
        refused!(make("a", "GCM").attributes("PlatformCredential", "")),
        code("InvalidParameter", "Invalid parameter: Attributes Reason: Platform credentials are invalid")
    );
    assert_eq!(refused!(make("a", "GCM")).0, "ValidationError");
    let enabled = make("a", "GCM").attributes("PlatformCredential", "x").attributes("Enabled", "perhaps");
    assert_eq!(refused!(enabled).0, "InvalidParameter");
    assert!(client.list_platform_applications().send().await.unwrap().platform_applications().is_empty());
}

#[tokio::test]
async fn the_same_token_again_is_the_same_endpoint() {
    let world = World::in_memory().await;
    let client = world.sns();
    let application = make_application(&client, "GCM").await;
    let make = || client.create_platform_endpoint().platform_application_arn(&application).token("t");
    let arn = make().custom_user_data("device 1").send().await.unwrap().endpoint_arn.unwrap();
    assert!(arn.starts_with("arn:aws:sns:eu-central-1:000000000000:endpoint/GCM/app/"), "{arn}");
    assert_eq!(make().custom_user_data("device 1").send().await.unwrap().endpoint_arn(), Some(arn.as_str()));
    let taken = code(
        "InvalidParameter",
        &format!(
            "Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, \
             but different attributes."
        ),
    );
    assert_eq!(refused!(make()), taken);
    assert_eq!(refused!(make().custom_user_data("device 2")), taken);
    assert_eq!(refused!(make().custom_user_data("device 1").attributes("Enabled", "false")), taken);

    // Registering a disabled endpoint again does not enable it.
    assert!(world.standins.disable_endpoint(&arn).unwrap());
    assert_eq!(make().custom_user_data("device 1").send().await.unwrap().endpoint_arn(), Some(arn.as_str()));
    let get = client.get_endpoint_attributes().endpoint_arn(&arn);
    assert_eq!(get.send().await.unwrap().attributes.unwrap()["Enabled"], "false");
    assert_eq!(refused!(make().custom_user_data("device 1").attributes("Enabled", "true")), taken);
}

#[tokio::test]
async fn an_endpoint_that_aws_would_not_make_is_refused() {
    let world = World::in_memory().await;
    let client = world.sns();
    let make = |application: &str| client.create_platform_endpoint().platform_application_arn(application);
    let nowhere = make("arn:aws:sns:eu-central-1:000000000000:app/GCM/none").token("t");
    assert_eq!(refused!(nowhere), code("NotFound", "PlatformApplication does not exist"));
    let google = make_application(&client, "GCM").await;
    let apple = make_application(&client, "APNS").await;
    assert_eq!(refused!(make(&google).token("")).0, "InvalidParameter");
    assert_eq!(refused!(make(&google)).0, "ValidationError");
    assert_eq!(refused!(make(&google).token("t").custom_user_data("x".repeat(2049))).0, "InvalidParameter");
    assert_eq!(refused!(make(&google).token("t").attributes("Colour", "red")).0, "InvalidParameter");
    assert_eq!(
        refused!(make(&apple).token("not hexadecimal")),
        code(
            "InvalidParameter",
            "Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal characters"
        )
    );
    make(&apple).token("00ff").send().await.unwrap();
}

#[tokio::test]
async fn an_endpoint_is_changed_listed_and_deleted() {
    let world = World::in_memory().await;
    let client = world.sns();
    let application = make_application(&client, "GCM").await;
    let arn = make_endpoint(&client, &application, "t1").await;
    let other = make_endpoint(&client, &application, "t2").await;
    let set = || client.set_endpoint_attributes().endpoint_arn(&arn);
    set()
        .attributes("Enabled", "False")
        .attributes("Token", "t3")
        .attributes("CustomUserData", "<&>")
        .send()
        .await
        .unwrap();
    let get = || client.get_endpoint_attributes().endpoint_arn(&arn);
    let attributes = get().send().await.unwrap().attributes.unwrap();
    assert_eq!(
        (&*attributes["Enabled"], &*attributes["Token"], &*attributes["CustomUserData"]),
        ("false", "t3", "<&>")
    );
    let (refusal, message) = refused!(set().attributes("Token", "t2"));
    assert_eq!(refusal, "InvalidParameter");
    assert!(message.contains(&other), "{message}");
    // A refused change changes nothing.
    assert_eq!(refused!(set().attributes("Enabled", "true").attributes("Token", "")).0, "InvalidParameter");
    assert_eq!(get().send().await.unwrap().attributes.unwrap()["Enabled"], "false");

    let list = || client.list_endpoints_by_platform_application().platform_application_arn(&application);
    let listed = list().send().await.unwrap();
    let mut arns: Vec<_> = listed.endpoints().iter().map(|one| one.endpoint_arn().unwrap()).collect();
    arns.sort_unstable();
    assert_eq!(arns, [arn.as_str(), other.as_str()]);
    for _ in 0..2 {
        client.delete_endpoint().endpoint_arn(&arn).send().await.unwrap();
    }
    assert_eq!(refused!(get()), code("NotFound", "Endpoint does not exist"));
    assert_eq!(refused!(set().attributes("Enabled", "true")), code("NotFound", "Endpoint does not exist"));
    assert!(!world.standins.disable_endpoint(&arn).unwrap());
}

#[tokio::test]
async fn a_long_list_comes_in_pages() {
    let world = World::in_memory().await;
    let client = world.sns();
    let application = make_application(&client, "GCM").await;
    let mut made = std::collections::BTreeSet::new();
    for n in 0..101 {
        made.insert(make_endpoint(&client, &application, &format!("t{n}")).await);
    }
    let list = || client.list_endpoints_by_platform_application().platform_application_arn(&application);
    let first = list().send().await.unwrap();
    assert_eq!(first.endpoints().len(), 100);
    let second = list().next_token(first.next_token().unwrap()).send().await.unwrap();
    assert_eq!(second.next_token(), None);
    let pages = first.endpoints().iter().chain(second.endpoints());
    let listed: std::collections::BTreeSet<_> =
        pages.map(|one| one.endpoint_arn().unwrap().to_owned()).collect();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn a_push_is_kept_and_told() {
    let world = World::in_memory().await;
    let client = world.sns();
    let application = make_application(&client, "GCM").await;
    let arn = make_endpoint(&client, &application, "token 1").await;
    let mut told = world.standins.on_publish();
    world.clock.advance(Span::secs(5));
    let message = r#"{"GCM":"{\"data\":{\"challenge\":\"<1>\"}}"}"#;
    let call = client.publish().target_arn(&arn).message(message).message_structure("json");
    let sent = call.message_attributes("AWS.SNS.MOBILE.GCM.TTL", number("300")).send().await.unwrap();

    let published = told.recv().await.unwrap();
    assert_eq!(world.standins.published(), std::slice::from_ref(&published));
    assert_eq!(published.id, sent.message_id().unwrap());
    assert_eq!(published.at, START + Span::secs(5));
    assert_eq!(
        published.to,
        Recipient::Endpoint { arn: arn.clone(), platform: "GCM".to_owned(), token: "token 1".to_owned() }
    );
    assert_eq!((&*published.message, published.structure.as_deref()), (message, Some("json")));
    assert_eq!(published.payload.as_deref(), Some(r#"{"data":{"challenge":"<1>"}}"#));
    assert_eq!(published.attributes["AWS.SNS.MOBILE.GCM.TTL"].value, "300");
    assert!(!format!("{published:?}").contains("token 1"));
    assert_eq!(world.standins.take_published().len(), 1);
    assert!(world.standins.published().is_empty());
    assert_eq!(world.standins.calls().count_of(Service::Sns), 3);
}

#[tokio::test]
async fn a_push_that_cannot_go_out_is_refused() {
    let world = World::in_memory().await;
    let client = world.sns();
    let application = make_application(&client, "GCM").await;
    let arn = make_endpoint(&client, &application, "t").await;
    let to = |arn: &str| client.publish().target_arn(arn).message("m");

    world.standins.disable_endpoint(&arn).unwrap();
    assert_eq!(refused!(to(&arn)), code("EndpointDisabled", "Endpoint is disabled"));
    client.set_endpoint_attributes().endpoint_arn(&arn).attributes("Enabled", "true").send().await.unwrap();
    to(&arn).send().await.unwrap();

    let enable = |enabled: &str| {
        let call = client.set_platform_application_attributes().platform_application_arn(&application);
        call.attributes("Enabled", enabled).send()
    };
    enable("false").await.unwrap();
    assert_eq!(refused!(to(&arn)).0, "PlatformApplicationDisabled");
    enable("true").await.unwrap();

    let unknown = code(
        "InvalidParameter",
        "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified",
    );
    assert_eq!(refused!(to(&format!("{arn}0"))), unknown);
    client.delete_platform_application().platform_application_arn(&application).send().await.unwrap();
    assert_eq!(refused!(to(&arn)), unknown);
    assert_eq!(
        refused!(to("nonsense")),
        code(
            "InvalidParameter",
            "Invalid parameter: TargetArn Reason: An ARN must have at least 6 elements, not 1"
        )
    );
    assert_eq!(
        refused!(client.publish().message("m")),
        code(
            "InvalidParameter",
            "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"
        )
    );
    assert_eq!(refused!(to(&arn).phone_number("+43123456789")).0, "InvalidParameter");
    assert_eq!(world.standins.published().len(), 1);
}

#[tokio::test]
async fn a_message_is_checked_before_it_goes_out() {
    let world = World::in_memory().await;
    let client = world.sns();
    let application = make_application(&client, "GCM").await;
    let arn = make_endpoint(&client, &application, "t").await;
    let publish = |message: &str| client.publish().target_arn(&arn).message(message);
    let invalid = |what: &str| code("InvalidParameter", &format!("Invalid parameter: {what}"));

    let json = |message: &str| publish(message).message_structure("json");
    assert_eq!(refused!(json("{")), invalid("Message Structure - JSON message body failed to parse"));
    assert_eq!(refused!(json("[]")), invalid("Message Structure - JSON message body failed to parse"));
    for neither in ["{}", r#"{"APNS":"{}"}"#, r#"{"GCM":{"data":{}}}"#] {
        assert_eq!(
            refused!(json(neither)),
            invalid("JSON must contain an entry for 'default' or 'GCM'."),
            "{neither}"
        );
    }
    assert_eq!(
        refused!(json(r#"{"GCM":"no json"}"#)),
        invalid("Message Reason: Invalid notification for protocol GCM: Notification is malformed")
    );
    json(r#"{"default":"d"}"#).send().await.unwrap();
    assert_eq!(refused!(publish("m").message_structure("xml")), invalid("MessageStructure"));

    assert_eq!(refused!(publish("")), invalid("Empty message"));
    assert_eq!(refused!(publish(&"x".repeat(262_145))), invalid("Message too long"));
    publish(&"x".repeat(262_144)).send().await.unwrap();
    assert_eq!(refused!(publish("m").subject("a\nb")), invalid("Subject"));

    let attribute = |name: &str, value| publish("m").message_attributes(name, value);
    for ttl in ["-1", "1.5", "2419201"] {
        assert_eq!(refused!(attribute("AWS.SNS.MOBILE.GCM.TTL", number(ttl))).0, "InvalidParameter", "{ttl}");
    }
    attribute("AWS.SNS.MOBILE.GCM.TTL", number("2419200")).send().await.unwrap();
    assert_eq!(refused!(attribute("n", number("x"))).0, "ParameterValueInvalid");
    assert_eq!(refused!(attribute("n", number(""))).0, "ParameterValueInvalid");
    let strange = MessageAttributeValue::builder().data_type("Colour").string_value("red").build().unwrap();
    assert_eq!(refused!(attribute("n", strange)).0, "ParameterValueInvalid");
    assert_eq!(world.standins.take_published().len(), 3);
}

#[tokio::test]
async fn texts_and_topics_are_kept_too() {
    let world = World::in_memory().await;
    let client = world.sns();
    client.publish().phone_number("+43123456789").message("hello").send().await.unwrap();
    assert_eq!(
        refused!(client.publish().phone_number("0123").message("hello")),
        code("InvalidParameter", "Invalid parameter: PhoneNumber Reason: 0123 is not valid to publish to")
    );
    let make = |name: &str| client.create_topic().name(name);
    let arn = make("t").send().await.unwrap().topic_arn.unwrap();
    assert_eq!(arn, "arn:aws:sns:eu-central-1:000000000000:t");
    assert_eq!(make("t").send().await.unwrap().topic_arn(), Some(arn.as_str()));
    assert_eq!(refused!(make("a b")).0, "InvalidParameter");
    let publish = || client.publish().topic_arn(&arn);
    publish().message("all").subject("s").send().await.unwrap();
    assert_eq!(
        refused!(publish().message(r#"{"GCM":"{}"}"#).message_structure("json")),
        code(
            "InvalidParameter",
            "Invalid parameter: Message Structure - No default entry in JSON message body"
        )
    );
    client.delete_topic().topic_arn(&arn).send().await.unwrap();
    assert_eq!(refused!(publish().message("all")), code("NotFound", "Topic does not exist"));

    let published = world.standins.take_published();
    assert_eq!(published[0].to, Recipient::Phone { number: "+43123456789".to_owned() });
    assert_eq!(published[1].to, Recipient::Topic { arn });
    assert_eq!(published[1].subject.as_deref(), Some("s"));
    assert_eq!(published.len(), 2);
    let phones = world.standins.calls().all();
    assert_eq!(phones[0].resource, None);
}

#[tokio::test]
async fn what_is_not_here_is_an_invalid_action() {
    let world = World::in_memory().await;
    let (refusal, message) = refused!(world.sns().list_phone_numbers_opted_out());
    assert_eq!(refusal, "InvalidAction");
    assert_eq!(message, "The action ListPhoneNumbersOptedOut is not valid for this web service.");
}
