//! What is stored of the person, to take along.

use authorization::apps::{self, Cursor};
use http::header;
use oauth::Time;
use person::Person;
use serde_json::{Value, json};
use user::{passkey::Passkey, rights::Proof};
use web::{Request, Response, Result};

use crate::{Account, whose};

/// The most parts of the apps that are read, of 30 each.
const MOST_PARTS: usize = 20;

impl Account {
    /// All of it as a file, for the person who acts.
    pub(crate) async fn download(&self, request: &Request) -> Result<Response> {
        let person = match self.acting(request).await? {
            Ok(person) => person,
            Err(elsewhere) => return Ok(elsewhere),
        };
        let (user, now) = (&person.user, request.now);
        let identities = user::identities_of(&self.table, user, now).await?;
        let sign_ins = identities.iter().map(
            |it| json!({"provider": it.provider, "issuer": it.issuer, "linked_at": it.linked_at.to_string()}),
        );
        let sessions = session::list_of(&self.table, &user.id, now).await?;
        let sessions = sessions.iter().map(|past| {
            json!({
                "browser": past.session.device, "from": past.session.from, "counts": past.counts(user.epoch),
                "started_at": past.session.started_at.to_string(), "used_at": past.session.used_at().to_string(),
                "ended_at": past.ended_at.map(|at| at.to_string()),
            })
        });
        let claims = user.claims.as_ref().map(
            |claims| json!({"provider": claims.provider, "at": claims.at.to_string(), "said": claims.said}),
        );
        let entitlements = user
            .entitlements
            .iter()
            .map(|it| json!({"name": it.name, "source": it.source, "order": it.order}));
        let data = json!({
            "person": user.profile(), "entitlements": entitlements.collect::<Vec<_>>(), "claims": claims, "sign_ins": sign_ins.collect::<Vec<_>>(),
            "proven": user.proofs.values().map(proven).collect::<Vec<_>>(), "second_factor": user.factors.totp, "passkeys": self.all_passkeys(&person, now).await?,
            "sessions": sessions.collect::<Vec<_>>(), "apps": self.all_apps(&person, now).await?,
            "trail": self.all_events(&person, now).await?,
        });
        let response = Response::json(&data)?;
        Ok(response.header(header::CONTENT_DISPOSITION, "attachment; filename=\"account.json\""))
    }

    async fn all_passkeys(&self, person: &Person, now: Time) -> Result<Vec<Value>> {
        if !self.passkeys {
            return Ok(Vec::new());
        }
        let passkeys = user::passkey::of(&self.table, &person.user.id, now).await?;
        let one = |passkey: &Passkey| {
            let used_at = passkey.used_at.map(|at| at.to_string());
            json!({"name": passkey.name, "added_at": passkey.added_at.to_string(), "used_at": used_at})
        };
        Ok(passkeys.iter().map(|(_, passkey)| one(passkey)).collect())
    }

    async fn all_apps(&self, person: &Person, now: Time) -> Result<Vec<Value>> {
        let (mut all, mut cursor) = (Vec::new(), Cursor::default());
        for _ in 0..MOST_PARTS {
            let part = apps::find(&self.table, whose(person), &cursor, now).await?;
            all.extend(part.apps.iter().map(|app| {
                json!({
                    "client_id": app.client_id, "name": app.name, "scope": app.scope, "access": app.access,
                    "since": app.since.to_string(), "renewed_at": app.renewed_at.map(|at| at.to_string()),
                })
            }));
            let Some(next) = part.next else { break };
            cursor = next;
        }
        Ok(all)
    }
}

/// What a sign-in proved of the person, by which rules give roles.
fn proven(proof: &Proof) -> Value {
    let Proof { provider, domain, hd, claims, missed, at } = proof;
    let groups = missed.as_ref().map(|missed| &missed.groups);
    json!({"provider": provider, "at": at.to_string(), "domain": domain, "hd": hd, "claims": claims, "groups_before": groups})
}
