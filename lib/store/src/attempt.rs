//! The id of a write.

use aws_lc_rs::rand;
use uuid::Builder;

/// A fresh id for one write and all its repetitions: a random UUID (RFC 9562 §5.4). Without random bytes two writers could
/// take each other's rows for their own, so their failure ends the process.
pub(crate) fn fresh() -> String {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).expect("the system's random generator works");
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}
