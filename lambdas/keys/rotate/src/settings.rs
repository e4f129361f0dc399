//! What the settings say of the rotation.

use setting::Setting;

setting::declare! {
    KEYS_ROTATE_DAYS = Setting::new("KEYS_ROTATE_DAYS", Some("30"), "How many days a signing key signs in the cloud before another one follows it. `0`: none does by itself.");
    KEYS_SIGNERS = Setting::new("KEYS_SIGNERS", None, "The functions of the stack that sign. The template writes it.");
    KEYS_VERIFIERS = Setting::new("KEYS_VERIFIERS", None, "The functions of the stack that verify, with `PUBLIC_KEYS`. The template writes it.");
}
