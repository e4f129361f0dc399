//! Codes by time (RFC 6238) with HMAC-SHA-1, six digits and steps of 30 seconds: what every app takes.

use aws_lc_rs::{constant_time, hmac};
use oauth::Time;

/// Seconds for which one code counts.
const STEP: u64 = 30;
/// Digits of a code.
const DIGITS: usize = 6;

/// The code of this step (RFC 4226 §5.3).
pub(crate) fn code(seed: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, seed);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 15);
    let number = u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]]);
    format!("{:0DIGITS$}", number % 10u32.pow(DIGITS as u32))
}

/// The step of this moment.
pub(crate) fn step(now: Time) -> u64 {
    u64::try_from(now.epoch()).unwrap_or_default() / STEP
}

/// The step for which this code counts, of the one that is now and its neighbours, if it is later than `last`, the one that counted last.
pub(crate) fn accepted(seed: &[u8], typed: &str, last: u64, now: Time) -> Option<u64> {
    let now = step(now);
    let is_of = |step: &u64| {
        constant_time::verify_slices_are_equal(code(seed, *step).as_bytes(), typed.as_bytes()).is_ok()
    };
    (now.saturating_sub(1)..=now + 1).filter(is_of).find(|step| *step > last)
}

/// A code as people type it: with blanks and hyphens, since apps show `123 456`, and as wide as their keyboard writes digits. Nothing if it
/// cannot be one.
pub(crate) fn typed(text: &str) -> Option<String> {
    let narrow = |c: char| match c {
        '\u{ff10}'..='\u{ff19}' => char::from_u32(u32::from(c) - 0xff10 + u32::from('0')).unwrap_or(c),
        other => other,
    };
    let between = |c: &char| !c.is_whitespace() && *c != '-';
    let code: String = text.chars().filter(between).take(DIGITS + 1).map(narrow).collect();
    (code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &[u8] = b"12345678901234567890";

    #[test]
    fn the_vectors_of_the_standard() {
        // RFC 6238, appendix B, of SHA-1: eight digits there, of which ours are the last six.
        for (time, digits) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(SEED, step(Time::from_epoch(time))), digits[2..], "{time}");
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for text in [
            "123456",
            "123 456",
            " 1 2 3-4 5 6 ",
            "123\u{a0}456",
            "123456\r\n",
            "\u{ff11}\u{ff12}\u{ff13}456",
        ] {
            assert_eq!(typed(text).as_deref(), Some("123456"), "{text:?}");
        }
        for text in ["", "12345", "1234567", "12345a", "\u{661}23456", "abcd-efgh-ijkl-mnop", "1e5000"] {
            assert_eq!(typed(text), None, "{text:?}");
        }
        assert_eq!(typed(&"1".repeat(100_000)), None);
    }

    #[test]
    fn a_code_counts_one_step_around_its_own_and_never_again() {
        let at = |step: u64| Time::from_epoch((step * STEP) as i64);
        let mine = code(SEED, 1000);
        for (now, counts) in [(998, false), (999, true), (1000, true), (1001, true), (1002, false)] {
            assert_eq!(accepted(SEED, &mine, 0, at(now)).is_some(), counts, "{now}");
        }
        assert_eq!(accepted(SEED, &mine, 999, at(1000)), Some(1000));
        assert_eq!(accepted(SEED, &mine, 1000, at(1000)), None);
        // Nor does an older one count after a newer one did.
        assert_eq!(accepted(SEED, &code(SEED, 999), 1000, at(1000)), None);
        for typed in ["", "12345", "1234567", "abcdef", &format!("{mine} "), "\u{661}23456"] {
            assert_eq!(accepted(SEED, typed, 0, at(1000)), None, "{typed}");
        }
    }
}
