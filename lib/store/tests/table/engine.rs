//! What is done to the engine behind the table's back.

use serde_json::{Value, json};

use crate::support::Database;

impl Database {
    /// Makes the table as the first version did.
    pub(crate) fn make_first_table(&self) {
        let string = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
        let strings = ["pk", "sk", "gsi", "id"].map(string);
        let keys = |keys: [&str; 2]| {
            let [hash, range] = keys.map(|name| json!({"AttributeName": name}));
            let key = |mut key: Value, kind: &str| {
                key["KeyType"] = json!(kind);
                key
            };
            json!([key(hash, "HASH"), key(range, "RANGE")])
        };
        let table = json!({
            "TableName": "latchkey",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": strings,
            "KeySchema": keys(["pk", "sk"]),
            "GlobalSecondaryIndexes": [{
                "IndexName": "list",
                "KeySchema": keys(["gsi", "id"]),
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": ["name", "email", "roles", "status", "created_at"],
                },
            }],
        });
        self.inside.create_table(serde_json::from_value(table).unwrap()).unwrap();
    }

    /// The names of the table's indexes.
    pub(crate) fn indexes(&self) -> Vec<String> {
        let request = serde_json::from_value(json!({"TableName": "latchkey"})).unwrap();
        let table = serde_json::to_value(self.inside.describe_table(request).unwrap()).unwrap();
        let indexes = table["Table"]["GlobalSecondaryIndexes"].as_array().unwrap().iter();
        let mut names: Vec<_> =
            indexes.map(|index| index["IndexName"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// Does an UpdateItem that adds to a set of bytes, with this element (in base64) instead of its own.
    pub(crate) fn add(&self, update: &Value, element: &str) {
        let mut update = update.clone();
        for value in update["ExpressionAttributeValues"].as_object_mut().unwrap().values_mut() {
            if let Some(set) = value.get_mut("BS") {
                *set = json!([element]);
            }
        }
        self.inside.update_item(serde_json::from_value(update).unwrap()).unwrap();
    }
}
