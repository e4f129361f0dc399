//! One function: its code, its role, its log, and how the gateway reaches it.

use keys_rotate::Rotate;
use web::{EventFunction, Guard, Route};

use super::{
    events,
    inputs::concurrency,
    installation::Installation,
    nodes::{attribute, camel, choose, list, map, nothing, reference, resource, route_name, sub, text},
    role::role,
    yaml::Node,
};
use crate::mount::{AUTHORIZER, Mount};

/// How long a function may take, in seconds: the end of a sign-in waits up to eight for its provider.
const TIMEOUT: u64 = 15;
/// How long the authorizer may: it waits up to three for the keys of another issuer, and up to one for the table.
const AUTHORIZER_TIMEOUT: u64 = 5;
/// How long new keys may take: until every function that holds keys has got them, twice. The lock is held for longer.
const ROTATE_TIMEOUT: u64 = 300;

/// How long the description of a function may be, in bytes.
const LONGEST_DESCRIPTION: usize = 256;

pub(super) fn resources(mount: &Mount, installation: &Installation<'_>) -> Vec<(String, Node)> {
    let name = camel(mount.name);
    let log = resource(
        "AWS::Logs::LogGroup",
        [
            ("LogGroupName", sub(format!("/aws/lambda/${{AWS::StackName}}-{}", mount.name))),
            ("RetentionInDays", reference("Retention")),
        ],
    );
    let own = [
        (format!("{name}Function"), function(mount, installation)),
        (format!("{name}Role"), role(mount, installation)),
        (format!("{name}Log"), log),
    ];
    let reached = match mount.routes {
        [] if mount.name == AUTHORIZER.name => authorizer(&name),
        [] => events::resources(mount, &name),
        _ => behind_the_gateway(mount, &name),
    };
    own.into_iter().chain(reached).collect()
}

fn function(mount: &Mount, installation: &Installation<'_>) -> Node {
    let name = camel(mount.name);
    let code = map([("S3Bucket", reference("CodeBucket")), ("S3Key", reference(format!("{name}Code")))]);
    let timeout = match mount.name {
        name if name == AUTHORIZER.name => AUTHORIZER_TIMEOUT,
        Rotate::NAME => ROTATE_TIMEOUT,
        _ => TIMEOUT,
    };
    let properties = [
        ("FunctionName", sub(format!("${{AWS::StackName}}-{}", mount.name))),
        ("Description", text(description(mount))),
        ("Runtime", text("provided.al2023")),
        ("Handler", text("bootstrap")),
        ("Architectures", list([reference("Architecture")])),
        ("MemorySize", mount.memory.map_or_else(|| reference("Memory"), Node::Number)),
        ("Timeout", Node::Number(timeout)),
        ("Code", code),
        ("Role", attribute(format!("{name}Role.Arn"))),
        ("LoggingConfig", map([("LogGroup", reference(format!("{name}Log")))])),
        ("Environment", map([("Variables", map(installation.environment(mount)))])),
    ];
    let bound = concurrency(mount.name).map(|parameter| {
        ("ReservedConcurrentExecutions", choose(format!("Has{parameter}"), reference(parameter), nothing()))
    });
    resource("AWS::Lambda::Function", properties.into_iter().chain(bound))
}

fn description(mount: &Mount) -> String {
    let routes: Vec<_> = mount.routes.iter().map(Route::key).collect();
    match (routes.is_empty(), mount.name == AUTHORIZER.name) {
        (false, _) => within(&routes, LONGEST_DESCRIPTION),
        (true, true) => "asked by the gateway before guarded routes".to_owned(),
        (true, false) => events::description(mount),
    }
}

/// As many of the routes as there is room for, and how many more there are.
fn within(routes: &[String], room: usize) -> String {
    let shown = |count: usize| {
        let more = routes.len() - count;
        let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
        routes[..count].join(", ") + &rest
    };
    (0..=routes.len()).rev().map(shown).find(|text| text.len() <= room).unwrap_or_default()
}

fn behind_the_gateway(mount: &Mount, name: &str) -> Vec<(String, Node)> {
    let integration = resource(
        "AWS::ApiGatewayV2::Integration",
        [
            ("ApiId", reference("Api")),
            ("IntegrationType", text("AWS_PROXY")),
            ("IntegrationUri", attribute(format!("{name}Function.Arn"))),
            ("PayloadFormatVersion", text("2.0")),
        ],
    );
    let routes = mount.routes.iter().flat_map(Route::by_method);
    let routes = routes.map(|each| (format!("{}Route", route_name(&each)), route(&each, name)));
    // One for all routes of the function: the stage has no others that lead to it, and a policy has room for few.
    let leave = (format!("{name}Permission"), permission(name, "${Api}/$default/*"));
    [(format!("{name}Integration"), integration), leave].into_iter().chain(routes).collect()
}

fn route(route: &Route, function: &str) -> Node {
    let common = [
        ("ApiId", reference("Api")),
        ("RouteKey", text(route.key())),
        ("Target", sub(format!("integrations/${{{function}Integration}}"))),
    ];
    let guard = match route.guard {
        Guard::Public | Guard::OwnPages => vec![("AuthorizationType", text("NONE"))],
        // The scope is compared behind the gateway: what the authorizer says is cached (#75).
        Guard::SignedIn | Guard::Scope(_) => {
            vec![("AuthorizationType", text("CUSTOM")), ("AuthorizerId", reference("Authorizer"))]
        }
    };
    resource("AWS::ApiGatewayV2::Route", common.into_iter().chain(guard))
}

fn authorizer(name: &str) -> Vec<(String, Node)> {
    vec![(format!("{name}Permission"), permission(name, "${Api}/authorizers/${Authorizer}"))]
}

/// Leave for the gateway to call a function from one place.
fn permission(function: &str, source: &str) -> Node {
    resource(
        "AWS::Lambda::Permission",
        [
            ("Action", text("lambda:InvokeFunction")),
            ("FunctionName", reference(format!("{function}Function"))),
            ("Principal", text("apigateway.amazonaws.com")),
            (
                "SourceArn",
                sub(format!(
                    "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{source}"
                )),
            ),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn a_description_names_as_many_routes_as_there_is_room_for() {
        let routes = ["GET /a", "GET /b", "GET /c"].map(str::to_owned);
        for (room, text) in [
            (22, "GET /a, GET /b, GET /c"),
            (21, "GET /a and 2 more"),
            (17, "GET /a and 2 more"),
            (16, " and 3 more"),
            (3, ""),
        ] {
            assert_eq!(within(&routes, room), text);
        }
    }
}
