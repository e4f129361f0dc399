//! What is particular about an installation: its settings, and what becomes of each in the template.

use std::collections::BTreeSet;

use ::mail::settings::MAIL;
use authenticate::Providers;
use keys_rotate::{
    Rotate,
    settings::{KEYS_ROTATE_DAYS, KEYS_SIGNERS},
};
use mail_send::settings::MAIL_SMTP;
use oauth::is_local_address;
use setting::{Setting, SettingError};
use token::settings::{PUBLIC_KEYS, SIGNING_KEYS};
use trust::Issuers;
use web::EventFunction;

use super::{
    events::Queue,
    mail,
    nodes::{attribute, camel, choose, reference, secret_name, sub, text},
    settings_of,
    yaml::Node,
};
use crate::{
    cors::Cors,
    mount::{self, Mount, Rows},
    settings::{self, Values},
};

/// The settings of an installation, and the providers that follow from them.
#[derive(Debug)]
pub(super) struct Installation<'a> {
    values: &'a Values,
    /// Its functions, those behind the gateway and the one beside it.
    pub(super) mounts: Vec<Mount>,
    pub(super) providers: Vec<String>,
    /// Which pages of other origins may call it.
    pub(super) cors: Cors,
    /// The names in `ISSUERS`.
    issuers: Vec<String>,
    /// Those settings of providers that must hold a secret.
    provider_secrets: Vec<String>,
}

/// A secret of the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keeper {
    /// The setting it is for.
    pub(super) setting: &'static Setting,
    /// The environment variable that holds its ARN.
    pub(super) variable: String,
    /// Its name in the template.
    pub(super) id: String,
}

impl Keeper {
    /// That of a setting which has one variable.
    pub(super) fn of(setting: &'static Setting) -> Self {
        let variable = setting.name.to_owned();
        Self { setting, id: secret_name(setting, &variable), variable }
    }

    /// Its name at AWS, behind that of the stack.
    pub(super) fn name(&self) -> String {
        self.variable.to_ascii_lowercase().replace('_', "-")
    }

    /// Its ARN, which is what AWS calls its id.
    pub(super) fn arn(&self) -> Node {
        attribute(format!("{}.Id", self.id))
    }
}

/// What becomes of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The API's address, or another that is set.
    Base,
    /// The stack's own table.
    Table,
    /// One of the stack's own queues.
    Queue,
    /// The stack's own configuration set of SES.
    ConfigurationSet,
    /// The names of those functions that sign, or that verify.
    Functions,
    /// It has no place in this stack.
    Absent,
    /// A parameter without which there is no stack.
    Required,
    /// A parameter that has a default.
    Parameter,
    /// The ARN of a secret.
    Secret,
    /// Written into the template.
    Literal,
}

pub(super) fn form(setting: &Setting) -> Form {
    if setting.secret {
        return Form::Secret;
    }
    match setting.name {
        // What the template's own authorizer expects is its default.
        "AUTHORIZER_ANSWER" => Form::Absent,
        "BASE_URL" => Form::Base,
        "TABLE" => Form::Table,
        "LOGOUT_QUEUE" | "MAIL_QUEUE" => Form::Queue,
        "SES_CONFIGURATION_SET" => Form::ConfigurationSet,
        "KEYS_SIGNERS" | "KEYS_VERIFIERS" => Form::Functions,
        // They change what there is in the stack.
        "BACKCHANNEL_LOGOUT" | "EVENTS" | "KEYS_ROTATE_DAYS" | "MAIL" | "MAIL_FROM" | "MAILED_SIGN_IN"
        | "MAILED_SIGNUP" | "PASSKEYS" | "PASSWORDS" | "PASSWORD_SIGNUP" | "SECOND_FACTORS" | "WEBHOOKS" => {
            Form::Literal
        }
        "SQS_ENDPOINT" | "SES_ENDPOINT" => Form::Absent,
        "DYNAMODB_ENDPOINT" => Form::Absent,
        "PUBLIC_KEYS" => Form::Required,
        _ if [Providers::SETTINGS, Issuers::SETTINGS].concat().contains(&setting) => Form::Literal,
        _ => Form::Parameter,
    }
}

impl<'a> Installation<'a> {
    pub(super) fn read(values: &'a Values, mounts: Vec<Mount>) -> Result<Self, SettingError> {
        let read = |name: &str| values.get(name).filter(|value| !value.is_empty()).cloned();
        let names = read(authenticate::settings::PROVIDERS.name)
            .or(authenticate::settings::PROVIDERS.default.map(str::to_owned))
            .unwrap_or_default();
        let buttons = authenticate::buttons(&names, &read)?;
        let providers: Vec<_> = buttons.into_iter().map(|button| button.name).collect();
        let ids: BTreeSet<_> = providers.iter().map(|name| camel(name)).collect();
        if ids.len() < providers.len() {
            return Err(SettingError::new(
                "PROVIDERS names two that differ in a hyphen only: give one another name",
            ));
        }
        let issuers = read(trust::settings::ISSUERS.name).unwrap_or_default();
        let issuers = issuers
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        let provider_secrets = authenticate::secrets(&names, &read)?;
        mail::check(read(MAIL.name).as_deref())?;
        let mut mounts: Vec<_> = mounts.into_iter().filter(|mount| mount.is_wanted(values)).collect();
        let by_hand = read(KEYS_ROTATE_DAYS.name).is_some_and(|days| days.trim() == "0");
        for mount in mounts.iter_mut().filter(|mount| by_hand && mount.name == Rotate::NAME) {
            mount.schedule = None;
        }
        let cors = Cors::from_values(values, mount::methods(&mounts))?;
        Ok(Self { values, mounts, providers, cors, issuers, provider_secrets })
    }

    /// What is set, or holds anyway.
    pub(super) fn value(&self, setting: &Setting) -> Option<&str> {
        self.literal(setting.name).or(setting.default)
    }

    fn literal(&self, variable: &str) -> Option<&str> {
        self.values.get(variable).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A setting that names an address of this machine: where we live, or something of a provider's or an issuer's.
    pub(super) fn local_address(&self) -> Option<String> {
        let names = || self.providers.iter().chain(&self.issuers);
        let each = settings::all().filter(|setting| setting.is_of_providers());
        let theirs = each.flat_map(|setting| names().map(|name| setting.of(name)));
        let mut all = [setting::BASE_URL.name.to_owned()].into_iter().chain(theirs);
        all.find(|variable| self.literal(variable).is_some_and(|value| is_local_address(value.trim())))
    }

    /// Whether mails are sent by SES, or by a server of the settings.
    pub(super) fn sends_by_ses(&self) -> bool {
        self.value(&MAIL) == Some("ses")
    }

    fn sends_by_smtp(&self) -> bool {
        self.value(&MAIL) == Some("smtp")
    }

    /// The functions that sign.
    pub(super) fn signers(&self) -> impl Iterator<Item = &'static str> {
        let reads = |mount: &&Mount| reads(mount, &SIGNING_KEYS) && mount.name != Rotate::NAME;
        self.mounts.iter().filter(reads).map(|mount| mount.name)
    }

    /// The functions that verify by the keys in their environment.
    pub(super) fn verifiers(&self) -> impl Iterator<Item = &'static str> {
        self.mounts.iter().filter(|mount| reads(mount, &PUBLIC_KEYS)).map(|mount| mount.name)
    }

    /// What a function may do with the table here.
    pub(super) fn permissions(&self, mount: &Mount) -> Rows {
        let is_on = |setting| self.value(setting).is_some_and(|value| value != "off");
        mount.rows(|operation| operation.is_asked_for(is_on))
    }

    /// The secrets of a function.
    pub(super) fn secrets(&self, mount: &Mount) -> Vec<Keeper> {
        let of = |setting: &'static Setting| -> Vec<_> {
            let needed = |variable: &String| match setting.is_of_providers() {
                true => self.provider_secrets.contains(variable),
                false => setting.name != MAIL_SMTP.name || self.sends_by_smtp(),
            };
            let variables = self.variables(setting, mount).into_iter().filter(needed);
            variables
                .map(|variable| Keeper { setting, id: secret_name(setting, &variable), variable })
                .collect()
        };
        settings_of(mount).filter(|setting| setting.secret).flat_map(of).collect()
    }

    /// A function's environment.
    pub(super) fn environment(&self, mount: &Mount) -> Vec<(String, Node)> {
        let secrets = self.secrets(mount).into_iter().map(|keeper| (keeper.variable.clone(), keeper.arn()));
        let public = settings_of(mount).filter(|setting| !setting.secret);
        public.flat_map(|setting| self.in_public(setting, mount)).chain(secrets).collect()
    }

    fn in_public(&self, setting: &'static Setting, mount: &Mount) -> Vec<(String, Node)> {
        let one = |node: Node| vec![(setting.name.to_owned(), node)];
        match form(setting) {
            Form::Base => one(base_url()),
            // A function that may do nothing with the table does not get its name.
            Form::Table if self.permissions(mount).is_empty() => Vec::new(),
            Form::Table => one(reference("Table")),
            Form::Queue => {
                let queue = Queue::of(setting).filter(|queue| queue.is_wanted(self));
                queue.map(|queue| one(reference(queue.id))).unwrap_or_default()
            }
            Form::ConfigurationSet if self.sends_by_ses() => one(reference(mail::CONFIGURATION_SET)),
            Form::Functions if setting.name == KEYS_SIGNERS.name => one(names(self.signers())),
            Form::Functions => one(names(self.verifiers())),
            Form::Required | Form::Parameter => one(reference(camel(setting.name))),
            Form::Literal => {
                let value =
                    |variable: String| self.literal(&variable).map(text).map(|value| (variable, value));
                self.variables(setting, mount).into_iter().filter_map(value).collect()
            }
            Form::Absent | Form::Secret | Form::ConfigurationSet => Vec::new(),
        }
    }

    /// A function's environment as it will be: the same names as in [`Self::environment`], with what they will hold. `played` says
    /// what stands for a value that only the cloud knows, by its setting and its variable.
    pub(super) fn given(&self, mount: &Mount, placeholder: &dyn Fn(&Setting, &str) -> String) -> Values {
        let secrets = self.secrets(mount).into_iter().map(|keeper| {
            let value = placeholder(keeper.setting, &keeper.variable);
            (keeper.variable, value)
        });
        let public = settings_of(mount).filter(|setting| !setting.secret).flat_map(|setting| {
            let names = self.in_public(setting, mount).into_iter().map(|(name, _)| name);
            let value = move |name: String| {
                let known = match form(setting) {
                    Form::Table | Form::Required | Form::Queue | Form::ConfigurationSet | Form::Functions => {
                        None
                    }
                    Form::Base => self.literal(&name).map(str::to_owned),
                    _ => Some(self.literal(&name).or(setting.default).unwrap_or_default().to_owned()),
                };
                let value = known.unwrap_or_else(|| placeholder(setting, &name));
                (name, value)
            };
            names.map(value).collect::<Vec<_>>()
        });
        public.chain(secrets).collect()
    }

    /// The environment variables of a setting: its own name, or one for each provider or issuer that the function knows.
    fn variables(&self, setting: &Setting, mount: &Mount) -> Vec<String> {
        if !setting.is_of_providers() {
            return vec![setting.name.to_owned()];
        }
        let knows = |list: &Setting| settings_of(mount).any(|setting| setting.name == list.name);
        let providers = self.providers.iter().filter(|_| knows(&authenticate::settings::PROVIDERS));
        let issuers = self.issuers.iter().filter(|_| knows(&trust::settings::ISSUERS));
        providers.chain(issuers).map(|name| setting.of(name)).collect()
    }
}

/// Whether a function reads a setting.
fn reads(mount: &Mount, setting: &Setting) -> bool {
    settings_of(mount).any(|other| other.name == setting.name)
}

/// Functions of the stack, with commas between.
fn names(functions: impl Iterator<Item = &'static str>) -> Node {
    let names: Vec<_> = functions.map(|name| format!("${{AWS::StackName}}-{name}")).collect();
    sub(names.join(","))
}

/// Where latchkey lives: where it was said, or below its own domain, or at the address the gateway gave it.
pub(super) fn base_url() -> Node {
    let elsewhere = choose("HasDomain", sub("https://${Domain}"), attribute("Api.ApiEndpoint"));
    choose("HasBaseUrl", reference("BaseUrl"), elsewhere)
}
