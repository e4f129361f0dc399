//! A change of some attributes of a row, and when it may be made.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::expression::Expression;

/// What an update does to a row and which conditions must hold. Attribute names are letters, digits and underscores. A
/// value that serialises to nothing (`None`) stands for the attribute's absence, as it does in a whole row.
#[derive(Debug, Clone, Default)]
pub struct Change {
    sets: Vec<Pair>,
    conditions: Vec<Pair>,
    malformed: bool,
}

type Pair = (String, Option<AttributeValue>);

impl Change {
    /// A change of nothing, on no condition.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives `attribute` this value. `expires_at` moves the row's end.
    #[must_use]
    pub fn set(mut self, attribute: &str, value: impl Serialize) -> Self {
        let pair = self.pair(attribute, value);
        self.sets.push(pair);
        self
    }

    /// Removes `attribute`.
    #[must_use]
    pub fn remove(mut self, attribute: &str) -> Self {
        self.sets.push((attribute.to_owned(), None));
        self
    }

    /// Only if `attribute` has exactly this value; with `None`, only if there is none.
    #[must_use]
    pub fn when(mut self, attribute: &str, value: impl Serialize) -> Self {
        let pair = self.pair(attribute, value);
        self.conditions.push(pair);
        self
    }

    /// The whole expression, as this attempt sends it; none if a value cannot be written.
    pub(crate) fn expression(self, attempt: &str, now: i64) -> Option<Expression> {
        let mut expression = Expression::alive(now);
        for (attribute, value) in self.conditions {
            expression.when(&attribute, value);
        }
        for (attribute, value) in self.sets {
            expression.set(&attribute, value);
        }
        expression.stamp(attempt);
        (!self.malformed).then_some(expression)
    }

    fn pair(&mut self, attribute: &str, value: impl Serialize) -> Pair {
        let value = attribute_value(value);
        self.malformed |= value.is_none();
        (attribute.to_owned(), value.flatten())
    }
}

/// The attribute for a value: absent for nothing. No answer at all if the value has no form in DynamoDB.
pub(crate) fn attribute_value(value: impl Serialize) -> Option<Option<AttributeValue>> {
    let value: AttributeValue = to_attribute_value(value).ok()?;
    Some((!value.is_null()).then_some(value))
}
