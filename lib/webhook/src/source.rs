//! A source: who sends, how it signs, where in its events is what, and what its products give. All of it is data.

use std::collections::BTreeMap;

use oauth::{Scope, Secret, Time};
use seal::Sealer;
use serde::{Deserialize, Serialize};
use store::{Member, Owner, Record, member};
use user::{Rights, purchase::Gives};

use crate::Scheme;

/// The list of all sources.
pub(crate) const LIST: Owner<'static> = Owner::List("SOURCES");
/// What secrets of sources are sealed for.
const PURPOSE: &str = "webhook secret";
/// The most products of a source, and the most places to look for one thing: a row is at most 400 KB.
const MOST_PRODUCTS: usize = 200;
const MOST_PLACES: usize = 8;
const LONGEST_NAME: usize = 40;
const LONGEST_TEXT: usize = 200;

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `application/json`: places are JSON pointers (RFC 6901).
    Json,
    /// `application/x-www-form-urlencoded`: places are names of fields.
    Form,
}

/// Where in a body something is: the first of these places that has a text, a number or a truth value counts.
pub type Places = Vec<String>;

/// Where what is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// The event's id. Without one, or where the sender signs an id beside the body, that or the body's digest stands for it.
    pub id: Places,
    /// When it happened, in seconds since 1970: where it is set, an event that is more than five minutes away is refused.
    pub time: Places,
    /// The buyer's address.
    pub address: Places,
    /// The order, which a refund names again.
    pub order: Places,
    /// What was bought.
    pub product: Places,
    /// What kind of event it is.
    pub kind: Places,
}

/// A sender of events, in row `SOURCE#<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name, which is in its address.
    pub name: String,
    /// How it signs.
    pub scheme: Scheme,
    /// What its bodies are.
    pub format: Format,
    /// Where what is in them.
    pub fields: Fields,
    /// The kinds that are a sale.
    pub sale: Vec<String>,
    /// The kinds that are a refund.
    pub refund: Vec<String>,
    /// What makes an event of no interest, each as `place=value`: a test, a payment that is not made yet, a part of a refund.
    #[serde(default)]
    pub unless: Vec<String>,
    /// What each product gives.
    pub products: BTreeMap<String, Gives>,
    /// The roles that it may give, and no others.
    #[serde(default)]
    pub may_give: Vec<String>,
    /// The secrets, sealed, the newest first: two while one is rotated.
    pub secrets: Vec<String>,
    /// Raised by each change.
    pub revision: u64,
    /// Since when there is one.
    pub created_at: Time,
    /// When it was changed last.
    pub changed_at: Time,
}

impl Record for Source {
    const KIND: &'static str = "SOURCE";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(LIST)
    }
}

/// Why a source cannot be saved, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The name is in an address.
    #[error("the name of a source has 1 to 40 of a-z, 0-9 and -")]
    Name,
    /// There is nothing to go by.
    #[error("a source needs a place for {0}")]
    NoPlace(&'static str),
    /// It is a JSON pointer, or the name of a field.
    #[error(
        "{0:?} is no place: write a JSON pointer such as /data/id, or the name of a field where the body is a form"
    )]
    Place(String),
    /// It can be longer, but nobody has so much.
    #[error("a source has at most 200 products, and 8 places for one thing")]
    TooMuch,
    /// It could never give anything.
    #[error("say which kinds are a sale: --sale KIND")]
    NoSale,
    /// A kind is a sale or a refund.
    #[error("{0:?} is both a sale and a refund")]
    Both(String),
    /// It compares something.
    #[error("{0:?} is no condition: write PLACE=VALUE")]
    Condition(String),
    /// It could give it by accident.
    #[error("the product {0:?} gives the role {1:?}, which the source may not give: add --may-give {1}")]
    NotAllowed(String, String),
    /// Nobody has it.
    #[error("there is no role {0:?}")]
    NoSuchRole(String),
    /// Whoever can write to a shop would manage people.
    #[error("{0:?} leads to {1}, and no webhook gives what manages people or rights")]
    Manages(String, Scope),
    /// People can read all of it.
    #[error("the product {0:?} gives nothing that could be noted: 1 to 100 characters that can be seen")]
    Empty(String),
    /// It could be guessed, or is written differently.
    #[error(
        "this is no secret for the scheme {0}: 16 bytes or more, for standard as whsec_ and base64, for path of letters, digits and -._~"
    )]
    Secret(&'static str),
}

impl Source {
    /// For conditions.
    pub(crate) const REVISION: Member<Self, u64> = member!(Self, revision);

    /// One that has nothing yet.
    pub fn new(name: &str, scheme: Scheme, format: Format, now: Time) -> Self {
        Self {
            name: name.to_owned(),
            scheme,
            format,
            fields: Fields::default(),
            sale: Vec::new(),
            refund: Vec::new(),
            unless: Vec::new(),
            products: BTreeMap::new(),
            may_give: Vec::new(),
            secrets: Vec::new(),
            revision: 0,
            created_at: now,
            changed_at: now,
        }
    }

    /// Whether it can be saved by these rights: it makes sense, and gives nothing that manages people or rights (#90).
    pub fn check(&self, rights: &Rights) -> Result<(), Unfit> {
        if !is_name(&self.name) {
            return Err(Unfit::Name);
        }
        self.check_places()?;
        if self.sale.is_empty() {
            return Err(Unfit::NoSale);
        }
        if let Some(both) = self.sale.iter().find(|kind| self.refund.contains(kind)) {
            return Err(Unfit::Both(both.clone()));
        }
        for (product, gives) in &self.products {
            self.check_product(product, gives, rights)?;
        }
        self.may_give.iter().try_for_each(|role| checked_role(role, rights))
    }

    fn check_places(&self) -> Result<(), Unfit> {
        let Fields { id, time, address, order, product, kind } = &self.fields;
        for (places, name) in
            [(address, "the address"), (order, "the order"), (product, "the product"), (kind, "the kind")]
        {
            if places.is_empty() {
                return Err(Unfit::NoPlace(name));
            }
        }
        let all = [id, time, address, order, product, kind];
        if all.iter().any(|places| places.len() > MOST_PLACES) || self.products.len() > MOST_PRODUCTS {
            return Err(Unfit::TooMuch);
        }
        self.unless.iter().try_for_each(|text| condition(text).map(drop))?;
        match self.places().find(|place| !self.is_place(place)) {
            Some(place) => Err(Unfit::Place(place.to_owned())),
            None => Ok(()),
        }
    }

    /// Everything that is looked at.
    pub(crate) fn places(&self) -> impl Iterator<Item = &str> {
        let Fields { id, time, address, order, product, kind } = &self.fields;
        let fields = [id, time, address, order, product, kind].into_iter().flatten().map(String::as_str);
        let unless = self.unless.iter().filter_map(|text| condition(text).ok());
        fields.chain(unless.map(|(place, _)| place))
    }

    fn is_place(&self, place: &str) -> bool {
        let is_whole = !place.is_empty() && place.len() <= LONGEST_TEXT && !place.contains(char::is_control);
        is_whole && (self.format == Format::Form || place.starts_with('/'))
    }

    fn check_product(&self, product: &str, gives: &Gives, rights: &Rights) -> Result<(), Unfit> {
        if product.is_empty() || product.len() > LONGEST_TEXT || !gives.is_fit() {
            return Err(Unfit::Empty(product.to_owned()));
        }
        if let Some(role) = gives.roles.iter().find(|role| !self.may_give.contains(role)) {
            return Err(Unfit::NotAllowed(product.to_owned(), role.clone()));
        }
        match gives.entitlements.iter().find_map(|name| Some((name, rights.manages_by_entitlement(name)?))) {
            Some((name, scope)) => Err(Unfit::Manages(name.clone(), scope)),
            None => Ok(()),
        }
    }

    /// The same source with this secret in front of the one that it had, or as its only one.
    pub fn with_secret(mut self, secret: &Secret, keeps_old: bool, sealer: &Sealer) -> Result<Self, Unfit> {
        if !self.scheme.accepts(secret) {
            return Err(Unfit::Secret(self.scheme.as_str()));
        }
        self.secrets.truncate(usize::from(keeps_old));
        self.secrets.insert(0, seal_secret(&self.name, secret, sealer));
        Ok(self)
    }

    /// The secrets, the newest first. One whose key is gone is left out.
    pub fn secrets(&self, sealer: &Sealer) -> Vec<Secret> {
        self.secrets.iter().filter_map(|sealed| open_secret(&self.name, sealed, sealer)).collect()
    }

    /// What a product gives, if it is known.
    pub fn gives(&self, product: &str) -> Option<&Gives> {
        self.products.get(product)
    }
}

/// Bound to the row's key: a secret that was copied into the row of another source opens nothing.
fn seal_secret(name: &str, secret: &Secret, sealer: &Sealer) -> String {
    sealer.seal(&[PURPOSE, Source::KIND, name], secret.expose().as_bytes())
}

fn open_secret(name: &str, sealed: &str, sealer: &Sealer) -> Option<Secret> {
    let bytes = sealer.open(&[PURPOSE, Source::KIND, name], sealed)?;
    String::from_utf8(bytes).ok().map(Secret::new)
}

/// `place=value`.
pub(crate) fn condition(text: &str) -> Result<(&str, &str), Unfit> {
    text.split_once('=')
        .filter(|(place, _)| !place.is_empty())
        .ok_or_else(|| Unfit::Condition(text.to_owned()))
}

/// Whether a text can be the name of a source.
pub fn is_name(text: &str) -> bool {
    let fits = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(fits)
}

fn checked_role(role: &str, rights: &Rights) -> Result<(), Unfit> {
    if !rights.knows(role) {
        return Err(Unfit::NoSuchRole(role.to_owned()));
    }
    match rights.manages([role]) {
        Some(scope) => Err(Unfit::Manages(role.to_owned(), scope)),
        None => Ok(()),
    }
}
