//! The requests: one for each page, one after the other, none of them twice.

use fetch::{Http, HttpError, JSON, require_likely_json};
use http::{Request, header};
use oauth::Secret;
use provider::GroupApi;
use serde_json::{Map, Value};
use std::time::Duration;
use url::Url;

use super::{
    Groups,
    answer::{self, Flaw, Next},
};
use crate::claims;

/// How many pages are read: enough for ten thousand groups.
const MOST_PAGES: usize = 12;

/// How many groups a page may have. Entra gives no more, and a page of Google's with a thousand is far from too long to be read.
const PAGE: &str = "999";

/// Why the groups are not known. Nothing in it was sent or received (#103).
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unknown {
    /// There was no answer, or none that can be used.
    #[error("the groups cannot be asked: {0}")]
    Http(#[from] HttpError),
    /// It does not say groups.
    #[error("the groups cannot be read: {0}")]
    Answer(#[from] Flaw),
    /// It did not come to an end.
    #[error("the groups have more than {MOST_PAGES} pages")]
    TooMany,
    /// The ID token does not say who is to be asked about.
    #[error("the ID token has no address by which groups could be asked")]
    Nobody,
    /// All together took too long.
    #[error("the groups are not known within {0:?}")]
    Slow(Duration),
}

impl Groups {
    /// The groups of the person whom the ID token is about, and whose access token this is. An account of no organization is in none,
    /// and nobody is asked.
    pub(crate) async fn ask(
        &self,
        id_token: &Map<String, Value>,
        access_token: &Secret,
        http: &Http,
        limit: Duration,
    ) -> Result<Vec<String>, Unknown> {
        let Some(first) = self.first(id_token)? else { return Ok(Vec::new()) };
        let (mut all, mut url) = (Vec::new(), first.clone());
        for _ in 0..MOST_PAGES {
            let body = self.page(&url, access_token, http, limit).await?;
            let next = answer::read(self.api, &body, &mut all)?;
            url = match next {
                None => return Ok(all),
                Some(Next::Page(token)) => with(&first, &[("pageToken", &token)]),
                Some(Next::At(url)) if url.origin() == self.endpoint.origin() => url,
                Some(Next::At(_)) => return Err(Flaw::Elsewhere.into()),
            };
        }
        Err(Unknown::TooMany)
    }

    /// Where the first page is.
    fn first(&self, id_token: &Map<String, Value>) -> Result<Option<Url>, Unknown> {
        match self.api {
            GroupApi::Graph => {
                // A cast to one type needs `$count`, and that the answer may be some seconds old ("Advanced query capabilities").
                let query = [("$select", "id"), ("$count", "true"), ("$top", PAGE)];
                Ok(Some(with(&self.endpoint, &query)))
            }
            GroupApi::CloudIdentity => {
                if !id_token.get("hd").is_some_and(Value::is_string) {
                    return Ok(None);
                }
                let email = id_token.get("email").and_then(Value::as_str).and_then(claims::address);
                // No label: the documentation wants one, but then only groups that have it are said. Grafana and Gitea ask like this.
                let member = format!("member_key_id == '{}'", quoted(&email.ok_or(Unknown::Nobody)?));
                let query = [
                    ("query", &*member),
                    ("pageSize", PAGE),
                    ("fields", "nextPageToken,memberships/groupKey"),
                ];
                Ok(Some(with(&self.endpoint, &query)))
            }
        }
    }

    async fn page(
        &self,
        url: &Url,
        access_token: &Secret,
        http: &Http,
        limit: Duration,
    ) -> Result<Vec<u8>, HttpError> {
        let mut request = Request::get(url.as_str())
            .header(header::ACCEPT, JSON)
            .header(header::AUTHORIZATION, format!("Bearer {}", access_token.expose()));
        if self.api == GroupApi::Graph {
            request = request.header("consistencylevel", "eventual");
        }
        let request = request.body(Vec::new()).map_err(|_| HttpError::Forbidden)?;
        let response = http.send(request, limit).await?;
        require_likely_json(&response)?;
        Ok(response.into_body())
    }
}

fn with(url: &Url, query: &[(&str, &str)]) -> Url {
    let mut url = url.clone();
    url.query_pairs_mut().extend_pairs(query);
    url
}

/// What stands between the quotes of a text of CEL, so that nothing in the address means anything there.
fn quoted(address: &str) -> String {
    address.replace('\\', "\\\\").replace('\'', "\\'")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn first(claims: &Value) -> Result<Option<String>, Unknown> {
        let groups = Groups {
            api: GroupApi::CloudIdentity,
            endpoint: Url::parse("https://a.example/x:y").unwrap(),
            scope: "",
        };
        let url = groups.first(claims.as_object().unwrap())?;
        let pairs =
            |url: Url| url.query_pairs().find(|(name, _)| name == "query").map(|it| it.1.into_owned());
        Ok(url.and_then(pairs))
    }

    #[test]
    fn an_address_is_a_text_in_the_query_and_nothing_else() {
        for (email, query) in [
            ("ada@company.com", "member_key_id == 'ada@company.com'"),
            ("o'brien@company.com", r"member_key_id == 'o\'brien@company.com'"),
            (r"a\'||true||'@company.com", r"member_key_id == 'a\\\'||true||\'@company.com'"),
            ("a&fields=*@company.com", "member_key_id == 'a&fields=*@company.com'"),
        ] {
            let asked = first(&json!({"hd": "company.com", "email": email})).unwrap();
            assert_eq!(asked.as_deref(), Some(query), "{email}");
        }
    }

    #[test]
    fn only_an_account_of_an_organization_is_asked_about() {
        for claims in [json!({"email": "ada@gmail.com"}), json!({"email": "ada@gmail.com", "hd": null})] {
            assert_eq!(first(&claims).unwrap(), None, "{claims}");
        }
        for email in [json!(null), json!(5), json!("ada"), json!("a@b@c"), json!("a b@c.example")] {
            let claims = json!({"hd": "company.com", "email": email});
            assert!(matches!(first(&claims), Err(Unknown::Nobody)), "{claims}");
        }
    }
}
