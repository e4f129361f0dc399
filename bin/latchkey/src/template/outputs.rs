//! What a person needs next.

use super::{
    installation::{Installation, base_url},
    nodes::{attribute, choose, map, reference, sub_with, text, with},
    yaml::Node,
};

/// How another HTTP API takes our tokens without any code of ours. Such an authorizer does not look at a token's `typ`, so
/// each route asks for a scope, which only access tokens have (#56).
const NATIVE: &str = "\
Type: AWS::ApiGatewayV2::Authorizer
Properties:
  ApiId: !Ref YourApi
  Name: latchkey
  AuthorizerType: JWT
  IdentitySource: ['$request.header.Authorization']
  JwtConfiguration:
    Issuer: ${Base}
    Audience: ['${Audience}']
# and on each of its routes, with the scope that it needs:
#   AuthorizationType: JWT
#   AuthorizerId: !Ref ThisAuthorizer
#   AuthorizationScopes: [users:read]";

pub(super) fn outputs(installation: &Installation<'_>) -> Node {
    let callbacks: Vec<_> =
        installation.providers.iter().map(|name| format!("${{Base}}/users/login/{name}/callback")).collect();
    let at = |path: &str| sub_with(format!("${{Base}}{path}"), [("Base", base_url())]);
    let audience = choose("HasAudience", reference("Audience"), base_url());
    let target =
        output("Where the domain's CNAME record leads.", attribute("CustomDomain.RegionalDomainName"));
    map([
        ("Url", output("Where latchkey is.", base_url())),
        (
            "RedirectUris",
            output(
                "What to register at the providers.",
                sub_with(callbacks.join(","), [("Base", base_url())]),
            ),
        ),
        ("Issuer", output("The issuer of its tokens.", base_url())),
        ("KeySetUrl", output("Where the keys are that verify them.", at("/.well-known/jwks.json"))),
        (
            "NativeAuthorizer",
            output(
                "How another HTTP API takes its tokens.",
                sub_with(NATIVE, [("Base", base_url()), ("Audience", audience)]),
            ),
        ),
        (
            "AuthorizerArn",
            output(
                "The authorizer that other APIs of this account can ask.",
                attribute("AuthorizerFunction.Arn"),
            ),
        ),
        ("ApiId", output("The API's id.", reference("Api"))),
        ("DomainTarget", with(target, [("Condition", text("HasDomain"))])),
    ])
}

fn output(about: &str, value: Node) -> Node {
    map([("Description", text(about)), ("Value", value)])
}
