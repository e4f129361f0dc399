//! Addresses that get no more mails: where one came back for good, or somebody said that they did not want it. Whoever goes on
//! sending there loses their leave to send at all.

use std::time::Duration;

use mail::Address;
use oauth::{Digest, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use setting::{Action, Permission, Permissions};
use store::{Error, Record, Table};

/// For how long: a mailbox may be made, and an address may be somebody else's some day.
const KEPT: Duration = Duration::from_secs(365 * 24 * 3600);

/// What [`is_stopped`] does with the table.
pub(crate) const IS_STOPPED: Permissions = Permissions::new(&[Permission::on(Stopped::KIND, &[Action::Get])]);
/// What [`stop`] does with the table.
pub(crate) const STOP: Permissions = Permissions::new(&[Permission::on(Stopped::KIND, &[Action::Put])]);

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Why {
    /// There is no such mailbox.
    Bounce,
    /// Its owner did not want it.
    Complaint,
}

impl Why {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Complaint => "complaint",
        }
    }
}

/// The row of an address: `MAILSTOP#<digest of it>`.
#[derive(Debug, Serialize, Deserialize)]
struct Stopped {
    why: Why,
    until: Time,
}

impl Record for Stopped {
    const KIND: &'static str = "MAILSTOP";

    fn expires_at(&self) -> Option<i64> {
        Some(self.until.epoch())
    }
}

/// Whatever its case: two mailboxes that differ in that alone are rare, and SES does not say how it was written.
fn key(address: &Address) -> Digest {
    Digest::of_parts(&["mail", &address.as_str().to_ascii_lowercase()])
}

/// Whether an address gets no mails.
///
/// One GetItem.
pub(crate) async fn is_stopped(table: &Table, address: &Address, now: Time) -> Result<bool, Error> {
    table.has::<Stopped>(key(address).as_str(), now).await
}

/// Lets an address get no more mails.
///
/// One PutItem.
pub(crate) async fn stop(table: &Table, address: &Address, why: Why, now: Time) -> Result<(), Error> {
    let row = Stopped { why, until: now.after(KEPT) };
    table.create(key(address).as_str(), &row, now).await.map(drop)
}

/// Lets an address get mails again, whose mailbox is there after all. `false`: none were stopped.
///
/// One UpdateItem.
pub async fn allow(table: &Table, address: &Address, now: Time) -> Result<bool, Error> {
    Ok(table.take::<Stopped>(key(address).as_str(), now).await?.is_some())
}

/// The addresses in an event of SES (as EventBridge has it) that get no more. A mailbox that is full, or a server that does not answer,
/// is no reason.
pub(crate) fn read(event: &Value) -> Vec<(Address, Why)> {
    let is = |path: &str, value: &str| event.pointer(path).and_then(Value::as_str) == Some(value);
    let (list, why) = if is("/detail/eventType", "Bounce") && is("/detail/bounce/bounceType", "Permanent") {
        ("/detail/bounce/bouncedRecipients", Why::Bounce)
    } else if is("/detail/eventType", "Complaint")
        && !is("/detail/complaint/complaintFeedbackType", "not-spam")
    {
        ("/detail/complaint/complainedRecipients", Why::Complaint)
    } else {
        return Vec::new();
    };
    let all = event.pointer(list).and_then(Value::as_array).into_iter().flatten();
    let addresses = all.filter_map(|one| Address::parse(one.get("emailAddress")?.as_str()?));
    addresses.map(|address| (address, why)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bounce(kind: &str) -> Value {
        let recipients =
            json!([{"emailAddress": "ada@example.com", "status": "5.1.1"}, {"emailAddress": "?"}]);
        json!({"detail": {"eventType": "Bounce", "bounce": {"bounceType": kind, "bouncedRecipients": recipients}}})
    }

    fn complaint(kind: &str) -> Value {
        let complaint = json!({"complaintFeedbackType": kind, "complainedRecipients": [{"emailAddress": "ada@example.com"}]});
        json!({"detail": {"eventType": "Complaint", "complaint": complaint}})
    }

    #[test]
    fn only_what_is_for_good_or_not_wanted_stops_mails() {
        let ada = Address::parse("ada@example.com").unwrap();
        assert_eq!(read(&bounce("Permanent")), [(ada.clone(), Why::Bounce)]);
        assert_eq!(read(&complaint("abuse")), [(ada, Why::Complaint)]);
        for other in [bounce("Transient"), bounce("Undetermined"), complaint("not-spam"), json!({}), json!(5)]
        {
            assert_eq!(read(&other), [], "{other}");
        }
    }

    #[test]
    fn an_address_is_one_in_every_case() {
        let key = |text: &str| key(&Address::parse(text).unwrap());
        assert_eq!(key("Ada@Example.com"), key("ada@example.com"));
        assert_ne!(key("ada@example.com"), key("adb@example.com"));
    }
}
