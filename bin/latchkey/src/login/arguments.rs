//! What stands behind `login` and `token` on the command line.

use clap::Args;

use super::CLIENT;

/// Which latchkey, and as which client.
#[derive(Debug, Args)]
pub struct Server {
    /// The address of a latchkey [default: BASE_URL, or the local cloud's]
    #[arg(long, value_name = "URL", conflicts_with = "stack")]
    pub issuer: Option<String>,
    /// A deployed stack
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
    /// The client as which to sign in
    #[arg(long, value_name = "ID", default_value = CLIENT)]
    pub client_id: String,
}

/// `latchkey login`
#[derive(Debug, Args)]
pub struct Login {
    /// Where.
    #[command(flatten)]
    pub server: Server,
    /// Signs in by a code, in a browser on any machine. So it is over SSH
    #[arg(long)]
    pub device: bool,
    /// A scope of an API that tokens are to have; once for each
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// An API that tokens are to be for; once for each
    #[arg(long = "audience", value_name = "URL")]
    pub audiences: Vec<String>,
}

/// `latchkey logout`
#[derive(Debug, Args)]
pub struct Logout {
    /// Where.
    #[command(flatten)]
    pub server: Server,
}

/// `latchkey token`
#[derive(Debug, Args)]
pub struct Token {
    /// Where.
    #[command(flatten)]
    pub server: Server,
    /// A scope that the token is to have; once for each [default: all that was granted]
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// The API that it is to be for
    #[arg(long, value_name = "URL")]
    pub audience: Option<String>,
}
