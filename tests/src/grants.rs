//! Grants of clients, as the token endpoint leaves them.

use std::time::Duration;

use client::Client;
use oauth::{Secret, SessionCookie};
use session::{
    Code, Family, RefreshToken, Session,
    code::{self, Redeemed},
    family::{self, Terms},
};
use token::{Claims, Keys, Signer};

use crate::{Agent, TestClient, World};

/// A grant with refresh tokens that outlives its session: for an hour unused, and a day at most.
pub const TERMS: Terms = Terms {
    refresh: true,
    offline: true,
    idle: Duration::from_secs(3600),
    absolute: Duration::from_secs(86_400),
};

/// What a client has of a person.
#[derive(Debug)]
pub struct TestGrant {
    pub family: Family,
    pub refresh: Option<RefreshToken>,
    /// An access token that names the grant and its session.
    pub access: String,
}

impl World {
    /// The session that a browser shows.
    pub async fn session(&self, browser: &Agent) -> Session {
        let cookie = Secret::new(browser.cookie("__Host-session").unwrap());
        let cookie = SessionCookie::parse(&cookie).unwrap();
        match session::state(&self.table().await, &cookie, self.now()).await.unwrap() {
            session::State::Alive(session) => session,
            other => panic!("{other:?}"),
        }
    }

    /// A code of the person in this browser for this client, of which everything was checked.
    pub async fn code(&self, client: &TestClient, browser: &Agent) -> Code {
        let Session { user_id, epoch, id, auth_time, .. } = self.session(browser).await;
        Code { auth_time, ..self.code_of(client, &user_id, epoch, &id).await }
    }

    /// The same for anybody, in whichever session.
    pub(crate) async fn code_of(&self, client: &TestClient, user_id: &str, epoch: u64, sid: &str) -> Code {
        let row = self.table().await.get::<Client>(&client.id, self.now()).await.unwrap().unwrap();
        Code {
            client_id: client.id.clone(),
            client_epoch: row.epoch,
            redirect_uri: crate::CALLBACK.to_owned(),
            redirect_uri_given: true,
            challenge: None,
            user_id: user_id.to_owned(),
            epoch,
            sid: sid.to_owned(),
            scope: "openid get:profile".parse().unwrap(),
            resources: Vec::new(),
            nonce: None,
            auth_time: self.now(),
            acr: None,
            amr: Vec::new(),
            via: None,
            claims: None,
            consented: None,
            family_id: family::new_id(),
            spent: None,
            redeem_until: self.now().after(code::LIFETIME),
            expires_at: self.now().after(code::REMEMBERED),
        }
    }

    /// A client's grant of the person in this browser.
    pub async fn grant(&self, client: &TestClient, browser: &Agent, terms: &Terms) -> TestGrant {
        let code = self.code(client, browser).await;
        self.granted(&code, terms).await
    }

    /// A client's grant of somebody who has signed in somewhere.
    pub async fn grant_of(&self, client: &TestClient, user_id: &str, epoch: u64, terms: &Terms) -> TestGrant {
        let code = self.code_of(client, user_id, epoch, "elsewhere").await;
        self.granted(&code, terms).await
    }

    async fn granted(&self, code: &Code, terms: &Terms) -> TestGrant {
        let table = self.table().await;
        let issued = code::issue(&table, code, self.now()).await.unwrap();
        let (family, refresh) = Family::begin(code, terms, self.now());
        assert_eq!(code::redeem(&table, &issued, &family, self.now()).await.unwrap(), Redeemed::Done);
        let access = self.access_token(&family);
        TestGrant { family, refresh, access }
    }

    /// An access token of ours under a grant.
    pub fn access_token(&self, family: &Family) -> String {
        let keys = Keys::parse(&Secret::new(self.cloud.settings["SIGNING_KEYS"].clone())).unwrap();
        let claims = Claims {
            session: family.sid.as_deref(),
            grant: Some(&family.id),
            ..Claims::of(&family.user_id, &family.client_id, &family.scope)
        };
        let url = &self.cloud.url;
        let token = Signer::new(url, url, keys).access_token(&claims, self.now()).unwrap();
        token.jwt.expose().to_owned()
    }
}
