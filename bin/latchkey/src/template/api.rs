//! The gateway: the API, its stage and log, the authorizer, and a domain of one's own.

use setting::Action;
use web::Route;

use super::{
    installation::Installation,
    nodes::{attribute, choose, list, map, nothing, reference, resource, route_name, sub, text, with},
    yaml::Node,
};
use crate::{
    cors::{self, Cors},
    mount::{DECISION_LIFETIME, Mount},
};

/// Requests a second, and at once, to a route that lets others cause writes (#105). In the template and not a parameter:
/// CloudFormation passes a parameter in this place on as text, and the gateway wants a number.
const PUBLIC_WRITE_RATE: u64 = 50;
const PUBLIC_WRITE_BURST: u64 = 100;

/// What the access log says of a request: no path, no query, no header and no address but the caller's (#103).
const LOGGED: [(&str, &str); 11] = [
    ("time", "$context.requestTime"),
    ("request_id", "$context.requestId"),
    ("route", "$context.routeKey"),
    ("status", "$context.status"),
    ("source", "$context.identity.sourceIp"),
    ("caller", "$context.authorizer.sub"),
    ("latency", "$context.responseLatency"),
    ("length", "$context.responseLength"),
    ("error", "$context.error.message"),
    ("authorizer_error", "$context.authorizer.error"),
    ("integration_error", "$context.integrationErrorMessage"),
];

pub(super) fn resources(installation: &Installation<'_>) -> Vec<(String, Node)> {
    let log = resource(
        "AWS::Logs::LogGroup",
        // Below /aws/vendedlogs the leave to write is not added to a policy of the account that has room for few.
        [
            ("LogGroupName", sub("/aws/vendedlogs/${AWS::StackName}-access")),
            ("RetentionInDays", reference("Retention")),
        ],
    );
    let own = [
        ("Api", api(&installation.cors)),
        ("AccessLog", log),
        ("Stage", stage(installation)),
        ("Authorizer", authorizer()),
    ];
    own.into_iter().chain(domain()).map(|(name, node)| (name.to_owned(), node)).collect()
}

fn api(cors: &Cors) -> Node {
    let properties = [
        ("Name", reference("AWS::StackName")),
        ("ProtocolType", text("HTTP")),
        ("DisableExecuteApiEndpoint", choose("HasDomain", Node::Flag(true), Node::Flag(false))),
    ];
    let cors = (!cors.is_off()).then(|| ("CorsConfiguration", configuration(cors)));
    resource("AWS::ApiGatewayV2::Api", properties.into_iter().chain(cors))
}

/// What the gateway says to pages of other origins (#30). `AllowCredentials` is left out, which is no.
fn configuration(cors: &Cors) -> Node {
    map([
        ("AllowOrigins", list(cors.origins().map(text))),
        ("AllowMethods", list(cors.methods().map(text))),
        ("AllowHeaders", list(cors::ALLOWED_HEADERS.map(text))),
        ("ExposeHeaders", list(cors::EXPOSED_HEADERS.map(text))),
        ("MaxAge", Node::Number(cors::MAX_AGE.as_secs())),
    ])
}

fn stage(installation: &Installation<'_>) -> Node {
    let format: Vec<_> = LOGGED.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    let log = [
        ("DestinationArn", attribute("AccessLog.Arn")),
        ("Format", text(format!("{{{}}}", format.join(",")))),
    ];
    let usual = [("ThrottlingRateLimit", reference("Rate")), ("ThrottlingBurstLimit", reference("Burst"))];
    let strict = || {
        let limits =
            [("ThrottlingRateLimit", PUBLIC_WRITE_RATE), ("ThrottlingBurstLimit", PUBLIC_WRITE_BURST)];
        map(limits.map(|(name, limit)| (name, Node::Number(limit))))
    };
    let stage = resource(
        "AWS::ApiGatewayV2::Stage",
        [
            ("ApiId", reference("Api")),
            ("StageName", text("$default")),
            ("AutoDeploy", Node::Flag(true)),
            ("DefaultRouteSettings", map(usual)),
            ("RouteSettings", map(writes_in_public(installation).map(|route| (route.key(), strict())))),
            ("AccessLogSettings", map(log)),
        ],
    );
    // The gateway refuses settings of routes that are not there yet.
    let routes = writes_in_public(installation).map(|route| text(format!("{}Route", route_name(&route))));
    with(stage, [("DependsOn", list(routes))])
}

/// The routes by which somebody who is not known can make a function write.
fn writes_in_public(installation: &Installation<'_>) -> impl Iterator<Item = Route> {
    let writes = |mount: &&Mount| {
        let rows = mount.rows(|_| true);
        rows.values().flatten().any(|action| matches!(action, Action::Put | Action::Update | Action::Delete))
    };
    let routes =
        installation.mounts.iter().filter(writes).flat_map(|mount| mount.routes).flat_map(Route::by_method);
    routes.filter(|route| !route.guard.needs_token())
}

fn authorizer() -> Node {
    let functions = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions";
    resource(
        "AWS::ApiGatewayV2::Authorizer",
        [
            ("ApiId", reference("Api")),
            ("Name", text("authorizer")),
            ("AuthorizerType", text("REQUEST")),
            ("AuthorizerUri", sub(format!("{functions}/${{AuthorizerFunction.Arn}}/invocations"))),
            ("AuthorizerPayloadFormatVersion", text("2.0")),
            ("EnableSimpleResponses", Node::Flag(true)),
            // With the route among them, what is said about one route is not cached for another (#75).
            ("IdentitySource", list(["$request.header.Authorization", "$context.routeKey"].map(text))),
            ("AuthorizerResultTtlInSeconds", Node::Number(DECISION_LIFETIME.as_secs())),
        ],
    )
}

fn domain() -> [(&'static str, Node); 2] {
    let configuration = map([
        ("CertificateArn", choose("HasCertificate", reference("Certificate"), nothing())),
        ("EndpointType", text("REGIONAL")),
        ("SecurityPolicy", text("TLS_1_2")),
    ]);
    let domain = resource(
        "AWS::ApiGatewayV2::DomainName",
        [("DomainName", reference("Domain")), ("DomainNameConfigurations", list([configuration]))],
    );
    let mapping = resource(
        "AWS::ApiGatewayV2::ApiMapping",
        [
            ("ApiId", reference("Api")),
            ("DomainName", reference("CustomDomain")),
            ("Stage", reference("Stage")),
        ],
    );
    let optional = || ("Condition", text("HasDomain"));
    [("CustomDomain", with(domain, [optional()])), ("CustomDomainMapping", with(mapping, [optional()]))]
}
