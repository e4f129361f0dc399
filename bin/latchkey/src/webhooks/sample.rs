//! A sale as the source would send it, signed with its secret.

use oauth::{Secret, Time};
use seal::Sealer;
use serde_json::{Map, Value, json};
use setting::SettingError;
use webhook::{Format, PRESETS, Scheme, Source};

/// What the sample is to say.
pub(super) struct Wanted<'a> {
    pub(super) address: &'a str,
    pub(super) product: Option<&'a str>,
    pub(super) order: Option<&'a str>,
}

/// A delivery that was not sent yet.
pub(super) struct Sample {
    /// The secret, where it belongs into the path.
    pub(super) key: Option<Secret>,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// The sample of the preset that the source is like, or of what its places say.
pub(super) fn of(
    source: &Source,
    sealer: &Sealer,
    wanted: &Wanted<'_>,
    now: Time,
) -> Result<Sample, SettingError> {
    let secret = source.secrets(sealer).into_iter().next();
    let secret =
        secret.ok_or_else(|| SettingError::new("the secret of this source cannot be opened: rotate it"))?;
    let product = wanted.product.or(source.products.keys().next().map(String::as_str));
    let product =
        product.ok_or_else(|| SettingError::new("this source has no product: say one with --product"))?;
    let id = format!("test-{}", Secret::random().expose());
    let order = wanted.order.map_or_else(|| id.clone(), str::to_owned);
    let values =
        [("{id}", id.as_str()), ("{order}", &order), ("{address}", wanted.address), ("{product}", product)];
    let body = match PRESETS.iter().find(|preset| preset.fields() == source.fields) {
        Some(preset) => filled(preset.sample, source.format, &values, now),
        None => made(source, &values, now),
    };
    let media_type = match source.format {
        Format::Json => "application/json",
        Format::Form => "application/x-www-form-urlencoded",
    };
    let mut headers = vec![("content-type", media_type.to_owned())];
    headers.extend(source.scheme.sign(&secret, &id, body.as_bytes(), now));
    Ok(Sample { key: (source.scheme == Scheme::Path).then_some(secret), headers, body })
}

fn filled(sample: &str, format: Format, values: &[(&str, &str)], now: Time) -> String {
    let mut body = sample.replace("{time}", &now.epoch().to_string());
    for (gap, value) in values {
        let value = match format {
            Format::Form => url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
            Format::Json => json!(value).to_string().trim_matches('"').to_owned(),
        };
        body = body.replace(gap, &value);
    }
    body
}

/// Every place of the source with its value, and nothing else.
fn made(source: &Source, values: &[(&str, &str)], now: Time) -> String {
    let value = |gap: &str| values.iter().find(|(known, _)| *known == gap).map_or("", |(_, value)| value);
    let (fields, time) = (&source.fields, now.epoch().to_string());
    let sale = source.sale.first().map(String::as_str).unwrap_or_default();
    let all = [
        (&fields.id, value("{id}")),
        (&fields.time, time.as_str()),
        (&fields.address, value("{address}")),
        (&fields.order, value("{order}")),
        (&fields.product, value("{product}")),
        (&fields.kind, sale),
    ];
    let first = all.iter().filter_map(|(places, value)| Some((places.first()?.as_str(), *value)));
    if source.format == Format::Form {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in first {
            form.append_pair(name, value);
        }
        return form.finish();
    }
    let mut body = Value::Object(Map::new());
    for (pointer, value) in first {
        let mut at = &mut body;
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            at = &mut at[part];
        }
        *at = value.into();
    }
    body.to_string()
}

impl Sample {
    /// The line for a shell.
    pub(super) fn curl(&self, address: &str) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
        let headers =
            self.headers.iter().map(|(name, value)| format!(" -H {}", quoted(&format!("{name}: {value}"))));
        let headers: String = headers.collect();
        format!("curl -sS{headers} --data-binary {} {}\n", quoted(&self.body), quoted(address))
    }

    /// Sends it with curl, whose arguments everybody on this machine can read: they get it on standard input.
    pub(super) async fn send(&self, address: &str) -> Result<String, SettingError> {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let mut config =
            format!("url = \"{}\"\nsilent\nshow-error\nwrite-out = \"%{{http_code}}\\n\"\n", quoted(address));
        for (name, value) in &self.headers {
            config.push_str(&format!("header = \"{name}: {}\"\n", quoted(value)));
        }
        config.push_str(&format!("data-binary = \"{}\"\n", quoted(&self.body)));
        tokio::task::spawn_blocking(move || through_curl(&config))
            .await
            .map_err(|error| SettingError::new(error.to_string()))?
    }
}

fn through_curl(config: &str) -> Result<String, SettingError> {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };
    let cannot = |error: std::io::Error| SettingError::new(format!("curl does not start: {error}"));
    let mut curl = Command::new("curl");
    // `-q` first: it reads no file of settings of the person's.
    let curl = curl
        .args(["-q", "--config", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = curl.spawn().map_err(cannot)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(config.as_bytes()).map_err(cannot)?;
    }
    let output = child.wait_with_output().map_err(cannot)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(SettingError::new(format!(
            "it cannot be sent: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ))),
    }
}
