//! F6: the `Cookie` header.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tests::fuzz::cookies(data);
});
