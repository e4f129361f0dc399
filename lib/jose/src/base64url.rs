//! Base64url as JOSE writes it (RFC 7515 §2): no padding, no white space, and one spelling per value.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::JoseError;

/// The bytes, if `text` is the one way to write them.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, JoseError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JoseError::Base64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_encoding_is_accepted() {
        // #67: padding, white space, the other alphabet, a last character with bits that are dropped, an impossible length.
        assert_eq!(decode("Zm8").unwrap(), b"fo");
        for bad in ["Zm8=", "Zm9v\n", " Zm9v", "Z m9v", "Zm9", "Zm+v", "Zm/v", "Zm9vZ", "Zm9vé", "Zm8\0"] {
            assert_eq!(decode(bad), Err(JoseError::Base64), "{bad:?}");
        }
    }
}
