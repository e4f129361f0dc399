//! A shop that says what somebody bought.

use std::sync::atomic::Ordering;

use oauth::Secret;
use seal::Sealer;
use serde_json::{Value, json};
use user::purchase::Gives;
use webhook::{Preset, Source, sources};

use super::{Scene, event};

const SOURCE: &str = "shop";

impl Scene {
    /// A sale of something to somebody who is not known yet, signed as Standard Webhooks are.
    pub async fn webhook(&self) -> Value {
        self.tick();
        let number = self.newcomers.fetch_add(1, Ordering::SeqCst);
        let (table, now) = (self.world.table().await, self.world.now());
        let sealer = Sealer::new(&Secret::new(self.world.cloud.settings["WEBHOOK_KEY"].clone())).unwrap();
        let preset = Preset::find("standard").unwrap();
        let secret = match sources::find(&table, SOURCE, now).await.unwrap() {
            Some(source) => source.secrets(&sealer).remove(0),
            None => {
                let mut source = Source::new(SOURCE, preset.scheme, preset.format, now);
                source.fields = preset.fields();
                [source.sale, source.refund, source.unless] = preset.kinds();
                let gives = Gives { entitlements: vec!["gold".to_owned()], roles: Vec::new() };
                source.products.insert("pro".to_owned(), gives);
                let secret = preset.scheme.fresh();
                let source = source.with_secret(&secret, false, &sealer).unwrap();
                assert!(sources::save(&table, None, &source, &|_| Vec::new(), now).await.unwrap());
                secret
            }
        };
        let data = json!({"id": format!("order-{number}"), "product_id": "pro", "customer": {"email": format!("buyer-{number}@example.com")}});
        let body = json!({"type": "order.paid", "data": data}).to_string();
        let mut event = event("POST", "/webhooks/shop", &[]);
        event["headers"]["content-type"] = "application/json".into();
        for (name, value) in preset.scheme.sign(&secret, &format!("msg_{number}"), body.as_bytes(), now) {
            event["headers"][name] = value.into();
        }
        event["body"] = body.into();
        event["isBase64Encoded"] = json!(false);
        event
    }
}
