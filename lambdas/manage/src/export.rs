//! All that is stored of a person.

use std::slice;

use audit::What;
use web::{Response, Result};

use crate::Call;

impl Call<'_> {
    /// To give everything out is an act like any other: only of somebody who may do no more, and it is written down.
    pub(crate) async fn export(&self) -> Result<Response> {
        let person = self.subordinate().await?;
        let table = &self.manage.table;
        let account = user::bulk::export(table, slice::from_ref(&person), self.request.now).await?.pop();
        let event = self.event(What::PersonExported, &person.id);
        self.manage.trail.note(table, &event).await?;
        Response::json(&account)
    }
}
