//! F1: a good token with one half replaced, and a good signature over it.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tests::fuzz::signed_jwt(data);
});
