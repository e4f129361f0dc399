//! What a world's people find in their mailboxes.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::sleep;

use crate::World;

/// A mail that has arrived.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
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
        let is_code = |line: &&str| {
            line.len() >= 4
                && line.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || " -".contains(c))
        };
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
        for _ in 0..200 {
            let mails = self.mails(to).await;
            if mails.len() >= count {
                return mails[0].clone();
            }
            sleep(Duration::from_millis(25)).await;
        }
        panic!("{to} has {:?}", self.mails(to).await);
    }
}
