//! Providers that the stand-in plays: what their settings say then, and where each of them is.

use authenticate::Button;
use oauth::Secret;
use web::{Clock, Setting, SettingError, setting};

use crate::{
    settings::Values,
    stand_in::{
        Key, Part, StandIn, StandInConfig,
        like::{self, BY_THE_BOOK, Like},
    },
};

/// The stand-in's issuer: the same whatever the port, because it is part of every identity.
const ISSUER: &str = "http://localhost/stand-in";
const CLIENT_ID: &str = "latchkey-on-this-machine";

/// A stand-in and the path at which it is.
pub(crate) struct Mounted {
    pub(crate) path: String,
    pub(crate) stand_in: StandIn,
}

/// What all of them share.
struct Stage<'a> {
    base: String,
    port: u16,
    secret: Secret,
    key: Key,
    clock: &'a Clock,
}

/// The providers of `STAND_IN_LIKE`: they are among `PROVIDERS` from now on.
pub(crate) fn likes(values: &mut Values) -> Result<Vec<String>, SettingError> {
    let wanted = values.get(setting::STAND_IN_LIKE.name).cloned().unwrap_or_default();
    let wanted: Vec<_> = wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    for name in &wanted {
        let known = like::find(name).ok_or_else(|| {
            let names = like::names().join(", ");
            SettingError::new(format!("STAND_IN_LIKE names {name:?}: it knows {names}"))
        })?;
        if let Some(label) = known.label {
            values.entry(setting::LABEL.of(name)).or_insert_with(|| label.to_owned());
        }
        let providers = values.entry(setting::PROVIDERS.name.to_owned()).or_default();
        if !providers.split(',').any(|one| one.trim() == *name) {
            let comma = if providers.is_empty() { "" } else { "," };
            providers.push_str(&format!("{comma}{name}"));
        }
    }
    Ok(wanted.into_iter().map(str::to_owned).collect())
}

/// Refuses `STAND_IN_LIKE` where a provider is real: nobody is played then.
pub(crate) fn none_beside(real: &str, alike: &[String]) -> Result<(), SettingError> {
    match alike.first() {
        None => Ok(()),
        Some(name) => Err(SettingError::new(format!(
            "STAND_IN_LIKE names {name}, and {real} is real: the stand-in plays all providers or none. Remove STAND_IN_LIKE, or \
             what is set of {real}"
        ))),
    }
}

/// Plays these providers: each of `alike` as that provider behaves, and the others by the book.
pub(crate) fn play(
    values: &mut Values,
    played: &[Button],
    alike: &[String],
    (base, port): (&str, u16),
    clock: &Clock,
) -> Result<Vec<Mounted>, SettingError> {
    let key =
        Key::generate().map_err(|error| SettingError::new(format!("the stand-in cannot start: {error}")))?;
    let base = base.to_owned();
    let stage = Stage { base, port, secret: Secret::random(), key, clock };
    let (alike, others): (Vec<_>, Vec<_>) = played.iter().partition(|button| alike.contains(&button.name));
    let mut mounted: Vec<_> = alike
        .into_iter()
        .filter_map(|button| Some((like::find(&button.name)?, button)))
        .map(|(like, button)| stage.mount(values, like, &format!("/stand-in/{}", button.name), &[button]))
        .collect();
    if !others.is_empty() {
        mounted.push(stage.mount(values, &BY_THE_BOOK, "/stand-in", &others));
    }
    Ok(mounted)
}

impl Stage<'_> {
    /// A stand-in at `path` that plays these providers, whose settings lead there from now on.
    fn mount(&self, values: &mut Values, like: &'static Like, path: &str, played: &[&Button]) -> Mounted {
        let issuer = match like.names {
            [] => ISSUER.to_owned(),
            _ => format!("http://localhost{path}{}", like.issuer),
        };
        for button in played {
            for (setting, value) in self.settings(like, path, &issuer, button) {
                values.insert(setting.of(&button.name), value);
            }
        }
        let config = StandInConfig {
            issuer,
            address: format!("{}{path}", self.base),
            near: self.near(path),
            client_id: CLIENT_ID.to_owned(),
            client_secret: self.secret.clone(),
            parts: played.iter().map(|button| self.part(button)).collect(),
            like,
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
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Where its endpoints are, or where its metadata says so.
    fn endpoints(&self, like: &Like, path: &str) -> Vec<(&'static Setting, String)> {
        let near = self.near(path);
        if like.discovered.is_some() {
            let by_name = self.base.trim_start_matches("http://");
            let hosts = format!("{by_name},127.0.0.1:{}", self.port);
            return vec![
                (&setting::METADATA_URL, format!("{near}{}", like.metadata)),
                (&setting::HOSTS, hosts),
            ];
        }
        vec![
            (&setting::AUTHORIZATION_ENDPOINT, format!("{}{path}/authorize", self.base)),
            (&setting::TOKEN_ENDPOINT, format!("{near}/token")),
            (&setting::USERINFO_ENDPOINT, format!("{near}/userinfo")),
            (&setting::JWKS_URI, format!("{near}/jwks.json")),
        ]
    }

    fn settings(
        &self,
        like: &Like,
        path: &str,
        issuer: &str,
        button: &Button,
    ) -> Vec<(&'static Setting, String)> {
        let mut all = vec![
            (&setting::CLIENT_ID, CLIENT_ID.to_owned()),
            (&setting::CLIENT_SECRET, self.secret.expose().to_owned()),
        ];
        all.extend(self.endpoints(like, path));
        if !button.plain {
            all.push((&setting::ISSUER, issuer.to_owned()));
        } else {
            // A provider of plain OAuth 2.0 signs nothing; it is asked who somebody is, and keeps its people to itself.
            all.retain(|(setting, _)| **setting != setting::JWKS_URI);
            all.push((&setting::ISSUER, format!("{ISSUER}/{}", button.name)));
        }
        if button.plain && like.names.is_empty() {
            all.push((&setting::CLAIMS, "sub=sub name=name picture=picture".to_owned()));
            all.push((&setting::SCOPES, "email profile".to_owned()));
        }
        all.extend(like.settings.iter().map(|(setting, value)| (*setting, (*value).to_owned())));
        all
    }
}
