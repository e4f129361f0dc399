//! Clients that have been shut out: the programs in whose name tokens are issued.
//!
//! A client needs no row: those of our own sign-in have none. A row is how an operator takes back what was issued to one of
//! them, so whatever it says that is not `active` shuts the client out. A word that nobody can read must not let it in.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Record;

/// What is known of a client, under its `client_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// `active`, or anything else.
    #[serde(default)]
    status: Value,
}

impl Record for Client {
    const KIND: &'static str = "CLIENT";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

impl Client {
    /// Whether its tokens are to be refused.
    pub fn is_disabled(&self) -> bool {
        self.status != "active"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn any_status_but_active_is_disabled() {
        // #76, #78
        let disabled = |row: Value| serde_json::from_value::<Client>(row).unwrap().is_disabled();
        assert!(
            !disabled(json!({"status": "active"})) && !disabled(json!({"status": "active", "name": "x"}))
        );
        for status in
            [json!("disabled"), json!("Active"), json!(""), json!(null), json!(1), json!(["active"])]
        {
            assert!(disabled(json!({"status": status})), "{status}");
        }
        assert!(disabled(json!({})));
    }
}
