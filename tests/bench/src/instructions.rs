//! What a processor does for one answer of a flow, and of its floor, counted by valgrind's cachegrind: nothing else that runs on the machine
//! changes it.

use std::path::{Path, PathBuf};

use crate::{
    Outcome,
    budget::FLOW_CPU,
    flow::FLOWS,
    measure,
    process::Process,
    report::{self, row},
    scene::Scene,
    subject::{Kind, Subject},
};

/// Events of a process, and of another one: what the second did more is what so many warm answers take.
const FEW: usize = 10;
const MANY: usize = 40;
/// The cache whose misses are counted, in bytes: about what is left of a core's second cache to a process that shares it.
const CACHE: u32 = 512 * 1024;

/// How it is done.
pub struct Instructions {
    pub release: PathBuf,
    pub scratch: PathBuf,
    pub date: String,
    pub valgrind: PathBuf,
    pub only: Vec<String>,
}

/// What one process did, or one answer takes.
#[derive(Clone, Copy)]
struct Counted {
    /// Executed in user mode.
    instructions: f64,
    /// Lines of 64 bytes, of code and of data, that were not in [`CACHE`].
    missed: f64,
}

impl Instructions {
    /// The table of all flows that have a floor. What takes more than its budget is said.
    pub async fn run(&self) -> Result<Outcome, String> {
        let scene = Scene::start(&self.scratch).await;
        let mut subjects = Subject::all(&scene, &self.release, None);
        subjects.retain(|subject| FLOWS.iter().any(|flow| flow.name == subject.name && flow.floor.is_some()));
        subjects.retain(|subject| self.only.is_empty() || subject.belongs_to(&self.only));
        let mut floors = measure::floors(&scene, &self.release, &subjects).await?;
        floors.retain(|floor| floor.kind == Kind::FlowFloor);
        let mut text = format!("Counted on {}, in thousands of one warm answer:\n\n", self.date);
        text.push_str("| | instructions | its floor | ratio | lines missed | its floor | ratio |\n");
        text.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
        let mut wrong = Vec::new();
        for subject in &subjects {
            let Some(floor) = floors.iter().find(|floor| floor.name == subject.name) else { continue };
            let (ours, least) = (self.answer(&scene, subject).await?, self.answer(&scene, floor).await?);
            let ratio = ours.instructions / least.instructions;
            if ratio > FLOW_CPU {
                wrong.push(format!("{} takes {ratio:.2} × the instructions of its floor", subject.name));
            }
            row(&mut text, cells(subject, ours, least));
        }
        Ok(Outcome { text: report::part("instructions", &text), wrong })
    }

    /// What one warm answer takes.
    async fn answer(&self, scene: &Scene, subject: &Subject) -> Result<Counted, String> {
        let (few, many) =
            (self.counted(scene, subject, FEW).await?, self.counted(scene, subject, MANY).await?);
        let each = |few: f64, many: f64| (many - few) / (MANY - FEW) as f64;
        Ok(Counted {
            instructions: each(few.instructions, many.instructions),
            missed: each(few.missed, many.missed),
        })
    }

    /// What a process did that answered so many events.
    async fn counted(&self, scene: &Scene, subject: &Subject, events: usize) -> Result<Counted, String> {
        let counts = self.scratch.join("counts");
        let mut process = Process::start(&self.watched(subject, &counts)).await?;
        for _ in 0..events {
            let answer = process.ask(&subject.event(scene).await).await?;
            subject.check(scene, &answer.value)?;
        }
        process.end().await?;
        read(&counts).ok_or_else(|| format!("valgrind counted nothing of {}", subject.name))
    }

    /// The same program, run by valgrind.
    fn watched(&self, subject: &Subject, counts: &Path) -> Subject {
        let mut out = std::ffi::OsString::from("--cachegrind-out-file=");
        out.push(counts);
        let cache = format!("--LL={CACHE},16,64");
        let mut arguments =
            vec!["--tool=cachegrind".into(), "--cache-sim=yes".into(), cache.into(), out.into()];
        arguments.push(subject.program.clone());
        arguments.extend(subject.arguments.iter().cloned());
        let mut watched = subject.clone();
        (watched.program, watched.arguments) = (self.valgrind.clone(), arguments);
        watched
    }
}

fn cells(subject: &Subject, ours: Counted, floor: Counted) -> [String; 7] {
    let thousands = |number: f64, digits: usize| format!("{:.digits$}", number / 1000.0);
    [
        subject.label(),
        thousands(ours.instructions, 0),
        thousands(floor.instructions, 0),
        format!("{:.2}", ours.instructions / floor.instructions),
        thousands(ours.missed, 1),
        thousands(floor.missed, 1),
        format!("{:.2}", ours.missed / floor.missed),
    ]
}

/// What cachegrind wrote: a line that names the events, and one with their sums.
fn read(counts: &Path) -> Option<Counted> {
    let text = std::fs::read_to_string(counts).ok()?;
    let line = |name: &str| Some(text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace());
    let sums: Vec<(&str, f64)> = line("events:")?
        .zip(line("summary:")?)
        .map(|(name, sum)| Some((name, sum.parse().ok()?)))
        .collect::<Option<_>>()?;
    let of = |names: &[&str]| sums.iter().filter(|(name, _)| names.contains(name)).map(|(_, sum)| sum).sum();
    let counted = Counted { instructions: of(&["Ir"]), missed: of(&["ILmr", "DLmr", "DLmw"]) };
    (counted.instructions > 0.0).then_some(counted)
}
