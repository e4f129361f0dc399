//! A row, taken apart.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// What a row holds, as the fields of a struct would: texts, numbers and lists of their own.
#[derive(Default)]
pub struct Row {
    texts: Vec<String>,
    numbers: Vec<i64>,
    lists: Vec<Row>,
}

impl Row {
    pub(crate) fn read(item: HashMap<String, AttributeValue>) -> Self {
        let mut row = Self::default();
        item.into_values().for_each(|value| row.add(value));
        row
    }

    fn add(&mut self, value: AttributeValue) {
        match value {
            AttributeValue::S(text) => self.texts.push(text),
            AttributeValue::N(number) => self.numbers.push(number.parse().unwrap_or_default()),
            AttributeValue::Ss(texts) => self.texts.extend(texts),
            AttributeValue::M(item) => self.lists.push(Self::read(item)),
            AttributeValue::L(values) => {
                let mut list = Self::default();
                values.into_iter().for_each(|value| list.add(value));
                self.lists.push(list);
            }
            _ => {}
        }
    }

    /// How many values there are.
    pub fn values(&self) -> usize {
        self.texts.len() + self.numbers.len() + self.lists.iter().map(Self::values).sum::<usize>()
    }
}
