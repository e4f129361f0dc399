//! One line of the log as JSON: what `tracing_subscriber` prints of an event, in the same order. Its own formatter reads the fields of the
//! span again from their JSON, twice for each line; here they are copied as they are, which is most of what a line costs.

use std::{
    fmt::{self, Debug},
    io,
};

use serde::Serialize;
use tracing::{Event, Subscriber, field};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormattedFields,
        format::{JsonFields, Writer},
        time::{FormatTime, SystemTime},
    },
    registry::{LookupSpan, SpanRef},
};

/// Writes the line of an event without its end, so that more members can follow.
pub(crate) fn write_open<S>(
    context: &FmtContext<'_, S, JsonFields>,
    writer: &mut Writer<'_>,
    event: &Event<'_>,
) -> fmt::Result
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    writer.write_str("{\"timestamp\":\"")?;
    SystemTime.format_time(writer)?;
    write!(writer, "\",\"level\":\"{}\"", event.metadata().level())?;
    let mut members = Members { writer, written: Ok(()) };
    event.record(&mut members);
    members.written?;
    member(writer, "target", event.metadata().target())?;
    let parent = event.parent().and_then(|id| context.span(id));
    let Some(span) = parent.or_else(|| context.lookup_current()) else { return Ok(()) };
    writer.write_str(",\"span\":")?;
    write_span(writer, &span)?;
    writer.write_str(",\"spans\":[")?;
    let spans = context.lookup_current().into_iter().flat_map(|leaf| leaf.scope().from_root());
    for (at, span) in spans.enumerate() {
        writer.write_str(if at == 0 { "" } else { "," })?;
        write_span(writer, &span)?;
    }
    writer.write_str("]")
}

/// The fields of a span, which are JSON already, and its name.
fn write_span<S>(writer: &mut Writer<'_>, span: &SpanRef<'_, S>) -> fmt::Result
where
    S: for<'a> LookupSpan<'a>,
{
    let extensions = span.extensions();
    let fields = extensions.get::<FormattedFields<JsonFields>>().ok_or(fmt::Error)?;
    let fields = fields.fields.strip_prefix('{').and_then(|fields| fields.strip_suffix('}'));
    let fields = fields.ok_or(fmt::Error)?;
    writer.write_str("{")?;
    writer.write_str(fields)?;
    writer.write_str(if fields.is_empty() { "\"name\":" } else { ",\"name\":" })?;
    json(writer, span.name())?;
    writer.write_str("}")
}

/// Writes a member after others.
pub(crate) fn member<T: Serialize + ?Sized>(writer: &mut Writer<'_>, name: &str, value: &T) -> fmt::Result {
    writer.write_str(",")?;
    json(writer, name)?;
    writer.write_str(":")?;
    json(writer, value)
}

fn json<T: Serialize + ?Sized>(writer: &mut Writer<'_>, value: &T) -> fmt::Result {
    serde_json::to_writer(Bytes(writer), value).map_err(|_| fmt::Error)
}

/// Takes JSON as bytes, each piece of which is text.
struct Bytes<'a, 'w>(&'a mut Writer<'w>);

impl io::Write for Bytes<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_str(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The fields of an event, as members of the line.
struct Members<'a, 'w> {
    writer: &'a mut Writer<'w>,
    written: fmt::Result,
}

impl Members<'_, '_> {
    fn add<T: Serialize + ?Sized>(&mut self, field: &field::Field, value: &T) {
        if self.written.is_ok() {
            self.written = member(self.writer, field.name(), value);
        }
    }
}

impl field::Visit for Members<'_, '_> {
    fn record_bool(&mut self, field: &field::Field, value: bool) {
        self.add(field, &value);
    }

    fn record_i64(&mut self, field: &field::Field, value: i64) {
        self.add(field, &value);
    }

    fn record_u64(&mut self, field: &field::Field, value: u64) {
        self.add(field, &value);
    }

    fn record_f64(&mut self, field: &field::Field, value: f64) {
        self.add(field, &value);
    }

    fn record_str(&mut self, field: &field::Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &field::Field, value: &dyn Debug) {
        self.add(field, &format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use serde_json::Value;
    use tracing::{Event, Subscriber};
    use tracing_subscriber::{
        Registry,
        fmt::{FormatEvent, MakeWriter},
        layer::SubscriberExt,
    };

    use super::*;

    /// Lines that are kept.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Kept {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    struct Ours;

    impl<S: Subscriber + for<'a> LookupSpan<'a>> FormatEvent<S, JsonFields> for Ours {
        fn format_event(
            &self,
            context: &FmtContext<'_, S, JsonFields>,
            mut writer: Writer<'_>,
            event: &Event<'_>,
        ) -> fmt::Result {
            write_open(context, &mut writer, event)?;
            writeln!(writer, "}}")
        }
    }

    #[test]
    fn a_line_is_the_one_that_the_library_prints() {
        let (ours, theirs) = (Kept::default(), Kept::default());
        let (library, line) = (tracing_subscriber::fmt::layer(), tracing_subscriber::fmt::layer());
        let library = library.json().flatten_event(true).with_writer(theirs.clone());
        let line = line.json().with_writer(ours.clone()).map_event_format(|_| Ours);
        let both = Registry::default().with(library).with(line);
        tracing::subscriber::with_default(both, || {
            tracing::info!("nothing around it");
            let outer =
                tracing::error_span!("outer", id = "a\"b\\c\n\u{1}é😀", count = 7, empty = field::Empty);
            outer.in_scope(|| {
                let error = io::Error::other("what \"went\" wrong\n");
                let cause: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(status = 200_u16, cause, place = %"a/b", debug = ?Some("x"), "two\nlines");
                outer.record("empty", true);
                tracing::error_span!("inner \"name\"").in_scope(|| {
                    tracing::error!(yes = true, less = -1, half = 0.5, large = u64::MAX, huge = i128::MIN);
                    tracing::info!(parent: &outer, message = "by {name}", name = "canary\u{2028}");
                });
            });
        });
        let lines = |kept: &Kept| {
            let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
            // The moment is not the same.
            let rest = |line: &str| {
                let (moment, rest) = line.split_at("{\"timestamp\":\"2026-01-01T00:00:00.000000Z\"".len());
                assert!(moment.starts_with("{\"timestamp\":\"20") && moment.ends_with("Z\""), "{line}");
                serde_json::from_str::<Value>(line).unwrap();
                rest.to_owned()
            };
            text.lines().map(rest).collect::<Vec<_>>()
        };
        assert_eq!(lines(&ours), lines(&theirs));
        assert_eq!(lines(&ours).len(), 4);
    }
}
