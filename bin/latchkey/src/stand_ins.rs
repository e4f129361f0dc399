//! The stand-ins of the local cloud: the settings of the providers that they play, and the path of each.

use authenticate::Button;
use oauth::Secret;
use setting::{Clock, Setting, SettingError};

use crate::{
    settings::Values,
    stand_in::{
        Key, Part, StandIn, StandInConfig,
        behaviour::{self, Behaviour, STANDARD},
    },
};

/// The stand-in's issuer: the same whatever the port, because it is part of every identity.
const ISSUER: &str = "http://localhost/stand-in";
const CLIENT_ID: &str = "latchkey-on-this-machine";

/// What the stand-in is asked for, unless the settings say what: all that it knows of a person.
const EVERYTHING: &str = "openid email profile address phone";

/// A stand-in and the path at which it is.
pub(crate) struct Mounted {
    pub(crate) path: String,
    pub(crate) stand_in: StandIn,
}

/// What all of them share.
struct Shared<'a> {
    base: String,
    port: u16,
    secret: Secret,
    key: Key,
    clock: &'a Clock,
}

/// The providers of `STAND_IN_LIKE`: they are among `PROVIDERS` from now on.
pub(crate) fn requested(values: &mut Values) -> Result<Vec<String>, SettingError> {
    let wanted = values.get(crate::settings::STAND_IN_LIKE.name).cloned().unwrap_or_default();
    let wanted: Vec<_> = wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    for name in &wanted {
        let known = behaviour::find(name).ok_or_else(|| {
            let names = behaviour::names().join(", ");
            SettingError::new(format!("STAND_IN_LIKE names {name:?}: it knows {names}"))
        })?;
        if let Some(label) = known.label {
            values.entry(authenticate::settings::LABEL.of(name)).or_insert_with(|| label.to_owned());
        }
        let providers = values.entry(authenticate::settings::PROVIDERS.name.to_owned()).or_default();
        if !providers.split(',').any(|one| one.trim() == *name) {
            let comma = if providers.is_empty() { "" } else { "," };
            providers.push_str(&format!("{comma}{name}"));
        }
    }
    Ok(wanted.into_iter().map(str::to_owned).collect())
}

/// Refuses `STAND_IN_LIKE` if a provider has a client id: there is no stand-in then.
pub(crate) fn refuse_beside_real(real: &str, requested: &[String]) -> Result<(), SettingError> {
    match requested.first() {
        None => Ok(()),
        Some(name) => Err(SettingError::new(format!(
            "STAND_IN_LIKE names {name}, and {real} is real: the stand-in plays all providers or none. Remove STAND_IN_LIKE, or \
             what is set of {real}"
        ))),
    }
}

/// Starts stand-ins for these providers: each of `requested` as that provider behaves, and the others as the standards say.
pub(crate) fn start(
    values: &mut Values,
    providers: &[Button],
    requested: &[String],
    (base, port): (&str, u16),
    clock: &Clock,
) -> Result<Vec<Mounted>, SettingError> {
    let key = Key::of_this_process()
        .map_err(|error| SettingError::new(format!("the stand-in cannot start: {error}")))?;
    let base = base.to_owned();
    let shared = Shared { base, port, secret: Secret::random(), key, clock };
    let (requested, others): (Vec<_>, Vec<_>) =
        providers.iter().partition(|button| requested.contains(&button.name));
    let mut mounted: Vec<_> = requested
        .into_iter()
        .filter_map(|button| Some((behaviour::find(&button.name)?, button)))
        .map(|(behaviour, button)| {
            shared.mount(values, behaviour, &format!("/stand-in/{}", button.name), &[button])
        })
        .collect();
    if !others.is_empty() {
        mounted.push(shared.mount(values, &STANDARD, "/stand-in", &others));
    }
    Ok(mounted)
}

impl Shared<'_> {
    /// A stand-in at `path` for these providers, whose settings lead there from now on.
    fn mount(
        &self,
        values: &mut Values,
        behaviour: &'static Behaviour,
        path: &str,
        providers: &[&Button],
    ) -> Mounted {
        let issuer = match behaviour.names {
            [] => ISSUER.to_owned(),
            _ => format!("http://localhost{path}{}", behaviour.issuer),
        };
        for button in providers {
            for (setting, value) in self.settings(behaviour, path, &issuer, button) {
                values.insert(setting.of(&button.name), value);
            }
            // Whoever it is, nobody has an address there but by its own word.
            let authority = values.entry(authenticate::settings::AUTHORITATIVE_FOR.of(&button.name));
            authority.or_insert_with(|| "*".to_owned());
            if values
                .get(&authenticate::settings::GROUPS.of(&button.name))
                .is_some_and(|it| it.trim() == "on")
            {
                let groups = values.entry(authenticate::settings::GROUPS_ENDPOINT.of(&button.name));
                groups.or_insert_with(|| format!("{}/groups", self.near(path)));
            }
            if behaviour.names.is_empty() && !button.plain {
                let scopes = values.entry(authenticate::settings::SCOPES.of(&button.name));
                scopes.or_insert_with(|| EVERYTHING.to_owned());
            }
        }
        let config = StandInConfig {
            issuer,
            address: format!("{}{path}", self.base),
            near: self.near(path),
            client_id: CLIENT_ID.to_owned(),
            client_secret: self.secret.clone(),
            parts: providers.iter().map(|button| self.part(button)).collect(),
            behaviour,
            key: self.key.clone(),
            clock: self.clock.clone(),
        };
        Mounted { path: path.to_owned(), stand_in: StandIn::new(config) }
    }

    /// How the stand-in introduces itself when it plays this provider.
    fn part(&self, button: &Button) -> Part {
        let redirect_uri = format!("{}/users/login/{}/callback", self.base, button.name);
        Part { label: button.label.clone(), redirect_uri, plain: button.plain }
    }

    /// From one function to another it stays on this machine, whatever name the browser knows it by.
    fn near(&self, path: &str) -> String {
        // By its number nothing is to be resolved; a certificate is for the name.
        match self.base.starts_with("https:") {
            true => format!("{}{path}", self.base),
            false => format!("http://127.0.0.1:{}{path}", self.port),
        }
    }

    /// Where its endpoints are, or where its metadata says so.
    fn endpoints(&self, behaviour: &Behaviour, path: &str) -> Vec<(&'static Setting, String)> {
        let near = self.near(path);
        if behaviour.discovered.is_some() {
            let by_name = self.base.trim_start_matches("http://");
            let hosts = format!("{by_name},127.0.0.1:{}", self.port);
            return vec![
                (&provider::settings::METADATA_URL, format!("{near}{}", behaviour.metadata)),
                (&provider::settings::HOSTS, hosts),
            ];
        }
        vec![
            (&authenticate::settings::AUTHORIZATION_ENDPOINT, format!("{}{path}/authorize", self.base)),
            (&authenticate::settings::TOKEN_ENDPOINT, format!("{near}/token")),
            (&authenticate::settings::USERINFO_ENDPOINT, format!("{near}/userinfo")),
            (&provider::settings::JWKS_URI, format!("{near}/jwks.json")),
        ]
    }

    fn settings(
        &self,
        behaviour: &Behaviour,
        path: &str,
        issuer: &str,
        button: &Button,
    ) -> Vec<(&'static Setting, String)> {
        let mut all = vec![
            (&authenticate::settings::CLIENT_ID, CLIENT_ID.to_owned()),
            (&authenticate::settings::CLIENT_SECRET, self.secret.expose().to_owned()),
        ];
        all.extend(self.endpoints(behaviour, path));
        if !button.plain {
            all.push((&provider::settings::ISSUER, issuer.to_owned()));
        } else {
            // A provider of plain OAuth 2.0 signs nothing; it is asked who somebody is, and keeps its people to itself.
            all.retain(|(setting, _)| **setting != provider::settings::JWKS_URI);
            all.push((&provider::settings::ISSUER, format!("{ISSUER}/{}", button.name)));
        }
        if button.plain && behaviour.names.is_empty() {
            all.push((&authenticate::settings::CLAIMS, "sub=sub name=name picture=picture".to_owned()));
            all.push((&authenticate::settings::SCOPES, "email profile".to_owned()));
        }
        all.extend(behaviour.settings.iter().map(|(setting, value)| (*setting, (*value).to_owned())));
        all
    }
}
