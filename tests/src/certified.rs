//! A certified provider: npm's oidc-provider in a process of its own, and a person who clicks through its pages.

use std::{collections::BTreeMap, process::Stdio};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};
use url::Url;

use crate::Answer;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/provider");

/// The provider. Its process ends with this: its standard input closes, and it is killed.
#[derive(Debug)]
pub struct Certified {
    pub issuer: String,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Certified {
    /// Starts it. It knows nobody yet, and answers nothing.
    pub async fn start() -> Self {
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(FOLDER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node must be there: it runs the certified provider");
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let mut it =
            Self { issuer: String::new(), input, output: BufReader::new(output).lines(), _process: process };
        it.issuer = it.line().await["issuer"].as_str().unwrap().to_owned();
        it
    }

    /// Tells it its clients, and whatever else it is to know. From now on it answers.
    pub async fn introduce(&mut self, clients: Value, conform: bool) {
        let line = format!("{}\n", json!({ "clients": clients, "conform": conform }));
        self.input.write_all(line.as_bytes()).await.unwrap();
        assert_eq!(self.line().await["ready"], true);
    }

    /// How often its token endpoint was asked so far, whatever it answered.
    pub async fn exchanges(&mut self) -> u64 {
        self.input.write_all(b"\n").await.unwrap();
        self.line().await["exchanges"].as_u64().unwrap()
    }

    /// The next thing it tells us; between such lines it prints notes of its own.
    async fn line(&mut self) -> Value {
        loop {
            let line = self.output.next_line().await.unwrap();
            let line = line.expect(
                "the provider ended: are the npm packages of tests/ installed? bin/test installs them",
            );
            if line.starts_with('{') {
                return serde_json::from_str(&line).unwrap();
            }
        }
    }
}

/// Somebody with a browser of their own at the provider: a fresh one, whom it does not know yet.
#[derive(Debug)]
pub struct Visitor {
    at: Url,
    jar: BTreeMap<String, String>,
    client: reqwest::Client,
}

impl Visitor {
    /// Signs in as `login` and consents: the address that the provider sends the browser back to.
    pub async fn agree(url: &str, login: &str) -> String {
        let (mut visitor, mut answer) = Self::arrive(url).await;
        for fields in
            [&[("prompt", "login"), ("login", login), ("password", "any")][..], &[("prompt", "consent")]]
        {
            let form = visitor.page(answer).await.expect("the provider shows a form");
            answer = visitor.post(&form, fields).await;
        }
        visitor.back(answer).await
    }

    /// Refuses to sign in: the address that the provider sends the browser back to.
    pub async fn refuse(url: &str) -> String {
        let (mut visitor, answer) = Self::arrive(url).await;
        let form = visitor.page(answer).await.expect("the provider shows a form");
        let answer = visitor.get(form.join(&format!("{}/abort", form.path())).unwrap()).await;
        visitor.back(answer).await
    }

    async fn arrive(url: &str) -> (Self, Answer) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut visitor = Self { at: Url::parse(url).unwrap(), jar: BTreeMap::new(), client };
        let answer = visitor.get(visitor.at.clone()).await;
        (visitor, answer)
    }

    /// Follows redirects up to a page, and gives the address that its form is posted to; nothing where they leave the
    /// provider, for which `at` is then the place.
    async fn page(&mut self, mut answer: Answer) -> Option<Url> {
        let home = self.at.origin();
        while answer.status == 303 {
            let next = self.at.join(answer.location()).unwrap();
            if next.origin() != home {
                self.at = next;
                return None;
            }
            answer = self.get(next).await;
        }
        let body = answer.expect(200).body;
        let (_, action) =
            body.split_once("action=\"").unwrap_or_else(|| panic!("a page without a form: {body}"));
        Some(self.at.join(action.split('"').next().unwrap()).unwrap())
    }

    async fn back(mut self, answer: Answer) -> String {
        let page = self.page(answer).await;
        assert_eq!(page, None, "the provider shows another page");
        self.at.into()
    }

    async fn get(&mut self, url: Url) -> Answer {
        let request = self.client.get(url.clone());
        self.send(url, request).await
    }

    async fn post(&mut self, url: &Url, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request =
            self.client.post(url.clone()).header("content-type", "application/x-www-form-urlencoded");
        self.send(url.clone(), request.body(body)).await
    }

    /// All cookies go everywhere: the provider's paths differ, but their names do not collide.
    async fn send(&mut self, url: Url, request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = Answer::of(request.header("cookie", cookies.join("; ")).send().await.unwrap()).await;
        for cookie in answer.cookies() {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        self.jar.retain(|_, value| !value.is_empty());
        self.at = url;
        answer
    }
}
