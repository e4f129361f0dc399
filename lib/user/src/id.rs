//! The id of a person.

use aws_lc_rs::rand;
use oauth::Time;
use uuid::Builder;

/// A fresh UUIDv7 (RFC 9562 §5.7): ids are in the order of birth, to the second, and none is given out twice (#93). Without
/// random bytes that would not hold, so their failure ends the process.
pub(crate) fn fresh(now: Time) -> String {
    let millis = u64::try_from(now.epoch()).unwrap_or(0).saturating_mul(1000);
    let mut bytes = [0; 10];
    rand::fill(&mut bytes).expect("the system's random generator works");
    Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_7_in_the_order_of_time() {
        let ids: Vec<_> = (0..1000).map(|s| fresh(Time::from_epoch(1_700_000_000 + s))).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.len() == 36 && id.as_bytes()[14] == b'7'));
    }

    #[test]
    fn ids_of_one_second_differ() {
        // #93
        let now = Time::from_epoch(1_700_000_000);
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| fresh(now)).collect();
        assert_eq!(ids.len(), 1000);
    }
}
