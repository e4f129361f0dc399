//! The template: current, and as little as possible is allowed by it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use latchkey::{
    mount::{AUTHORIZER, EVENTS, FUNCTIONS, Mount},
    settings,
    template::{Node, template, text_of},
};
use serde_json::{Value, json};
use store::schema;

mod alarms;
mod api;
mod environment;
mod queues;
mod role;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The template of the repository's own settings.
fn ours() -> Value {
    template(&settings::of_file(format!("{ROOT}/.env").as_ref()).unwrap()).unwrap().to_json()
}

/// The template for settings of the test's making.
fn with(values: &[(&str, &str)]) -> (Value, String) {
    let values: HashMap<_, _> = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    (template(&values).unwrap().to_json(), text_of(&values).unwrap())
}

fn mounts() -> impl Iterator<Item = &'static Mount> {
    let events = EVENTS.iter().filter(|mount| mount.is_wanted(&HashMap::new()));
    functions().chain(events).chain([&AUTHORIZER])
}

/// The HTTP functions that the repository's own settings ask for.
fn functions() -> impl Iterator<Item = &'static Mount> {
    FUNCTIONS.iter().filter(|mount| mount.is_wanted(&HashMap::new()))
}

/// The name of a function in the template.
fn id(name: &str) -> String {
    let word = |word: &str| format!("{}{}", word[..1].to_uppercase(), &word[1..]);
    name.split('-').map(word).collect()
}

fn of_type(template: &Value, kind: &str) -> BTreeMap<String, Value> {
    let resources = template["Resources"].as_object().unwrap().iter();
    let found = resources.filter(|(_, resource)| resource["Type"] == format!("AWS::{kind}"));
    found.map(|(name, resource)| (name.clone(), resource["Properties"].clone())).collect()
}

/// The statements of a function's role.
fn statements(template: &Value, name: &str) -> Vec<Value> {
    let policies = template["Resources"][format!("{}Role", id(name))]["Properties"]["Policies"].clone();
    let policies = policies.as_array().unwrap().clone().into_iter();
    policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap().clone()).collect()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn the_template_is_current() {
    let values = settings::of_file(format!("{ROOT}/.env").as_ref()).unwrap();
    let (file, current) = (format!("{ROOT}/infra/template.yaml"), text_of(&values).unwrap());
    if setting::process_environment().contains_key("UPDATE_DOCS") {
        std::fs::write(file, current).unwrap();
    } else {
        assert!(
            std::fs::read_to_string(file).unwrap_or_default() == current,
            "run: cargo run -- template --from .env > infra/template.yaml"
        );
    }
}

#[test]
fn every_resource_has_its_own_name() {
    let Node::Map(sections) = template(&HashMap::new()).unwrap() else { panic!("not a map") };
    let mut names = BTreeSet::new();
    for (section, node) in sections {
        let Node::Map(entries) = node else { continue };
        for (name, _) in entries {
            // Parameters and resources are named alike by `Ref`.
            let space = if section == "Parameters" || section == "Resources" { "" } else { &section };
            assert!(names.insert(format!("{space} {name}")), "{name} is there twice");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        }
    }
}

#[test]
fn every_function_has_code_a_role_and_a_log_with_retention() {
    let template = ours();
    let functions = of_type(&template, "Lambda::Function");
    assert_eq!(functions.len(), mounts().count());
    assert_eq!(of_type(&template, "IAM::Role").len(), functions.len());
    for mount in mounts() {
        let name = id(mount.name);
        let function = &functions[&format!("{name}Function")];
        assert_eq!(
            function["FunctionName"],
            json!({"Fn::Sub": format!("${{AWS::StackName}}-{}", mount.name)})
        );
        assert_eq!(function["Code"]["S3Key"], json!({"Ref": format!("{name}Code")}));
        assert_eq!(function["Role"], json!({"Fn::GetAtt": [format!("{name}Role"), "Arn"]}));
        assert_eq!(function["LoggingConfig"]["LogGroup"], json!({"Ref": format!("{name}Log")}));
        assert_eq!(template["Parameters"][format!("{name}Code")].get("Default"), None);
    }
    for (name, log) in of_type(&template, "Logs::LogGroup") {
        assert_eq!(log["RetentionInDays"], json!({"Ref": "Retention"}), "{name}");
    }
}

#[test]
fn with_everything_on_it_stays_within_what_one_stack_may_have() {
    // AWS: 500 resources, 200 parameters and a megabyte for a stack, 300 routes for an API, ten kilobytes of policies for a role. Ours is less.
    let values = tests::everything();
    let (template, text) = (template(&values).unwrap().to_json(), text_of(&values).unwrap());
    let functions = of_type(&template, "Lambda::Function");
    assert_eq!(functions.len(), FUNCTIONS.len() + EVENTS.len() + 1, "everything is on");
    assert!(functions.len() <= 40, "{} functions", functions.len());
    let size = |section: &str| template[section].as_object().unwrap().len();
    assert!(size("Resources") <= 450, "{} resources", size("Resources"));
    assert!(size("Parameters") <= 150, "{} parameters", size("Parameters"));
    assert!(of_type(&template, "ApiGatewayV2::Route").len() <= 250);
    assert!(text.len() <= 500_000, "{} bytes", text.len());
    for (name, role) in of_type(&template, "IAM::Role") {
        let bytes = role["Policies"].to_string().len();
        assert!(bytes <= 9_000, "{name} has {bytes}");
    }
}

#[test]
fn outputs_contain_what_other_apis_need() {
    let outputs = &ours()["Outputs"];
    assert_eq!(outputs["AuthorizerArn"]["Value"], json!({"Fn::GetAtt": ["AuthorizerFunction", "Arn"]}));
    assert_eq!(outputs["ApiId"]["Value"], json!({"Ref": "Api"}));
}

#[test]
fn the_table_matches_the_schema_and_survives_the_stack() {
    let template = ours();
    let whole = &template["Resources"]["Table"];
    assert_eq!(
        (&whole["DeletionPolicy"], &whole["UpdateReplacePolicy"]),
        (&json!("Retain"), &json!("Retain"))
    );
    let table = &whole["Properties"];
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(
        table["TimeToLiveSpecification"],
        json!({"AttributeName": schema::EXPIRES_AT, "Enabled": true})
    );
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(
        (&table["DeletionProtectionEnabled"], &table["SSESpecification"]["SSEEnabled"]),
        (&json!(true), &json!(true))
    );
    let key = |partition: &str, sort: &str| json!([{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]);
    assert_eq!(table["KeySchema"], key(schema::PARTITION_KEY, schema::SORT_KEY));
    let index = &table["GlobalSecondaryIndexes"][0];
    assert_eq!(
        (&index["IndexName"], &index["KeySchema"]),
        (&json!(schema::LIST_INDEX), &key(schema::LIST_KEY, schema::LIST_SORT))
    );
    assert_eq!(index["Projection"]["NonKeyAttributes"], json!(schema::LIST_PROJECTED));
    // DynamoDB adds one index in an update of a table: another one waits for the next release.
    let [_, index] = &table["GlobalSecondaryIndexes"].as_array().unwrap()[..] else { panic!() };
    assert_eq!(
        (&index["IndexName"], &index["KeySchema"]),
        (&json!(schema::OWNED_INDEX), &key(schema::OWNER, schema::PARTITION_KEY))
    );
    assert_eq!(index["Projection"], json!({"ProjectionType": "KEYS_ONLY"}));
}
