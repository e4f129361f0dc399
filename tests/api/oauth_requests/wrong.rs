//! What can be wrong.

use tests::oauth::{Ask, VERIFIER};

use super::right::{
    Endpoint::{
        self, Authorize, Code, Device, DeviceCode, Exchange, Introspect, Logout, Par, Refresh, Revoke,
        Service, Userinfo,
    },
    Right,
};

/// What is in one table.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) rows: &'static [Wrong],
}

/// One thing that is wrong: at which endpoints, what happens before, and how a right request becomes wrong.
pub(crate) struct Wrong {
    pub(crate) what: &'static str,
    pub(crate) at: &'static [Endpoint],
    pub(crate) before: Before,
    pub(crate) spoil: fn(&Right<'_>) -> Ask,
}

/// What has happened since the app got what it sends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Before {
    Nothing,
    /// So many seconds have passed.
    Passed(i64),
    /// It was sent already, and so many seconds have passed.
    Sent(i64),
    ClientDisabled,
    SignedOut,
}

impl Before {
    pub(crate) async fn happens(self, right: &Right<'_>) {
        let (world, user) = (right.world, &right.person.session.user_id);
        match self {
            Self::Nothing => {}
            Self::Passed(seconds) => world.pass(seconds),
            Self::Sent(seconds) => {
                right.endpoint.send(&right.ask, world).await;
                world.pass(seconds);
            }
            Self::ClientDisabled => {
                client::disable(&world.table().await, &right.client.id, client::manage::NOTHING, world.now())
                    .await
                    .unwrap();
            }
            Self::SignedOut => {
                user::end_everywhere(&world.table().await, user, world.now()).await.unwrap();
            }
        }
    }
}

const fn now(what: &'static str, at: &'static [Endpoint], spoil: fn(&Right<'_>) -> Ask) -> Wrong {
    Wrong { what, at, before: Before::Nothing, spoil }
}

const fn then(what: &'static str, at: &'static [Endpoint], before: Before) -> Wrong {
    Wrong { what, at, before, spoil: |it| it.ask.clone() }
}

fn with(it: &Right<'_>, name: &str, value: &str) -> Ask {
    it.ask.clone().with(name, value)
}

fn without(it: &Right<'_>, name: &str) -> Ask {
    it.ask.clone().without(name)
}

fn and(it: &Right<'_>, name: &str, value: &str) -> Ask {
    it.ask.clone().and(name, value)
}

fn typed(it: &Right<'_>, content_type: Option<&'static str>) -> Ask {
    Ask { content_type, ..it.ask.clone() }
}

fn shown(it: &Right<'_>, authorization: &str) -> Ask {
    Ask { authorization: Some(authorization.to_owned()), ..it.ask.clone() }
}

/// The same with these bytes at the end of its first value.
fn spoiled(it: &Right<'_>, bytes: &[u8]) -> Ask {
    let raw = it.ask.raw();
    let at = raw.iter().position(|b| *b == b'&').unwrap_or(raw.len());
    Ask { body: Some([&raw[..at], bytes, &raw[at..]].concat()), ..it.ask.clone() }
}

fn in_address(it: &Right<'_>) -> Ask {
    let query = String::from_utf8(it.ask.raw()).unwrap();
    Ask { path: format!("{}?{query}", it.ask.path), body: Some(Vec::new()), ..it.ask.clone() }
}

/// Those to which a client posts a form.
const FORMS: &[Endpoint] = &[Par, Device, Code, Refresh, DeviceCode, Service, Exchange, Introspect, Revoke];
/// Those of which no form has a token of somebody else in it, which may be long.
const SHORT_FORMS: &[Endpoint] = &[Par, Device, Code, Refresh, DeviceCode, Service, Introspect, Revoke];
/// Those at which somebody asks for something of an API.
const FOR_AN_API: &[Endpoint] = &[Authorize, Par, Device, Code, Refresh, DeviceCode, Service, Exchange];
/// The grants of the token endpoint.
const GRANTS: &[Endpoint] = &[Code, Refresh, DeviceCode, Service, Exchange];
const DAY: i64 = 24 * 3600;

pub(crate) const GROUPS: &[Group] = &[
    Group {
        name: "The form",
        rows: &[
            now("GET", FORMS, |it| Ask { method: "GET", body: Some(Vec::new()), ..it.ask.clone() }),
            now("no content type", FORMS, |it| typed(it, None)),
            now("JSON", FORMS, |it| typed(it, Some("application/json"))),
            now("multipart", FORMS, |it| typed(it, Some("multipart/form-data; boundary=x"))),
            now("text", FORMS, |it| typed(it, Some("text/plain"))),
            now("longer than 8 KB", SHORT_FORMS, |it| and(it, "x", &"x".repeat(8192))),
            now("longer than the longest token and 8 KB", &[Exchange], |it| {
                and(it, "x", &"x".repeat(oauth::limits::TOKEN_IN_A_BODY + 8192))
            }),
            now("parameters in the address", FORMS, in_address),
            now("a query beside the form", FORMS, |it| Ask {
                path: format!("{}?x=1", it.ask.path),
                ..it.ask.clone()
            }),
            now(
                "an empty form",
                &[Par, Code, Refresh, DeviceCode, Service, Exchange, Introspect, Revoke],
                |it| Ask { body: Some(Vec::new()), ..it.ask.clone() },
            ),
            now("NUL", FORMS, |it| spoiled(it, b"%00")),
            now("a byte that is not UTF-8", FORMS, |it| spoiled(it, b"\xff")),
            now("the same, encoded", FORMS, |it| spoiled(it, b"%ff")),
            now("a broken escape", FORMS, |it| spoiled(it, b"%zz")),
        ],
    },
    Group {
        name: "The client",
        rows: &[
            now("no client", FORMS, |it| Ask { authorization: None, ..it.ask.clone() }.without("client_id")),
            now("an unknown client", FORMS, |it| {
                it.ask.clone().without("client_id").basic("unknown", &it.client.secret)
            }),
            now("a wrong secret", FORMS, |it| it.ask.clone().basic(&it.client.id, &"x".repeat(43))),
            now("a secret that is cut", FORMS, |it| {
                it.ask.clone().basic(&it.client.id, &it.client.secret[..42])
            }),
            now("no secret", FORMS, |it| Ask { authorization: None, ..with(it, "client_id", &it.client.id) }),
            now("an empty secret", FORMS, |it| it.ask.clone().basic(&it.client.id, "")),
            now("the secret twice, in the header and in the form", FORMS, |it| {
                with(it, "client_secret", &it.client.secret)
            }),
            now("a secret and an assertion", FORMS, |it| {
                with(it, "client_assertion", "a.b.c").with("client_assertion_type", "x")
            }),
            now("two clients, in the header and in the form", FORMS, |it| with(it, "client_id", "other")),
            now("`client_id` twice", FORMS, |it| {
                with(it, "client_id", &it.client.id).and("client_id", &it.client.id)
            }),
            now("Bearer in place of Basic", FORMS, |it| shown(it, "Bearer x")),
            now("Basic without base64", FORMS, |it| shown(it, "Basic !")),
            now("Basic without a colon", FORMS, |it| shown(it, "Basic eA==")),
            now("Basic with a broken escape", FORMS, |it| it.ask.clone().basic("%zz", "x")),
            then(
                "the client is disabled",
                &[
                    Authorize, Par, Device, Code, Refresh, DeviceCode, Service, Exchange, Userinfo,
                    Introspect, Revoke, Logout,
                ],
                Before::ClientDisabled,
            ),
        ],
    },
    Group {
        name: "What is asked for",
        rows: &[
            now("no `client_id`", &[Authorize], |it| without(it, "client_id")),
            now("an unknown `client_id`", &[Authorize, Logout], |it| with(it, "client_id", "unknown")),
            now("`client_id` twice, in the address", &[Authorize], |it| and(it, "client_id", &it.client.id)),
            now("another `redirect_uri`", &[Authorize, Par, Code], |it| {
                with(it, "redirect_uri", "https://evil.example.com/")
            }),
            now("no `redirect_uri`", &[Code], |it| without(it, "redirect_uri")),
            now("another `post_logout_redirect_uri`", &[Logout], |it| {
                with(it, "post_logout_redirect_uri", "https://evil.example.com/")
            }),
            now("no `response_type`", &[Authorize, Par], |it| without(it, "response_type")),
            now("`response_type=token`", &[Authorize, Par], |it| with(it, "response_type", "token")),
            now("an unknown `response_mode`", &[Authorize, Par], |it| with(it, "response_mode", "fragment")),
            now("an unknown `prompt`", &[Authorize, Par], |it| with(it, "prompt", "create")),
            now("`prompt=none`, and nobody is signed in", &[Authorize], |it| with(it, "prompt", "none")),
            now("`max_age` that is no number", &[Authorize, Par], |it| with(it, "max_age", "-1")),
            now("`request`", &[Authorize, Par], |it| with(it, "request", "a.b.c")),
            now("another's `request_uri`", &[Authorize, Par], |it| {
                with(it, "request_uri", "https://evil.example.com/")
            }),
            now("no `code_challenge`", &[Authorize, Par], |it| without(it, "code_challenge")),
            now("`code_challenge_method=plain`", &[Authorize, Par], |it| {
                with(it, "code_challenge_method", "plain")
            }),
            now("no known scope", &[Authorize, Par, Device, Service], |it| with(it, "scope", "nonsense")),
            now("a scope of nobody's, at a renewal", &[Refresh], |it| with(it, "scope", "openid users:read")),
            now("a malformed scope", &[Authorize, Par, Device, Refresh, Service, Exchange], |it| {
                with(it, "scope", "a\"b")
            }),
            now("an unknown `resource`", FOR_AN_API, |it| with(it, "resource", "https://x.example.com")),
            now("two `resource`s", GRANTS, |it| {
                and(it, "resource", "https://x").and("resource", "https://y")
            }),
            now(
                "another parameter twice",
                &[Authorize, Par, Device, Code, Refresh, DeviceCode, Service, Exchange, Introspect, Revoke],
                |it| {
                    let (name, value) = it.ask.fields.last().unwrap();
                    and(it, name, value)
                },
            ),
            now("no `grant_type`", GRANTS, |it| without(it, "grant_type")),
            now("`grant_type=password`", GRANTS, |it| with(it, "grant_type", "password")),
            now("a `grant_type` in other letters", GRANTS, |it| with(it, "grant_type", "Authorization_Code")),
            now("a `grant_type` that the client has not", &[Code, Refresh, DeviceCode], |it| {
                with(it, "grant_type", "client_credentials")
            }),
            now("no `subject_token_type`", &[Exchange], |it| without(it, "subject_token_type")),
            now("an unknown `subject_token_type`", &[Exchange], |it| {
                with(it, "subject_token_type", "urn:ietf:params:oauth:token-type:saml2")
            }),
            now("an `actor_token`", &[Exchange], |it| with(it, "actor_token", "a.b.c")),
            now("`requested_token_type` of an ID token", &[Exchange], |it| {
                with(it, "requested_token_type", "urn:ietf:params:oauth:token-type:id_token")
            }),
            now("an `audience` and another `resource`", &[Exchange], |it| {
                and(it, "audience", "https://x.example.com").and("resource", "https://y.example.com")
            }),
            now("scopes that the token does not have", &[Exchange], |it| with(it, "scope", "users:read")),
            now("a service with a code", &[Service], |it| {
                with(it, "grant_type", "authorization_code").with("code", VERIFIER)
            }),
        ],
    },
    Group {
        name: "Codes, tokens and hints",
        rows: &[
            now("no code", &[Code, DeviceCode], |it| without(it, "code").without("device_code")),
            now("an empty code", &[Code, DeviceCode], |it| code(it, "")),
            now("an unknown code", &[Code, DeviceCode], |it| code(it, VERIFIER)),
            now("no `code_verifier`", &[Code], |it| without(it, "code_verifier")),
            now("another `code_verifier`", &[Code], |it| with(it, "code_verifier", &"x".repeat(43))),
            now("a `code_verifier` that is too short", &[Code], |it| with(it, "code_verifier", "x")),
            now("no token", &[Refresh, Exchange, Userinfo, Introspect, Revoke], |it| {
                Ask {
                    authorization: it.ask.authorization.clone().filter(|_| it.endpoint != Userinfo),
                    ..without(it, "token")
                }
                .without("refresh_token")
                .without("subject_token")
            }),
            now("an empty token", &[Refresh, Exchange, Introspect, Revoke], |it| token(it, "")),
            now("no token of ours", &[Refresh, Exchange, Userinfo, Introspect, Revoke], |it| {
                match it.endpoint {
                    Userinfo => shown(it, "Bearer a.b.c"),
                    _ => token(it, "x"),
                }
            }),
            now("Basic in place of Bearer", &[Userinfo], |it| shown(it, "Basic eDp5")),
            now("the token in the address", &[Userinfo], |it| Ask {
                authorization: None,
                ..with(it, "access_token", "a.b.c")
            }),
            now("an `id_token_hint` that is none", &[Authorize, Logout], |it| {
                with(it, "id_token_hint", "a.b.c")
            }),
            Wrong {
                what: "of another app",
                at: &[Code, Refresh, DeviceCode, Exchange, Introspect, Revoke, Logout],
                before: Before::Nothing,
                spoil: |it| match it.endpoint {
                    Logout => with(it, "client_id", &it.other.id),
                    _ => it.ask.clone().basic(&it.other.id, &it.other.secret),
                },
            },
            then("a minute later", &[Code], Before::Passed(61)),
            then("ten minutes later", &[DeviceCode], Before::Passed(601)),
            then("an hour later", &[Exchange, Userinfo, Logout], Before::Passed(3600)),
            then("a month without use", &[Refresh, Introspect, Revoke], Before::Passed(31 * DAY)),
            then(
                "once more",
                &[Code, DeviceCode, Revoke, Userinfo, Introspect, Service, Exchange, Par],
                Before::Sent(0),
            ),
            then("once more, within the grace", &[Refresh], Before::Sent(5)),
            then("once more, after the grace", &[Refresh], Before::Sent(11)),
            then(
                "the person was signed out everywhere",
                &[Code, Refresh, DeviceCode, Exchange, Userinfo, Introspect, Revoke],
                Before::SignedOut,
            ),
        ],
    },
];

fn token(it: &Right<'_>, value: &str) -> Ask {
    let name = match it.endpoint {
        Refresh => "refresh_token",
        Exchange => "subject_token",
        _ => "token",
    };
    with(it, name, value)
}

fn code(it: &Right<'_>, value: &str) -> Ask {
    let name = if it.endpoint == DeviceCode { "device_code" } else { "code" };
    with(it, name, value)
}
