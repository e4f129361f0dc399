//! What the commands print: no secret but one that was made a moment ago.

use oauth::Secret;
use webhook::{Event, Source};

/// Where the source is to send, and its new secret.
pub(super) fn added(source: &Source, address: &str, secret: Option<&Secret>) -> String {
    let secret = secret.map(|secret| format!("secret   {}\n", secret.expose())).unwrap_or_default();
    format!("source   {}\naddress  {address}\n{secret}", source.name)
}

pub(super) fn list(sources: &[Source]) -> String {
    if sources.is_empty() {
        return "There is no source: latchkey webhook add\n".to_owned();
    }
    let line = |source: &Source| {
        format!("{}  {}  {} products\n", source.name, source.scheme.as_str(), source.products.len())
    };
    sources.iter().map(line).collect()
}

pub(super) fn source(source: &Source, address: &str) -> String {
    let mut text = format!("source    {}\naddress   {address}", source.name);
    if source.scheme == webhook::Scheme::Path {
        text.push_str("/…");
    }
    let fields = &source.fields;
    let lines = [
        ("scheme", source.scheme.as_str().to_owned()),
        ("id", fields.id.join(" ")),
        ("time", fields.time.join(" ")),
        ("buyer", fields.address.join(" ")),
        ("order", fields.order.join(" ")),
        ("product", fields.product.join(" ")),
        ("kind", fields.kind.join(" ")),
        ("sale", source.sale.join(" ")),
        ("refund", source.refund.join(" ")),
        ("unless", source.unless.join(" ")),
        ("may give", source.may_give.join(" ")),
        ("secrets", source.secrets.len().to_string()),
        ("since", source.created_at.to_string()),
        ("changed", source.changed_at.to_string()),
    ];
    text.push('\n');
    for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!("{name:<9} {value}\n"));
    }
    for (product, gives) in &source.products {
        let roles = gives.roles.iter().map(|role| format!("role:{role}"));
        let names: Vec<_> = gives.entitlements.iter().cloned().chain(roles).collect();
        text.push_str(&format!("{product} gives {}\n", names.join(", ")));
    }
    text
}

pub(super) fn events(events: &[(String, Event)]) -> String {
    if events.is_empty() {
        return "Nothing came that gave or took something, or waits.\n".to_owned();
    }
    let line = |(id, event): &(String, Event)| {
        let end = if event.is_dead() { reason(&event.end) } else { event.end.as_str() };
        let whom = event.whom.as_deref().map(|id| format!("  {id}")).unwrap_or_default();
        format!("{}  {id}  {end}{whom}\n", event.at)
    };
    events.iter().map(line).collect()
}

/// Why an event could not be used.
pub(super) fn reason(word: &str) -> &str {
    match word {
        "body" => "waits: the body cannot be read",
        "order" => "waits: it names no order",
        "address" => "waits: it names no address in plain form",
        "product" => "waits: the source does not have its product",
        "manages" => "waits: the product would give what manages people or rights, or a role that is gone",
        "refused" => "waits: the person has no room for it",
        other => other,
    }
}
