//! Refresh tokens and their rotation (RFC 6749 §6, RFC 9700 §4.14.2).
//!
//! A token is `<family>.<fixed>.<generation>.<secret>`. The fixed part is the same in all tokens of a family, and shows that a token
//! was issued in it. The secret of the next generation follows from that of this one and a salt that is drawn for it:
//! `HKDF(secret, salt)`. The row has the digest of the current secret, and the last salts. So the same successor can be made
//! again for a client that did not get it and still has the token before; an old token that was stolen does not lead to
//! it without a salt, nor does the table without a secret.

use std::time::Duration;

use oauth::{Digest, Secret, Time};
use serde::{Deserialize, Serialize};
use store::{Change, Table, Updated, Write};

use crate::{Error, Family, family};

/// How long a client may be granted to present a token again that was renewed already.
pub const MAX_GRACE: Duration = Duration::from_secs(60);

/// How many generations back a token can be presented again: more than a client has in use within [`MAX_GRACE`].
const MOST_RECENT: usize = 6;

/// How often a rotation starts that others were faster with. The second time it finds what they wrote.
const ROUNDS: usize = 5;

/// A refresh token, as a client presents it.
#[derive(Debug, Clone)]
pub struct RefreshToken {
    family_id: String,
    fixed: Secret,
    generation: u64,
    secret: Secret,
}

/// How the successor of a token was made, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Superseded {
    salt: String,
    at: Time,
}

impl Superseded {
    /// When.
    pub(crate) fn at(&self) -> Time {
        self.at
    }
}

impl RefreshToken {
    /// Reads a token. What cannot be one of ours is none, and costs no read of the table (#105).
    pub fn parse(text: &str) -> Option<Self> {
        let [family_id, fixed, generation, secret] = *text.splitn(5, '.').collect::<Vec<_>>() else {
            return None;
        };
        let number: u64 = generation.parse().ok()?;
        let is_ours = family::is_id(family_id)
            && Secret::is_random(fixed)
            && Secret::is_random(secret)
            && number.to_string() == generation;
        is_ours.then(|| Self {
            family_id: family_id.to_owned(),
            fixed: Secret::new(fixed),
            generation: number,
            secret: Secret::new(secret),
        })
    }

    /// What a client gets.
    pub fn text(&self) -> Secret {
        let Self { family_id, fixed, generation, secret } = self;
        Secret::new(format!("{family_id}.{}.{generation}.{}", fixed.expose(), secret.expose()))
    }

    /// The id of its family.
    pub fn family_id(&self) -> &str {
        &self.family_id
    }

    /// The first one of a family.
    pub(crate) fn first(family_id: &str) -> Self {
        Self {
            family_id: family_id.to_owned(),
            fixed: Secret::random(),
            generation: 0,
            secret: Secret::random(),
        }
    }

    pub(crate) fn fixed_digest(&self) -> Digest {
        self.fixed.digest()
    }

    pub(crate) fn digest(&self) -> Digest {
        self.secret.digest()
    }

    fn next(&self, salt: &str) -> Self {
        let generation = self.generation + 1;
        let info = format!("latchkey-refresh-1 {} {generation}", self.family_id);
        Self { generation, secret: self.secret.derive(salt.as_bytes(), &info), ..self.clone() }
    }
}

/// What became of a refresh token.
#[derive(Debug, Clone)]
pub enum Rotated {
    /// It is renewed, or was within the grace: the token that is good now, and the family.
    Done {
        /// What the client uses from now on.
        token: RefreshToken,
        /// As it is in the table.
        family: Box<Family>,
    },
    /// It was renewed before, so somebody else has it: the family has ended (#49).
    Reused,
    /// It was never issued, or its family has ended.
    Invalid,
}

/// What to do with a token.
enum Verdict {
    /// Nothing: the family never issued it, or has ended.
    Invalid,
    /// Renew it.
    Current,
    /// This is the token that is good now, which the client should have.
    Again(RefreshToken),
    /// End the family.
    Reused,
}

/// Renews a refresh token of a client whose it is, and which it is still granted (#50). `family` is what was read; `grace`, of at
/// most [`MAX_GRACE`], says how long ago the token may have been renewed already.
///
/// One UpdateItem, or none within the grace; after a lost race nothing is read again, since the row comes with the refusal.
pub async fn rotate(
    table: &Table,
    family: &Family,
    token: &RefreshToken,
    grace: Duration,
    now: Time,
) -> Result<Rotated, Error> {
    rotate_noting(table, family, token, grace, &Vec::new, now).await
}

/// The same, which writes what `noted` gives in the transaction that ends the grant of a token that came again.
pub async fn rotate_noting(
    table: &Table,
    family: &Family,
    token: &RefreshToken,
    grace: Duration,
    noted: &(dyn Fn() -> Vec<Write> + Sync),
    now: Time,
) -> Result<Rotated, Error> {
    let mut family = Box::new(family.clone());
    for _ in 0..ROUNDS {
        match family.verdict(token, grace.min(MAX_GRACE), now) {
            Verdict::Invalid => return Ok(Rotated::Invalid),
            Verdict::Again(token) => return Ok(Rotated::Done { token, family }),
            Verdict::Reused => {
                family::end_noting(table, &family.id, noted(), now).await?;
                return Ok(Rotated::Reused);
            }
            Verdict::Current => {}
        }
        let (successor, change) = family.succession(token, now);
        match table.update::<Family>(&family.id, change, now).await? {
            Updated::Done(row) => {
                return Ok(Rotated::Done { token: successor, family: Box::new(row.into_inner()) });
            }
            // Somebody was faster.
            Updated::Refused(row) => *family = row.into_inner(),
            Updated::Missing => return Ok(Rotated::Invalid),
        }
    }
    Err(store::Error::from(std::io::Error::from(std::io::ErrorKind::ResourceBusy)).into())
}

impl Family {
    /// Whether this token was issued in the family, at some time: it may be revoked (RFC 7009 §2.1).
    pub fn knows(&self, token: &RefreshToken) -> bool {
        self.id == token.family_id && self.fixed == Some(token.fixed_digest())
    }

    /// Whether this is the token that is good now (RFC 7662 §2.2).
    pub fn is_current(&self, token: &RefreshToken) -> bool {
        self.knows(token) && self.generation == token.generation && self.current == Some(token.digest())
    }

    fn verdict(&self, token: &RefreshToken, grace: Duration, now: Time) -> Verdict {
        if !self.is_alive(now) || !self.knows(token) {
            return Verdict::Invalid;
        }
        match self.successor(token) {
            Some((_, None)) => Verdict::Current,
            Some((current, Some(at))) if now < at.after(grace) => Verdict::Again(current),
            _ => Verdict::Reused,
        }
    }

    /// The token that is good now, as it follows from an older one, and when that was renewed. Nothing if it does not: the token
    /// is too old, or its secret is another.
    fn successor(&self, token: &RefreshToken) -> Option<(RefreshToken, Option<Time>)> {
        let age = usize::try_from(self.generation.checked_sub(token.generation)?).ok()?;
        let steps = self.recent.get(..age)?;
        let current = steps.iter().rev().fold(token.clone(), |token, step| token.next(&step.salt));
        let is_current = self.current == Some(current.digest());
        is_current.then(|| (current, steps.last().map(|step| step.at)))
    }

    /// The next token, and the change that makes it the one that is good, if this one still is.
    fn succession(&self, token: &RefreshToken, now: Time) -> (RefreshToken, Change<Self>) {
        let salt = family::short(&Secret::random());
        let next = token.next(&salt);
        let is_recent = |step: &&Superseded| now.since(step.at) < MAX_GRACE;
        let before = self.recent.iter().take(MOST_RECENT - 1).take_while(is_recent).cloned();
        let recent: Vec<_> = std::iter::once(Superseded { salt, at: now }).chain(before).collect();
        let idle_until = now.after(Duration::from_secs(self.idle)).min(self.ends_at).max(self.idle_until);
        let change = Change::new()
            .set(Self::GENERATION, &next.generation)
            .set(Self::CURRENT, &Some(next.digest()))
            .set(Self::RECENT, &recent)
            .set(Self::IDLE_UNTIL, &idle_until)
            .ends_at(Some(idle_until.epoch()))
            .when(Self::GENERATION.is(&self.generation))
            .when(Self::CURRENT.is(&self.current));
        (next, change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successor_is_what_another_implementation_of_rfc_5869_derives() {
        // #52: computed with Python's hmac. Another derivation would end every grant.
        let first = RefreshToken {
            family_id: "F".repeat(22),
            fixed: Secret::new("X".repeat(43)),
            generation: 0,
            secret: Secret::new("A".repeat(43)),
        };
        let second = first.next(&"S".repeat(22));
        assert_eq!(second.secret.expose(), "rtn9ehxvBDaHReCf5PWSB8jdv0AOMhFMJO9ZY-kskac");
        let third = second.next(&"T".repeat(22));
        let text =
            format!("{0}.{1}.2.tR-4BfWqSBfgx01eOwAluuLaIcoVXsuV1MlPy1Q9LiE", "F".repeat(22), "X".repeat(43));
        assert_eq!(third.text().expose(), text);
        assert!(RefreshToken::parse(&text).is_some());
    }

    #[test]
    fn a_token_is_not_shown() {
        // #103
        let shown = format!("{:?}", RefreshToken::first("family"));
        assert!(shown.contains("family") && shown.matches("Secret(..)").count() == 2, "{shown}");
    }
}
