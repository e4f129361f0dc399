//! The benchmark: `bin/bench` builds the functions and runs it.
//!
//! It drives the release binaries through an emulated Lambda Runtime API, with AWS and a provider behind TLS on loopback, and
//! prints the tables of `docs/performance.md`; or, of two builds of the same functions, one table that compares them.

mod aws;
mod beside;
mod bill;
mod budget;
mod compare;
mod cost;
mod flow;
mod instructions;
mod load;
mod measure;
mod peer;
mod people;
mod process;
mod report;
mod runtime_api;
mod scene;
mod size;
mod subject;
mod usage;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use instructions::Instructions;
use latchkey::database::Engine;
use load::Load;
use measure::Rounds;
use peer::Peer;
use people::People;
use scene::Scene;
use subject::Subject;

/// It ends by then, whatever happens.
const LIMIT: Duration = Duration::from_secs(1800);

const USAGE: &str =
    "usage: bench tables <release folder> <scratch folder> <date> <node, or nothing> [function …]
       bench try <folder> <scratch folder> <date> <node, or nothing> [function …]
       bench load <release folder> <scratch folder> <date> <node, or nothing> <folder of the others> <seconds>
       bench instructions <release folder> <scratch folder> <date> <valgrind> [function …]
       bench people <scratch folder> <date> <number>
       bench compare <release folder> <the other release folder> <scratch folder> [function …]";

/// Its arguments. A release folder holds programs named after the functions. The scratch folder is for certificates, and
/// has what Node is to run in its folder `peer`.
enum Task {
    Tables {
        measuring: Measuring,
        scratch: PathBuf,
        only: Vec<String>,
    },
    Load(Load),
    People(People),
    Instructions(Instructions),
    /// Is the database of a load test, until standard input closes.
    Database,
    Compare {
        now: PathBuf,
        before: PathBuf,
        scratch: PathBuf,
        only: Vec<String>,
    },
}

/// How functions are measured, and what with.
struct Measuring {
    release: PathBuf,
    date: String,
    peer: Option<Peer>,
    rounds: Rounds,
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
        [task, release, scratch, date, node, only @ ..] if task == "tables" || task == "try" => {
            let peer = peer(node, Path::new(scratch))?;
            let rounds = if task == "try" { measure::QUICK } else { measure::USUAL };
            let measuring = Measuring { release: release.into(), date: date.clone(), peer, rounds };
            Ok(Task::Tables { measuring, scratch: scratch.into(), only: functions(only)? })
        }
        [task, release, scratch, date, node, others, seconds] if task == "load" => {
            let time = Duration::from_secs(seconds.parse().map_err(|_| USAGE)?);
            let others = (!node.is_empty()).then(|| (node.into(), others.into()));
            let (release, scratch) = (release.into(), scratch.into());
            Ok(Task::Load(Load { release, scratch, date: date.clone(), others, time }))
        }
        [task, scratch, date, count] if task == "people" => {
            let count = count.parse().ok().filter(|count| (1_000..5_000_000).contains(count));
            let count = count.ok_or("people: a number from 1000 to 4999999")?;
            Ok(Task::People(People { scratch: scratch.into(), date: date.clone(), count }))
        }
        [task, release, scratch, date, valgrind, only @ ..] if task == "instructions" => {
            let (release, scratch, valgrind) = (release.into(), scratch.into(), valgrind.into());
            let (date, only) = (date.clone(), functions(only)?);
            Ok(Task::Instructions(Instructions { release, scratch, date, valgrind, only }))
        }
        [task] if task == "database" => Ok(Task::Database),
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
        Task::Tables { measuring, scratch, only } => {
            let scene = Scene::start(scratch).await;
            tables(&scene, measuring, only).await
        }
        Task::Load(load) => load.run().await,
        Task::People(people) => people.run().await,
        Task::Instructions(instructions) => instructions.run().await,
        Task::Database => database().await,
        Task::Compare { now, before, scratch, only } => {
            let scene = Scene::start(scratch).await;
            compare::compare(&scene, now, before, only).await
        }
    }
}

/// The embedded engine, which says where it is.
async fn database() -> Result<Outcome, String> {
    let engine = Engine::start(None).await.map_err(|why| why.to_string())?;
    println!("{}", engine.endpoint());
    let ended = tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await;
    ended.map_err(|why| why.to_string())?;
    Ok(Outcome { text: String::new(), wrong: Vec::new() })
}

async fn tables(scene: &Scene, measuring: &Measuring, only: &[String]) -> Result<Outcome, String> {
    let Measuring { release, date, peer, rounds } = measuring;
    let (peer, whole) = (peer.as_ref(), only.is_empty());
    let mut subjects = Subject::all(scene, release, peer);
    subjects.retain(|subject| whole || subject.belongs_to(only));
    subjects.extend(measure::floors(scene, release, &subjects).await?);
    let findings = measure::measure(scene, &subjects, *rounds).await?;
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
