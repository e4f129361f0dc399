//! `cargo run -- --tls`: the local cloud at https, as test suites and libraries want it that take no http. A certificate authority
//! of this folder's own signs a certificate for this machine's names; whoever is to trust it gets the authority's file.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::serve::Listener;
use oauth::{Secret, Time};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::default_provider,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use setting::{Clock, SettingError};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::home::Home;

/// The names of this machine.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The authority's certificate, in the home folder.
pub(crate) const AUTHORITY: &str = "authority.pem";
/// It and the authorities of `CA_FILE`, likewise.
const AUTHORITIES: &str = "authorities.pem";
/// Its key, likewise.
pub(crate) const AUTHORITY_KEY: &str = "authority-key.pem";

/// How long a handshake may take, and how many may be under way.
const HANDSHAKE: Duration = Duration::from_secs(10);
const MOST_HANDSHAKES: usize = 256;

/// How long nothing is accepted when the machine has no room for a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// What a server of this machine accepts connections with, and where its authority's certificate is.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    /// The file to trust.
    pub(crate) authority: PathBuf,
}

impl Tls {
    /// With the authority of this folder, which is made if it is not there; the server's own certificate is fresh each time.
    pub(crate) fn open(home: &Home) -> Result<Self, SettingError> {
        let key =
            home.secret(AUTHORITY_KEY, || KeyPair::generate().map(|key| Secret::new(key.serialize_pem())))?;
        let key = KeyPair::from_pem(key.expose()).map_err(failed)?;
        let params = authority();
        home.secret(AUTHORITY, || params.self_signed(&key).map(|made| Secret::new(made.pem())))?;
        let issuer = Issuer::new(params, key);
        Ok(Self { acceptor: acceptor(&issuer)?, authority: home.file(AUTHORITY) })
    }

    /// A file with the authority and with those of another file.
    pub(crate) fn trusted_with(&self, home: &Home, others: &Path) -> Result<PathBuf, SettingError> {
        let read = |file: &Path| {
            let text = fs::read_to_string(file);
            text.map_err(|error| {
                SettingError::new(format!("CA_FILE {} cannot be read: {error}", file.display()))
            })
        };
        let both = format!("{}\n{}", read(&self.authority)?, read(others)?);
        home.keep(AUTHORITIES, &Secret::new(both))?;
        Ok(home.file(AUTHORITIES))
    }

    /// Accepts connections over TLS from now on.
    pub(crate) fn listen(self, tcp: TcpListener) -> TlsListener {
        TlsListener { tcp, acceptor: self.acceptor, handshakes: JoinSet::new() }
    }
}

fn failed(error: impl std::fmt::Display) -> SettingError {
    SettingError::new(format!(
        "--tls: {error}. Remove {AUTHORITY} and {AUTHORITY_KEY} to have them made again"
    ))
}

/// The authority's certificate: for what it signs, and for nothing that could sign in its name.
fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, "latchkey on this machine");
    params
}

fn acceptor(issuer: &Issuer<'_, KeyPair>) -> Result<TlsAcceptor, SettingError> {
    let mut params = CertificateParams::new(NAMES.map(str::to_owned)).map_err(failed)?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Some take no server's certificate that is good for more than 825 days.
    let year = year_of(Clock::system().now());
    (params.not_before, params.not_after) = (date_time_ymd(year, 1, 1), date_time_ymd(year + 2, 1, 1));
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.signed_by(&key, issuer).map_err(failed)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .map_err(failed)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The year of a moment, or at its very beginning the one before.
fn year_of(now: Time) -> i32 {
    const YEAR: i64 = 31_556_952;
    i32::try_from(now.epoch() / YEAR).map_or(1970, |years| 1970 + years)
}

/// Accepts TLS connections. A slow handshake keeps nobody else waiting.
pub(crate) struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let room = self.handshakes.len() < MOST_HANDSHAKES;
            tokio::select! {
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(connection)) = done {
                        return connection;
                    }
                }
                connected = self.tcp.accept(), if room => match connected {
                    Ok((stream, address)) => {
                        let handshake = self.acceptor.accept(stream);
                        self.handshakes.spawn(async move {
                            let stream = timeout(HANDSHAKE, handshake).await.ok()?.ok()?;
                            Some((stream, address))
                        });
                    }
                    Err(_) => sleep(PAUSE).await,
                },
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}
