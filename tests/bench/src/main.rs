//! The benchmark: `bin/bench` builds the functions and runs it.
//!
//! It drives the release binaries through an emulated Lambda Runtime API, with AWS and a provider behind TLS on loopback, and
//! prints the tables of `docs/performance.md`.

mod aws;
mod beside;
mod budget;
mod cost;
mod measure;
mod peer;
mod process;
mod report;
mod runtime_api;
mod scene;
mod subject;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use peer::Peer;
use scene::Scene;
use subject::Subject;

/// It ends by then, whatever happens.
const LIMIT: Duration = Duration::from_secs(600);

/// What it is told.
struct Options {
    release: PathBuf,
    /// For certificates; `bin/bench` leaves what Node is to run in its folder `peer`, and the authorizer with revocation.
    scratch: PathBuf,
    date: String,
    peer: Option<Peer>,
    /// The functions to measure; none is all of them.
    only: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1).collect()) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("bench: {why}");
            return ExitCode::from(2);
        }
    };
    match tokio::time::timeout(LIMIT, run(&options)).await {
        Ok(Ok(report)) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Ok(Err(why)) => fail(&why),
        Err(_) => fail(&format!("not done after {LIMIT:?}")),
    }
}

fn options(mut arguments: Vec<String>) -> Result<Options, String> {
    if arguments.len() < 4 {
        return Err(
            "usage: bench <release folder> <scratch folder> <date> <node, or nothing> [function …]".into()
        );
    }
    let only = arguments.split_off(4);
    let functions = latchkey::mount::FUNCTIONS.iter().map(|mount| mount.name).chain([subject::AUTHORIZER]);
    let functions: Vec<_> = functions.collect();
    if let Some(unknown) = only.iter().find(|name| !functions.contains(&name.as_str())) {
        return Err(format!("there is no function {unknown}, only {}", functions.join(", ")));
    }
    let scratch = PathBuf::from(&arguments[1]);
    let peer = match arguments[3].as_str() {
        "" => None,
        node => Some(Peer::new(node, &scratch.join("peer"))?),
    };
    Ok(Options { release: PathBuf::from(&arguments[0]), scratch, date: arguments.swap_remove(2), peer, only })
}

async fn run(options: &Options) -> Result<String, String> {
    let scene = Scene::start(&options.scratch).await;
    let (peer, whole) = (options.peer.as_ref(), options.only.is_empty());
    let mut subjects = Subject::all(&scene, &options.release, &options.scratch, peer);
    subjects.retain(|subject| whole || subject.belongs_to(&options.only));
    let findings = measure::measure(&scene, &subjects).await?;
    let results = report::Results { subjects: &subjects, findings: &findings, peer, whole };
    Ok(report::report(&results, &options.date))
}

fn fail(why: &str) -> ExitCode {
    eprintln!("bench: {why}");
    ExitCode::FAILURE
}
