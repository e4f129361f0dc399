//! What a function reads at startup: settings by name, and the clock.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
    fmt::Display,
    str::FromStr,
    sync::Arc,
};

use oauth::Secret;

use crate::{Clock, MAIL, Setting, SettingError, Settings};

/// What Lambda tells every function it runs.
const FUNCTION_NAME: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// The settings a function declared, and the clock. It is read once, at init.
#[derive(Debug, Clone)]
pub struct Env {
    /// The clock.
    pub clock: Clock,
    values: Values,
    declared: Settings,
    /// Whether no secret can be read yet: in a deployed function the settings that are secret hold where to find them.
    locked: bool,
    deployed: bool,
    /// The ARNs in whose place secrets were put, by setting.
    arns: Values,
}

/// Settings by name; `Debug` shows the names only.
#[derive(Clone, Default)]
struct Values(Arc<HashMap<String, String>>);

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Env {
    /// The process's environment, as Lambda gives it.
    pub fn of_process(declared: Settings) -> Self {
        let values = process_environment();
        let deployed = values.contains_key(FUNCTION_NAME);
        let env = Self::new(values, Clock::system(), declared);
        if deployed { env.deployed() } else { env }
    }

    /// Settings of the caller's making, of which those declared can be read.
    pub fn new(values: HashMap<String, String>, clock: Clock, declared: Settings) -> Self {
        let values = Values(Arc::new(values));
        Self { clock, values, declared, locked: false, deployed: false, arns: Values::default() }
    }

    /// The same in a deployed function: whatever is secret must be the ARN of a secret, and cannot be read before it is
    /// unlocked (#106).
    #[must_use]
    pub fn deployed(self) -> Self {
        Self { locked: true, deployed: true, ..self }
    }

    /// Whether this is a deployed function.
    pub fn is_deployed(&self) -> bool {
        self.deployed
    }

    /// The same values, of which those can be read that somebody else declared: the edge runs every function, and has settings of
    /// its own.
    #[must_use]
    pub fn declared_by(&self, declared: Settings) -> Self {
        Self { declared, ..self.clone() }
    }

    /// The same with every secret instead of its ARN. `fetch` gives the secrets of some ARNs, in their order; it is
    /// called once, and not at all where no secret is an ARN, as on a laptop.
    pub async fn unlocked<F, E>(&self, fetch: impl FnOnce(Vec<String>) -> F) -> Result<Self, SettingError>
    where
        F: Future<Output = Vec<Result<Secret, E>>>,
        E: Display,
    {
        let arns = self.arns()?;
        let mut values = HashMap::clone(&self.values.0);
        let mut found_at = HashMap::new();
        if !arns.is_empty() {
            let mut secrets = fetch(arns.keys().cloned().collect()).await.into_iter();
            for (arn, names) in arns {
                let found = secrets.next().ok_or("it was not fetched".to_owned());
                let found = found.and_then(|secret| secret.map_err(|error| error.to_string()));
                let secret =
                    found.map_err(|why| SettingError::new(format!("{}: {why}", names.join(" and "))))?;
                for name in names {
                    found_at.insert(name.clone(), arn.clone());
                    values.insert(name, secret.expose().to_owned());
                }
            }
        }
        let arns = Values(Arc::new(found_at));
        Ok(Self { values: Values(Arc::new(values)), locked: false, arns, ..self.clone() })
    }

    /// Where the secret of a setting is kept: for a function that reads it again, or changes it.
    pub fn arn(&self, setting: &'static Setting) -> Option<String> {
        self.covering(setting.name).filter(|setting| setting.secret)?;
        let is = self.values.0.get(setting.name).filter(|value| is_arn_of_secret(value));
        self.arns.0.get(setting.name).or(is).cloned()
    }

    /// Refuses a deployed function's environment that holds a secret itself (#106): for a function that never asks for it to be
    /// [`unlocked`](Self::unlocked).
    pub fn check_secrets(&self) -> Result<(), SettingError> {
        self.arns().map(drop)
    }

    /// The settings that hold ARNs of secrets, by ARN.
    fn arns(&self) -> Result<BTreeMap<String, Vec<String>>, SettingError> {
        let mut arns = BTreeMap::<String, Vec<String>>::new();
        let secret = |name: &str| self.covering(name).is_some_and(|setting| setting.secret);
        for (name, value) in self.values.0.iter().filter(|(name, value)| secret(name) && !value.is_empty()) {
            if is_arn_of_secret(value) {
                arns.entry(value.clone()).or_default().push(name.clone());
            } else if self.locked {
                return Err(SettingError::new(format!(
                    "{name} must be the ARN of a secret in Secrets Manager, and not the secret itself: anyone who may look at a function can read its environment"
                )));
            }
        }
        Ok(arns)
    }

    /// The setting, its default, or nothing. An empty value counts as none. One that the function does not declare is an error:
    /// nothing in the cloud would ever set it.
    pub fn get(&self, setting: &'static Setting) -> Result<Option<String>, SettingError> {
        Ok(self.named(setting.name)?.or_else(|| setting.default.map(str::to_owned)))
    }

    /// Whether the function declares this setting: for the edge, which is in front of functions with it and without it.
    pub fn declares(&self, setting: &'static Setting) -> bool {
        self.covering(setting.name).is_some()
    }

    /// The setting or its default; without either the start ends.
    pub fn text(&self, setting: &'static Setting) -> Result<String, SettingError> {
        let missing = || SettingError::new(format!("{} is not set: {}", setting.name, setting.about));
        self.get(setting)?.ok_or_else(missing)
    }

    /// A setting that is `on` or `off`.
    pub fn is_on(&self, setting: &'static Setting) -> Result<bool, SettingError> {
        match self.text(setting)?.as_str() {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(SettingError::new(format!("{} must be on or off", setting.name))),
        }
    }

    /// A setting that is secret.
    pub fn secret(&self, setting: &'static Setting) -> Result<Secret, SettingError> {
        self.text(setting).map(Secret::new)
    }

    /// What `read` makes of settings that it looks up by their names, as it is with those of providers, such as
    /// `GOOGLE_CLIENT_ID`. If it looked for one that is not declared, that is the error, whatever it made of it.
    pub fn by_name<T>(
        &self,
        read: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> T,
    ) -> Result<T, SettingError> {
        let refused = OnceCell::new();
        let lookup = |name: &str| {
            self.named(name).unwrap_or_else(|error| {
                refused.get_or_init(|| error);
                None
            })
        };
        let made = read(&lookup);
        refused.into_inner().map_or(Ok(made), Err)
    }

    fn named(&self, name: &str) -> Result<Option<String>, SettingError> {
        let undeclared = || SettingError::new(format!("{name} is read and not declared: add it to SETTINGS"));
        let setting = self.covering(name).ok_or_else(undeclared)?;
        let value = self.values.0.get(name).filter(|value| !value.is_empty());
        Ok(value.filter(|_| !(self.locked && setting.secret)).cloned())
    }

    /// The declared setting of that name.
    fn covering(&self, name: &str) -> Option<&'static Setting> {
        self.declared.iter().copied().flatten().copied().find(|setting| setting.covers(name))
    }

    /// The setting or its default, read as what it stands for.
    pub fn parsed<T>(&self, setting: &'static Setting) -> Result<T, SettingError>
    where
        T: FromStr<Err: Display>,
    {
        let read = self.text(setting)?.parse();
        read.map_err(|error| SettingError::new(format!("{}: {error}", setting.name)))
    }

    /// The content of the file that a setting names, if it is set.
    pub fn file(&self, setting: &'static Setting) -> Result<Option<Vec<u8>>, SettingError> {
        let Some(path) = self.get(setting)? else { return Ok(None) };
        let read = std::fs::read(&path);
        read.map(Some).map_err(|error| {
            SettingError::new(format!("{} names {path}, which cannot be read: {error}", setting.name))
        })
    }
}

/// Whether a value is `arn:<partition>:secretsmanager:<region>:<account>:secret:<name>`; partitions are `aws`, `aws-cn` and so on.
fn is_arn_of_secret(value: &str) -> bool {
    let parts: Vec<_> = value.splitn(7, ':').collect();
    matches!(parts.as_slice(), ["arn", partition, "secretsmanager", _, _, "secret", name]
        if partition.starts_with("aws") && !name.is_empty())
}

/// All that the process was given. A variable that is not text is left out, and so is the person's mailbox.
pub fn process_environment() -> HashMap<String, String> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let all = std::env::vars_os();
    let texts = all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    texts.filter(|(name, value)| !is_mailbox(name, value)).collect()
}

/// Whether it is the file of somebody's mailbox on this machine, which a shell has in `MAIL` after a login (POSIX, `sh`): no setting of
/// ours.
fn is_mailbox(name: &str, value: &str) -> bool {
    name == MAIL.name && value.starts_with('/')
}

#[cfg(test)]
mod tests {
    use oauth::BaseUrl;

    use super::*;
    use crate::{BASE_URL, TABLE};

    static COOKIE_KEY: Setting = Setting::secret("COOKIE_KEY", "");
    static SIGNING_KEYS: Setting = Setting::secret("SIGNING_KEYS", "");
    static CLIENT_ID: Setting = Setting::new("<NAME>_CLIENT_ID", None, "");
    static CLIENT_SECRET: Setting = Setting::secret("<NAME>_CLIENT_SECRET", "");
    static PRIVATE_KEY: Setting = Setting::secret("<NAME>_PRIVATE_KEY", "");

    fn env(values: &[(&str, &str)], declared: Settings) -> Env {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Env::new(values, Clock::system(), declared)
    }

    #[test]
    fn only_what_is_declared_can_be_read() {
        // #107: a function that does not declare a secret cannot read it.
        static DECLARED: Settings = &[&[&CLIENT_ID]];
        let env = env(&[("GOOGLE_CLIENT_ID", "id"), ("GOOGLE_CLIENT_SECRET", "x")], DECLARED);
        assert_eq!(env.by_name(|read| read("GOOGLE_CLIENT_ID")).unwrap().as_deref(), Some("id"));
        let undeclared = "GOOGLE_CLIENT_SECRET is read and not declared: add it to SETTINGS";
        let mut found = Some(String::new());
        let both = env.by_name(|read| found = read("GOOGLE_CLIENT_SECRET").or(read("GOOGLE_LABEL")));
        assert_eq!(both.unwrap_err().to_string(), undeclared, "the first one that is missing");
        assert_eq!(found, None);
    }

    #[test]
    fn no_default_stands_for_what_is_not_declared() {
        // Nothing in the cloud sets it, so whatever somebody wrote there would have no effect.
        static BRAND: Setting = Setting::new("BRAND", Some("on"), "");
        static DECLARED: Settings = &[&[&BASE_URL]];
        let env = env(&[("BRAND", "off"), ("TABLE", "/dev/null"), ("COOKIE_KEY", "k")], DECLARED);
        assert!(env.declares(&BASE_URL) && !env.declares(&BRAND));
        for (name, error) in [
            ("BRAND", env.get(&BRAND).map(drop)),
            ("BRAND", env.is_on(&BRAND).map(drop)),
            ("TABLE", env.text(&TABLE).map(drop)),
            ("TABLE", env.parsed::<String>(&TABLE).map(drop)),
            ("TABLE", env.file(&TABLE).map(drop)),
            ("COOKIE_KEY", env.secret(&COOKIE_KEY).map(drop)),
        ] {
            let said = error.unwrap_err().to_string();
            assert_eq!(said, format!("{name} is read and not declared: add it to SETTINGS"));
        }
    }

    #[test]
    fn the_mailbox_of_a_login_shell_is_no_setting() {
        for (name, value, expected) in [
            ("MAIL", "/var/mail/ada", true),
            ("MAIL", "/var/spool/mail/ada", true),
            ("MAIL", "ses", false),
            ("MAIL", "off", false),
            ("MAIL", "", false),
            ("MAIL_FROM", "/var/mail/ada", false),
            ("TABLE", "/var/mail/ada", false),
        ] {
            assert_eq!(is_mailbox(name, value), expected, "{name}={value}");
        }
    }

    #[test]
    fn a_missing_setting_names_itself() {
        static DECLARED: Settings = &[&[&BASE_URL], &[&TABLE]];
        let env = env(&[("BASE_URL", "")], DECLARED);
        assert!(env.parsed::<BaseUrl>(&BASE_URL).unwrap_err().to_string().starts_with("BASE_URL is not set"));
        assert_eq!(env.text(&TABLE).unwrap(), "latchkey");
    }

    const ONE: &str = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:latchkey/one-abcdef";
    const TWO: &str = "arn:aws-us-gov:secretsmanager:us-gov-west-1:000000000000:secret:two-abcdef";
    static SECRETS: Settings = &[&[&COOKIE_KEY, &SIGNING_KEYS, &TABLE], &[&CLIENT_SECRET, &PRIVATE_KEY]];

    /// A vault that gives each ARN's last letters, and writes down what it was asked for.
    async fn vault(
        arns: Vec<String>,
        asked: &std::cell::RefCell<Vec<String>>,
    ) -> Vec<Result<Secret, String>> {
        asked.borrow_mut().extend(arns.clone());
        arns.iter().map(|arn| Ok(Secret::new(format!("the secret of {}", &arn[arn.len() - 10..])))).collect()
    }

    #[tokio::test]
    async fn secrets_take_the_place_of_their_arns_and_are_fetched_once() {
        let values = [
            ("COOKIE_KEY", ONE),
            ("SIGNING_KEYS", TWO),
            ("GOOGLE_CLIENT_SECRET", ONE),
            ("TABLE", ONE),
            ("OTHER", TWO),
            ("APPLE_PRIVATE_KEY", ""),
        ];
        for env in [env(&values, SECRETS), env(&values, SECRETS).deployed()] {
            let asked = std::cell::RefCell::default();
            let env = env.unlocked(|arns| vault(arns, &asked)).await.unwrap();
            assert_eq!(asked.into_inner(), [TWO, ONE]);
            assert_eq!(env.secret(&COOKIE_KEY).unwrap().expose(), "the secret of one-abcdef");
            assert_eq!(env.secret(&SIGNING_KEYS).unwrap().expose(), "the secret of two-abcdef");
            let secret = env.by_name(|read| read("GOOGLE_CLIENT_SECRET")).unwrap();
            assert_eq!(secret.as_deref(), Some("the secret of one-abcdef"));
            assert_eq!(env.text(&TABLE).unwrap(), ONE, "not a secret");
            // It can be read again from where it is.
            assert_eq!((env.arn(&SIGNING_KEYS).as_deref(), env.arn(&TABLE)), (Some(TWO), None));
        }
    }

    #[tokio::test]
    async fn a_value_that_is_no_arn_is_used_as_it_is() {
        let env = env(&[("COOKIE_KEY", "arn:aws:s3:::bucket"), ("SIGNING_KEYS", "{}")], SECRETS);
        let asked = std::cell::RefCell::default();
        let env = env.unlocked(|arns| vault(arns, &asked)).await.unwrap();
        assert_eq!(env.secret(&COOKIE_KEY).unwrap().expose(), "arn:aws:s3:::bucket");
        assert!(asked.into_inner().is_empty());
    }

    #[tokio::test]
    async fn a_deployed_function_has_no_secret_in_its_environment() {
        // #106
        let env = env(&[("SIGNING_KEYS", ONE), ("GOOGLE_CLIENT_SECRET", "canary")], SECRETS).deployed();
        let asked = std::cell::RefCell::default();
        let error = env.unlocked(|arns| vault(arns, &asked)).await.unwrap_err().to_string();
        assert!(error.starts_with("GOOGLE_CLIENT_SECRET must be the ARN of a secret"), "{error}");
        assert!(!error.contains("canary") && asked.into_inner().is_empty());
        // Nor does one that was not unlocked read what is there.
        assert!(env.secret(&SIGNING_KEYS).is_err());
        assert_eq!(env.by_name(|read| read("GOOGLE_CLIENT_SECRET")), Ok(None));
    }

    #[tokio::test]
    async fn a_secret_that_is_not_given_names_its_settings() {
        let env = env(&[("COOKIE_KEY", ONE), ("SIGNING_KEYS", TWO)], SECRETS);
        let one = |arns: Vec<String>| async move {
            vec![Ok(Secret::new("canary")), Err("not yours")].split_off(2 - arns.len())
        };
        assert_eq!(env.unlocked(one).await.unwrap_err().to_string(), "COOKIE_KEY: not yours");
        let none = async |_| Vec::<Result<Secret, String>>::new();
        assert_eq!(env.unlocked(none).await.unwrap_err().to_string(), "SIGNING_KEYS: it was not fetched");
    }

    #[test]
    fn only_arns_of_secrets_are_arns() {
        assert!(
            [ONE, TWO, "arn:aws-cn:secretsmanager:cn-north-1:1:secret:a:b"].into_iter().all(is_arn_of_secret)
        );
        for other in [
            "",
            "arn",
            "arn:aws:secretsmanager:r:1:secret:",
            "arn:aws:secretsmanager:r:1:key:x",
            "arn:x:secretsmanager:r:1:secret:x",
            " arn:aws:secretsmanager:r:1:secret:x",
        ] {
            assert!(!is_arn_of_secret(other), "{other}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        // #103
        let env = env(&[("COOKIE_KEY", "canary")], &[]);
        assert!(!format!("{env:?}").contains("canary"));
    }
}
