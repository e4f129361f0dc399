//! Roles.

use serde_json::json;
use web::{Response, Result};

use crate::Call;

impl Call<'_> {
    pub(crate) fn list_roles(&self) -> Result<Response> {
        let roles: Vec<_> =
            self.rights.roles().iter().map(|(name, scope)| json!({"name": name, "scope": scope})).collect();
        Response::json(&json!({"roles": roles}))
    }
}
