//! Where a login ends: the code is exchanged, the ID token checked, and userinfo asked where it is needed.

use std::{sync::Arc, time::Duration};

use fetch::{Document, Fault};
use jose::{Jws, KeySet};
use oauth::{Identity, Secret, Sentence, Time, limits};
use provider::{FreshSignIn, Protocol};
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use url::Url;

use super::{DOCUMENT_LIMIT, Provider, admission::GROUPS};
use crate::{
    Error, Login,
    claims::Person,
    client_auth::{Proof, Recipient},
    config::Config,
    exchange::{self, Tokens},
    groups::Unknown,
    id_token::{self, Accepted, Expected},
    metadata::Metadata,
    openid, plain,
    userinfo::{self, Said},
};

/// How long the code exchange may take.
const EXCHANGE_LIMIT: Duration = Duration::from_secs(5);

/// The moment when the time for the end of a sign-in is nearly over.
type Nearly = Instant;

/// What is known of somebody whose ID token is right.
struct Proven<'a> {
    at: &'a Metadata,
    keys: Arc<Document<KeySet>>,
    expected: Expected<'a>,
    who: &'a Accepted,
}

impl Provider {
    /// Ends a login: exchanges the code, once; checks the ID token, the domain rule, and userinfo where it is needed.
    /// Within the time that was set, it has an answer.
    pub async fn finish(&self, login: &Login, code: &Secret, now: Time) -> Result<Identity, Error> {
        if !login.is_of(self) {
            return Err(Error::login(Sentence::BegunElsewhere, "another provider"));
        }
        let limit = self.config.patience;
        // An optional request is given up while there is time to answer without it.
        let nearly = Instant::now() + limit * 9 / 10;
        let whole = async {
            match self.config.preset.sign_in.protocol {
                Protocol::OpenId => self.finish_openid(login, code, nearly, now).await,
                Protocol::OAuth { emails, .. } => self.finish_plain(login, code, emails, nearly, now).await,
            }
        };
        let slow = |_| Error::upstream(Fault::Slow, format!("not finished within {limit:?}"));
        timeout(limit, whole).await.map_err(slow).flatten().map_err(|error| error.during(self.name()))
    }

    async fn finish_openid(
        &self,
        login: &Login,
        code: &Secret,
        nearly: Nearly,
        now: Time,
    ) -> Result<Identity, Error> {
        let at = self.metadata(true, now).await?;
        // Both at once: neither needs the other, and a function that just woke up has no keys yet.
        let (tokens, keys) = tokio::join!(self.exchange(&at, login, code, now), self.keys(&at, now));
        let tokens = tokens?;
        let token = tokens.id_token.as_ref();
        let token = token.ok_or_else(|| Error::upstream(Fault::Answer, "there is no ID token"))?;
        let parsed = Jws::parse_within(token.expose(), limits::TOKEN_IN_A_BODY).map_err(Error::id_token)?;
        let keys = self.verified(&parsed, &at, keys, now).await;
        let keys = keys.map_err(|unverified| unverified.into_error(Error::id_token))?;
        let nonce = login.nonce();
        let expected = self.expected(&nonce, &tokens);
        let accepted = id_token::check(&parsed, &expected, now).map_err(Error::id_token)?;
        if let Some(Err(_)) = openid::second_opinion(token.expose(), &parsed, &keys.value, &expected, now) {
            return Err(Error::id_token("openidconnect refuses it"));
        }
        if login.is_fresh() && self.fresh(&at) == FreshSignIn::MaxAge {
            id_token::check_auth_time(parsed.claims(), login.started_at())
                .map_err(|why| Error::login(Sentence::NoFreshSignIn, why.to_string()))?;
        }
        let proven = Proven { at: &at, keys, expected, who: &accepted };
        let person = self.person(&proven, parsed.claims(), nearly, now).await?;
        self.admit(parsed.claims(), &person)?;
        let identity = self.identity(accepted, parsed.claims(), &person);
        Ok(self.with_groups(identity, parsed.claims(), &tokens.access_token, nearly).await)
    }

    async fn finish_plain(
        &self,
        login: &Login,
        code: &Secret,
        emails: bool,
        nearly: Nearly,
        now: Time,
    ) -> Result<Identity, Error> {
        let at = self.metadata(true, now).await?;
        let user = at.known.userinfo.as_ref().ok_or_else(|| self.misconfigured())?;
        let proof = self.prove(&at, now)?;
        let client = plain::Client::new(&self.config, &at.known).map_err(|_| self.misconfigured())?;
        let tokens = client.exchange((code, &login.verifier()), &proof, &self.http, EXCHANGE_LIMIT).await?;
        let token = &tokens.access_token;
        let (subject, person) = if emails {
            let asking = self.optional(plain::email(user, token, &self.http, DOCUMENT_LIMIT), nearly);
            let (who, email) =
                tokio::join!(plain::user(user, token, &self.config, &self.http, DOCUMENT_LIMIT), asking);
            let (subject, person) = who?;
            (subject, Person { email: email?.flatten(), ..person })
        } else {
            plain::user(user, token, &self.config, &self.http, DOCUMENT_LIMIT).await?
        };
        self.admit(&Map::new(), &person)?;
        let who = Accepted { issuer: self.config.issuer.name().to_owned(), subject };
        Ok(self.identity(who, &Map::new(), &person))
    }

    async fn exchange(
        &self,
        at: &Metadata,
        login: &Login,
        code: &Secret,
        now: Time,
    ) -> Result<Tokens, Error> {
        let proof = self.prove(at, now)?;
        let client =
            openid::Client::new(&self.config, &at.known).map_err(|_| self.misconfigured())?.proving(&proof);
        exchange::send(client.exchange(code, &login.verifier(), &proof), &self.http, EXCHANGE_LIMIT).await
    }

    fn prove(&self, at: &Metadata, now: Time) -> Result<Proof, Error> {
        let to = Recipient {
            issuer: self.config.issuer.name(),
            token_endpoint: at.known.token.as_str(),
            client_id: &self.config.client_id,
        };
        self.config.client_auth.prove(&to, &at.methods, now).map_err(|_| self.misconfigured())
    }

    fn expected<'a>(&'a self, nonce: &'a Secret, tokens: &'a Tokens) -> Expected<'a> {
        Expected {
            issuer: &self.config.issuer,
            also_issuers: self.config.preset.entry.also_issuers,
            client_id: &self.config.client_id,
            trusted_audiences: &self.config.trusted_audiences,
            nonce,
            access_token: &tokens.access_token,
            kind_claim: self.config.preset.sign_in.kind,
        }
    }

    /// What the ID token says about the person and, if that lacks something we asked for, userinfo.
    async fn person(
        &self,
        proven: &Proven<'_>,
        id_token: &Map<String, Value>,
        nearly: Nearly,
        now: Time,
    ) -> Result<Person, Error> {
        let as_text = self.config.preset.sign_in.verified_as_text;
        let person = Person::of(id_token, as_text);
        let asked = |scope: &str| self.config.scopes.iter().any(|one| one == scope);
        let lacks = |claim: &str| person.claims.as_ref().is_none_or(|claims| claims.get(claim).is_none());
        let lacking = (asked("email") && person.email.is_none())
            || (asked("profile") && person.name.is_none())
            || (asked("phone") && lacks("phone_number"))
            || (asked("address") && lacks("address"));
        let endpoint = proven.at.known.userinfo.as_ref();
        let Some(endpoint) = endpoint.filter(|_| lacking || self.config.userinfo_always) else {
            return Ok(person);
        };
        Ok(match self.optional(self.userinfo(proven, endpoint, now), nearly).await? {
            Some(more) => person.or(Person::of(&more, as_text)),
            None => person.incomplete(),
        })
    }

    /// What userinfo says, be it plain or signed.
    async fn userinfo(
        &self,
        proven: &Proven<'_>,
        endpoint: &Url,
        now: Time,
    ) -> Result<Map<String, Value>, Error> {
        let Proven { at, keys, expected, who } = proven;
        let client = openid::Client::new(&self.config, &at.known).map_err(|_| self.misconfigured())?;
        let asker = client.with_userinfo(endpoint);
        let request = asker.ask(expected.access_token, &who.subject);
        let signed = match userinfo::send(request, &who.subject, &self.http, DOCUMENT_LIMIT).await? {
            Said::Plain(claims) => return Ok(claims),
            Said::Signed(signed) => signed,
        };
        let verified = self.verified(&signed, at, Ok(keys.clone()), now).await;
        verified.map_err(|unverified| unverified.into_error(Error::userinfo))?;
        id_token::check_userinfo(&signed, expected, who, now).map_err(Error::userinfo)?;
        Ok(signed.claims().clone())
    }

    /// The same with the groups, if those are to be known and the ID token does not say them. Without an answer the sign-in goes on: what
    /// is not known gives nothing, but by a rule that keeps what was known before. The access token is for this alone, and not kept.
    async fn with_groups(
        &self,
        mut identity: Identity,
        id_token: &Map<String, Value>,
        access_token: &Secret,
        nearly: Nearly,
    ) -> Identity {
        let groups = self.config.groups.as_ref().filter(|_| identity.groups_unknown);
        let Some(groups) = groups else { return identity };
        let until = nearly.min(Instant::now() + DOCUMENT_LIMIT);
        let asking = groups.ask(id_token, access_token, &self.http, DOCUMENT_LIMIT);
        match timeout_at(until, asking).await.unwrap_or(Err(Unknown::Slow(DOCUMENT_LIMIT))) {
            Ok(all) => {
                identity.upstream.insert(GROUPS.to_owned(), all);
                identity.groups_unknown = false;
            }
            Err(error) => tracing::warn!(provider = self.name(), %error, "signed in without the groups"),
        }
        identity
    }

    /// An optional request, since we know already who it is: nothing, and a warning, if the provider does not say it in
    /// time. An answer that is not accepted still refuses, and so does silence where a rule of ours needs the answer.
    async fn optional<T>(
        &self,
        asking: impl Future<Output = Result<T, Error>>,
        nearly: Nearly,
    ) -> Result<Option<T>, Error> {
        let Config { hosted_domains, userinfo_always, .. } = &self.config;
        if !hosted_domains.is_empty() || *userinfo_always {
            return asking.await.map(Some);
        }
        let answer = tokio::select! {
            answer = asking => answer,
            () = sleep_until(nearly) => Err(Error::upstream(Fault::Slow, "no answer as long as there was time")),
        };
        match answer {
            Err(error) if error.is_outage() => {
                tracing::warn!(provider = self.name(), %error, "signed in without the optional claims");
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }
}
