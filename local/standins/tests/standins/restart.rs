use countersign_standins::{Options, Standins, StartError};

use crate::dynamodb::{TABLE, make_table, text};
use crate::harness::{Folder, TestClock, World};
use crate::sns::{make_application, make_endpoint};

async fn fill(world: &World) -> String {
    make_table(&world.dynamodb()).await;
    world.dynamodb().put_item().table_name(TABLE).item("id", text("a")).send().await.unwrap();
    world.secrets().create_secret().name("s").secret_string("one").send().await.unwrap();
    world.secrets().put_secret_value().secret_id("s").secret_string("two").send().await.unwrap();
    let application = make_application(&world.sns(), "GCM").await;
    make_endpoint(&world.sns(), &application, "t").await
}

async fn check(world: &World, endpoint: &str) {
    let got = world.dynamodb().get_item().table_name(TABLE).key("id", text("a")).send().await.unwrap();
    assert!(got.item.is_some());
    let get = || world.secrets().get_secret_value().secret_id("s");
    assert_eq!(get().send().await.unwrap().secret_string(), Some("two"));
    assert_eq!(get().version_stage("AWSPREVIOUS").send().await.unwrap().secret_string(), Some("one"));
    world.sns().publish().target_arn(endpoint).message("m").send().await.unwrap();
}

#[tokio::test]
async fn everything_is_there_again_after_a_stop() {
    let folder = Folder::new();
    let world = World::in_folder(folder.path()).await;
    let endpoint = fill(&world).await;
    world.standins.stop().await;
    let world = World::in_folder(folder.path()).await;
    check(&world, &endpoint).await;
    // A new endpoint does not take an old one's ARN, though clock and counter begin anew.
    let application = make_application(&world.sns(), "GCM").await;
    assert_ne!(make_endpoint(&world.sns(), &application, "t2").await, endpoint);
    assert_eq!(make_endpoint(&world.sns(), &application, "t").await, endpoint);
    world.standins.stop().await;
}

/// What a kill leaves is what stands in the folder at that moment: a copy of it, taken while they run.
#[tokio::test]
async fn everything_is_there_again_after_a_kill() {
    let folder = Folder::new();
    let world = World::in_folder(folder.path()).await;
    let endpoint = fill(&world).await;
    let left = Folder::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), left.path().join(file.file_name())).unwrap();
    }
    check(&World::in_folder(left.path()).await, &endpoint).await;
}

#[tokio::test]
async fn a_folder_is_for_one_process_at_a_time() {
    let folder = Folder::new();
    let world = World::in_folder(folder.path()).await;
    let options = || Options {
        address: "127.0.0.1:0".parse().unwrap(),
        data: Some(folder.path().to_owned()),
        clock: TestClock::new(),
    };
    assert!(matches!(Standins::start(options()).await, Err(StartError::InUse(_))));
    world.standins.stop().await;
    Standins::start(options()).await.unwrap().stop().await;
}

#[tokio::test]
async fn what_is_not_ours_is_not_overwritten() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("sns.json"), "not json").unwrap();
    let options = Options {
        address: "127.0.0.1:0".parse().unwrap(),
        data: Some(folder.path().to_owned()),
        clock: TestClock::new(),
    };
    assert!(matches!(Standins::start(options).await, Err(StartError::Content(..))));
    assert_eq!(std::fs::read_to_string(folder.path().join("sns.json")).unwrap(), "not json");
}

#[tokio::test]
async fn only_this_machine_is_answered() {
    let options = Options { address: "0.0.0.0:0".parse().unwrap(), data: None, clock: TestClock::new() };
    assert!(matches!(Standins::start(options).await, Err(StartError::NotNear(_))));
}

#[tokio::test]
async fn after_a_stop_nobody_answers() {
    let world = World::in_memory().await;
    let client = world.sns();
    client.list_platform_applications().send().await.unwrap();
    let address = world.standins.endpoint_url().trim_start_matches("http://").to_owned();
    world.standins.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_reads_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let inner = folder.path().join("new");
    let world = World::in_folder(&inner).await;
    world.secrets().create_secret().name("s").secret_string("one").send().await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&inner), mode(&inner.join("secrets.json"))), (0o700, 0o600));
    world.standins.stop().await;
}
