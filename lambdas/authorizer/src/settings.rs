//! The authorizer's own settings.

use setting::Setting;

setting::declare! {
    AUTHORIZER_ANSWER = Setting::new("AUTHORIZER_ANSWER", Some("simple"), "What an HTTP API with payload 2.0 expects of the authorizer: `simple` (EnableSimpleResponses) or `policy`. For the other kinds of API it has no effect.");
}
