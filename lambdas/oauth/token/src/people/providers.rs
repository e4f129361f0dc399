//! An ID token of a provider (RFC 8693): the person signs in by it, under the rules and in the rows of any sign-in, but for a browser and
//! a session.

use audit::{Actor, Along, What};
use authenticate::{Proven, Provider, Providers, ShownToken};
use client::{Api, Client, Spent};
use grant::{Authorization, Resource, Target, TokenResponse};
use oauth::{
    Code, Error, Scope, Secret, Time,
    server::{GrantType, OFFLINE_ACCESS},
};
use session::{
    Family, RefreshToken,
    family::{Basis, new_id},
};
use setting::{EVENTS, Env, Group, PASSWORDS, SECOND_FACTORS, SettingError};
use store::{Batch, Table, Transacted, Write};
use user::{News, User, password};
use web::Result;

use crate::{Asked, Exchanges, Token, asked::Exchange, exchange::unacceptable};

/// The providers and issuers whose ID tokens are accepted where a client is registered for them.
pub(crate) struct People {
    providers: Providers,
    /// Whether people may have a second factor, which an ID token does not show.
    factors: bool,
    /// Whether people sign in with passwords too.
    passwords: bool,
    /// Whether somebody is told of people who are new.
    events: bool,
}

impl People {
    pub(crate) const SETTINGS: Group = Providers::SETTINGS;
    pub(crate) const ISSUER_SETTINGS: Group = Providers::ISSUER_SETTINGS;

    pub(crate) fn from_env(env: &Env, table: &Table) -> Result<Self, SettingError> {
        Ok(Self {
            providers: Providers::for_id_tokens(env, table.clone())?,
            factors: env.is_on(&SECOND_FACTORS)?,
            passwords: env.is_on(&PASSWORDS)?,
            events: env.is_on(&EVENTS)?,
        })
    }

    /// The provider that the token names, among those that the client is registered for, with the audiences that it may have there.
    fn provider<'a>(
        &'a self,
        client: &'a Client,
        token: &ShownToken,
    ) -> Option<(&'a Provider, &'a [String])> {
        let registered = client.exchange.issuers.iter();
        let known = registered
            .filter_map(|(name, audiences)| Some((self.providers.get(name)?, audiences.as_slice())));
        known.into_iter().find(|(provider, _)| provider.is_named_by(token))
    }
}

impl Token {
    /// The client, and whether the token was used; the person's sign-in; the API; and one write by which the token counts once and the
    /// grant begins. What is wrong before that leaves the token as it is (#42).
    pub(crate) async fn exchange_of_person(
        &self,
        with: &Exchanges,
        asked: &Asked,
        exchange: &Exchange,
        token: &Secret,
        now: Time,
    ) -> Result<TokenResponse> {
        let (client, token, spent) = self.shown_first(asked, token, now).await?;
        let (provider, audiences) = with.people.provider(&client, &token).ok_or_else(unacceptable)?;
        let asked_scope = wanted(asked.scope()?, &client);
        let resource = match exchange.target.as_deref().or(client.default_audience.as_deref()) {
            Some(named) => self.tokens.exchanged_resource(&client, Some(named), None)?,
            None => Resource::Userinfo,
        };
        let proven = provider.accept(&token, audiences, now).await.map_err(refused)?;
        let target = self.target_without_consent(&resource, now).await?;
        // The grant outlives this token: what is not given now, because nobody can be asked, is not in it either (#29).
        let asked_scope = target.takes(&asked_scope);
        let user = self.signed_in(&with.people, asked, &proven, now).await?;
        // An ID token proves one factor, and here nobody can be asked for another.
        if with.people.factors && user.factors.asks_for_code() {
            return Err(factor_due().into());
        }
        let resources: Vec<_> = exchange.target.iter().map(|_| target.audience().to_owned()).collect();
        let (family, refresh) = begun(&client, &user, &proven, &asked_scope, &resources, now);
        let demands = grant::Exchange::default();
        let authorized = Authorization::of_exchange(&client, &user, &family, target, asked_scope, demands);
        let answer = self.tokens.issue(&authorized, now)?;
        let once = Write::create(&spent, &Spent::until(proven.ends), now);
        match self.table.transact(vec![once, Write::create(&family.id, &family, now)]).await? {
            Transacted::Done => {
                Ok(TokenResponse { refresh_token: refresh.map(|token| token.text()), ..answer })
            }
            Transacted::Refused(_) => Err(unacceptable().into()),
        }
    }

    /// Who asks, the token, and the id of the row by which it counts once: one call. It was not used yet.
    async fn shown_first(
        &self,
        asked: &Asked,
        token: &Secret,
        now: Time,
    ) -> Result<(Client, ShownToken, String)> {
        let token = ShownToken::parse(token).ok();
        let spent = token.as_ref().map(|token| Spent::id(token.digest()));
        let id = asked.client.client_id();
        let batch = Batch::new().and::<Client>(id).and::<Spent>(spent.as_deref());
        let mut rows = self.table.get_batch(batch, now).await?;
        let client = self.authenticated(asked, rows.take(id), now).await?;
        let is_new = rows.take::<Spent>(spent.as_deref()).is_none();
        let (token, spent) = token.zip(spent).filter(|_| is_new).ok_or_else(unacceptable)?;
        Ok((client, token, spent))
    }

    /// For which API the tokens are, without what its people are asked about: nobody can be asked here.
    async fn target_without_consent(&self, resource: &Resource, now: Time) -> Result<Target> {
        let Some(row) = resource.row() else { return Ok(self.tokens.target(resource, None)?) };
        let mut rows = self.table.get_batch(Batch::new().and::<Api>(row), now).await?;
        Ok(self.tokens.target(resource, rows.take(row))?.without_consent())
    }

    /// The person, as after any sign-in: known or new, with the roles of the settings, and not disabled (#35). Whoever has a
    /// second factor is refused, because nobody can be asked for it here.
    async fn signed_in(&self, people: &People, asked: &Asked, proven: &Proven, now: Time) -> Result<User> {
        let rights = self.tokens.refresh(&self.table, now).await?;
        let along = Along::default();
        // Which roles somebody gets is always written down; all else that is new of them, where somebody is to be told.
        let noted = |news: News<'_>| {
            let event = |what| asked.event(what).whom(&news.user().id);
            let is_new = people.events && matches!(news, News::Added { .. });
            let changed = if people.events { news.changed() } else { Vec::new() };
            let added = is_new.then(|| event(What::PersonAdded));
            let news = audit::news(event, &changed, news.roles());
            along.write(self.trail, added.into_iter().chain(news).collect())
        };
        match user::sign_in_noting(&self.table, &rights, &proven.identity, &noted, now).await {
            Err(user::Error::Refused(why)) if why.code() == Code::AccessDenied => {
                tracing::info!(
                    provider = proven.identity.provider,
                    "the person of an ID token may not come in"
                );
                Err(unacceptable().into())
            }
            signed_in => {
                let user = signed_in?;
                along.log(&user.id);
                if people.passwords {
                    self.expel_squatter(asked, &user, now).await?;
                }
                Ok(user)
            }
        }
    }

    /// Ends what somebody else has who only wrote down an address that is this person's, as after any sign-in (#94). No queue is told of
    /// the sessions that end: this function has none, and their apps are told once that is overdue.
    ///
    /// One GetItem, and more only where there is somebody like that.
    async fn expel_squatter(&self, asked: &Asked, owner: &User, now: Time) -> Result<()> {
        let table = &self.table;
        let Some(squatter) = password::squatter_of(table, owner, now).await? else { return Ok(()) };
        password::expel(table, &squatter, owner, now).await?;
        session::ended::end_noted_of(table, &squatter, now).await?;
        let event = asked.event(What::SignOutEverywhere).by(Actor::Latchkey);
        Ok(self.trail.note(table, &event.whom(&squatter).way(password::PROVIDER)).await?)
    }
}

/// The person has to show more than an ID token, which they can do in a browser (RFC 8693 §2.2.2).
fn factor_due() -> Error {
    Error::new(
        Code::InvalidRequest,
        "interaction_required: this person has a second factor, which nobody can be asked for here; send them to the authorization endpoint",
    )
}

/// The grant that begins with a person who was proven so, in no session.
fn begun(
    client: &Client,
    user: &User,
    proven: &Proven,
    scope: &Scope,
    resources: &[String],
    now: Time,
) -> (Family, Option<RefreshToken>) {
    let via = proven.identity.key();
    let basis = Basis {
        id: &new_id(),
        user_id: &user.id,
        epoch: user.epoch,
        client_id: &client.id,
        client_epoch: client.epoch,
        sid: None,
        scope,
        resources,
        auth_time: proven.auth_time,
        acr: None,
        amr: &[],
        via: Some(via.as_str()),
        claims: None,
        consented: false,
    };
    Family::begin(basis, &grant::terms(client, scope), now)
}

/// What was asked for, or the client's default, of what it may have. A refresh token needs to be registered, since nobody is asked.
fn wanted(asked: Option<Scope>, client: &Client) -> Scope {
    let scope = asked.unwrap_or_else(|| client.default_scope.clone()).intersection(&client.scope);
    let refresh = client.offline_access && client.allows(GrantType::RefreshToken);
    scope.iter().filter(|scope| refresh || *scope != OFFLINE_ACCESS).collect()
}

/// What is wrong with a token is for the log; that a provider cannot be reached is no verdict (#78).
fn refused(error: authenticate::Error) -> web::Error {
    let outage = error.refusal().is_some_and(|refusal| refusal.status() >= 500);
    if outage || error.refusal().is_none() {
        return error.into();
    }
    tracing::info!(%error, "an ID token is not exchanged");
    unacceptable().into()
}
