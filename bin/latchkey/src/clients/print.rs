//! What an operator reads.

use std::fmt::Write;

use client::{Api, Client, Kind, Status};
use oauth::{
    Secret,
    server::{ClientAuth, DEVICE, GrantType, OFFLINE_ACCESS, TOKEN},
};

use super::{place::Place, workloads};

/// Lines of text.
#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: impl AsRef<str>) {
        let _ = writeln!(self.0, "{}", line.as_ref());
    }

    /// A name and a value, if there is one.
    fn entry(&mut self, name: &str, value: impl AsRef<str>) {
        if !value.as_ref().is_empty() {
            self.line(format!("{name:26}{}", value.as_ref()));
        }
    }
}

/// A new client: its secret, which is never printed again, and what its library is to be told.
pub(super) fn added(place: &Place, client: &Client, secret: Option<&Secret>) -> String {
    let mut text = Text::default();
    settings(&mut text, place, client, secret);
    match client.kind {
        Kind::Spa => spa(&mut text, client),
        Kind::Web => web(&mut text, place, client),
        Kind::Native => native(&mut text, place, client),
        Kind::Service => service(&mut text, place, client),
        Kind::Api => {}
    }
    if client.pkce_optional {
        text.line(
            "\n# Warning: without PKCE, anyone who gets hold of an authorization code can try to use it.",
        );
    }
    text.0
}

fn settings(text: &mut Text, place: &Place, client: &Client, secret: Option<&Secret>) {
    text.line(format!("ISSUER={}", place.issuer.as_str()));
    text.line(format!("CLIENT_ID={}", client.id));
    if let Some(secret) = secret {
        text.line("# Shown this once: only its digest is stored.");
        text.line(format!("CLIENT_SECRET={}", secret.expose()));
    }
}

/// What an app asks for in its first request.
fn scope_of(client: &Client) -> String {
    let mut scope = client.default_scope.clone();
    if client.allows(GrantType::RefreshToken) && client.offline_access {
        scope.extend(&std::iter::once(OFFLINE_ACCESS).collect());
    }
    scope.to_string()
}

fn first_redirect(client: &Client) -> &str {
    client.redirect_uris.first().map(oauth::RedirectUri::as_str).unwrap_or_default()
}

fn spa(text: &mut Text, client: &Client) {
    text.line("\n# oidc-client-ts");
    text.line("new UserManager({");
    text.line("  authority: ISSUER, client_id: CLIENT_ID,");
    text.line(format!("  redirect_uri: \"{}\",", first_redirect(client)));
    text.line(format!("  scope: \"{}\",", scope_of(client)));
    text.line("})");
}

fn web(text: &mut Text, place: &Place, client: &Client) {
    let (by_key, secure) = (signs(client), place.issuer.is_https());
    let proof = match (by_key, secure) {
        (true, _) => "undefined, client.PrivateKeyJwt(privateKey)",
        (false, true) => "CLIENT_SECRET",
        (false, false) => "CLIENT_SECRET, undefined",
    };
    let options = if secure { "" } else { ", { execute: [client.allowInsecureRequests] }" };
    text.line("\n# openid-client (Node)");
    text.line(format!("const config = await client.discovery(new URL(ISSUER), CLIENT_ID, {proof}{options})"));
    text.line("client.buildAuthorizationUrl(config, {");
    text.line(format!("  redirect_uri: \"{}\", scope: \"{}\",", first_redirect(client), scope_of(client)));
    text.line("  code_challenge_method: \"S256\", code_challenge, state,");
    text.line("})");
    if !by_key {
        authjs(text, client);
        authlib(text, client);
    }
}

/// It reads the ID token alone, unless it is told that name and address are not in it.
fn authjs(text: &mut Text, client: &Client) {
    let userinfo = if client.claims_in_id_token { "" } else { " idToken: false," };
    text.line("\n# Auth.js (Node), one of its providers");
    text.line(format!("{{ id: \"latchkey\", name: \"latchkey\", type: \"oidc\",{userinfo}"));
    text.line("  issuer: ISSUER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET },");
}

fn authlib(text: &mut Text, client: &Client) {
    text.line("\n# Authlib (Python)");
    text.line("oauth.register(\"latchkey\", client_id=CLIENT_ID, client_secret=CLIENT_SECRET,");
    text.line("    server_metadata_url=ISSUER + \"/.well-known/openid-configuration\",");
    let scope = scope_of(client);
    text.line(format!("    client_kwargs={{\"scope\": \"{scope}\", \"code_challenge_method\": \"S256\"}})"));
}

fn native(text: &mut Text, place: &Place, client: &Client) {
    text.line("\n# AppAuth, or any library with PKCE: it discovers the rest from ISSUER");
    text.line(format!("redirect_uri = {}", first_redirect(client)));
    text.line(format!("scope        = {}", scope_of(client)));
    if client.allows(GrantType::DeviceCode) {
        text.line(format!("\n# On a device without a browser ({})", place.at(DEVICE)));
        text.line(format!(
            "curl -d client_id={} --data-urlencode 'scope={}' \\",
            client.id,
            scope_of(client)
        ));
        text.line(format!("  \"$ISSUER{DEVICE}\""));
    }
}

/// Whether it signs to prove who it is.
fn signs(client: &Client) -> bool {
    client.auth.contains(&ClientAuth::PrivateKeyJwt)
}

fn service(text: &mut Text, place: &Place, client: &Client) {
    let scope = if client.default_scope.is_empty() { &client.scope } else { &client.default_scope };
    if !client.workloads.is_empty() {
        text.line(workloads::setup(place, client, &scope.to_string()));
        return;
    }
    text.line(format!("\n# A token ({})", place.at(TOKEN)));
    if signs(client) {
        text.line(
            "curl -d grant_type=client_credentials -d client_assertion=\"$(a JWT signed by your key)\" \\",
        );
        text.line("  -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\");
    } else {
        text.line("curl -u \"$CLIENT_ID:$CLIENT_SECRET\" -d grant_type=client_credentials \\");
    }
    text.line(format!("  -d 'scope={scope}'{} \"$ISSUER{TOKEN}\"", resource(client)));
}

/// What a request for a token says in addition where a client has no default API: it must name one then (RFC 8707).
pub(super) fn resource(client: &Client) -> String {
    let named = client.audiences.first().filter(|_| client.default_audience.is_none());
    named.map_or_else(String::new, |audience| format!(" -d 'resource={audience}'"))
}

/// A new API: what it needs to verify its tokens.
pub(super) fn added_api(place: &Place, api: &Api) -> String {
    let mut text = Text::default();
    text.entry("audience", &api.audience);
    text.entry("scopes", scopes(api));
    text.entry("issuer", place.issuer.as_str());
    text.entry("key set", place.at("/.well-known/jwks.json"));
    let all = place.own.scope();
    let missing: Vec<_> =
        api.scope().iter().filter(|scope| !all.contains(scope)).map(str::to_owned).collect();
    if !missing.is_empty() {
        text.line(format!(
            "\n# A person gets a scope by a role: add {} to a role, with latchkey role set, or in ROLES while that counts.",
            missing.join(" ")
        ));
    }
    text.line("\n# jose (Node)");
    text.line(format!(
        "const keys = createRemoteJWKSet(new URL(\"{}\"))",
        place.at("/.well-known/jwks.json")
    ));
    text.line("const { payload } = await jwtVerify(token, keys, {");
    text.line(format!(
        "  issuer: \"{}\", audience: \"{}\", typ: \"at+jwt\",",
        place.issuer.as_str(),
        api.audience
    ));
    text.line("})");
    text.0
}

/// The client with which an API asks about tokens.
pub(super) fn introspection(place: &Place, client: &Client, secret: Option<&Secret>) -> String {
    let mut text = Text::default();
    text.line(format!("\n# To ask about a token ({})", place.at(oauth::server::INTROSPECT)));
    settings(&mut text, place, client, secret);
    text.0
}

/// A secret that was rotated.
pub(super) fn rotated(id: &str, secret: Option<&Secret>) -> String {
    match secret {
        None => format!("Only the newest secret of {id} works from now on.\n"),
        Some(secret) => format!(
            "# Shown this once: only its digest is stored. The secret before works until the next rotation.\nCLIENT_SECRET={}\n",
            secret.expose()
        ),
    }
}

/// All that there is, a line each.
pub(super) fn list(clients: &[Client], unreadable: &[String], apis: &[Api]) -> String {
    let clients =
        clients.iter().map(|client| (client.kind.as_str(), &client.id, client.status, client.name.as_str()));
    let unreadable = unreadable.iter().map(|id| ("?", id, Status::Disabled, "its row cannot be read"));
    let apis = apis.iter().map(|api| ("api", &api.audience, api.status, api.name.as_str()));
    let rows: Vec<_> = clients.chain(unreadable).chain(apis).collect();
    let width = rows.iter().map(|(_, id, ..)| id.len()).max().unwrap_or_default();
    let mut text = Text::default();
    for (kind, id, status, name) in rows {
        text.line(format!("{kind:8} {id:width$}  {:8}  {name}", word(status)));
    }
    text.0
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Disabled | Status::Removed => "disabled",
    }
}

/// All that is registered of a client, without its secrets.
pub(super) fn client(client: &Client) -> String {
    let mut text = Text::default();
    text.entry("client_id", &client.id);
    text.entry("name", &client.name);
    text.entry("kind", client.kind.as_str());
    text.entry("status", word(client.status));
    text.entry("registered", client.created_at.to_string());
    text.entry("proves itself by", words(client.auth.iter().map(|auth| auth.as_str())));
    text.entry("jwks_uri", client.jwks_uri.as_deref().unwrap_or_default());
    for workload in &client.workloads {
        text.entry("workload", workload.to_string());
    }
    for secret in &client.secrets {
        text.entry("secret made", secret.created_at.to_string());
    }
    text.entry("speaks for", words(client.exchange.apis.iter().map(String::as_str)));
    for (name, audiences) in &client.exchange.issuers {
        text.entry("exchanges ID tokens of", format!("{name} for {}", audiences.join(" ")));
    }
    text.entry("redirect URIs", words(client.redirect_uris.iter().map(oauth::RedirectUri::as_str)));
    text.entry(
        "post-logout redirect URIs",
        words(client.post_logout_redirect_uris.iter().map(String::as_str)),
    );
    text.entry("back-channel logout URI", client.backchannel_logout_uri.as_deref().unwrap_or_default());
    text.entry("must be told the session", yes(client.backchannel_logout_session_required));
    text.entry("grants", words(client.grants.iter().map(|grant| grant.as_str())));
    text.entry("scope", client.scope.to_string());
    text.entry("default scope", client.default_scope.to_string());
    text.entry("APIs", words(client.audiences.iter().map(String::as_str)));
    text.entry("default API", client.default_audience.as_deref().unwrap_or_default());
    text.entry("asks for consent", yes(client.consent));
    text.entry("PKCE", if client.pkce_optional { "optional" } else { "" });
    text.entry("ID tokens", client.id_token_alg.as_str());
    text.entry("claims in the ID token", yes(client.claims_in_id_token));
    text.entry("access token lifetime", seconds(client.access_token_lifetime));
    text.entry("refresh token idle", seconds(client.refresh_idle));
    text.entry("refresh token absolute", seconds(client.refresh_absolute));
    text.entry(
        "grace",
        if client.allows(GrantType::RefreshToken) {
            seconds(Some(client.grace.into()))
        } else {
            String::new()
        },
    );
    text.0
}

/// All that is registered of an API.
pub(super) fn api(api: &Api) -> String {
    let mut text = Text::default();
    text.entry("audience", &api.audience);
    text.entry("name", &api.name);
    text.entry("status", word(api.status));
    text.entry("registered", api.created_at.to_string());
    text.entry("scopes", scopes(api));
    text.entry("access tokens", api.access_token_alg.as_str());
    text.0
}

fn scopes(api: &Api) -> String {
    let one = |scope: &client::ApiScope| {
        format!("{}{}", scope.name, if scope.consent { " (asks for consent)" } else { "" })
    };
    api.scopes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn yes(value: bool) -> &'static str {
    if value { "yes" } else { "" }
}

fn seconds(seconds: Option<u32>) -> String {
    seconds.map(|seconds| format!("{seconds} s")).unwrap_or_default()
}
