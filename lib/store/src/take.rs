//! Taking a row: it can be had once.
//!
//! Not a delete: when the answer to a delete is lost, the repeated delete finds nothing, and nobody can tell any more
//! whether the row went to us or to somebody else. Taking therefore *ends* the row instead. One UpdateItem, on the condition
//! that the row lives, moves `expires_at` into the past and leaves the attempt's mark. From then on the row is absent for
//! everybody, like any other that has expired (#100), time-to-live deletes it for nothing, and a repeated request finds its
//! own mark on it (#98).

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    Condition, Error, Record, Row, Table, attempt,
    expression::Expression,
    record::{is_alive, is_ours, key, record, untake},
    schema::{EXPIRES_AT, LIST_KEY, LIVES_UNTIL, OWNER, TAKEN_AT, TAKEN_FROM},
};

/// How far back the end of a taken row is moved: farther than any two clocks differ, and less than the five years behind
/// which time-to-live deletes nothing.
const LONG_AGO: i64 = 24 * 60 * 60;

impl Table {
    /// Takes a living row, whatever it holds: of many callers one gets it. The row is gone then, for good.
    ///
    /// One UpdateItem: a write unit for each KB of the row, also where it is refused; as much again for each index that it leaves.
    pub async fn take<R: Record>(&self, id: &str, now: impl Into<i64>) -> Result<Option<R>, Error> {
        let (attempt, now) = (attempt::fresh(), now.into());
        let Some(key) = key::<R>(id) else { return Ok(None) };
        let mut item = match self.change(key, taking::<R>(Expression::alive(now), &attempt, now)).await? {
            Ok(item) => item,
            Err(Some(item)) if is_ours(&item, &attempt) => item,
            Err(_) => return Ok(None),
        };
        untake::<R>(&mut item);
        record(item).map(Some)
    }
}

/// What became of taking a row on conditions.
#[derive(Debug)]
pub enum Taken<R> {
    /// It was taken, as it was.
    Done(R),
    /// A condition did not hold: the row as it is.
    Refused(Row<R>),
    /// There is no such row.
    Missing,
}

impl Table {
    /// Takes a living row, if all of these hold. The row that does not let itself be taken comes with the answer, for nothing.
    ///
    /// One UpdateItem, as [`Table::take`].
    pub async fn take_when<R: Record>(
        &self,
        id: &str,
        conditions: impl IntoIterator<Item = Condition<R>>,
        now: impl Into<i64>,
    ) -> Result<Taken<R>, Error> {
        let (attempt, now) = (attempt::fresh(), now.into());
        let Some(key) = key::<R>(id) else { return Ok(Taken::Missing) };
        let mut expression = Expression::alive(now);
        expression.all(conditions).ok_or(Error::Malformed(R::KIND))?;
        let mut item = match self.change(key, taking::<R>(expression, &attempt, now)).await? {
            Ok(item) => item,
            Err(Some(item)) if is_ours(&item, &attempt) => item,
            Err(Some(item)) if is_alive(&item, now) => return Row::read(item).map(Taken::Refused),
            Err(_) => return Ok(Taken::Missing),
        };
        untake::<R>(&mut item);
        record(item).map(Taken::Done)
    }
}

/// Ends a row of this kind of which the condition holds. One that is kept stays with its owner, and is absent all the same.
pub(crate) fn taking<R: Record>(mut expression: Expression, attempt: &str, now: i64) -> Expression {
    if !R::KEPT {
        return ending(expression, attempt, now);
    }
    let number = |at: i64| Some(AttributeValue::N(at.to_string()));
    expression.copy(TAKEN_FROM, LIVES_UNTIL);
    expression.set(LIVES_UNTIL, number(now.saturating_sub(LONG_AGO)));
    expression.set(TAKEN_AT, number(now));
    expression.set(LIST_KEY, None);
    expression.stamp(attempt);
    expression
}

/// Ends a row of which the condition holds, and takes it out of the indexes.
pub(crate) fn ending(mut expression: Expression, attempt: &str, now: i64) -> Expression {
    expression.copy(TAKEN_FROM, EXPIRES_AT);
    expression.set(EXPIRES_AT, Some(AttributeValue::N(now.saturating_sub(LONG_AGO).to_string())));
    expression.set(LIST_KEY, None);
    expression.set(OWNER, None);
    expression.stamp(attempt);
    expression
}
