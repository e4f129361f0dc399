//! What a request is, and what is written of it in the log.

use base64::{Engine, engine::general_purpose::STANDARD};
use lambda_runtime::Error;
use serde_json::{Value, json};

/// The parameters of a request: of the form in its body, or of its query.
pub fn asked(event: &Value) -> Result<Vec<(String, String)>, Error> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let body = match event["isBase64Encoded"].as_bool() {
        Some(true) => STANDARD.decode(text(&event["body"]))?,
        _ => text(&event["body"]).into_bytes(),
    };
    let raw = if body.is_empty() { text(&event["rawQueryString"]).into_bytes() } else { body };
    Ok(url::form_urlencoded::parse(&raw).into_owned().collect())
}

/// One line, about as long as that of a function.
#[expect(clippy::print_stdout, reason = "that is where Lambda takes the log from")]
pub fn log(id: &str, count: usize) {
    let request = json!({"function": "floor-flow", "id": id, "name": "request"});
    let line = json!({
        "timestamp": "2026-01-01T00:00:00.000000Z", "level": "INFO", "message": "answered", "status": 200, "count": count,
        "target": "web::invoke", "span": request, "spans": [request],
    });
    println!("{line}");
}
