//! The budgets: exact counts, and ratios to a floor of the same run.

use std::{fmt::Write, time::Duration};

use crate::{
    aws::Calls,
    cost::secrets,
    measure::{Findings, median},
    report::{Results, milliseconds, table_calls},
    subject::{AUTHORIZER, CALLS, EMPTY, Kind, NOT_REMEMBERED, REMEMBERED, VERIFY},
};

/// The warm CPU time of a throwaway authorizer on the machine that the budget of 60 µs was made on.
const VERIFY_THERE: f64 = 38.0;
const VERIFY_BUDGET: f64 = 60.0;

/// Adds a table with a mark for each budget.
pub fn table(text: &mut String, results: &Results<'_>) {
    text.push_str("| budget | allowed | found | |\n|---|---:|---:|---|\n");
    let mut row = |what: &str, allowed: String, found: String, met: bool| {
        let mark = if met { "met" } else { "**missed**" };
        let _ = writeln!(text, "| {what} | {allowed} | {found} | {mark} |");
    };
    authorizer(&mut row, results);
    revocation(&mut row, results);
    login(&mut row, results);
    let (calls, writes) = table_calls(&results.of("users-index").calls());
    row(
        "`users-index`: DynamoDB calls for a page",
        "2".into(),
        (calls + writes).to_string(),
        calls + writes <= 2,
    );
    let functions = || results.iter().filter(|(subject, _)| subject.kind == Kind::Function);
    let zip = functions().map(|(_, found)| found.zip).max().unwrap_or_default();
    row("largest function, zipped", "4000 KB".into(), format!("{} KB", zip / 1000), zip <= 4_000_000);
    let memory = functions().map(|(_, found)| found.peak_memory).max().unwrap_or_default();
    row(
        "most memory of a function",
        "24.0 MB".into(),
        format!("{:.1} MB", memory as f64 / 1e6),
        memory <= 24_000_000,
    );
}

fn authorizer(row: &mut impl FnMut(&str, String, String, bool), results: &Results<'_>) {
    let (found, empty) = (results.of(AUTHORIZER), results.of(EMPTY));
    let network = network(found);
    row(
        "`authorizer`: calls over the network, cold start included",
        "0".into(),
        network.to_string(),
        network == 0,
    );
    let (what, limit) =
        ("`authorizer`: CPU to the first answer, 1.5 × an empty function", cpu(empty).mul_f64(1.5));
    row(what, ms(limit), ms(cpu(found)), cpu(found) <= limit);
    let floor = micros(results.of(VERIFY));
    let (allowed, used) = (VERIFY_BUDGET * floor / VERIFY_THERE, micros(found));
    let what = "`authorizer`: CPU of a warm answer, 60/38 × a function that only verifies";
    row(what, format!("{allowed:.0} µs"), format!("{used:.0} µs"), used <= allowed);
    let zip = found.zip;
    row("`authorizer`: zipped", "1250 KB".into(), format!("{} KB", zip / 1000), zip <= 1_250_000);
}

fn revocation(row: &mut impl FnMut(&str, String, String, bool), results: &Results<'_>) {
    let closed = "`authorizer` with `REVOCATION=closed`: calls for a session";
    for (which, name, limit) in
        [("not seen before", NOT_REMEMBERED, 1), ("seen in the last 30 s", REMEMBERED, 0)]
    {
        let (calls, _) = table_calls(&results.of(name).calls());
        row(&format!("{closed} {which}"), limit.to_string(), calls.to_string(), calls <= limit);
    }
}

fn login(row: &mut impl FnMut(&str, String, String, bool), results: &Results<'_>) {
    let (found, empty) = (results.of("users-login"), results.of(EMPTY));
    let calls = table_calls(&found.cold_calls).0 + found.cold_provider;
    row(
        "`users-login`: calls to DynamoDB or the provider, cold start included",
        "0".into(),
        calls.to_string(),
        calls == 0,
    );
    let limit = cpu(empty) * 2;
    let what = format!(
        "`users-login`: CPU to the first answer, 2 × an empty function (here it fetches {} secret)",
        secrets(&found.cold_calls)
    );
    row(&what, ms(limit), ms(cpu(found)), cpu(found) <= limit);

    let found = results.of("users-login-callback");
    let (calls, writes) = table_calls(&found.calls());
    let provider = found.warm_provider;
    row("`users-login-callback`: calls to the provider", "1".into(), provider.to_string(), provider <= 1);
    row("`users-login-callback`: DynamoDB calls", "4".into(), calls.to_string(), calls <= 4);
    row("`users-login-callback`: … of which writes", "3".into(), writes.to_string(), writes <= 3);
    let (limit, first) = (median(&results.of(CALLS).first) * 2, median(&found.first));
    let what = "`users-login-callback`: first answer, 2 × a function with one GetItem and one POST";
    row(what, ms(limit), ms(first), first <= limit);
}

/// The calls that a process made up to its first answer.
pub fn network(found: &Findings) -> u32 {
    let Calls(calls) = &found.cold_calls;
    calls.values().map(|(count, _)| count).sum::<u32>() + found.cold_provider
}

fn cpu(found: &Findings) -> Duration {
    median(&found.cold_cpu)
}

fn micros(found: &Findings) -> f64 {
    median(&found.warm_cpu).as_secs_f64() * 1e6
}

fn ms(duration: Duration) -> String {
    format!("{} ms", milliseconds(duration))
}
