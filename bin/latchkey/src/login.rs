//! `latchkey login`, `token` and `logout`: somebody signs in from a terminal, has access tokens there, and ends that again.
//!
//! It is an app like any other, of the kind native: a browser on this machine answers at a port that is open until then (RFC 8252 §7.3),
//! or one on another machine by a code (RFC 8628). What it gets is in the home folder, where only its owner can read it.

mod arguments;
mod device;
mod issuer;
mod kept;
mod loopback;

use std::{collections::HashMap, io::Write, path::Path};

use oauth::{BaseUrl, Code, Secret, Time};
use serde_json::Value;
use setting::SettingError;

pub use self::arguments::{Login, Logout, Server, Token};
pub(crate) use self::issuer::answers;
use self::{
    issuer::{Failed, Issuer},
    kept::{Kept, Logins},
};
use crate::{clients, settings::Values};

/// The client as which this command signs in, unless another is named. The local cloud has it from the start.
pub const CLIENT: &str = "latchkey-cli";

/// Its redirect URI, to which any port is added (RFC 8252 §7.3).
pub const REDIRECT_URI: &str = "http://127.0.0.1/callback";

/// What it asks for in any case.
const SCOPE: &str = "openid profile email offline_access";

/// Where the command runs.
#[derive(Debug)]
pub struct Terminal<'a> {
    /// The settings.
    pub values: &'a Values,
    /// The folder for what is kept.
    pub home: &'a Path,
    /// The process's environment.
    pub environment: &'a HashMap<String, String>,
    /// How this program was called, for the commands that it prints.
    pub program: &'a str,
}

/// Signs in, and prints how to use it.
pub async fn login(wanted: &Login, terminal: &Terminal<'_>, now: fn() -> Time) -> Result<(), SettingError> {
    let issuer = Issuer::discover(terminal.issuer(&wanted.server)?, terminal).await?;
    let over_ssh = terminal.environment.contains_key("SSH_CONNECTION");
    let answer = if wanted.device || (over_ssh && issuer.takes_devices()) {
        device::sign_in(&issuer, wanted).await
    } else {
        loopback::sign_in(&issuer, wanted, terminal).await
    };
    let answer = answer.map_err(|failed| refused(&failed, wanted, terminal, issuer.url()))?;
    let mut logins = Logins::open(terminal.home)?;
    let mut kept = Kept::new(issuer.token_endpoint(), &wanted.audiences);
    kept.take(&answer, None, wanted.audiences.first().map(String::as_str), now())?;
    logins.put(issuer.url().as_str(), &wanted.server.client_id, kept)?;
    say(&format!(
        "You are signed in at {}. A token, and who you are:\n\n  {}\n",
        issuer.url().as_str(),
        terminal.curl(wanted, issuer.url())
    ))
}

/// An access token, which is renewed where that is due. One terminal at a time renews.
pub async fn token(
    wanted: &Token,
    terminal: &Terminal<'_>,
    now: fn() -> Time,
) -> Result<Secret, SettingError> {
    let (issuer, client_id) = (terminal.issuer(&wanted.server)?, &wanted.server.client_id);
    let again = format!("sign in with: {}", terminal.command("login", &wanted.server));
    let nobody = || SettingError::new(format!("nobody is signed in at {}: {again}", issuer.as_str()));
    if !Logins::are_at(terminal.home) {
        return Err(nobody());
    }
    let mut logins = Logins::open(terminal.home)?;
    let mut kept = logins.find(issuer.as_str(), client_id).ok_or_else(nobody)?;
    let scope = (!wanted.scopes.is_empty()).then(|| wanted.scopes.join(" "));
    let (scope, audience) = (scope.as_deref(), wanted.audience.as_deref().or(kept.only_audience()));
    let audience = audience.map(str::to_owned);
    if let Some(token) = kept.token(scope, audience.as_deref(), now()) {
        return Ok(token);
    }
    let ended = || SettingError::new(format!("the sign-in at {} has ended: {again}", issuer.as_str()));
    let refresh = kept.refresh_token().ok_or_else(ended)?;
    let server = Issuer::known(issuer.clone(), kept.token_endpoint(), terminal)?;
    let answer = server.renew(client_id, &refresh, scope, audience.as_deref()).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(failed) if failed.is(Code::InvalidGrant) || failed.is(Code::InvalidClient) => {
            logins.remove(issuer.as_str(), client_id)?;
            return Err(ended());
        }
        Err(failed) if failed.is(Code::InvalidScope) || failed.is(Code::InvalidTarget) => {
            let all = "name every --scope and --audience that you need when you sign in";
            return Err(SettingError::new(format!("{failed}: {all}; {again}")));
        }
        Err(failed) => return Err(SettingError::new(failed.to_string())),
    };
    let token = kept.take(&answer, scope, audience.as_deref(), now())?;
    logins.put(issuer.as_str(), client_id, kept)?;
    Ok(token)
}

/// Ends what `login` got: the grant at latchkey first, and then what is kept of it here. What is not revoked is not forgotten, because
/// nobody could end it any more.
pub async fn logout(wanted: &Logout, terminal: &Terminal<'_>, now: fn() -> Time) -> Result<(), SettingError> {
    let (url, client_id) = (terminal.issuer(&wanted.server)?, &wanted.server.client_id);
    let nobody = || say(&format!("Nobody is signed in at {}: there is nothing to end.", url.as_str()));
    if !Logins::are_at(terminal.home) {
        return nobody();
    }
    let mut logins = Logins::open(terminal.home)?;
    let Some(kept) = logins.find(url.as_str(), client_id) else { return nobody() };
    if let Some(token) = kept.to_revoke(now()) {
        let issuer = Issuer::discover(url.clone(), terminal).await?;
        match issuer.revoke(client_id, &token).await {
            // A client that is not there any more has nothing there either.
            Err(failed) if !failed.is(Code::InvalidClient) => {
                return Err(SettingError::new(format!("nothing was ended: {failed}")));
            }
            _ => {}
        }
    }
    logins.remove(url.as_str(), client_id)?;
    say(&format!(
        "You are signed out at {}: what this terminal had is revoked. The browser that you used may still be signed in there.",
        url.as_str()
    ))
}

impl Terminal<'_> {
    /// Which latchkey is meant: the one that is named, or that of the settings, or the local cloud that runs here.
    fn issuer(&self, server: &Server) -> Result<BaseUrl, SettingError> {
        let address = || std::fs::read_to_string(self.home.join(crate::home::ADDRESS)).ok();
        let named = match (&server.issuer, &server.stack) {
            (Some(issuer), _) => issuer.trim_end_matches('/').to_owned(),
            (None, Some(stack)) => clients::issuer_of(stack)?,
            (None, None) => {
                let known = self.values.get(setting::BASE_URL.name).cloned().or_else(address);
                known.ok_or_else(|| {
                    SettingError::new(
                        "which latchkey? Start one with cargo run, or name it: --issuer or --stack",
                    )
                })?
            }
        };
        BaseUrl::parse(named.trim())
            .map_err(|error| SettingError::new(format!("the issuer {named}: {error}")))
    }

    /// This program with a command, for the same server.
    fn command(&self, command: &str, server: &Server) -> String {
        let mut words = vec![self.program.to_owned(), command.to_owned()];
        let mut option = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
        if let Some(issuer) = &server.issuer {
            option("--issuer", issuer);
        }
        if let Some(stack) = &server.stack {
            option("--stack", stack);
        }
        if server.client_id != CLIENT {
            option("--client-id", &server.client_id);
        }
        let own = self.values.get(crate::settings::LATCHKEY_HOME.name).map(String::as_str);
        if Path::new(own.or(crate::settings::LATCHKEY_HOME.default).unwrap_or_default()) != self.home {
            option("--home", &self.home.display().to_string());
        }
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }

    /// A command line that works: who the person is, at latchkey's own API if the token is for that.
    fn curl(&self, wanted: &Login, issuer: &BaseUrl) -> String {
        let mut token = self.command("token", &wanted.server);
        let audience = wanted.audiences.first();
        if let Some(audience) = audience.filter(|_| wanted.audiences.len() > 1) {
            token = format!("{token} --audience {}", quoted(audience));
        }
        let is_own = audience.is_some_and(|audience| client::same_audience(audience, issuer.as_str()));
        let path = if is_own { "/users/me" } else { oauth::server::USERINFO };
        let trust = if issuer.is_https() && issuer.is_local() {
            format!("--cacert {} ", quoted(&self.home.join(crate::tls::AUTHORITY).display().to_string()))
        } else {
            String::new()
        };
        format!("curl {trust}-H \"Authorization: Bearer $({token})\" {}", issuer.at(path))
    }
}

/// As a shell reads it back as one word.
fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._/:@=,".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// What to do where it did not work.
fn refused(failed: &Failed, wanted: &Login, terminal: &Terminal<'_>, issuer: &BaseUrl) -> SettingError {
    let client_id = &wanted.server.client_id;
    if !failed.is(Code::InvalidClient) && !failed.is(Code::UnauthorizedClient) {
        return SettingError::new(failed.to_string());
    }
    let place = wanted.server.stack.as_deref().map(|stack| format!(" --stack {}", quoted(stack)));
    let add = "client add native \"latchkey command line\"";
    SettingError::new(format!(
        "{} has no client {client_id} that may do this: {failed}. Whoever runs it registers one with:\n  {} {add} \
         --client-id {client_id} --redirect-uri {REDIRECT_URI} --device{}",
        issuer.as_str(),
        quoted(terminal.program),
        place.unwrap_or_default()
    ))
}

fn say(text: &str) -> Result<(), SettingError> {
    let mut out = std::io::stdout();
    let said = writeln!(out, "{text}").and_then(|()| out.flush());
    said.map_err(|error| SettingError::new(error.to_string()))
}

/// The parameters of what is asked for.
fn asked(wanted: &Login) -> Vec<(&'static str, String)> {
    let scope = std::iter::once(SCOPE).chain(wanted.scopes.iter().map(String::as_str));
    let scope = scope.collect::<Vec<_>>().join(" ");
    let mut fields = vec![("client_id", wanted.server.client_id.clone()), ("scope", scope)];
    fields.extend(wanted.audiences.iter().map(|audience| ("resource", audience.clone())));
    fields
}

/// A member of an answer that is text.
fn text<'a>(answer: &'a Value, name: &str) -> Result<&'a str, Failed> {
    answer[name].as_str().ok_or_else(|| Failed::Wrong(format!("the answer has no {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_is_printed() {
        for word in [
            "a",
            "",
            "a b",
            "it's",
            "$(x)",
            "`x`",
            "\"",
            "\\",
            "a;b",
            "~",
            "ä",
            "--flag=x",
            "https://a.example/b?c&d",
        ] {
            let run = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quoted(word))])
                .output();
            assert_eq!(String::from_utf8(run.unwrap().stdout).unwrap(), word, "{}", quoted(word));
        }
    }
}
