//! What stands behind `role`, `rule` and `explain` on the command line.

use clap::{Args, Subcommand};
use user::rights::{Claim, Rule};

use crate::of_stack::OfStack;

/// `latchkey role …`
pub type Roles = OfStack<RoleCommand>;

/// What can be done with roles.
#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// Prints all roles, and which of them everybody gets
    List {
        /// As JSON, with the rules
        #[arg(long)]
        json: bool,
    },
    /// Prints what a role allows, and which rules give it
    Show {
        /// Its name
        name: String,
    },
    /// Says what a role allows from now on; makes it, if there is none of this name
    Set {
        /// Its name
        name: String,
        /// The scopes that it allows; none: nothing
        scopes: Vec<String>,
        /// It counts only where somebody has shown a second factor; `--second-factor=false`: it counts everywhere [default: as it was]
        #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
        second_factor: Option<bool>,
        /// Only says who would gain or lose what
        #[arg(long = "try")]
        is_trial: bool,
    },
    /// Removes a role: it allows nothing any more to anyone who has it
    Remove {
        /// Its name
        name: String,
        /// Only says who would gain or lose what
        #[arg(long = "try")]
        is_trial: bool,
    },
    /// Says which roles somebody gets who signs in for the first time
    Defaults {
        /// Their names; none: no role
        names: Vec<String>,
    },
    /// Writes the rights of the settings into the table, if there are none yet; from then on the settings are ignored
    Begin {
        /// Only if somebody has signed in before
        #[arg(long)]
        if_used: bool,
    },
}

/// `latchkey rule …`
pub type Rules = OfStack<RuleCommand>;

/// What can be done with rules.
#[derive(Debug, Subcommand)]
pub enum RuleCommand {
    /// Prints all rules
    List,
    /// Gives roles to everybody for whom all conditions hold; replaces the rule of this name
    Add(RuleToAdd),
    /// Says who would gain or lose what by a rule, and adds nothing
    Try(RuleToAdd),
    /// Removes a rule
    Remove {
        /// Its name
        name: String,
        /// Only says who would gain or lose what
        #[arg(long = "try")]
        is_trial: bool,
    },
}

/// One rule.
#[derive(Debug, Args)]
pub struct RuleToAdd {
    /// Its name
    name: String,
    /// A role that it gives; once for each
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<String>,
    /// The provider by which people sign in
    #[arg(long)]
    provider: Option<String>,
    /// The domain of their verified address: by Google's signature, or of the provider that is named, if that is the authority over it
    #[arg(long)]
    domain: Option<String>,
    /// Google's signed `hd`
    #[arg(long)]
    hd: Option<String>,
    /// A value of the claim `groups`
    #[arg(long)]
    group: Option<String>,
    /// A claim of the provider and its value
    #[arg(long, value_name = "NAME=VALUE", value_parser = claim)]
    claim: Option<Claim>,
    /// The client for which a token is
    #[arg(long, value_name = "CLIENT_ID")]
    client: Option<String>,
    /// What is noted of them
    #[arg(long)]
    entitlement: Option<String>,
    /// For how many seconds a sign-in proves it [default: seven days]
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u64>,
    /// For how many seconds the groups that were last known count, where the provider cannot be asked for them [default: not at all]
    #[arg(long, value_name = "SECONDS")]
    keep: Option<u64>,
}

impl RuleToAdd {
    pub(super) fn rule(&self) -> Rule {
        Rule {
            name: self.name.clone(),
            roles: self.roles.clone(),
            provider: self.provider.clone(),
            domain: self.domain.clone(),
            hd: self.hd.clone(),
            group: self.group.clone(),
            claim: self.claim.clone(),
            client: self.client.clone(),
            entitlement: self.entitlement.clone(),
            max_age: self.max_age,
            keep: self.keep,
            ..Rule::default()
        }
    }
}

fn claim(text: &str) -> Result<Claim, String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok(Claim { name: name.to_owned(), value: value.to_owned() })
}

/// `latchkey explain …`
#[derive(Debug, Args)]
pub struct Explain {
    /// The id of a person, or their e-mail address
    pub who: String,
    /// For a token of this client
    #[arg(long, value_name = "CLIENT_ID")]
    pub client: Option<String>,
    /// About these scopes alone, separated by spaces
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<String>,
    /// The deployed stack [default: the local cloud's]
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
}
