//! The gateway: its routes, its authorizer, its log and its limits.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use setting::Action;
use web::Guard;

use super::{functions, id, mounts, of_type, ours, texts};

#[test]
fn every_route_asks_the_authorizer_or_is_declared_public() {
    // #80
    let template = ours();
    let (mut routes, mut leave) =
        (of_type(&template, "ApiGatewayV2::Route"), of_type(&template, "Lambda::Permission"));
    for mount in functions() {
        let name = id(mount.name);
        for route in mount.routes.iter().flat_map(web::Route::by_method) {
            let key = routes.iter().find(|(_, found)| found["RouteKey"] == route.key()).unwrap().0.clone();
            let found = routes.remove(&key).unwrap();
            assert_eq!(found["Target"], json!({"Fn::Sub": format!("integrations/${{{name}Integration}}")}));
            match route.guard {
                Guard::Public | Guard::OwnPages => assert_eq!(
                    (&found["AuthorizationType"], found.get("AuthorizerId")),
                    (&json!("NONE"), None)
                ),
                _ => {
                    let asked = (&json!("CUSTOM"), &json!({"Ref": "Authorizer"}));
                    assert_eq!((&found["AuthorizationType"], &found["AuthorizerId"]), asked);
                }
            }
        }
        only_from(&leave.remove(&format!("{name}Permission")).unwrap(), &name, "${Api}/$default/*");
    }
    for mount in mounts().filter(|mount| mount.schedule.is_some()) {
        let name = id(mount.name);
        let permission = leave.remove(&format!("{name}SchedulePermission")).unwrap();
        let wanted = json!({
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": format!("{name}Function")},
            "Principal": "events.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": [format!("{name}Schedule"), "Arn"]},
        });
        assert_eq!(permission, wanted);
    }
    only_from(
        &leave.remove("AuthorizerPermission").unwrap(),
        "Authorizer",
        "${Api}/authorizers/${Authorizer}",
    );
    assert!(routes.is_empty() && leave.is_empty(), "{routes:?} {leave:?}");
    for integration in of_type(&template, "ApiGatewayV2::Integration").values() {
        assert_eq!(integration["PayloadFormatVersion"], "2.0");
    }
}

/// Only the gateway may call the function, and only from there.
fn only_from(permission: &Value, function: &str, source: &str) {
    let arn = format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{source}");
    let wanted = json!({
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": format!("{function}Function")},
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": {"Fn::Sub": arn},
    });
    assert_eq!(*permission, wanted);
    assert!(!arn.trim_end_matches("/$default/*").contains('*'));
}

#[test]
fn a_decision_is_cached_for_a_minute_and_for_one_route() {
    // #75, #76
    let authorizer = of_type(&ours(), "ApiGatewayV2::Authorizer").remove("Authorizer").unwrap();
    assert!(authorizer["AuthorizerResultTtlInSeconds"].as_u64().unwrap() <= 60);
    assert_eq!(authorizer["IdentitySource"], json!(["$request.header.Authorization", "$context.routeKey"]));
    assert_eq!(authorizer["AuthorizerType"], "REQUEST");
    assert_eq!(authorizer["AuthorizerPayloadFormatVersion"], "2.0");
    assert_eq!(authorizer["EnableSimpleResponses"], true);
}

#[test]
fn a_custom_domain_requires_tls_1_2() {
    // #102: the API's own address takes nothing older whatever we say; a domain of one's own says it.
    let template = ours();
    let domains = of_type(&template, "ApiGatewayV2::DomainName");
    assert_eq!(domains.keys().collect::<Vec<_>>(), ["CustomDomain"]);
    for configuration in domains["CustomDomain"]["DomainNameConfigurations"].as_array().unwrap() {
        assert_eq!(configuration["SecurityPolicy"], "TLS_1_2");
    }
    // Nor is there anything else through which somebody comes in from outside.
    for kind in ["ApiGateway::DomainName", "CloudFront::Distribution", "Lambda::Url"] {
        assert!(of_type(&template, kind).is_empty(), "{kind}: say which TLS it takes, and test it");
    }
}

#[test]
fn the_access_log_contains_no_credentials() {
    // #103: no path, no query, no header, no cookie, and of the token nothing but whose it is.
    let stage = of_type(&ours(), "ApiGatewayV2::Stage").remove("Stage").unwrap();
    let format = stage["AccessLogSettings"]["Format"].as_str().unwrap();
    assert!(!format.contains('\n'));
    let fields: BTreeMap<String, String> = serde_json::from_str(format).unwrap();
    let harmless = "requestTime requestId routeKey status identity.sourceIp authorizer.sub responseLatency \
                    responseLength error.message authorizer.error integrationErrorMessage";
    let harmless: Vec<_> = harmless.split(' ').collect();
    for value in fields.values() {
        assert!(harmless.contains(&value.strip_prefix("$context.").unwrap()), "{value}");
    }
    assert!(fields.values().any(|value| value == "$context.requestId"));
}

#[test]
fn every_route_is_throttled_and_public_writes_more() {
    // #105
    let template = ours();
    let stage = of_type(&template, "ApiGatewayV2::Stage").remove("Stage").unwrap();
    assert_eq!((&stage["StageName"], &stage["AutoDeploy"]), (&json!("$default"), &json!(true)));
    let usual = &stage["DefaultRouteSettings"];
    for (limit, parameter) in [("ThrottlingRateLimit", "Rate"), ("ThrottlingBurstLimit", "Burst")] {
        assert_eq!(usual[limit], json!({"Ref": parameter}));
        let default = template["Parameters"][parameter]["Default"].as_u64().unwrap();
        for mount in functions() {
            let rows = mount.rows(|_| true);
            let mut actions = rows.values().flatten();
            let writes =
                actions.any(|action| matches!(action, Action::Put | Action::Update | Action::Delete));
            let routes = mount.routes.iter().flat_map(web::Route::by_method);
            for route in routes.filter(|route| writes && !route.guard.needs_token()) {
                let own = stage["RouteSettings"][route.key()][limit].as_u64();
                assert!(own.is_some_and(|own| own < default), "{}", route.key());
            }
        }
    }
    // Those for our own pages are open to others who leave the browser out.
    for key in ["POST /users/token", "POST /users/logout"] {
        assert!(stage["RouteSettings"][key].is_object(), "{key}");
    }
    // The gateway takes settings only for routes that are there.
    let routes = of_type(&template, "ApiGatewayV2::Route");
    let awaited = texts(&template["Resources"]["Stage"]["DependsOn"]);
    let awaited: BTreeSet<_> =
        awaited.iter().map(|name| routes[*name]["RouteKey"].as_str().unwrap()).collect();
    assert_eq!(awaited, stage["RouteSettings"].as_object().unwrap().keys().map(String::as_str).collect());
}
