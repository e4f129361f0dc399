//! What a laptop needs that nobody should have to write down: keys, the table, and stand-ins for providers that have no
//! client id yet.

use authenticate::{Button, buttons};
use mail::settings::MAIL;
use oauth::{BaseUrl, Secret, Time, is_local_address};
use queue::settings::SQS_ENDPOINT;
use setting::{Clock, SettingError};
use token::Keys;

use crate::{
    home::{EVENTS_KEY_FILE, Home, SIGNING_KEYS_FILE, WEBHOOK_KEY_FILE},
    settings::Values,
    stand_ins::{self, Mounted},
};

/// A provider and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderState {
    /// Its name in the settings.
    pub name: String,
    /// Who answers.
    pub who: Who,
}

/// Who answers for a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The provider itself.
    Itself,
    /// The stand-in.
    StandIn,
    /// Nobody: it has no client id, and others have. There is no button for it.
    Nobody,
}

/// Fills in what is missing, and says who answers for each provider.
pub(crate) fn fill(
    values: &mut Values,
    home: Option<&Home>,
    base: &str,
    endpoint: &str,
    now: Time,
) -> Result<(), SettingError> {
    let given = values.get(token::settings::SIGNING_KEYS.name).cloned();
    let mut set = |name: &str, value: String| values.entry(name.to_owned()).or_insert(value).clone();
    set(setting::BASE_URL.name, base.to_owned());
    set(setting::DYNAMODB_ENDPOINT.name, endpoint.to_owned());
    set(setting::FOREIGN_TOKENS.name, "on".to_owned());
    if shows_mails(values) {
        values.insert(MAIL.name.to_owned(), "outbox".to_owned());
    }
    let mut set = |name: &str, value: String| values.entry(name.to_owned()).or_insert(value).clone();
    for (setting, file) in [
        (web::settings::COOKIE_KEY.name, "cookie-key"),
        (webhook::WEBHOOK_KEY.name, WEBHOOK_KEY_FILE),
        (factor::FACTOR_KEY.name, "factor-key"),
        (users_mailed::MAILED_KEY.name, "mailed-key"),
        (notice::settings::EVENTS_KEY.name, EVENTS_KEY_FILE),
    ] {
        let key = secret_of(home, file, || Ok::<_, SettingError>(Secret::random()))?;
        set(setting, key.expose().to_owned());
    }
    // What would end with the process is not made where it is given.
    let signing = match given.filter(|_| home.is_none()) {
        Some(given) => given,
        None => {
            let made =
                secret_of(home, SIGNING_KEYS_FILE, || Keys::generate_at(now).map(|keys| keys.to_json()))?;
            set(token::settings::SIGNING_KEYS.name, made.expose().to_owned())
        }
    };
    let keys = Keys::parse(&Secret::new(signing))
        .map_err(|error| SettingError::new(format!("SIGNING_KEYS: {error}")))?;
    set(token::settings::PUBLIC_KEYS.name, keys.published().to_json());
    Ok(())
}

/// Whether mails are shown, where the settings do not say what becomes of them: nobody else may read them, so not where others reach us.
fn shows_mails(values: &Values) -> bool {
    let set = |name: &str| values.get(name).is_some_and(|value| !value.is_empty());
    let base = values.get(setting::BASE_URL.name).map(String::as_str).unwrap_or_default();
    // Whoever brought queues of their own has that of mails there too.
    !set(MAIL.name) && !set(SQS_ENDPOINT.name) && is_local_address(base)
}

/// A secret from the home folder; without a folder, one that ends with the process.
fn secret_of<E: std::fmt::Display>(
    home: Option<&Home>,
    name: &str,
    make: impl FnOnce() -> Result<Secret, E>,
) -> Result<Secret, SettingError> {
    match home {
        Some(home) => home.secret(name, make),
        None => make().map_err(|error| SettingError::new(format!("{name} cannot be made: {error}"))),
    }
}

/// The stand-ins, if there are any, with the settings that lead to them; `port` is where all listen.
/// All providers have a stand-in or none. Beside a real provider, whose people are real, a stand-in would let
/// anybody sign in as anyone; so it would at an address that others can reach.
pub(crate) fn stand_ins(
    values: &mut Values,
    port: u16,
    clock: &Clock,
) -> Result<(Vec<Mounted>, Vec<ProviderState>), SettingError> {
    let requested = stand_ins::requested(values)?;
    let names = values
        .get(authenticate::settings::PROVIDERS.name)
        .map(String::as_str)
        .or(authenticate::settings::PROVIDERS.default)
        .unwrap_or_default();
    let all = buttons(names, &|name| values.get(name).cloned())?;
    let (missing, real): (Vec<_>, Vec<_>) = all.iter().partition(|button| unset(values, &button.name));
    let others = if real.is_empty() { Who::StandIn } else { Who::Nobody };
    let state = |button: &Button| {
        let who = if real.contains(&button) { Who::Itself } else { others };
        ProviderState { name: button.name.clone(), who }
    };
    let states = all.iter().map(state).collect();
    if let Some(button) = real.first() {
        stand_ins::refuse_beside_real(&button.name, &requested)?;
        let names: Vec<_> = real.iter().map(|button| button.name.as_str()).collect();
        values.insert(authenticate::settings::PROVIDERS.name.to_owned(), names.join(","));
        return Ok((Vec::new(), states));
    }
    let base = base_on_this_machine(values, &missing)?;
    let providers: Vec<_> = missing.into_iter().cloned().collect();
    let mounted = stand_ins::start(values, &providers, &requested, (&base, port), clock)?;
    values.entry(user::settings::ADMINS.name.to_owned()).or_insert_with(|| "ada@example.com".to_owned());
    Ok((mounted, states))
}

/// Our own address, if nobody else can reach it.
fn base_on_this_machine(values: &Values, providers: &[&Button]) -> Result<String, SettingError> {
    let base = values[setting::BASE_URL.name].clone();
    let address = BaseUrl::parse(&base).map_err(|error| SettingError::new(format!("BASE_URL: {error}")))?;
    if address.is_local() {
        return Ok(base);
    }
    let names: Vec<_> =
        providers.iter().map(|button| authenticate::settings::CLIENT_ID.of(&button.name)).collect();
    Err(SettingError::new(format!(
        "{} is not set, and BASE_URL is {base}: the stand-in plays a provider on localhost only, because it signs in everybody. Set \
         the client id, or remove BASE_URL",
        names.join(" or ")
    )))
}

/// Whether none of the settings that identify the provider, or our client at it, is set. If one is, the others are demanded.
fn unset(values: &Values, name: &str) -> bool {
    let whose = [
        &authenticate::settings::CLIENT_ID,
        &provider::settings::ISSUER,
        &provider::settings::DOMAIN,
        &provider::settings::TENANT,
        &provider::settings::TENANTS,
    ];
    !whose
        .into_iter()
        .chain(authenticate::Providers::SECRETS.iter().copied())
        .any(|setting| values.get(&setting.of(name)).is_some_and(|value| !value.trim().is_empty()))
}
