//! The document that describes this API (OpenAPI 3.1), made from the endpoints.

use serde_json::{Map, Value, json};

use crate::{ENDPOINTS, Endpoint, Kind, Parameter, Version};

/// The schemas of bodies and answers, by the names that endpoints use.
const SCHEMAS: &str = include_str!("schemas.json");

/// The schemas, by name.
pub fn schemas() -> Value {
    serde_json::from_str(SCHEMAS).unwrap_or_default()
}

/// The document of an installation at this address.
pub fn of(base: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.answer.1 != Some("Document")) {
        let path = paths.entry(endpoint.route.path).or_insert_with(|| json!({}));
        if endpoint.name != "page" {
            path[endpoint.route.method.to_lowercase()] = operation(endpoint);
        }
    }
    paths.retain(|_, path| path.as_object().is_some_and(|methods| !methods.is_empty()));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "latchkey management API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "People, their sessions, apps and identities, roles and rules. For administrators, and for services with a client-credentials token whose audience is this server.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": base}],
        "security": [{"token": []}],
        "tags": tags(),
        "paths": paths,
        "components": {
            "securitySchemes": {"token": security(base)},
            "schemas": schemas(),
        },
    })
}

/// What belongs together, by the first word of the path.
fn tags() -> Vec<Value> {
    let tag = |name, description| json!({"name": name, "description": description});
    vec![
        tag("users", "People, and what is theirs."),
        tag("roles", "Roles: bags of scopes."),
        tag("rules", "Rules: who is given a role because of what a sign-in proved."),
        tag("rights", "Trying a change of roles and rules."),
        tag("defaults", "The roles of whoever signs in for the first time."),
        tag("audit", "What happened."),
    ]
}

fn security(base: &str) -> Value {
    let mut scopes: Map<String, Value> = Map::new();
    for endpoint in ENDPOINTS {
        if let Some(scope) = endpoint.scope() {
            scopes.insert(scope.to_owned(), Value::from(meaning(scope)));
        }
    }
    json!({
        "type": "oauth2",
        "description": "An access token for this server (`resource` or the client's default audience is its address).",
        "flows": {
            "clientCredentials": {"tokenUrl": format!("{base}/oauth/token"), "scopes": scopes},
            "authorizationCode": {
                "authorizationUrl": format!("{base}/oauth/authorize"),
                "tokenUrl": format!("{base}/oauth/token"),
                "scopes": scopes,
            },
        },
    })
}

/// A scope in words.
pub fn meaning(scope: &str) -> &'static str {
    match scope {
        "users:read" => "See people, what is theirs, and what happened",
        "users:write" => "Change people, sign them out, take apps' access away",
        "users:delete" => "Delete people",
        "roles:read" => "See roles and rules",
        "roles:write" => "Change roles and rules",
        _ => "",
    }
}

fn operation(endpoint: &Endpoint) -> Value {
    let tag = endpoint.route.path.split('/').nth(1).unwrap_or_default();
    let mut operation = json!({
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [tag],
        "responses": responses(endpoint),
    });
    if !endpoint.details.is_empty() {
        operation["description"] = Value::from(endpoint.details);
    }
    if let Some(scope) = endpoint.scope() {
        operation["security"] = json!([{"token": [scope]}]);
    }
    let parameters = parameters(endpoint);
    if !parameters.is_empty() {
        operation["parameters"] = Value::from(parameters);
    }
    if let Some(body) = endpoint.body {
        operation["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": schema(body)}}});
    }
    operation
}

fn schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn responses(endpoint: &Endpoint) -> Value {
    let (status, named) = endpoint.answer;
    let mut answer = json!({"description": phrase(status)});
    if let Some(named) = named {
        answer["content"] = json!({"application/json": {"schema": schema(named)}});
    }
    if matches!(endpoint.version, Version::Said | Version::Needed) {
        answer["headers"] =
            json!({"ETag": {"description": "The version of what is shown.", "schema": {"type": "string"}}});
    }
    let mut responses = Map::from_iter([(status.to_string(), answer)]);
    if let Some((status, Some(named))) = endpoint.also {
        let content = json!({"application/json": {"schema": schema(named)}});
        responses.insert(status.to_string(), json!({"description": phrase(status), "content": content}));
    }
    for &refusal in endpoint.refusals {
        let content = json!({"application/problem+json": {"schema": schema("Problem")}});
        let refusal = (refusal.to_string(), json!({"description": phrase(refusal), "content": content}));
        responses.extend([refusal]);
    }
    Value::Object(responses)
}

/// A status in words.
pub fn phrase(status: u16) -> &'static str {
    match status {
        200 => "Done.",
        201 => "Made.",
        202 => "Noted.",
        204 => "Done, and nothing to say.",
        400 => "Something in the request is wrong; nothing was changed.",
        401 => "There is no access token, or one that does not count any more.",
        403 => "The token lacks the scope, or the caller may do less than what this is about.",
        404 => "There is no such thing, or none that the caller may know of.",
        409 => "It would break a rule: the sentence says which.",
        413 => "The body is too large.",
        412 => "It was changed since it was read.",
        415 => "The body is not JSON.",
        428 => "`If-Match` is missing.",
        _ => "Try again in a moment.",
    }
}

fn parameters(endpoint: &Endpoint) -> Vec<Value> {
    let path = endpoint.segments().map(|name| {
        let schema = json!({"type": "string"});
        json!({"name": name, "in": "path", "required": true, "description": segment(name), "schema": schema})
    });
    let query = endpoint.query.iter().map(parameter);
    let version = matches!(endpoint.version, Version::Compared | Version::Needed).then(|| {
        json!({
            "name": "If-Match", "in": "header", "required": endpoint.version == Version::Needed,
            "description": "The ETag that was read: nothing is changed if there is a newer one.",
            "schema": {"type": "string"},
        })
    });
    path.chain(query).chain(version).collect()
}

/// What a segment of a path names.
fn segment(name: &str) -> &'static str {
    match name {
        "id" => "The id of the person: `sub` in their tokens.",
        "client_id" => "The id of the client.",
        "sid" => "The id of the session.",
        "key" => "The key of the identity, as the list shows it.",
        _ => "The name of the role or the rule.",
    }
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Number(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Kind::Words(words) => json!({"type": "string", "enum": words}),
    };
    json!({"name": parameter.name, "in": "query", "description": parameter.what, "schema": schema})
}
