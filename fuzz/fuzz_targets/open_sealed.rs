//! F5: sealed cookies and cursors.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tests::fuzz::open_sealed(data);
});
