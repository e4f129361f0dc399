//! From arguments to a source.

use std::collections::BTreeMap;

use oauth::Time;
use setting::SettingError;
use user::purchase::Gives;
use webhook::{Scheme, Source};

use super::arguments::Add;

/// What a name begins with that is a role.
const ROLE: &str = "role:";

/// The source, without a secret. What is said takes the place of what the preset says.
pub(super) fn source(add: &Add, now: Time) -> Result<Source, SettingError> {
    let scheme = add.scheme.or(add.preset.map(|preset| preset.scheme)).unwrap_or(Scheme::Standard);
    let mut source = Source::new(&add.name, scheme, add.format(), now);
    if let Some(preset) = add.preset {
        source.fields = preset.fields();
        [source.sale, source.refund, source.unless] = preset.kinds();
    }
    let fields = &mut source.fields;
    for (place, said) in [
        (&mut fields.id, &add.id),
        (&mut fields.time, &add.time),
        (&mut fields.address, &add.address),
        (&mut fields.order, &add.order),
        (&mut fields.product, &add.product_at),
        (&mut fields.kind, &add.kind),
        (&mut source.sale, &add.sale),
        (&mut source.refund, &add.refund),
        (&mut source.unless, &add.unless),
    ] {
        if !said.is_empty() {
            place.clone_from(said);
        }
    }
    source.products = products(&add.product)?;
    source.may_give.clone_from(&add.may_give);
    Ok(source)
}

/// `ID=NAME,NAME`: an id may have `=` in it, as Gumroad's have, so the last one counts.
fn products(texts: &[String]) -> Result<BTreeMap<String, Gives>, SettingError> {
    let mut all = BTreeMap::new();
    for text in texts {
        let (id, names) = text
            .rsplit_once('=')
            .ok_or_else(|| SettingError::new(format!("--product {text:?}: write ID=NAME,NAME")))?;
        let mut gives = Gives::default();
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match name.strip_prefix(ROLE) {
                Some(role) => gives.roles.push(role.to_owned()),
                None => gives.entitlements.push(name.to_owned()),
            }
        }
        if all.insert(id.to_owned(), gives).is_some() {
            return Err(SettingError::new(format!("--product {id:?} is there twice")));
        }
    }
    Ok(all)
}
