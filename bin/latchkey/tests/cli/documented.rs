//! The commands of a page of the documentation, beside a local cloud.

use std::process::{Command, Stdio};

use super::folder::{Folder, Running};

/// What a command reads that is given a secret.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";

/// A local cloud, and the folder in which the commands run.
struct Beside {
    folder: Folder,
    _running: Running,
}

impl Beside {
    fn start(settings: &str) -> Self {
        let folder = Folder::with(&[(".env", settings), ("secret", SECRET)]);
        let running = Running::in_folder(&folder, &[]);
        Self { folder, _running: running }
    }

    /// What a line for a shell prints.
    fn prints(&self, line: &str) -> String {
        let line = line.replace("cargo run -q --", env!("CARGO_BIN_EXE_latchkey"));
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(&self.folder.0).env_clear();
        shell.env("PATH", &setting::process_environment()["PATH"]).stdin(Stdio::null());
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the commands in a section of a page, each of which prints what is in quotes in the comment above it: how many there were.
    fn example(&self, page: &str, section: &str) -> usize {
        let (_, example) = page.split_once(&format!("## {section}\n")).unwrap();
        let example = example.split("\n## ").next().unwrap().replace("\\\n", "");
        let lines: Vec<_> = example.lines().collect();
        let mut ran = 0;
        for pair in lines.windows(2).filter(|pair| pair[1].starts_with("cargo run")) {
            let printed = self.prints(pair[1]);
            if let Some(wanted) = pair[0].split('"').nth(1) {
                assert!(printed.contains(wanted), "{}: {printed}", pair[1]);
            }
            ran += 1;
        }
        ran
    }
}

#[test]
fn the_example_of_the_documentation_does_what_it_says() {
    // #90
    let cloud = Beside::start("EVENTS=on\nPROVIDERS=google\n");
    assert_eq!(cloud.example(include_str!("../../../../docs/events.md"), "From start to end"), 10);
}

/// From an empty folder to a shop that sells.
#[test]
fn the_examples_of_the_documentation_do_what_they_say() {
    // #90
    let cloud = Beside::start("WEBHOOKS=on\nPROVIDERS=google\n");
    let page = include_str!("../../../../docs/webhooks.md");
    assert_eq!(cloud.example(page, "From start to end"), 10);
    assert_eq!(cloud.example(page, "Senders"), 3);
}
