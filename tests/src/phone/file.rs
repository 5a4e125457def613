//! The file that holds the [`State`]: readable by its owner only, and never half written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::state::State;
use super::trouble::Trouble;

/// What the file says; nothing yet if there is none.
pub(crate) fn read(path: &Path) -> Result<State, Trouble> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::default()),
        Err(error) => return Err(unusable(path, &error)),
    };
    serde_json::from_slice(&text).map_err(|error| {
        Trouble::new(
            format!("{} is not a phone's file: {error}.", path.display()),
            "Name another with --file, or move it away to begin anew; its enrolments are lost then.",
        )
    })
}

/// Reads, changes and writes while nobody else does.
pub(crate) fn update(path: &Path, change: impl FnOnce(&mut State)) -> Result<(), Trouble> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(|error| unusable(path, &error))?;
    }
    // The file itself cannot be the lock, for each write puts another in its place.
    let lock = private(OpenOptions::new().create(true).write(true).truncate(false), &beside(path, ".lock"));
    let lock = lock.and_then(|lock| lock.lock().map(|()| lock)).map_err(|error| unusable(path, &error))?;
    let mut state = read(path)?;
    change(&mut state);
    let written = write(path, &state).map_err(|error| unusable(path, &error));
    drop(lock);
    written
}

fn write(path: &Path, state: &State) -> io::Result<()> {
    let new = beside(path, ".new");
    // One that a dead process left behind may be readable by others.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private(OpenOptions::new().create_new(true).write(true), &new)?;
    let mut text = serde_json::to_vec_pretty(state)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600).open(path)
}

/// Elsewhere the folder's rights decide.
#[cfg(not(unix))]
fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.open(path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn unusable(path: &Path, error: &io::Error) -> Trouble {
    Trouble::new(format!("{} cannot be used: {error}.", path.display()), "Name another with --file.")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use countersign_crypto::encoding::base64url;
    use countersign_crypto::jwk::Algorithm;
    use countersign_crypto::system::SystemRandom;
    use countersign_domain::chance;
    use countersign_domain::id::{AppSpaceId, DeviceId, UserId};
    use countersign_domain::time::{Span, Timestamp};

    use super::*;
    use crate::clock::SystemClock;
    use crate::device::Identity;
    use crate::device::keys::DeviceKeys;
    use crate::device::service::Service;
    use crate::phone::state::StoredDevice;

    /// A folder of its own, gone when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let name = base64url(&chance::bytes::<16>(&SystemRandom));
            Self(std::env::temp_dir().join(format!("countersign-phone-{name}")))
        }

        fn file(&self) -> PathBuf {
            self.0.join("deep").join("phone.json")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn device(name: &str, keys: &DeviceKeys) -> StoredDevice {
        let url = "https://auth.example.com".parse().unwrap();
        let service = Service::new(url, Arc::new(SystemClock), Span::secs(7)).unwrap();
        let now = Timestamp::from_secs(1);
        let identity = Identity {
            device_guid: DeviceId::new(now, &SystemRandom),
            privakey_id: UserId::new(now, &SystemRandom),
            app_space_guid: AppSpaceId::new(&SystemRandom),
            app_space_name: "Bank".into(),
        };
        StoredDevice::new(name.into(), &service, identity, keys).unwrap()
    }

    #[test]
    fn several_enrolments_come_back_as_they_were() {
        let folder = Folder::new();
        let path = folder.file();
        assert!(read(&path).unwrap().devices.is_empty(), "no file is an empty one");
        let first = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
        let second = DeviceKeys::generate(Algorithm::EdDsa, &SystemRandom).unwrap();
        update(&path, |state| state.add(device("one", &first))).unwrap();
        update(&path, |state| state.add(device("two", &second))).unwrap();
        let state = read(&path).unwrap();
        let names: Vec<_> = state.devices.iter().map(|device| device.name.as_str()).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(state.devices[1].clock_offset_millis, 7000);
        for (stored, keys) in state.devices.iter().zip([&first, &second]) {
            let opened = stored.open(Arc::new(SystemClock)).unwrap();
            assert_eq!(opened.keys().auth.thumbprint(), keys.auth.thumbprint());
            assert_eq!(opened.keys().strong.thumbprint(), keys.strong.thumbprint());
            assert_eq!(opened.identity(), &stored.identity);
        }
        let gone = state.devices[0].guid();
        update(&path, |state| state.forget(gone)).unwrap();
        assert_eq!(read(&path).unwrap().devices.len(), 1);
    }

    #[test]
    fn the_keys_are_not_shown() {
        let keys = DeviceKeys::generate(Algorithm::EdDsa, &SystemRandom).unwrap();
        let mut state = State::default();
        state.add(device("one", &keys));
        let private: serde_json::Value = serde_json::from_str(keys.auth.to_jwk().unwrap().expose()).unwrap();
        assert!(!format!("{state:?}").contains(private["d"].as_str().unwrap()));
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new();
        let path = folder.file();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // What a dead process left behind, open to everybody.
        fs::write(beside(&path, ".new"), "half").unwrap();
        update(&path, |_| ()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!beside(&path, ".new").exists());
    }

    #[test]
    fn a_file_of_another_kind_is_refused_and_left_alone() {
        let folder = Folder::new();
        let path = folder.file();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "{\"devices\": 3}").unwrap();
        assert!(read(&path).is_err());
        assert!(update(&path, |_| ()).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"devices\": 3}");
    }
}
