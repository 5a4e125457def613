//! The files refer to each other and to nothing else, and those of others are as they were published.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use countersign_crypto::digest::sha256;

use crate::assets::{ASSETS, Asset, Media, asset};

/// More than this is too much to load over a phone's network.
const MOST_VENDORED: usize = 200 * 1024;

fn is_vendored(asset: &Asset) -> bool {
    asset.path.starts_with("vendor/")
}

/// What stands between quotation marks after `before`, each time.
fn quoted_after<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(before).filter_map(move |(at, _)| {
        let rest = &text[at + before.len()..];
        let mark = rest.chars().next().filter(|mark| "'\"".contains(*mark))?;
        rest[1..].split(mark).next()
    })
}

/// Everything that a file loads.
fn loaded(asset: &Asset) -> Vec<&str> {
    let signs: &[&str] = match asset.media {
        Media::Script => &[" from ", "import(", "import ", "src="],
        Media::Html => &["href=", "src="],
        Media::Manifest => &["\"src\": ", "\"start_url\": ", "\"id\": "],
        Media::Css | Media::Svg => &["url(", "@import "],
    };
    signs.iter().flat_map(|sign| quoted_after(asset.content, sign)).collect()
}

#[test]
fn each_file_that_is_loaded_is_there() {
    let mut seen = 0;
    for asset_ in ASSETS {
        for target in loaded(asset_) {
            // The licences' comments of the libraries show how their packages are imported.
            if is_vendored(asset_) && !target.starts_with("./") {
                continue;
            }
            let file = target.strip_prefix("./").unwrap_or_else(|| panic!("{}: {target}", asset_.path));
            assert!(asset(file).is_some(), "{} loads {file}, which is not there", asset_.path);
            seen += 1;
        }
    }
    assert!(seen > ASSETS.len(), "{seen}");
}

#[test]
fn no_file_names_another_host() {
    for asset in ASSETS.iter().filter(|asset| !is_vendored(asset)) {
        let text = asset.content.replace("http://www.w3.org/2000/svg", "");
        for scheme in ["http://", "https://", "ws://", "wss://", "\"//", "'//"] {
            assert!(!text.contains(scheme), "{} has {scheme}", asset.path);
        }
    }
}

#[test]
fn no_library_speaks_with_anybody() {
    for asset in ASSETS.iter().filter(|asset| is_vendored(asset)) {
        for way in
            ["fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "importScripts", "eval("]
        {
            assert!(!asset.content.contains(way), "{} has {way}", asset.path);
        }
    }
}

#[test]
fn nothing_is_inline() {
    for page in ASSETS.iter().filter(|asset| asset.media == Media::Html) {
        assert!(!page.content.contains("<style") && !page.content.contains("style="), "{}", page.path);
        assert!(!page.content.contains(" on"), "{} has a handler", page.path);
        for script in page.content.split("<script").skip(1) {
            assert!(script.contains("></script>"), "{}: a script with a text", page.path);
        }
    }
    for script in ASSETS.iter().filter(|asset| asset.media == Media::Script && !is_vendored(asset)) {
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!script.content.contains(way), "{} has {way}", script.path);
        }
    }
}

#[test]
fn each_name_is_there_once() {
    let names: BTreeSet<&str> = ASSETS.iter().map(|asset| asset.file).collect();
    assert_eq!(names.len(), ASSETS.len());
}

#[test]
fn every_file_of_the_folder_is_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            let is_notice = name.contains("LICENSE") || name.ends_with(".md");
            match path.is_dir() {
                true => folders.push(path),
                false if !is_notice => drop(found.insert(name)),
                false => {}
            }
        }
    }
    assert_eq!(found, ASSETS.iter().map(|asset| asset.path.to_owned()).collect());
}

#[test]
fn libraries_are_as_they_were_published() {
    let table = include_str!("../web/vendor/VERSIONS.md");
    let mut size = 0;
    for asset in ASSETS.iter().filter(|asset| is_vendored(asset)) {
        let file = asset.path.strip_prefix("vendor/").unwrap();
        let row = table.lines().find(|line| line.starts_with(&format!("| {file} |")));
        let row = row.unwrap_or_else(|| panic!("VERSIONS.md has no row for {file}"));
        let digest: String =
            sha256(asset.content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(row.ends_with(&format!("| {digest} |")), "{file} has SHA-256 {digest}");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web").join(asset.path);
        let notices = std::fs::read_dir(folder.parent().unwrap()).unwrap();
        let notices =
            notices.filter(|entry| entry.as_ref().unwrap().path().to_string_lossy().contains("LICENSE"));
        assert!(notices.count() > 0, "{file} has no licence beside it");
        size += asset.content.len();
    }
    assert!(size > 0 && size <= MOST_VENDORED, "{size} bytes");
}
