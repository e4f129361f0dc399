//! Senders whose events are documented: the start of a source.

use crate::{
    Scheme,
    source::{Fields, Format},
};

/// What is known of a sender.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// What it is called.
    pub name: &'static str,
    /// How it signs.
    pub scheme: Scheme,
    /// What its bodies are.
    pub format: Format,
    id: &'static [&'static str],
    address: &'static [&'static str],
    order: &'static [&'static str],
    product: &'static [&'static str],
    kind: &'static [&'static str],
    sale: &'static [&'static str],
    refund: &'static [&'static str],
    unless: &'static [&'static str],
    /// The product in its sample.
    pub product_name: &'static str,
    /// A sale of that, as it sends it: `{id}`, `{order}`, `{address}`, `{product}` and `{time}` are filled in.
    pub sample: &'static str,
}

/// All of them.
pub const PRESETS: [Preset; 4] = [STRIPE, GITHUB_SPONSORS, GUMROAD, STANDARD];

/// Stripe API reference, *Events*, *Checkout Session*, *Charge* and *Subscription*. A checkout names what it paid by, and so does a refund of
/// the charge; that of a subscription names the subscription. What was bought is what the shop writes into `metadata.product`, because an
/// event has no lines of the order; a payment link stands for itself.
const STRIPE: Preset = Preset {
    name: "stripe",
    scheme: Scheme::Stripe,
    format: Format::Json,
    id: &["/id"],
    address: &["/data/object/customer_details/email", "/data/object/customer_email"],
    order: &["/data/object/payment_intent", "/data/object/subscription", "/data/object/id"],
    product: &["/data/object/metadata/product", "/data/object/payment_link"],
    kind: &["/type"],
    sale: &["checkout.session.completed", "checkout.session.async_payment_succeeded"],
    refund: &["charge.refunded", "customer.subscription.deleted"],
    unless: &["/data/object/payment_status=unpaid", "/data/object/refunded=false"],
    product_name: "pro",
    sample: r#"{"id":"{id}","object":"event","type":"checkout.session.completed","created":{time},"livemode":false,"data":{"object":{"id":"cs_test_1","object":"checkout.session","customer_details":{"email":"{address}"},"metadata":{"product":"{product}"},"mode":"payment","payment_intent":"{order}","payment_status":"paid","status":"complete","subscription":null}}}"#,
};

/// GitHub Docs, *Webhook events and payloads: sponsorship*. The address is the sponsor's public one, which most have not.
const GITHUB_SPONSORS: Preset = Preset {
    name: "github-sponsors",
    scheme: Scheme::Github,
    format: Format::Json,
    id: &[],
    address: &["/sponsorship/sponsor/email"],
    order: &["/sponsorship/node_id"],
    product: &["/sponsorship/tier/node_id"],
    kind: &["/action"],
    sale: &["created", "tier_changed"],
    refund: &["cancelled"],
    unless: &[],
    product_name: "MDEyOlNwb25zb3JzVGllcjE=",
    sample: r#"{"action":"created","sponsorship":{"node_id":"{order}","created_at":"2019-12-20T19:24:46+00:00","sponsorable":{"login":"octocat","id":5,"type":"User"},"sponsor":{"login":"monalisa","id":2,"type":"User","email":"{address}"},"privacy_level":"public","tier":{"node_id":"{product}","monthly_price_in_cents":500,"monthly_price_in_dollars":5,"name":"$5 a month"}},"sender":{"login":"monalisa","id":2}}"#,
};

/// Gumroad, *Ping* and *Resource subscriptions*: a form, without a signature, and each sale once an hour for three hours until it is
/// answered with 200. A ping of a purchase of one's own is a test. A membership is one order: each charge of it is a sale, and its end names
/// the subscription alone.
const GUMROAD: Preset = Preset {
    name: "gumroad",
    scheme: Scheme::Path,
    format: Format::Form,
    id: &[],
    address: &["email"],
    order: &["subscription_id", "sale_id"],
    product: &["product_id", "short_product_id", "product_permalink"],
    kind: &["resource_name"],
    sale: &["sale"],
    refund: &["refund", "subscription_ended"],
    unless: &["test=true"],
    product_name: "32-nPainqpLj1B_WIwVlMw==",
    sample: "seller_id=ljG-NULhOJLpnhwmTWdOag%3D%3D&product_id={product}&product_name=Pro&permalink=pro&product_permalink=https%3A%2F%2Fexample.gumroad.com%2Fl%2Fpro&email={address}&price=500&currency=usd&quantity=1&order_number={time}&sale_id={order}&sale_timestamp=2026-11-30T07%3A00%3A00Z&resource_name=sale&refunded=false&disputed=false",
};

/// Standard Webhooks 1.0, whose body is `type`, `timestamp` and `data`. What `data` has differs: these are the members of those who sell.
const STANDARD: Preset = Preset {
    name: "standard",
    scheme: Scheme::Standard,
    format: Format::Json,
    id: &[],
    address: &["/data/customer/email", "/data/email"],
    order: &["/data/order_id", "/data/id"],
    product: &["/data/product_id", "/data/product"],
    kind: &["/type"],
    sale: &["order.paid"],
    refund: &["order.refunded"],
    unless: &[],
    product_name: "pro",
    sample: r#"{"type":"order.paid","timestamp":"2026-11-30T07:00:00Z","data":{"id":"{order}","product_id":"{product}","customer":{"email":"{address}"}}}"#,
};

impl Preset {
    /// The one of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// Where what is.
    pub fn fields(&self) -> Fields {
        let (id, address, order) = (owned(self.id), owned(self.address), owned(self.order));
        let (product, kind) = (owned(self.product), owned(self.kind));
        Fields { id, time: Vec::new(), address, order, product, kind }
    }

    /// The kinds that are a sale, those that are a refund, and what makes an event of no interest.
    pub fn kinds(&self) -> [Vec<String>; 3] {
        [owned(self.sale), owned(self.refund), owned(self.unless)]
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
