//! `GET /openapi.json` and `GET /openapi`: what the management API says of itself.

use std::collections::BTreeSet;

use manage::{ENDPOINTS, Endpoint};
use serde_json::Value;
use tests::{Answer, World};

/// Writes what was measured between two marks of a document, or compares it with what is there.
pub fn print(file: &str, mark: &str, text: &str) {
    let document = std::fs::read_to_string(file).unwrap();
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("\n<!-- end of {mark} -->"));
    let (before, rest) = document.split_once(&begin).unwrap_or_else(|| panic!("{file} has no {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{file} has no {end}"));
    let current = format!("{before}{begin}{text}{end}{after}");
    if setting::process_environment().contains_key("UPDATE_DOCS") {
        std::fs::write(file, current).unwrap();
    } else {
        assert!(document == current, "{file} is stale: run the tests `manage` with UPDATE_DOCS=1");
    }
}

/// Whether an answer is one that the document describes: its status, and its body.
pub fn check(described: &Value, endpoint: &Endpoint, answer: &Answer, what: &str) {
    let also = endpoint.also.filter(|(status, _)| *status == answer.status);
    let is_declared =
        answer.status == endpoint.answer.0 || also.is_some() || endpoint.refusals.contains(&answer.status);
    assert!(is_declared, "{what}: {} is not declared", answer.status);
    if answer.status < 400 {
        match also.map_or(endpoint.answer.1, |(_, schema)| schema) {
            Some("Document") => assert_eq!(&answer.json(), described),
            Some(schema) => {
                validate(described, &described["components"]["schemas"][schema], &answer.json(), what)
            }
            None if answer.status == 204 => assert_eq!(answer.body, "", "{what}"),
            None => assert!(answer.header("content-type").starts_with("text/html"), "{what}"),
        }
    } else if answer.header("content-type") == "application/problem+json" {
        validate(described, &described["components"]["schemas"]["Problem"], &answer.json(), what);
    } else {
        // The gateway's own words, before the function is asked.
        assert!([401, 403].contains(&answer.status), "{what}: {answer:?}");
        assert!(answer.json()["message"].is_string(), "{what}");
    }
}

/// Compares a value with a schema. It knows the words of JSON Schema that ours use, and no other passes.
pub fn validate(described: &Value, schema: &Value, value: &Value, at: &str) {
    let schema = schema.as_object().unwrap_or_else(|| panic!("{at}: no schema"));
    for (word, said) in schema {
        match word.as_str() {
            "$ref" => {
                let named = described.pointer(said.as_str().unwrap().strip_prefix('#').unwrap());
                validate(described, named.unwrap_or_else(|| panic!("{at}: {said}")), value, at);
            }
            "type" => {
                let types: Vec<_> = said.as_array().map_or(vec![said], |all| all.iter().collect());
                assert!(
                    types.iter().any(|one| is_a(value, one.as_str().unwrap())),
                    "{at}: {value} is no {said}"
                );
            }
            "enum" => assert!(said.as_array().unwrap().contains(value), "{at}: {value} is not one of {said}"),
            "required" => {
                for name in said.as_array().unwrap() {
                    let is_there = value.as_object().is_none_or(|it| it.contains_key(name.as_str().unwrap()));
                    assert!(is_there, "{at}: {name} is missing in {value}");
                }
            }
            "properties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = said.get(name) {
                        validate(described, schema, value, &format!("{at}.{name}"));
                    }
                }
            }
            "additionalProperties" => {
                let known = schema["properties"].as_object().unwrap();
                for (name, value) in
                    value.as_object().into_iter().flatten().filter(|(name, _)| !known.contains_key(*name))
                {
                    assert!(said.is_object(), "{at}: {name} is not described");
                    validate(described, said, value, &format!("{at}.{name}"));
                }
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    validate(described, said, value, &format!("{at}[{index}]"));
                }
            }
            "format" => {
                assert_eq!(said, "date-time", "{at}: a format that is not checked");
                let is_moment =
                    |text: &str| text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T';
                assert!(value.as_str().is_none_or(is_moment), "{at}: {value} is no moment");
            }
            "minimum" | "maximum" | "minLength" | "maxLength" | "pattern" | "description" | "default"
            | "examples" | "maxItems" => {}
            other => panic!("{at}: the word {other} of a schema is not checked"),
        }
    }
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        other => panic!("the type {other}"),
    }
}

#[tokio::test]
async fn the_document_describes_every_endpoint_and_nothing_else() {
    let world = World::start().await;
    let document = world.program().get("/openapi.json").await.expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], world.cloud.url.as_str());
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.insert(format!("{} {path}", method.to_uppercase()));
            let named = operation["parameters"].as_array().into_iter().flatten();
            let named: BTreeSet<_> =
                named.filter(|it| it["in"] == "path").map(|it| it["name"].as_str().unwrap()).collect();
            let varies: BTreeSet<_> =
                path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            assert_eq!(named, varies, "{method} {path}");
        }
    }
    let endpoints: BTreeSet<_> =
        ENDPOINTS.iter().filter(|it| it.scope().is_some()).map(|it| it.route.key()).collect();
    assert_eq!(described, endpoints);
}

#[test]
fn the_printed_document_is_current() {
    // What `bin/test` gives to a linter, and what others generate clients from.
    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let document = manage::document::of("https://id.example.com");
    let current = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
    if setting::process_environment().contains_key("UPDATE_DOCS") {
        std::fs::write(FILE, current).unwrap();
    } else {
        assert!(
            std::fs::read_to_string(FILE).unwrap() == current,
            "docs/openapi.json is stale: UPDATE_DOCS=1"
        );
    }
}

#[tokio::test]
async fn every_schema_that_is_named_is_there_and_every_one_that_is_there_is_named() {
    let world = World::start().await;
    let document = world.program().get("/openapi.json").await.expect(200).json();
    let text = document.to_string();
    let named: BTreeSet<_> =
        text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let there: BTreeSet<_> =
        document["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(named, there);
}

#[tokio::test]
async fn people_read_the_same_as_a_page_without_scripts() {
    // #104
    let world = World::start().await;
    let page = world.browser().get("/openapi").await.expect(200);
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.scope().is_some()) {
        let heading = format!("{} {}</h2>", endpoint.route.method, endpoint.route.path);
        assert!(page.body.contains(&heading), "{heading}");
    }
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
}

#[test]
#[should_panic(expected = "is not described")]
fn a_member_that_no_schema_describes_is_found() {
    let document = manage::document::of("https://id.example.com");
    let role = serde_json::json!({"name": "admin", "scope": "", "secret": 1});
    validate(&document, &document["components"]["schemas"]["Role"], &role, "role");
}
