//! What somebody may do, and why.

use oauth::{Error, Scope};
use serde::Deserialize;
use serde_json::json;
use user::rights::{self, Limits, Question};
use web::{Response, Result};

use crate::Call;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    client: Option<String>,
    scope: Option<String>,
}

impl Call<'_> {
    pub(crate) async fn explain(&self) -> Result<Response> {
        let asked: Asked = self.request.whole_query()?;
        let person = self.person().await?;
        let (table, now) = (&self.manage.table, self.request.now);
        let client = match &asked.client {
            Some(id) => Some(client::get(table, id, now).await?.ok_or_else(no_client)?),
            None => None,
        };
        let scope = asked.scope.as_deref().map(str::parse::<Scope>).transpose()?;
        let client = client.as_ref().map(|client| Limits { name: &client.id, scope: &client.scope });
        let question = Question { client, scope: scope.as_ref(), ..Question::default() };
        let lines = rights::explain(self.rights, &person, &question, now);
        let sentences: Vec<_> = lines.iter().map(ToString::to_string).collect();
        Response::json(&json!({"sentences": sentences}))
    }
}

fn no_client() -> Error {
    Error::invalid_request("there is no such client")
}
