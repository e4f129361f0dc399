//! The entries.

use jose::Algorithm::{Es256, Es384, Ps256, Rs256};

use crate::{
    AccessTokens, Addressee, Audience, Endpoints, Entry, FreshSignIn, GroupApi, GroupSource, Method, Needs,
    Prompt, Prompts, Protocol, SignIn,
};

/// Signing in with any OpenID provider: what holds for those of which nothing better is known.
const SIGN_IN: SignIn = SignIn {
    protocol: Protocol::OpenId,
    endpoints: None,
    endpoints_below: None,
    scopes: "openid email profile",
    client_auth: &[Method::Basic, Method::Post, Method::PrivateKeyJwt],
    assertion_for: Addressee::Issuer,
    hosts: &[],
    answers_as: None,
    begins_as_origin: false,
    form_post: false,
    verified_as_text: false,
    signs_domain: false,
    kind: None,
    prompts: Prompts::Unknown,
    fresh: FreshSignIn::None,
    login_hint: true,
    groups: None,
};

/// Access tokens of any issuer (RFC 9068, or what was usual before): what holds where nothing better is known.
const ACCESS_TOKENS: AccessTokens = AccessTokens {
    also_issuers: &[],
    server_below: false,
    types: &["at+jwt", "jwt"],
    untyped: true,
    kind: None,
    audience: Audience::Aud,
    clients: &["client_id", "azp"],
    names_client: false,
    scopes: &["scope", "scp"],
    roles: &["roles", "groups"],
    id_tokens: false,
};

/// Any OpenID provider.
pub const OPENID: Entry = Entry {
    name: "openid",
    aliases: &[],
    label: "",
    issuer: "{issuer}",
    also_issuers: &[],
    needs: Needs::Issuer,
    keys: None,
    algorithms: &[Rs256, Es256, Ps256, Es384],
    sign_in: Some(SIGN_IN),
    access_tokens: Some(ACCESS_TOKENS),
};

/// Any provider of plain OAuth 2.0, whose access tokens only it can read.
const OAUTH: Entry =
    Entry { name: "oauth", algorithms: &[], sign_in: Some(PLAIN_SIGN_IN), access_tokens: None, ..OPENID };

const PLAIN_SIGN_IN: SignIn = SignIn {
    protocol: Protocol::OAuth { claims: "", emails: false },
    scopes: "",
    client_auth: &[Method::Post, Method::Basic],
    login_hint: false,
    ..SIGN_IN
};

/// What holds for access tokens of any issuer.
pub fn any_issuer() -> (&'static Entry, &'static AccessTokens) {
    (&OPENID, &ACCESS_TOKENS)
}

/// What holds for signing in with any OpenID provider.
pub fn any_openid() -> (&'static Entry, &'static SignIn) {
    (&OPENID, &SIGN_IN)
}

/// What holds for signing in with any provider of plain OAuth 2.0.
pub fn any_oauth() -> (&'static Entry, &'static SignIn) {
    (&OAUTH, &PLAIN_SIGN_IN)
}

/// What is known of providers whose sessions have one account.
const LOGIN_OR_CONSENT: Prompts = Prompts::Several(&[Prompt::Login, Prompt::Consent]);

/// Every provider of which more is known.
pub static KNOWN: &[Entry] =
    &[GOOGLE, ENTRA, APPLE, AUTH0, OKTA, COGNITO, GITLAB, KEYCLOAK, GITHUB, LATCHKEY];

const GOOGLE: Entry = Entry {
    name: "google",
    label: "Google",
    issuer: "https://accounts.google.com",
    also_issuers: &["accounts.google.com"],
    needs: Needs::Nothing,
    keys: Some("https://www.googleapis.com/oauth2/v3/certs"),
    algorithms: &[Rs256],
    sign_in: Some(SignIn {
        endpoints: Some(Endpoints {
            authorization: "https://accounts.google.com/o/oauth2/v2/auth",
            token: "https://oauth2.googleapis.com/token",
            userinfo: Some("https://openidconnect.googleapis.com/v1/userinfo"),
            keys: None,
        }),
        client_auth: &[Method::Basic, Method::Post],
        hosts: &["oauth2.googleapis.com", "openidconnect.googleapis.com", "www.googleapis.com"],
        signs_domain: true,
        prompts: Prompts::Several(&[Prompt::Consent, Prompt::SelectAccount]),
        groups: Some(GroupSource {
            api: GroupApi::CloudIdentity,
            endpoint: "https://cloudidentity.googleapis.com/v1/groups/-/memberships:searchDirectGroups",
            scope: "https://www.googleapis.com/auth/cloud-identity.groups.readonly",
        }),
        ..SIGN_IN
    }),
    // Its access tokens are no JWTs: what an API can verify is the ID token.
    access_tokens: Some(AccessTokens {
        types: &["jwt"],
        scopes: &[],
        roles: &[],
        id_tokens: true,
        ..ACCESS_TOKENS
    }),
    ..OPENID
};

const ENTRA: Entry = Entry {
    name: "entra",
    aliases: &["microsoft"],
    label: "Microsoft",
    issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
    needs: Needs::Tenant,
    keys: Some("https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys"),
    algorithms: &[Rs256],
    sign_in: Some(SignIn {
        endpoints: Some(Endpoints {
            authorization: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
            token: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
            userinfo: Some("https://graph.microsoft.com/oidc/userinfo"),
            keys: None,
        }),
        client_auth: &[Method::Post, Method::Basic],
        hosts: &["graph.microsoft.com"],
        prompts: Prompts::One(Prompt::ALL),
        fresh: FreshSignIn::Prompt,
        groups: Some(GroupSource {
            api: GroupApi::Graph,
            endpoint: "https://graph.microsoft.com/v1.0/me/transitiveMemberOf/microsoft.graph.group",
            scope: "User.Read",
        }),
        ..SIGN_IN
    }),
    access_tokens: Some(AccessTokens {
        also_issuers: &["https://sts.windows.net/{tenantid}/"],
        clients: &["azp", "appid"],
        names_client: true,
        scopes: &["scp"],
        // Groups are ids there, and so many that an authorizer's answer could not hold them.
        roles: &["roles"],
        ..ACCESS_TOKENS
    }),
    ..OPENID
};

const APPLE: Entry = Entry {
    name: "apple",
    label: "Apple",
    issuer: "https://appleid.apple.com",
    needs: Needs::Nothing,
    keys: Some("https://appleid.apple.com/auth/keys"),
    algorithms: &[Rs256],
    sign_in: Some(SignIn {
        endpoints: Some(Endpoints {
            authorization: "https://appleid.apple.com/auth/authorize",
            token: "https://appleid.apple.com/auth/token",
            userinfo: None,
            keys: None,
        }),
        scopes: "openid email name",
        client_auth: &[Method::AppleJwt],
        form_post: true,
        verified_as_text: true,
        prompts: Prompts::Several(&[]),
        login_hint: false,
        ..SIGN_IN
    }),
    access_tokens: None,
    ..OPENID
};

const AUTH0: Entry = Entry {
    name: "auth0",
    label: "Auth0",
    issuer: "https://{domain}/",
    needs: Needs::Domain(None),
    keys: Some("{issuer}/.well-known/jwks.json"),
    algorithms: &[Rs256, Ps256],
    sign_in: Some(SignIn {
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/authorize",
            token: "https://{domain}/oauth/token",
            userinfo: Some("https://{domain}/userinfo"),
            keys: None,
        }),
        prompts: LOGIN_OR_CONSENT,
        fresh: FreshSignIn::MaxAge,
        ..SIGN_IN
    }),
    access_tokens: Some(AccessTokens {
        scopes: &["scope", "permissions"],
        roles: &["roles"],
        ..ACCESS_TOKENS
    }),
    ..OPENID
};

const OKTA: Entry = Entry {
    name: "okta",
    label: "Okta",
    issuer: "https://{domain}",
    needs: Needs::Domain(None),
    keys: Some("{issuer}/v1/keys"),
    algorithms: &[Rs256],
    sign_in: Some(SignIn {
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/oauth2/v1/authorize",
            token: "https://{domain}/oauth2/v1/token",
            userinfo: Some("https://{domain}/oauth2/v1/userinfo"),
            keys: Some("https://{domain}/oauth2/v1/keys"),
        }),
        // The organisation has a server of its own, and may have others: `{organisation}/oauth2/{name}`.
        endpoints_below: Some(Endpoints {
            authorization: "https://{domain}/v1/authorize",
            token: "https://{domain}/v1/token",
            userinfo: Some("https://{domain}/v1/userinfo"),
            keys: None,
        }),
        assertion_for: Addressee::TokenEndpoint,
        begins_as_origin: true,
        prompts: LOGIN_OR_CONSENT,
        fresh: FreshSignIn::MaxAge,
        ..SIGN_IN
    }),
    // The organisation's own server signs tokens that only Okta may read; an API has an authorization server with a path.
    access_tokens: Some(AccessTokens {
        server_below: true,
        clients: &["cid"],
        names_client: true,
        scopes: &["scp"],
        roles: &["groups"],
        ..ACCESS_TOKENS
    }),
    ..OPENID
};

const COGNITO: Entry = Entry {
    name: "cognito",
    label: "Amazon Cognito",
    // With `<NAME>_DOMAIN` the endpoints are known, without they are discovered.
    needs: Needs::Issuer,
    keys: Some("{issuer}/.well-known/jwks.json"),
    algorithms: &[Rs256],
    sign_in: Some(SignIn {
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/oauth2/authorize",
            token: "https://{domain}/oauth2/token",
            userinfo: Some("https://{domain}/oauth2/userInfo"),
            keys: None,
        }),
        client_auth: &[Method::Basic, Method::Post],
        hosts: &[".amazoncognito.com"],
        verified_as_text: true,
        kind: Some(("token_use", "id")),
        prompts: Prompts::One(Prompt::ALL),
        fresh: FreshSignIn::Prompt,
        ..SIGN_IN
    }),
    access_tokens: Some(AccessTokens {
        kind: Some(("token_use", "access")),
        audience: Audience::ClientId,
        clients: &["client_id"],
        names_client: true,
        scopes: &["scope"],
        roles: &["cognito:groups"],
        ..ACCESS_TOKENS
    }),
    ..OPENID
};

const GITLAB: Entry = Entry {
    name: "gitlab",
    label: "GitLab",
    issuer: "https://{domain}",
    needs: Needs::Domain(Some("gitlab.com")),
    keys: Some("{issuer}/oauth/discovery/keys"),
    algorithms: &[Rs256],
    sign_in: Some(SignIn {
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/oauth/authorize",
            token: "https://{domain}/oauth/token",
            userinfo: Some("https://{domain}/oauth/userinfo"),
            keys: None,
        }),
        client_auth: &[Method::Basic, Method::Post],
        prompts: LOGIN_OR_CONSENT,
        fresh: FreshSignIn::Prompt,
        ..SIGN_IN
    }),
    access_tokens: None,
    ..OPENID
};

const KEYCLOAK: Entry = Entry {
    name: "keycloak",
    label: "Keycloak",
    issuer: "https://{domain}",
    needs: Needs::Domain(None),
    keys: Some("{issuer}/protocol/openid-connect/certs"),
    sign_in: Some(SignIn {
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/protocol/openid-connect/auth",
            token: "https://{domain}/protocol/openid-connect/token",
            userinfo: Some("https://{domain}/protocol/openid-connect/userinfo"),
            keys: None,
        }),
        prompts: LOGIN_OR_CONSENT,
        fresh: FreshSignIn::MaxAge,
        ..SIGN_IN
    }),
    access_tokens: Some(AccessTokens {
        kind: Some(("typ", "Bearer")),
        clients: &["azp", "client_id"],
        scopes: &["scope"],
        roles: &["realm_access.roles"],
        ..ACCESS_TOKENS
    }),
    ..OPENID
};

const GITHUB: Entry = Entry {
    name: "github",
    label: "GitHub",
    issuer: "https://github.com",
    needs: Needs::Nothing,
    sign_in: Some(SignIn {
        protocol: Protocol::OAuth {
            claims: "sub=id name=name|login picture=avatar_url preferred_username=login profile=html_url website=blog",
            emails: true,
        },
        endpoints: Some(Endpoints {
            authorization: "https://github.com/login/oauth/authorize",
            token: "https://github.com/login/oauth/access_token",
            userinfo: Some("https://api.github.com/user"),
            keys: None,
        }),
        scopes: "read:user user:email",
        answers_as: Some("{origin}/login/oauth"),
        prompts: Prompts::Several(&[Prompt::SelectAccount]),
        ..PLAIN_SIGN_IN
    }),
    ..OAUTH
};

/// Tokens of another latchkey: nobody signs in with it, since it has no authorization endpoint for others.
const LATCHKEY: Entry = Entry {
    name: "latchkey",
    keys: Some("{issuer}/.well-known/jwks.json"),
    algorithms: &[Rs256, Es256],
    sign_in: None,
    access_tokens: Some(AccessTokens {
        types: &["at+jwt"],
        untyped: false,
        names_client: true,
        scopes: &["scope"],
        roles: &["roles"],
        ..ACCESS_TOKENS
    }),
    ..OPENID
};
