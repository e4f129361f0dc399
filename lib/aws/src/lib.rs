//! The way to AWS, one per process: region, credentials, and one HTTP client. A library of its own because `store` and `vault`
//! do not know each other, and because making these things is the larger part of a cold start: a client that is left to
//! itself reads the system's certificate authorities twice.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::{
    Connector,
    tls::{Provider as Tls, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};
use tokio::sync::OnceCell;

static CONFIG: OnceCell<SdkConfig> = OnceCell::const_new();

/// What every client of an AWS service starts from: region, credentials and endpoint from where the AWS SDK finds them. Made
/// at the first call, and kept. It sets no timeout: each client has its own for every attempt.
pub async fn config() -> &'static SdkConfig {
    CONFIG.get_or_init(load).await
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
