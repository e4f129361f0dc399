//! More about an event: names and ids of ours.

use serde::{Deserialize, Serialize};

/// What else there is to say of an event, as far as it applies. Everything in it is a name that an operator gave or an id that we made;
/// no text of a caller belongs here (#103).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// The provider, by its name in the settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The id of the session, the `sid` of tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The id of the grant, the `grant_id` of tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// By which grant type (RFC 6749 §4), or by which way else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<String>,
    /// The role, rule or API that is meant, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the role, the rule or the entitlements were before; nothing where there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What they are from now on; nothing where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Roles that a person had before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles_before: Option<Vec<String>>,
    /// Roles that a person has from now on; of an invitation, those that wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// What is permitted from now on, as scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The names of the members that changed, without their values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Vec<String>>,
    /// The ids of keys (`kid`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
    /// How many there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// The names of the parts of a line.
const NAMES: [&str; 11] = [
    "provider",
    "way",
    "name",
    "roles_before",
    "roles",
    "scope",
    "changed",
    "keys",
    "session",
    "grant",
    "count",
];

/// Takes a text in quotes out of a line, so that nothing in it is taken for a part.
fn quoted(line: &mut String, name: &str) -> Option<String> {
    let begin = line.find(&format!("{name}=\""))?;
    let start = begin + name.len() + 2;
    let (mut text, mut is_escaped, mut end) = (String::new(), false, None);
    for (at, c) in line[start..].char_indices() {
        match c {
            '\\' if !is_escaped => is_escaped = true,
            '"' if !is_escaped => {
                end = Some(start + at + 1);
                break;
            }
            c => {
                text.push(c);
                is_escaped = false;
            }
        }
    }
    line.replace_range(begin..end?, "");
    Some(text)
}

impl Detail {
    /// Reads what [`Detail::line`] wrote. What has no name belongs to the value before it, because a name may have blanks.
    pub(crate) fn parse(line: &str) -> Self {
        let mut rest = line.to_owned();
        let (before, after) = (quoted(&mut rest, "before"), quoted(&mut rest, "after"));
        let line = rest.as_str();
        let mut parts: Vec<(&str, String)> = Vec::new();
        for word in line.split(' ').filter(|word| !word.is_empty()) {
            match (word.split_once('=').filter(|(name, _)| NAMES.contains(name)), parts.last_mut()) {
                (Some((name, value)), _) => parts.push((name, value.to_owned())),
                (None, Some((_, value))) => value.extend([" ", word]),
                (None, None) => {}
            }
        }
        let one =
            |wanted: &str| parts.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
        let many = |wanted: &str| {
            let values = one(wanted)?;
            Some(values.split(',').filter(|value| !value.is_empty()).map(str::to_owned).collect())
        };
        Self {
            provider: one("provider"),
            way: one("way"),
            name: one("name"),
            before,
            after,
            roles_before: many("roles_before"),
            roles: many("roles"),
            scope: one("scope").map(|scope| scope.replace(',', " ")),
            changed: many("changed"),
            keys: many("keys"),
            session: one("session"),
            grant: one("grant"),
            count: one("count").and_then(|count| count.parse().ok()),
        }
    }

    /// In words of one line, such as `provider=google roles=admin,member`.
    pub fn line(&self) -> Option<String> {
        let one = |name: &'static str, value: &Option<String>| {
            value.as_ref().map(|value| format!("{name}={value}"))
        };
        // With blanks in it.
        let text = |name: &'static str, value: &Option<String>| {
            value.as_ref().map(|value| format!("{name}={value:?}"))
        };
        let many = |name: &'static str, values: &Option<Vec<String>>| {
            values.as_ref().map(|values| format!("{name}={}", values.join(",")))
        };
        let parts = [
            one("provider", &self.provider),
            one("way", &self.way),
            one("name", &self.name),
            text("before", &self.before),
            text("after", &self.after),
            many("roles_before", &self.roles_before),
            many("roles", &self.roles),
            one("scope", &self.scope).map(|scope| scope.replace(' ', ",")),
            many("changed", &self.changed),
            many("keys", &self.keys),
            one("session", &self.session),
            one("grant", &self.grant),
            self.count.map(|count| format!("count={count}")),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}
