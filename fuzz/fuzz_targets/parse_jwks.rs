//! F2: key sets.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tests::fuzz::parse_jwks(data);
});
