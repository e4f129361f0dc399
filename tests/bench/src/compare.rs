//! Two builds of the same functions side by side: the one of this checkout, and that of another commit. They take turns, and
//! find the same world: what is outside of them is this checkout's.

use std::{fmt::Write, path::Path};

use crate::{
    Outcome,
    measure::{Findings, THOROUGH, answers, measure, median},
    report::{NOTHING, head, machine, row},
    scene::Scene,
    subject::Subject,
};

/// What may grow by so much of a hundred before it is said to have grown.
const ALLOWED: f64 = 3.0;

/// What is compared, and of which findings it can be read; a function that is only started has the first two.
type Figure = (&'static str, fn(&Findings) -> Option<f64>, usize);
const FIGURES: [Figure; 4] = [
    ("zip, KB", |found| Some(found.zip as f64 / 1000.0), 1),
    ("CPU of init, ms", |found| Some(median(&found.init_cpu).as_secs_f64() * 1e3), 2),
    ("CPU to first answer, ms", |found| found.asked.then(|| median(&found.cold_cpu).as_secs_f64() * 1e3), 2),
    ("CPU warm, µs", |found| found.asked.then(|| median(&found.warm_cpu).as_secs_f64() * 1e6), 1),
];
/// Of init alone nothing is promised where there is an answer.
const INIT: &str = "CPU of init, ms";

/// Measures all that is in both folders, and says what has grown.
pub async fn compare(scene: &Scene, now: &Path, before: &Path, only: &[String]) -> Result<Outcome, String> {
    let (pairs, left_out) = pairs(scene, now, before, only).await?;
    let subjects: Vec<_> = pairs.iter().flatten().cloned().collect();
    let findings = measure(scene, &subjects, THOROUGH).await?;
    let mut text = format!(
        "{}. Of each three columns the first is the earlier version; what has grown by more than {ALLOWED} % is bold.\n\n",
        machine()
    );
    let columns: Vec<_> = FIGURES.iter().flat_map(|(name, ..)| [*name, "now", "ratio"]).collect();
    head(&mut text, &columns);
    let mut wrong = Vec::new();
    for ([subject, _], found) in pairs.iter().zip(findings.chunks_exact(2)) {
        let [now, before] = found else { unreachable!("they come in pairs") };
        let figures = FIGURES.iter().flat_map(|figure| cells(figure, now, before));
        row(&mut text, [subject.label()].into_iter().chain(figures));
        wrong.extend(FIGURES.iter().filter_map(|figure| grown(figure, subject, now, before)));
    }
    left_out.iter().for_each(|why| _ = writeln!(text, "\nLeft out: {why}."));
    Ok(Outcome { text, wrong })
}

/// What answers on both sides, now and before; and why the rest does not.
async fn pairs(
    scene: &Scene,
    now: &Path,
    before: &Path,
    only: &[String],
) -> Result<(Vec<[Subject; 2]>, Vec<String>), String> {
    let (mut pairs, mut left_out) = (Vec::new(), Vec::new());
    for (ours, theirs) in Subject::ours(scene, now).into_iter().zip(Subject::ours(scene, before)) {
        if !only.is_empty() && !ours.belongs_to(only) {
            continue;
        }
        match unlike(scene, &ours, &theirs).await {
            None => pairs.push([ours, theirs]),
            Some(why) => left_out.push(format!("{}: {why}", ours.label())),
        }
    }
    if pairs.is_empty() {
        return Err(format!("there is nothing to compare: {}", left_out.join("; ")));
    }
    Ok((pairs, left_out))
}

/// Why these two cannot be compared: a function is new, has another name, or does not do in the other world what it does in ours.
async fn unlike(scene: &Scene, ours: &Subject, theirs: &Subject) -> Option<String> {
    for (subject, when) in [(ours, "now"), (theirs, "before")] {
        if !subject.program.exists() {
            return Some(format!("it is not there {when}"));
        }
        if let Err(why) = answers(scene, subject).await {
            return Some(format!("it does not answer {when} ({})", why.replace('\n', " ")));
        }
    }
    None
}

fn cells((_, read, digits): &Figure, now: &Findings, before: &Findings) -> [String; 3] {
    let (Some(now), Some(before)) = (read(now), read(before)) else { return [NOTHING; 3].map(str::to_owned) };
    let ratio = format!("{:.3}", now / before);
    let ratio = if has_grown(now, before) { format!("**{ratio}**") } else { ratio };
    [format!("{before:.digits$}"), format!("{now:.digits$}"), ratio]
}

fn grown(
    (name, read, digits): &Figure,
    subject: &Subject,
    now: &Findings,
    before: &Findings,
) -> Option<String> {
    let (now_is, was) = (read(now)?, read(before)?);
    let counts = *name != INIT || !now.asked;
    (counts && has_grown(now_is, was)).then(|| {
        let grown = 100.0 * (now_is / was - 1.0);
        format!(
            "{} has grown by {grown:.1} %: {name}: {was:.digits$} before, {now_is:.digits$} now",
            subject.name
        )
    })
}

fn has_grown(now: f64, before: f64) -> bool {
    now > before * (1.0 + ALLOWED / 100.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_grows_by_more_than_three_of_a_hundred_is_bold() {
        let found = |zip, warm| Findings {
            zip,
            warm_cpu: vec![Duration::from_micros(warm)],
            asked: true,
            ..Findings::default()
        };
        let (now, before) = (found(1_030_000, 104), found(1_000_000, 100));
        assert_eq!(cells(&FIGURES[0], &now, &before), ["1000.0", "1030.0", "1.030"]);
        assert_eq!(cells(&FIGURES[3], &now, &before), ["100.0", "104.0", "**1.040**"]);
        assert_eq!(cells(&FIGURES[3], &Findings::default(), &before), [NOTHING; 3]);
    }
}
