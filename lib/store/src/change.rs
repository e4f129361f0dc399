//! A change of some attributes of a row, and when it may be made.

use std::{borrow::Borrow, collections::BTreeMap, fmt};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use crate::{
    expression::Expression,
    member::{Condition, Member, attribute_value},
    owned::Owner,
    record::Record,
    schema::{EXPIRES_AT, LIST_KEY, LIVES_UNTIL, OWNER},
};

/// What an update does to a row of `R`, and which conditions must hold for it: all of them, or nothing is written.
pub struct Change<R> {
    sets: Vec<(&'static str, Option<AttributeValue>)>,
    entries: Vec<(&'static str, String, AttributeValue)>,
    raises: Vec<&'static str>,
    conditions: Vec<Condition<R>>,
    malformed: bool,
}

impl<R> Default for Change<R> {
    fn default() -> Self {
        Self {
            sets: Vec::new(),
            entries: Vec::new(),
            raises: Vec::new(),
            conditions: Vec::new(),
            malformed: false,
        }
    }
}

impl<R> Clone for Change<R> {
    fn clone(&self) -> Self {
        let Self { sets, entries, raises, conditions, malformed } = self;
        Self {
            sets: sets.clone(),
            entries: entries.clone(),
            raises: raises.clone(),
            conditions: conditions.clone(),
            malformed: *malformed,
        }
    }
}

/// Without values, which may be secrets (#103).
impl<R> fmt::Debug for Change<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sets: Vec<_> = self.sets.iter().map(|(attribute, _)| attribute).collect();
        let mut shown = f.debug_struct("Change");
        let entries: Vec<_> = self.entries.iter().map(|(attribute, ..)| attribute).collect();
        shown
            .field("sets", &sets)
            .field("entries", &entries)
            .field("raises", &self.raises)
            .field("when", &self.conditions)
            .finish()
    }
}

impl<R: Record> Change<R> {
    /// Moves the end of the row, in epoch seconds; with `None`, it has none any more. For a record that keeps its end in a field
    /// `expires_at`, this is that field.
    #[must_use]
    pub fn ends_at(self, end: Option<i64>) -> Self {
        self.end(if R::KEPT { LIVES_UNTIL } else { EXPIRES_AT }, end)
    }

    /// Moves the end of keeping a row that is [kept](Record::KEPT).
    #[must_use]
    pub fn kept_until(self, end: Option<i64>) -> Self {
        self.end(EXPIRES_AT, end)
    }

    fn end(mut self, attribute: &'static str, end: Option<i64>) -> Self {
        self.sets.push((attribute, end.map(|end| AttributeValue::N(end.to_string()))));
        self
    }
}

impl<R> Change<R> {
    /// A change of nothing, on no condition.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a member this value; `None` removes it.
    #[must_use]
    pub fn set<T: Borrow<V>, V: Serialize + ?Sized>(mut self, member: Member<R, T>, value: &V) -> Self {
        match attribute_value(value) {
            Some(value) => self.sets.push((member.name(), value)),
            None => self.malformed = true,
        }
        self
    }

    /// Gives one entry of a map this value and leaves the others as they are, on the condition that the row has the map.
    #[must_use]
    pub fn set_in<V: Serialize>(
        mut self,
        member: Member<R, BTreeMap<String, V>>,
        key: &str,
        value: &V,
    ) -> Self {
        match attribute_value(value).flatten() {
            Some(value) => self.entries.push((member.name(), key.to_owned(), value)),
            None => self.malformed = true,
        }
        self
    }

    /// Removes a member that a record can be without.
    #[must_use]
    pub fn remove<T>(mut self, member: Member<R, Option<T>>) -> Self {
        self.sets.push((member.name(), None));
        self
    }

    /// Adds one to a member; an absent one becomes 1. Made for epochs, which are compared and never counted: where the answer to
    /// it is lost and somebody else writes the row before it is repeated, it is raised twice.
    #[must_use]
    pub fn raise(mut self, member: Member<R, u64>) -> Self {
        self.raises.push(member.name());
        self
    }

    /// Lets the row belong to somebody from now on, as [`Record::owner`](crate::Record::owner) does from the beginning.
    #[must_use]
    pub fn belongs_to(mut self, owner: Owner<'_>) -> Self {
        self.sets.push((OWNER, Some(owner.attribute())));
        self
    }

    /// Takes the row out of its list.
    #[must_use]
    pub fn unlisted(mut self) -> Self {
        self.sets.push((LIST_KEY, None));
        self
    }

    /// Only if this holds.
    #[must_use]
    pub fn when(mut self, condition: Condition<R>) -> Self {
        self.conditions.push(condition);
        self
    }

    /// The whole expression, as this attempt sends it; none if a value cannot be written.
    pub(crate) fn expression(self, attempt: &str, now: i64) -> Option<Expression> {
        let mut expression = Expression::alive(now);
        expression.all(self.conditions)?;
        for (attribute, value) in self.sets {
            expression.set(attribute, value);
        }
        for (attribute, key, value) in self.entries {
            expression.set_in(attribute, &key, value);
        }
        if !self.raises.is_empty() {
            // Else the repetition of one whose answer was lost would raise it again (#98).
            expression.not_by(attempt);
        }
        for attribute in self.raises {
            expression.raise(attribute);
        }
        expression.stamp(attempt);
        (!self.malformed).then_some(expression)
    }
}
