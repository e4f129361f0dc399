//! What somebody wants to register.

use jose::Algorithm;
use oauth::{
    Scope, Secret, Time,
    server::{ClientAuth, GrantType, OPENID_SCOPES, USUAL_SCOPES},
};

use crate::{
    Client, Exchange, Kind, Status, StoredSecret, Workload, id,
    invalid::{Invalid, Listed},
};

/// A client to be registered. [`NewClient::new`] has what is usual for its kind.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// `client_id`, where it is not to be made up.
    pub id: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// What people are shown.
    pub name: String,
    /// How it may prove who it is.
    pub auth: Vec<ClientAuth>,
    /// Its secret, where it is not to be made up.
    pub secret: Option<Secret>,
    /// The public keys of `private_key_jwt`, as a JWKS.
    pub jwks: Option<String>,
    /// Where they are, if they are not given.
    pub jwks_uri: Option<String>,
    /// The workloads that it is.
    pub workloads: Vec<Workload>,
    /// Which tokens it may exchange for ours.
    pub exchange: Exchange,
    /// Where authorization responses may go.
    pub redirect_uris: Vec<String>,
    /// Where a person may be sent after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it is told that a session has ended (Back-Channel Logout §2.2).
    pub backchannel_logout_uri: Option<String>,
    /// Whether it must be told which session that was.
    pub backchannel_logout_session_required: bool,
    /// The grants it may use.
    pub grants: Vec<GrantType>,
    /// The scopes that it may ask for.
    pub scope: Scope,
    /// The scopes that it gets if it asks for none.
    pub default_scope: Scope,
    /// The APIs that its tokens may be for.
    pub audiences: Vec<String>,
    /// The one of them that a token is for if the client names none.
    pub default_audience: Option<String>,
    /// Whether the person is asked for consent. If so, `offline_access` is part of the question.
    pub consent: bool,
    /// Whether it gets `offline_access` without asking the person.
    pub offline_access: bool,
    /// Whether an authorization request without PKCE is accepted (#38).
    pub pkce_optional: bool,
    /// What its ID tokens are signed with: RS256 or ES256.
    pub id_token_alg: Algorithm,
    /// Whether the claims of its scopes are in the ID token too.
    pub claims_in_id_token: bool,
    /// How long its access tokens are valid, in seconds: 60 to 3600.
    pub access_token_lifetime: Option<u32>,
    /// How long a refresh token lives without being used, in seconds.
    pub refresh_idle: Option<u32>,
    /// How long it can be renewed, in seconds.
    pub refresh_absolute: Option<u32>,
    /// The grace of a spent refresh token, in seconds: 0 to 60.
    pub grace: u8,
}

impl NewClient {
    /// What is usual for this kind: it lacks redirect URIs, or for a service scopes and APIs.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        let signs_people_in = matches!(kind, Kind::Spa | Kind::Web | Kind::Native);
        let auth = match kind {
            Kind::Spa | Kind::Native => vec![ClientAuth::None],
            Kind::Web | Kind::Service | Kind::Api => vec![ClientAuth::Basic, ClientAuth::Post],
        };
        let grants = match kind {
            Kind::Spa | Kind::Web | Kind::Native => {
                vec![GrantType::AuthorizationCode, GrantType::RefreshToken]
            }
            Kind::Service => vec![GrantType::ClientCredentials],
            Kind::Api => Vec::new(),
        };
        let (scopes, usual) = if signs_people_in {
            (OPENID_SCOPES.as_slice(), USUAL_SCOPES.as_slice())
        } else {
            (&[] as &[_], &[] as &[_])
        };
        Self {
            id: None,
            kind,
            name: name.into(),
            auth,
            secret: None,
            jwks: None,
            jwks_uri: None,
            workloads: Vec::new(),
            exchange: Exchange::default(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            grants,
            scope: scopes.iter().copied().collect(),
            default_scope: usual.iter().copied().collect(),
            audiences: Vec::new(),
            default_audience: None,
            consent: false,
            offline_access: signs_people_in,
            pkce_optional: false,
            id_token_alg: Algorithm::Rs256,
            claims_in_id_token: false,
            access_token_lifetime: None,
            refresh_idle: None,
            refresh_absolute: None,
            grace: Client::DEFAULT_GRACE,
        }
    }

    /// The row for it, and the secret that was made up for it, if there is one to be shown.
    pub(crate) fn build(&self, now: Time) -> Result<(Client, Option<Secret>), Invalid> {
        self.check()?;
        let id = self.id.clone().unwrap_or_else(id::fresh);
        let made = (self.has_secret() && self.secret.is_none()).then(Secret::random);
        let secret = self.secret.as_ref().or(made.as_ref());
        let secrets =
            secret.iter().map(|secret| StoredSecret { digest: secret.digest(), created_at: now }).collect();
        let client = Client {
            id,
            kind: self.kind,
            name: self.name.trim().to_owned(),
            status: Status::Active,
            // Of no client before it: what one of the same name was given stays dead.
            epoch: u64::try_from(now.epoch()).unwrap_or_default(),
            auth: self.auth.clone(),
            secrets,
            jwks: self.jwks.clone(),
            jwks_uri: self.jwks_uri.clone(),
            workloads: self.workloads.clone(),
            exchange: self.exchange.clone(),
            redirect_uris: self.redirects(Listed::RedirectUris, &self.redirect_uris)?,
            grants: self.grants.clone(),
            scope: self.scope.clone(),
            default_scope: self.default_scope.clone(),
            audiences: self.audiences.clone(),
            default_audience: self.default_audience.clone(),
            consent: self.consent,
            offline_access: self.offline_access && !self.consent,
            pkce_optional: self.pkce_optional,
            id_token_alg: self.id_token_alg,
            claims_in_id_token: self.claims_in_id_token,
            access_token_lifetime: self.access_token_lifetime,
            refresh_idle: self.refresh_idle,
            refresh_absolute: self.refresh_absolute,
            grace: self.grace,
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            backchannel_logout_uri: self.backchannel_logout_uri.clone(),
            backchannel_logout_session_required: self.backchannel_logout_session_required,
            created_at: now,
        };
        Ok((client, made))
    }
}
