//! One request over one fresh TLS connection, by hand.

use std::sync::Arc;

use lambda_runtime::Error;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::sign::Signed;

/// What is asked of others: one row of the table, and one token of the provider.
pub struct Upstream {
    connector: TlsConnector,
    database: u16,
    provider: u16,
}

impl Upstream {
    /// Both on `localhost`, with certificates of one authority.
    pub fn new(authority: &[u8], database: u16, provider: u16) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority)?)?;
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), database, provider })
    }

    /// GetItem, signed.
    pub async fn get_item(&self, body: &str) -> Result<String, Error> {
        let Signed { date, authorization } = Signed::of(body, &format!("localhost:{}", self.database));
        let head = format!(
            "content-type: application/x-amz-json-1.0\r\nx-amz-target: DynamoDB_20120810.GetItem\r\n\
             x-amz-date: {date}\r\nauthorization: {authorization}"
        );
        self.post(self.database, "/", &head, body).await
    }

    /// The exchange of a code.
    pub async fn token(&self, form: &str) -> Result<String, Error> {
        self.post(self.provider, "/token", "content-type: application/x-www-form-urlencoded", form).await
    }

    async fn post(&self, port: u16, path: &str, head: &str, body: &str) -> Result<String, Error> {
        let stream = TcpStream::connect(("localhost", port)).await?;
        stream.set_nodelay(true)?;
        let mut stream = self.connector.connect(ServerName::try_from("localhost")?, stream).await?;
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost:{port}\r\n{head}\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let answer = String::from_utf8(answer)?;
        if answer.starts_with("HTTP/1.1 200") { Ok(answer) } else { Err(answer.into()) }
    }
}
