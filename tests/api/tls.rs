//! The local cloud at https, as `cargo run -- --tls` starts it.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc, time::Duration};

use latchkey::{Cloud, Options};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use setting::Clock;
use tests::{stub::Stub, tls::Authority};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::start::Folder;

async fn start(home: &std::path::Path, settings: &[(&str, &str)]) -> Result<Cloud, setting::SettingError> {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = Options { settings, home: Some(home.to_owned()), port: 0, clock: Clock::system() };
    Cloud::start_with_tls(options).await
}

/// Who trusts these authorities and no other.
fn trusting(authority: Option<&PathBuf>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    if let Some(file) = authority {
        roots.add(CertificateDer::from_pem_file(file).unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// One request over TLS by this name of the machine: the whole answer.
async fn ask(cloud: &Cloud, name: &str, head: &str, body: &str) -> std::io::Result<String> {
    let tcp = TcpStream::connect(("127.0.0.1", cloud.port)).await?;
    let host = ServerName::try_from(name.to_owned()).unwrap();
    let mut stream = trusting(cloud.authority.as_ref()).connect(host, tcp).await?;
    let length = body.len();
    let request = format!(
        "{head}\r\nHost: localhost:{}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}",
        cloud.port
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    Ok(String::from_utf8(answer).unwrap())
}

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let line = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name}: {answer}"))
}

fn target(address: &str) -> &str {
    &address[address.match_indices('/').nth(2).unwrap().0..]
}

#[tokio::test]
async fn people_sign_in_at_https_with_the_cookies_that_ship() {
    // #31: the functions call the stand-in over TLS too, and trust its authority.
    let home = Folder::new();
    let cloud = start(&home.0, &[]).await.unwrap();
    assert!(cloud.url.starts_with("https://localhost:"), "{}", cloud.url);
    let began = ask(&cloud, "localhost", "GET /users/login HTTP/1.1\r\nAccept: text/html", "").await.unwrap();
    let login = header(&began, "set-cookie").split(';').next().unwrap().to_owned();
    assert!(login.starts_with("__Host-") && header(&began, "set-cookie").contains("; Secure"), "{began}");
    let there = format!(
        "POST {} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded",
        target(header(&began, "location"))
    );
    let agreed = ask(&cloud, "localhost", &there, "person=ada").await.unwrap();
    let back = format!(
        "GET {} HTTP/1.1\r\nAccept: text/html\r\nCookie: {login}",
        target(header(&agreed, "location"))
    );
    let signed_in = ask(&cloud, "127.0.0.1", &back, "").await.unwrap();
    assert!(signed_in.starts_with("HTTP/1.1 303") && signed_in.contains("__Host-session="), "{signed_in}");
    cloud.stop().await;
}

#[tokio::test]
async fn the_authority_stays_and_only_its_owner_reads_its_key() {
    // #106
    let home = Folder::new();
    let cloud = start(&home.0, &[]).await.unwrap();
    let file = cloud.authority.clone().unwrap();
    let first = fs::read(&file).unwrap();
    cloud.stop().await;
    let cloud = start(&home.0, &[]).await.unwrap();
    assert_eq!(fs::read(&file).unwrap(), first);
    for name in ["localhost", "127.0.0.1"] {
        assert!(ask(&cloud, name, "GET / HTTP/1.1", "").await.unwrap().starts_with("HTTP/1.1 200"), "{name}");
    }
    assert!(ask(&cloud, "id.example.com", "GET / HTTP/1.1", "").await.is_err());
    for name in ["authority.pem", "authority-key.pem"] {
        assert_eq!(fs::metadata(home.0.join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    assert!(!String::from_utf8(first).unwrap().contains("PRIVATE"));
}

#[tokio::test]
async fn whoever_does_not_speak_tls_keeps_nobody_waiting() {
    let home = Folder::new();
    let cloud = start(&home.0, &[]).await.unwrap();
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(("127.0.0.1", cloud.port)).await.unwrap());
    }
    silent[0].write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(5), ask(&cloud, "localhost", "GET / HTTP/1.1", ""));
    assert!(answer.await.unwrap().unwrap().starts_with("HTTP/1.1 200"));
    // Who does not trust the authority does not come in.
    let tcp = TcpStream::connect(("127.0.0.1", cloud.port)).await.unwrap();
    assert!(trusting(None).connect(ServerName::try_from("localhost").unwrap(), tcp).await.is_err());
}

#[tokio::test]
async fn those_whom_ca_file_names_are_trusted_beside_it() {
    // #102: such as a test suite at https on this machine, with a certificate of its own.
    let authority = Authority::new();
    let (home, theirs, stub) = (Folder::new(), Folder::new(), Stub::start_tls(&authority).await);
    let file = theirs.0.join("ca.pem");
    fs::write(&file, authority.pem()).unwrap();
    let mut settings = stub.settings();
    settings.push(("CA_FILE", file.to_str().unwrap()));
    let cloud = start(&home.0, &settings).await.unwrap();
    // Before the person is sent to a provider, its metadata is fetched over TLS.
    ask(&cloud, "localhost", "GET /users/login HTTP/1.1\r\nAccept: text/html", "").await.unwrap();
    assert_eq!(stub.hits("discovery"), 1);
    cloud.stop().await;
    let error = start(&home.0, &[("CA_FILE", "/nowhere.pem")]).await.err().unwrap().to_string();
    assert!(error.starts_with("CA_FILE /nowhere.pem cannot be read: "), "{error}");
}
