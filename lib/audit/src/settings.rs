//! How long the trail is kept.

use std::time::Duration;

use setting::{Env, Group, Setting, SettingError};

use crate::Trail;

setting::declare! {
    AUDIT_DAYS = Setting::new("AUDIT_DAYS", Some("365"), "For how many days events of the trail are kept in the table, and sessions after their end: 1 to 3650.");
}

/// The longest that anything is kept.
pub(crate) const MOST_DAYS: u64 = 3650;

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Trail {
    /// What keeping a trail reads.
    pub const SETTINGS: Group = &[&AUDIT_DAYS];

    /// The trail of the settings.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        Self::parse(&env.text(&AUDIT_DAYS)?)
    }

    /// The same of a value of `AUDIT_DAYS`.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let days = text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
        let wrong = || {
            SettingError::new(format!("AUDIT_DAYS is {text:?}: it must be a number from 1 to {MOST_DAYS}"))
        };
        days.map(Self::of_days).ok_or_else(wrong)
    }

    /// A trail that is kept for so many days.
    pub fn of_days(days: u64) -> Self {
        Self::keeping(DAY.saturating_mul(u32::try_from(days).unwrap_or(u32::MAX)))
    }
}
