//! The measuring: round after round, in each of which every program has its turn, so that whatever else the machine does
//! falls upon all of them alike.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};

use crate::{
    aws::{Calls, Parts, Recorded},
    flow::FLOWS,
    process::Process,
    scene::Scene,
    subject::{Kind, Subject},
};

/// How often everything is done, after one time that is not counted.
#[derive(Clone, Copy)]
pub struct Rounds {
    /// Cold starts of each program.
    pub cold: usize,
    /// Turns of each warm program.
    pub warm: usize,
}

/// Enough to see that everything answers.
pub const QUICK: Rounds = Rounds { cold: 1, warm: 2 };
/// Enough for the page.
pub const USUAL: Rounds = Rounds { cold: 30, warm: 25 };
/// Enough to tell two versions of a program apart.
pub const THOROUGH: Rounds = Rounds { cold: 100, warm: 80 };

/// Events in each warm turn.
const EVENTS: usize = 20;
/// Answers before that nobody counts, where an answer needs nothing prepared: V8 compiles what runs often, and is to have done so.
const REHEARSALS: usize = 1000;

/// What was found out about one program.
#[derive(Debug, Default)]
pub struct Findings {
    pub zip: u64,
    pub init: Vec<Duration>,
    pub first: Vec<Duration>,
    pub init_cpu: Vec<Duration>,
    pub cold_cpu: Vec<Duration>,
    pub cold_calls: Calls,
    pub cold_provider: u32,
    pub warm: Vec<Duration>,
    pub warm_cpu: Vec<Duration>,
    /// Of one answer; nothing if no turn was like the others.
    pub warm_calls: Option<Calls>,
    /// What these took of each kind of row.
    pub parts: Parts,
    pub warm_provider: u32,
    pub peak_memory: u64,
    /// Bytes of log of one warm answer.
    pub printed: u64,
    /// Whether it was asked anything; if not, there are its size, its init and its memory alone.
    pub asked: bool,
}

impl Findings {
    /// The calls to AWS of one warm answer.
    pub fn calls(&self) -> Calls {
        self.warm_calls.clone().unwrap_or_default()
    }
}

/// Measures all of them.
pub async fn measure(scene: &Scene, subjects: &[Subject], rounds: Rounds) -> Result<Vec<Findings>, String> {
    let subjects = answering(scene, subjects).await?;
    let mut findings = Vec::new();
    for subject in &subjects {
        findings.push(Findings { zip: zipped(subject)?, asked: subject.is_asked(), ..Findings::default() });
    }
    for round in 0..rounds.cold {
        for index in turn(round, subjects.len()) {
            let subject = &subjects[index];
            cold(scene, subject, &mut findings[index]).await.map_err(of(subject))?;
        }
    }
    let mut processes = Vec::new();
    for subject in &subjects {
        processes.push(rehearsed(scene, subject).await.map_err(of(subject))?);
    }
    for round in 0..=rounds.warm {
        for index in turn(round, subjects.len()) {
            let (subject, mut unused) = (&subjects[index], Findings::default());
            let findings = if round == 0 { &mut unused } else { &mut findings[index] };
            if subject.is_asked() {
                warm(scene, subject, findings, &mut processes[index]).await.map_err(of(subject))?;
            }
        }
    }
    for ((subject, findings), process) in subjects.iter().zip(&mut findings).zip(&processes) {
        findings.peak_memory = process.peak_memory();
        if findings.asked && findings.warm_calls.is_none() {
            return Err(format!("{}: it asks for something else each time", subject.name));
        }
    }
    Ok(findings)
}

/// The floors of those of these that are flows with a budget: each makes the calls that its function makes, with the same answers. There are
/// two of each, of which one does nothing else.
///
/// Each is a file of its own, as each function is. They are one program, and ran one after the other: from a common file they would find
/// their code in the processor's caches, which no function does.
pub async fn floors(scene: &Scene, release: &Path, subjects: &[Subject]) -> Result<Vec<Subject>, String> {
    let mut floors = Vec::new();
    for flow in FLOWS.iter().filter(|flow| flow.floor.is_some()) {
        let Some(subject) = subjects.iter().find(|subject| subject.name == flow.name) else { continue };
        let exchange = recorded(scene, subject).await.map_err(of(subject))?;
        scene.aws.replay(&exchange.calls);
        for kind in [Kind::FlowFloor, Kind::BareFloor] {
            let program = release.join(format!("floor-flow-{}", floors.len()));
            std::fs::copy(release.join("floor-flow"), &program).map_err(|why| why.to_string())?;
            floors.extend(Subject::floor_of(scene, program, flow, kind, &exchange));
        }
    }
    Ok(floors)
}

/// What was asked once, what was answered, and what was asked of the table for that.
pub struct Exchange {
    pub event: Value,
    pub answer: Value,
    pub calls: Vec<Recorded>,
}

/// One answer of a process that is warm.
async fn recorded(scene: &Scene, subject: &Subject) -> Result<Exchange, String> {
    let mut process = Process::start(subject).await?;
    let event = subject.event(scene).await;
    process.ask(&event).await?;
    let event = subject.event(scene).await;
    scene.aws.calls();
    let answer = process.ask(&event).await?.value;
    subject.check(scene, &answer).map_err(|why| format!("{why}; {}", process.last_words()))?;
    Ok(Exchange { event, answer, calls: scene.aws.recorded() })
}

/// Each as it will be measured, after the start that nobody counts. Where it was only guessed what to ask, and the answer is a
/// fault, it is not asked again.
async fn answering(scene: &Scene, subjects: &[Subject]) -> Result<Vec<Subject>, String> {
    let mut answering = Vec::new();
    for subject in subjects {
        let answered = answers(scene, subject).await;
        answering.push(match (answered, subject.only_started()) {
            (Err(_), Some(only_started)) => only_started,
            (answered, _) => answered.map(|()| subject.clone()).map_err(of(subject))?,
        });
    }
    Ok(answering)
}

/// Fails unless it starts, answers what it is asked, and refuses what must be refused.
pub async fn answers(scene: &Scene, subject: &Subject) -> Result<(), String> {
    refuses(scene, subject).await?;
    cold(scene, subject, &mut Findings::default()).await
}

/// The order of a round: there and back, so that nobody always comes after the same one.
fn turn(round: usize, length: usize) -> impl Iterator<Item = usize> {
    (0..length).map(move |index| if round.is_multiple_of(2) { index } else { length - 1 - index })
}

/// Says whose fault it is.
fn of(subject: &Subject) -> impl Fn(String) -> String {
    let name = subject.name;
    move |why| format!("{name}: {why}")
}

/// Fails unless what must be refused is refused: a guard that accepts everybody is fast.
async fn refuses(scene: &Scene, subject: &Subject) -> Result<(), String> {
    let questions = subject.bad_questions(scene).await;
    if questions.is_empty() {
        return Ok(());
    }
    let mut process = Process::start(subject).await?;
    for question in &questions {
        let answer = process.ask(question).await?.value;
        if answer != json!({"isAuthorized": false}) {
            return Err(format!("it answers {answer} to a token that is not good"));
        }
    }
    Ok(())
}

/// A process that is warm.
async fn rehearsed(scene: &Scene, subject: &Subject) -> Result<Process, String> {
    let mut process = Process::start(subject).await?;
    if subject.is_rehearsed() {
        let event = subject.event(scene).await;
        for _ in 0..REHEARSALS {
            process.ask(&event).await?;
        }
    }
    Ok(process)
}

/// One cold start, up to the first answer if there is one.
async fn cold(scene: &Scene, subject: &Subject, findings: &mut Findings) -> Result<(), String> {
    let event = subject.event(scene).await;
    let asked_before = scene.provider_calls();
    scene.aws.calls();
    let mut process = Process::start(subject).await?;
    findings.init_cpu.push(process.cpu().await);
    if !subject.is_asked() {
        findings.init.push(process.init);
        return Ok(());
    }
    let answer = process.ask(&event).await?;
    subject.check(scene, &answer.value).map_err(|why| format!("{why}; {}", process.last_words()))?;
    findings.cold_cpu.push(process.cpu().await);
    findings.init.push(process.init);
    // Not by the clock: between the two the harness looked at the process.
    findings.first.push(process.init + answer.took);
    findings.cold_calls = scene.aws.calls();
    findings.cold_provider = scene.provider_calls() - asked_before;
    Ok(())
}

/// Some answers of a process that is warm.
async fn warm(
    scene: &Scene,
    subject: &Subject,
    findings: &mut Findings,
    process: &mut Process,
) -> Result<(), String> {
    let mut events = Vec::new();
    for _ in 0..EVENTS {
        events.push(subject.event(scene).await);
    }
    let (asked_before, printed_before) = (scene.provider_calls(), process.printed());
    scene.aws.calls();
    let used_before = process.cpu().await;
    for event in &events {
        let answer = process.ask(event).await?;
        subject.check(scene, &answer.value)?;
        findings.warm.push(answer.took);
    }
    let events = u32::try_from(EVENTS).unwrap();
    findings.warm_cpu.push((process.cpu().await - used_before) / events);
    // Now and then something is due that is not part of every answer, such as moving a session's end: the other turns count.
    let parts = scene.aws.parts();
    if let Some(calls) = per(scene.aws.calls(), events) {
        findings.warm_calls = Some(calls);
        findings.parts = parts_per(parts, events);
    }
    findings.warm_provider = (scene.provider_calls() - asked_before) / events;
    findings.printed = (process.printed() - printed_before) / u64::from(events);
    Ok(())
}

/// The calls of one event, given those of several, if they are alike.
fn per(Calls(mut calls): Calls, events: u32) -> Option<Calls> {
    for (count, units) in calls.values_mut() {
        if *count % events != 0 {
            return None;
        }
        (*count, *units) = (*count / events, *units / f64::from(events));
    }
    Some(Calls(calls))
}

/// The same of what they took.
fn parts_per(mut parts: Parts, events: u32) -> Parts {
    for units in parts.values_mut() {
        for each in [&mut units.reads, &mut units.writes, &mut units.index_writes, &mut units.stored] {
            *each /= f64::from(events);
        }
    }
    parts
}

/// How large it is as it is uploaded.
fn zipped(subject: &Subject) -> Result<u64, String> {
    let zip =
        std::process::Command::new("zip").args(["-q", "-X", "-9", "-j", "-"]).arg(&subject.package).output();
    let zip = zip.map_err(|error| format!("zip: {error}"))?;
    if zip.status.success() {
        Ok(zip.stdout.len() as u64)
    } else {
        Err(format!("there is no {}", subject.package.display()))
    }
}

/// The middle one.
pub fn median(values: &[Duration]) -> Duration {
    percentile(values, 50)
}

/// The one below which so many of a hundred are.
pub fn percentile(values: &[Duration], percent: usize) -> Duration {
    let mut sorted = values.to_vec();
    sorted.sort();
    sorted
        .get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}
