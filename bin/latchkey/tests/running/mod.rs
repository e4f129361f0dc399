//! A local cloud, and the commands of a page of the documentation in it.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// A folder with a local cloud that runs in it; both go away with this.
pub(crate) struct Running {
    folder: PathBuf,
    process: Child,
}

impl Running {
    /// One with these settings.
    pub(crate) fn start(settings: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("latchkey-{}", oauth::Secret::random().expose()));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(".env"), settings).unwrap();
        // What a command reads that is given a secret.
        fs::write(folder.join("secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command.args(["--port", "0"]).current_dir(&folder).env_clear().stdin(Stdio::null());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let first = BufReader::new(process.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        assert!(first.contains("http://"), "{first}");
        Self { folder, process }
    }

    /// What a line for a shell prints.
    pub(crate) fn says(&self, line: &str) -> String {
        let line = line.replace("cargo run -q --", env!("CARGO_BIN_EXE_latchkey"));
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(&self.folder).env_clear();
        shell.env("PATH", &setting::process_environment()["PATH"]).stdin(Stdio::null());
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the commands in a section of a page, each of which prints what is in quotes in the comment above it: how many there were.
    pub(crate) fn example(&self, page: &str, section: &str) -> usize {
        let (_, example) = page.split_once(&format!("## {section}\n")).unwrap();
        let example = example.split("\n## ").next().unwrap().replace("\\\n", "");
        let lines: Vec<_> = example.lines().collect();
        let mut ran = 0;
        for pair in lines.windows(2).filter(|pair| pair[1].starts_with("cargo run")) {
            let printed = self.says(pair[1]);
            if let Some(wanted) = pair[0].split('"').nth(1) {
                assert!(printed.contains(wanted), "{}: {printed}", pair[1]);
            }
            ran += 1;
        }
        ran
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
