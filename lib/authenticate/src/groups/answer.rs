//! What one answer says: groups, and where the next ones are.

use fetch::{HttpError, json};
use provider::GroupApi;
use serde_json::{Map, Value};
use url::Url;

/// The type of a group among the objects of Microsoft Graph.
const GROUP: &str = "#microsoft.graph.group";

/// Where the answer goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// At the same place, by this token.
    Page(String),
    /// At this address, which has not been checked.
    At(Url),
}

/// What is wrong with an answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    /// It is not strictly JSON.
    #[error("it is not JSON")]
    NotJson,
    /// There is no list of groups.
    #[error("there is no list of groups")]
    NoList,
    /// What says where it goes on is no such thing.
    #[error("it does not say where it goes on")]
    Next,
    /// The access token goes to the provider and to nobody whom that names.
    #[error("it goes on at another host")]
    Elsewhere,
}

impl From<HttpError> for Flaw {
    fn from(_: HttpError) -> Self {
        Self::NotJson
    }
}

/// Adds the groups of a page, and says where the next one is. What is no group, or is not named as one, is left out.
pub(super) fn read(api: GroupApi, body: &[u8], all: &mut Vec<String>) -> Result<Option<Next>, Flaw> {
    let Value::Object(answer) = json(body)? else { return Err(Flaw::NoList) };
    match api {
        GroupApi::CloudIdentity => cloud_identity(&answer, all),
        GroupApi::Graph => graph(&answer, all),
    }
}

/// An account that is in no group has an empty object for an answer.
fn cloud_identity(answer: &Map<String, Value>, all: &mut Vec<String>) -> Result<Option<Next>, Flaw> {
    let memberships = match answer.get("memberships") {
        None => &[][..],
        Some(Value::Array(memberships)) => memberships,
        Some(_) => return Err(Flaw::NoList),
    };
    // A key in a namespace is what some identity source calls a group: it may look like the address of another.
    let key = |membership: &Value| {
        let key = membership.get("groupKey")?;
        key.get("namespace").is_none().then(|| key.get("id")?.as_str().map(str::to_lowercase))?
    };
    all.extend(memberships.iter().filter_map(key));
    match answer.get("nextPageToken") {
        None => Ok(None),
        Some(Value::String(token)) if token.is_empty() => Ok(None),
        Some(Value::String(token)) => Ok(Some(Next::Page(token.clone()))),
        Some(_) => Err(Flaw::Next),
    }
}

/// Only ids: anyone who may make a group gives it the name that they like.
fn graph(answer: &Map<String, Value>, all: &mut Vec<String>) -> Result<Option<Next>, Flaw> {
    let Some(Value::Array(objects)) = answer.get("value") else { return Err(Flaw::NoList) };
    let id = |object: &Value| {
        let is_group = object.get("@odata.type").is_none_or(|kind| kind == GROUP);
        is_group.then(|| object.get("id")?.as_str().map(str::to_lowercase))?
    };
    all.extend(objects.iter().filter_map(id));
    match answer.get("@odata.nextLink") {
        None => Ok(None),
        Some(link) => {
            let url = link.as_str().and_then(|link| Url::parse(link).ok());
            url.map(|url| Some(Next::At(url))).ok_or(Flaw::Next)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(api: GroupApi, answer: &Value) -> Result<(Vec<String>, Option<Next>), Flaw> {
        let mut all = Vec::new();
        let next = read(api, answer.to_string().as_bytes(), &mut all)?;
        Ok((all, next))
    }

    #[test]
    fn googles_groups_are_addresses() {
        let groups = json!({
            "memberships": [
                {"groupKey": {"id": "Cooks@company.com"}},
                {"groupKey": {"id": "admins@company.com", "namespace": "identitysources/eve"}},
                {"groupKey": {}}, {"groupKey": {"id": 5}}, {"group": "groups/1"}, "cooks", null,
                {"groupKey": {"id": "waiters@company.com"}, "displayName": "admins@company.com"},
            ],
            "nextPageToken": "more",
        });
        let (all, next) = said(GroupApi::CloudIdentity, &groups).unwrap();
        assert_eq!(all, ["cooks@company.com", "waiters@company.com"]);
        assert_eq!(next, Some(Next::Page("more".to_owned())));
        for none in [json!({}), json!({"memberships": []}), json!({"nextPageToken": ""})] {
            assert_eq!(said(GroupApi::CloudIdentity, &none), Ok((Vec::new(), None)), "{none}");
        }
    }

    #[test]
    fn entras_groups_are_ids_whatever_they_are_called() {
        let groups = json!({
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#groups(id)", "@odata.count": 4,
            "value": [
                {"@odata.type": "#microsoft.graph.group", "id": "7D1C9F0E-5a0e-4b7c-9c3d-0a4f4f5f2b11", "displayName": "admins"},
                {"id": "1", "displayName": null},
                {"@odata.type": "#microsoft.graph.directoryRole", "id": "62e90394-69f5-4237-9190-012177145e10"},
                {"displayName": "admins"}, {"id": 5}, "2", null,
            ],
            "@odata.nextLink": "https://graph.microsoft.com/v1.0/me?$skiptoken=x",
        });
        let (all, next) = said(GroupApi::Graph, &groups).unwrap();
        assert_eq!(all, ["7d1c9f0e-5a0e-4b7c-9c3d-0a4f4f5f2b11", "1"]);
        let Some(Next::At(next)) = next else { panic!("{next:?}") };
        assert_eq!(next.host_str(), Some("graph.microsoft.com"));
        assert_eq!(said(GroupApi::Graph, &json!({"value": []})), Ok((Vec::new(), None)));
    }

    #[test]
    fn an_answer_of_another_form_says_nothing() {
        // #101
        for (api, answer, flaw) in [
            (GroupApi::CloudIdentity, json!([]), Flaw::NoList),
            (GroupApi::CloudIdentity, json!({"memberships": {}}), Flaw::NoList),
            (GroupApi::CloudIdentity, json!({"memberships": null}), Flaw::NoList),
            (GroupApi::CloudIdentity, json!({"nextPageToken": 5}), Flaw::Next),
            (GroupApi::Graph, json!({}), Flaw::NoList),
            (GroupApi::Graph, json!({"value": "x"}), Flaw::NoList),
            (GroupApi::Graph, json!({"error": {"code": "Authorization_RequestDenied"}}), Flaw::NoList),
            (GroupApi::Graph, json!({"value": [], "@odata.nextLink": 5}), Flaw::Next),
            (GroupApi::Graph, json!({"value": [], "@odata.nextLink": "/v1.0/me"}), Flaw::Next),
        ] {
            assert_eq!(said(api, &answer), Err(flaw), "{answer}");
        }
        for body in ["", "{", r#"{"value":[],"value":[]}"#, "<html>"] {
            assert_eq!(read(GroupApi::Graph, body.as_bytes(), &mut Vec::new()), Err(Flaw::NotJson), "{body}");
        }
    }
}
