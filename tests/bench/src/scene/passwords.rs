//! Somebody who signs in with a password.

use std::sync::atomic::Ordering;

use credential::{Hasher, Password};
use serde_json::{Value, json};
use user::{
    Rights,
    password::{LoginName, NewAccount, register},
};

use super::{Scene, sent};

const PASSWORD: &str = "a horse that counts";

impl Scene {
    /// A program signs in somebody who has not signed in yet, from a place from which nobody has: tries are counted.
    pub async fn password(&self) -> Value {
        self.tick();
        let number = self.newcomers.fetch_add(1, Ordering::SeqCst);
        let name = format!("grace-{number}");
        let hash = self.hash.get_or_init(|| Hasher::default().hash(&Password::given(PASSWORD)));
        let login = LoginName::username(&name).unwrap();
        let rights = Rights::parse("member=get:profile", "", "member").unwrap();
        let new = NewAccount { login: &login, name: Some("Grace Hopper"), hash };
        let (table, now) = (self.world.table().await, self.world.now());
        register(&table, &rights, new, &|_| Vec::new(), now).await.unwrap().unwrap();
        sent("/users/login", &[], &json!({"username": name, "password": PASSWORD}), number)
    }
}
