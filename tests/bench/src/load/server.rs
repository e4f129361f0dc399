//! A server that is loaded, with its database: two processes that end with their owner.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use client::Kind;
use jose::Algorithm;
use nix::unistd::Pid;
use oauth::server::TOKEN;
use serde::Deserialize;
use serde_json::Value;
use tests::{CALLBACK, World, oauth::Ask};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

use super::{CONNECTIONS, Load, ready_file};
use crate::usage;

/// What they are called in the table.
pub const OURS: &str = "latchkey";
const OPENAUTH: &str = "npm `@openauthjs/openauth`";
const OIDC_PROVIDER: &str = "npm `oidc-provider`";
/// In the order in which they are loaded.
pub const ALL: [&str; 3] = [OURS, OPENAUTH, OIDC_PROVIDER];

/// How long one may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// The roles of ours: whoever has signed in may read orders.
const ROLES: &str = "admin=users:read; member=orders:read";
const API: &str = "https://orders.example.com";

/// A server, and what it is asked.
pub struct Server {
    pub name: &'static str,
    pub endpoint: String,
    /// A refresh token for each connection.
    pub tokens: Vec<String>,
    /// A renewal, but for its token.
    pub renewal: Form,
    /// A client that asks for itself.
    pub service: Form,
    server: Process,
    database: Process,
}

/// What is sent to a token endpoint.
#[derive(Debug, Clone, Deserialize)]
pub struct Form {
    pub authorization: Option<String>,
    #[serde(deserialize_with = "pairs")]
    pub fields: Vec<(String, String)>,
}

/// What a server of others says when it is ready.
#[derive(Debug, Deserialize)]
struct Ready {
    endpoint: String,
    renewal: Form,
    tokens: Vec<String>,
    service: Form,
}

/// A process of ours, killed when this is dropped.
struct Process {
    child: Child,
    pid: Pid,
}

impl Server {
    /// Starts it, if it can be: others need Node.
    pub async fn start(name: &'static str, load: &Load) -> Result<Option<Self>, String> {
        let (database, endpoint) = database().await?;
        match (name, &load.others) {
            (OURS, _) => ours(load, database, &endpoint).await.map(Some),
            (_, None) => Ok(None),
            (_, Some((node, folder))) => {
                let script = if name == OPENAUTH { "openauth" } else { "oidc-provider" };
                let mut command = Command::new(node);
                command.arg(folder.join(script).with_extension("js"));
                other(name, command, script, load, database, &endpoint).await.map(Some)
            }
        }
    }

    /// The CPU time of the server, and of its database.
    pub fn cpu(&self) -> (Duration, Duration) {
        (usage::cpu(self.server.pid), usage::cpu(self.database.pid))
    }

    /// The memory of the server, in bytes.
    pub fn memory(&self) -> u64 {
        usage::memory(self.server.pid)
    }
}

impl Process {
    /// With nothing in its environment but what is needed everywhere.
    fn start(mut command: Command, environment: &[(&str, &str)]) -> Result<Self, String> {
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").envs(environment.iter().copied());
        command.stdin(Stdio::piped()).kill_on_drop(true);
        let child = command.spawn().map_err(|why| format!("{command:?}: {why}"))?;
        let pid = Pid::from_raw(child.id().ok_or("it has ended")?.try_into().map_err(|_| "no process id")?);
        Ok(Self { child, pid })
    }

    /// Waits until it is there, and says so if it ends instead.
    async fn wait<T>(&mut self, what: &str, mut there: impl AsyncFnMut() -> Option<T>) -> Result<T, String> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(there) = there().await {
                return Ok(there);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("{what} ended: {status}"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{what} is not ready after {PATIENCE:?}"))
    }
}

/// The embedded engine in a process of its own, and its address with the key that it wants.
async fn database() -> Result<(Process, String), String> {
    let mut command = Command::new(std::env::current_exe().map_err(|why| why.to_string())?);
    command.arg("database").stdout(Stdio::piped());
    let mut process = Process::start(command, &[])?;
    let output = process.child.stdout.take().ok_or("no output")?;
    let line = BufReader::new(output).lines().next_line().await.map_err(|why| why.to_string())?;
    Ok((process, line.ok_or("the database does not start")?))
}

/// A port that is free now.
fn free_port() -> Result<u16, String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(|why| why.to_string())?;
    Ok(listener.local_addr().map_err(|why| why.to_string())?.port())
}

/// Our release binary. A world of the tests makes its rows, with the same keys, and is gone when the server starts.
async fn ours(load: &Load, database: Process, endpoint: &str) -> Result<Server, String> {
    let keys = token::Keys::generate_for(Algorithm::Es256).map_err(|why| why.to_string())?.to_json();
    let given = [("DYNAMODB_ENDPOINT", endpoint), ("SIGNING_KEYS", keys.expose()), ("ROLES", ROLES)];
    let world = World::today(&given).await;
    let Rows { tokens, renewal, service } = rows(&world).await;
    let environment = ["BASE_URL", "COOKIE_KEY", "DYNAMODB_ENDPOINT", "SIGNING_KEYS", "ROLES"];
    let settings: Vec<_> = environment.map(|name| (name, world.cloud.settings[name].clone())).to_vec();
    drop(world);
    let port = free_port()?;
    let mut command = Command::new(load.release.join("latchkey"));
    command.current_dir(&load.scratch).args(["--port", &port.to_string()]);
    command.arg("--home").arg(load.scratch.join("home")).stdout(Stdio::null());
    let mut environment: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    environment.push(("TOKIO_WORKER_THREADS", "1"));
    let mut server = Process::start(command, &environment)?;
    server.wait("latchkey", async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await?;
    let endpoint = format!("http://127.0.0.1:{port}{TOKEN}");
    Ok(Server { name: OURS, endpoint, tokens, renewal, service, server, database })
}

/// What is in our table.
struct Rows {
    tokens: Vec<String>,
    renewal: Form,
    service: Form,
}

async fn rows(world: &World) -> Rows {
    world.api(API, &["orders:read"]).await;
    let of_the_api = |new: &mut client::NewClient| {
        new.audiences = vec![API.to_owned()];
        new.default_audience = Some(API.to_owned());
        new.scope.extend(&"orders:read".parse().unwrap());
        new.default_scope = "orders:read".parse().unwrap();
    };
    let app = world.client(Kind::Web, of_the_api).await;
    let service = world.client(Kind::Service, of_the_api).await;
    let person = world.person("ada").await;
    let mut tokens = Vec::new();
    for _ in 0..CONNECTIONS {
        let code = world.fresh_code(&app, &person, |code| {
            code.redirect_uri = CALLBACK.to_owned();
            code.scope = "offline_access orders:read".parse().unwrap();
        });
        let answer = world.redeeming(&app, &code.await).send(world).await.expect(200).json();
        tokens.push(answer["refresh_token"].as_str().unwrap().to_owned());
    }
    let form = |ask: Ask| Form { authorization: ask.authorization, fields: ask.fields };
    Rows {
        tokens,
        renewal: form(world.refreshing(&app, "").without("refresh_token")),
        service: form(Ask::of(&service, TOKEN, &[("grant_type", "client_credentials")])),
    }
}

/// A server on Node, which makes its own rows and then says what it is to be asked.
async fn other(
    name: &'static str,
    mut command: Command,
    script: &str,
    load: &Load,
    database: Process,
    endpoint: &str,
) -> Result<Server, String> {
    let (port, ready) = (free_port()?, ready_file(&load.scratch, script));
    let (key, address) = apart(endpoint)?;
    let (port_text, connections, file) =
        (port.to_string(), CONNECTIONS.to_string(), ready.display().to_string());
    let environment = [
        ("NODE_ENV", "production"),
        ("NODE_NO_WARNINGS", "1"),
        ("PORT", &port_text),
        ("CONNECTIONS", &connections),
        ("READY", &file),
        ("ENDPOINT", &address),
        ("AWS_REGION", "local"),
        ("AWS_ACCESS_KEY_ID", &key),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ];
    command.stdout(Stdio::null());
    let mut server = Process::start(command, &environment)?;
    let text = server.wait(name, async || std::fs::read_to_string(&ready).ok()).await?;
    let Ready { endpoint, renewal, tokens, service } =
        serde_json::from_str(&text).map_err(|why| format!("{name}: {why}"))?;
    let endpoint = format!("http://127.0.0.1:{port}{endpoint}");
    Ok(Server { name, endpoint, tokens, renewal, service, server, database })
}

/// The access key id in the address of an engine, and the address without it.
fn apart(endpoint: &str) -> Result<(String, String), String> {
    let parts = endpoint.strip_prefix("http://").and_then(|rest| rest.split_once('@'));
    let (key, host) = parts.ok_or_else(|| "the database has no key".to_owned())?;
    Ok((key.to_owned(), format!("http://{host}")))
}

fn pairs<'de, D: serde::Deserializer<'de>>(fields: D) -> Result<Vec<(String, String)>, D::Error> {
    let fields = serde_json::Map::<String, Value>::deserialize(fields)?;
    let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
    Ok(fields.into_iter().map(|(name, value)| (name, text(value))).collect())
}
