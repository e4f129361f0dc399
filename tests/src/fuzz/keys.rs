//! F2: key sets.

use std::collections::BTreeSet;

use oauth::jose::{Algorithm, KeySet};
use serde_json::Value;

/// A set is refused, or what is usable of it is public, strong, named once, and does not depend on the order.
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
    let kids: Vec<_> = set.keys().iter().filter_map(|key| key.kid()).collect();
    assert_eq!(kids.iter().collect::<BTreeSet<_>>().len(), kids.len(), "a name twice");
    for algorithm in Algorithm::ALL {
        for kid in &kids {
            assert!(
                set.find(Some(kid), *algorithm).is_ok_and(|key| key.kid() == Some(kid))
                    || set.find(Some(kid), *algorithm).is_err()
            );
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
