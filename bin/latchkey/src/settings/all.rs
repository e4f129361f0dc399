//! Every setting there is: what the libraries and the functions declare, and what only `cargo run` reads.

use std::{collections::HashSet, sync::LazyLock};

use authenticate::{Button, Providers};
use setting::{Setting, Settings};
use store::Table;
use token::{Signer, Verifier};
use user::Rights;
use web::{Edge, Sealer};

use crate::mount;

setting::declare! {
    PORT = Setting::new("PORT", Some("3000"), "The port on 127.0.0.1 on which `cargo run` listens. `--port` wins over it.");
    LATCHKEY_HOME = Setting::new("LATCHKEY_HOME", Some(".latchkey"), "The folder in which `cargo run` stores its keys and its database. `--home` wins over it.");
    CORS_ORIGINS = Setting::new("CORS_ORIGINS", None, "The origins whose pages may call latchkey and the APIs behind its gateway from the browser (CORS): exact, such as `https://app.example.com`, separated by commas; http only for this machine. The gateway itself answers by this list, and never allows cookies. Without it, only our own pages call us, and those of `http://localhost:5173` the local cloud of `cargo run`.");
    STAND_IN_LIKE = Setting::new("STAND_IN_LIKE", None, "Providers that the stand-in of `cargo run` imitates, separated by commas, in everything that they send differently from the standards: google, github, entra or microsoft, apple, keycloak, zitadel, okta, b2c, cognito, auth0, gitlab, adfs, or other for what any provider may do. They need no other setting.");
}

/// In the order of the documentation. What is not here and a function declares comes behind it.
static FIRST: Settings = &[
    Signer::SETTINGS,
    Verifier::SETTINGS,
    Table::SETTINGS,
    Sealer::SETTINGS,
    Edge::SETTINGS,
    authenticate::ORIGINS_SETTINGS,
    Rights::SIGN_IN_SETTINGS,
    &[&web::settings::LOG],
    Button::SETTINGS,
    Providers::SETTINGS,
    Providers::SECRETS,
];

static LOCAL: Settings = &[&[&PORT, &LATCHKEY_HOME, &STAND_IN_LIKE]];

/// What no function reads, and the gateway does.
static GATEWAY: Settings = &[&[&CORS_ORIGINS]];

/// All settings, each once, in the order of the documentation: those of providers behind the others.
pub fn all() -> impl Iterator<Item = &'static Setting> + Clone {
    static ALL: LazyLock<Vec<&Setting>> = LazyLock::new(|| {
        let mounts = mount::all();
        let functions = mounts.iter().flat_map(|mount| mount.settings);
        let declared = FIRST.iter().chain(functions).chain(GATEWAY).chain(LOCAL).copied().flatten().copied();
        let mut seen = HashSet::new();
        let once = declared.filter(|setting| seen.insert(setting.name));
        let (each, own): (Vec<_>, Vec<_>) = once.partition(|setting| setting.is_of_providers());
        own.into_iter().chain(each).collect()
    });
    ALL.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_has_one_meaning() {
        let functions = mount::all().into_iter().flat_map(|mount| mount.settings);
        for declared in functions.chain(FIRST).chain(GATEWAY).chain(LOCAL).copied().flatten() {
            assert!(all().any(|setting| setting == *declared), "{} is declared twice", declared.name);
        }
    }

    #[test]
    fn no_setting_is_also_that_of_a_provider() {
        // #107: a provider called `signing` does not make `SIGNING_KEYS` public. See `Setting::except`.
        for setting in all().filter(|setting| !setting.is_of_providers()) {
            let covering: Vec<_> = all().filter(|each| each.covers(setting.name)).collect();
            assert_eq!(covering, [setting]);
        }
    }
}
