//! One process of a function: started, asked, measured, and ended with its owner.

use std::{
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::oneshot,
    time::timeout,
};

use crate::{
    runtime_api::{self, Deed, Deeds},
    subject::Subject,
    usage,
};

/// Lambda gives a start ten seconds; nothing here may take longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process that waits for its next event.
pub struct Process {
    /// From the start of the process until it asked for its first event.
    pub init: Duration,
    pid: Pid,
    deeds: Deeds,
    give: Option<oneshot::Sender<String>>,
    output: Arc<Output>,
    child: Child,
}

/// What it printed: how much, and the last of it.
#[derive(Default)]
struct Output {
    bytes: AtomicU64,
    last: Mutex<Vec<String>>,
}

/// One answer.
pub struct Answer {
    pub value: Value,
    /// From the event to the answer.
    pub took: Duration,
}

impl Process {
    /// Starts it with its environment and no other, and waits until it asks for an event.
    pub async fn start(subject: &Subject) -> Result<Self, String> {
        let (address, deeds) = runtime_api::serve().await;
        let (program, environment) = (&subject.program, subject.environment.iter().cloned());
        let mut command = Command::new(program);
        command.args(&subject.arguments).env_clear().envs(environment).env("AWS_LAMBDA_RUNTIME_API", address);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let started = Instant::now();
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
        let output = Arc::new(Output::default());
        let pid = Pid::from_raw(child.id().unwrap().try_into().unwrap());
        listen(child.stdout.take().unwrap(), &output);
        listen(child.stderr.take().unwrap(), &output);
        let mut process = Self { init: Duration::ZERO, pid, deeds, give: None, output, child };
        process.init = process.ready().await? - started;
        Ok(process)
    }

    /// Lets it answer one event.
    pub async fn ask(&mut self, event: &Value) -> Result<Answer, String> {
        let event = event.to_string();
        let asked = Instant::now();
        let give = self.give.take().ok_or("it is not ready")?;
        give.send(event).map_err(|_| "it hung up")?;
        let (answered, body) = match self.deed().await? {
            (at, Deed::Answered(body)) => (at, body),
            (_, other) => return Err(self.strange(other)),
        };
        let value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        self.ready().await?;
        Ok(Answer { value, took: answered - asked })
    }

    /// The CPU time it has used, in user and system mode, all threads.
    pub async fn cpu(&self) -> Duration {
        // It has just sent something: let it fall asleep first.
        tokio::time::sleep(Duration::from_millis(1)).await;
        usage::cpu(self.pid)
    }

    /// The most memory it has held at once, in bytes.
    pub fn peak_memory(&self) -> u64 {
        usage::most_memory(self.pid)
    }

    /// Lets it end by itself, as a signal asks it to, and waits for that.
    pub async fn end(mut self) -> Result<(), String> {
        kill(self.pid, Signal::SIGTERM).map_err(|why| why.to_string())?;
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.map_err(|_| "it does not end")?.map(drop).map_err(|why| why.to_string())
    }

    /// How many bytes it has printed.
    pub fn printed(&self) -> u64 {
        self.output.bytes.load(Ordering::SeqCst)
    }

    async fn ready(&mut self) -> Result<Instant, String> {
        match self.deed().await? {
            (at, Deed::Asked(give)) => {
                self.give = Some(give);
                Ok(at)
            }
            (_, other) => Err(self.strange(other)),
        }
    }

    async fn deed(&mut self) -> Result<(Instant, Deed), String> {
        match timeout(PATIENCE, self.deeds.recv()).await {
            Ok(Some(deed)) => Ok(deed),
            _ => Err(format!("it does nothing for {PATIENCE:?}; it said: {}", self.last_words())),
        }
    }

    fn strange(&self, deed: Deed) -> String {
        let what = match deed {
            Deed::Asked(_) => "asked again without an answer".to_owned(),
            Deed::Answered(body) => format!("answered nobody: {}", String::from_utf8_lossy(&body)),
            Deed::Failed(why) => format!("failed: {why}"),
        };
        format!("it {what}; it said: {}", self.last_words())
    }

    /// The last it printed.
    pub fn last_words(&self) -> String {
        self.output.last.lock().unwrap().join("\n")
    }
}

fn listen(pipe: impl AsyncRead + Unpin + Send + 'static, output: &Arc<Output>) {
    let output = output.clone();
    tokio::spawn(async move {
        let mut lines = BufReader::new(pipe).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            output.bytes.fetch_add(line.len() as u64 + 1, Ordering::SeqCst);
            let mut last = output.last.lock().unwrap();
            if last.len() == 5 {
                last.remove(0);
            }
            last.push(line);
        }
    });
}
