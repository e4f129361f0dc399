//! What it costs: a million of each, where DynamoDB's part of that comes from, and a month.

use std::fmt::Write;

use crate::{
    aws::Units,
    cost::{Cost, Prices, Stack},
    flow,
    report::{NOTHING, Results, head, row},
};

/// What there can be a million of: the functions that are invoked for each, and how many requests that is.
struct Deed {
    what: &'static str,
    functions: &'static [&'static str],
    requests: f64,
}

const fn deed(what: &'static str, functions: &'static [&'static str], requests: f64) -> Deed {
    Deed { what, functions, requests }
}

const SIGN_IN: Deed = deed(
    "sign-ins of known people: `users-login`, `users-login-callback`",
    &["users-login", "users-login-callback"],
    2.0,
);
const COME: Deed = deed(
    "people who come to an app and are signed in: `oauth-authorize`, `oauth-token`",
    &[flow::CODE, flow::REDEEM],
    2.0,
);
const RENEWAL: Deed = deed("renewals of an app: `oauth-token`", &[flow::RENEW], 1.0);
const OTHERS: [Deed; 13] = [
    deed("tokens for our own pages: `users-token`", &["users-token"], 1.0),
    deed(
        "guarded calls, none from the gateway's cache: `authorizer`, `users-me`",
        &["authorizer", "users-me"],
        1.0,
    ),
    deed("pages of people in the management API: `authorizer`, `manage`", &["authorizer", "manage"], 1.0),
    deed("pages of people in the console: `admin`", &["admin"], 1.0),
    deed("looks at one's own account: `account`", &["account"], 1.0),
    deed("tokens of a service, by its secret: `oauth-token`", &[flow::FOR_ITSELF], 1.0),
    deed("tokens of a service, by a JWT: `oauth-token`", &[flow::BY_ASSERTION], 1.0),
    deed("introspections of an access token: `oauth-introspect`", &[flow::ABOUT_ACCESS], 1.0),
    deed("claims of a person: `oauth-introspect`", &[flow::USERINFO], 1.0),
    deed("pushed requests: `oauth-par`", &[flow::PUSH], 1.0),
    deed("revocations: `oauth-revoke`", &[flow::REVOKE], 1.0),
    deed("people whom an app signs out: `oauth-logout`", &[flow::LOGOUT], 1.0),
    deed("endings of which an app is told: `logout-notify`", &["logout-notify"], 0.0),
];

/// How many people a month is computed for.
const PEOPLE: [(&str, f64); 4] =
    [("10", 10.0), ("10 thousand", 1e4), ("a million", 1e6), ("10 million", 1e7)];

fn deeds() -> impl Iterator<Item = &'static Deed> {
    [&SIGN_IN, &COME, &RENEWAL].into_iter().chain(&OTHERS)
}

/// All of it.
pub fn tables(results: &Results<'_>) -> String {
    let (mut text, prices) = (String::new(), Prices::read());
    millions(&mut text, results, &prices);
    parts(&mut text, results, &prices);
    idle(&mut text, &prices);
    month(&mut text, results, &prices);
    text
}

fn cost(deed: &Deed, results: &Results<'_>, prices: &Prices) -> Cost {
    let functions: Vec<_> = deed.functions.iter().map(|name| results.of(name)).collect();
    prices.million(&functions, deed.requests)
}

fn millions(text: &mut String, results: &Results<'_>, prices: &Prices) {
    let assumed = &prices.assumed;
    let _ = write!(
        text,
        "A million of each, in US dollars at list prices of {} (`tests/bench/prices.json`, looked up on {}), without free tiers, {} with {} MB, waiting {} ms for a call to AWS and {} ms for a provider, \
         {} of a hundred on a process that starts:\n\n",
        prices.region,
        prices.date,
        prices.lambda.architecture,
        assumed.memory_megabytes,
        assumed.milliseconds_of_a_call_to_aws,
        assumed.milliseconds_of_a_call_to_a_provider,
        assumed.cold_starts_of_hundred,
    );
    head(text, &["gateway", "Lambda requests", "Lambda duration", "DynamoDB", "secrets", "logs", "together"]);
    for deed in deeds() {
        let cost = cost(deed, results, prices);
        let parts = [cost.gateway, cost.requests, cost.duration, cost.table, cost.secrets, cost.logs];
        let together = format!("**{:.2}**", cost.total());
        row(text, [deed.what.to_owned()].into_iter().chain(parts.map(dollars)).chain([together]));
    }
    text.push('\n');
}

/// Where DynamoDB's dollars come from.
fn parts(text: &mut String, results: &Results<'_>, prices: &Prices) {
    text.push_str(
        "What of DynamoDB's part is for which rows: dollars of a million, for reading, for writing, and for writing what the indexes have \
         of a row:\n\n",
    );
    let _ = writeln!(
        text,
        "| a million | rows | reading | writing | writing indexes |\n|---|---|---:|---:|---:|"
    );
    for deed in deeds() {
        let parts = deed.functions.iter().flat_map(|name| &results.of(name).parts);
        for (kind, units) in parts {
            let numbers = prices.million_units(units).map(dollars);
            row(text, [deed.what.to_owned(), kind.clone()].into_iter().chain(numbers));
        }
    }
    text.push('\n');
}

fn idle(text: &mut String, prices: &Prices) {
    text.push_str(
        "A month in which nobody comes, in dollars, without free tiers: as delivered, and with everything on:\n\n",
    );
    head(text, &["how many", "a month", "with everything on", "a month"]);
    let (ours, every) = (prices.idle(&Stack::read()), prices.idle(&Stack::with_everything()));
    for ((what, count, cost), (_, more, dearer)) in ours.into_iter().zip(every) {
        row(text, [what.to_owned(), count.to_string(), dollars(cost), more.to_string(), dollars(dearer)]);
    }
    let sum = |parts: [(&str, usize, f64); 5]| {
        format!("**{}**", dollars(parts.iter().map(|(_, _, cost)| cost).sum()))
    };
    row(text, ["together", NOTHING, &sum(ours), NOTHING, &sum(every)].map(str::to_owned));
    text.push('\n');
}

/// What a month of so many people costs.
fn month(text: &mut String, results: &Results<'_>, prices: &Prices) {
    let assumed = &prices.assumed;
    let (sign_ins, renewals) = (f64::from(assumed.sign_ins_of_a_month), f64::from(assumed.renewals_of_a_day));
    let _ = write!(
        text,
        "A month of so many people, in dollars, without free tiers. Each signs in on {sign_ins} days, comes to an app then, and renews \
         its tokens {renewals} times on each of these days. The rows are the sessions of a year, which is how long they are kept without \
         `AUDIT_DAYS`, with recovery to any moment; the logs are kept for a month:\n\n"
    );
    head(
        text,
        &[
            "requests",
            "invocations and gateway",
            "DynamoDB",
            "logs",
            "rows that are kept",
            "nobody comes",
            "together",
        ],
    );
    let [sign_in, come, renewal] =
        [SIGN_IN, COME, RENEWAL].map(|deed| (cost(&deed, results, prices), deed.requests));
    let idle: f64 = prices.idle(&Stack::read()).iter().map(|(_, _, cost)| cost).sum();
    let kept = session(results).stored;
    for (name, people) in PEOPLE {
        let (signed_in, renewed) = (people * sign_ins / 1e6, people * sign_ins * renewals / 1e6);
        let sum =
            |of: &dyn Fn(&Cost) -> f64| (of(&sign_in.0) + of(&come.0)) * signed_in + of(&renewal.0) * renewed;
        let requests = (sign_in.1 + come.1) * signed_in + renewal.1 * renewed;
        let logs = sum(&|cost| cost.logs);
        let parts = [
            sum(&|cost| cost.gateway + cost.requests + cost.duration + cost.secrets),
            sum(&|cost| cost.table),
            logs + prices.kept_logs(logs),
            prices.rows(people * sign_ins * 12.0 * kept / 1e9),
            idle,
        ];
        let together = parts.iter().sum();
        let numbers = parts.into_iter().map(rounded).chain([format!("**{}**", rounded(together))]);
        row(text, [name.to_owned(), format!("{requests:.3} million")].into_iter().chain(numbers));
    }
    text.push('\n');
}

/// What a sign-in puts of a session.
fn session(results: &Results<'_>) -> Units {
    results.of("users-login-callback").parts.get("`SESSION`").copied().unwrap_or_default()
}

fn dollars(dollars: f64) -> String {
    format!("{dollars:.2}")
}

/// Cents only where they matter.
fn rounded(amount: f64) -> String {
    if amount < 100.0 { dollars(amount) } else { format!("{amount:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_idle_month_that_is_written_down_is_that_of_the_templates() {
        let mut text = String::new();
        idle(&mut text, &Prices::read());
        let written = include_str!("../../../docs/performance.md");
        assert!(written.contains(&text), "write into docs/performance.md:\n{text}");
    }
}
