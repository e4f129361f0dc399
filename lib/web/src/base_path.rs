//! Where a request goes, as its gateway says it.
//!
//! A gateway has matched a route already: `routeKey` (payload 2.0) or `resource` (payload 1.0) with `pathParameters` say which.
//! They decide, because a path also holds what is no part of the API's own address: a stage, the base path of a custom domain,
//! a slash at the end. Only for `$default`, and on a Function URL, there is nothing but the path.
//!
//! | | `rawPath`, `path` | percent-encoding |
//! |---|---|---|
//! | REST API | without the stage; with the base path of a custom domain | as it was sent |
//! | HTTP API | with a named stage; with the base path of an API mapping | decoded, so `%2F` is a slash |
//! | Function URL | the path | as it was sent |
//!
//! A client chooses the path, and through it the values of variables; nothing else here. Whatever it makes of them, the edge
//! enforces the guard of the very route that it then runs (#79).

use serde_json::Value;
use setting::SettingError;

/// The segments of a path within the API.
pub(crate) type Steps = Vec<Step>;

/// One segment. The value of a gateway's variable is one, even with a slash in it, and no name of ours: `/users/{id}` is not
/// `/users/me`, whatever the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// As it is in a route, or in a path that no route has been matched with.
    Text(String),
    /// The value of a variable.
    Value(String),
}

impl Step {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Value(text) => text,
        }
    }

    /// Whether it is this name in a route of ours.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Text(text) if text == name)
    }
}

/// The setting `BASE_PATH`: what is before the API's own paths where no gateway says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BasePath(Steps);

impl BasePath {
    pub(crate) fn parse(text: &str) -> Result<Self, SettingError> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        let steps: Option<Steps> = text.strip_prefix('/').map(split);
        let good = |step: &Step| {
            let text = step.text();
            !text.is_empty() && text.bytes().all(fits) && text != "." && text != ".."
        };
        steps.filter(|steps| !steps.is_empty() && steps.iter().all(good)).map(Self).ok_or_else(|| {
            SettingError::new("BASE_PATH must be a path such as /pets, without a slash at its end")
        })
    }

    /// The steps behind it, or all of them where it is not there: the gateway's own address has none.
    fn strip(&self, steps: Steps) -> Steps {
        if steps.starts_with(&self.0) { steps[self.0.len()..].to_vec() } else { steps }
    }
}

/// The steps of a path; nothing if it does not begin with a slash.
pub(crate) fn steps(path: &str) -> Option<Steps> {
    let rest = path.strip_prefix('/')?;
    Some(if rest.is_empty() { Steps::new() } else { split(rest) })
}

/// The path of steps.
pub(crate) fn path(steps: &[Step]) -> String {
    format!("/{}", steps.iter().map(Step::text).collect::<Vec<_>>().join("/"))
}

fn split(path: &str) -> Steps {
    path.split('/').map(|text| Step::Text(text.to_owned())).collect()
}

/// The steps of an event whose path is `path`; nothing if its route cannot be read. One slash at the end makes no difference.
pub(crate) fn of_event(event: &Value, payload2: bool, path: &str, base: &BasePath) -> Option<Steps> {
    let mut steps = match route(event.get(if payload2 { "routeKey" } else { "resource" }))? {
        Matched::Template(template) => filled(template, event.get("pathParameters"))?,
        Matched::Nothing => without_stage(steps(path)?, event, payload2),
    };
    steps.pop_if(|last| last.text().is_empty());
    Some(base.strip(steps))
}

/// What the gateway has matched.
enum Matched<'a> {
    /// A path with `{name}` for one segment and `{name+}` for all that follow.
    Template(&'a str),
    /// Nothing: the route is `$default`, or there are no routes.
    Nothing,
}

/// `GET /pets/{id}`, `/pets/{id}` or `$default`. The method is left out: the request's own is compared with ours.
fn route(named: Option<&Value>) -> Option<Matched<'_>> {
    let Some(named) = named else { return Some(Matched::Nothing) };
    let named = named.as_str()?;
    let template = named.split_once(' ').map_or(named, |(_, template)| template);
    match template {
        "$default" => Some(Matched::Nothing),
        _ => template.starts_with('/').then_some(Matched::Template(template)),
    }
}

/// The template with the values in the places of their names. Where one is missing, this is no gateway's event.
fn filled(template: &str, values: Option<&Value>) -> Option<Steps> {
    let mut filled = Steps::new();
    for step in steps(template)? {
        let Some(name) = step.text().strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
            filled.push(step);
            continue;
        };
        let value = |name: &str| values?.get(name)?.as_str();
        match name.strip_suffix('+') {
            Some(greedy) => filled.extend(split(value(greedy)?)),
            None => filled.push(Step::Value(value(name)?.to_owned())),
        }
    }
    Some(filled)
}

/// An HTTP API puts a named stage in front of the path at its own address, and at none of a custom domain.
fn without_stage(mut steps: Steps, event: &Value, payload2: bool) -> Steps {
    let context = |name: &str| event.get("requestContext")?.get(name)?.as_str();
    let http_api = payload2 || event.get("version").is_some_and(|version| version == "1.0");
    let own = context("domainName").and_then(|name| name.split('.').next()) == context("apiId");
    let named = context("stage").filter(|stage| *stage != "$default");
    if http_api && own && named.is_some_and(|stage| steps.first().is_some_and(|step| step.is(stage))) {
        steps.remove(0);
    }
    steps
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(event: &Value, base: &str) -> Option<String> {
        let base = if base.is_empty() { BasePath::default() } else { BasePath::parse(base).unwrap() };
        let payload2 = event.get("rawPath").is_some();
        let path = event[if payload2 { "rawPath" } else { "path" }].as_str()?;
        of_event(event, payload2, path, &base)
            .map(|steps| steps.iter().map(Step::text).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_value_is_one_segment_and_a_greedy_one_is_several() {
        // #79: a slash that the gateway has decoded makes no other route of it.
        for (route, values, steps) in [
            ("GET /a/{x}/b", json!({"x": "1"}), Some("a 1 b")),
            ("GET /a/{x}", json!({"x": "1/b"}), Some("a 1/b")),
            ("GET /a/{x+}", json!({"x": "1/b"}), Some("a 1 b")),
            ("ANY /{x+}", json!({"x": "a//b/"}), Some("a  b")),
            ("GET /", json!({}), Some("")),
            ("GET /a", json!({"a": "b"}), Some("a")),
            ("GET /a/{x}", json!({"y": "1"}), None),
            ("GET /a/{x}", json!({"x": 1}), None),
            ("GET a", json!({}), None),
            ("$connect", json!({}), None),
            ("", json!({}), None),
        ] {
            let event = json!({"routeKey": route, "rawPath": "/other", "pathParameters": values});
            assert_eq!(of(&event, "").as_deref(), steps, "{route}");
        }
    }

    #[test]
    fn a_stage_is_taken_off_where_an_http_api_puts_it_and_nowhere_else() {
        let at = |domain: &str, stage: &str, path: &str| {
            let context = json!({"apiId": "abc", "domainName": domain, "stage": stage});
            of(&json!({"routeKey": "$default", "rawPath": path, "requestContext": context}), "").unwrap()
        };
        let own = "abc.execute-api.eu-west-1.amazonaws.com";
        assert_eq!(at(own, "dev", "/dev/a"), "a");
        assert_eq!((at(own, "dev", "/dev"), at(own, "dev", "/dev/")), (String::new(), String::new()));
        assert_eq!(at(own, "dev", "/dev/dev/a"), "dev a");
        assert_eq!(at(own, "$default", "/dev/a"), "dev a");
        assert_eq!(at("api.example.com", "dev", "/dev/a"), "dev a");
        let rest =
            json!({"path": "/dev/a", "requestContext": {"apiId": "abc", "domainName": own, "stage": "dev"}});
        assert_eq!(of(&rest, "").as_deref(), Some("dev a"));
    }

    #[test]
    fn a_base_path_is_whole_segments_in_front() {
        for (path, steps) in [
            ("/pets/v1/a", "a"),
            ("/pets/v1", ""),
            ("/pets/v1/pets/v1/a", "pets v1 a"),
            ("/a", "a"),
            ("/pets/v10/a", "pets v10 a"),
            ("/pets/a", "pets a"),
            ("//pets/v1/a", " pets v1 a"),
        ] {
            assert_eq!(of(&json!({"rawPath": path}), "/pets/v1").as_deref(), Some(steps), "{path}");
        }
        for bad in
            ["", "/", "pets", "/pets/", "//pets", "/pets/../a", "/{proxy+}", "/pe%74s", "/a b", "https://a/b"]
        {
            assert!(BasePath::parse(bad).is_err(), "{bad}");
        }
    }
}
