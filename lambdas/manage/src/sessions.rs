//! The sessions of a person.

use web::{Response, Result};

use crate::{Call, done};

impl Call<'_> {
    pub(crate) async fn sign_out(&self) -> Result<Response> {
        let person = self.subordinate().await?;
        let (table, now) = (&self.manage.table, self.request.now);
        // First those of which apps are told: if it stops here, whoever asked does so again.
        logout::end_all_of(table, &self.manage.queue, &person.id, now).await?;
        user::end_everywhere(table, &person.id, now).await?;
        Ok(done())
    }
}
