//! What cannot be safe about a client that somebody wants to register.

use std::collections::BTreeSet;

use jose::Algorithm;
use oauth::{
    RedirectUri, Secret,
    server::{ClientAuth, GrantType, OFFLINE_ACCESS, OPENID, OPENID_SCOPES},
    text,
};
use url::Url;

use crate::{
    Kind, NewClient,
    invalid::{Invalid, Listed},
    is_client_id, keys, logout_uri,
    misfit::Misfit,
};

/// The longest name that people are shown, in characters.
const LONGEST_NAME: usize = 100;
/// The most redirect URIs, APIs or post-logout redirect URIs: a row is read at every request of its client.
pub(crate) const MOST: usize = 20;
/// The most scopes of a client or of an API.
pub(crate) const MOST_SCOPES: usize = 50;
/// The longest audience, in bytes.
const LONGEST_AUDIENCE: usize = 255;
/// The shortest secret that may be brought along, in bytes: 256 bits, if they are random (#91).
const SHORTEST_SECRET: usize = 32;
/// The longest one.
const LONGEST_SECRET: usize = 255;
/// How long an access token may be valid, in seconds.
const ACCESS_TOKEN: std::ops::RangeInclusive<u32> = 60..=3600;
/// How long a refresh token may live, in seconds: up to a year.
const REFRESH: std::ops::RangeInclusive<u32> = 60..=365 * 24 * 3600;
/// The longest grace, in seconds (#52).
const LONGEST_GRACE: u8 = 60;

impl NewClient {
    /// Whether it can be registered, apart from what is in the table.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.id.as_ref().is_some_and(|id| !is_client_id(id)) {
            return Err(Misfit::Id.into());
        }
        name(&self.name)?;
        self.check_proof()?;
        keys::check(self)?;
        self.check_grants()?;
        self.exchange.check(self)?;
        self.check_redirects()?;
        logout_uri::check(self)?;
        self.check_scope()?;
        self.check_audiences()?;
        self.check_lifetimes()
    }

    pub(crate) fn has_secret(&self) -> bool {
        self.auth.contains(&ClientAuth::Basic) || self.auth.contains(&ClientAuth::Post)
    }

    fn is_public(&self) -> bool {
        self.auth == [ClientAuth::None]
    }

    fn allows(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }

    /// #91, #92
    fn check_proof(&self) -> Result<(), Misfit> {
        let distinct: BTreeSet<_> = self.auth.iter().map(|auth| auth.as_str()).collect();
        if self.auth.is_empty() || distinct.len() != self.auth.len() {
            return Err(Misfit::Ways);
        }
        let by_key = self.auth.contains(&ClientAuth::PrivateKeyJwt);
        if self.auth.len() > 1 && (by_key || self.auth.contains(&ClientAuth::None)) {
            return Err(Misfit::BesideAnother);
        }
        match self.kind {
            Kind::Spa if !self.is_public() => return Err(Misfit::SecretOfSpa),
            Kind::Web | Kind::Service | Kind::Api if self.is_public() => {
                return Err(Misfit::Unproven(self.kind));
            }
            _ => {}
        }
        if self.secret.is_some() && !self.has_secret() {
            return Err(Misfit::SecretUnused);
        }
        self.secret.as_ref().map_or(Ok(()), given_secret)
    }

    /// #45, #46
    fn check_grants(&self) -> Result<(), Misfit> {
        let (code, refresh, itself) = (
            self.allows(GrantType::AuthorizationCode),
            self.allows(GrantType::RefreshToken),
            self.allows(GrantType::ClientCredentials),
        );
        if refresh && !code {
            return Err(Misfit::RefreshWithoutCode);
        }
        let signs_people_in = matches!(self.kind, Kind::Web | Kind::Native);
        if self.allows(GrantType::DeviceCode) && !signs_people_in {
            return Err(Misfit::Device);
        }
        if itself && (self.is_public() || self.kind == Kind::Api) {
            return Err(Misfit::ClientCredentials);
        }
        match self.kind {
            Kind::Spa | Kind::Web | Kind::Native if !code => Err(Misfit::NoCode),
            Kind::Service if code || !itself => Err(Misfit::GrantsOfService),
            Kind::Api if code => Err(Misfit::GrantsOfApi),
            _ => Ok(()),
        }
    }

    /// #24, #38
    fn check_redirects(&self) -> Result<(), Invalid> {
        let code = self.allows(GrantType::AuthorizationCode);
        if code == self.redirect_uris.is_empty() {
            return Err(if code { Invalid::NoRedirectUri } else { Misfit::RedirectUriUnused.into() });
        }
        if !code && !self.post_logout_redirect_uris.is_empty() {
            return Err(Misfit::PostLogoutUnused.into());
        }
        self.redirects(Listed::RedirectUris, &self.redirect_uris)?;
        self.redirects(Listed::PostLogoutRedirectUris, &self.post_logout_redirect_uris)?;
        if self.pkce_optional && (self.is_public() || !code || !self.scope.contains(OPENID)) {
            return Err(Misfit::Pkce.into());
        }
        Ok(())
    }

    pub(crate) fn redirects(&self, what: Listed, uris: &[String]) -> Result<Vec<RedirectUri>, Invalid> {
        few(what, uris)?;
        let native = self.kind == Kind::Native;
        let register = |uri: &String| {
            RedirectUri::register(uri, native).map_err(|flaw| Invalid::RedirectUri(uri.clone(), flaw))
        };
        uris.iter().map(register).collect()
    }

    fn check_scope(&self) -> Result<(), Invalid> {
        if self.scope.iter().count() > MOST_SCOPES {
            return Err(Invalid::TooMany(Listed::Scopes, MOST_SCOPES));
        }
        if let Some(more) = self.default_scope.iter().find(|scope| !self.scope.contains(scope)) {
            return Err(Misfit::DefaultScope(more.to_owned()).into());
        }
        let code = self.allows(GrantType::AuthorizationCode);
        if let Some(of_people) = self.scope.iter().find(|scope| !code && OPENID_SCOPES.contains(scope)) {
            return Err(Invalid::ScopeOfPeople(of_people.to_owned()));
        }
        if !self.allows(GrantType::RefreshToken) && self.default_scope.contains(OFFLINE_ACCESS) {
            return Err(Misfit::DefaultOfflineAccess.into());
        }
        Ok(())
    }

    fn check_audiences(&self) -> Result<(), Invalid> {
        few(Listed::Apis, &self.audiences)?;
        self.audiences.iter().try_for_each(|one| audience(one))?;
        match &self.default_audience {
            Some(default) if !self.audiences.contains(default) => {
                Err(Misfit::DefaultApi(default.clone()).into())
            }
            _ if self.kind == Kind::Api && self.audiences.is_empty() => Err(Misfit::NoAudience.into()),
            _ => Ok(()),
        }
    }

    fn check_lifetimes(&self) -> Result<(), Invalid> {
        if !matches!(self.id_token_alg, Algorithm::Rs256 | Algorithm::Es256) {
            return Err(Misfit::IdTokenAlg.into());
        }
        if self.access_token_lifetime.is_some_and(|seconds| !ACCESS_TOKEN.contains(&seconds)) {
            return Err(Invalid::AccessTokenLifetime);
        }
        let beyond = |seconds: Option<u32>| seconds.is_some_and(|seconds| !REFRESH.contains(&seconds));
        if beyond(self.refresh_idle) || beyond(self.refresh_absolute) {
            return Err(Invalid::RefreshTokenLifetime);
        }
        if self.refresh_idle.zip(self.refresh_absolute).is_some_and(|(idle, absolute)| idle > absolute) {
            return Err(Invalid::IdleBeyondAbsolute);
        }
        if self.grace > LONGEST_GRACE {
            return Err(Misfit::Grace.into());
        }
        Ok(())
    }
}

/// A name is shown to people, so it is one line of what can be seen (#88).
pub(crate) fn name(text: &str) -> Result<(), Invalid> {
    if text::shown(text, LONGEST_NAME).as_deref() == Some(text.trim()) {
        Ok(())
    } else {
        Err(Invalid::Name(text.to_owned()))
    }
}

/// RFC 8707 §2: an absolute URI without a fragment. An API is named, and not called: http and schemes of all kinds are fine.
pub(crate) fn audience(text: &str) -> Result<(), Invalid> {
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}#*".contains(&b));
    let url = Url::parse(text).ok().filter(|url| url.username().is_empty() && url.password().is_none());
    if plain && text.len() <= LONGEST_AUDIENCE && url.is_some() {
        return Ok(());
    }
    Err(Invalid::Audience(text.to_owned()))
}

/// RFC 6749 appendix A.2; of the bits in it nobody can know (#91).
fn given_secret(secret: &Secret) -> Result<(), Misfit> {
    let text = secret.expose();
    if !(SHORTEST_SECRET..=LONGEST_SECRET).contains(&text.len()) {
        return Err(Misfit::SecretLength);
    }
    if text.bytes().all(|b| matches!(b, 0x20..=0x7e)) { Ok(()) } else { Err(Misfit::SecretCharacters) }
}

pub(crate) fn few(what: Listed, list: &[String]) -> Result<(), Invalid> {
    if list.len() > MOST {
        return Err(Invalid::TooMany(what, MOST));
    }
    let distinct: BTreeSet<_> = list.iter().collect();
    if distinct.len() < list.len() { Err(Invalid::Twice(what)) } else { Ok(()) }
}
