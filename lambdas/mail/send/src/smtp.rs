//! A server by SMTP submission (RFC 6409), over TLS.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header},
    transport::smtp::{self, AsyncSmtpTransportBuilder, authentication::Credentials, extension::ClientId},
};
use mail::Address;
use oauth::{Secret, is_local_address};
use percent_encoding::percent_decode_str;
use setting::{Env, SettingError};
use url::Url;

use crate::{carrier::Failure, compose::Mail, sender::Sender, settings::MAIL_SMTP};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How long a connection, or one command, may take.
const LIMIT: Duration = Duration::from_secs(10);

pub(crate) struct Smtp {
    from: Mailbox,
    transport: Transport,
}

impl Smtp {
    pub(crate) fn from_env(env: &Env, sender: &Sender) -> Result<Self, SettingError> {
        let address = sender.address.as_str().parse();
        let address =
            address.map_err(|_| SettingError::new("MAIL_FROM: no mail can come from this address"))?;
        let from = Mailbox::new(Some(sender.name.clone()), address);
        let builder = builder(&env.secret(&MAIL_SMTP)?)?;
        let hello = ClientId::Domain(sender.address.domain().to_owned());
        Ok(Self { from, transport: builder.timeout(Some(LIMIT)).hello_name(hello).build() })
    }

    pub(crate) async fn send(&self, to: &Address, mail: &Mail) -> Result<(), Failure> {
        let message =
            self.message(to, mail).ok_or_else(|| Failure::ForGood("it cannot be written".to_owned()))?;
        self.transport.send(message).await.map(drop).map_err(|error| judge(&error))
    }

    fn message(&self, to: &Address, mail: &Mail) -> Option<Message> {
        let automatic = header::HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.as_str().parse().ok()?))
            .subject(&mail.subject)
            .raw_header(header::HeaderValue::new(automatic, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .ok()
    }
}

/// The server's own words are not repeated: they may name the address.
fn judge(error: &smtp::Error) -> Failure {
    let Some(code) = error.status() else {
        let cause = if error.is_timeout() {
            "the server did not answer in time"
        } else if error.is_tls() {
            "there is no TLS with the server"
        } else {
            "the server was not reached, or cannot be understood"
        };
        return Failure::ForNow(cause.to_owned());
    };
    judge_code(&code.to_string(), error.is_permanent())
}

/// 5yz is for good (RFC 5321 §4.2.1), unless it is about who we are (RFC 4954 §6) or about TLS: then it is for the operator.
fn judge_code(code: &str, is_permanent: bool) -> Failure {
    let said = format!("the server answered {code}");
    let is_about_us = ["500", "502", "503", "504", "530", "534", "535", "538"].contains(&code);
    if is_permanent && !is_about_us { Failure::ForGood(said) } else { Failure::ForNow(said) }
}

/// The way to the server of a URL. The URL is not repeated: it has a password in it (#103).
fn builder(url: &Secret) -> Result<AsyncSmtpTransportBuilder, SettingError> {
    let wrong = |why: &str| SettingError::new(format!("MAIL_SMTP {why}"));
    let text = url.expose();
    let url = Url::parse(text)
        .map_err(|_| wrong("must be smtps://user:password@host or smtp://user:password@host"))?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("names no host"))?;
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("must have nothing behind the host and the port"));
    }
    let is_local = is_local_address(&text.replacen(url.scheme(), "http", 1));
    let started = match url.scheme() {
        "smtps" => Transport::relay(host),
        "smtp" if is_local && url.username().is_empty() => Ok(Transport::builder_dangerous(host)),
        "smtp" => Transport::starttls_relay(host),
        _ => return Err(wrong("must begin with smtps:// or smtp://")),
    };
    let mut builder = started.map_err(|_| wrong("names a host with which there can be no TLS"))?;
    if let Some(port) = url.port() {
        builder = builder.port(port);
    }
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(String::from);
    match (decoded(url.username()), decoded(url.password().unwrap_or_default())) {
        (Ok(user), _) if user.is_empty() => Ok(builder),
        (Ok(user), Ok(password)) => Ok(builder.credentials(Credentials::new(user, password))),
        _ => Err(wrong("has a user or a password that is not UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_reached_by_tls_unless_it_is_on_this_machine() {
        for good in [
            "smtps://user:pass@mail.example.com",
            "smtps://mail.example.com:465",
            "smtp://us%40er:p%3Ass@mail.example.com:587",
            "smtp://localhost:1025",
            "smtp://127.0.0.1:1025",
        ] {
            assert!(builder(&Secret::new(good)).is_ok(), "{good}");
        }
        let shown = |url: &str| format!("{:?}", builder(&Secret::new(url)).unwrap());
        assert!(shown("smtp://mail.example.com").contains("Required"));
        assert!(shown("smtps://mail.example.com").contains("Wrapper"));
        assert!(shown("smtp://user:pass@localhost").contains("Required"), "no password is sent without TLS");
        assert!(shown("smtp://localhost").contains("None"));
    }

    #[test]
    fn a_wrong_url_is_not_repeated() {
        // #103
        for bad in [
            "",
            "canary",
            "https://user:canary@mail.example.com",
            "smtp://user:canary@",
            "smtps://user:canary@mail.example.com?tls=none",
            "smtps://user:canary@mail.example.com/path",
            "smtps://user:canary%FF@mail.example.com",
        ] {
            let error = builder(&Secret::new(bad)).err().unwrap_or_else(|| panic!("{bad}")).to_string();
            assert!(error.starts_with("MAIL_SMTP ") && !error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn what_a_server_refuses_for_good_is_not_tried_again() {
        for code in ["550", "551", "552", "553", "554", "521", "571"] {
            assert!(matches!(judge_code(code, true), Failure::ForGood(_)), "{code}");
        }
        for (code, is_permanent) in
            [("421", false), ("450", false), ("452", false), ("530", true), ("535", true)]
        {
            assert!(matches!(judge_code(code, is_permanent), Failure::ForNow(_)), "{code}");
        }
    }
}
