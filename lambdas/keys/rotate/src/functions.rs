//! The functions that hold keys, and how they get others: Lambda replaces the running environments of a function whose configuration
//! changes.

use std::{collections::HashMap, time::Duration};

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_lambda::{
    Client,
    config::Builder,
    error::ProvideErrorMetadata,
    operation::get_function_configuration::GetFunctionConfigurationOutput as Configuration,
    types::{Environment, LastUpdateStatus},
};
use futures_util::future::try_join_all;
use token::settings::PUBLIC_KEYS;

use crate::Error;

/// How long one attempt of a call may take.
const ATTEMPT: Duration = Duration::from_secs(5);
/// How long to wait before a function is looked at again, and how often: two minutes.
const PAUSE: Duration = Duration::from_millis(250);
const LOOKS: usize = 480;
/// Before the mark in a description by which a function that signs is seen to have got the keys.
const MARK: &str = " (keys ";

/// The functions of the stack.
pub(crate) struct Functions {
    client: Client,
    signers: Vec<String>,
    verifiers: Vec<String>,
}

/// The environments of those functions that hold the public keys, by name.
pub(crate) struct Environments(Vec<(String, HashMap<String, String>)>);

impl Environments {
    /// The most that Lambda takes as an environment, in bytes of the JSON that it makes of it.
    pub(crate) const MOST: usize = 4096;

    /// A function that has no room for these public keys.
    pub(crate) fn without_room_for(&self, public: &str) -> Option<&str> {
        let size = |variables: &HashMap<String, String>| {
            let mut variables = variables.clone();
            variables.insert(PUBLIC_KEYS.name.to_owned(), public.to_owned());
            serde_json::json!(variables).to_string().len()
        };
        self.0.iter().find(|(_, variables)| size(variables) > Self::MOST).map(|(name, _)| name.as_str())
    }
}

/// What a function is to have; nothing where it does not matter.
struct Wanted<'a> {
    mark: Option<String>,
    public: &'a str,
}

impl Functions {
    pub(crate) fn of(config: &SdkConfig, signers: Vec<String>, verifiers: Vec<String>) -> Self {
        let timeouts =
            TimeoutConfig::builder().connect_timeout(ATTEMPT).operation_attempt_timeout(ATTEMPT).build();
        let config = Builder::from(config).timeout_config(timeouts).retry_config(RetryConfig::standard());
        Self { client: Client::from_conf(config.build()), signers, verifiers }
    }

    /// Lets each function that signs start anew, if it has not since this version of the secret.
    pub(crate) async fn restart_signers(&self, version: &str, public: &str) -> Result<(), Error> {
        let mark = || Some(version.chars().take(12).collect());
        let all = self.signers.iter().map(|name| self.bring(name, Wanted { mark: mark(), public }));
        try_join_all(all).await.map(drop)
    }

    /// Gives each function that verifies these public keys, if it has others.
    pub(crate) async fn publish(&self, public: &str) -> Result<(), Error> {
        let all = self.verifiers.iter().map(|name| self.bring(name, Wanted { mark: None, public }));
        try_join_all(all).await.map(drop)
    }

    /// What the functions hold that hold the public keys.
    pub(crate) async fn environments(&self) -> Result<Environments, Error> {
        let look = async |name: &String| {
            let found = self.client.get_function_configuration().function_name(name).send().await;
            let found = found.map_err(|error| Error::of_function(name, &error))?;
            Ok::<_, Error>((name.clone(), variables_of(&found)))
        };
        let mut all = try_join_all(self.signers.iter().chain(&self.verifiers).map(look)).await?;
        all.retain(|(_, variables)| variables.contains_key(PUBLIC_KEYS.name));
        Ok(Environments(all))
    }

    /// Changes a function until it is what is wanted, and that is in effect. Somebody who changes it meanwhile, such as a deploy, is
    /// not overwritten: the revision tells.
    async fn bring(&self, name: &str, wanted: Wanted<'_>) -> Result<(), Error> {
        let failed = |why: &str| Error::Function { name: name.to_owned(), why: why.to_owned() };
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            let found = self.client.get_function_configuration().function_name(name).send().await;
            let found = found.map_err(|error| Error::of_function(name, &error))?;
            match (found.last_update_status(), wanted.change(&found)) {
                (Some(LastUpdateStatus::InProgress), _) => {}
                (Some(LastUpdateStatus::Failed), None) => {
                    return Err(failed(found.last_update_status_reason().unwrap_or("its update failed")));
                }
                (_, None) => return Ok(()),
                (_, Some(change)) => self.change(name, &found, change).await?,
            }
        }
        Err(failed("it is still being changed after two minutes"))
    }

    /// One attempt to change a function that nobody else has changed since it was read.
    async fn change(&self, name: &str, found: &Configuration, change: Changed) -> Result<(), Error> {
        let variables = Environment::builder().set_variables(Some(change.variables)).build();
        let request = self.client.update_function_configuration().function_name(name);
        let request = request.set_revision_id(found.revision_id().map(str::to_owned));
        let sent = request.environment(variables).description(change.description).send().await;
        match sent {
            Ok(_) => {
                tracing::info!(function_name = name, "the function gets the keys");
                Ok(())
            }
            // Somebody else was quicker: look again.
            Err(error)
                if matches!(
                    error.code(),
                    Some(
                        "PreconditionFailedException"
                            | "ResourceConflictException"
                            | "TooManyRequestsException"
                    )
                ) =>
            {
                Ok(())
            }
            Err(error) => Err(Error::of_function(name, &error)),
        }
    }
}

/// A configuration as it is to be.
struct Changed {
    variables: HashMap<String, String>,
    description: String,
}

impl Wanted<'_> {
    /// What has to change, if anything has.
    fn change(&self, found: &Configuration) -> Option<Changed> {
        let mut variables = variables_of(found);
        let mut is_changed = false;
        if let Some(keys) = variables.get_mut(PUBLIC_KEYS.name).filter(|keys| *keys != self.public) {
            self.public.clone_into(keys);
            is_changed = true;
        }
        let mut description = found.description().unwrap_or_default().to_owned();
        if let Some(mark) = &self.mark {
            let mark = format!("{MARK}{mark})");
            if !description.ends_with(&mark) {
                description = format!("{}{mark}", description.split(MARK).next().unwrap_or_default());
                is_changed = true;
            }
        }
        is_changed.then_some(Changed { variables, description })
    }
}

fn variables_of(found: &Configuration) -> HashMap<String, String> {
    let variables = found.environment().and_then(|environment| environment.variables().cloned());
    variables.unwrap_or_default()
}
