//! A stack at AWS, as CloudFormation describes it.

use std::{collections::HashMap, process::Command};

use setting::{Setting, SettingError};

use crate::{
    mount,
    settings::{self, Values},
    template::camel,
};

/// What a stack says of itself.
#[derive(Debug)]
pub(super) struct Stack {
    /// Its address, as its outputs have it.
    pub(super) issuer: String,
    /// Of its template.
    parameters: HashMap<String, String>,
}

/// The answer to the query: the output, and names and values of the parameters.
type Described = (Option<Vec<String>>, Option<Vec<(String, String)>>);

impl Stack {
    /// Asks for it with the AWS CLI.
    pub(super) fn describe(name: &str) -> Result<Self, SettingError> {
        let query = "Stacks[0].[Outputs[?OutputKey=='Issuer'].OutputValue, Parameters[].[ParameterKey, ParameterValue]]";
        let arguments =
            ["cloudformation", "describe-stacks", "--stack-name", name, "--query", query, "--output", "json"];
        let cannot =
            |why: &str| SettingError::new(format!("the stack {name} cannot be read: {}", why.trim()));
        let output = Command::new("aws").args(arguments).output();
        let output = output.map_err(|error| cannot(&format!("the AWS CLI does not start: {error}")))?;
        match output.status.success() {
            true => Self::read(&output.stdout).map_err(cannot),
            false => Err(cannot(&String::from_utf8_lossy(&output.stderr))),
        }
    }

    fn read(answer: &[u8]) -> Result<Self, &'static str> {
        let described: Described =
            serde_json::from_slice(answer).map_err(|_| "what the AWS CLI prints is no JSON of a stack")?;
        let (issuer, parameters) = (described.0.unwrap_or_default(), described.1.unwrap_or_default());
        let issuer = issuer.into_iter().find(|issuer| issuer.starts_with("http"));
        let issuer = issuer.ok_or("it has no output Issuer: is it one of bin/deploy?")?;
        Ok(Self { issuer, parameters: parameters.into_iter().collect() })
    }

    /// The settings with which its functions run, whatever those of this machine say. What is no parameter is as it is `here`.
    pub(super) fn settings(&self, here: &Values) -> Values {
        let mut values = here.clone();
        for (setting, is_on) in self.ways() {
            values.insert(setting.name.to_owned(), if is_on { "on" } else { "off" }.to_owned());
        }
        for setting in settings::all() {
            match self.parameters.get(&camel(setting.name)) {
                Some(value) if value.is_empty() => values.remove(setting.name),
                Some(value) => values.insert(setting.name.to_owned(), value.clone()),
                None => None,
            };
        }
        values
    }

    /// What is on or off there: a function that a setting asks for has a parameter for its code. Of mails only that is known.
    fn ways(&self) -> impl Iterator<Item = (&'static Setting, bool)> {
        let asked = mount::all().into_iter().filter_map(|mount| Some((mount.only_with?, mount.name)));
        asked.map(|(setting, name)| (setting, self.parameters.contains_key(&format!("{}Code", camel(name)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_a_stack_are_its_own() {
        // What begins as the rights of a stack is what its functions go by, and not what is set on somebody's laptop.
        let answer = br#"[["https://id.example.com"], [["Roles", "admin=users:read"], ["Admins", ""], ["DefaultRoles", "a"], ["CodeBucket", "b"],
            ["UsersFactorCode", "users-factor/1.zip"], ["LogoutNotifyCode", "logout-notify/1.zip"]]]"#;
        let stack = Stack::read(answer).unwrap();
        assert_eq!(stack.issuer, "https://id.example.com");
        let here =
            [("ADMINS", "eve@example.com"), ("ROLES", "admin=x"), ("PROVIDERS", "google"), ("EVENTS", "on")];
        let here = here.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let wanted = [
            ("ROLES", "admin=users:read"),
            ("DEFAULT_ROLES", "a"),
            ("PROVIDERS", "google"),
            // What has a function there is on there.
            ("SECOND_FACTORS", "on"),
            ("BACKCHANNEL_LOGOUT", "on"),
            ("EVENTS", "off"),
            ("MAIL", "off"),
            ("MAILED_SIGN_IN", "off"),
            ("PASSKEYS", "off"),
            ("PASSWORDS", "off"),
            ("WEBHOOKS", "off"),
        ];
        let wanted: Values = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(stack.settings(&here), wanted);
    }

    #[test]
    fn a_stack_of_somebody_else_is_none_of_ours() {
        for answer in
            ["[null, null]", "[[], []]", r#"[["s3://x"], null]"#, "", "null", "{}", r#"[["https://a"]]"#]
        {
            assert!(Stack::read(answer.as_bytes()).is_err(), "{answer}");
        }
    }
}
