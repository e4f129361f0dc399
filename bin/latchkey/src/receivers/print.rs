//! What an operator reads.

use notice::{Kind, Notice, Receiver};
use oauth::Secret;

/// A secret, which is never printed again.
pub(super) fn secret(secret: &Secret) -> String {
    format!("# Shown this once: it is stored sealed.\nWEBHOOK_SECRET={}\n", secret.expose())
}

fn kinds(receiver: &Receiver) -> String {
    receiver.kinds.iter().map(|kind| Kind::as_str(*kind)).collect::<Vec<_>>().join(" ")
}

fn state(receiver: &Receiver) -> &'static str {
    if receiver.disabled { "disabled" } else { "enabled" }
}

/// All, a line each.
pub(super) fn list(receivers: &[Receiver]) -> String {
    let width = receivers.iter().map(|receiver| receiver.name.len()).max().unwrap_or_default();
    let line = |receiver: &Receiver| {
        format!("{:width$}  {:8}  {}  {}\n", receiver.name, state(receiver), receiver.url, kinds(receiver))
    };
    receivers.iter().map(line).collect()
}

/// One, and how much is due for it.
pub(super) fn one(receiver: &Receiver, due: usize) -> String {
    let lines = [
        ("name", receiver.name.clone()),
        ("url", receiver.url.clone()),
        ("told of", kinds(receiver)),
        ("status", state(receiver).to_owned()),
        ("since", receiver.created_at.to_string()),
        ("secrets", receiver.secrets.len().to_string()),
        ("due now", due.to_string()),
    ];
    lines.iter().map(|(name, value)| format!("{name:10}{value}\n")).collect()
}

/// What could not be told, a line each.
pub(super) fn failed(all: &[Notice]) -> String {
    let line = |notice: &Notice| {
        let why = notice.why.as_deref().unwrap_or_default();
        format!(
            "{}  {}  {}  {} attempts: {why}\n",
            notice.created_at,
            notice.id(),
            notice.kind.as_str(),
            notice.attempts
        )
    };
    all.iter().map(line).collect()
}
