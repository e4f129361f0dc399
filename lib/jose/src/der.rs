//! As much of DER (X.690 §10) as it takes to read the numbers out of an RSA private key.

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// The RSAPrivateKey (RFC 8017 A.1.2) inside a PrivateKeyInfo (RFC 5208 §5).
pub(crate) fn pkcs1(pkcs8: &[u8]) -> Option<&[u8]> {
    let (info, _) = element(pkcs8, SEQUENCE)?;
    let (_version, rest) = element(info, INTEGER)?;
    let (_algorithm, rest) = element(rest, SEQUENCE)?;
    element(rest, OCTETS).map(|(key, _)| key)
}

/// The numbers of an RSAPrivateKey without their leading zeros: n, e, d, p, q, dp, dq, qi.
pub(crate) fn rsa_numbers(pkcs1: &[u8]) -> Option<[&[u8]; 8]> {
    let (key, _) = element(pkcs1, SEQUENCE)?;
    let (_version, mut rest) = element(key, INTEGER)?;
    let mut numbers = [[].as_slice(); 8];
    for number in &mut numbers {
        let (bytes, after) = element(rest, INTEGER)?;
        *number = bytes.strip_prefix(&[0]).unwrap_or(bytes);
        rest = after;
    }
    Some(numbers)
}

/// The contents of the first element, which must have this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (&first, rest) = rest.split_first()?;
    let (len, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |len, byte| len << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_short_and_long_lengths() {
        assert_eq!(element(&[2, 1, 7, 9], INTEGER), Some(([7].as_slice(), [9].as_slice())));
        assert_eq!(element(&[4, 0x82, 0, 1, 7], OCTETS), Some(([7].as_slice(), [].as_slice())));
    }

    #[test]
    fn never_reads_beyond_the_end() {
        for bad in
            [&[][..], &[2], &[2, 1], &[2, 0x80], &[2, 0x82, 1], &[2, 0x85, 0, 0, 0, 0, 1, 1], &[4, 1, 7]]
        {
            assert_eq!(element(bad, INTEGER), None, "{bad:?}");
        }
        assert_eq!(pkcs1(b"0"), None);
        assert_eq!(rsa_numbers(&[0x30, 3, 2, 1, 0]), None);
    }
}
