//! The table of the load test.

use std::time::Duration;

use super::{CONNECTIONS, Grant, Load, Row, server};
use crate::{
    measure::percentile,
    report::{head, milliseconds, row},
};

/// What the columns are.
const COLUMNS: [&str; 8] = [
    "requests a second",
    "p50, ms",
    "p99, ms",
    "CPU of a thousand, s",
    "CPU of the database, s",
    "memory before, MB",
    "and after, MB",
    "errors",
];

/// One part for each grant.
pub fn table(rows: &[Row], load: &Load) -> String {
    let mut text = String::new();
    for (grant, what) in [(Grant::Renewal, "Renewals"), (Grant::ForItself, "Client credentials")] {
        let seconds = load.time.as_secs_f64();
        text += &format!("{what}, for {seconds} seconds, with {CONNECTIONS} connections:\n\n");
        head(&mut text, &COLUMNS);
        for each in rows.iter().filter(|row| row.grant == grant) {
            row(&mut text, [each.label()].into_iter().chain(each.figures()));
        }
        text.push('\n');
    }
    if load.others.is_none() {
        text += "**The others are left out**: there was no Node to run them.\n";
    }
    text
}

impl Row {
    fn label(&self) -> String {
        if self.server == server::OURS { format!("`{}`", self.server) } else { self.server.to_owned() }
    }

    fn figures(&self) -> [String; 8] {
        let Self { driven, server_cpu, database_cpu, memory, .. } = self;
        let thousands = driven.requests() as f64 / 1000.0;
        let of_a_thousand = |used: &Duration| format!("{:.3}", used.as_secs_f64() / thousands);
        let megabytes = memory.map(|bytes| format!("{:.1}", bytes as f64 / 1e6));
        let [before, after] = megabytes;
        [
            format!("{:.0}", driven.requests() as f64 / driven.took.as_secs_f64()),
            milliseconds(percentile(&driven.latencies, 50)),
            milliseconds(percentile(&driven.latencies, 99)),
            of_a_thousand(server_cpu),
            of_a_thousand(database_cpu),
            before,
            after,
            driven.errors.to_string(),
        ]
    }
}
