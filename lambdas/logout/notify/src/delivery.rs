//! A message of the queue, as Lambda delivers it.

use std::time::Duration;

use logout::Message;
use serde_json::Value;

/// For how long a message is put off after each delivery that came to nothing. With the deliveries in the template, the last one
/// comes an hour after the first.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(30), Duration::from_secs(120), Duration::from_secs(600), Duration::from_secs(3000)];

/// One delivery of a message.
pub(crate) struct Delivery<'a> {
    /// How the answer names it.
    pub(crate) id: &'a str,
    /// How the queue knows this delivery.
    pub(crate) receipt: &'a str,
    message: Message,
    /// How often it was delivered, this time counted.
    times: usize,
}

impl<'a> Delivery<'a> {
    /// Reads a record of an event.
    pub(crate) fn read(record: &'a Value) -> Option<Self> {
        let text = |name: &str| record.get(name)?.as_str();
        let times = record.pointer("/attributes/ApproximateReceiveCount")?.as_str()?.parse().ok()?;
        Some(Self {
            id: text("messageId")?,
            receipt: text("receiptHandle")?,
            message: serde_json::from_str(text("body")?).ok()?,
            times,
        })
    }

    /// Which session has ended.
    pub(crate) fn sid(&self) -> &str {
        &self.message.sid
    }

    /// When it is to come again.
    pub(crate) fn pause(&self) -> Duration {
        PAUSES[self.times.saturating_sub(1).min(PAUSES.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(body: &str, times: &str) -> Value {
        json!({"messageId": "m", "receiptHandle": "r", "body": body, "attributes": {"ApproximateReceiveCount": times}})
    }

    #[test]
    fn a_message_is_put_off_longer_each_time() {
        let pause = |times: &str| Delivery::read(&record(r#"{"sid":"s"}"#, times)).unwrap().pause().as_secs();
        assert_eq!(["1", "2", "3", "4", "5", "99"].map(pause), [30, 120, 600, 3000, 3000, 3000]);
        assert!((3600..2 * 3600).contains(&["1", "2", "3", "4"].map(pause).iter().sum::<u64>()));
    }

    #[test]
    fn what_is_no_message_of_ours_is_none() {
        assert_eq!(Delivery::read(&record(r#"{"sid":"s"}"#, "1")).unwrap().sid(), "s");
        for (body, times) in [("", "1"), ("{}", "1"), (r#"{"sid":1}"#, "1"), (r#"{"sid":"s"}"#, "x")] {
            assert!(Delivery::read(&record(body, times)).is_none(), "{body} {times}");
        }
        assert!(Delivery::read(&json!({})).is_none());
    }
}
