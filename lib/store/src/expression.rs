//! DynamoDB's expressions: names, values, conditions and assignments of one request.

use std::collections::HashMap;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};

use crate::{
    member::{Condition, Test},
    owned::Owner,
    record::Item,
    schema::{ATTEMPTS, EXPIRES_AT, LIVES_UNTIL, OWNER, PARTITION_KEY, VERSION},
};

/// Under construction. Attribute names become placeholders (`status` is `#status`), because many are reserved words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expression {
    names: HashMap<String, String>,
    values: Item,
    conditions: Vec<String>,
    sets: Vec<String>,
    adds: Vec<String>,
    removes: Vec<String>,
}

impl Expression {
    /// The condition that there is no living row (#100).
    pub(crate) fn absent(now: i64) -> Self {
        let mut this = Self::default();
        let (key, end, now) = (this.name(PARTITION_KEY), this.name(EXPIRES_AT), this.number(now));
        let life = this.name(LIVES_UNTIL);
        this.conditions.push(format!("(attribute_not_exists({key}) OR {end} <= {now} OR {life} <= {now})"));
        this
    }

    /// The condition that there is no row, nor what is left of one that has ended.
    pub(crate) fn without_trace() -> Self {
        let mut this = Self::default();
        let key = this.name(PARTITION_KEY);
        this.conditions.push(format!("attribute_not_exists({key})"));
        this
    }

    /// The condition that there is a living row (#100).
    pub(crate) fn alive(now: i64) -> Self {
        let mut this = Self::default();
        let (key, end, now) = (this.name(PARTITION_KEY), this.name(EXPIRES_AT), this.number(now));
        this.conditions.push(format!("attribute_exists({key})"));
        let life = this.name(LIVES_UNTIL);
        for end in [end, life] {
            this.conditions.push(format!("(attribute_not_exists({end}) OR {end} > {now})"));
        }
        this
    }

    /// The condition that there is a row, alive or not, that belongs to this owner.
    pub(crate) fn owned_by(owner: Owner<'_>) -> Self {
        let mut this = Self::default();
        let condition = format!("{} = {}", this.name(OWNER), this.value(owner.attribute()));
        this.conditions.push(condition);
        this
    }

    /// The condition that there is no row, or one of this list.
    pub(crate) fn absent_or_of(list: Owner<'_>) -> Self {
        let mut this = Self::default();
        let (key, owner) = (this.name(PARTITION_KEY), this.name(OWNER));
        let list = this.value(list.attribute());
        this.conditions.push(format!("(attribute_not_exists({key}) OR {owner} = {list})"));
        this
    }

    /// Adds an attempt to a row that may not be there, if there are fewer than `most` in it; the row ends at `end`.
    pub(crate) fn count(attempt: &Blob, most: u16, end: i64) -> Self {
        let mut this = Self::default();
        let (attempts, most) = (this.name(ATTEMPTS), this.number(most.into()));
        this.conditions.push(format!("(attribute_not_exists({attempts}) OR size({attempts}) < {most})"));
        let attempt = this.value(AttributeValue::Bs(vec![attempt.clone()]));
        this.adds.push(format!("{attempts} {attempt}"));
        this.set(EXPIRES_AT, Some(AttributeValue::N(end.to_string())));
        this
    }

    /// Adds a text to a set, in a row that ends at `end` and that may not be there.
    pub(crate) fn gather(attribute: &str, text: &str, end: i64) -> Self {
        let mut this = Self::default();
        let (set, ends, same) = (this.name(attribute), this.name(EXPIRES_AT), this.number(end));
        this.conditions.push(format!("(attribute_not_exists({ends}) OR {ends} = {same})"));
        let text = this.value(AttributeValue::Ss(vec![text.to_owned()]));
        this.adds.push(format!("{set} {text}"));
        this.set(EXPIRES_AT, Some(AttributeValue::N(end.to_string())));
        this
    }

    /// And all of these hold. No answer if one compares with a value that cannot be written.
    pub(crate) fn all<R>(&mut self, conditions: impl IntoIterator<Item = Condition<R>>) -> Option<()> {
        for Condition { attribute, test, .. } in conditions {
            let name = self.name(attribute);
            let condition = match test {
                Test::Is(value) => format!("{name} = {}", self.value(value)),
                Test::Absent => format!("attribute_not_exists({name})"),
                Test::AtMost(value) => format!("{name} <= {}", self.value(value)),
                Test::Malformed => return None,
            };
            self.conditions.push(condition);
        }
        Some(())
    }

    /// And the row is as this write left it.
    pub(crate) fn by(&mut self, attempt: &str) {
        let condition = self.version_is(attempt);
        self.conditions.push(condition);
    }

    /// And the row is not as this write left it.
    pub(crate) fn not_by(&mut self, attempt: &str) {
        let condition = self.version_is(attempt);
        self.conditions.push(format!("(NOT {condition})"));
    }

    fn version_is(&mut self, attempt: &str) -> String {
        let version = self.name(VERSION);
        format!("{version} = {}", self.value(AttributeValue::S(attempt.to_owned())))
    }

    /// Gives the attribute a value; without one, removes it.
    pub(crate) fn set(&mut self, attribute: &str, value: Option<AttributeValue>) {
        let name = self.name(attribute);
        match value {
            Some(value) => {
                let value = self.value(value);
                self.sets.push(format!("{name} = {value}"));
            }
            None => self.removes.push(name),
        }
    }

    /// Gives one entry of an attribute that is a map this value, on the condition that it is there: no write makes the map.
    pub(crate) fn set_in(&mut self, attribute: &str, key: &str, value: AttributeValue) {
        let (map, value) = (self.name(attribute), self.value(value));
        // Keys are no words of an expression: each has a placeholder of its own.
        let entry = format!("#entry{}", self.names.len());
        self.names.insert(entry.clone(), key.to_owned());
        let kind = self.value(AttributeValue::S("M".to_owned()));
        self.conditions.push(format!("attribute_type({map}, {kind})"));
        self.sets.push(format!("{map}.{entry} = {value}"));
    }

    /// Copies an attribute that may be absent, in which case NULL is written.
    pub(crate) fn copy(&mut self, to: &str, from: &str) {
        let (to, from, nothing) = (self.name(to), self.name(from), self.value(AttributeValue::Null(true)));
        self.sets.push(format!("{to} = if_not_exists({from}, {nothing})"));
    }

    /// Adds one to an attribute that is a number or absent.
    pub(crate) fn raise(&mut self, attribute: &str) {
        let (name, zero, one) = (self.name(attribute), self.number(0), self.number(1));
        self.sets.push(format!("{name} = if_not_exists({name}, {zero}) + {one}"));
    }

    /// Leaves the attempt's mark (#98).
    pub(crate) fn stamp(&mut self, attempt: &str) {
        self.set(VERSION, Some(AttributeValue::S(attempt.to_owned())));
    }

    /// ConditionExpression.
    pub(crate) fn condition(&self) -> String {
        self.conditions.join(" AND ")
    }

    /// UpdateExpression.
    pub(crate) fn update(&self) -> String {
        let clause = |word: &str, parts: &[String]| match parts {
            [] => None,
            parts => Some(format!("{word} {}", parts.join(", "))),
        };
        let clauses = [clause("SET", &self.sets), clause("ADD", &self.adds), clause("REMOVE", &self.removes)];
        clauses.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// ExpressionAttributeNames.
    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        Some(self.names.clone())
    }

    /// ExpressionAttributeValues.
    pub(crate) fn values(&self) -> Option<Item> {
        // DynamoDB refuses a list without one.
        (!self.values.is_empty()).then(|| self.values.clone())
    }

    fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    fn number(&mut self, number: i64) -> String {
        self.value(AttributeValue::N(number.to_string()))
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }
}
