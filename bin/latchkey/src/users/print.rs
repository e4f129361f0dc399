//! What an operator reads about people.

use std::fmt::Write;

use serde_json::{Value, json};
use session::{Past, Session};
use user::{Entitlement, Status, User};

/// A person as JSON: what the API shows of them, and what only those see who look after them.
pub(super) fn json(user: &User) -> Value {
    let mut shown = serde_json::to_value(user.profile()).unwrap_or_default();
    shown["status"] = json!(status(user));
    shown["revision"] = json!(user.revision());
    let entitlements = user.entitlements.iter();
    let entitlements =
        entitlements.map(|it| json!({"name": it.name, "source": it.source, "order": it.order}));
    shown["entitlements"] = entitlements.collect();
    shown["identities"] = json!(user.identities.len());
    shown
}

fn status(user: &User) -> &'static str {
    match user.status {
        Status::Active => "active",
        Status::Disabled => "disabled",
        Status::Deleted => "deleted",
    }
}

/// Who is told of those who were imported; nothing where nobody is.
pub(super) fn told(receivers: &[String], people: u64, dry_run: bool) -> String {
    match (receivers, people) {
        ([], _) | (_, 0) => String::new(),
        _ if dry_run => format!("Told of each of them would be: {}.\n", receivers.join(", ")),
        _ => format!("Told of each of them: {}.\n", receivers.join(", ")),
    }
}

/// People as a table.
pub(super) fn table(people: &[User]) -> String {
    let head = ["id", "e-mail", "name", "roles", "status"].map(str::to_owned);
    let rows = people.iter().map(|user| {
        let address = user.email.clone().unwrap_or_else(|| "–".to_owned());
        let name = user.name.clone().unwrap_or_else(|| "–".to_owned());
        [user.id.clone(), address, name, roles(user), status(user).to_owned()]
    });
    columns(std::iter::once(head).chain(rows).collect())
}

/// The sessions of somebody whose epoch this is.
pub(super) fn sessions(sessions: &[Past], epoch: u64, as_json: bool) -> String {
    let state = |past: &Past| match past.ended_at {
        _ if past.counts(epoch) => "lives".to_owned(),
        Some(at) => format!("ended {at}"),
        None => "ended".to_owned(),
    };
    if as_json {
        let line = |past: &Past| {
            let Session { id, started_at, auth_time, device, from, .. } = &past.session;
            let ended = past.ended_at.map(|at| at.to_string());
            let times = [started_at, auth_time].map(ToString::to_string);
            json!({
                "id": id, "started_at": times[0], "auth_time": times[1], "device": device, "from": from,
                "lives": past.counts(epoch), "ended_at": ended,
            })
        };
        return sessions.iter().map(|past| format!("{}\n", line(past))).collect();
    }
    let head = ["id", "began", "browser", "from", "state"].map(str::to_owned);
    let rows = sessions.iter().map(|past| {
        let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
        let Session { id, started_at, device, from, .. } = &past.session;
        [id.clone(), started_at.to_string(), known(device), known(from), state(past)]
    });
    columns(std::iter::once(head).chain(rows).collect())
}

/// Rows whose columns are as wide as their widest cell.
fn columns(rows: Vec<[String; 5]>) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..5).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}  "));
        let _ = writeln!(text, "{}", cells.collect::<String>().trim_end());
    }
    text
}

fn roles(user: &User) -> String {
    if user.roles.is_empty() { "–".to_owned() } else { user.roles.join(", ") }
}

/// Each with who gave it.
fn entitlements(user: &User) -> Option<String> {
    let one = |it: &Entitlement| match &it.order {
        Some(order) => format!("{} ({}, {order})", it.name, it.source),
        None => format!("{} ({})", it.name, it.source),
    };
    (!user.entitlements.is_empty()).then(|| user.entitlements.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// Whose word an address rests on (#93).
pub(super) const VOUCHED: &str = "vouched for by a provider that is no authority over it";

/// One person, a line for each thing.
pub(super) fn person(user: &User) -> String {
    let verified = match user.email_verified {
        true if user.owns_address() => "verified",
        true => VOUCHED,
        false => "not verified",
    };
    let address = user.email.as_ref().map(|address| format!("{address} ({verified})"));
    let signed_in = user.last_login_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    let lines = [
        ("id", Some(user.id.clone())),
        ("name", user.name.clone()),
        ("e-mail", address),
        ("roles", Some(roles(user))),
        ("entitlements", entitlements(user)),
        ("status", Some(status(user).to_owned())),
        ("created", Some(user.created_at.to_string())),
        ("last sign-in", Some(signed_in)),
        ("ways to sign in", Some(user.identities.len().to_string())),
    ];
    let mut text = String::new();
    for (name, value) in lines {
        if let Some(value) = value {
            let _ = writeln!(text, "{name:16}{value}");
        }
    }
    text
}
