//! Time as a value.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A moment in whole seconds since the Unix epoch (RFC 7519 calls it NumericDate); `Display` writes RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// The moment that many seconds after the Unix epoch.
    pub const fn from_epoch(seconds: i64) -> Self {
        Self(seconds)
    }

    /// A NumericDate as others write it (RFC 7519 §2): a number that may have a fraction, which is dropped, or an exponent.
    /// Nothing if it is before 1970, or too large for a fraction to mean anything.
    pub fn from_numeric_date(value: &Value) -> Option<Self> {
        /// The first number behind which a double has lost its ones.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let number = value.as_number()?;
        if let Some(seconds) = number.as_i64() {
            return (seconds >= 0).then_some(Self(seconds));
        }
        let seconds = number.as_f64()?;
        (1.0..EXACT).contains(&seconds).then_some(Self(seconds as i64))
    }

    /// A moment as RFC 3339 writes it, in any offset; a part of a second is dropped.
    pub fn parse(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339).ok().map(|moment| Self(moment.unix_timestamp()))
    }

    /// Seconds since the Unix epoch.
    pub const fn epoch(self) -> i64 {
        self.0
    }

    /// The moment `duration` later; whole seconds count.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; nothing if it is still to come.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl From<Time> for i64 {
    fn from(time: Time) -> Self {
        time.0
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp(self.0).ok().and_then(|t| t.format(&Rfc3339).ok());
        f.write_str(text.as_deref().unwrap_or("beyond the calendar"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_rfc_3339() {
        assert_eq!(Time::from_epoch(1_700_000_000).to_string(), "2023-11-14T22:13:20Z");
        assert_eq!(Time::from_epoch(i64::MAX).to_string(), "beyond the calendar");
    }

    #[test]
    fn a_numeric_date_may_have_a_fraction() {
        let read =
            |text: &str| Time::from_numeric_date(&serde_json::from_str(text).unwrap()).map(Time::epoch);
        for (text, seconds) in [
            ("0", 0),
            ("1", 1),
            ("1800000000", 1_800_000_000),
            ("1800000000.999999", 1_800_000_000),
            ("1800000000.0", 1_800_000_000),
            ("1.8e9", 1_800_000_000),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(read(text), Some(seconds), "{text}");
        }
        for bad in [
            "-1",
            "-0.5",
            "0.5",
            "-1.8e9",
            "1e16",
            "1e300",
            "18446744073709551615",
            "\"1800000000\"",
            "null",
            "true",
            "[1800000000]",
            "{}",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Time::from_epoch(i64::MAX).after(Duration::from_secs(1)), Time::from_epoch(i64::MAX));
        assert_eq!(Time::from_epoch(5).since(Time::from_epoch(9)), Duration::ZERO);
    }
}
