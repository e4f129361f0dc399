//! The benchmark: `bin/bench` builds the functions and runs it.
//!
//! It drives the release binaries through an emulated Lambda Runtime API, with AWS and a provider behind TLS on loopback, and
//! prints the tables of `docs/performance.md`; or, of two builds of the same functions, one table that compares them.

mod aws;
mod beside;
mod budget;
mod compare;
mod cost;
mod measure;
mod peer;
mod process;
mod report;
mod runtime_api;
mod scene;
mod subject;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use peer::Peer;
use scene::Scene;
use subject::Subject;

/// It ends by then, whatever happens.
const LIMIT: Duration = Duration::from_secs(1800);

const USAGE: &str =
    "usage: bench tables <release folder> <scratch folder> <date> <node, or nothing> [function …]
       bench compare <release folder> <the other release folder> <scratch folder> [function …]";

/// Its arguments. A release folder holds programs named after the functions. The scratch folder is for certificates, and
/// has what Node is to run in its folder `peer`.
enum Task {
    Tables { release: PathBuf, scratch: PathBuf, date: String, peer: Option<Peer>, only: Vec<String> },
    Compare { now: PathBuf, before: PathBuf, scratch: PathBuf, only: Vec<String> },
}

/// What is printed, and what is not as it must be.
struct Outcome {
    text: String,
    wrong: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let task = match task(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(task) => task,
        Err(why) => {
            eprintln!("bench: {why}");
            return ExitCode::from(2);
        }
    };
    match tokio::time::timeout(LIMIT, run(&task)).await {
        Ok(Ok(Outcome { text, wrong })) => {
            print!("{text}");
            wrong.iter().for_each(|why| eprintln!("bench: {why}"));
            if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Ok(Err(why)) => fail(&why),
        Err(_) => fail(&format!("not done after {LIMIT:?}")),
    }
}

fn task(arguments: &[String]) -> Result<Task, String> {
    subject::scenes_are_of_functions()?;
    match arguments {
        [task, release, scratch, date, node, only @ ..] if task == "tables" => Ok(Task::Tables {
            release: release.into(),
            scratch: scratch.into(),
            date: date.clone(),
            peer: peer(node, Path::new(scratch))?,
            only: functions(only)?,
        }),
        [task, now, before, scratch, only @ ..] if task == "compare" => Ok(Task::Compare {
            now: now.into(),
            before: before.into(),
            scratch: scratch.into(),
            only: functions(only)?,
        }),
        _ => Err(USAGE.into()),
    }
}

fn peer(node: &str, scratch: &Path) -> Result<Option<Peer>, String> {
    if node.is_empty() { Ok(None) } else { Peer::new(node, &scratch.join("peer")).map(Some) }
}

/// The functions to measure, if they are functions; none is all of them.
fn functions(only: &[String]) -> Result<Vec<String>, String> {
    let names = subject::names();
    match only.iter().find(|name| !names.contains(name.as_str())) {
        None => Ok(only.to_vec()),
        Some(unknown) => {
            let names: Vec<_> = names.into_iter().collect();
            Err(format!("there is no function {unknown}, only {}", names.join(", ")))
        }
    }
}

async fn run(task: &Task) -> Result<Outcome, String> {
    match task {
        Task::Tables { release, scratch, date, peer, only } => {
            let scene = Scene::start(scratch).await;
            tables(&scene, release, date, peer.as_ref(), only).await
        }
        Task::Compare { now, before, scratch, only } => {
            let scene = Scene::start(scratch).await;
            compare::compare(&scene, now, before, only).await
        }
    }
}

async fn tables(
    scene: &Scene,
    release: &Path,
    date: &str,
    peer: Option<&Peer>,
    only: &[String],
) -> Result<Outcome, String> {
    let whole = only.is_empty();
    let mut subjects = Subject::all(scene, release, peer);
    subjects.retain(|subject| whole || subject.belongs_to(only));
    let findings = measure::measure(scene, &subjects, measure::USUAL).await?;
    let results = report::Results { subjects: &subjects, findings: &findings, peer, whole };
    let budgets = budget::budgets(&results);
    for sentence in budget::outlived(&budgets) {
        eprintln!(
            "bench: strike it from KNOWN_MISSES in tests/bench/src/budget.rs if that stays so: {sentence}"
        );
    }
    let missed =
        budget::surprises(&budgets).into_iter().map(|sentence| format!("A budget is missed: {sentence}"));
    Ok(Outcome { text: report::report(&results, date), wrong: missed.collect() })
}

fn fail(why: &str) -> ExitCode {
    eprintln!("bench: {why}");
    ExitCode::FAILURE
}
