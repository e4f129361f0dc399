//! Calls to DynamoDB that somebody else made before, made again with the AWS SDK.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    config::{Builder, retry::RetryConfig, timeout::TimeoutConfig},
    primitives::Blob,
    types::{
        AttributeValue, KeysAndAttributes, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use lambda_runtime::Error;
use serde_json::Value;

use crate::row::Row;

type Item = HashMap<String, AttributeValue>;

/// A client and what it asks.
pub struct Table {
    client: Client,
    calls: Vec<Call>,
}

/// With the deadlines and the attempts of the store: without them nothing could be shipped.
fn patient(config: Builder) -> Builder {
    let attempt = Duration::from_secs(2);
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .operation_timeout(Duration::from_secs(5));
    config.timeout_config(timeouts.build()).retry_config(RetryConfig::standard().with_max_attempts(4))
}

/// One call, ready to be sent.
enum Call {
    BatchGet(HashMap<String, KeysAndAttributes>),
    Get { table: String, key: Item, consistent: Option<bool> },
    Put(Put, Option<ReturnValuesOnConditionCheckFailure>),
    Update(Update, Option<ReturnValue>, Option<ReturnValuesOnConditionCheckFailure>),
    Transact(Vec<TransactWriteItem>, Option<String>),
}

impl Table {
    /// At this address, with calls as they went over the wire: name and body of each.
    pub async fn new(endpoint: &str, calls: &Value) -> Result<Self, Error> {
        let config = patient(Builder::from(aws::config().await).endpoint_url(endpoint)).build();
        let calls = calls.as_array().into_iter().flatten();
        let calls = calls.map(|call| Call::read(&call["action"], &call["body"])).collect::<Result<_, _>>()?;
        Ok(Self { client: Client::from_conf(config), calls })
    }

    /// Makes them one after the other: the rows that came back.
    pub async fn ask(&self) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::new();
        for call in &self.calls {
            rows.extend(call.send(&self.client).await?.into_iter().map(Row::read));
        }
        Ok(rows)
    }
}

impl Call {
    fn read(action: &Value, body: &Value) -> Result<Self, Error> {
        Ok(match action.as_str().unwrap_or_default() {
            "BatchGetItem" => {
                let tables = members(&body["RequestItems"]);
                Self::BatchGet(
                    tables.map(|(name, keys)| Ok((name, keys_of(keys)?))).collect::<Result<_, Error>>()?,
                )
            }
            "GetItem" => Self::Get {
                table: text(&body["TableName"])?,
                key: item(&body["Key"])?,
                consistent: body["ConsistentRead"].as_bool(),
            },
            "PutItem" => Self::Put(put(body)?, on_failure(body)),
            "UpdateItem" => Self::Update(
                update(body)?,
                body["ReturnValues"].as_str().map(ReturnValue::from),
                on_failure(body),
            ),
            "TransactWriteItems" => {
                let writes = body["TransactItems"].as_array().into_iter().flatten();
                let token = body["ClientRequestToken"].as_str().map(str::to_owned);
                Self::Transact(writes.map(write).collect::<Result<_, _>>()?, token)
            }
            other => return Err(format!("the floor cannot make {other}").into()),
        })
    }

    async fn send(&self, client: &Client) -> Result<Vec<Item>, Error> {
        Ok(match self {
            Self::BatchGet(tables) => {
                let answer = client.batch_get_item().set_request_items(Some(tables.clone())).send().await?;
                answer.responses.unwrap_or_default().into_values().flatten().collect()
            }
            Self::Get { table, key, consistent } => {
                let call = client.get_item().table_name(table).set_key(Some(key.clone()));
                call.set_consistent_read(*consistent).send().await?.item.into_iter().collect()
            }
            Self::Put(put, on_failure) => {
                let put = put.clone();
                let call = client.put_item().table_name(put.table_name).set_item(Some(put.item));
                call.set_condition_expression(put.condition_expression)
                    .set_expression_attribute_names(put.expression_attribute_names)
                    .set_expression_attribute_values(put.expression_attribute_values)
                    .set_return_values_on_condition_check_failure(on_failure.clone())
                    .send()
                    .await?;
                Vec::new()
            }
            Self::Update(update, returned, on_failure) => {
                let update = update.clone();
                let call = client.update_item().table_name(update.table_name).set_key(Some(update.key));
                call.update_expression(update.update_expression)
                    .set_condition_expression(update.condition_expression)
                    .set_expression_attribute_names(update.expression_attribute_names)
                    .set_expression_attribute_values(update.expression_attribute_values)
                    .set_return_values(returned.clone())
                    .set_return_values_on_condition_check_failure(on_failure.clone())
                    .send()
                    .await?
                    .attributes
                    .into_iter()
                    .collect()
            }
            Self::Transact(writes, token) => {
                let call = client.transact_write_items().set_transact_items(Some(writes.clone()));
                call.set_client_request_token(token.clone()).send().await?;
                Vec::new()
            }
        })
    }
}

fn keys_of(keys: &Value) -> Result<KeysAndAttributes, Error> {
    let all = keys["Keys"].as_array().into_iter().flatten().map(item).collect::<Result<_, _>>()?;
    let keys = KeysAndAttributes::builder()
        .set_keys(Some(all))
        .set_consistent_read(keys["ConsistentRead"].as_bool());
    Ok(keys.build()?)
}

fn write(write: &Value) -> Result<TransactWriteItem, Error> {
    match (write.get("Put"), write.get("Update")) {
        (Some(body), None) => {
            let mut put = put(body)?;
            put.return_values_on_condition_check_failure = on_failure(body);
            Ok(TransactWriteItem::builder().put(put).build())
        }
        (None, Some(body)) => {
            let mut update = update(body)?;
            update.return_values_on_condition_check_failure = on_failure(body);
            Ok(TransactWriteItem::builder().update(update).build())
        }
        _ => Err(format!("the floor cannot write {write}").into()),
    }
}

fn put(body: &Value) -> Result<Put, Error> {
    let put = Put::builder().table_name(text(&body["TableName"])?).set_item(Some(item(&body["Item"])?));
    let put = put
        .set_condition_expression(body["ConditionExpression"].as_str().map(str::to_owned))
        .set_expression_attribute_names(names(body)?)
        .set_expression_attribute_values(values(body)?);
    Ok(put.build()?)
}

fn update(body: &Value) -> Result<Update, Error> {
    let update = Update::builder().table_name(text(&body["TableName"])?).set_key(Some(item(&body["Key"])?));
    let update = update
        .update_expression(text(&body["UpdateExpression"])?)
        .set_condition_expression(body["ConditionExpression"].as_str().map(str::to_owned))
        .set_expression_attribute_names(names(body)?)
        .set_expression_attribute_values(values(body)?);
    Ok(update.build()?)
}

fn on_failure(body: &Value) -> Option<ReturnValuesOnConditionCheckFailure> {
    body["ReturnValuesOnConditionCheckFailure"].as_str().map(ReturnValuesOnConditionCheckFailure::from)
}

fn names(body: &Value) -> Result<Option<HashMap<String, String>>, Error> {
    let Some(names) = body.get("ExpressionAttributeNames") else { return Ok(None) };
    members(names).map(|(name, value)| Ok((name, text(value)?))).collect::<Result<_, _>>().map(Some)
}

fn values(body: &Value) -> Result<Option<Item>, Error> {
    body.get("ExpressionAttributeValues").map(item).transpose()
}

fn item(item: &Value) -> Result<Item, Error> {
    members(item).map(|(name, value)| Ok((name, attribute(value)?))).collect()
}

fn members(object: &Value) -> impl Iterator<Item = (String, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value))
}

/// A value as DynamoDB writes it in JSON.
fn attribute(value: &Value) -> Result<AttributeValue, Error> {
    let (kind, value) = members(value).next().ok_or("a value without a type")?;
    let all = || value.as_array().into_iter().flatten();
    Ok(match kind.as_str() {
        "S" => AttributeValue::S(text(value)?),
        "N" => AttributeValue::N(text(value)?),
        "B" => AttributeValue::B(blob(value)?),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap_or_default()),
        "NULL" => AttributeValue::Null(true),
        "L" => AttributeValue::L(all().map(attribute).collect::<Result<_, _>>()?),
        "M" => AttributeValue::M(item(value)?),
        "SS" => AttributeValue::Ss(all().map(text).collect::<Result<_, _>>()?),
        "BS" => AttributeValue::Bs(all().map(blob).collect::<Result<_, _>>()?),
        other => return Err(format!("the floor knows no value of type {other}").into()),
    })
}

fn blob(value: &Value) -> Result<Blob, Error> {
    Ok(Blob::new(STANDARD.decode(text(value)?)?))
}

fn text(value: &Value) -> Result<String, Error> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("{value} is no text").into())
}
