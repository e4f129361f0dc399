//! The benchmark: `bin/bench` builds the functions and runs it.
//!
//! It drives the release binaries through an emulated Lambda Runtime API, with AWS and a provider behind TLS on loopback, and
//! prints the tables of `docs/performance.md`.

mod aws;
mod budget;
mod cost;
mod measure;
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

use scene::Scene;
use subject::Subject;

/// It ends by then, whatever happens.
const LIMIT: Duration = Duration::from_secs(300);

/// Arguments: where the release binaries are, a folder for certificates, today's date.
#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [release, folder, date] = arguments.as_slice() else {
        eprintln!("usage: bench <release folder> <scratch folder> <date>");
        return ExitCode::from(2);
    };
    match tokio::time::timeout(LIMIT, run(&PathBuf::from(release), Path::new(folder), date)).await {
        Ok(Ok(report)) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Ok(Err(why)) => fail(&why),
        Err(_) => fail(&format!("not done after {LIMIT:?}")),
    }
}

async fn run(release: &Path, folder: &Path, date: &str) -> Result<String, String> {
    let scene = Scene::start(folder).await;
    let subjects = Subject::all(&scene, release);
    let findings = measure::measure(&scene, &subjects).await?;
    Ok(report::report(&report::Results { subjects: &subjects, findings: &findings }, date))
}

fn fail(why: &str) -> ExitCode {
    eprintln!("bench: {why}");
    ExitCode::FAILURE
}
