//! People in a world's table, without a sign-in.

use oauth::{Digest, Secret, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Record;
use user::{
    Rights, Status, User,
    rights::{self, Actor, Edit},
};

use crate::World;

/// The row by which an identity leads to a person, as it is in the table.
#[derive(Debug, Serialize, Deserialize)]
struct Identity {
    issuer: String,
    subject: String,
    provider: String,
    user_id: String,
    linked_at: Time,
    is_linked: bool,
}

impl Record for Identity {
    const KIND: &'static str = "IDENTITY";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

impl World {
    /// Says of this role whether it demands a second factor, and waits until that is in force.
    pub async fn demand_factor(&self, role: &str, scope: &str, demands: bool) {
        let (table, now) = (self.table().await, self.now());
        let start = Rights::parse(user::settings::ROLES.default.unwrap_or_default(), "", "member").unwrap();
        let scope = scope.parse().unwrap();
        let edit = Edit::SetRole { name: role.to_owned(), scope, second_factor: Some(demands) };
        rights::change(&table, &start, &edit, &Actor::Operator, None, rights::NO_TRAIL, now).await.unwrap();
        self.pass(rights::FRESH.as_secs() as i64);
    }

    /// Somebody new with these roles and two identities of the first provider.
    pub async fn somebody(&self, roles: &[&str], status: Status) -> User {
        let (table, now) = (self.table().await, self.now());
        let keys = [0, 1].map(|_| Digest::of(Secret::random().expose().as_bytes()));
        let user: User = serde_json::from_value(json!({
            "id": Secret::random().expose(), "name": "Test Person", "email": "person@example.com",
            "email_verified": false, "picture": null, "roles": roles, "status": status,
            "created_at": now, "last_login_at": now, "identities": keys,
        }))
        .unwrap();
        for (at, key) in keys.iter().enumerate() {
            let identity = Identity {
                issuer: "https://id.example.org".to_owned(),
                subject: key.to_string(),
                provider: self.cloud.providers[0].name.to_string(),
                user_id: user.id.clone(),
                linked_at: now,
                is_linked: at > 0,
            };
            assert!(table.create(key.as_str(), &identity, now).await.unwrap());
        }
        assert!(table.create(&user.id, &user, now).await.unwrap());
        user
    }
}
