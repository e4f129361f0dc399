//! The log: one line per event, with a request id, and never a secret.
//!
//! Only our own crates are listened to. The libraries beneath print whole requests at their more talkative levels, with
//! tokens and codes in them (#103).

use std::{collections::BTreeSet, io, panic};

use setting::SettingError;
use tracing::{Metadata, Span, Subscriber, level_filters::LevelFilter, subscriber::set_global_default};
use tracing_subscriber::{
    Layer, Registry,
    filter::{FilterFn, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt,
};

use crate::metrics::Counting;

/// The message of the line that is written when a request is refused. The template's alarm counts them.
pub const REFUSED: &str = "refused";

/// The target of the lines that are events of the trail.
pub(crate) const TRAIL: &str = "audit";

/// Whether this is a level.
pub fn check_level(level: &str) -> Result<(), SettingError> {
    ours(level, &[]).map(drop)
}

/// Logs JSON lines of a function to standard output, where Lambda takes them. With a namespace, CloudWatch counts in them.
pub fn to_stdout(level: &str, function: &str, namespace: Option<String>) -> Result<(), SettingError> {
    let lines = tracing_subscriber::fmt::layer().json().with_writer(io::stdout);
    let lines = lines.map_event_format(|_| Counting { namespace });
    install(Registry::default().with(lines.with_filter(ours(level, &[function])?)));
    Ok(())
}

/// Logs lines of these functions for a person to standard error.
pub fn to_stderr(level: &str, functions: &[&str]) -> Result<(), SettingError> {
    let lines = tracing_subscriber::fmt::layer().compact().with_target(false).with_writer(io::stderr);
    install(Registry::default().with(lines.with_filter(ours(level, functions)?)));
    Ok(())
}

/// Logs JSON lines of these functions to a writer, for tests that look for secrets in them.
pub fn to_writer<W>(level: &str, functions: &[&str], writer: W) -> Result<(), SettingError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().json().with_writer(writer);
    let lines = lines.map_event_format(|_| Counting { namespace: Some("latchkey/test".to_owned()) });
    install(Registry::default().with(lines.with_filter(ours(level, functions)?)));
    Ok(())
}

/// The first one to install itself stays: a second one in the same process is a test's.
fn install(subscriber: impl Subscriber + Send + Sync) {
    if set_global_default(subscriber).is_ok() {
        log_panics();
    }
}

/// A panic's message may quote what the code stumbled over: a piece of a token, or lines of a stranger's making. Within a
/// request its place is logged and nothing else (#103); elsewhere, as at startup, it is printed as usual.
fn log_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| match panic.location() {
        Some(place) if !Span::current().is_none() => tracing::error!(%place, "panicked"),
        _ => usual(panic),
    }));
}

/// Our libraries: what the log listens to beside the functions. Anyone who else has something to say must call it an error. This is
/// the one list of what is ours; a test compares it with the workspace.
pub const LIBRARIES: &[&str] = &[
    "audit",
    "authenticate",
    "authorization",
    "aws",
    "client",
    "credential",
    "device",
    "entrance",
    "factor",
    "fetch",
    "grant",
    "jose",
    "latchkey",
    "logout",
    "mail",
    "oauth",
    "person",
    "provider",
    "queue",
    "revocation",
    "seal",
    "session",
    "setting",
    "store",
    "token",
    "trust",
    "user",
    "vault",
    "web",
    "webhook",
    "notice",
];

/// What is let through. A crate is ours by its whole name: `aws` is, and `aws_config` is not.
fn ours(
    level: &str,
    functions: &[&str],
) -> Result<FilterFn<impl Fn(&Metadata<'_>) -> bool + use<>>, SettingError> {
    let level: LevelFilter = match level {
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" => LevelFilter::TRACE,
        _ => {
            return Err(SettingError::new(format!(
                "LOG is {level:?}: it must be error, warn, info, debug or trace"
            )));
        }
    };
    let crates = functions.iter().map(|name| name.replace('-', "_"));
    let crates: BTreeSet<_> = crates.chain(LIBRARIES.iter().map(|&name| name.to_owned())).collect();
    let may_pass = move |line: &Metadata<'_>| {
        let of = line.target().split("::").next().unwrap_or_default();
        // Events of the trail are not talk: they are there however little is to be logged.
        let heard = if of == TRAIL { level.max(LevelFilter::INFO) } else { level };
        *line.level() <= if crates.contains(of) { heard } else { LevelFilter::ERROR }
    };
    Ok(filter_fn(may_pass).with_max_level_hint(level.max(LevelFilter::INFO)))
}
