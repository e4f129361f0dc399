//! What stands behind `user` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Format;

/// `latchkey user …`
#[derive(Debug, Args)]
pub struct Users {
    /// What is done.
    #[command(subcommand)]
    pub command: Command,
    /// The deployed stack whose people they are [default: the local cloud's]
    #[arg(long, value_name = "NAME", global = true)]
    pub stack: Option<String>,
    /// Prints JSON: of a list, a line for each
    #[arg(long, global = true)]
    pub json: bool,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prints people, the newest first
    List(List),
    /// Prints one person
    Show(Who),
    /// Makes an account for somebody who has not signed in yet: it waits for whoever proves the address
    Add {
        /// The e-mail address
        address: String,
        /// What they are called
        #[arg(long)]
        name: Option<String>,
        /// A role that they get; once for each [default: DEFAULT_ROLES]
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
    },
    /// Lets roles wait, for 30 days, for whoever first signs in with this address
    Invite {
        /// The e-mail address
        address: String,
        /// A role that they get beside those of everybody; once for each
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
    },
    /// Withdraws an invitation
    Uninvite {
        /// The e-mail address
        address: String,
    },
    /// Gives somebody a role
    Promote(Promote),
    /// Takes a role from somebody
    Demote(Promote),
    /// Entitles somebody: rules can give roles by it
    Entitle(Entitle),
    /// Takes that back. What a shop's orders gave stays
    Unentitle(Entitle),
    /// Ends all that was issued to somebody, and lets nobody sign in as them
    Disable(Who),
    /// Lets them sign in again. What was issued before stays ended
    Enable(Who),
    /// Deletes somebody for good, with all that is stored of them
    Delete {
        /// Whom
        #[command(flatten)]
        who: Who,
        /// Does it: without this, it only says what would be done
        #[arg(long)]
        yes: bool,
    },
    /// Ends all sessions of somebody, and what apps have of them
    SignOut(Who),
    /// Takes somebody's second factors and passkeys away, who has lost a device, and ends all their sessions
    ForgetFactor(Who),
    /// Lets an address get mails again, from which one came back or which somebody reported as spam
    MailAgain {
        /// The e-mail address
        address: String,
    },
    /// Prints where somebody is signed in and was
    Sessions(Who),
    /// Finishes deletions that stopped in between
    Sweep,
    /// Takes over the people of a file. Who is known already stays as they are
    Import(Import),
    /// Writes everybody to a new file, a person in each line
    Export {
        /// The file
        file: PathBuf,
        /// Writes CSV, with the first identity of each
        #[arg(long)]
        csv: bool,
    },
    /// Writes the lists by which people are found, for a table of an older version
    Index {
        /// Does nothing where that was done before
        #[arg(long)]
        once: bool,
    },
}

/// Somebody.
#[derive(Debug, Args)]
pub struct Who {
    /// Their id, or their e-mail address
    pub who: String,
}

impl Who {
    /// Whether it is an address.
    pub fn is_address(&self) -> bool {
        self.who.contains('@')
    }
}

/// Somebody and a role.
#[derive(Debug, Args)]
pub struct Promote {
    /// Whom
    #[command(flatten)]
    pub who: Who,
    /// The role
    #[arg(long, value_name = "ROLE", default_value = user::manage::ADMIN)]
    pub role: String,
}

/// Somebody and an entitlement.
#[derive(Debug, Args)]
pub struct Entitle {
    /// Whom
    #[command(flatten)]
    pub who: Who,
    /// What it is called, such as gold
    pub name: String,
}

/// Which people.
#[derive(Debug, Args)]
pub struct List {
    /// Only those whose address begins with this
    #[arg(long, value_name = "START")]
    pub email: Option<String>,
    /// Only those whose name begins with this
    #[arg(long, value_name = "START")]
    pub name: Option<String>,
    /// Only those who were given this role
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// Only those who are disabled
    #[arg(long, conflicts_with = "enabled")]
    pub disabled: bool,
    /// Only those who are not
    #[arg(long)]
    pub enabled: bool,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u32,
}

/// People to take over.
#[derive(Debug, Args)]
pub struct Import {
    /// The file
    pub file: PathBuf,
    /// What it is
    #[arg(long, value_enum, default_value = "json")]
    pub format: Format,
    /// Of Firebase: a file with the hash_config that its console shows, without which no password of it can be checked
    #[arg(long, value_name = "FILE", required_if_eq("format", "firebase"))]
    pub hash_config: Option<PathBuf>,
    /// Only says what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Tells no receiver of events of them
    #[arg(long)]
    pub silent: bool,
}
