//! The ids of events, which are in the order of time, and the lists by month that follow from them.

use aws_lc_rs::rand;
use oauth::Time;
use uuid::{Builder, Uuid};

/// A fresh UUIDv7 (RFC 9562 §5.7): ids are in the order of time, to the second.
pub(crate) fn fresh(at: Time) -> String {
    let mut bytes = [0; 10];
    rand::fill(&mut bytes).expect("the system's random generator works");
    of(at, &bytes)
}

/// The lowest id of a moment: every event since then has a higher one.
pub(crate) fn lowest(at: Time) -> String {
    of(at, &[0; 10])
}

fn of(at: Time, bytes: &[u8; 10]) -> String {
    let millis = u64::try_from(at.epoch()).unwrap_or(0).saturating_mul(1000);
    Builder::from_unix_timestamp_millis(millis, bytes).into_uuid().to_string()
}

/// When an event with this id happened; nothing if it is no id of an event.
pub(crate) fn time(id: &str) -> Option<Time> {
    let id = Uuid::parse_str(id).ok().filter(|id| id.get_version_num() == 7)?;
    let (seconds, _) = id.get_timestamp()?.to_unix();
    i64::try_from(seconds).ok().map(Time::from_epoch)
}

/// A month of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(i32);

impl Month {
    pub(crate) fn of(at: Time) -> Self {
        let text = at.to_string();
        let number = |range| text.get(range).and_then(|digits: &str| digits.parse::<i32>().ok());
        Self(number(0..4).unwrap_or(1970) * 12 + number(5..7).unwrap_or(1) - 1)
    }

    pub(crate) fn before(self) -> Self {
        Self(self.0 - 1)
    }

    /// Its first moment (the days of the Gregorian calendar, in years that begin in March).
    pub(crate) fn start(self) -> Time {
        let (year, month) = (i64::from(self.0 / 12), i64::from(self.0 % 12));
        let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 - 719_468;
        Time::from_epoch(days * 24 * 3600)
    }

    /// The name of the list of those of its events that are there only to be told.
    pub(crate) fn told(self) -> String {
        format!("{}/told", self.list())
    }

    /// The name of the list of its events.
    pub(crate) fn list(self) -> String {
        format!("AUDIT/{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_time_and_say_when() {
        let at = |s| Time::from_epoch(1_700_000_000 + s);
        let ids: Vec<_> = (0..1000).map(|s| fresh(at(s))).collect();
        assert!(ids.is_sorted());
        for (s, id) in ids.iter().enumerate() {
            assert_eq!(time(id), Some(at(s as i64)));
            assert!(lowest(at(s as i64)) <= *id && *id < lowest(at(s as i64 + 1)));
        }
        let now = at(0);
        assert_eq!((0..1000).map(|_| fresh(now)).collect::<std::collections::HashSet<_>>().len(), 1000);
        for other in ["", "x", "../..", "00000000-0000-4000-8000-000000000000"] {
            assert_eq!(time(other), None, "{other}");
        }
    }

    #[test]
    fn months_follow_one_another() {
        let december = Month::of(Time::from_epoch(1_735_689_599));
        let january = Month::of(Time::from_epoch(1_735_689_600));
        assert_eq!((december.list().as_str(), january.list().as_str()), ("AUDIT/2024-12", "AUDIT/2025-01"));
        assert_eq!(january.before(), december);
        assert_eq!(january.start().to_string(), "2025-01-01T00:00:00Z");
        let mut month = Month::of(Time::from_epoch(4_000_000_000));
        while month > Month::of(Time::from_epoch(0)) {
            let start = month.start();
            let before = Time::from_epoch(start.epoch() - 1);
            assert_eq!((Month::of(start), Month::of(before)), (month, month.before()), "{start}");
            month = month.before();
        }
    }
}
