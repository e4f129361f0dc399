//! Several rows written together, or none.

use std::collections::BTreeSet;

use crate::{
    Change, Condition, Error, Member, Record, Row, Table, attempt,
    expression::Expression,
    record::{Item, item, key},
    retry::{CONDITION_FAILED, will_pass},
    take::taking,
};
use aws_sdk_dynamodb::{
    error::BuildError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{ConditionCheck, Delete, Put, TransactWriteItem, Update, builders::TransactWriteItemBuilder},
};

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transacted {
    /// Everything was written.
    Done,
    /// Nothing was: these writes, by position, found their condition not to hold.
    Refused(Vec<usize>),
}

/// One write of a transaction.
#[derive(Debug, Clone)]
pub struct Write(Result<(Target, Expression), &'static str>);

#[derive(Debug, Clone)]
enum Target {
    Put(Item),
    Update(Item),
    Delete(Item),
    Check(Item),
}

impl Write {
    /// Writes a row where there is none, or none that lives.
    pub fn create<R: Record>(id: &str, row: &R, now: impl Into<i64>) -> Self {
        let item = item(id, row, &attempt::fresh()).map_err(|_| R::KIND);
        Self(item.map(|item| (Target::Put(item), Expression::absent(now.into()))))
    }

    /// Replaces a row by another record under the same key, if it is still as it was when `old` was read.
    pub fn replace<R: Record, N: Record>(id: &str, old: &Row<R>, new: &N, now: impl Into<i64>) -> Self {
        let mut condition = Expression::alive(now.into());
        condition.by(old.version());
        let item = item(id, new, &attempt::fresh()).map_err(|_| N::KIND);
        Self(item.map(|item| (Target::Put(item), condition)))
    }

    /// Changes some attributes of a living row, if all conditions of the change hold.
    pub fn update<R: Record>(id: &str, change: Change<R>, now: impl Into<i64>) -> Self {
        let expression = change.expression(&attempt::fresh(), now.into());
        let target = key::<R>(id).map(Target::Update);
        Self(target.zip(expression).ok_or(R::KIND))
    }

    /// Ends a living row, if all of these hold: it is gone like one that was [taken](crate::Table::take).
    pub fn take<R: Record>(
        id: &str,
        conditions: impl IntoIterator<Item = Condition<R>>,
        now: impl Into<i64>,
    ) -> Self {
        let now = now.into();
        let mut expression = Expression::alive(now);
        let written = expression.all(conditions);
        let target = key::<R>(id).map(Target::Update).zip(written);
        let write = target.map(|(target, ())| (target, taking::<R>(expression, &attempt::fresh(), now)));
        Self(write.ok_or(R::KIND))
    }

    /// Deletes a living row, if all of these hold.
    pub fn delete<R: Record>(
        id: &str,
        conditions: impl IntoIterator<Item = Condition<R>>,
        now: impl Into<i64>,
    ) -> Self {
        Self::on(key::<R>(id).map(Target::Delete), conditions, now)
    }

    /// Writes a row of a list ([`Owner::List`](crate::Owner::List)) that says nothing but its key, whether it is there or not. It is
    /// written and removed together with what it points to, so it never has to be read before.
    pub fn point<R: Record>(id: &str, row: &R) -> Self {
        let item = item(id, row, &attempt::fresh()).map_err(|_| R::KIND);
        let list = row.owner().map(Expression::absent_or_of).ok_or(R::KIND);
        Self(item.and_then(|item| Ok((Target::Put(item), list?))))
    }

    /// Removes such a row, whether it is there or not.
    pub fn unpoint<R: Record>(id: &str, row: &R) -> Self {
        let target = key::<R>(id).map(Target::Delete);
        Self(target.zip(row.owner().map(Expression::absent_or_of)).ok_or(R::KIND))
    }

    /// Adds a text to the set that this member is, of a row with this end, in epoch seconds. There need not be such a row. One with another
    /// end is refused: the id is to be of a span of time, from which the end follows. To add a text twice is to add it once.
    pub fn gather<R: Record>(
        id: &str,
        set: Member<R, BTreeSet<String>>,
        text: &str,
        end: impl Into<i64>,
    ) -> Self {
        let expression = Expression::gather(set.name(), text, end.into());
        Self(key::<R>(id).map(|key| (Target::Update(key), expression)).ok_or(R::KIND))
    }

    /// Writes nothing: the others are written only if there is this living row and all of these hold of it. It takes part in
    /// the transaction like a write, and collides with every other write of the row.
    pub fn check<R: Record>(
        id: &str,
        conditions: impl IntoIterator<Item = Condition<R>>,
        now: impl Into<i64>,
    ) -> Self {
        Self::on(key::<R>(id).map(Target::Check), conditions, now)
    }

    fn on<R: Record>(
        target: Option<Target>,
        conditions: impl IntoIterator<Item = Condition<R>>,
        now: impl Into<i64>,
    ) -> Self {
        let mut expression = Expression::alive(now.into());
        let written = expression.all(conditions);
        Self(target.zip(written).map(|(target, ())| (target, expression)).ok_or(R::KIND))
    }

    fn build(self, table: &str) -> Result<TransactWriteItem, Error> {
        let (target, expression) = self.0.map_err(Error::Malformed)?;
        let item = TransactWriteItem::builder();
        let item = match target {
            Target::Put(row) => put(row, table, expression).map(|put| item.put(put)),
            Target::Update(key) => update(key, table, expression).map(|update| item.update(update)),
            Target::Delete(key) => delete(key, table, expression).map(|delete| item.delete(delete)),
            Target::Check(key) => check(key, table, expression).map(|check| item.condition_check(check)),
        };
        item.map(TransactWriteItemBuilder::build).map_err(|_| Error::Malformed("a write"))
    }
}

fn put(row: Item, table: &str, expression: Expression) -> Result<Put, BuildError> {
    Put::builder()
        .table_name(table)
        .set_item(Some(row))
        .condition_expression(expression.condition())
        .set_expression_attribute_names(expression.names())
        .set_expression_attribute_values(expression.values())
        .build()
}

fn update(key: Item, table: &str, expression: Expression) -> Result<Update, BuildError> {
    Update::builder()
        .table_name(table)
        .set_key(Some(key))
        .update_expression(expression.update())
        .condition_expression(expression.condition())
        .set_expression_attribute_names(expression.names())
        .set_expression_attribute_values(expression.values())
        .build()
}

fn delete(key: Item, table: &str, expression: Expression) -> Result<Delete, BuildError> {
    Delete::builder()
        .table_name(table)
        .set_key(Some(key))
        .condition_expression(expression.condition())
        .set_expression_attribute_names(expression.names())
        .set_expression_attribute_values(expression.values())
        .build()
}

fn check(key: Item, table: &str, expression: Expression) -> Result<ConditionCheck, BuildError> {
    ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key))
        .condition_expression(expression.condition())
        .set_expression_attribute_names(expression.names())
        .set_expression_attribute_values(expression.values())
        .build()
}

impl Table {
    /// Writes all of these or nothing. Repeated requests carry one token, by which DynamoDB knows them for ten minutes
    /// (#98): a transaction whose answer was lost is not made twice and does not trip over itself.
    ///
    /// One TransactWriteItems of at most 100 rows, each once: two write units for each KB of each row, also of one that is only
    /// checked, and also where nothing is written in the end; as much again for each index that shows a difference. Two of
    /// them on one row collide, and one is repeated: no row that many people share belongs into one.
    pub async fn transact(&self, writes: Vec<Write>) -> Result<Transacted, Error> {
        let items = writes.into_iter().map(|write| write.build(self.name())).collect::<Result<_, _>>()?;
        let request = self
            .client()
            .await
            .transact_write_items()
            .client_request_token(attempt::fresh())
            .set_transact_items(Some(items));
        let Err(error) = request.send().await else { return Ok(Transacted::Done) };
        match error.as_service_error().map(failed_conditions).unwrap_or_default() {
            positions if !positions.is_empty() => Ok(Transacted::Refused(positions)),
            _ if error.as_service_error().is_some_and(will_pass) => {
                Err(Error::busy("TransactWriteItems", &error))
            }
            _ => Err(Error::of("TransactWriteItems", &error)),
        }
    }
}

/// The writes whose condition did not hold, if that is why the transaction was cancelled.
fn failed_conditions(error: &TransactWriteItemsError) -> Vec<usize> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else { return Vec::new() };
    let reasons = cancelled.cancellation_reasons().iter().enumerate();
    let failed = reasons.filter(|(_, reason)| reason.code() == Some(CONDITION_FAILED));
    failed.map(|(position, _)| position).collect()
}
