//! What stands behind `client` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use client::Workload;
use jose::Algorithm;
use oauth::server::ClientAuth;

use crate::of_stack::OfStack;

/// `latchkey client …`
pub type Clients = OfStack<Command>;

/// What can be done.
#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
pub enum Command {
    /// Registers an app, a service or an API, and prints how it is set up
    #[command(subcommand)]
    Add(Add),
    /// Registers the clients and APIs of a JSON file, with the secrets in it: for test suites
    Import {
        /// The file, as in docs/apps.md
        file: PathBuf,
    },
    /// Prints all clients and APIs
    List,
    /// Prints what is registered of one
    Show {
        /// A client_id, or the audience of an API
        id: String,
    },
    /// Makes a new secret. The one before works until the next rotation
    RotateSecret {
        /// The client_id
        id: String,
        /// Makes none, and ends the one before: only the newest works from now on
        #[arg(long)]
        finish: bool,
    },
    /// Refuses a client, and all that was issued to it; of an API, issues no tokens for it
    Disable {
        /// A client_id, or the audience of an API
        id: String,
    },
    /// Accepts it again. What was issued before stays revoked
    Enable {
        /// A client_id, or the audience of an API
        id: String,
    },
    /// Removes it for good
    Remove {
        /// A client_id, or the audience of an API
        id: String,
    },
}

/// What can be registered.
#[derive(Debug, Subcommand)]
pub enum Add {
    /// An app in the browser
    Spa(App),
    /// A server that signs people in
    Web(Server),
    /// An app on a device, or a command-line tool
    Native(Native),
    /// A program that acts for itself
    Service(Service),
    /// An API that tokens are for
    Api(ApiToAdd),
}

/// Any app that people sign in to.
#[derive(Debug, Args)]
pub struct App {
    /// What people are shown
    pub name: String,
    /// Its client_id [default: a random one]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Where people come back to; once for each
    #[arg(long = "redirect-uri", value_name = "URI", required = true)]
    pub redirect_uris: Vec<String>,
    /// Where people may go after signing out; once for each
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Asks each person for consent: for an app that is not your own
    #[arg(long)]
    pub consent: bool,
    /// It never gets a refresh token
    #[arg(long)]
    pub no_refresh_token: bool,
    /// What its ID tokens are signed with: RS256 or ES256
    #[arg(long, value_name = "ALG", default_value = "RS256", value_parser = algorithm)]
    pub id_token_alg: Algorithm,
    /// Puts name and e-mail address into the ID token, beside userinfo
    #[arg(long)]
    pub claims_in_id_token: bool,
    /// It may exchange ID tokens of this provider that are for these client ids there; once for each provider
    #[arg(long = "exchange-id-token", value_name = "PROVIDER=CLIENT_ID,…")]
    pub exchange_id_tokens: Vec<String>,
    /// How many seconds a refresh token lives without being used
    #[arg(long, value_name = "SECONDS")]
    pub refresh_idle: Option<u32>,
    /// For how many seconds it can be renewed
    #[arg(long, value_name = "SECONDS")]
    pub refresh_absolute: Option<u32>,
    /// For how many seconds a spent refresh token gives the same successor again: 0 to 60
    #[arg(long, value_name = "SECONDS")]
    pub grace: Option<u8>,
    /// Its tokens
    #[command(flatten)]
    pub tokens: Tokens,
}

/// An app on a device.
#[derive(Debug, Args)]
pub struct Native {
    /// As any app.
    #[command(flatten)]
    pub app: App,
    /// People may also sign in to it on another device, with a code that it shows (RFC 8628)
    #[arg(long)]
    pub device: bool,
}

/// An app on a server, which can hold a secret.
#[derive(Debug, Args)]
pub struct Server {
    /// As any app.
    #[command(flatten)]
    pub app: App,
    /// How it proves who it is
    #[command(flatten)]
    pub proof: Proof,
    /// Where it is told that a session has ended (OpenID Connect Back-Channel Logout)
    #[arg(long, value_name = "URI")]
    pub backchannel_logout_uri: Option<String>,
    /// It must be told which session has ended
    #[arg(long, requires = "backchannel_logout_uri")]
    pub backchannel_logout_session_required: bool,
    /// Which tokens it may exchange
    #[command(flatten)]
    pub exchange: Exchanges,
    /// It also gets tokens for itself, by client_credentials
    #[arg(long)]
    pub client_credentials: bool,
    /// Accepts requests without PKCE: only for a product that cannot do better
    #[arg(long)]
    pub pkce_optional: bool,
}

/// A program that acts for itself.
#[derive(Debug, Args)]
pub struct Service {
    /// What you call it
    pub name: String,
    /// How it proves who it is
    #[command(flatten)]
    pub proof: Proof,
    /// Which tokens it may exchange
    #[command(flatten)]
    pub exchange: Exchanges,
    /// Where it runs, whose tokens prove who it is: github:repository_id=…,environment=… (or ref=…), aws:issuer=…,role=… or
    /// kubernetes:issuer=…,namespace=…,service_account=…; once for each
    #[arg(long = "workload", value_name = "WORKLOAD", value_parser = Workload::parse, conflicts_with_all = ["jwks", "jwks_uri", "auth"])]
    pub workloads: Vec<Workload>,
    /// Its tokens
    #[command(flatten)]
    pub tokens: Tokens,
}

/// An API.
#[derive(Debug, Args)]
pub struct ApiToAdd {
    /// What people are shown
    pub name: String,
    /// Whom its tokens are for: `aud` in them, `resource` in requests
    #[arg(long, value_name = "URL")]
    pub audience: String,
    /// A scope that it knows; once for each
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// A scope that each person must agree to; once for each
    #[arg(long = "consent-scope", value_name = "SCOPE")]
    pub consent_scopes: Vec<String>,
    /// What its access tokens are signed with: RS256, which every gateway verifies, or ES256, which is shorter
    #[arg(long, value_name = "ALG", default_value = "RS256", value_parser = algorithm)]
    pub access_token_alg: Algorithm,
    /// Also makes a client with which it may ask about tokens (RFC 7662)
    #[arg(long)]
    pub introspection: bool,
}

/// What a client's tokens are good for.
#[derive(Debug, Args)]
pub struct Tokens {
    /// An API that its tokens may be for; once for each. The first is the default
    #[arg(long = "audience", value_name = "URL")]
    pub audiences: Vec<String>,
    /// A scope of these APIs that it may ask for; once for each
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// A scope that it gets if it asks for none; once for each
    #[arg(long = "default-scope", value_name = "SCOPE")]
    pub default_scopes: Vec<String>,
    /// How many seconds its access tokens are valid: 60 to 3600
    #[arg(long, value_name = "SECONDS")]
    pub access_token_lifetime: Option<u32>,
}

/// Which tokens a client may exchange for ours (RFC 8693).
#[derive(Debug, Args)]
pub struct Exchanges {
    /// It may exchange access tokens: its own, for less
    #[arg(long)]
    pub exchange: bool,
    /// And those that other clients sent to this API, for which it speaks; once for each
    #[arg(long = "exchange-api", value_name = "URL")]
    pub exchange_apis: Vec<String>,
}

/// How a client proves who it is.
#[derive(Debug, Args)]
pub struct Proof {
    /// Only this way; without it, a secret in Basic or in the form
    #[arg(long, value_name = "METHOD")]
    pub auth: Option<Method>,
    /// Its public keys, a file with a JWKS: then it proves itself by private_key_jwt
    #[arg(long, value_name = "FILE")]
    pub jwks: Option<PathBuf>,
    /// The address of its public keys, instead of a file
    #[arg(long, value_name = "URL", conflicts_with = "jwks")]
    pub jwks_uri: Option<String>,
}

/// A way that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// The secret, in `Authorization: Basic`
    #[value(name = "client_secret_basic")]
    Basic,
    /// The secret, in the form
    #[value(name = "client_secret_post")]
    Post,
    /// A JWT that it signs
    #[value(name = "private_key_jwt")]
    PrivateKeyJwt,
}

impl From<Method> for ClientAuth {
    fn from(method: Method) -> Self {
        match method {
            Method::Basic => Self::Basic,
            Method::Post => Self::Post,
            Method::PrivateKeyJwt => Self::PrivateKeyJwt,
        }
    }
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    Algorithm::parse(text).ok_or_else(|| "must be RS256 or ES256".to_owned())
}
