//! F7b: places to return to.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tests::fuzz::return_to(data);
});
