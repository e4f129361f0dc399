//! Events from a file: what `latchkey audit --json` printed, or lines of the log, as CloudWatch hands them out.

use audit::Event;
use serde_json::{Deserializer, Value};

/// How many words may stand before the line of a log: a time, and the names of its group and stream.
const MOST_BEFORE: usize = 3;

/// What is in a file.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) events: Vec<Event>,
    /// The numbers of lines with an event that is unknown here.
    pub(super) unreadable: Vec<usize>,
}

impl Read {
    fn take(&mut self, value: &Value, line: usize) {
        match Event::read(value) {
            audit::Read::Event(event) => self.events.push(*event),
            audit::Read::Unreadable => self.unreadable.push(line),
            audit::Read::Other => self.within(value, line),
        }
    }

    /// The AWS CLI puts lines of a log into answers of its own: a list of texts, or objects whose `message` is the text. In a line of the
    /// log itself, a `message` is a message: nothing that somebody made us write there is taken for an event.
    fn within(&mut self, value: &Value, line: usize) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.take(item, line)),
            Value::String(text) => self.line(text, line),
            Value::Object(members) if !members.contains_key("target") => {
                for name in ["events", "message", "@message"] {
                    let inner = members.get(name).filter(|inner| inner.is_array() || inner.is_string());
                    inner.into_iter().for_each(|inner| self.within(inner, line));
                }
            }
            _ => {}
        }
    }

    /// All objects of a line, whatever stands before them, such as a time.
    fn line(&mut self, text: &str, line: usize) {
        let Some(start) =
            text.find('{').filter(|start| text[..*start].split_whitespace().count() <= MOST_BEFORE)
        else {
            return;
        };
        let values = Deserializer::from_str(&text[start..]).into_iter::<Value>();
        for value in values.map_while(Result::ok) {
            self.take(&value, line);
        }
    }
}

/// The events of a file; anything else in it is passed over.
pub(super) fn events(text: &str) -> Read {
    let mut read = Read::default();
    match serde_json::from_str::<Value>(text) {
        Ok(value) => read.take(&value, 1),
        Err(_) => text.lines().enumerate().for_each(|(at, text)| read.line(text, at + 1)),
    }
    read
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LINE: &str = r#"{"target":"audit","event":"018bcfe5-687b-7000-8000-000000000000","what":"person_deleted","outcome":"ok","actor":"person","actor_id":"ann","whom":"bob","at":1700000000}"#;
    const STORED: &str = r#"{"id":"018bcfe5-687b-7000-8000-000000000001","what":"person_disabled","at":1700000000,"actor":{"kind":"operator","id":"local"},"whom":"cid","outcome":"ok","detail":{}}"#;

    #[test]
    fn events_are_found_in_whatever_the_log_is_printed() {
        let other = r#"{"target":"web","message":"{ no object"}"#;
        let aws = json!({"events": [{"message": format!("{LINE}\n")}, {"message": STORED}, {"message": "START RequestId: 1"}]});
        for (name, text) in [
            ("lines", format!("{LINE}\n{other}\n\nSTART RequestId: 1\n{STORED}\n")),
            ("behind a time", format!("2026-11-30T01:00:00+00:00 2026/stream {LINE}\n2026-11-30 {STORED}")),
            ("in one line, between tabs", format!("{LINE}\t{STORED}\n")),
            ("filter-log-events", aws.to_string()),
            ("the same, printed for people", serde_json::to_string_pretty(&aws).unwrap()),
            ("a list of texts", json!([LINE, other, STORED]).to_string()),
        ] {
            let read = events(&text);
            let whom: Vec<_> = read.events.iter().filter_map(|event| event.whom.as_deref()).collect();
            assert_eq!((whom, read.unreadable), (vec!["bob", "cid"], vec![]), "{name}");
        }
    }

    #[test]
    fn what_only_quotes_an_event_is_none() {
        for text in [
            json!({"target": "web", "message": LINE}).to_string(),
            json!({"target": "web", "message": "failed", "cause": LINE}).to_string(),
            json!([json!({"target": "web", "message": LINE}).to_string()]).to_string(),
            format!("the provider has said this: {LINE}"),
        ] {
            assert!(events(&text).events.is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_unknown_here_is_named_by_its_line() {
        let text = format!(
            "{LINE}\n{}\n{}\n",
            LINE.replace("person_deleted", "of_tomorrow"),
            STORED.replace("\"ok\"", "7")
        );
        let read = events(&text);
        assert_eq!((read.events.len(), read.unreadable), (1, vec![2, 3]));
        for empty in ["", "{}", "[]", "null", "nonsense", "{", "{\"events\": 1}"] {
            assert!(events(empty).events.is_empty(), "{empty}");
        }
    }
}
