//! What no SDK sends: plain HTTP on a socket.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::World;

/// The status line and the body of the answer.
async fn send(world: &World, request: &str) -> (String, String) {
    let address = world.standins.endpoint_url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

async fn post(world: &World, target: Option<&str>, body: &str) -> (String, String) {
    let target = target.map(|target| format!("X-Amz-Target: {target}\r\n")).unwrap_or_default();
    let length = body.len();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{target}Content-Length: {length}\r\n\r\n"
    );
    send(world, &(head + body)).await
}

#[tokio::test]
async fn what_is_no_call_is_refused_and_not_counted() {
    let world = World::in_memory().await;
    for (target, body) in [
        (None, ""),
        (None, "no form"),
        (None, "{\"Action\":\"Publish\"}"),
        (Some("AWSCognito.SignUp"), "{}"),
        (Some("no dot"), "{}"),
    ] {
        let (status, answer) = post(&world, target, body).await;
        assert_eq!(status, "HTTP/1.1 400 Bad Request", "{target:?} {body}");
        assert!(answer.contains("UnknownOperationException"), "{answer}");
    }
    assert_eq!(world.standins.calls().count(), 0);
}

#[tokio::test]
async fn a_call_that_cannot_be_read_is_refused() {
    let world = World::in_memory().await;
    for (target, body, code) in [
        (Some("secretsmanager.GetSecretValue"), "{", "SerializationException"),
        (
            Some("secretsmanager.PutSecretValue"),
            r#"{"SecretId":"s","SecretBinary":"?"}"#,
            "SerializationException",
        ),
        (Some("secretsmanager.CreateSecret"), r#"{"Name":["s"]}"#, "ValidationException"),
        (Some("secretsmanager.Open"), "{}", "InvalidAction"),
        (None, "Action=Publish&Message=m&TargetArn=%00", "InvalidParameter"),
        (None, "Action=Open&Version=2010-03-31", "InvalidAction"),
        (None, "Action=%3Cb%3E", "The action &lt;b&gt; is not valid"),
    ] {
        let (status, answer) = post(&world, target, body).await;
        assert_eq!(status, "HTTP/1.1 400 Bad Request", "{target:?} {body}");
        assert!(answer.contains(code), "{answer}");
    }
}

#[tokio::test]
async fn a_body_has_a_largest_size() {
    let world = World::in_memory().await;
    let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 16777217\r\n\r\n";
    let (status, _) = send(&world, head).await;
    assert_eq!(status, "HTTP/1.1 413 Payload Too Large");
}

#[tokio::test]
async fn a_look_says_that_it_is_up() {
    let world = World::in_memory().await;
    let (status, body) = send(&world, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert_eq!((&*status, &*body), ("HTTP/1.1 200 OK", "ok\n"));
}
