//! Attributes by name and type, and what must hold of them for a write to happen.

use std::{borrow::Borrow, fmt, marker::PhantomData};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

/// An attribute of the rows of `R`: a field of the record, by its name and with its type, so that neither can be mistyped where
/// a write names it. Made by [`member!`](crate::member!). It is the attribute as serde writes the field: a field that is renamed,
/// flattened or written in a way of its own is no member.
pub struct Member<R, T> {
    name: &'static str,
    of: PhantomData<fn(R) -> T>,
}

impl<R, T> Clone for Member<R, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T> Copy for Member<R, T> {}

impl<R, T> fmt::Debug for Member<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Member").field(&self.name).finish()
    }
}

/// The [`Member`] for a field of a record: `member!(Session, user_id)`. A field that the record does not have does not compile.
#[macro_export]
macro_rules! member {
    ($record:ty, $field:ident) => {
        $crate::Member::new(stringify!($field), |row: &$record| &row.$field)
    };
}

impl<R, T> Member<R, T> {
    /// Use [`member!`](crate::member!), which takes the name from the field.
    #[doc(hidden)]
    pub const fn new(name: &'static str, _field: fn(&R) -> &T) -> Self {
        Self { name, of: PhantomData }
    }

    /// That the attribute has exactly this value; for `None`, that it is absent.
    pub fn is<V: Serialize + ?Sized>(self, value: &V) -> Condition<R>
    where
        T: Borrow<V>,
    {
        let test = match attribute_value(value) {
            Some(Some(value)) => Test::Is(value),
            Some(None) => Test::Absent,
            None => Test::Malformed,
        };
        Condition::new(self.name, test)
    }

    /// That the attribute is a number (or a text) of at most this. An absent one is not.
    pub fn at_most<V: Serialize + ?Sized>(self, value: &V) -> Condition<R>
    where
        T: Borrow<V>,
    {
        let test = attribute_value(value).flatten().map_or(Test::Malformed, Test::AtMost);
        Condition::new(self.name, test)
    }

    pub(crate) fn name(self) -> &'static str {
        self.name
    }
}

/// What must hold of one attribute of a row for a write to happen: it is compared by DynamoDB, in the same step as the write.
pub struct Condition<R> {
    pub(crate) attribute: &'static str,
    pub(crate) test: Test,
    of: PhantomData<fn(R)>,
}

/// How an attribute is compared.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Is(AttributeValue),
    Absent,
    AtMost(AttributeValue),
    /// With something that has no form in DynamoDB: the write is never sent.
    Malformed,
}

impl<R> Condition<R> {
    fn new(attribute: &'static str, test: Test) -> Self {
        Self { attribute, test, of: PhantomData }
    }
}

impl<R> Clone for Condition<R> {
    fn clone(&self) -> Self {
        Self::new(self.attribute, self.test.clone())
    }
}

/// Without the value, which may be a secret (#103).
impl<R> fmt::Debug for Condition<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Condition").field(&self.attribute).finish()
    }
}

/// The attribute for a value: absent for nothing. No answer at all if the value has no form in DynamoDB.
pub(crate) fn attribute_value(value: impl Serialize) -> Option<Option<AttributeValue>> {
    let value: AttributeValue = to_attribute_value(value).ok()?;
    Some((!value.is_null()).then_some(value))
}
