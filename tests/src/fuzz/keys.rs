//! F2: key sets.

use std::collections::BTreeSet;

use jose::{Algorithm, KeySet};
use serde_json::Value;

/// A set is refused, or what is usable of it is public and strong, a name leads to one key or to none, and nothing depends on the order.
pub fn parse_jwks(data: &[u8]) {
    let Ok(set) = KeySet::parse(data) else { return };
    assert!(set.keys().len() <= KeySet::MAX_KEYS);
    let published: Value = serde_json::from_str(&set.to_json()).unwrap();
    for key in published["keys"].as_array().unwrap() {
        let members = key.as_object().unwrap();
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(!members.contains_key(private), "{private} is public");
        }
        assert!(key["kty"] != "oct" && key["kty"].is_string());
        // 256 bytes are 342 characters.
        assert!(key["kty"] != "RSA" || key["n"].as_str().unwrap().len() >= 342);
    }
    let kids: BTreeSet<_> = set.keys().iter().filter_map(|key| key.kid()).collect();
    for algorithm in Algorithm::ALL {
        for kid in &kids {
            let of_name = set.keys().iter().filter(|key| key.kid() == Some(kid) && key.fits(*algorithm));
            let different: BTreeSet<_> = of_name.map(|key| key.thumbprint().to_string()).collect();
            let found = set.find(Some(kid), *algorithm);
            assert_eq!(found.is_ok(), different.len() == 1, "{kid}");
            assert!(found.is_err() || found.is_ok_and(|key| key.kid() == Some(kid) && key.fits(*algorithm)));
        }
    }
    let mut turned: Value = serde_json::from_slice(data).expect("what was taken is JSON");
    turned["keys"].as_array_mut().unwrap().reverse();
    let turned = KeySet::parse(turned.to_string()).expect("the order changes nothing");
    let thumbprints = |set: &KeySet| -> BTreeSet<String> {
        set.keys().iter().map(|key| format!("{:?} {}", key.kid(), key.thumbprint())).collect()
    };
    assert_eq!(thumbprints(&set), thumbprints(&turned));
}
