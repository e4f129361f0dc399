//! Short functions that make nodes of the template, and the names of its resources.

use setting::Setting;
use web::Route;

use super::yaml::Node;

pub(super) fn text(text: impl Into<String>) -> Node {
    Node::Text(text.into())
}

pub(super) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Node)>) -> Node {
    Node::Map(entries.into_iter().map(|(name, node)| (name.into(), node)).collect())
}

pub(super) fn list(items: impl IntoIterator<Item = Node>) -> Node {
    Node::List(items.into_iter().collect())
}

/// `!Ref name`
pub(super) fn reference(name: impl Into<String>) -> Node {
    call("Ref", text(name))
}

/// `!GetAtt name`
pub(super) fn attribute(name: impl Into<String>) -> Node {
    call("GetAtt", text(name))
}

/// `!Sub pattern`
pub(super) fn sub(pattern: impl Into<String>) -> Node {
    call("Sub", text(pattern))
}

/// `!Sub [pattern, {name: value …}]`
pub(super) fn sub_with<const N: usize>(pattern: impl Into<String>, names: [(&str, Node); N]) -> Node {
    call("Sub", list([text(pattern), map(names)]))
}

/// `!If [condition, yes, no]`
pub(super) fn choose(condition: impl Into<String>, yes: Node, no: Node) -> Node {
    call("If", list([text(condition), yes, no]))
}

/// The condition that a parameter is not empty.
pub(super) fn is_given(parameter: &str) -> Node {
    call("Not", list([call("Equals", list([reference(parameter), text("")]))]))
}

/// What makes CloudFormation leave a property out.
pub(super) fn nothing() -> Node {
    reference("AWS::NoValue")
}

pub(super) fn call(function: &'static str, argument: Node) -> Node {
    Node::Call(function, Box::new(argument))
}

/// A resource without anything but properties.
pub(super) fn resource<K: Into<String>>(kind: &str, properties: impl IntoIterator<Item = (K, Node)>) -> Node {
    map([("Type", text(kind)), ("Properties", map(properties))])
}

/// The same with attributes such as `Condition` and `DependsOn` behind its first one.
pub(super) fn with(resource: Node, attributes: impl IntoIterator<Item = (&'static str, Node)>) -> Node {
    let Node::Map(mut entries) = resource else { return resource };
    let attributes = attributes.into_iter().map(|(name, node)| (name.to_owned(), node));
    entries.splice(1..1, attributes);
    Node::Map(entries)
}

/// The name of a thing in the template: `users-login-callback`, `RETURN_TO` and `/users/{id}` are `UsersLoginCallback`,
/// `ReturnTo` and `UsersId`.
pub(crate) fn camel(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase())
}

/// The name of a route: `GET /users/login` is `GetUsersLogin`.
pub(super) fn route_name(route: &Route) -> String {
    let path = if route.path == "/" { "Root".to_owned() } else { camel(route.path) };
    format!("{}{path}", camel(route.method))
}

/// The name of the resource that keeps the secret of a setting, whose environment variable is `variable`.
pub(super) fn secret_name(setting: &Setting, variable: &str) -> String {
    let ending = if setting.is_of_providers() { "" } else { "Secret" };
    format!("{}{ending}", camel(variable))
}

#[cfg(test)]
mod tests {
    use web::Guard;

    use super::*;

    #[test]
    fn logical_ids_do_not_collide() {
        for (name, camelled) in [
            ("users-login-callback", "UsersLoginCallback"),
            ("RETURN_TO", "ReturnTo"),
            ("/.well-known/jwks.json", "WellKnownJwksJson"),
            ("/users/login/{provider}/callback", "UsersLoginProviderCallback"),
            ("my-idp2", "MyIdp2"),
        ] {
            assert_eq!(camel(name), camelled);
        }
        assert_eq!(route_name(&Route::get("/", Guard::Public)), "GetRoot");
        assert_eq!(secret_name(&web::settings::COOKIE_KEY, "COOKIE_KEY"), "CookieKeySecret");
        assert_eq!(
            secret_name(&authenticate::settings::CLIENT_SECRET, "GOOGLE_CLIENT_SECRET"),
            "GoogleClientSecret"
        );
    }
}
