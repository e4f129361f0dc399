//! The one writer of the compact serialization (RFC 7515 §7.1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// A compact JWS of exactly this header and payload. `sign` gets the signing input (RFC 7515 §5.1) and returns the signature.
/// What the header says is the caller's business: [`crate::SigningKey::compact`] writes one that is true.
pub fn write_compact<S: AsRef<[u8]>, E>(
    header: impl AsRef<[u8]>,
    payload: impl AsRef<[u8]>,
    sign: impl FnOnce(&[u8]) -> Result<S, E>,
) -> Result<String, E> {
    let mut jws = URL_SAFE_NO_PAD.encode(header);
    jws.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut jws);
    let signature = sign(jws.as_bytes())?;
    jws.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut jws);
    Ok(jws)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::Ed25519KeyPair;

    use super::*;

    #[test]
    fn writes_the_token_of_rfc_8037() {
        // RFC 8037 appendix A.1 and A.4. Ed25519 signs the same bytes the same way each time.
        let private = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let pair = Ed25519KeyPair::from_seed_unchecked(&private).unwrap();
        let sign = |message: &[u8]| Ok::<_, ()>(pair.sign(message));
        let expected = concat!(
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.",
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        );
        assert_eq!(
            write_compact(r#"{"alg":"EdDSA"}"#, "Example of Ed25519 signing", sign).as_deref(),
            Ok(expected)
        );
        assert_eq!(write_compact("{}", "", |_| Err::<[u8; 0], _>("why")), Err("why"));
    }
}
