//! The way to AWS, one per process: region, credentials, and one HTTP client; and what went wrong on it. A library of its own because
//! `store` and `vault` do not know each other, and because making these things is the larger part of a cold start: a client that is left
//! to itself reads the system's certificate authorities twice.

mod failure;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_http_client::{
    Builder as Plain, Connector,
    tls::{Provider as Tls, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};
use tokio::sync::OnceCell;

pub use self::failure::describe;

static CONFIG: OnceCell<SdkConfig> = OnceCell::const_new();

/// What every client of an AWS service starts from: region, credentials and endpoint from where the AWS SDK finds them. Made
/// at the first call, and kept. It sets no timeout: each client has its own for every attempt.
pub async fn config() -> &'static SdkConfig {
    CONFIG.get_or_init(load).await
}

/// The same; or if there is an endpoint of the local cloud, [what plays AWS there](local).
pub async fn config_at(local_endpoint: Option<&str>) -> SdkConfig {
    match local_endpoint {
        Some(endpoint) => local(endpoint, "local"),
        None => config().await.clone(),
    }
}

/// What plays a service of AWS at this address: region `local`, this access key id and a made-up secret.
pub fn local(endpoint: &str, key: &str) -> SdkConfig {
    let credentials = Credentials::new(key, "local", None, None, "embedded");
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("local"))
        .credentials_provider(SharedCredentialsProvider::new(credentials));
    // Nothing there speaks TLS, so the system's certificates need not be read, which takes longer than all the rest.
    if endpoint.starts_with("http://") {
        config.set_http_client(Some(Plain::new().build_http()));
    }
    config.build()
}

async fn load() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest()).http_client(client()).load().await
}

/// A client with one connector, which trusts the system's certificate authorities.
fn client() -> SharedHttpClient {
    let connector = Connector::builder().tls_provider(Tls::Rustls(CryptoMode::AwsLc)).build();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}
