//! The tables, in Markdown.

use std::{
    fmt::{Display, Write},
    time::Duration,
};

use crate::{
    aws::{Calls, is_of_the_table},
    beside, bill, budget,
    cost::units,
    flow::{self, FLOWS},
    measure::{Findings, median, percentile},
    peer::Peer,
    scene::PEOPLE,
    size,
    subject::{AUTHORIZER, Kind, Subject},
};

/// The subjects with what was found out.
pub struct Results<'a> {
    pub subjects: &'a [Subject],
    pub findings: &'a [Findings],
    /// Nothing if there is no Node to compare with.
    pub peer: Option<&'a Peer>,
    /// Whether all functions were measured.
    pub whole: bool,
}

impl Results<'_> {
    /// What was found out about the program of that name.
    pub fn of(&self, name: &str) -> &Findings {
        self.find(name).unwrap_or_else(|| panic!("there is no {name}")).1
    }

    /// The program of that name, if it was measured.
    pub fn find(&self, name: &str) -> Option<(&Subject, &Findings)> {
        let is_floor = |kind: Kind| matches!(kind, Kind::FlowFloor | Kind::BareFloor);
        self.iter().find(|(subject, _)| subject.name == name && !is_floor(subject.kind))
    }

    /// What was found out about the floor of a flow, of this kind.
    pub fn floor_of(&self, flow: &str, kind: Kind) -> Option<&Findings> {
        let mut floors = self.iter().filter(|(subject, _)| subject.kind == kind);
        floors.find(|(subject, _)| subject.name == flow).map(|(_, found)| found)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Subject, &Findings)> {
        self.subjects.iter().zip(self.findings)
    }
}

/// All of it: parts of the page, each between the comments that it has there.
pub fn report(results: &Results<'_>, date: &str) -> String {
    let when = format!("Measured on {date}: {}.\n\n", machine());
    let mut report = part("tables", &(when.clone() + &tables(results)));
    if results.whole {
        report += &part("costs", &(when.clone() + &bill::tables(results)));
    }
    if results.find(AUTHORIZER).is_some() {
        report += &part("beside", &(when.clone() + &beside::peers(results)));
        report += &part("revocation", &(when + &beside::revocation(results)));
    }
    report
}

/// A part of the page.
pub fn part(name: &str, text: &str) -> String {
    format!("<!-- {name} -->\n\n{text}\n<!-- end of {name} -->\n")
}

fn tables(results: &Results<'_>) -> String {
    let mut text = String::new();
    speed(&mut text, results);
    calls(&mut text, results);
    floors(&mut text, results);
    budget::table(&mut text, &budget::budgets(results));
    text
}

/// What the columns of [`figures`] are.
pub const FIGURES: [&str; 9] = [
    "zip, KB",
    "init, ms",
    "first answer, ms",
    "CPU of init, ms",
    "CPU to first answer, ms",
    "warm p50, ms",
    "warm p99, ms",
    "CPU warm, µs",
    "peak memory, MB",
];

/// Which of them are of answers: a function that was not asked has none.
const OF_ANSWERS: [usize; 5] = [2, 4, 5, 6, 7];
/// What is in their place.
pub const NOTHING: &str = "–";

/// The figures of one program, with so many digits after the point as are worth writing.
pub fn figures(found: &Findings) -> [(f64, usize); 9] {
    let ms = |duration: Duration| (duration.as_secs_f64() * 1000.0, 2);
    [
        kilobytes(found.zip),
        ms(median(&found.init)),
        ms(median(&found.first)),
        ms(median(&found.init_cpu)),
        ms(median(&found.cold_cpu)),
        ms(median(&found.warm)),
        ms(percentile(&found.warm, 99)),
        (median(&found.warm_cpu).as_micros() as f64, 0),
        (found.peak_memory as f64 / 1e6, 1),
    ]
}

/// Whole ones, as the budgets count them, but for what is hardly one.
fn kilobytes(bytes: u64) -> (f64, usize) {
    if bytes < 10_000 { (bytes as f64 / 1000.0, 1) } else { ((bytes / 1000) as f64, 0) }
}

/// A row of a table.
pub fn row(text: &mut String, cells: impl IntoIterator<Item = impl Display>) {
    for cell in cells {
        let _ = write!(text, "| {cell} ");
    }
    text.push_str("|\n");
}

/// The rows above: names of columns, of which the first is words and the others are numbers.
pub fn head(text: &mut String, names: &[&str]) {
    let _ = writeln!(text, "| | {} |\n|---|{}", names.join(" | "), "---:|".repeat(names.len()));
}

fn speed(text: &mut String, results: &Results<'_>) {
    head(text, &[&FIGURES[..], &["zip at most, KB"]].concat());
    for (subject, found) in results.iter().filter(|(subject, _)| is_in_main_tables(subject)) {
        let most = size::most(subject.program_name()).map_or(NOTHING.to_owned(), |most| most.to_string());
        let mut numbers = figures(found).map(|(value, digits)| format!("{value:.digits$}"));
        if !found.asked {
            OF_ANSWERS.iter().for_each(|column| NOTHING.clone_into(&mut numbers[*column]));
        }
        row(text, [subject.label()].into_iter().chain(numbers).chain([most]));
    }
    text.push('\n');
}

fn is_in_main_tables(subject: &Subject) -> bool {
    matches!(subject.kind, Kind::Floor | Kind::Function)
}

fn calls(text: &mut String, results: &Results<'_>) {
    let _ = write!(
        text,
        "What one warm answer asks of others, with {PEOPLE} people in the table, and what the first one of a process asks \
         besides:\n\n| | is asked for | calls to AWS | read units | write units | provider, or app | log, bytes | first one besides |\n\
         |---|---|---|---:|---:|---:|---:|---|\n",
    );
    for (subject, found) in results.iter().filter(|(subject, _)| subject.kind == Kind::Function) {
        if !found.asked {
            row(text, [&*subject.label(), subject.what].into_iter().chain([NOTHING; 6]));
            continue;
        }
        let (reads, writes) = units(&found.calls());
        let _ = writeln!(
            text,
            "| {} | {} | {} | {reads} | {writes} | {} | {} | {} |",
            subject.label(),
            subject.what,
            named(&found.calls()),
            found.warm_provider,
            found.printed,
            besides(found),
        );
    }
    text.push('\n');
}

/// The flows of the authorization server, each beside its floor.
fn floors(text: &mut String, results: &Results<'_>) {
    let of = |flow: &flow::Flow, kind| results.floor_of(flow.name, kind);
    let flows = || FLOWS.iter().filter_map(|flow| Some((flow, flow.floor?, of(flow, Kind::FlowFloor)?)));
    if flows().next().is_none() {
        return;
    }
    text.push_str(
        "The flows of the authorization server, each beside its floor, and beside the same calls and signatures alone:\n\n",
    );
    let columns = [
        "signatures made",
        "checked",
        "CPU warm, µs",
        "its floor, µs",
        "ratio",
        "calls and signatures alone, µs",
        "ratio",
    ];
    head(text, &columns);
    for (flow, signatures, floor) in flows() {
        let (subject, found) = results.find(flow.name).unwrap();
        let bare = of(flow, Kind::BareFloor).unwrap_or(floor);
        let [ours, least, alone] =
            [found, floor, bare].map(|found| median(&found.warm_cpu).as_secs_f64() * 1e6);
        let checked = signatures.checked + signatures.checked_of_client;
        let ratio = |floor: f64| format!("{:.2}", ours / floor);
        let numbers =
            [format!("{ours:.0}"), format!("{least:.0}"), ratio(least), format!("{alone:.0}"), ratio(alone)];
        let counts = [signatures.made, checked].map(|count| count.to_string());
        row(text, [subject.label()].into_iter().chain(counts).chain(numbers));
    }
    text.push('\n');
}

/// The calls by name.
pub fn named(Calls(calls): &Calls) -> String {
    let each: Vec<_> = calls
        .iter()
        .filter(|(_, (count, _))| *count > 0)
        .map(|(action, (count, _))| if *count == 1 { action.clone() } else { format!("{count} {action}") })
        .collect();
    if each.is_empty() { "none".to_owned() } else { each.join(", ") }
}

/// What the first answer of a process costs more than the others.
fn besides(found: &Findings) -> String {
    let (mut more, warm) = (found.cold_calls.clone(), found.calls());
    for (action, (count, units)) in &mut more.0 {
        let warm = warm.0.get(action).copied().unwrap_or_default();
        (*count, *units) = (*count - warm.0.min(*count), *units - warm.1);
    }
    named(&more)
}

/// The calls to DynamoDB alone, and those of them that write.
pub fn table_calls(Calls(calls): &Calls) -> (u32, u32) {
    let count = |counts: &dyn Fn(&str) -> bool| {
        calls.iter().filter(|(action, _)| counts(action)).map(|(_, (count, _))| count).sum()
    };
    (count(&is_of_the_table), count(&crate::cost::writes))
}

pub fn milliseconds(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1000.0)
}

/// What it is measured on.
pub fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": a CPU without a name");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(1).unwrap_or("unknown");
    let model = model.trim_start_matches(['\t', ' ', ':']);
    format!("{model}, {cores} cores, {}, load over five minutes {load}", std::env::consts::ARCH)
}
