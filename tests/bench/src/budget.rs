//! The budgets: exact counts, and ratios to a floor of the same run.

use std::{borrow::Cow, time::Duration};

use crate::{
    aws::Calls,
    cost::units,
    flow::{FLOWS, Flow},
    measure::{Findings, median},
    report::{NOTHING, Results, milliseconds, row, table_calls},
    size,
    subject::{AUTHORIZER, CALLS, EMPTY, Kind, NOT_REMEMBERED, REMEMBERED, VERIFY},
};

/// The warm CPU time of a throwaway authorizer on the machine that the budget of 60 µs was made on.
const VERIFY_THERE: f64 = 38.0;
const VERIFY_BUDGET: f64 = 60.0;
/// What a flow may use, of what its floor uses.
pub const FLOW_CPU: f64 = 1.25;

/// What is missed and known to be, each with its reason; docs/performance.md says more.
const KNOWN_MISSES: [(&str, &str); 11] = [
    (LOGIN_CPU, "a start fetches the cookie key over TLS, which is most of it"),
    (CALLBACK_FIRST, "a cold callback asks for nine things, and its floor for two"),
    ("`oauth-authorize`, code: CPU of a warm answer, 1.25 × its floor", FLOW),
    ("`oauth-introspect`, access token: CPU of a warm answer, 1.25 × its floor", FLOW),
    ("`oauth-introspect`, refresh token: CPU of a warm answer, 1.25 × its floor", FLOW),
    ("`oauth-introspect`, userinfo: CPU of a warm answer, 1.25 × its floor", FLOW),
    ("`oauth-revoke`: CPU of a warm answer, 1.25 × its floor", FLOW),
    ("`oauth-par`: CPU of a warm answer, 1.25 × its floor", FLOW),
    ("`oauth-token`, device poll: CPU of a warm answer, 1.25 × its floor", FLOW),
    ("`oauth-token`, exchange: CPU of a warm answer, 1.25 × its floor", FLOW),
    ("`oauth-token`, exchange of an ID token: CPU of a warm answer, 1.25 × its floor", FLOW),
];
/// Kilobytes of the largest function as it is uploaded: the console, which has a form for every act and six languages for each.
const LARGEST: u64 = 4300;
/// What needs 19 MiB more than all others, for a run of argon2.
const HASHES: &str = "users-password";
const FLOW: &str = "in instructions it is met: what decides is more code, which is not in the cache";
const LOGIN_CPU: &str = "`users-login`: CPU to the first answer, 2 × an empty function";
const CALLBACK_FIRST: &str =
    "`users-login-callback`: first answer, 2 × a function with one GetItem and one POST";

/// What may be used at most, and what was.
pub struct Budget {
    what: Cow<'static, str>,
    allowed: String,
    found: String,
    met: bool,
}

impl Budget {
    /// So many keep theirs; who does not has one of their own.
    pub fn kept(what: &'static str, count: usize) -> Self {
        Self { what: what.into(), allowed: NOTHING.into(), found: count.to_string(), met: true }
    }

    /// Why it is missed, if that is known.
    fn reason(&self) -> Option<&'static str> {
        KNOWN_MISSES.iter().find(|(what, _)| *what == &*self.what).map(|(_, reason)| *reason)
    }

    /// Whether it is missed, and nobody has said why.
    fn surprises(&self) -> bool {
        !self.met && self.reason().is_none()
    }
}

/// Adds a table with a mark for each budget.
pub fn table(text: &mut String, budgets: &[Budget]) {
    text.push_str("| budget | allowed | found | |\n|---|---:|---:|---|\n");
    for budget in budgets {
        let mark = match (budget.met, budget.reason()) {
            (true, _) => "met",
            (false, Some(_)) => "**missed**, as is known",
            (false, None) => "**missed**",
        };
        row(text, [&*budget.what, &*budget.allowed, &*budget.found, mark]);
    }
}

/// A sentence for each budget that is missed although nobody has said why.
pub fn surprises(budgets: &[Budget]) -> Vec<String> {
    let missed = budgets.iter().filter(|budget| budget.surprises());
    missed
        .map(|budget| format!("{} is {}, and {} is allowed", budget.what, budget.found, budget.allowed))
        .collect()
}

/// A sentence for each budget that is met although it is listed as missed.
pub fn outlived(budgets: &[Budget]) -> Vec<String> {
    let met = budgets.iter().filter(|budget| budget.met && budget.reason().is_some());
    met.map(|budget| format!("{} is met: {} of {}", budget.what, budget.found, budget.allowed)).collect()
}

/// The budgets of what was measured.
pub fn budgets(results: &Results<'_>) -> Vec<Budget> {
    let mut budgets = Vec::new();
    if let Some((_, found)) = results.find(AUTHORIZER) {
        budgets.extend(authorizer(found, results));
        budgets.extend(revocation(results));
    }
    if let Some((_, found)) = results.find("users-login") {
        budgets.extend(login(found, results));
    }
    if let Some((_, found)) = results.find("users-login-callback") {
        budgets.extend(callback(found, results));
    }
    if let Some((_, found)) = results.find("manage") {
        budgets.push(count("`manage`: DynamoDB calls for a page", 3, table_calls(&found.calls()).0));
    }
    budgets.extend(FLOWS.iter().flat_map(|flow| of_flow(flow, results)));
    budgets.extend(size::budgets(results));
    budgets.extend(every_function(results));
    budgets
}

fn authorizer(found: &Findings, results: &Results<'_>) -> [Budget; 4] {
    let floor = micros(results.of(VERIFY));
    let (allowed, used) = (VERIFY_BUDGET * floor / VERIFY_THERE, micros(found));
    [
        count("`authorizer`: calls over the network, cold start included", 0, network(found)),
        time(
            "`authorizer`: CPU to the first answer, 1.5 × an empty function",
            cpu(results.of(EMPTY)).mul_f64(1.5),
            cpu(found),
        ),
        Budget {
            what: "`authorizer`: CPU of a warm answer, 60/38 × a function that only verifies".into(),
            allowed: format!("{allowed:.0} µs"),
            found: format!("{used:.0} µs"),
            met: used <= allowed,
        },
        size("`authorizer`: zipped", 1250, found.zip),
    ]
}

fn revocation(results: &Results<'_>) -> [Budget; 2] {
    let calls = |name| table_calls(&results.of(name).calls()).0;
    [
        count(
            "`authorizer` with `REVOCATION=closed`: calls for a session not seen before",
            1,
            calls(NOT_REMEMBERED),
        ),
        count(
            "`authorizer` with `REVOCATION=closed`: calls for a session seen in the last 30 s",
            0,
            calls(REMEMBERED),
        ),
    ]
}

fn login(found: &Findings, results: &Results<'_>) -> [Budget; 2] {
    [
        count(
            "`users-login`: calls to DynamoDB or the provider, cold start included",
            0,
            table_calls(&found.cold_calls).0 + found.cold_provider,
        ),
        time(LOGIN_CPU, cpu(results.of(EMPTY)) * 2, cpu(found)),
    ]
}

fn callback(found: &Findings, results: &Results<'_>) -> [Budget; 4] {
    let (calls, writes) = table_calls(&found.calls());
    [
        count("`users-login-callback`: calls to the provider", 1, found.warm_provider),
        count("`users-login-callback`: DynamoDB calls", 4, calls),
        count("`users-login-callback`: … of which writes", 3, writes),
        time(CALLBACK_FIRST, median(&results.of(CALLS).first) * 2, median(&found.first)),
    ]
}

/// What a flow of the authorization server may cost.
fn of_flow(flow: &Flow, results: &Results<'_>) -> Vec<Budget> {
    let Some((subject, found)) = results.find(flow.name) else { return Vec::new() };
    let (label, calls) = (subject.label(), found.calls());
    let made = flow.calls.map(|most| count(format!("{label}: DynamoDB calls"), most, table_calls(&calls).0));
    let written = flow.write_units.map(|most| {
        let found = units(&calls).1;
        let met = found <= f64::from(most);
        let what = format!("{label}: write units").into();
        Budget { what, allowed: most.to_string(), found: found.to_string(), met }
    });
    let cpu = results.floor_of(flow.name, Kind::FlowFloor).map(|floor| {
        let (allowed, used) = (micros(floor) * FLOW_CPU, micros(found));
        Budget {
            what: format!("{label}: CPU of a warm answer, {FLOW_CPU} × its floor").into(),
            allowed: format!("{allowed:.0} µs"),
            found: format!("{used:.0} µs"),
            met: used <= allowed,
        }
    });
    [made, written, cpu].into_iter().flatten().collect()
}

fn every_function(results: &Results<'_>) -> [Budget; 3] {
    let functions = || results.iter().filter(|(subject, _)| subject.kind == Kind::Function);
    let zip = functions().map(|(_, found)| found.zip).max().unwrap_or_default();
    let memory = |hashes: bool| {
        let some = functions().filter(|(subject, _)| (subject.function == HASHES) == hashes);
        some.map(|(_, found)| found.peak_memory).max().unwrap_or_default()
    };
    [
        size("largest function, zipped", LARGEST, zip),
        most_memory("most memory of a function that hashes no passwords", 24, memory(false)),
        most_memory("most memory of the function that does", 24 + 20, memory(true)),
    ]
}

/// Megabytes are allowed, and bytes found.
fn most_memory(what: &'static str, allowed: u64, found: u64) -> Budget {
    Budget {
        what: what.into(),
        allowed: format!("{allowed}.0 MB"),
        found: format!("{:.1} MB", found as f64 / 1e6),
        met: found <= allowed * 1_000_000,
    }
}

fn count(what: impl Into<Cow<'static, str>>, allowed: u32, found: u32) -> Budget {
    Budget {
        what: what.into(),
        allowed: allowed.to_string(),
        found: found.to_string(),
        met: found <= allowed,
    }
}

fn time(what: impl Into<Cow<'static, str>>, allowed: Duration, found: Duration) -> Budget {
    Budget { what: what.into(), allowed: ms(allowed), found: ms(found), met: found <= allowed }
}

/// Kilobytes are allowed, and bytes found.
pub fn size(what: impl Into<Cow<'static, str>>, allowed: u64, found: u64) -> Budget {
    let met = found <= allowed * 1000;
    Budget { what: what.into(), allowed: format!("{allowed} KB"), found: format!("{} KB", found / 1000), met }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miss_that_nobody_explained_is_said() {
        let missed = |what: &'static str| Budget {
            what: Cow::Borrowed(what),
            allowed: "1".into(),
            found: "2".into(),
            met: false,
        };
        let budgets =
            [missed("calls"), missed(LOGIN_CPU), count("writes", 1, 1), count(CALLBACK_FIRST, 1, 1)];
        assert_eq!(surprises(&budgets), ["calls is 2, and 1 is allowed"]);
        assert_eq!(outlived(&budgets), [format!("{CALLBACK_FIRST} is met: 1 of 1")]);
    }
}
