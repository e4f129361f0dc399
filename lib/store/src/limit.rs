//! Counting what may happen so many times in a window of time.
//!
//! A window is a row: its start is the row's sort key, and the row ends with it. In the row are the ids of the attempts, as a set.
//! So counting is one UpdateItem whatever happened before, and it is exact: adding an id twice is adding it once, so that an
//! attempt whose answer was lost counts once when it is repeated, anyone who else counted in between (#98).

use aws_lc_rs::rand;
use aws_sdk_dynamodb::primitives::Blob;

use crate::{
    Error, Table,
    expression::Expression,
    record::{Item, key_of},
    schema::ATTEMPTS,
};

/// At most so many in a window of so many seconds. Windows begin at multiples of their length since the epoch, so that in any
/// span as long as a window there are at most twice as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    kind: &'static str,
    most: u16,
    window: u32,
}

impl Limit {
    /// The largest number that is counted. A row holds eight bytes for each.
    pub const LARGEST: u16 = 1000;

    /// At most `most` (and never more than [`Limit::LARGEST`]) in `window` seconds, counted in rows of this kind. With 0, nothing
    /// is ever within the limit.
    pub const fn new(kind: &'static str, most: u16, window: u32) -> Self {
        let most = if most > Self::LARGEST { Self::LARGEST } else { most };
        Self { kind, most, window: if window == 0 { 1 } else { window } }
    }

    /// When the window that `now` is in began.
    fn start(&self, now: i64) -> i64 {
        now - now.rem_euclid(i64::from(self.window))
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It is within the limit, and counted: so many more will be, in this window.
    Within(u16),
    /// It is beyond the limit, and not counted. The next window begins at this second (epoch), which is what `Retry-After`
    /// is made of.
    Beyond(i64),
}

impl Table {
    /// Counts one attempt of `id`, if that is within the limit: of any number of callers at a time exactly as many as it allows.
    /// Attempts beyond it are not counted, so nobody stays shut out by being asked again. An id that says something about a
    /// person (an address) is to be a digest.
    ///
    /// One UpdateItem, of a row that is there or not: one write unit for up to about 100 attempts in the window, another for each
    /// 110 beyond; the same where it is refused.
    pub async fn count(&self, limit: &Limit, id: &str, now: impl Into<i64>) -> Result<Counted, Error> {
        let start = limit.start(now.into());
        let end = start.saturating_add(i64::from(limit.window));
        if limit.most == 0 {
            return Ok(Counted::Beyond(end));
        }
        // The length too: two limits of one kind do not meet.
        let sort = format!("{}#{start}", limit.window);
        let key = key_of(limit.kind, id, &sort).ok_or(Error::Malformed(limit.kind))?;
        let attempt = short();
        let expression = Expression::count(&attempt, limit.most, end);
        let (Ok(row) | Err(Some(row))) = self.change(key, expression).await? else {
            return Ok(Counted::Beyond(end));
        };
        Ok(match counted(&row, &attempt) {
            Some(so_far) => Counted::Within(limit.most.saturating_sub(so_far)),
            None => Counted::Beyond(end),
        })
    }
}

/// How many attempts the row holds, if this is one of them.
fn counted(row: &Item, attempt: &Blob) -> Option<u16> {
    let attempts = row.get(ATTEMPTS)?.as_bs().ok()?;
    attempts.contains(attempt).then(|| u16::try_from(attempts.len()).unwrap_or(u16::MAX))
}

/// An id for one attempt among the thousand of a window.
fn short() -> Blob {
    let mut bytes = [0; 8];
    rand::fill(&mut bytes).expect("the system's random generator works");
    Blob::new(bytes)
}
