//! The authorizer beside that of others, and beside itself with revocation.

use std::fmt::Write;

use crate::{
    budget::network,
    cost::{Prices, units},
    measure::{Findings, median, percentile},
    peer::Peer,
    report::{FIGURES, Results, figures, head, milliseconds, named, row},
    subject::{
        AUTHORIZER, AWS_JWT_VERIFY, AWS_JWT_VERIFY_FETCHING, EMPTY, NODE_EMPTY, NOT_REMEMBERED, REMEMBERED,
        VERIFY,
    },
};

/// The table of the authorizer beside npm `aws-jwt-verify`.
pub fn peers(results: &Results<'_>) -> String {
    let Some(peer) = results.peer else {
        return "**Left out**: there was no Node to run the other one.\n".to_owned();
    };
    let mut text = format!(
        "Node {}, `aws-jwt-verify` {}; everything took turns in one run:\n\n",
        peer.node_version,
        Peer::library_version()
    );
    head(&mut text, &[&FIGURES[..], &["calls over the network, cold"]].concat());
    for name in [EMPTY, NODE_EMPTY, VERIFY, AUTHORIZER, AWS_JWT_VERIFY, AWS_JWT_VERIFY_FETCHING] {
        let (subject, found) = results.find(name).unwrap();
        let numbers = figures(found).map(|(value, digits)| format!("{value:.digits$}"));
        row(&mut text, [subject.label()].into_iter().chain(numbers).chain([network(found).to_string()]));
    }
    let (ours, theirs) = (figures(results.of(AUTHORIZER)), figures(results.of(AWS_JWT_VERIFY)));
    let ratios = ours.iter().zip(theirs).map(|((ours, _), (theirs, _))| format!("{:.2}", theirs / ours));
    row(&mut text, ["theirs with keys ÷ ours".to_owned()].into_iter().chain(ratios).chain(["–".to_owned()]));
    text
}

/// The table of what `REVOCATION` costs.
pub fn revocation(results: &Results<'_>) -> String {
    let mut text = String::new();
    let columns = [
        "a warm answer asks",
        "read units",
        "DynamoDB, $ a million",
        "CPU warm, µs",
        "warm p50, ms",
        "warm p99, ms",
        "the first one asks",
        "CPU to first answer, ms",
        "first answer, ms",
        "peak memory, MB",
    ];
    head(&mut text, &columns);
    let prices = Prices::read();
    for (label, name) in [("`off`", AUTHORIZER), (REMEMBERED, REMEMBERED), (NOT_REMEMBERED, NOT_REMEMBERED)] {
        variation(&mut text, label, results.of(name), &prices);
    }
    text
}

fn variation(text: &mut String, label: &str, found: &Findings, prices: &Prices) {
    let calls = found.calls();
    let _ = writeln!(
        text,
        "| {label} | {} | {} | {:.2} | {} | {} | {} | {} | {} | {} | {:.1} |",
        named(&calls),
        units(&calls).0,
        prices.million_calls(&calls),
        median(&found.warm_cpu).as_micros(),
        milliseconds(median(&found.warm)),
        milliseconds(percentile(&found.warm, 99)),
        named(&found.cold_calls),
        milliseconds(median(&found.cold_cpu)),
        milliseconds(median(&found.first)),
        found.peak_memory as f64 / 1e6,
    );
}
