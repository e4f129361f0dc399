//! `latchkey audit`: the trail of the local cloud or of a stack, as lines for people or for programs.

use std::path::Path;

use audit::{Actor, Event, Query, What};
use clap::Args;
use oauth::Time;
use setting::SettingError;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{clients::Place, settings::Values};

/// How many events are read at a time.
const PAGE: u32 = 100;

/// `latchkey audit …`
#[derive(Debug, Args)]
pub struct Trail {
    /// Only what concerns the person with this id
    #[arg(long, value_name = "ID")]
    pub user: Option<String>,
    /// Only this kind of event, such as roles_changed
    #[arg(long, value_name = "KIND", value_parser = what)]
    pub what: Option<What>,
    /// Only since then: 30m, 24h, 7d, a date such as 2026-11-01, or a time in RFC 3339 [default: 400d]
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// One JSON object a line, as it is stored
    #[arg(long)]
    pub json: bool,
    /// Of this stack at AWS [default: of the local cloud]
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
}

fn what(text: &str) -> Result<What, String> {
    What::parse(text).filter(|what| what.is_kept()).ok_or_else(|| {
        let all: Vec<_> = What::ALL.iter().filter(|what| what.is_kept()).map(|what| what.as_str()).collect();
        format!("the trail has no such kind; these are kept: {}", all.join(", "))
    })
}

/// Gives the lines to `print`, the newest first. Only one page is in memory at a time, however long the trail is.
pub async fn run(
    wanted: &Trail,
    values: &Values,
    home: &Path,
    now: Time,
    mut print: impl FnMut(&str) -> Result<(), SettingError>,
) -> Result<(), SettingError> {
    let since = wanted.since.as_deref().map(|text| since(text, now)).transpose()?;
    let place = Place::open(wanted.stack.as_deref(), values, home).await?;
    let query = Query { of: wanted.user.as_deref(), what: wanted.what, since };
    let (mut before, mut left) = (None::<String>, wanted.limit.unwrap_or(u64::MAX));
    while left > 0 {
        let part = PAGE.min(u32::try_from(left).unwrap_or(PAGE));
        let page = audit::list(&place.table, &query, part, before.as_deref(), now).await;
        let page = page.map_err(|error| SettingError::new(oauth::causes(&error)))?;
        left -= page.events.len() as u64;
        for event in &page.events {
            print(&if wanted.json { as_json(event)? } else { line(event) })?;
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    Ok(())
}

/// The beginning that somebody names.
pub(crate) fn since(text: &str, now: Time) -> Result<Time, SettingError> {
    let wrong = || {
        SettingError::new(format!(
            "{text:?} is no time: write 30m, 24h, 7d, a date such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z"
        ))
    };
    let unit = |unit: char| match unit {
        'm' => Some(60),
        'h' => Some(3600),
        'd' => Some(24 * 3600),
        _ => None,
    };
    let ago = text.chars().last().and_then(unit).and_then(|seconds: i64| {
        let number: i64 = text.get(..text.len() - 1)?.parse().ok().filter(|number| *number >= 0)?;
        Some(Time::from_epoch(now.epoch().checked_sub(number.checked_mul(seconds)?)?))
    });
    if let Some(time) = ago {
        return Ok(time);
    }
    let day = OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339);
    let at = day.or_else(|_| OffsetDateTime::parse(text, &Rfc3339)).ok();
    at.map(|at| Time::from_epoch(at.unix_timestamp())).ok_or_else(wrong)
}

fn as_json(event: &Event) -> Result<String, SettingError> {
    let text = serde_json::to_string(event).map_err(|error| SettingError::new(error.to_string()))?;
    Ok(format!("{text}\n"))
}

/// An event in one line: when, what, how it ended if not well, by whom, about whom, by which client, from where, and more.
pub(crate) fn line(event: &Event) -> String {
    let actor = match event.actor.id() {
        Some(id) => format!("by {} {id}", event.actor.kind()),
        None => format!("by {}", event.actor.kind()),
    };
    let is_other = event.whom.as_deref() != event.actor.id() || !matches!(event.actor, Actor::Person(_));
    let whom = event.whom.as_ref().filter(|_| is_other).map(|id| format!("about {id}"));
    let outcome = (event.outcome != audit::Outcome::Ok)
        .then(|| format!("{} {}", event.outcome.as_str(), event.reason.as_deref().unwrap_or_default()));
    let parts = [
        Some(event.at.to_string()),
        Some(format!("{:<22}", event.what.as_str())),
        outcome.map(|outcome| outcome.trim_end().to_owned()),
        Some(actor),
        whom,
        event.client.as_ref().map(|id| format!("client {id}")),
        event.from.as_ref().map(|from| format!("from {from}")),
        event.detail.line(),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    format!("{}\n", parts.join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_an_age_a_date_or_a_time() {
        let now = Time::from_epoch(1_700_000_000);
        for (text, seconds) in [
            ("0m", 1_700_000_000),
            ("30m", 1_699_998_200),
            ("24h", 1_699_913_600),
            ("7d", 1_699_395_200),
            ("2023-11-01", 1_698_796_800),
            ("2023-11-14T22:13:20Z", 1_700_000_000),
            ("2023-11-14T23:13:20+01:00", 1_700_000_000),
        ] {
            assert_eq!(since(text, now).unwrap().epoch(), seconds, "{text}");
        }
        for text in ["", "d", "-1d", "7w", "7", "é", "yesterday", "2023-13-01", "99999999999999999999d"] {
            assert!(since(text, now).is_err(), "{text}");
        }
    }
}
