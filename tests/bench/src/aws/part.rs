//! Which kinds of rows the calls are about, and what they take.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cost::writes;

/// What DynamoDB counts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    pub reads: f64,
    /// Of rows.
    pub writes: f64,
    /// Of what the indexes have of these.
    pub index_writes: f64,
    /// How many bytes the rows have that were put, and what the indexes have of them.
    pub stored: f64,
}

/// By the kinds of rows, such as `SESSION`; of a call that is about several, all of them with a plus in between.
pub type Parts = BTreeMap<String, Units>;

/// What DynamoDB keeps beside the attributes of each row, in bytes.
const OVERHEAD: usize = 100;
/// What an index of the table has of a row that has its first attribute.
const INDEXES: [&[&str]; 2] = [
    &["belongs_to", "pk", "sk"],
    &["gsi", "pk", "sk", "id", "name", "email", "roles", "status", "created_at"],
];

/// Adds a call.
pub fn add(parts: &mut Parts, action: &str, body: &Value, consumed: &Value) {
    let (all, indexes) = (total(consumed), indexes(consumed));
    let units = parts.entry(kinds(body)).or_default();
    if writes(action) {
        units.writes += all - indexes;
        units.index_writes += indexes;
    } else {
        units.reads += all;
    }
    if let Some(item) = body["Item"].as_object() {
        let size = |names: &dyn Fn(&str) -> bool| {
            let of = item.iter().filter(|(name, _)| names(name));
            OVERHEAD + of.map(|(name, value)| name.len() + size(value)).sum::<usize>()
        };
        let entries = INDEXES.iter().filter(|names| item.contains_key(names[0]));
        let entries: usize = entries.map(|names| size(&|name| names.contains(&name))).sum();
        units.stored += (size(&|_| true) + entries) as f64;
    }
}

/// The units of one table, or of several.
pub fn total(consumed: &Value) -> f64 {
    match consumed {
        Value::Array(tables) => tables.iter().map(total).sum(),
        table => table["CapacityUnits"].as_f64().unwrap_or_default(),
    }
}

fn indexes(consumed: &Value) -> f64 {
    match consumed {
        Value::Array(tables) => tables.iter().map(indexes).sum(),
        table => {
            let indexes =
                table["GlobalSecondaryIndexes"].as_object().into_iter().flat_map(|all| all.values());
            indexes.map(total).sum()
        }
    }
}

/// What a call is about: the kinds of all keys that it names, or else the list that it reads.
fn kinds(body: &Value) -> String {
    let mut kinds = BTreeSet::new();
    collect(body, &mut kinds);
    if kinds.is_empty() {
        let list = body["IndexName"].as_str().unwrap_or("nothing");
        return format!("index `{list}`");
    }
    kinds.into_iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(" + ")
}

fn collect(value: &Value, kinds: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|each| collect(each, kinds)),
        Value::Object(members) => {
            if let Some((kind, _)) = members.get("pk").and_then(|key| key["S"].as_str()?.split_once('#')) {
                kinds.insert(kind.to_owned());
            } else {
                members.values().for_each(|each| collect(each, kinds));
            }
        }
        _ => {}
    }
}

/// The bytes of a value, as DynamoDB counts them, nearly.
fn size(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else { return 0 };
    match (kind.as_str(), value) {
        ("N", Value::String(digits)) => digits.len() / 2 + 1,
        (_, Value::String(text)) => text.len(),
        (_, Value::Array(all)) => {
            3 + all.iter().map(|each| 1 + each.as_str().map_or_else(|| size(each), str::len)).sum::<usize>()
        }
        (_, Value::Object(members)) => {
            3 + members.iter().map(|(name, each)| 1 + name.len() + size(each)).sum::<usize>()
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_call_takes_is_told_by_kind_of_row_and_index() {
        let mut parts = Parts::new();
        let item = json!({"pk": {"S": "SESSION#1"}, "sk": {"S": "SESSION"}, "belongs_to": {"S": "USER#1"}, "n": {"N": "1234"}});
        let consumed =
            json!({"CapacityUnits": 2.0, "GlobalSecondaryIndexes": {"owned": {"CapacityUnits": 1.0}}});
        add(&mut parts, "PutItem", &json!({"Item": item}), &consumed);
        let keys = json!([{"pk": {"S": "USER#1"}}, {"pk": {"S": "SESSION#1"}}]);
        let batch = json!({"RequestItems": {"latchkey": {"Keys": keys}}});
        add(&mut parts, "BatchGetItem", &batch, &json!([{"CapacityUnits": 2.0}]));
        add(&mut parts, "Query", &json!({"IndexName": "list"}), &json!({"CapacityUnits": 0.5}));
        let row = 100 + 2 + 9 + 2 + 7 + 10 + 6 + 1 + 3;
        let entry = 100 + 2 + 9 + 2 + 7 + 10 + 6;
        let session =
            Units { writes: 1.0, index_writes: 1.0, stored: f64::from(row + entry), ..Units::default() };
        let read = |reads| Units { reads, ..Units::default() };
        let expected =
            [("`SESSION`", session), ("`SESSION` + `USER`", read(2.0)), ("index `list`", read(0.5))];
        assert_eq!(parts, expected.map(|(kind, units)| (kind.to_owned(), units)).into());
    }
}
