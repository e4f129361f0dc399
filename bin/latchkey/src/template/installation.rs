//! What is particular about an installation: its settings, and what becomes of each in the template.

use web::{Setting, SettingError, setting};

use super::{
    settings_of,
    words::{camel, choose, reference, secret_name, sub, text},
    yaml::Node,
};
use crate::{mount::Mount, settings::Values};

/// The settings of an installation, and the providers that follow from them.
#[derive(Debug)]
pub(super) struct Installation<'a> {
    values: &'a Values,
    pub(super) providers: Vec<String>,
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

/// What becomes of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The API's address, or another that is set.
    Base,
    /// The stack's own table.
    Table,
    /// AWS knows it.
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
    if setting::PROVIDER.iter().any(|other| other.name == setting.name) {
        return Form::Literal;
    }
    match setting.name {
        "BASE_URL" => Form::Base,
        "TABLE" => Form::Table,
        "DYNAMODB_ENDPOINT" => Form::Absent,
        "PUBLIC_KEYS" => Form::Required,
        _ => Form::Parameter,
    }
}

impl<'a> Installation<'a> {
    pub(super) fn read(values: &'a Values) -> Result<Self, SettingError> {
        let read = |name: &str| values.get(name).filter(|value| !value.is_empty()).cloned();
        let names = read(setting::PROVIDERS.name).or(setting::PROVIDERS.default.map(str::to_owned)).unwrap_or_default();
        let wrong = |error: authenticate::SettingError| SettingError::new(error.to_string());
        let providers: Vec<_> =
            authenticate::buttons(&names, &read).map_err(wrong)?.into_iter().map(|button| button.name).collect();
        let mut ids: Vec<_> = providers.iter().map(|name| camel(name)).collect();
        ids.sort();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(SettingError::new("PROVIDERS names two that differ in a hyphen only: give one another name"));
        }
        let provider_secrets = authenticate::secrets(&names, &read).map_err(wrong)?;
        Ok(Self { values, providers, provider_secrets })
    }

    /// What is set, or holds anyway.
    pub(super) fn value(&self, setting: &Setting) -> Option<&str> {
        self.literal(setting.name).or(setting.default)
    }

    fn literal(&self, variable: &str) -> Option<&str> {
        self.values.get(variable).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The secrets of a function.
    pub(super) fn secrets(&self, mount: &Mount) -> Vec<Keeper> {
        let keeper = |setting: &'static Setting, variable: String| {
            let id = secret_name(setting, &variable);
            Keeper { setting, variable, id }
        };
        let of = |setting: &'static Setting| -> Vec<_> {
            let needed = |variable: &String| !setting.is_of_providers() || self.provider_secrets.contains(variable);
            self.variables(setting).filter(needed).map(|variable| keeper(setting, variable)).collect()
        };
        settings_of(mount).filter(|setting| setting.secret).flat_map(of).collect()
    }

    /// A function's environment.
    pub(super) fn environment(&self, mount: &Mount) -> Vec<(String, Node)> {
        let secrets = self.secrets(mount).into_iter().map(|keeper| (keeper.variable, reference(keeper.id)));
        let public = settings_of(mount).filter(|setting| !setting.secret);
        public.flat_map(|setting| self.in_public(setting)).chain(secrets).collect()
    }

    fn in_public(&self, setting: &'static Setting) -> Vec<(String, Node)> {
        let one = |node: Node| vec![(setting.name.to_owned(), node)];
        match form(setting) {
            Form::Base => one(base_url()),
            Form::Table => one(reference("AWS::StackName")),
            Form::Required | Form::Parameter => one(reference(camel(setting.name))),
            Form::Literal if !setting.is_of_providers() => self.value(setting).map(text).into_iter().flat_map(one).collect(),
            Form::Literal => self
                .variables(setting)
                .filter_map(|variable| Some((variable.clone(), text(self.literal(&variable)?))))
                .collect(),
            Form::Absent | Form::Secret => Vec::new(),
        }
    }

    /// The environment variables of a setting.
    fn variables(&self, setting: &'static Setting) -> impl Iterator<Item = String> {
        let of_providers = self.providers.iter().filter(|_| setting.is_of_providers()).map(|name| setting.of(name));
        let own = (!setting.is_of_providers()).then(|| setting.name.to_owned());
        own.into_iter().chain(of_providers)
    }
}

/// Where latchkey lives: where it was said, or below its own domain, or at the address the gateway gave it.
pub(super) fn base_url() -> Node {
    let elsewhere = choose("HasDomain", sub("https://${Domain}"), super::words::attribute("Api.ApiEndpoint"));
    choose("HasBaseUrl", reference("BaseUrl"), elsewhere)
}
