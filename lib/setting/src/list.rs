//! Every setting there is, in the order of the documentation.

use crate::Setting;

/// Declares the settings and the list of all of them.
macro_rules! settings {
    ($($constant:ident = $setting:expr;)*) => {
        $(#[doc = concat!("The setting `", stringify!($constant), "`.")]
        pub static $constant: Setting = $setting;)*
        /// All settings, in the order of the documentation.
        pub static ALL: &[&Setting] = &[$(&$constant),*];
    };
}

settings! {
    BASE_URL = Setting::new("BASE_URL", None, "Where latchkey lives: https://host, or http://localhost:port. It is the issuer of its tokens and the origin of its callback addresses. `cargo run` sets it to its own address.");
    AUDIENCE = Setting::new("AUDIENCE", None, "The audience (`aud`) of the access tokens: the API they are for. The base URL if not set.");
    TABLE = Setting::new("TABLE", Some("latchkey"), "The DynamoDB table.");
    DYNAMODB_ENDPOINT = Setting::new("DYNAMODB_ENDPOINT", None, "Where DynamoDB answers, if not at AWS; `http://key@host` where it expects that access key id. `cargo run` sets it to its embedded engine.");
    COOKIE_KEY = Setting::secret("COOKIE_KEY", "The key that seals login cookies and page cursors: 32 random bytes in base64url, or several separated by commas, the newest first. `cargo run` makes its own.");
    SIGNING_KEYS = Setting::secret("SIGNING_KEYS", "The private key set that signs access tokens. `cargo run` makes its own.");
    PUBLIC_KEYS = Setting::new("PUBLIC_KEYS", None, "The public key set that verifies access tokens (RFC 7517). `cargo run` takes it from its signing keys.");
    AUTHORIZER_ANSWER = Setting::new("AUTHORIZER_ANSWER", Some("simple"), "What an HTTP API with payload 2.0 expects of the authorizer: `simple` (EnableSimpleResponses) or `policy`. The other gateways expect one thing only.");
    ISSUERS = Setting::new("ISSUERS", None, "Whose access tokens the authorizer believes besides ours, separated by commas: auth0, okta, cognito, entra, google, keycloak, latchkey, or names of your own.");
    BASE_PATH = Setting::new("BASE_PATH", None, "What stands in front of the paths of the guarded functions where no gateway says it: the base path of an API mapping with a `$default` route, or of routes of your own, such as `/pets`.");
    REVOCATION = Setting::new("REVOCATION", Some("off"), "Whether the authorizer asks the table if a token of ours was taken back: `off`; `closed`, and while the table does not answer nobody is let in; or `open`, and then everybody is. A token dies within 30 seconds of its session, its user or its client, plus what the gateway remembers.");
    RETURN_TO = Setting::new("RETURN_TO", None, "Other origins that a person may be sent to after signing in, separated by commas: exact, https (http for localhost), without path.");
    ADMINS = Setting::new("ADMINS", None, "E-mail addresses, separated by commas, whose owners get the role `admin` when they sign in. Only an address that the provider says is verified counts, as the provider writes it: `gmail.com` and `googlemail.com` are two addresses, of which Google says `gmail.com` unless the account was made with the other.");
    DEFAULT_ROLES = Setting::new("DEFAULT_ROLES", Some("member"), "The roles of somebody who signs in for the first time, separated by commas.");
    ROLES = Setting::new("ROLES", Some("admin=users:read users:write roles:read roles:write get:profile; member=get:profile"), "What each role may do: `role=scope scope; role=scope`.");
    LOG = Setting::new("LOG", Some("info"), "How much is logged: error, warn, info, debug or trace. `cargo run` says warn.");
    PROVIDERS = Setting::new("PROVIDERS", Some("google"), "The providers people may sign in with, separated by commas: names of presets, or names of your own.");
    CA_FILE = Setting::new("CA_FILE", None, "A PEM file with further certificate authorities, for a provider inside your own house. With it, providers may have private addresses.");
    PORT = Setting::new("PORT", Some("3000"), "Where `cargo run` listens, on 127.0.0.1. `--port` beats it.");
    LATCHKEY_HOME = Setting::new("LATCHKEY_HOME", Some(".latchkey"), "Where `cargo run` keeps its keys and its rows. `--home` beats it.");
    STAND_IN_LIKE = Setting::new("STAND_IN_LIKE", None, "Providers that the stand-in of `cargo run` behaves like, separated by commas, in all that they send otherwise than the standards say: google, github, entra or microsoft, apple, keycloak, zitadel, okta, b2c, cognito, auth0, gitlab, adfs, or other for what any provider may do. They need no other setting.");
    CLIENT_ID = Setting::new("<NAME>_CLIENT_ID", None, "The client id that the provider gave you. `cargo run` plays the providers while none of them has one.");
    CLIENT_SECRET = Setting::secret("<NAME>_CLIENT_SECRET", "The client secret that the provider gave you: at least 16 characters.");
    LABEL = Setting::new("<NAME>_LABEL", None, "What the button says after \"Continue with\". A preset knows its own.");
    ISSUER = Setting::new("<NAME>_ISSUER", None, "The provider's issuer, for a provider without a preset or of your own. Its endpoints and keys are discovered from there, unless they are set. For plain OAuth 2.0, the name that its people are kept under, which no other provider may have: the origin of its user endpoint if not set.");
    ANSWERS_AS = Setting::new("<NAME>_ANSWERS_AS", None, "What the provider calls itself in the `iss` of its answers to the callback (RFC 9207), if that is not its issuer: an answer has this `iss` or none. The preset `github` knows its own, also where its endpoints are those of an Enterprise Server.");
    DOMAIN = Setting::new("<NAME>_DOMAIN", None, "Where your Auth0 tenant, your Okta authorization server (`host`, or `host/oauth2/name`; an API needs one with a name), your GitLab, your Keycloak realm (`host/realms/name`) or the hosted pages of your Cognito pool live, without `https://`.");
    METADATA_URL = Setting::new("<NAME>_METADATA_URL", None, "Where the metadata of `<NAME>_ISSUER` is, if not at its well-known path: a query is allowed. It must name that issuer. Azure AD B2C has one for each policy.");
    TENANT = Setting::new("<NAME>_TENANT", None, "The one Entra tenant whose people may sign in: its id.");
    TENANTS = Setting::new("<NAME>_TENANTS", None, "Several Entra tenants whose people may sign in: their ids, separated by commas.");
    HOSTED_DOMAIN = Setting::new("<NAME>_HOSTED_DOMAIN", None, "Only people of these domains may sign in, separated by commas. Google signs the domain of an account; elsewhere the domain of a verified address counts.");
    SCOPES = Setting::new("<NAME>_SCOPES", None, "What is asked for, instead of `openid email profile` or what the preset asks for. `openid` is always added for an OpenID provider.");
    PROMPT = Setting::new("<NAME>_PROMPT", None, "What the provider is asked to show at each sign-in, separated by spaces: `login`, `consent`, `select_account`, as far as it knows them (OpenID Connect Core §3.1.2.1). Nothing if not set; our own pages ask for `select_account` after a sign-out or a refused account, where the provider knows it.");
    AUTHORIZATION_ENDPOINT = Setting::new("<NAME>_AUTHORIZATION_ENDPOINT", None, "Where the browser is sent. With it, the other endpoints must be set too, and nothing is discovered.");
    TOKEN_ENDPOINT = Setting::new("<NAME>_TOKEN_ENDPOINT", None, "Where the code is exchanged.");
    USERINFO_ENDPOINT = Setting::new("<NAME>_USERINFO_ENDPOINT", None, "Where a plain OAuth 2.0 provider says who somebody is, and an OpenID provider what its ID token lacks. GitHub's verified addresses are read there plus `/emails`.");
    JWKS_URI = Setting::new("<NAME>_JWKS_URI", None, "Where the keys of the provider, or of an issuer of `ISSUERS`, are; a query is allowed, such as Entra's `?appid=`.");
    HOSTS = Setting::new("<NAME>_HOSTS", None, "Hosts besides the issuer's own on which discovered endpoints may live: `host`, `host:port`, or `.example.com` for all below it.");
    USERINFO = Setting::new("<NAME>_USERINFO", Some("missing"), "When userinfo is asked: `missing`, if the ID token lacks something, or `always`.");
    CLAIMS = Setting::new("<NAME>_CLAIMS", None, "Makes a provider a plain OAuth 2.0 one, and says which members of its user endpoint's answer mean what: `sub=id name=full_name email=email email_verified=verified picture=avatar.url`.");
    CLIENT_AUTH = Setting::new("<NAME>_CLIENT_AUTH", None, "How we prove who we are: `basic`, `post` or `private_key_jwt`. A preset, or the provider's metadata, knows.");
    PRIVATE_KEY = Setting::secret("<NAME>_PRIVATE_KEY", "The private key for `private_key_jwt` and for Apple: PEM (PKCS#8), with `\\n` between its lines.");
    KEY_ID = Setting::new("<NAME>_KEY_ID", None, "The id of that key at the provider.");
    TEAM_ID = Setting::new("<NAME>_TEAM_ID", None, "Your Apple team.");
    TIMEOUT = Setting::new("<NAME>_TIMEOUT", None, "How many seconds the end of a sign-in may take at this provider, 1 to 8. Eight if not set.");
    PROFILE = Setting::new("<NAME>_PROFILE", None, "For an issuer with a name of your own, whose tokens its tokens look like: one of the names that `ISSUERS` knows, or `openid`, which is what holds if it is not set.");
    AUDIENCES = Setting::new("<NAME>_AUDIENCES", None, "Whom an issuer's access tokens are for, as they say in `aud`, separated by commas; for Cognito, whose tokens do not say, the client ids. Every issuer needs it.");
    ALGORITHMS = Setting::new("<NAME>_ALGORITHMS", None, "What tokens are signed with, separated by commas, such as `EdDSA,ES512`. Of a provider, its ID tokens: besides RS256 or what else is usual there, and what its metadata says. Of an issuer of `ISSUERS`, its access tokens: instead of what its profile says.");
    TRUSTED_AUDIENCES = Setting::new("<NAME>_TRUSTED_AUDIENCES", None, "Who else a provider's ID tokens may be for, besides us, separated by commas; any other audience is refused, and so is a token that was issued to another client. Zitadel lists the project and every client in it, so this list grows with the project.");
    REQUIRED = Setting::new("<NAME>_REQUIRED", None, "Claims that an issuer's tokens must have, separated by commas: `name`, or `name=value`. `=true` is the boolean, `=42` the number or the text, `=\"42\"` the text alone; a list must contain the value.");
    SCOPE_CLAIMS = Setting::new("<NAME>_SCOPE_CLAIMS", None, "Claims of an issuer's tokens that count as scopes besides those of its profile, separated by commas, such as `roles` for Entra's application permissions. Whoever may name such a role or group may then name a scope.");
    KEYS = Setting::new("<NAME>_KEYS", None, "An issuer's public key set (RFC 7517), so that a cold start fetches nothing. With `<NAME>_JWKS_URI=none` nothing is ever fetched.").except(&["SIGNING_KEYS", "PUBLIC_KEYS"]);
}

/// What can be said of a provider in public.
pub static PROVIDER: &[&Setting] = &[
    &PROVIDERS,
    &CA_FILE,
    &CLIENT_ID,
    &LABEL,
    &ISSUER,
    &ANSWERS_AS,
    &DOMAIN,
    &METADATA_URL,
    &TENANT,
    &TENANTS,
    &HOSTED_DOMAIN,
    &SCOPES,
    &PROMPT,
    &AUTHORIZATION_ENDPOINT,
    &TOKEN_ENDPOINT,
    &USERINFO_ENDPOINT,
    &JWKS_URI,
    &HOSTS,
    &USERINFO,
    &CLAIMS,
    &CLIENT_AUTH,
    &ALGORITHMS,
    &TRUSTED_AUDIENCES,
    &KEY_ID,
    &TEAM_ID,
    &TIMEOUT,
];

/// Of the issuers whose access tokens are believed.
pub static ISSUER_OF_TOKENS: &[&Setting] = &[
    &ISSUERS,
    &CA_FILE,
    &PROFILE,
    &AUDIENCES,
    &ALGORITHMS,
    &REQUIRED,
    &SCOPE_CLAIMS,
    &KEYS,
    &ISSUER,
    &DOMAIN,
    &METADATA_URL,
    &TENANT,
    &TENANTS,
    &JWKS_URI,
    &HOSTS,
];

/// What is secret about a provider; only the callback reads it.
pub static PROVIDER_SECRETS: &[&Setting] = &[&CLIENT_SECRET, &PRIVATE_KEY];
