//! The world around the functions: a table with people in it, a provider, AWS, and somebody who signs in.

mod events;
mod flows;
mod mailed;
mod passkeys;
mod passwords;
mod tokens;
mod webhooks;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use latchkey::mount::{self, Mount};
use serde_json::{Value, json};
use setting::Clock;
use tests::{Agent, World, receiver::Receiver, stub::Stub, tls::Authority};
use tokio::sync::OnceCell;
use url::Url;

pub use self::events::event;
use self::{
    events::{bearer, question, sent},
    flows::Apps,
    passkeys::Held,
    tokens::{prolonged, tampered, unsigned, with_claims_of},
};
use crate::{
    aws::{Aws, REPLAY, arn},
    flow::Signatures,
    measure::Exchange,
};

/// How many people are in the table.
pub const PEOPLE: u32 = 250;

/// Megabytes of a function, as its environment says.
const MEMORY: &str = "256";

/// The file with the key by which floors sign.
const FLOOR_KEY: &str = "floor-key.der";

/// Everything outside of the processes that are measured.
pub struct Scene {
    pub aws: Aws,
    pub token: String,
    /// What the authorizer says of the token.
    pub context: Value,
    /// Tokens that are not good, whatever a verifier is asked to look at.
    bad_tokens: Vec<String>,
    world: World,
    stub: Stub,
    person: Agent,
    person_id: String,
    bundle: PathBuf,
    own_authority: PathBuf,
    apps: Apps,
    folder: PathBuf,
    /// How many people have signed in with a password, and the hash that all of them have.
    newcomers: AtomicU32,
    hash: OnceLock<String>,
    /// A passkey of somebody's, for whoever asks for one.
    passkey: OnceCell<Held>,
}

impl Scene {
    /// Sets it up; `folder` is for the certificates.
    pub async fn start(folder: &Path) -> Self {
        let authority = Authority::new();
        let own_authority = folder.join("authority.pem");
        std::fs::write(&own_authority, authority.pem()).unwrap();
        let bundle = folder.join("bundle.pem");
        std::fs::write(&bundle, format!("{}\n{}", system_authorities(), authority.pem())).unwrap();
        let stub = Stub::start_tls(&authority).await;
        let settings = settings(&stub, &own_authority);
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let world = World::today(&settings).await;
        let secrets = world.cloud.settings.iter().map(|(name, value)| (arn(name), value.clone())).collect();
        let keys = world.cloud.settings["PUBLIC_KEYS"].clone();
        let aws = Aws::start(&world.cloud.database, secrets, keys, &authority).await;
        let an_hour_ago = Clock::system().now().epoch() - 3600;
        let expired = token(&sign_in_at(&world, &stub, "person-0", an_hour_ago).await).await;
        for number in 0..PEOPLE {
            sign_in(&world, &stub, &format!("person-{number}")).await;
        }
        let person = sign_in(&world, &stub, "ada").await;
        let another = token(&sign_in(&world, &stub, "person-1").await).await;
        let token = prolonged(&world, &token(&person).await);
        let bad_tokens = vec![expired, with_claims_of(&token, &another), tampered(&token), unsigned(&token)];
        let me = person.bearer("/users/me", &token).await.expect(200).json();
        let person_id = me["id"].as_str().unwrap().to_owned();
        let reader = sign_in(&world, &stub, "person-2").await;
        let receiver = Receiver::start_tls(&authority).await;
        let apps = Apps::register(&world, world.person_in(&person).await, reader, receiver).await;
        std::fs::write(folder.join(FLOOR_KEY), private_key()).unwrap();
        let mut scene = Self {
            aws,
            token,
            context: json!({}),
            bad_tokens,
            world,
            stub,
            person,
            person_id,
            bundle,
            own_authority,
            apps,
            folder: folder.to_owned(),
            newcomers: AtomicU32::new(0),
            hash: OnceLock::new(),
            passkey: OnceCell::new(),
        };
        scene.context = scene.decision().await;
        scene
    }

    /// The world's clock goes on as the machine's does.
    pub fn tick(&self) {
        self.world.clock().store(Clock::system().now().epoch(), Ordering::SeqCst);
    }

    /// How often the provider, or an app, was asked so far.
    pub fn provider_calls(&self) -> u32 {
        let endpoints = ["discovery", "token", "jwks", "userinfo", "other"];
        let provider = endpoints.iter().map(|endpoint| self.stub.hits(endpoint)).sum::<usize>();
        (provider + self.apps.told()).try_into().unwrap()
    }

    /// What a function is started with at AWS: what Lambda says, and the settings it declared, the secret ones by ARN.
    pub fn environment(&self, mount: &Mount) -> Vec<(String, String)> {
        let mut environment = self.lambda(mount.name);
        let declared: Vec<_> = mount.settings.iter().copied().flatten().collect();
        for (name, value) in &self.world.cloud.settings {
            let Some(setting) = declared.iter().find(|setting| setting.covers(name)) else { continue };
            // The engine is AWS here, behind TLS and with credentials.
            if name != "DYNAMODB_ENDPOINT" {
                environment.push((name.clone(), if setting.secret { arn(name) } else { value.clone() }));
            }
        }
        // What only the template knows.
        for (name, value) in of_the_template() {
            if declared.iter().any(|setting| setting.name == name) {
                environment.push((name.to_owned(), value));
            }
        }
        // Only what a setting turns on asks for it: all others are as they ship.
        if let Some(switch) = mount.only_with {
            let sent_by_ses = [(switch.name, "ses"), ("MAIL_FROM", "bench@example.com")];
            let turned_on = [(switch.name, "on")];
            let own = if switch.name == "MAIL" { &sent_by_ses[..] } else { &turned_on };
            environment.retain(|(name, _)| own.iter().all(|(other, _)| name != other));
            environment.extend(own.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
        }
        environment
    }

    /// What a floor is started with.
    pub fn floor_environment(&self, name: &str) -> Vec<(String, String)> {
        let mut environment = self.lambda(name);
        let provider = Url::parse(&self.stub.issuer).unwrap().port().unwrap();
        let own = [
            ("BASE_URL", self.world.cloud.url.clone()),
            ("PUBLIC_KEYS", self.world.cloud.settings["PUBLIC_KEYS"].clone()),
            ("FLOOR_CA", self.own_authority.display().to_string()),
            ("FLOOR_DATABASE", self.aws.port.to_string()),
            ("FLOOR_PROVIDER", provider.to_string()),
        ];
        environment.extend(own.map(|(name, value)| (name.to_owned(), value)));
        environment
    }

    /// What the floor of a flow is started with: the calls that it is to make are written down for it.
    pub fn flow_floor_environment(
        &self,
        name: &str,
        signatures: Signatures,
        exchange: &Exchange,
        bare: bool,
    ) -> Vec<(String, String)> {
        let calls = exchange.calls.iter();
        let calls: Vec<_> = calls.map(|call| json!({"action": call.action, "body": call.body})).collect();
        let Signatures { made, checked, checked_of_client } = signatures;
        let signatures = json!({"made": made, "checked": checked, "checked_of_client": checked_of_client});
        let script = self.folder.join(format!("{name}{}.json", if bare { " bare" } else { "" }));
        let text = json!({"calls": calls, "signatures": signatures, "answer": exchange.answer, "bare": bare});
        std::fs::write(&script, text.to_string()).unwrap();
        let own = [
            ("FLOOR_SCRIPT", script.display().to_string()),
            ("FLOOR_KEY", self.folder.join(FLOOR_KEY).display().to_string()),
            ("FLOOR_ENDPOINT", format!("https://localhost:{}{REPLAY}", self.aws.port)),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        self.lambda("floor-flow").into_iter().chain(own).collect()
    }

    /// What a verifier on Node is started with that is to fetch the keys.
    pub fn fetching_environment(&self, name: &str) -> Vec<(String, String)> {
        let own = [
            ("BASE_URL", self.world.cloud.url.clone()),
            ("JWKS_URI", format!("https://localhost:{}/jwks.json", self.aws.port)),
            ("NODE_EXTRA_CA_CERTS", self.own_authority.display().to_string()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        self.lambda(name).into_iter().chain(own).collect()
    }

    fn lambda(&self, name: &str) -> Vec<(String, String)> {
        let all = [
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2VjEXAMPLE"),
            ("AWS_ENDPOINT_URL", &format!("https://localhost:{}", self.aws.port)),
            // As many authorities as on a real machine, because reading them takes time, and our own.
            ("SSL_CERT_FILE", &self.bundle.display().to_string()),
            ("LANG", "en_US.UTF-8"),
            ("TZ", ":UTC"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ];
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    /// A request of the signed-in person's browser.
    pub fn request(&self, method: &str, target: &str) -> Value {
        event(method, target, &self.cookies(&self.person))
    }

    /// A request of a program that has the person's token.
    pub fn bearer(&self, method: &str, target: &str) -> Value {
        bearer(method, target, &self.token)
    }

    /// The same, with what the authorizer said.
    pub fn guarded(&self, method: &str, target: &str) -> Value {
        let mut event = self.bearer(method, target);
        event["requestContext"]["authorizer"] = json!({"lambda": self.context});
        event
    }

    /// What the authorizer is asked.
    pub fn question(&self) -> Value {
        question(&self.token)
    }

    /// The same of somebody who has just signed in, and whom no authorizer has seen.
    pub async fn question_of_a_newcomer(&self) -> Value {
        question(&token(&sign_in(&self.world, &self.stub, "ada").await).await)
    }

    /// The same with tokens that any authorizer refuses.
    pub fn bad_questions(&self) -> Vec<Value> {
        self.bad_tokens.iter().map(|token| question(token)).collect()
    }

    /// The same with a token whose session has ended, which only the table can tell.
    pub async fn question_of_somebody_who_left(&self) -> Value {
        let agent = sign_in(&self.world, &self.stub, "ada").await;
        let token = token(&agent).await;
        agent.post("/users/logout").await.expect(303);
        question(&token)
    }

    /// A known person comes back from the provider, in a browser without a session.
    pub async fn callback(&self) -> Value {
        let agent = self.world.browser();
        let back = self.agree(&agent, "ada").await;
        let back = Url::parse(&back).unwrap();
        let target = format!("{}?{}", back.path(), back.query().unwrap());
        event("GET", &target, &self.cookies(&agent))
    }

    /// A person with a session of their own signs out.
    pub async fn logout(&self) -> Value {
        let agent = sign_in(&self.world, &self.stub, "ada").await;
        event("POST", "/users/logout", &self.cookies(&agent))
    }

    /// What the floor of a callback is to ask: a row, and a token for a code that is good.
    pub async fn floor_calls(&self) -> Value {
        let back = Url::parse(&self.agree(&self.world.browser(), "ada").await).unwrap();
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let row = format!("USER#{}", self.person_id);
        let get = json!({
            "TableName": "latchkey", "ConsistentRead": true, "Key": {"pk": {"S": row}, "sk": {"S": "USER"}},
        });
        let form = format!("grant_type=authorization_code&client_id=x&client_secret=y&code={code}");
        json!({"get": get.to_string(), "form": form})
    }

    async fn agree(&self, agent: &Agent, person: &str) -> String {
        self.tick();
        agree(&self.world, &self.stub, agent, person).await
    }

    fn cookies(&self, agent: &Agent) -> Vec<String> {
        agent.cookie_names().iter().map(|name| format!("{name}={}", agent.cookie(name).unwrap())).collect()
    }

    /// What the authorizer says of the person's token.
    async fn decision(&self) -> Value {
        let mount = latchkey::mount::AUTHORIZER;
        let env = setting::Env::new(self.world.cloud.settings.clone(), Clock::system(), mount.settings);
        let running = mount.start_with_cookies(env, self.world.cookies).await.unwrap();
        running.invoke(&self.question()).await.unwrap()["context"].clone()
    }
}

/// A whole sign-in at the local cloud: the browser of somebody who is in.
async fn sign_in(world: &World, stub: &Stub, person: &str) -> Agent {
    sign_in_at(world, stub, person, Clock::system().now().epoch()).await
}

/// The same at that time, where the world's clock stays.
async fn sign_in_at(world: &World, stub: &Stub, person: &str, epoch: i64) -> Agent {
    world.clock().store(epoch, Ordering::SeqCst);
    let agent = world.browser();
    let back = agree(world, stub, &agent, person).await;
    agent.get(&back).await.expect(303);
    agent
}

/// A token of somebody who is in.
async fn token(agent: &Agent) -> String {
    let renewed = agent.post("/users/token").await.expect(200).json();
    renewed["access_token"].as_str().unwrap().to_owned()
}

/// A fresh RSA key (PKCS #8).
fn private_key() -> Vec<u8> {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap().as_ref().to_vec()
}

/// Somebody starts a login and agrees at the provider: where their browser is sent.
async fn agree(world: &World, stub: &Stub, agent: &Agent, person: &str) -> String {
    let url = agent.start("/users/login").await;
    let email = format!("{person}@example.com");
    stub.agree(&url, json!({"sub": person, "email": email, "name": "Ada Lovelace"}), world.now())
}

/// The provider's name in the settings.
const PROVIDER: &str = "acme";

/// What people may do: as by default, and at the apps' API.
const ROLES: &str = "admin=users:read users:write users:delete roles:read roles:write get:profile orders:read \
     orders:write; member=get:profile orders:read orders:write";

/// One provider whose endpoints are known, as those of a preset are.
fn settings(stub: &Stub, authority: &Path) -> HashMap<&'static str, String> {
    let at = |path: &str| format!("{}{path}", stub.issuer);
    HashMap::from([
        ("PROVIDERS", PROVIDER.to_owned()),
        ("ACME_LABEL", "Acme".to_owned()),
        ("ACME_AUTHORITATIVE_FOR", "example.com".to_owned()),
        ("ACME_ISSUER", stub.issuer.clone()),
        ("ACME_AUTHORIZATION_ENDPOINT", at("/authorize")),
        ("ACME_TOKEN_ENDPOINT", at("/token")),
        ("ACME_USERINFO_ENDPOINT", at("/userinfo")),
        ("ACME_JWKS_URI", at("/jwks.json")),
        ("ACME_CLIENT_ID", tests::stub::CLIENT_ID.to_owned()),
        ("ACME_CLIENT_SECRET", tests::stub::CLIENT_SECRET.to_owned()),
        ("ADMINS", "ada@example.com".to_owned()),
        ("ROLES", ROLES.to_owned()),
        ("CA_FILE", authority.display().to_string()),
        ("FACTOR_KEY", oauth::Secret::random().expose().to_owned()),
        // As it ships where nobody asks for it; `cargo run` has it on.
        ("FOREIGN_TOKENS", "off".to_owned()),
        ("EVENTS_KEY", oauth::Secret::random().expose().to_owned()),
    ])
}

/// The functions that hold keys; and no key is due, however old it is.
fn of_the_template() -> [(&'static str, String); 3] {
    let all = || [&mount::AUTHORIZER].into_iter().chain(mount::FUNCTIONS).chain(mount::EVENTS);
    let that_read = |setting: &setting::Setting| -> String {
        let reads =
            |mount: &&Mount| mount.settings.iter().copied().flatten().any(|each| each.name == setting.name);
        let names = all().filter(reads).filter(|mount| mount.name != "keys-rotate").map(|mount| mount.name);
        names.collect::<Vec<_>>().join(",")
    };
    [
        ("KEYS_ROTATE_DAYS", "0".to_owned()),
        ("KEYS_SIGNERS", that_read(&token::settings::SIGNING_KEYS)),
        ("KEYS_VERIFIERS", that_read(&token::settings::PUBLIC_KEYS)),
    ]
}

/// The machine's authorities, as many as a function finds at AWS.
fn system_authorities() -> String {
    let places = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
    places.iter().find_map(|place| std::fs::read_to_string(place).ok()).unwrap_or_default()
}
