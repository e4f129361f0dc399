//! A setting: its name, its default, its meaning.
//!
//! A function names the ones it reads; the documentation, the local cloud and the template are made from that.

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The environment variable. `<NAME>_…` stands for one per provider, with the provider's name in capitals.
    pub name: &'static str,
    /// What holds when it is not set; nothing where it must be set or may be absent.
    pub default: Option<&'static str>,
    /// Whether its value is a secret.
    pub secret: bool,
    /// What it means, in a sentence or two.
    pub about: &'static str,
    /// Of a setting of providers: other settings, which end like it.
    except: &'static [&'static str],
}

/// The settings that one thing is made of, such as the table.
pub type Group = &'static [&'static Setting];

/// The groups of everything that a function uses. A setting may be in several.
pub type Settings = &'static [Group];

impl Setting {
    /// A setting that is public.
    pub const fn new(name: &'static str, default: Option<&'static str>, about: &'static str) -> Self {
        Self { name, default, secret: false, about, except: &[] }
    }

    /// A setting whose value is a secret.
    pub const fn secret(name: &'static str, about: &'static str) -> Self {
        Self { name, default: None, secret: true, about, except: &[] }
    }

    /// The same setting of providers, without these names: each is a setting of its own. `SIGNING_KEYS` is not the
    /// `<NAME>_KEYS` of somebody called `signing` (#107).
    #[must_use]
    pub const fn except(self, names: &'static [&'static str]) -> Self {
        Self { except: names, ..self }
    }

    /// Whether there is one for each provider.
    pub fn is_of_providers(&self) -> bool {
        self.name.starts_with("<NAME>")
    }

    /// The environment variable that is this setting for a provider, such as `GOOGLE_CLIENT_ID`.
    pub fn of(&self, provider: &str) -> String {
        self.name.replace("<NAME>", &provider.to_ascii_uppercase().replace('-', "_"))
    }

    /// Whether the environment variable `name` is this setting.
    pub fn covers(&self, name: &str) -> bool {
        match self.name.strip_prefix("<NAME>") {
            Some(ending) => {
                let named = name.strip_suffix(ending).is_some_and(|provider| !provider.is_empty());
                named && !self.except.contains(&name)
            }
            None => name == self.name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static OWN: Setting = Setting::new("TABLE", None, "");
    static EACH: Setting = Setting::new("<NAME>_CLIENT_ID", None, "");
    static KEYS: Setting = Setting::new("<NAME>_KEYS", None, "").except(&["SIGNING_KEYS"]);

    #[test]
    fn a_provider_setting_covers_every_provider() {
        assert!(EACH.covers("GOOGLE_CLIENT_ID") && EACH.covers("MY_IDP_CLIENT_ID"));
        assert!(!EACH.covers("_CLIENT_ID") && !EACH.covers("GOOGLE_CLIENT_SECRET"));
        assert!(OWN.covers("TABLE") && !OWN.covers("MY_TABLE"));
        assert_eq!((EACH.of("my-idp"), OWN.of("my-idp")), ("MY_IDP_CLIENT_ID".into(), "TABLE".into()));
        assert!(EACH.is_of_providers() && !OWN.is_of_providers());
    }

    #[test]
    fn another_setting_is_no_providers() {
        // #107: not even for a provider called `signing`.
        assert!(KEYS.covers("AUTH0_KEYS") && KEYS.covers("RESIGNING_KEYS"));
        assert!(!KEYS.covers("SIGNING_KEYS"));
    }
}
