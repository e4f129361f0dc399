//! What stands behind `webhook` on the command line.

use clap::{Args, Subcommand};
use webhook::{Format, Preset, Scheme};

use crate::of_stack::OfStack;

/// `latchkey webhook …`
pub type Webhooks = OfStack<Command>;

/// What can be done.
#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
pub enum Command {
    /// Adds a source, and prints where it is to send and its secret
    Add(Add),
    /// Prints all sources
    List,
    /// Prints what is known of a source, without its secrets
    Show {
        /// Its name
        name: String,
    },
    /// Makes a new secret. The one before works until the next rotation
    RotateSecret {
        /// The name of the source
        name: String,
        /// Makes none, and ends the one before: only the newest works from now on
        #[arg(long)]
        finish: bool,
        /// Reads the new one from standard input: the sender made it
        #[arg(long, conflicts_with = "finish")]
        secret_from_stdin: bool,
    },
    /// Removes a source: what comes in its name is believed no more. What it gave stays
    Remove {
        /// Its name
        name: String,
    },
    /// Sends a signed sample of a sale to the running latchkey, or prints how to
    Test {
        /// The name of the source
        name: String,
        /// For whom it is
        #[arg(long, value_name = "ADDRESS", default_value = "buyer@example.com")]
        address: String,
        /// What was bought [default: the first product of the source]
        #[arg(long, value_name = "PRODUCT")]
        product: Option<String>,
        /// The order [default: one that there was not]
        #[arg(long, value_name = "ORDER")]
        order: Option<String>,
        /// Prints the line for curl, and sends nothing
        #[arg(long)]
        print: bool,
    },
    /// Lists what came from a source, the latest first
    Events {
        /// The name of the source
        name: String,
        /// Only what could not be used
        #[arg(long)]
        dead: bool,
    },
    /// Tries an event again that could not be used
    Replay {
        /// Its id, as `events` has it
        id: String,
    },
}

/// A source to add.
#[derive(Debug, Clone, Default, Args)]
pub struct Add {
    /// Its name: it is in the address, and with what it gives
    pub name: String,
    /// A sender that is known: stripe, github-sponsors, gumroad or standard. What else is said here is in the place of what it says
    #[arg(long, value_name = "SENDER", value_parser = preset)]
    pub preset: Option<&'static Preset>,
    /// How it signs: standard, stripe, github or path
    #[arg(long, value_name = "SCHEME", value_parser = scheme, required_unless_present = "preset")]
    pub scheme: Option<Scheme>,
    /// Its bodies are forms, and places are names of fields [default: JSON, and JSON pointers]
    #[arg(long)]
    pub form: bool,
    /// Where the id of the event is; more places, once for each, are looked at in turn. So it is with those that follow
    #[arg(long, value_name = "PLACE")]
    pub id: Vec<String>,
    /// Where the time of the event is, in seconds since 1970: more than five minutes away, it is refused
    #[arg(long, value_name = "PLACE")]
    pub time: Vec<String>,
    /// Where the buyer's address is
    #[arg(long, value_name = "PLACE")]
    pub address: Vec<String>,
    /// Where the order is, which a refund names again
    #[arg(long, value_name = "PLACE")]
    pub order: Vec<String>,
    /// Where the product is
    #[arg(long, value_name = "PLACE")]
    pub product_at: Vec<String>,
    /// Where the kind of event is
    #[arg(long, value_name = "PLACE")]
    pub kind: Vec<String>,
    /// A kind that is a sale; once for each
    #[arg(long, value_name = "KIND")]
    pub sale: Vec<String>,
    /// A kind that is a refund; once for each
    #[arg(long, value_name = "KIND")]
    pub refund: Vec<String>,
    /// What makes an event of no interest; once for each
    #[arg(long, value_name = "PLACE=VALUE")]
    pub unless: Vec<String>,
    /// A product, and what it gives: entitlements, and roles as role:NAME; once for each
    #[arg(long, value_name = "ID=NAME,NAME")]
    pub product: Vec<String>,
    /// A role that products of this source may give; once for each. None that manages people or rights
    #[arg(long, value_name = "ROLE")]
    pub may_give: Vec<String>,
    /// Reads the secret from standard input: the sender made it [default: makes one]
    #[arg(long)]
    pub secret_from_stdin: bool,
    /// In the place of the source of this name, whose secrets stay
    #[arg(long, conflicts_with = "secret_from_stdin")]
    pub replace: bool,
}

impl Add {
    pub(super) fn format(&self) -> Format {
        match self.preset {
            _ if self.form => Format::Form,
            Some(preset) => preset.format,
            None => Format::Json,
        }
    }
}

fn preset(text: &str) -> Result<&'static Preset, String> {
    let names: Vec<_> = webhook::PRESETS.iter().map(|preset| preset.name).collect();
    Preset::find(text).ok_or_else(|| format!("it must be one of {}", names.join(", ")))
}

fn scheme(text: &str) -> Result<Scheme, String> {
    Scheme::parse(text).ok_or_else(|| "it must be standard, stripe, github or path".to_owned())
}
