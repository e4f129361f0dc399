//! Against a Secrets Manager of a few lines.

use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_secretsmanager::config::{Credentials, SharedCredentialsProvider};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

type Asked = Arc<Mutex<Vec<(String, Value)>>>;

/// Answers what `say` says to each request, and writes down target and body.
async fn service(say: fn(&Value) -> (u16, Value)) -> (SdkConfig, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let asked = Asked::default();
    let heard = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (head, body) = read(&mut stream).await;
            let target =
                head.lines().find_map(|line| line.strip_prefix("x-amz-target: ")).unwrap().to_owned();
            heard.lock().unwrap().push((target, body.clone()));
            let (status, answer) = say(&body);
            let answer = answer.to_string();
            let head = format!("HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\n");
            let head = format!(
                "{head}x-amzn-requestid: r-1\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                answer.len()
            );
            stream.write_all(format!("{head}{answer}").as_bytes()).await.unwrap();
        }
    });
    let credentials = Credentials::new("id", "key", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    (config, asked)
}

async fn read(stream: &mut tokio::net::TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.unwrap();
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && let Ok(body) = serde_json::from_str(body)
        {
            return (head.to_owned(), body);
        }
    }
}

fn arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:eu-central-1:000000000000:secret:latchkey/{name}-abcdef")
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_each_secret_in_its_place() {
    let (config, asked) = service(|body| {
        let name = body["SecretId"].as_str().unwrap().to_owned();
        (200, json!({"ARN": name, "SecretString": format!("the value of {name}")}))
    })
    .await;
    let arns = ["b", "a"].map(arn);
    let secrets = fetch_from(&config, &arns).await;
    for (secret, arn) in secrets.iter().zip(&arns) {
        assert_eq!(secret.as_ref().unwrap().expose(), format!("the value of {arn}"));
    }
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|(target, _)| target == "secretsmanager.GetSecretValue"), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_says_why_and_nothing_of_the_secret() {
    // #103
    let (config, _) = service(|body| match body["SecretId"].as_str() {
        Some(name) if name.contains("binary") => (200, json!({"ARN": name, "SecretBinary": "Y2FuYXJ5"})),
        _ => (400, json!({"__type": "AccessDeniedException", "message": "you may not"})),
    })
    .await;
    let answers = fetch_from(&config, &["binary", "foreign"].map(arn)).await;
    let said: Vec<_> = answers.into_iter().map(|answer| answer.unwrap_err().to_string()).collect();
    assert_eq!(said[0], "the secret is binary, and must be text");
    assert_eq!(
        said[1],
        "Secrets Manager does not return it: AccessDeniedException: you may not (request r-1)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_answer_is_not_repeated() {
    // #103
    let (config, _) = service(|_| (200, json!(["canary"]))).await;
    let answer = fetch_from(&config, &[arn("a")]).await.remove(0);
    assert!(!format!("{answer:?}").contains("canary"), "{answer:?}");
    assert!(answer.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_value_has_a_version_of_its_own_however_often_it_is_sent() {
    // #98
    let (config, asked) = service(|body| match body.get("SecretString") {
        None => (200, json!({"ARN": "a", "SecretString": "one", "VersionId": "v1"})),
        Some(_) => (200, json!({"ARN": "a", "VersionId": body["ClientRequestToken"]})),
    })
    .await;
    let vault = Vault::of(&config);
    let old = vault.read(&arn("a")).await.unwrap();
    assert_eq!((old.secret.expose(), old.version.as_str()), ("one", "v1"));
    let two = vault.replace(&arn("a"), &old, Secret::new("two")).await.unwrap();
    let again = vault.replace(&arn("a"), &old, Secret::new("two")).await.unwrap();
    let back = vault.replace(&arn("a"), &two, Secret::new("two")).await.unwrap();
    assert_eq!((two.version.len(), &two.version), (64, &again.version));
    assert_ne!(two.version, back.version, "the same value later is another version");
    assert_eq!(asked.lock().unwrap()[1].1["ClientRequestToken"], two.version);
}
