//! `GET groups`: which groups somebody is in, as Google's Cloud Identity and Microsoft Graph say it to the person's own access token.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use oauth::Code;
use provider::{GroupApi, KNOWN};
use serde_json::{Value, json};

use super::{Grant, Refused, Request, StandIn, behaviour::Endpoint, userinfo::failed};

/// Answers with the groups of the person the token is about.
pub(super) async fn show(State(it): State<Arc<StandIn>>, headers: HeaderMap) -> Response {
    let said = it.granted(&headers, Endpoint::Groups).and_then(|grant| groups(&grant));
    said.map(|said| Json(said).into_response()).unwrap_or_else(failed)
}

/// How a request asks for groups, by the scope of those who say them.
pub(super) fn asked(request: &Request) -> Option<GroupApi> {
    let mut sources = KNOWN.iter().filter_map(|entry| entry.sign_in?.groups);
    sources.find(|source| request.scope.contains(source.scope)).map(|source| source.api)
}

fn groups(grant: &Grant) -> Result<Value, Refused> {
    let all = grant.person.groups();
    match asked(&grant.request) {
        Some(GroupApi::CloudIdentity) if all.is_empty() => Ok(json!({})),
        Some(GroupApi::CloudIdentity) => {
            let keys = all.iter().map(|group| json!({ "groupKey": { "id": group } }));
            Ok(json!({ "memberships": keys.collect::<Vec<_>>() }))
        }
        Some(GroupApi::Graph) => {
            let ids = (0..all.len()).map(|number| format!("{number:08x}-2b34-4da1-9baa-8bc8c9d6a490"));
            let objects = ids.map(|id| json!({ "@odata.type": "#microsoft.graph.group", "id": id }));
            Ok(json!({ "@odata.count": all.len(), "value": objects.collect::<Vec<_>>() }))
        }
        None => {
            let reason = "the access token is not for groups";
            Err(Refused::new(Code::InsufficientScope, reason).with_status(StatusCode::FORBIDDEN))
        }
    }
}
