//! https is verified, always (#102). Certificates are judged by the system's clock, so these are valid for a century or
//! ended long ago.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::default_provider,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
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
async fn a_house_of_ones_own_brings_its_authority() {
    // #102
    let authority = Authority::new();
    let (stub, table) = (authority.serve("localhost", 2100).await, table().await);
    let providers = settings(&stub).load("acme", Some(&authority.pem()), &table).unwrap();
    let world = World { stub, table, providers };
    assert!(world.sign_in(|_| ()).await.is_ok());
    assert_eq!(world.stub.hits("/token").len(), 1);
}

#[tokio::test]
async fn a_certificate_that_is_not_right_ends_the_login() {
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
async fn nor_does_the_token_endpoint_get_the_code() {
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

#[tokio::test]
async fn the_file_is_read_at_the_start() {
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
