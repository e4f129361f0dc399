//! F7: the `Authorization` header.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tests::fuzz::authorization(data);
});
