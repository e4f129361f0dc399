//! F1: any text is a token to nobody but the holder of the key.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tests::fuzz::verify_jwt(data);
});
