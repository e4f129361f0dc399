//! What is counted of the log: CloudWatch's embedded metric format, in the lines of the trail's events themselves. So a metric costs no
//! call and no further line.

use std::fmt::{self, Debug};

use serde_json::json;
use tracing::{Event, Subscriber, field};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent,
        format::{JsonFields, Writer},
    },
    registry::LookupSpan,
};

use crate::{line, log::TRAIL};

/// JSON lines, of which those that have a field `series` count one in it.
pub(crate) struct Counting {
    /// Where the series are; without one, nothing is counted.
    pub(crate) namespace: Option<String>,
}

/// The namespace of a stack's series, from the name that its template gave this function: `latchkey/<stack>`.
pub(crate) fn namespace(lambda: &str, function: &str) -> Option<String> {
    let stack = lambda.strip_suffix(function)?.strip_suffix('-')?;
    (!stack.is_empty()).then(|| format!("latchkey/{stack}"))
}

impl<S> FormatEvent<S, JsonFields> for Counting
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        line::write_open(context, &mut writer, event)?;
        if let Some(counted) = self.namespace.as_deref().and_then(|namespace| Counted::of(namespace, event)) {
            counted.write(&mut writer)?;
        }
        writer.write_str("}\n")
    }
}

/// What one line counts.
struct Counted<'a> {
    namespace: &'a str,
    series: String,
    /// In epoch seconds.
    at: i64,
}

impl<'a> Counted<'a> {
    fn of(namespace: &'a str, event: &Event<'_>) -> Option<Self> {
        if event.metadata().target() != TRAIL {
            return None;
        }
        let mut seen = Seen::default();
        event.record(&mut seen);
        Some(Self { namespace, series: seen.series?, at: seen.at? })
    }

    /// The members that CloudWatch reads.
    fn write(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let Self { namespace, series, at } = self;
        let metric = json!({"Name": series, "Unit": "Count"});
        let directive = json!({"Namespace": namespace, "Dimensions": [[]], "Metrics": [metric]});
        let about = json!({"Timestamp": at.saturating_mul(1000), "CloudWatchMetrics": [directive]});
        line::member(writer, "_aws", &about)?;
        line::member(writer, series, &1)
    }
}

/// The fields that say what is counted.
#[derive(Default)]
struct Seen {
    series: Option<String>,
    at: Option<i64>,
}

impl field::Visit for Seen {
    fn record_str(&mut self, field: &field::Field, value: &str) {
        if field.name() == "series" {
            self.series = Some(value.to_owned());
        }
    }

    fn record_i64(&mut self, field: &field::Field, value: i64) {
        if field.name() == "at" {
            self.at = Some(value);
        }
    }

    fn record_debug(&mut self, _: &field::Field, _: &dyn Debug) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_in_the_namespace_of_the_stack_whose_template_named_the_function() {
        for (lambda, function, namespace_is) in [
            ("prod-users-login", "users-login", Some("latchkey/prod")),
            ("my-stack-oauth-token", "oauth-token", Some("latchkey/my-stack")),
            ("something-else", "oauth-token", None),
            ("oauth-token", "oauth-token", None),
            ("-oauth-token", "oauth-token", None),
        ] {
            assert_eq!(namespace(lambda, function).as_deref(), namespace_is, "{lambda}");
        }
    }
}
