//! What an event says, read from a body that is known to be its sender's.

use std::collections::BTreeMap;

use oauth::{Digest, Time, text};
use serde_json::{Number, Value};

use crate::{
    Source, Verified, WINDOW,
    source::{Format, Places, condition},
};

/// The longest text of an event that is looked at, in characters.
const LONGEST: usize = 200;
/// The longest name of an order: as of an entitlement.
const LONGEST_ORDER: usize = 100;

/// What kind of event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody gets what the product gives.
    Sale,
    /// What the order gave ends.
    Refund,
    /// It is not of interest.
    Other,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What kind it is.
    pub kind: Kind,
    /// The order.
    pub order: Option<String>,
    /// The address, as it was written.
    pub address: Option<String>,
    /// The product.
    pub product: Option<String>,
}

/// A body that its sender signed, and that says nothing we could use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It is not what the source says that it is.
    #[error("the body cannot be read")]
    Body,
    /// It happened at another time.
    #[error("the event is more than five minutes away")]
    Time,
    /// Without it nothing can be done.
    #[error("the event names no order, or none of at most 100 characters that can be seen")]
    Order,
    /// A sale is somebody's.
    #[error("the sale names no address in plain form")]
    Address,
}

impl Malformed {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Time => "time",
            Self::Order => "order",
            Self::Address => "address",
        }
    }
}

/// A body, taken apart.
pub struct Body(Parsed);

enum Parsed {
    Json(Value),
    /// One that comes twice has no value: a list is sent like that, which nobody looks at.
    Form(BTreeMap<String, Option<String>>),
}

impl Body {
    /// Reads it as the source says. A member that comes twice means two things, and so the body means nothing.
    pub fn read(format: Format, bytes: &[u8]) -> Result<Self, Malformed> {
        match format {
            Format::Json => {
                let object = jose::json::parse_object(bytes).map_err(|_| Malformed::Body)?;
                Ok(Self(Parsed::Json(Value::Object(object))))
            }
            Format::Form => {
                std::str::from_utf8(bytes).map_err(|_| Malformed::Body)?;
                let mut fields = BTreeMap::new();
                for (name, value) in url::form_urlencoded::parse(bytes) {
                    let value = Some(value.into_owned());
                    fields.entry(name.into_owned()).and_modify(|first| *first = None).or_insert(value);
                }
                if fields.is_empty() { Err(Malformed::Body) } else { Ok(Self(Parsed::Form(fields))) }
            }
        }
    }

    /// The text at the first of these places that has one.
    fn at(&self, places: &Places) -> Option<String> {
        places.iter().find_map(|place| self.one(place))
    }

    fn one(&self, place: &str) -> Option<String> {
        let text = match &self.0 {
            Parsed::Form(fields) => fields.get(place).cloned()??,
            Parsed::Json(value) => match value.pointer(place)? {
                Value::String(text) => text.clone(),
                Value::Number(number) if is_exact(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => return None,
            },
        };
        let fits = !text.is_empty() && text.chars().count() <= LONGEST;
        fits.then_some(text)
    }

    /// Whether a field that the source looks at comes twice: it means two things, and so nothing.
    fn is_ambiguous(&self, source: &Source) -> bool {
        let Parsed::Form(fields) = &self.0 else { return false };
        source.places().any(|place| fields.get(place).is_some_and(Option::is_none))
    }
}

/// The largest number of which each one below is a number of its own, where it is read as a fraction.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether no other number is read as this one: an order of thirty digits would be that of somebody else.
fn is_exact(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|value| value.abs() < EXACT)
}

/// By what an event is known: its signed id, else the id in its body, else the body itself.
pub(crate) fn identity(source: &Source, verified: &Verified, body: Option<&Body>, bytes: &[u8]) -> Digest {
    let inside = || body.and_then(|body| body.at(&source.fields.id));
    match verified.id.clone().or_else(inside) {
        Some(id) => Digest::of_parts(&["id", &source.name, &id]),
        None => Digest::of_parts(&["body", &source.name, Digest::of(bytes).as_str()]),
    }
}

/// What the event says. Its time is compared with `now`, where that is given.
pub fn facts(source: &Source, body: &Body, now: Option<Time>) -> Result<Facts, Malformed> {
    if body.is_ambiguous(source) {
        return Err(Malformed::Body);
    }
    if let Some(now) = now.filter(|_| !source.fields.time.is_empty()) {
        let at = body.at(&source.fields.time).and_then(|text| text.parse().ok()).map(Time::from_epoch);
        let at = at.ok_or(Malformed::Time)?;
        if at.since(now).max(now.since(at)) > WINDOW {
            return Err(Malformed::Time);
        }
    }
    let kind = kind(source, body);
    let order = body.at(&source.fields.order);
    let order = order.filter(|order| text::shown(order, LONGEST_ORDER).as_deref() == Some(order.as_str()));
    if kind != Kind::Other && order.is_none() {
        return Err(Malformed::Order);
    }
    let (address, product) = (body.at(&source.fields.address), body.at(&source.fields.product));
    Ok(Facts { kind, order, address, product })
}

fn kind(source: &Source, body: &Body) -> Kind {
    let holds =
        |text: &String| condition(text).is_ok_and(|(place, value)| body.one(place).as_deref() == Some(value));
    let Some(kind) = body.at(&source.fields.kind).filter(|_| !source.unless.iter().any(holds)) else {
        return Kind::Other;
    };
    match (source.sale.contains(&kind), source.refund.contains(&kind)) {
        (true, _) => Kind::Sale,
        (_, true) => Kind::Refund,
        _ => Kind::Other,
    }
}
