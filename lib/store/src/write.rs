//! Writing one row, always on a condition (#97).

use aws_sdk_dynamodb::{
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{ReturnValue::AllNew, ReturnValuesOnConditionCheckFailure::AllOld},
};

use crate::{
    Change, Error, Record, Row, Table, attempt,
    expression::Expression,
    record::{Item, is_alive, is_ours, item, key},
};

/// What became of an update.
#[derive(Debug)]
pub enum Updated<R> {
    /// It was made: the row as it is now.
    Done(Row<R>),
    /// A condition did not hold: the row as it is.
    Refused(Row<R>),
    /// There is no such row.
    Missing,
}

impl Table {
    /// Writes a row where there is none, or none that lives. `false`: somebody else's living row is there.
    ///
    /// One PutItem: a write unit for each KB of the row, also where it is refused; as much again for each index that the row is in.
    pub async fn create<R: Record>(&self, id: &str, row: &R, now: impl Into<i64>) -> Result<bool, Error> {
        self.put(id, row, Expression::absent(now.into())).await
    }

    /// The same where there is not even a row that has ended: what was there once does not begin again. `false`: there is one.
    ///
    /// What [`create`](Self::create) costs.
    pub async fn create_once<R: Record>(&self, id: &str, row: &R) -> Result<bool, Error> {
        self.put(id, row, Expression::without_trace()).await
    }

    /// Replaces `old` by `new`, if the row is still as it was when `old` was read. `false`: it is not.
    ///
    /// One PutItem: a write unit for each KB of the larger of the two, as much again for each index that shows a difference.
    pub async fn replace<R: Record>(
        &self,
        id: &str,
        old: &Row<R>,
        new: &R,
        now: impl Into<i64>,
    ) -> Result<bool, Error> {
        let mut condition = Expression::alive(now.into());
        condition.by(old.version());
        self.put(id, new, condition).await
    }

    /// Changes some attributes of a living row, if all conditions of the change hold.
    ///
    /// One UpdateItem: a write unit for each KB of the whole row, also where it is refused; as much again for each index that
    /// shows a difference. The row comes with the answer, for nothing.
    pub async fn update<R: Record>(
        &self,
        id: &str,
        change: Change<R>,
        now: impl Into<i64>,
    ) -> Result<Updated<R>, Error> {
        let (attempt, now) = (attempt::fresh(), now.into());
        let Some(key) = key::<R>(id) else { return Ok(Updated::Missing) };
        let expression = change.expression(&attempt, now).ok_or(Error::Malformed(R::KIND))?;
        match self.change(key, expression).await? {
            Ok(item) => Row::read(item).map(Updated::Done),
            Err(Some(item)) if is_ours(&item, &attempt) => Row::read(item).map(Updated::Done),
            Err(Some(item)) if is_alive(&item, now) => Row::read(item).map(Updated::Refused),
            Err(_) => Ok(Updated::Missing),
        }
    }

    async fn put<R: Record>(&self, id: &str, row: &R, condition: Expression) -> Result<bool, Error> {
        let attempt = attempt::fresh();
        let request = self
            .client()
            .await
            .put_item()
            .table_name(self.name())
            .set_item(Some(item(id, row, &attempt)?))
            .condition_expression(condition.condition())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .return_values_on_condition_check_failure(AllOld);
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                // The repetition of a write whose answer was lost finds its own row (#98).
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(failed.item().is_some_and(|item| is_ours(item, &attempt)))
                }
                _ => Err(Error::of("PutItem", &error)),
            },
        }
    }

    /// One UpdateItem: the row after it, or the row (if any) that failed the condition.
    pub(crate) async fn change(
        &self,
        key: Item,
        expression: Expression,
    ) -> Result<Result<Item, Option<Item>>, Error> {
        let request = self
            .client()
            .await
            .update_item()
            .table_name(self.name())
            .set_key(Some(key))
            .update_expression(expression.update())
            .condition_expression(expression.condition())
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values(AllNew)
            .return_values_on_condition_check_failure(AllOld);
        match request.send().await {
            Ok(answer) => Ok(Ok(answer.attributes.unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Err(failed.item.clone()))
                }
                _ => Err(Error::of("UpdateItem", &error)),
            },
        }
    }
}
