//! The command line.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand};

use crate::{
    clients::Clients,
    keys,
    login::{Login, Logout, Token},
    new,
    receivers::Events,
    restore::Restore,
    rights::{Explain, Roles, Rules},
    status::Status,
    trail::Trail,
    users::Users,
    webhooks::Webhooks,
};

/// Runs latchkey on this machine: all functions, a database, and while no provider has a client id, a stand-in for them.
#[derive(Debug, Parser)]
#[command(name = "latchkey", version)]
pub struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The port to listen on [default: PORT, or 3000]
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Answers at https, with a certificate that authority.pem in the folder for keys vouches for
    #[arg(long)]
    pub(crate) tls: bool,
    /// Registers the clients and APIs of a JSON file before it answers, as `client import` does: for test suites
    #[arg(long, value_name = "FILE")]
    pub(crate) clients: Option<PathBuf>,
    /// The folder for keys and rows [default: LATCHKEY_HOME, or .latchkey]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) home: Option<PathBuf>,
}

/// What is done instead of that.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Prints the reference of all settings, as in docs/settings.md
    Settings,
    /// Prints one setting as the environment, .env.local and .env have it; nothing where it is not set
    Setting {
        /// Its name, such as ADMINS
        name: String,
    },
    /// Prints the CloudFormation template for this installation's settings
    Template {
        /// Reads this file alone, instead of .env, .env.local and the environment
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Has this secret in it though no function reads it any more, such as factor-key; once for each
        #[arg(long, value_name = "SECRET")]
        keep: Vec<String>,
    },
    /// Starts every function as it would be deployed with this installation's settings, and says which setting one refuses
    Check {
        /// Also says whether people of this stack rely on something that these settings turn off
        #[arg(long, value_name = "NAME")]
        stack: Option<String>,
    },
    /// Adds a function of your own, and registers it in every list of functions
    New(NewFunction),
    /// Removes functions: their folders, and their entries in every list
    Remove {
        /// The path of each, such as reports/export
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// What needs the settings and the folder of this place
    #[command(flatten)]
    Here(Box<HereCommand>),
}

/// What works with the settings and the folder of this place, and prints a text.
#[derive(Debug, Subcommand)]
pub(crate) enum HereCommand {
    /// Prints how to reach the database of the running local cloud, for a shell: eval "$(cargo run -q -- database)"
    Database,
    /// Prints what guards an API of yours with our tokens
    #[command(subcommand)]
    Api(ApiCommand),
    /// Registers the apps and services that tokens are issued to, and the APIs that they are for
    Client(Box<Clients>),
    /// Says which roles there are and what each allows
    Role(Roles),
    /// Gives roles by what providers prove of people: rules
    Rule(Box<Rules>),
    /// Says in sentences why somebody may do what they may do
    Explain(Explain),
    /// Looks after people: lists, invites, promotes, disables and deletes them
    User(Users),
    /// Says who may tell by webhook what people bought, and what that gives them
    Webhook(Box<Webhooks>),
    /// Signs you in from this terminal, with a browser here or on another machine
    Login(Login),
    /// Prints an access token of whoever signed in with `login`, and nothing else
    Token(Token),
    /// Revokes what `login` got, and forgets it
    Logout(Logout),
    /// Lists, rotates and revokes the keys that sign tokens, and makes keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// Says whether it works, and what happened in the last hour
    Status(Status),
    /// Lists what is kept of what happened: changes of rights and clients, what admins did, reuse of tokens, key events
    Audit(Trail),
    /// Registers systems of yours that are told what happens to people (webhooks)
    Events(Events),
    /// After the table was restored from a backup: does again what ended since
    Restore(Restore),
}

/// A function of your own.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("method").required(true).multiple(true)))]
#[command(group(ArgGroup::new("who").required(true)))]
pub(crate) struct NewFunction {
    /// Its path, such as reports/export
    pub(crate) path: String,
    /// It answers GET
    #[arg(long, group = "method")]
    get: bool,
    /// It answers POST
    #[arg(long, group = "method")]
    post: bool,
    /// It answers PUT
    #[arg(long, group = "method")]
    put: bool,
    /// It answers PATCH
    #[arg(long, group = "method")]
    patch: bool,
    /// It answers DELETE
    #[arg(long, group = "method")]
    delete: bool,
    /// For anyone whose access token has this scope, such as users:read
    #[arg(long, value_name = "SCOPE", group = "who")]
    scope: Option<String>,
    /// For anyone with a valid access token
    #[arg(long, group = "who")]
    signed_in: bool,
    /// For everybody
    #[arg(long, group = "who")]
    public: bool,
}

impl NewFunction {
    pub(crate) fn methods(&self) -> Vec<&'static str> {
        let all = [
            (self.get, "GET"),
            (self.post, "POST"),
            (self.put, "PUT"),
            (self.patch, "PATCH"),
            (self.delete, "DELETE"),
        ];
        all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, method)| method).collect()
    }

    pub(crate) fn who(&self) -> new::Who {
        match &self.scope {
            Some(scope) => new::Who::Scope(scope.clone()),
            None if self.public => new::Who::Public,
            None => new::Who::SignedIn,
        }
    }
}

/// `latchkey api …`
#[derive(Debug, Subcommand)]
pub(crate) enum ApiCommand {
    /// Prints issuer, key set, audience, a piece of template, and a token to try
    Add {
        /// What the API is called
        name: String,
        /// Whom its tokens are for: its `aud`
        #[arg(long, value_name = "URL")]
        audience: String,
        /// A scope that it knows; once for each
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// What it expects its tokens to be signed with [default: what the signing key is for]
        #[arg(long, value_name = "ALG")]
        alg: Option<String>,
    },
}
