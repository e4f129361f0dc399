//! What a mail is to bring back: a code or a link, to the browser that asked for it.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth::{Digest, Secret, Time};
use serde::{Deserialize, Serialize};
use setting::{
    Action::{Get, Put, Update},
    Env, Permission, Permissions, SettingError,
};
use store::{Change, Condition, Error, Member, Record, Table, Taken, Updated, member};
use web::{Cookie, Request, Result, SealedCookies, Sealer};

use crate::MAILED_KEY;

/// How long a code and a link count.
pub(crate) const LIFETIME: Duration = mail::SIGN_IN_COUNTS;
/// How often a code may be typed.
const TRIES: u64 = 5;
/// How many codes there are: six digits.
const CODES: u64 = 1_000_000;

/// The only one of its family: who asks again in the same browser has that mail alone.
const ID: &str = "asked";

/// What the challenges do with the table.
pub(crate) const KEEP: Permissions =
    Permissions::new(&[Permission::on(Challenge::KIND, &[Get, Put, Update])]);

/// Who asked for what, as their browser keeps it. `Debug` shows no secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// Without this, neither code nor link opens anything.
    secret: Secret,
    /// For which address, in its canonical form.
    pub(crate) address: String,
    /// Where they want to go.
    pub(crate) return_to: String,
    /// Whether whom the address leads to has signed in on this device before.
    pub(crate) is_known: bool,
}

impl Asked {
    pub(crate) fn new(address: &str, return_to: &str, is_known: bool) -> Self {
        let (address, return_to) = (address.to_owned(), return_to.to_owned());
        Self { secret: Secret::random(), address, return_to, is_known }
    }

    fn id(&self) -> Digest {
        self.secret.digest()
    }
}

/// What is mailed.
pub(crate) struct Mailing {
    pub(crate) code: Secret,
    pub(crate) token: Secret,
}

/// What is kept of it: its row is `MAILEDSIGNIN#<digest of the browser's secret>`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Challenge {
    /// HMACs of both under a key of the server: there are so few codes that a digest would hide none.
    code: String,
    link: String,
    /// How often a code was typed.
    tries: u64,
    asked_at: Time,
}

impl Challenge {
    const CODE: Member<Self, String> = member!(Self, code);
    const LINK: Member<Self, String> = member!(Self, link);
    const TRIES: Member<Self, u64> = member!(Self, tries);
}

impl Record for Challenge {
    const KIND: &'static str = "MAILEDSIGNIN";
    const BEGAN: Option<&'static str> = Some("asked_at");

    fn expires_at(&self) -> Option<i64> {
        Some(self.asked_at.after(LIFETIME).epoch())
    }
}

/// The cookies, and the key of the HMACs.
pub(crate) struct Challenges {
    cookies: SealedCookies,
    keys: Sealer,
}

impl Challenges {
    pub(crate) fn from_env(env: &Env) -> Result<Self, SettingError> {
        let cookies = SealedCookies::new(Sealer::from_env(env)?, "mailed", LIFETIME);
        Ok(Self { cookies, keys: Sealer::of(env, &MAILED_KEY)? })
    }

    /// Who asked in this browser.
    pub(crate) fn asked(&self, request: &Request) -> Option<Asked> {
        self.cookies.read(request, ID, "")
    }

    pub(crate) fn cookie(&self, asked: &Asked, now: Time) -> Result<Cookie> {
        self.cookies.write(ID, "", asked, now)
    }

    pub(crate) fn forget(&self) -> Cookie {
        self.cookies.forget(ID)
    }

    /// Begins one. Whoever has only the table, or only the mail, has nothing.
    ///
    /// One PutItem.
    pub(crate) async fn begin(&self, table: &Table, asked: &Asked, now: Time) -> Result<Mailing> {
        let mailing = Mailing { code: fresh_code(), token: Secret::random() };
        let first = |what, text: &Secret| self.marks(asked, what, text.expose()).swap_remove(0);
        let (code, link) = (first(CODE, &mailing.code), first(LINK, &mailing.token));
        let row = Challenge { code, link, tries: 0, asked_at: now };
        // Nobody else has this secret.
        table.create(asked.id().as_str(), &row, now).await?;
        Ok(mailing)
    }

    /// Whether this code was mailed for this browser. The try is counted before it is compared, and after five there is none (#85). One
    /// that is right counts no more: of many at once, one is told so.
    ///
    /// At most two UpdateItems.
    pub(crate) async fn take_code(
        &self,
        table: &Table,
        asked: &Asked,
        code: &str,
        now: Time,
    ) -> Result<bool, Error> {
        let counted = Change::new().raise(Challenge::TRIES).when(Challenge::TRIES.at_most(&(TRIES - 1)));
        let Updated::Done(row) = table.update::<Challenge>(asked.id().as_str(), counted, now).await? else {
            return Ok(false);
        };
        match self.is_marked(asked, CODE, code, &row.code) {
            true => take(table, asked, Challenge::CODE.is(&row.code), now).await,
            false => Ok(false),
        }
    }

    /// Whether this link was mailed for this browser. It uses nothing up.
    ///
    /// One GetItem.
    pub(crate) async fn is_link(
        &self,
        table: &Table,
        asked: &Asked,
        token: &str,
        now: Time,
    ) -> Result<bool, Error> {
        Ok(self.linked(table, asked, token, now).await?.is_some())
    }

    /// The same, and it counts no more.
    ///
    /// One GetItem and one UpdateItem.
    pub(crate) async fn take_link(
        &self,
        table: &Table,
        asked: &Asked,
        token: &str,
        now: Time,
    ) -> Result<bool, Error> {
        match self.linked(table, asked, token, now).await? {
            Some(mark) => take(table, asked, Challenge::LINK.is(&mark), now).await,
            None => Ok(false),
        }
    }

    async fn linked(
        &self,
        table: &Table,
        asked: &Asked,
        token: &str,
        now: Time,
    ) -> Result<Option<String>, Error> {
        let row = table.get::<Challenge>(asked.id().as_str(), now).await?;
        Ok(row.filter(|row| self.is_marked(asked, LINK, token, &row.link)).map(|row| row.link.clone()))
    }

    /// Under each key, for this browser, this address and one purpose.
    fn marks(&self, asked: &Asked, what: &str, text: &str) -> Vec<String> {
        self.keys.marks(&["sign in", what, asked.id().as_str(), &asked.address], text).collect()
    }

    fn is_marked(&self, asked: &Asked, what: &str, text: &str, stored: &str) -> bool {
        self.marks(asked, what, text).into_iter().any(|mark| Secret::new(mark).matches(stored))
    }
}

/// What an HMAC is of.
const CODE: &str = "code";
const LINK: &str = "link";

async fn take(table: &Table, asked: &Asked, same: Condition<Challenge>, now: Time) -> Result<bool, Error> {
    Ok(matches!(table.take_when(asked.id().as_str(), [same], now).await?, Taken::Done(_)))
}

/// A fresh one, each as likely as any other: of 64 random bits, what is left over makes no difference.
fn fresh_code() -> Secret {
    let bytes = URL_SAFE_NO_PAD.decode(Secret::random().expose()).unwrap_or_default();
    let number = bytes.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    Secret::new(format!("{:06}", number % CODES))
}

/// A code as people type it: with blanks and hyphens anywhere, and as wide as their keyboard writes digits. What cannot be one costs
/// nothing (#105).
pub(crate) fn parse_code(typed: &str) -> Option<String> {
    let between = |c: &char| !c.is_whitespace() && *c != '-';
    let narrow = |c: char| match c {
        '\u{ff10}'..='\u{ff19}' => char::from_u32(u32::from(c) - 0xff10 + u32::from('0')).unwrap_or(c),
        other => other,
    };
    let code: String = typed.chars().filter(between).take(7).map(narrow).collect();
    (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_six_digits_and_any_of_them() {
        let codes: Vec<_> = (0..2000).map(|_| fresh_code().expose().to_owned()).collect();
        assert!(codes.iter().all(|code| parse_code(code).as_ref() == Some(code)), "{codes:?}");
        assert!(codes.iter().collect::<HashSet<_>>().len() > 1900);
        for digit in '0'..='9' {
            assert!(codes.iter().any(|code| code.starts_with(digit)), "none begins with {digit}");
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["123456", "123 456", " 1 2 3-4 5 6 ", "123456\r\n", "１２３４５６"] {
            assert_eq!(parse_code(typed).as_deref(), Some("123456"), "{typed:?}");
        }
        for typed in ["", "12345", "1234567", "12345a", "-12345", "١٢٣٤٥٦", "123456;", "0x1234", "1e5000"]
        {
            assert_eq!(parse_code(typed), None, "{typed:?}");
        }
        assert_eq!(parse_code(&"1".repeat(100_000)), None);
    }

    #[test]
    fn what_a_browser_keeps_is_in_no_log() {
        // #103
        let asked = Asked::new("ada@example.com", "/", false);
        assert!(!format!("{asked:?}").contains(asked.secret.expose()));
    }
}
