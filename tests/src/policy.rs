//! What the template lets each function do with the table, and what a call needs: the wire refuses what is not allowed, as
//! IAM would.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::OnceLock,
};

use serde_json::Value;

/// The statements of one function's role that are about the table.
#[derive(Debug)]
pub struct Policy(Vec<Statement>);

#[derive(Debug)]
struct Statement {
    actions: BTreeSet<String>,
    index: &'static str,
    keys: Vec<String>,
}

/// One action on one row, or on one part of an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// `dynamodb:PutItem`, …
    pub action: String,
    /// The index on which it is done; empty for the table.
    pub index: &'static str,
    /// The partition key; empty where the call names none.
    pub key: String,
}

impl Policy {
    /// The policy of a function; none if there is no such function.
    pub fn of(function: &str) -> Option<&'static Self> {
        static ALL: OnceLock<BTreeMap<String, Policy>> = OnceLock::new();
        ALL.get_or_init(all).get(function)
    }

    /// Whether some statement allows it.
    pub fn allows(&self, need: &Need) -> bool {
        let key = |pattern: &String| match pattern.strip_suffix('*') {
            Some(beginning) => need.key.starts_with(beginning),
            None => need.key == *pattern,
        };
        self.0.iter().any(|statement| {
            let fits = statement.actions.contains(&need.action) && statement.index == need.index;
            fits && statement.keys.iter().any(key)
        })
    }
}

fn all() -> BTreeMap<String, Policy> {
    // With all that an installation can ask for: what is not asked for is looked at where the template is.
    let all = HashMap::from(
        [
            ("REVOCATION", "closed"),
            ("FOREIGN_TOKENS", "on"),
            ("MAILED_SIGN_IN", "on"),
            ("PASSKEYS", "on"),
            ("PASSWORDS", "on"),
            ("SECOND_FACTORS", "on"),
            ("WEBHOOKS", "on"),
            ("MAIL", "ses"),
            ("MAIL_FROM", "login@example.com"),
            ("EVENTS", "on"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let template = latchkey::template::template(&all).unwrap().to_json();
    let resources = template["Resources"].as_object().unwrap();
    let functions = resources.values().filter(|resource| resource["Type"] == "AWS::Lambda::Function");
    let policy = |function: &Value| {
        let name = function["Properties"]["FunctionName"]["Fn::Sub"].as_str().unwrap();
        let role = function["Properties"]["Role"]["Fn::GetAtt"][0].as_str().unwrap();
        let policies = resources[role]["Properties"]["Policies"].as_array().unwrap().iter();
        let statements =
            policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
        let name = name.strip_prefix("${AWS::StackName}-").unwrap();
        (name.to_owned(), Policy(statements.filter_map(statement).collect()))
    };
    functions.map(policy).collect()
}

fn statement(statement: &Value) -> Option<Statement> {
    let resource = &statement["Resource"];
    let index = match (resource["Fn::GetAtt"][0].as_str(), resource["Fn::Sub"].as_str()) {
        (Some("Table"), _) => "",
        (_, Some("${Table.Arn}/index/list")) => "list",
        (_, Some("${Table.Arn}/index/owned")) => "owned",
        _ => return None,
    };
    let texts = |value: &Value| -> Vec<_> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let conditions = statement["Condition"].as_object().unwrap().values();
    let keys = conditions.flat_map(|condition| texts(&condition["dynamodb:LeadingKeys"])).collect();
    Some(Statement { actions: texts(&statement["Action"]).into_iter().collect(), index, keys })
}

impl Need {
    /// What a call needs; a transaction needs what its parts need.
    pub fn of(action: &str, body: &Value) -> Vec<Self> {
        let need = |action: &str, key: &Value| Self {
            action: format!("dynamodb:{action}"),
            index: "",
            key: key.as_str().unwrap_or_default().to_owned(),
        };
        match action {
            "TransactWriteItems" => {
                body["TransactItems"].as_array().unwrap().iter().flat_map(Self::of_part).collect()
            }
            "BatchGetItem" => {
                let tables = body["RequestItems"].as_object().unwrap().values();
                let keys = tables.flat_map(|table| table["Keys"].as_array().unwrap());
                keys.map(|key| need(action, &key["pk"]["S"])).collect()
            }
            "PutItem" => vec![need(action, &body["Item"]["pk"]["S"])],
            "Query" => {
                let index = ["list", "owned"].into_iter().find(|name| body["IndexName"] == **name);
                vec![Self { index: index.unwrap_or_default(), ..need(action, part(body)) }]
            }
            _ => vec![need(action, &body["Key"]["pk"]["S"])],
        }
    }

    fn of_part(part: &Value) -> Vec<Self> {
        let parts = part.as_object().unwrap().iter();
        // Put, Update, Delete and ConditionCheck are PutItem and so on to IAM.
        parts.flat_map(|(name, body)| Self::of(&format!("{name}Item"), body)).collect()
    }

    /// The kind of row, which is the prefix of its key, or the name of the list.
    pub fn kind(&self) -> &str {
        self.key.split('#').next().unwrap_or_default()
    }
}

/// The value that a query compares the index's partition key with.
fn part(body: &Value) -> &Value {
    let condition = body["KeyConditionExpression"].as_str().unwrap_or_default();
    let (name, value) =
        condition.split(" AND ").next().and_then(|first| first.split_once(" = ")).unwrap_or_default();
    if ["gsi", "belongs_to"].iter().any(|key| body["ExpressionAttributeNames"][name] == **key) {
        &body["ExpressionAttributeValues"][value]["S"]
    } else {
        &Value::Null
    }
}
