//! What a laptop needs that nobody should have to write down: keys, the table, and a stand-in for every provider that has no
//! client id yet.

use authenticate::{Button, buttons};
use oauth::{BaseUrl, Secret};
use token::Keys;
use web::{Clock, SettingError, setting};

use crate::{
    home::Home,
    settings::Values,
    stand_in::{Key, Part, StandIn, StandInConfig},
};

/// The stand-in's issuer: the same whatever the port, because it is part of every identity.
const ISSUER: &str = "http://localhost/stand-in";
const CLIENT_ID: &str = "latchkey-on-this-machine";

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
) -> Result<(), SettingError> {
    let mut set = |name: &str, value: String| values.entry(name.to_owned()).or_insert(value).clone();
    set(setting::BASE_URL.name, base.to_owned());
    set(setting::DYNAMODB_ENDPOINT.name, endpoint.to_owned());
    set(
        setting::COOKIE_KEY.name,
        kept(home, "cookie-key", || Ok::<_, SettingError>(Secret::random()))?.expose().to_owned(),
    );
    let signing = kept(home, "signing-keys.json", || Keys::generate().map(|keys| keys.to_json()))?;
    let signing = set(setting::SIGNING_KEYS.name, signing.expose().to_owned());
    let keys = Keys::parse(&Secret::new(signing))
        .map_err(|error| SettingError::new(format!("SIGNING_KEYS: {error}")))?;
    set(setting::PUBLIC_KEYS.name, keys.public().to_json());
    Ok(())
}

/// A secret from the home folder; without a folder, one that ends with the process.
fn kept<E: std::fmt::Display>(
    home: Option<&Home>,
    name: &str,
    make: impl FnOnce() -> Result<Secret, E>,
) -> Result<Secret, SettingError> {
    match home {
        Some(home) => home.secret(name, make),
        None => make().map_err(|error| SettingError::new(format!("{name} cannot be made: {error}"))),
    }
}

/// The stand-in, if the providers are played, and the settings that make it play them; `port` is where both listen.
///
/// All of them are played or none. Where one is real, people sign in who are somebody, and a stand-in beside it would let
/// anybody in as anyone; so it would on an address that others can reach.
pub(crate) fn stand_in(
    values: &mut Values,
    port: u16,
    clock: &Clock,
) -> Result<(Option<StandIn>, Vec<ProviderState>), SettingError> {
    let names = values
        .get(setting::PROVIDERS.name)
        .map(String::as_str)
        .or(setting::PROVIDERS.default)
        .unwrap_or_default();
    let all = buttons(names, &|name| values.get(name).cloned());
    let all = all.map_err(|error| SettingError::new(error.to_string()))?;
    let (missing, real): (Vec<_>, Vec<_>) = all.iter().partition(|button| unset(values, &button.name));
    let others = if real.is_empty() { Who::StandIn } else { Who::Nobody };
    let state = |button: &Button| {
        let who = if real.contains(&button) { Who::Itself } else { others };
        ProviderState { name: button.name.clone(), who }
    };
    let states = all.iter().map(state).collect();
    if !real.is_empty() {
        let names: Vec<_> = real.iter().map(|button| button.name.as_str()).collect();
        values.insert(setting::PROVIDERS.name.to_owned(), names.join(","));
        return Ok((None, states));
    }
    let base = base_on_this_machine(values, &missing)?;
    let played: Vec<_> = missing.into_iter().cloned().collect();
    Ok((Some(play_all(values, &played, &base, port, clock)?), states))
}

/// Our own address, if nobody else can reach it.
fn base_on_this_machine(values: &Values, played: &[&Button]) -> Result<String, SettingError> {
    let base = values[setting::BASE_URL.name].clone();
    let judged = BaseUrl::parse(&base).map_err(|error| SettingError::new(format!("BASE_URL: {error}")))?;
    if judged.is_local() {
        return Ok(base);
    }
    let names: Vec<_> = played.iter().map(|button| setting::CLIENT_ID.of(&button.name)).collect();
    Err(SettingError::new(format!(
        "{} is not set, and BASE_URL is {base}: the stand-in plays a provider on localhost only, for it lets everybody in. Set \
         the client id, or remove BASE_URL",
        names.join(" or ")
    )))
}

fn play_all(
    values: &mut Values,
    played: &[Button],
    base: &str,
    port: u16,
    clock: &Clock,
) -> Result<StandIn, SettingError> {
    let secret = Secret::random();
    for button in played {
        play(values, button, base, port, &secret);
    }
    values.entry(setting::ADMINS.name.to_owned()).or_insert_with(|| "ada@example.com".to_owned());
    Ok(StandIn::new(StandInConfig {
        issuer: ISSUER.to_owned(),
        address: format!("{base}/stand-in"),
        client_id: CLIENT_ID.to_owned(),
        client_secret: secret,
        parts: played.iter().map(|button| part(button, base)).collect(),
        key: Key::generate()
            .map_err(|error| SettingError::new(format!("the stand-in cannot start: {error}")))?,
        clock: clock.clone(),
    }))
}

/// A provider of which nobody has said who it is or who we are to it. Whoever has said the one is told of what is missing.
fn unset(values: &Values, name: &str) -> bool {
    let told =
        [&setting::CLIENT_ID, &setting::ISSUER].into_iter().chain(setting::PROVIDER_SECRETS.iter().copied());
    !told
        .into_iter()
        .any(|setting| values.get(&setting.of(name)).is_some_and(|value| !value.trim().is_empty()))
}

fn play(values: &mut Values, button: &Button, base: &str, port: u16, secret: &Secret) {
    let name = shout(&button.name);
    let mut set = |ending: &str, value: String| values.insert(format!("{name}_{ending}"), value);
    set("CLIENT_ID", CLIENT_ID.to_owned());
    set("CLIENT_SECRET", secret.expose().to_owned());
    set("AUTHORIZATION_ENDPOINT", format!("{base}/stand-in/authorize"));
    // From one function to another it stays on this machine, whatever name the browser knows it by.
    set("TOKEN_ENDPOINT", format!("http://127.0.0.1:{port}/stand-in/token"));
    set("USERINFO_ENDPOINT", format!("http://127.0.0.1:{port}/stand-in/userinfo"));
    if button.plain {
        // A provider of plain OAuth 2.0 signs nothing; it is asked who somebody is, and keeps its people to itself.
        set("ISSUER", format!("{ISSUER}/{}", button.name));
        set("CLAIMS", "sub=sub name=name picture=picture".to_owned());
        set("SCOPES", "email profile".to_owned());
    } else {
        set("ISSUER", ISSUER.to_owned());
        set("JWKS_URI", format!("http://127.0.0.1:{port}/stand-in/jwks.json"));
    }
}

/// How the stand-in introduces itself when it plays this provider.
fn part(button: &Button, base: &str) -> Part {
    let redirect_uri = format!("{base}/users/login/{}/callback", button.name);
    Part { label: button.label.clone(), redirect_uri, plain: button.plain }
}

/// A provider's name as its settings begin.
fn shout(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}
