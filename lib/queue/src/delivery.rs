//! A message of a queue, as Lambda delivers it.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// One delivery of a message.
#[derive(Debug)]
pub struct Delivery<'a, M> {
    /// How the answer names it.
    pub id: &'a str,
    /// How the queue knows this delivery.
    pub receipt: &'a str,
    /// What was handed over.
    pub message: M,
    /// How often it was delivered, this time counted.
    times: usize,
}

impl<'a, M: DeserializeOwned> Delivery<'a, M> {
    /// Reads a record of an event; nothing, if it is no message of this kind.
    pub fn read(record: &'a Value) -> Option<Self> {
        let text = |name: &str| record.get(name)?.as_str();
        let times = record.pointer("/attributes/ApproximateReceiveCount")?.as_str()?.parse().ok()?;
        Some(Self {
            id: text("messageId")?,
            receipt: text("receiptHandle")?,
            message: serde_json::from_str(text("body")?).ok()?,
            times,
        })
    }

    /// When it is to come again, of the pauses after each delivery.
    pub fn pause(&self, pauses: &[Duration]) -> Duration {
        let last = pauses.len().saturating_sub(1);
        pauses.get(self.times.saturating_sub(1).min(last)).copied().unwrap_or_default()
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
    fn a_message_is_put_off_by_the_pause_of_its_delivery() {
        let pauses = [30, 120, 600].map(Duration::from_secs);
        let pause = |times: &str| Delivery::<u8>::read(&record("1", times)).unwrap().pause(&pauses).as_secs();
        assert_eq!(["1", "2", "3", "4", "99"].map(pause), [30, 120, 600, 600, 600]);
        assert_eq!(Delivery::<u8>::read(&record("1", "0")).unwrap().pause(&[]), Duration::ZERO);
    }

    #[test]
    fn what_is_no_message_of_this_kind_is_none() {
        assert_eq!(Delivery::<u8>::read(&record("1", "1")).unwrap().message, 1);
        for (body, times) in [("", "1"), ("{}", "1"), ("-1", "1"), ("1", "x")] {
            assert!(Delivery::<u8>::read(&record(body, times)).is_none(), "{body} {times}");
        }
        assert!(Delivery::<u8>::read(&json!({})).is_none());
    }
}
