//! What an entry says.

use jose::Algorithm;

use crate::prompt::{FreshSignIn, Prompts};

/// What is known about a provider before anybody set anything.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name in `PROVIDERS`, in `ISSUERS`, and in `<NAME>_PROFILE`.
    pub name: &'static str,
    /// Other names in `PROVIDERS`.
    pub aliases: &'static [&'static str],
    /// What people call it.
    pub label: &'static str,
    /// Its issuer; of a provider of plain OAuth 2.0, the name that its subjects are stored under.
    pub issuer: &'static str,
    /// Other spellings of the issuer, in its ID tokens and its access tokens.
    pub also_issuers: &'static [&'static str],
    /// What the templates need.
    pub needs: Needs,
    /// Where its keys are; without it they are discovered.
    pub keys: Option<&'static str>,
    /// The algorithms it signs with (#13, #60).
    pub algorithms: &'static [Algorithm],
    /// What signing in takes; nothing if nobody can sign in with it.
    pub sign_in: Option<SignIn>,
    /// How its access tokens look; nothing if they are not for us to verify.
    pub access_tokens: Option<AccessTokens>,
}

/// What a template lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// `<NAME>_ISSUER`.
    Issuer,
    /// `<NAME>_DOMAIN`, or this where there is a usual one.
    Domain(Option<&'static str>),
    /// `<NAME>_TENANT` or `<NAME>_TENANTS`.
    Tenant,
}

/// What signing in with a provider takes.
#[derive(Debug, Clone, Copy)]
pub struct SignIn {
    /// What it speaks.
    pub protocol: Protocol,
    /// Its endpoints; without them they are discovered.
    pub endpoints: Option<Endpoints>,
    /// Its endpoints where `<NAME>_DOMAIN` has a path, if those are others.
    pub endpoints_below: Option<Endpoints>,
    /// What is asked for.
    pub scopes: &'static str,
    /// How we may prove who we are, the first by default.
    pub client_auth: &'static [Method],
    /// Whom a signed assertion is addressed to.
    pub assertion_for: Addressee,
    /// Hosts its endpoints may live on, in addition to the issuer's own; with a dot in front, any host below.
    pub hosts: &'static [&'static str],
    /// What it calls itself in the `iss` of its answers (RFC 9207 §2), where that is not the issuer: that exactly, or no `iss`
    /// at all, since its metadata promises none that we read. `{origin}` is the origin of its authorization endpoint.
    ///
    /// What each sends:
    /// - GitHub: `https://github.com/login/oauth`, with errors too, since April 2026 ("GitHub authentication discovery
    ///   endpoints" in its documentation; langfuse/langfuse#13091). An Enterprise Server sends its own host's, or none.
    /// - Google: its issuer, in most answers; the metadata did not always promise it (openiddict/openiddict-core#2428).
    /// - Keycloak: its issuer, the realm, since version 23, unless the client has the option *Exclude Issuer From Authentication
    ///   Response*; the metadata of the realm promises it all the same (keycloak/keycloak#25419).
    /// - GitLab: none; Doorkeeper, which it is made of, knows the issuer of the ID token there
    ///   (doorkeeper-gem/doorkeeper-openid_connect#333).
    /// - Entra, Apple, Auth0, Okta and Cognito document none. If there is one, it is the `iss` of the ID token (RFC 9207 §2.4).
    pub answers_as: Option<&'static str>,
    /// Whether its site names the organisation, which is the origin of the issuer, where it begins a login (OIDC Core §4): Okta
    /// does, whichever of the organisation's servers the application uses ("How to Make the OIDC or OAuth App Visible in Okta
    /// Dashboard").
    pub begins_as_origin: bool,
    /// Whether the answer comes as a form that the browser posts.
    pub form_post: bool,
    /// Whether it writes `email_verified` as text (#19).
    pub verified_as_text: bool,
    /// Whether it signs the domain of the account as `hd` (#20).
    pub signs_domain: bool,
    /// A claim that tells its ID tokens from its other tokens (#66).
    pub kind: Option<(&'static str, &'static str)>,
    /// What it can be asked to show:
    /// - Google: consent, or a choice of accounts (*OpenID Connect*, "Authentication URI parameters").
    /// - Entra: any, one at a time (`AADSTS90023`; opencloud-eu/desktop#871). Cognito: any, since managed login.
    /// - GitHub: a choice of accounts, since June 2024 (its changelog of 2024-06-07). Apple: nothing.
    /// - Okta, Auth0, Keycloak (keycloak/keycloak#42064) and GitLab (doorkeeper-gem/doorkeeper-openid_connect#107) have no
    ///   choice of accounts.
    pub prompts: Prompts,
    /// What it does for somebody who is to sign in afresh:
    /// - Google ignores `login` and `max_age`. Its `auth_time` is for applications that are verified and switched it on (*Security
    ///   bundle*), and does not move by being asked for. Apple and GitHub have nothing.
    /// - Okta, Auth0 (*Force reauthentication in OIDC*) and Keycloak (keycloak/keycloak#3009) do what the standard says.
    /// - Entra asks, for either. But `max_age` moves the `exp` of its ID tokens too, so one of 0 is never valid
    ///   (AzureAD/microsoft-authentication-library-for-python#444), and `auth_time` is an optional claim.
    /// - Cognito asks since managed login, and documents no `max_age`.
    /// - GitLab signs the person out and asks again. Its library took no `max_age` of 0 for long
    ///   (doorkeeper-gem/doorkeeper-openid_connect#222).
    pub fresh: FreshSignIn,
    /// Whether it takes a `login_hint`.
    pub login_hint: bool,
    /// Where it says which groups somebody is in, to that person's own access token; nothing if it says them nowhere but in its ID
    /// tokens.
    pub groups: Option<GroupSource>,
}

/// Where somebody's groups are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupSource {
    /// What it speaks.
    pub api: GroupApi,
    /// Its address.
    pub endpoint: &'static str,
    /// The scope that allows it, for the groups of the person alone.
    pub scope: &'static str,
}

/// How groups are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupApi {
    /// Google's Cloud Identity, `groups.memberships.searchDirectGroups`: groups are addresses.
    CloudIdentity,
    /// Microsoft Graph, `transitiveMemberOf`: groups are ids.
    Graph,
}

/// What a provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// OpenID Connect: an ID token says who it is.
    OpenId,
    /// Plain OAuth 2.0: a user endpoint does, and some of its members mean what we want to know.
    OAuth {
        /// Which ones, in the syntax of `<NAME>_CLAIMS`.
        claims: &'static str,
        /// Whether verified addresses are listed at the user endpoint's `/emails`, as GitHub does it.
        emails: bool,
    },
}

/// The addresses of a provider.
#[derive(Debug, Clone, Copy)]
pub struct Endpoints {
    /// Where the browser is sent (RFC 6749 §3.1).
    pub authorization: &'static str,
    /// Where the code is exchanged (RFC 6749 §3.2).
    pub token: &'static str,
    /// Userinfo (OpenID Connect Core §5.3), or the user endpoint of plain OAuth 2.0.
    pub userinfo: Option<&'static str>,
    /// The keys, where they are not those of the entry.
    pub keys: Option<&'static str>,
}

/// How we prove to a provider who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `client_secret_basic` (RFC 6749 §2.3.1).
    Basic,
    /// `client_secret_post` (RFC 6749 §2.3.1).
    Post,
    /// `private_key_jwt` (RFC 7523 §2.2).
    PrivateKeyJwt,
    /// A client secret that is a JWT of ours, as Apple wants it.
    AppleJwt,
}

impl Method {
    /// The word for it in `<NAME>_CLIENT_AUTH`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Post => "post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::AppleJwt => "apple",
        }
    }
}

/// Whom an assertion is for: the provider, or one of its endpoints. The issuer is the safer one, since nobody else
/// answers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressee {
    /// The issuer.
    Issuer,
    /// The token endpoint.
    TokenEndpoint,
}

/// How the access tokens of an issuer look.
#[derive(Debug, Clone, Copy)]
pub struct AccessTokens {
    /// Spellings of the issuer that only its access tokens use.
    pub also_issuers: &'static [&'static str],
    /// Whether the domain must have a path: the host alone is another issuer, which is none for an API.
    pub server_below: bool,
    /// The values of `typ` that its access tokens may have, in small letters (#66).
    pub types: &'static [&'static str],
    /// Whether they may have no `typ` at all.
    pub untyped: bool,
    /// A claim that tells access tokens from others (#66).
    pub kind: Option<(&'static str, &'static str)>,
    /// Where whom it is for is written.
    pub audience: Audience,
    /// The claims that may name the client.
    pub clients: &'static [&'static str],
    /// Whether one of them must be there: where ID tokens have none (#66).
    pub names_client: bool,
    /// The claims that make the scope, as text or as lists. Roles and groups are not among them: anyone who may name a group would
    /// hold every scope that they name it after.
    pub scopes: &'static [&'static str],
    /// The claims that make the roles, as one text or as lists; a dot leads into an object.
    pub roles: &'static [&'static str],
    /// Whether what it issues for APIs are ID tokens.
    pub id_tokens: bool,
}

/// Where whom a token is for is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// In `aud`.
    Aud,
    /// Nowhere but in `client_id`.
    ClientId,
}
