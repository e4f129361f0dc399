//! A provider on a private network: with a private certificate authority and a private address.

use serde_json::json;
use tests::{World, stub::Stub, tls::Authority};

/// A file that goes away with this.
pub(crate) struct CaFile(std::path::PathBuf);

impl CaFile {
    pub(crate) fn with(content: &str) -> Self {
        let path = std::env::temp_dir().join(format!("latchkey-{}.pem", oauth::Secret::random().expose()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn a_private_provider_is_trusted_with_its_certificate_authority_only() {
    // #71, #102
    let (authority, stranger) = (Authority::new(), Authority::new());
    let stub = Stub::start_tls(&authority).await;
    for (ca, trusted) in [(Some(authority.pem()), true), (Some(stranger.pem()), false), (None, false)] {
        let file = ca.map(|pem| CaFile::with(&pem));
        let mut settings = stub.settings();
        if let Some(file) = &file {
            settings.push(("CA_FILE", file.path()));
        }
        let world = World::with(&settings).await;
        let before = stub.hits("discovery");
        if trusted {
            let browser = world.browser();
            stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
            browser.post("/users/token").await.expect(200);
            assert_eq!((stub.hits("token"), stub.hits("jwks")), (1, 1));
        } else {
            let answer = world.browser().get("/users/login").await.expect(503);
            assert!(answer.body.contains("Start again"), "{answer:?}");
            assert_eq!(stub.hits("discovery"), before, "nothing was said to it");
        }
    }
}

#[tokio::test]
async fn without_ca_file_a_private_address_is_not_called() {
    // #71
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["localhost", "127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1"] {
        let issuer = format!("https://{host}:{port}");
        let world = World::with(&[
            ("PROVIDERS", "evil"),
            ("EVIL_ISSUER", &issuer),
            ("EVIL_CLIENT_ID", "x"),
            ("EVIL_CLIENT_SECRET", "0123456789abcdef-secret"),
        ])
        .await;
        let begun = std::time::Instant::now();
        world.browser().get("/users/login").await.expect(503);
        assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{host}");
    }
    let called = tokio::time::timeout(std::time::Duration::from_millis(100), listener.accept()).await;
    assert!(called.is_err(), "somebody called");
}
