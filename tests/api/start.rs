//! `cargo run`, up to the moment when it listens: where settings come from, what it keeps, and what ends it with a sentence.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use latchkey::{Cloud, Options, settings};
use setting::Clock;

/// A folder that goes away with this.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("latchkey-{}", oauth::Secret::random().expose()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.0.join(name), content).unwrap();
        self
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.0.join(name)).unwrap().permissions().mode() & 0o777
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn values(pairs: &[(&str, &str)]) -> settings::Values {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Starts a cloud that keeps its things in `home`.
async fn start(home: PathBuf) -> Result<Cloud, String> {
    let options = Options { settings: values(&[]), home: Some(home), port: 0, clock: Clock::system() };
    Cloud::start(options).await.map_err(|error| error.to_string())
}

/// It does not start, and says why in one sentence that holds each of these.
async fn refused(home: PathBuf, words: &[&str]) {
    let sentence = start(home).await.expect_err("it must not start");
    for word in words {
        assert!(sentence.contains(word), "{word}: {sentence}");
    }
    assert!(!sentence.contains('\n') && sentence.len() < 500, "{sentence}");
}

#[test]
fn the_environment_wins_over_env_local_and_that_over_env() {
    let folder = Folder::new();
    let of = |process: &[(&str, &str)]| settings::gather(&folder.0, values(process)).unwrap();
    assert!(of(&[]).is_empty());
    folder.write(
        ".env",
        "TABLE=one\nLOG=error\nPROVIDERS=google\nADMINS='a@example.com,b@example.com' # two\n",
    );
    folder.write(".env.local", "TABLE=two\nPROVIDERS=\"gitlab\"\nGITLAB_CLIENT_ID=id\n");
    let all =
        of(&[("TABLE", "three"), ("GITLAB_CLIENT_SECRET", "secret"), ("HOME", "/root"), ("PATH", "/bin")]);
    let expected = [
        ("TABLE", "three"),
        ("LOG", "error"),
        ("PROVIDERS", "gitlab"),
        ("ADMINS", "a@example.com,b@example.com"),
        ("GITLAB_CLIENT_ID", "id"),
        ("GITLAB_CLIENT_SECRET", "secret"),
    ];
    assert_eq!(all, values(&expected), "and what is no setting is left where it is");
    // For every setting there is.
    for name in latchkey::settings::all().map(|setting| setting.of("gitlab")) {
        let [one, two] = ["one", "two"].map(|value| format!("{name}={value}\n"));
        folder.write(".env", one).write(".env.local", two);
        assert_eq!(of(&[(&name, "three")])[&name], "three");
        assert_eq!(of(&[])[&name], "two");
        folder.write(".env.local", "");
        assert_eq!(of(&[])[&name], "one");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_its_content_is_not() {
    // #103
    for name in [".env", ".env.local"] {
        for content in [&b"COOKIE_KEY canary\n"[..], b"COOKIE_KEY='canary\n", b"COOKIE_KEY=canary\xff\xfe\n"]
        {
            let folder = Folder::new();
            folder.write(name, content);
            let sentence = settings::gather(&folder.0, values(&[])).unwrap_err().to_string();
            assert!(sentence.contains(name) && sentence.contains("cannot be read"), "{sentence}");
            assert!(!sentence.contains("canary") && !sentence.contains('\n'), "{sentence}");
        }
        let folder = Folder::new();
        fs::create_dir(folder.0.join(name)).unwrap();
        let sentence = settings::gather(&folder.0, values(&[])).unwrap_err().to_string();
        assert!(
            sentence.contains(&format!("{name} cannot be read")) && !sentence.contains('\n'),
            "{sentence}"
        );
    }
}

#[tokio::test]
async fn its_files_are_private_and_persist() {
    // #106
    let folder = Folder::new();
    let home = folder.0.join("a/b");
    let first = start(home.clone()).await.unwrap();
    assert_eq!(folder.mode("a/b"), 0o700);
    for secret in ["cookie-key", "signing-keys.json"] {
        assert_eq!(folder.mode(&format!("a/b/{secret}")), 0o600, "{secret}");
    }
    let [keys, cookie] = ["SIGNING_KEYS", "COOKIE_KEY"].map(|name| first.settings[name].clone());
    first.stop().await;
    let second = start(home).await.unwrap();
    assert_eq!([&second.settings["SIGNING_KEYS"], &second.settings["COOKIE_KEY"]], [&keys, &cookie]);
    second.stop().await;
    // And nobody else's laptop has the same.
    let other = start(Folder::new().0.join("home")).await.unwrap();
    assert!(other.settings["SIGNING_KEYS"] != keys && other.settings["COOKIE_KEY"] != cookie);
}

#[tokio::test]
async fn an_unusable_home_stops_the_start_with_a_sentence() {
    let folder = Folder::new();
    folder.write("file", "");
    // A file in its place, a place where nobody can write, and one below a file.
    refused(folder.0.join("file"), &["LATCHKEY_HOME", "file", "cannot be made"]).await;
    refused(PathBuf::from("/proc/latchkey"), &["LATCHKEY_HOME", "/proc/latchkey", "cannot be made"]).await;
    refused(folder.0.join("file/below"), &["LATCHKEY_HOME", "file/below", "cannot be made"]).await;
    for (name, words) in [
        ("cookie-key", ["cookie-key", "cannot be read"]),
        ("signing-keys.json", ["signing-keys.json", "cannot be read"]),
        ("latchkey.db", ["latchkey.db", "cannot be opened"]),
    ] {
        let folder = Folder::new();
        fs::create_dir(folder.0.join(name)).unwrap();
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o700)).unwrap();
        refused(folder.0.clone(), &words).await;
    }
}

#[tokio::test]
async fn a_damaged_key_stops_the_start_and_is_not_shown() {
    // #103, #106
    for (name, content, words) in [
        ("cookie-key", "canary", ["COOKIE_KEY", "32 random bytes"]),
        ("cookie-key", "", ["COOKIE_KEY", "32 random bytes"]),
        ("signing-keys.json", "{\"keys\":[\"canary\"]}", ["SIGNING_KEYS", ""]),
        ("signing-keys.json", "canary", ["SIGNING_KEYS", ""]),
        (
            "latchkey.db",
            "canary, which is no database at all, and long enough to be read as one",
            ["latchkey.db", "cannot be opened"],
        ),
    ] {
        let folder = Folder::new();
        folder.write(name, content);
        let sentence =
            start(folder.0.clone()).await.err().unwrap_or_else(|| panic!("{name} {content:?} was taken"));
        assert!(words.iter().all(|word| sentence.contains(word)), "{name}: {sentence}");
        assert!(!sentence.contains("canary"), "{sentence}");
    }
}
