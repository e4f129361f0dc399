//! F8: events of gateways, and of what claims to be one.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tests::fuzz::events(data);
});
