//! DynamoDB's actions by their names, each a call of the engine in this process.

use dynoxide::{Database, DynoxideError, Result};
use http::StatusCode;
use serde::{Serialize, de::DeserializeOwned};

/// Runs an action; nothing if there is none of that name.
pub(super) fn run(database: &Database, action: &str, body: &[u8]) -> Option<(StatusCode, String)> {
    Some(match dispatch(database, action, body)? {
        Ok(answer) => (StatusCode::OK, answer),
        Err(error) => {
            let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
            (status, error.to_json())
        }
    })
}

fn dispatch(it: &Database, action: &str, body: &[u8]) -> Option<Result<String>> {
    Some(match action {
        "BatchExecuteStatement" => call(body, |request| it.batch_execute_statement(request)),
        "BatchGetItem" => call(body, |request| it.batch_get_item(request)),
        "BatchWriteItem" => call(body, |request| it.batch_write_item(request)),
        "CreateTable" => call(body, |request| it.create_table(request)),
        "DeleteItem" => call(body, |request| it.delete_item(request)),
        "DeleteTable" => call(body, |request| it.delete_table(request)),
        "DescribeStream" => call(body, |request| it.describe_stream(request)),
        "DescribeTable" => call(body, |request| it.describe_table(request)),
        "DescribeTimeToLive" => call(body, |request| it.describe_time_to_live(request)),
        "ExecuteStatement" => call(body, |request| it.execute_statement(request)),
        "ExecuteTransaction" => call(body, |request| it.execute_transaction(request)),
        "GetItem" => call(body, |request| it.get_item(request)),
        "GetRecords" => call(body, |request| it.get_records(request)),
        "GetShardIterator" => call(body, |request| it.get_shard_iterator(request)),
        "ListStreams" => call(body, |request| it.list_streams(request)),
        "ListTables" => call(body, |request| it.list_tables(request)),
        "ListTagsOfResource" => call(body, |request| it.list_tags_of_resource(request)),
        "PutItem" => call(body, |request| it.put_item(request)),
        "Query" => call(body, |request| it.query(request)),
        "Scan" => call(body, |request| it.scan(request)),
        "TagResource" => call(body, |request| it.tag_resource(request)),
        "TransactGetItems" => call(body, |request| it.transact_get_items(request)),
        "TransactWriteItems" => call(body, |request| it.transact_write_items(request)),
        "UntagResource" => call(body, |request| it.untag_resource(request)),
        "UpdateItem" => call(body, |request| it.update_item(request)),
        "UpdateTable" => call(body, |request| it.update_table(request)),
        "UpdateTimeToLive" => call(body, |request| it.update_time_to_live(request)),
        _ => return None,
    })
}

fn call<Q: DeserializeOwned, A: Serialize>(body: &[u8], run: impl FnOnce(Q) -> Result<A>) -> Result<String> {
    let request = serde_json::from_slice(body);
    let request = request.map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    let answer = serde_json::to_string(&run(request)?);
    answer.map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
