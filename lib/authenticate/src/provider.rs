//! One provider: who it is, where a login starts and, with the feature `finish`, where it ends.

#[cfg(feature = "verify")]
mod admission;
#[cfg(feature = "finish")]
mod finish;
#[cfg(feature = "verify")]
mod shown;
#[cfg(feature = "verify")]
mod signature;

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

#[cfg(feature = "verify")]
pub use self::shown::{Proven, ShownToken};
use fetch::{DocumentCache, DocumentRequest, Documents, Fault, Http, JSON};
use jose::KeySet;
use oauth::{Digest, Time};
use provider::{FreshSignIn, Protocol};
use store::Table;
use url::Url;

use crate::{
    Error, Login, Start, StartOptions,
    authorize::{Sending, authorize},
    config::Config,
    endpoints::Source,
    login,
    metadata::{self, Metadata},
    prompt::{self, Wishes},
    setting::Settings,
};

/// How long metadata, keys or userinfo may take (#72).
const DOCUMENT_LIMIT: Duration = Duration::from_secs(3);
/// An identity provider, as the settings describe it.
pub struct Provider {
    config: Config,
    http: Arc<Http>,
    metadata: DocumentCache<Metadata, Documents>,
    keys: DocumentCache<KeySet, Documents>,
    /// When keys were last fetched for a token that somebody showed.
    renewed_at: Mutex<Option<Time>>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider").field(&self.config.name).finish()
    }
}

impl Provider {
    pub(crate) fn new(config: Config, http: Arc<Http>, table: Table) -> Self {
        let metadata = DocumentCache::new(config.issuer.name(), "metadata", Documents(table.clone()));
        let keys = DocumentCache::new(config.issuer.name(), "keys", Documents(table));
        Self { config, http, metadata, keys, renewed_at: Mutex::default() }
    }

    /// Its name in our settings and addresses, such as `google`.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// What people call it, such as `Google`.
    pub fn label(&self) -> &str {
        &self.config.label
    }

    /// Whether its answer is a form that the browser posts from the provider's site, so that only a `SameSite=None`
    /// cookie comes along.
    pub fn answers_by_post(&self) -> bool {
        self.config.preset.sign_in.form_post
    }

    /// Whether it speaks plain OAuth 2.0, in which nobody signs who somebody is.
    pub(crate) fn is_plain(&self) -> bool {
        self.config.preset.sign_in.protocol != Protocol::OpenId
    }

    /// Whether a subject of one could be taken for the same subject of the other. Two clients of one OpenID provider are no
    /// such case: there it is the same person, and a signature says so.
    pub(crate) fn mixes_people_with(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.config.issuer, &other.config.issuer);
        (self.is_plain() || other.is_plain())
            && (ours.answers_as(theirs.name()) || theirs.answers_as(ours.name()))
    }

    /// The name of a setting of its own, such as `GOOGLE_ISSUER`.
    pub(crate) fn setting(&self, option: &str) -> String {
        Settings::of(self.name(), &|_| None).name(option)
    }

    /// What a login is bound to, in addition to the name (#7).
    pub(crate) fn binding(&self) -> Digest {
        Digest::of_parts(&[self.config.issuer.name(), &self.config.client_id, &self.config.redirect_uri])
    }

    /// Whether `iss` of an answer is this provider, under the one name that it answers by (#8).
    pub(crate) fn answers_as(&self, iss: &str) -> bool {
        match &self.config.answers_as {
            Some(named) => named == iss,
            None => self.config.issuer.answers_as(iss),
        }
    }

    /// Whether `iss` of a login that a provider's site begins (OIDC Core §4) is this provider: its issuer exactly, of
    /// several tenants one on the list, the name that its answers carry, or the organisation that its server belongs to.
    pub fn is_known_as(&self, iss: &str) -> bool {
        let Config { issuer, preset, .. } = &self.config;
        let is_organisation =
            || Url::parse(issuer.name()).is_ok_and(|url| url.origin().ascii_serialization() == iss);
        issuer.answers_as(iss)
            || self.answers_as(iss)
            || (preset.sign_in.begins_as_origin && is_organisation())
    }

    /// Begins a login. Writes nothing, and fetches nothing unless the provider's metadata has to be discovered (#3).
    pub async fn start(&self, options: StartOptions, now: Time) -> Result<Start, Error> {
        let preset = &self.config.preset;
        let hint = login::hint(options.login_hint.as_deref())?.filter(|_| preset.sign_in.login_hint);
        let at = self.metadata(false, now).await.map_err(|error| error.during(self.name()))?;
        let asks_afresh = options.fresh && self.fresh(&at) != FreshSignIn::None;
        // Where the provider cannot do that, a choice of accounts is at least a page.
        let choose = options.choose_account || (options.fresh && !asks_afresh);
        let wishes = Wishes { choose, login: asks_afresh };
        let login = Login::new(self, options, at.answers_with_iss, now);
        let prompt = prompt::sent(preset.sign_in.prompts, &self.config.prompts, wishes, at.offers_accounts);
        let url = self.authorize(&at, &login, hint, prompt).map_err(|_| self.misconfigured())?;
        Ok(Start { url: url.into(), login })
    }

    /// What it does for somebody who is to sign in afresh.
    fn fresh(&self, at: &Metadata) -> FreshSignIn {
        let offered = if at.offers_login { FreshSignIn::Prompt } else { FreshSignIn::None };
        self.config.fresh.unwrap_or(offered)
    }

    /// The address for the browser: what is set, and the login's own values; nothing of the request but the hint, and the wish to
    /// choose an account or to sign in afresh (#5).
    fn authorize(
        &self,
        at: &Metadata,
        login: &Login,
        hint: Option<String>,
        prompt: Option<String>,
    ) -> Result<Url, url::ParseError> {
        let Config { preset, hosted_domains, .. } = &self.config;
        let mut extra: Vec<_> = prompt.map(|prompt| ("prompt", prompt)).into_iter().collect();
        if login.is_fresh() && self.fresh(at) == FreshSignIn::MaxAge {
            extra.push(("max_age", "0".to_owned()));
        }
        if preset.sign_in.form_post {
            extra.push(("response_mode", "form_post".to_owned()));
        }
        if let (true, [domain]) = (preset.sign_in.signs_domain, hosted_domains.as_slice()) {
            // Saves people the wrong account. What counts is what the ID token says.
            extra.push(("hd", domain.clone()));
        }
        if preset.sign_in.protocol == Protocol::OpenId {
            extra.push(("nonce", login.nonce().expose().to_owned()));
            extra.extend(hint.map(|hint| ("login_hint", hint)));
        }
        let sending = Sending { state: &login.state(), challenge: &login.verifier().challenge(), extra };
        authorize(&self.config, &at.known, sending)
    }

    /// The endpoints, known or discovered.
    async fn metadata(&self, save: bool, now: Time) -> Result<Metadata, Error> {
        match &self.config.source {
            Source::Known(known) => {
                let methods = self.config.preset.sign_in.client_auth.to_vec();
                Ok(Metadata {
                    known: known.as_ref().clone(),
                    answers_with_iss: false,
                    offers_accounts: false,
                    offers_login: false,
                    methods,
                    algorithms: Vec::new(),
                })
            }
            Source::Discovered { document, hosts } => {
                let check = |body: &[u8]| self.check_metadata(body, hosts);
                Ok(self.metadata.get(&self.fetch_metadata(document, &check, save, now)).await?.value.clone())
            }
        }
    }

    fn check_metadata(&self, body: &[u8], hosts: &[String]) -> Result<Metadata, String> {
        metadata::check(body, self.config.issuer.name(), hosts).map_err(|flaw| flaw.to_string())
    }

    fn fetch_metadata<'a>(
        &'a self,
        url: &'a Url,
        check: &'a (dyn Fn(&[u8]) -> Result<Metadata, String> + Sync),
        save: bool,
        now: Time,
    ) -> DocumentRequest<'a, Metadata> {
        self.fetch(url, JSON, check, save, now)
    }

    fn fetch<'a, T>(
        &'a self,
        url: &'a Url,
        accept: &'static str,
        check: &'a (dyn Fn(&[u8]) -> Result<T, String> + Sync),
        save: bool,
        now: Time,
    ) -> DocumentRequest<'a, T> {
        let limit = DOCUMENT_LIMIT.min(self.config.patience);
        DocumentRequest { http: &self.http, url, accept, limit, read: check, save, now }
    }

    fn misconfigured(&self) -> Error {
        Error::upstream(Fault::Answer, format!("the settings of {} do not allow it", self.name()))
    }
}
