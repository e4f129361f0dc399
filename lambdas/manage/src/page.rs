//! The document as a page for people: no script, and nothing from elsewhere.

use maud::{Markup, html};
use serde_json::Value;
use web::{Look, Response};

use crate::{ENDPOINTS, Endpoint, Kind, Parameter, Version, document};

/// Where it is.
pub(crate) const PATH: &str = "/openapi";

/// The page of an installation at this address. It is in English, as the document is.
pub(crate) fn of(look: &Look, base: &str) -> Response {
    let content = html! {
        h1 { "Management API" }
        p { "For administrators and services, at " code { (base) } ". The same for programs: " a href="/openapi.json" { "openapi.json" } "." }
        @for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.scope().is_some()) { (one(endpoint)) }
        h2 { "What bodies and answers look like" }
        @for (name, schema) in document::schemas().as_object().into_iter().flatten() { (described(name, schema)) }
    };
    look.page("Management API", &content)
}

fn one(endpoint: &Endpoint) -> Markup {
    html! {
        h2 id=(endpoint.name) { (endpoint.route.method) " " (endpoint.route.path) }
        p { (endpoint.summary) " " (endpoint.details) }
        p.small {
            @if let Some(scope) = endpoint.scope() { "Scope: " code { (scope) } ". " }
            @if let Some(body) = endpoint.body { "Body: " (link(body)) ". " }
            "Answers " code { (endpoint.answer.0) }
            @if let Some(answer) = endpoint.answer.1 { " with " (link(answer)) }
            @if let Some((status, Some(answer))) = endpoint.also { ", or " code { (status) } " with " (link(answer)) }
            "; refusals: " @for status in endpoint.refusals { code title=(document::phrase(*status)) { (status) } " " }
            @if endpoint.version == Version::Needed { "Send the ETag that you have read in " code { "If-Match" } "." }
        }
        @if !endpoint.query.is_empty() { ul { @for each in endpoint.query { li { (parameter(each)) } } } }
    }
}

fn link(schema: &str) -> Markup {
    html! { a href={ "#" (schema) } { (schema) } }
}

fn parameter(parameter: &Parameter) -> Markup {
    html! {
        code { (parameter.name) } ": " (parameter.what)
        @match parameter.kind {
            Kind::Text => {}
            Kind::Number(least, most) => { " " (least) " to " (most) "." }
            Kind::Words(words) => { @for word in words { " " code { (word) } } }
        }
    }
}

fn described(name: &str, schema: &Value) -> Markup {
    let properties = schema["properties"].as_object();
    html! {
        h3 id=(name) { (name) }
        @if let Some(text) = schema["description"].as_str() { p { (text) } }
        @if let Some(words) = schema["enum"].as_array() { p { @for word in words { code { (word.as_str().unwrap_or_default()) } " " } } }
        @if let Some(properties) = properties {
            ul { @for (name, property) in properties { li { code { (name) } " " (kind(property)) } } }
        }
    }
}

fn kind(property: &Value) -> Markup {
    let named =
        |value: &Value| value["$ref"].as_str().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
    let words = match &property["type"] {
        Value::String(word) => word.clone(),
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    };
    html! {
        (words)
        @if let Some(schema) = named(property) { (link(&schema)) }
        @if let Some(schema) = named(&property["items"]) { " of " (link(&schema)) }
        @if let Some(text) = property["description"].as_str() { ": " (text) }
    }
}
