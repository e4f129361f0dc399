//! What the stack keeps: the table and the secrets.

use std::collections::BTreeMap;

use setting::Setting;
use store::schema;

use super::{
    installation::{Installation, Keeper},
    nodes::{list, map, reference, resource, sub, text, with},
    yaml::Node,
};
use crate::settings;

/// The table, every secret that a function reads, and those of the names in `kept`.
pub(super) fn resources(installation: &Installation<'_>, kept: &[String]) -> Vec<(String, Node)> {
    let read = installation.mounts.iter().flat_map(|mount| installation.secrets(mount));
    let is_kept = |setting: &&'static Setting| setting.secret && !setting.is_of_providers();
    let kept = settings::all().filter(is_kept).map(Keeper::of).filter(|keeper| kept.contains(&keeper.name()));
    let keepers: BTreeMap<_, _> = read.chain(kept).map(|keeper| (keeper.id.clone(), keeper)).collect();
    let secrets = keepers.into_values().map(|keeper| (keeper.id.clone(), secret(&keeper)));
    [("Table".to_owned(), table())].into_iter().chain(secrets).collect()
}

/// The table outlives the stack, and the next one of this name can take it over.
fn table() -> Node {
    let on = || Node::Flag(true);
    let strings =
        [schema::PARTITION_KEY, schema::SORT_KEY, schema::LIST_KEY, schema::LIST_SORT, schema::OWNER];
    let string = |name: &str| map([("AttributeName", text(name)), ("AttributeType", text("S"))]);
    let table = resource(
        "AWS::DynamoDB::Table",
        [
            ("TableName", reference("AWS::StackName")),
            ("BillingMode", text("PAY_PER_REQUEST")),
            ("AttributeDefinitions", list(strings.map(string))),
            ("KeySchema", keys(schema::PARTITION_KEY, schema::SORT_KEY)),
            ("GlobalSecondaryIndexes", list(indexes())),
            (
                "TimeToLiveSpecification",
                map([("AttributeName", text(schema::EXPIRES_AT)), ("Enabled", on())]),
            ),
            ("PointInTimeRecoverySpecification", map([("PointInTimeRecoveryEnabled", on())])),
            ("SSESpecification", map([("SSEEnabled", on())])),
            ("DeletionProtectionEnabled", on()),
        ],
    );
    let kept = || text("Retain");
    with(table, [("DeletionPolicy", kept()), ("UpdateReplacePolicy", kept())])
}

/// Sparse, each: only rows with its key are in it.
fn indexes() -> [Node; 2] {
    let index = |name, keys, projection: Vec<(&str, Node)>| {
        map([("IndexName", text(name)), ("KeySchema", keys), ("Projection", map(projection))])
    };
    let listed = list(schema::LIST_PROJECTED.map(text));
    [
        index(
            schema::LIST_INDEX,
            keys(schema::LIST_KEY, schema::LIST_SORT),
            vec![("ProjectionType", text("INCLUDE")), ("NonKeyAttributes", listed)],
        ),
        index(
            schema::OWNED_INDEX,
            keys(schema::OWNER, schema::PARTITION_KEY),
            vec![("ProjectionType", text("KEYS_ONLY"))],
        ),
    ]
}

fn keys(partition: &str, sort: &str) -> Node {
    let key = |name: &str, kind: &str| map([("AttributeName", text(name)), ("KeyType", text(kind))]);
    list([key(partition, "HASH"), key(sort, "RANGE")])
}

/// Without a value: that never passes through a template (#106).
fn secret(keeper: &Keeper) -> Node {
    let name = sub(format!("${{AWS::StackName}}/{}", keeper.name()));
    resource("AWS::SecretsManager::Secret", [("Name", name), ("Description", text(keeper.setting.about))])
}
