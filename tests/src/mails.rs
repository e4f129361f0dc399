//! What a world's people find in their mailboxes; a queue's delivery of a letter; and carriers that refuse.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, body::Bytes, extract::State, response::IntoResponse};
use http::StatusCode;
use mail::{Letter, What};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use crate::World;

/// A mail that has arrived.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    /// The link in it, which is on a line of its own.
    #[track_caller]
    pub fn link(&self) -> &str {
        let mut links = self.text.lines().filter(|line| line.starts_with("http"));
        links.next().unwrap_or_else(|| panic!("no link: {self:?}"))
    }

    /// The code in it, which is on a line of its own: of capitals and digits, with spaces and hyphens between.
    #[track_caller]
    pub fn code(&self) -> &str {
        let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || " -".contains(c);
        let is_code = |line: &&str| line.len() >= 4 && line.chars().all(fits);
        self.text.lines().find(is_code).unwrap_or_else(|| panic!("no code: {self:?}"))
    }
}

impl World {
    /// The mails to an address, the newest first.
    pub async fn mails(&self, to: &str) -> Vec<Mail> {
        let all = self.program().get("/outbox.json").await.expect(200).json();
        let all: Vec<Mail> = serde_json::from_value(all).unwrap();
        all.into_iter().filter(|mail| mail.to == to).collect()
    }

    /// The newest mail to an address, as soon as there are this many.
    pub async fn mail(&self, to: &str, count: usize) -> Mail {
        for _ in 0..1200 {
            let mails = self.mails(to).await;
            if mails.len() >= count {
                return mails[0].clone();
            }
            sleep(Duration::from_millis(25)).await;
        }
        panic!("{to} has {:?}", self.mails(to).await);
    }

    /// Delivers letters to the function that sends them, as the queue does: the places of those that must come again.
    pub async fn deliver(&self, letters: &[Letter]) -> Vec<usize> {
        let record = |(at, letter): (usize, &Letter)| {
            json!({
                "messageId": at.to_string(), "receiptHandle": "r", "body": serde_json::to_string(letter).unwrap(),
                "attributes": {"ApproximateReceiveCount": "1"},
            })
        };
        let records: Vec<_> = letters.iter().enumerate().map(record).collect();
        let answer = self.cloud.invoke("mail-send", &json!({"Records": records})).await.unwrap();
        let failed = answer["batchItemFailures"].as_array().unwrap().iter();
        failed.map(|item| item["itemIdentifier"].as_str().unwrap().parse().unwrap()).collect()
    }
}

/// A letter.
pub fn letter(to: &str, language: &str, what: What) -> Letter {
    Letter { to: to.to_owned(), language: language.to_owned(), what }
}

/// What SES tells of a mail that came back for good, as EventBridge has it.
pub fn bounce(to: &str) -> Value {
    json!({
        "detail-type": "Email Bounced", "source": "aws.ses",
        "detail": {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": to}]}},
    })
}

/// Something that answers like SES, as the test wants.
#[derive(Debug, Clone)]
pub struct Ses {
    pub url: String,
    inner: Arc<Mutex<(u16, &'static str, Vec<Value>)>>,
}

impl Ses {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ses = Self { url, inner: Arc::new(Mutex::new((200, "", Vec::new()))) };
        let router = Router::new().fallback(answer).with_state(ses.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        ses
    }

    /// How it answers from now on.
    pub fn answer(&self, status: u16, error: &'static str) {
        let mut inner = self.inner.lock().unwrap();
        (inner.0, inner.1) = (status, error);
    }

    /// What it was asked since it was last looked.
    pub fn asked(&self) -> Vec<Value> {
        std::mem::take(&mut self.inner.lock().unwrap().2)
    }
}

async fn answer(State(ses): State<Ses>, body: Bytes) -> axum::response::Response {
    let mut inner = ses.inner.lock().unwrap();
    let asked: Value = serde_json::from_slice(&body).unwrap();
    // Like SES, it names whom it refused.
    let said = json!({"MessageId": "m", "message": asked["Destination"].to_string()});
    inner.2.push(asked);
    let status = StatusCode::from_u16(inner.0).unwrap();
    (status, [("x-amzn-errortype", inner.1)], Json(said)).into_response()
}

/// Something that answers like a server by SMTP; whoever is at `refused.example` has no mailbox.
#[derive(Debug)]
pub struct Smtp {
    pub url: String,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Smtp {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let mails = Arc::<Mutex<Vec<String>>>::default();
        let kept = mails.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(speak(stream, kept.clone()));
            }
        });
        Self { url, mails }
    }

    /// What it has taken: each as it came, behind the envelope's commands.
    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

async fn speak(stream: TcpStream, mails: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 here\r\n").await?;
    let (mut mail, mut in_data) = (String::new(), false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let said = match (in_data, verb.as_str()) {
            (true, _) if line == ".\r\n" => {
                in_data = false;
                mails.lock().unwrap().push(std::mem::take(&mut mail));
                "250 taken\r\n"
            }
            (true, _) => {
                mail.push_str(&line);
                continue;
            }
            (_, "DATA") => {
                in_data = true;
                "354 go on\r\n"
            }
            (_, "RCPT") if line.contains("@refused.example") => "550 5.1.1 no such mailbox\r\n",
            (_, "RCPT") if line.contains("@busy.example") => "451 4.7.1 later\r\n",
            (_, "MAIL" | "RCPT") => {
                mail.push_str(&line);
                "250 good\r\n"
            }
            (_, "QUIT") => "221 bye\r\n",
            _ => "250 here\r\n",
        };
        stream.write_all(said.as_bytes()).await?;
    }
}
