//! The providers we know: data, and nothing that runs. Adding one is adding an entry.
//!
//! In templates, `{domain}` is the setting `<NAME>_DOMAIN`, `{issuer}` is `<NAME>_ISSUER`, and `{tenant}` is the
//! tenant, or for several tenants Entra's word for all of them. `{tenantid}` stays until a verified token has said
//! which tenant it is.

use jose::Algorithm::{self, Es256, Es384, Ps256, Rs256};

use crate::prompt::{Prompt, Prompts};

/// What is known about a provider before anybody set anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Preset {
    /// Its names in `PROVIDERS`.
    pub(crate) names: &'static [&'static str],
    /// What people call it.
    pub(crate) label: &'static str,
    /// What it speaks.
    pub(crate) protocol: Protocol,
    /// Its issuer; of a plain OAuth 2.0 provider, the name that its subjects are kept under.
    pub(crate) issuer: &'static str,
    /// Its endpoints; without them they are discovered.
    pub(crate) endpoints: Option<Endpoints>,
    /// Its endpoints where `<NAME>_DOMAIN` has a path, if those are others.
    pub(crate) endpoints_below: Option<Endpoints>,
    /// What the templates above need to be told.
    pub(crate) needs: Needs,
    /// Other spellings of the issuer that its ID tokens may use.
    pub(crate) also_issuers: &'static [&'static str],
    /// The algorithms it signs ID tokens with (#13).
    pub(crate) algorithms: &'static [Algorithm],
    /// What is asked for.
    pub(crate) scopes: &'static str,
    /// How we may prove who we are, the first by default.
    pub(crate) client_auth: &'static [Method],
    /// Whom a signed assertion is addressed to.
    pub(crate) assertion_for: Addressee,
    /// Hosts its endpoints may live on besides the issuer's own; with a dot in front, any host below.
    pub(crate) hosts: &'static [&'static str],
    /// What it calls itself in the `iss` of its answers (RFC 9207 §2), where that is not the issuer: that exactly, or no `iss`
    /// at all, since its metadata promises none that we read. `{origin}` is the origin of its authorization endpoint.
    ///
    /// What each sends:
    /// - GitHub: `https://github.com/login/oauth`, with errors too, since April 2026 ("GitHub authentication discovery
    ///   endpoints" in its documentation; langfuse/langfuse#13091). An Enterprise Server sends its own host's, or none.
    /// - Google: its issuer, in most answers; the metadata did not always promise it (openiddict/openiddict-core#2428).
    /// - Keycloak: its issuer, the realm, since version 23, unless the client is told to *Exclude Issuer From Authentication
    ///   Response*; the metadata of the realm promises it all the same (keycloak/keycloak#25419).
    /// - GitLab: none; Doorkeeper, which it is made of, knows the issuer of the ID token there
    ///   (doorkeeper-gem/doorkeeper-openid_connect#333).
    /// - Entra, Apple, Auth0, Okta and Cognito document none. If there is one, it is the `iss` of the ID token (RFC 9207 §2.4).
    pub(crate) answers_as: Option<&'static str>,
    /// Whether its site names the organisation, which is the origin of the issuer, where it begins a login (OIDC Core §4): Okta
    /// does, whichever of the organisation's servers the application uses ("How to Make the OIDC or OAuth App Visible in Okta
    /// Dashboard").
    pub(crate) begins_as_origin: bool,
    /// Whether the answer comes as a form that the browser posts.
    pub(crate) form_post: bool,
    /// Whether it writes `email_verified` as text (#19).
    pub(crate) verified_as_text: bool,
    /// Whether it signs the domain of the account as `hd` (#20).
    pub(crate) signs_domain: bool,
    /// A claim that tells its ID tokens from its other tokens (#66).
    pub(crate) kind_claim: Option<(&'static str, &'static str)>,
    /// What it can be asked to show:
    /// - Google: consent, or a choice of accounts (*OpenID Connect*, "Authentication URI parameters").
    /// - Entra: any, one at a time (`AADSTS90023`; opencloud-eu/desktop#871). Cognito: any, since managed login.
    /// - GitHub: a choice of accounts, since June 2024 (its changelog of 2024-06-07). Apple: nothing.
    /// - Okta, Auth0, Keycloak (keycloak/keycloak#42064) and GitLab (doorkeeper-gem/doorkeeper-openid_connect#107) have no
    ///   choice of accounts.
    pub(crate) prompts: Prompts,
    /// Whether it takes a `login_hint`.
    pub(crate) login_hint: bool,
}

/// What a provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
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

/// What a template lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing.
    Nothing,
    /// `<NAME>_DOMAIN`, or this where there is a usual one.
    Domain(Option<&'static str>),
    /// `<NAME>_TENANT` or `<NAME>_TENANTS`.
    Tenant,
    /// `<NAME>_ISSUER`; with `<NAME>_DOMAIN` the endpoints are known, without they are discovered.
    Issuer,
}

/// The addresses of a provider.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endpoints {
    pub(crate) authorization: &'static str,
    pub(crate) token: &'static str,
    pub(crate) userinfo: Option<&'static str>,
    pub(crate) jwks: Option<&'static str>,
}

/// How we prove to a provider who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// `client_secret_basic` (RFC 6749 §2.3.1).
    Basic,
    /// `client_secret_post` (RFC 6749 §2.3.1).
    Post,
    /// `private_key_jwt` (RFC 7523 §2.2).
    PrivateKeyJwt,
    /// A client secret that is a JWT of ours, as Apple wants it.
    AppleJwt,
}

/// Whom an assertion is for: the provider, or one of its endpoints. The issuer is the safer one, since nobody else
/// answers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addressee {
    Issuer,
    TokenEndpoint,
}

/// Any OpenID provider: what holds for those of which nothing better is known.
pub(crate) const OPENID: Preset = Preset {
    names: &[],
    label: "",
    protocol: Protocol::OpenId,
    issuer: "{issuer}",
    endpoints: None,
    endpoints_below: None,
    needs: Needs::Nothing,
    also_issuers: &[],
    algorithms: &[Rs256, Es256, Ps256, Es384],
    scopes: "openid email profile",
    client_auth: &[Method::Basic, Method::Post, Method::PrivateKeyJwt],
    assertion_for: Addressee::Issuer,
    hosts: &[],
    answers_as: None,
    begins_as_origin: false,
    form_post: false,
    verified_as_text: false,
    signs_domain: false,
    kind_claim: None,
    prompts: Prompts::Unknown,
    login_hint: true,
};

/// Any provider of plain OAuth 2.0.
pub(crate) const OAUTH: Preset = Preset {
    protocol: Protocol::OAuth { claims: "", emails: false },
    algorithms: &[],
    scopes: "",
    client_auth: &[Method::Post, Method::Basic],
    login_hint: false,
    ..OPENID
};

const ENTRA: Preset = Preset {
    names: &["microsoft", "entra"],
    label: "Microsoft",
    issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
    needs: Needs::Tenant,
    endpoints: Some(Endpoints {
        authorization: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        token: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        userinfo: Some("https://graph.microsoft.com/oidc/userinfo"),
        jwks: Some("https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys"),
    }),
    algorithms: &[Rs256],
    client_auth: &[Method::Post, Method::Basic],
    hosts: &["graph.microsoft.com"],
    prompts: Prompts::One(Prompt::ALL),
    ..OPENID
};

/// What is known of providers whose sessions have one account.
const LOGIN_OR_CONSENT: Prompts = Prompts::Several(&[Prompt::Login, Prompt::Consent]);

/// All presets.
pub(crate) const PRESETS: &[Preset] = &[
    Preset {
        names: &["google"],
        label: "Google",
        issuer: "https://accounts.google.com",
        endpoints: Some(Endpoints {
            authorization: "https://accounts.google.com/o/oauth2/v2/auth",
            token: "https://oauth2.googleapis.com/token",
            userinfo: Some("https://openidconnect.googleapis.com/v1/userinfo"),
            jwks: Some("https://www.googleapis.com/oauth2/v3/certs"),
        }),
        also_issuers: &["accounts.google.com"],
        algorithms: &[Rs256],
        client_auth: &[Method::Basic, Method::Post],
        hosts: &["oauth2.googleapis.com", "openidconnect.googleapis.com", "www.googleapis.com"],
        signs_domain: true,
        prompts: Prompts::Several(&[Prompt::Consent, Prompt::SelectAccount]),
        ..OPENID
    },
    ENTRA,
    Preset {
        names: &["apple"],
        label: "Apple",
        issuer: "https://appleid.apple.com",
        endpoints: Some(Endpoints {
            authorization: "https://appleid.apple.com/auth/authorize",
            token: "https://appleid.apple.com/auth/token",
            userinfo: None,
            jwks: Some("https://appleid.apple.com/auth/keys"),
        }),
        algorithms: &[Rs256],
        scopes: "openid email name",
        client_auth: &[Method::AppleJwt],
        form_post: true,
        verified_as_text: true,
        prompts: Prompts::Several(&[]),
        login_hint: false,
        ..OPENID
    },
    Preset {
        names: &["auth0"],
        label: "Auth0",
        issuer: "https://{domain}/",
        needs: Needs::Domain(None),
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/authorize",
            token: "https://{domain}/oauth/token",
            userinfo: Some("https://{domain}/userinfo"),
            jwks: Some("https://{domain}/.well-known/jwks.json"),
        }),
        algorithms: &[Rs256, Ps256],
        prompts: LOGIN_OR_CONSENT,
        ..OPENID
    },
    Preset {
        names: &["okta"],
        label: "Okta",
        issuer: "https://{domain}",
        needs: Needs::Domain(None),
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/oauth2/v1/authorize",
            token: "https://{domain}/oauth2/v1/token",
            userinfo: Some("https://{domain}/oauth2/v1/userinfo"),
            jwks: Some("https://{domain}/oauth2/v1/keys"),
        }),
        // The organisation has a server of its own, and may have others: `{organisation}/oauth2/{name}`.
        endpoints_below: Some(Endpoints {
            authorization: "https://{domain}/v1/authorize",
            token: "https://{domain}/v1/token",
            userinfo: Some("https://{domain}/v1/userinfo"),
            jwks: Some("https://{domain}/v1/keys"),
        }),
        algorithms: &[Rs256],
        assertion_for: Addressee::TokenEndpoint,
        begins_as_origin: true,
        prompts: LOGIN_OR_CONSENT,
        ..OPENID
    },
    Preset {
        names: &["cognito"],
        label: "Amazon Cognito",
        needs: Needs::Issuer,
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/oauth2/authorize",
            token: "https://{domain}/oauth2/token",
            userinfo: Some("https://{domain}/oauth2/userInfo"),
            jwks: Some("{issuer}/.well-known/jwks.json"),
        }),
        algorithms: &[Rs256],
        client_auth: &[Method::Basic, Method::Post],
        hosts: &[".amazoncognito.com"],
        verified_as_text: true,
        kind_claim: Some(("token_use", "id")),
        prompts: Prompts::One(Prompt::ALL),
        ..OPENID
    },
    Preset {
        names: &["gitlab"],
        label: "GitLab",
        issuer: "https://{domain}",
        needs: Needs::Domain(Some("gitlab.com")),
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/oauth/authorize",
            token: "https://{domain}/oauth/token",
            userinfo: Some("https://{domain}/oauth/userinfo"),
            jwks: Some("https://{domain}/oauth/discovery/keys"),
        }),
        prompts: LOGIN_OR_CONSENT,
        algorithms: &[Rs256],
        client_auth: &[Method::Basic, Method::Post],
        ..OPENID
    },
    Preset {
        names: &["keycloak"],
        label: "Keycloak",
        issuer: "https://{domain}",
        needs: Needs::Domain(None),
        endpoints: Some(Endpoints {
            authorization: "https://{domain}/protocol/openid-connect/auth",
            token: "https://{domain}/protocol/openid-connect/token",
            userinfo: Some("https://{domain}/protocol/openid-connect/userinfo"),
            jwks: Some("https://{domain}/protocol/openid-connect/certs"),
        }),
        prompts: LOGIN_OR_CONSENT,
        ..OPENID
    },
    Preset {
        names: &["github"],
        label: "GitHub",
        protocol: Protocol::OAuth { claims: "sub=id name=name|login picture=avatar_url", emails: true },
        issuer: "https://github.com",
        endpoints: Some(Endpoints {
            authorization: "https://github.com/login/oauth/authorize",
            token: "https://github.com/login/oauth/access_token",
            userinfo: Some("https://api.github.com/user"),
            jwks: None,
        }),
        scopes: "read:user user:email",
        answers_as: Some("{origin}/login/oauth"),
        prompts: Prompts::Several(&[Prompt::SelectAccount]),
        ..OAUTH
    },
];

/// The preset of that name.
pub(crate) fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.names.contains(&name))
}

/// The names that have a preset: those that `PROVIDERS` knows without further settings.
pub fn presets() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().flat_map(|preset| preset.names).copied()
}

#[cfg(test)]
mod tests {
    use fetch::is_endpoint;
    use url::Url;

    use super::*;

    #[test]
    fn every_preset_is_complete_and_https() {
        // #13, #71
        for preset in PRESETS {
            let Endpoints { authorization, token, userinfo, jwks } =
                preset.endpoints.expect("presets need no discovery");
            for template in [Some(authorization), Some(token), userinfo, jwks].into_iter().flatten() {
                let url = template
                    .replace("{domain}", "a.example")
                    .replace("{tenant}", "t")
                    .replace("{issuer}", "https://b.example");
                let url = Url::parse(&url).unwrap();
                assert!(
                    url.scheme() == "https" && is_endpoint(&url) && !url.as_str().contains('{'),
                    "{template}"
                );
            }
            let signed = preset.protocol == Protocol::OpenId;
            assert_eq!(signed, jwks.is_some() && !preset.algorithms.is_empty(), "{:?}", preset.names);
            assert_eq!(signed, preset.scopes.starts_with("openid"), "{:?}", preset.names);
            assert!(!preset.client_auth.is_empty() && !preset.label.is_empty());
        }
    }

    #[test]
    fn names_are_unique() {
        let names: Vec<_> = PRESETS.iter().flat_map(|preset| preset.names).collect();
        let distinct: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(names.len(), distinct.len());
        assert!(find("entra").is_some() && find("nobody").is_none());
    }

    #[test]
    fn only_apple_posts_and_signs_its_client_secret() {
        for preset in PRESETS {
            let is_apple = preset.names == ["apple"];
            assert_eq!(preset.form_post, is_apple);
            assert_eq!(preset.client_auth == [Method::AppleJwt], is_apple);
        }
    }
}
