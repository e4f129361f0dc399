//! https is verified, always (#102). Certificates are checked by the system's clock, so these are valid for a century or
//! ended long ago.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::default_provider,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::support::{NOW, Settings, World, begin, keys::OURS, status, stub::Stub, table};

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2100, 1, 1);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// A server with a certificate for `host` that ends at the beginning of a year.
    async fn serve(&self, host: &str, until: i32) -> Stub {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Stub::start_tls(TlsAcceptor::from(Arc::new(config))).await
    }
}

fn settings(stub: &Stub) -> Settings {
    Settings::discovered(stub).set("ACME_CLIENT_SECRET", "0123456789abcdef-secret")
}

#[tokio::test]
async fn a_private_certificate_authority_is_trusted_if_configured() {
    // #102
    let authority = Authority::new();
    let (stub, table) = (authority.serve("localhost", 2100).await, table().await);
    let providers = settings(&stub).load("acme", Some(&authority.pem()), &table).unwrap();
    let world = World { stub, table, providers };
    assert!(world.sign_in(|_| ()).await.is_ok());
    assert_eq!(world.stub.hits("/token").len(), 1);
}

#[tokio::test]
async fn a_wrong_certificate_fails_the_login() {
    // #102: somebody else's, for another host, over.
    let (authority, stranger) = (Authority::new(), Authority::new());
    let table = table().await;
    for (what, stub) in [
        ("unknown authority", stranger.serve("localhost", 2100).await),
        ("another host", authority.serve("other.example", 2100).await),
        ("over", authority.serve("localhost", 2001).await),
    ] {
        let providers = settings(&stub).load("acme", Some(&authority.pem()), &table).unwrap();
        let result = begin(providers.only().unwrap(), NOW).await;
        assert!(matches!(&result, Err(error) if error.refusal().unwrap().status() == 503), "{what}");
        assert_eq!(stub.all_hits(), 0, "{what}");
    }
}

#[tokio::test]
async fn the_code_is_not_sent_to_a_wrong_certificate() {
    // #102, #103: the metadata and keys are fine, the token endpoint's certificate is not.
    let (authority, stranger) = (Authority::new(), Authority::new());
    let (good, bad) = (authority.serve("localhost", 2100).await, stranger.serve("localhost", 2100).await);
    let table = table().await;
    let settings = settings(&good).endpoints("ACME", &good).set("ACME_TOKEN_ENDPOINT", bad.url("/token"));
    let world = World {
        providers: settings.load("acme", Some(&authority.pem()), &table).unwrap(),
        stub: good,
        table,
    };
    assert_eq!(status(&world.sign_in_with(NOW, |claims| OURS.token(claims)).await), 503);
    assert_eq!(bad.all_hits(), 0);
}

/// What of a ClientHello (RFC 8446 §4.1.2) says which versions are spoken: those of the extension, or the one before it.
fn versions(hello: &[u8]) -> Vec<u16> {
    let number = |at: usize| u16::from_be_bytes([hello[at], hello[at + 1]]);
    let mut at = 4 + 2 + 32;
    at += 1 + usize::from(hello[at]);
    at += 2 + usize::from(number(at));
    at += 1 + usize::from(hello[at]);
    at += 2;
    while at < hello.len() {
        let (kind, length) = (number(at), usize::from(number(at + 2)));
        let content = at + 4..at + 4 + length;
        if kind == 43 {
            return content.skip(1).step_by(2).map(number).collect();
        }
        at = content.end;
    }
    vec![number(4)]
}

async fn record(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.ok()?;
    let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut body).await.ok()?;
    Some((head[0], body))
}

/// A server that knows nothing newer than `version`: what the client says at first, and what it says to a ServerHello of that.
async fn old_server(listener: TcpListener, version: u16) -> (Vec<u8>, Option<(u8, Vec<u8>)>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let (_, hello) = record(&mut stream).await.unwrap();
    let [major, minor] = version.to_be_bytes();
    // A random, no session, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, no compression.
    let mut answer = vec![22, major, minor, 0, 42, 2, 0, 0, 38, major, minor];
    answer.extend([7; 32]);
    answer.extend([0, 0xc0, 0x13, 0]);
    stream.write_all(&answer).await.unwrap();
    let said = record(&mut stream).await;
    (hello, said)
}

#[tokio::test]
async fn tls_older_than_1_2_is_refused() {
    // #102
    const TLS_1_2: u16 = 0x0303;
    let table = table().await;
    for version in [0x0300, 0x0301, 0x0302] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let server = tokio::spawn(old_server(listener, version));
        let stub = Stub::start().await;
        let authority = Authority::new().pem();
        let providers =
            settings(&stub).set("ACME_ISSUER", issuer).load("acme", Some(&authority), &table).unwrap();
        let result = begin(providers.only().unwrap(), NOW).await;
        assert!(matches!(&result, Err(error) if error.refusal().unwrap().status() == 503), "{version:x}");
        let (hello, said) = server.await.unwrap();
        assert!(versions(&hello).iter().all(|offered| *offered >= TLS_1_2), "{:x?}", versions(&hello));
        // A fatal alert, `protocol_version` (RFC 8446 §6.2), and no key exchange.
        assert_eq!(said, Some((21, vec![2, 70])), "{version:x}");
    }
    // What would be seen of a client that offers more, by the extension or without it.
    let mut hello = vec![1, 0, 0, 0, 3, 3];
    hello.extend([0; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x13, 1, 0, 0, 9, 0, 43, 0, 5, 4, 3, 4, 3, 2]);
    assert_eq!(versions(&hello), [0x0304, 0x0302]);
    hello.truncate(hello.len() - 11);
    hello.extend([0, 0]);
    assert_eq!(versions(&hello), [TLS_1_2]);
}

#[tokio::test]
async fn ca_file_is_read_at_startup() {
    // #102
    let table = table().await;
    let stub = Stub::start().await;
    let good = Authority::new().pem();
    for (pem, right) in [
        (good.clone(), true),
        (format!("# ours\n{good}{}", Authority::new().pem()), true),
        (String::new(), false),
        ("hello".to_owned(), false),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(), false),
        (format!("{good}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), false),
        (KeyPair::generate().unwrap().serialize_pem(), false),
    ] {
        let loaded = Settings::known(&stub).load("acme", Some(&pem), &table);
        assert_eq!(loaded.is_ok(), right, "{pem}");
        assert!(loaded.is_ok() || loaded.unwrap_err().to_string().starts_with("CA_FILE"));
    }
}
