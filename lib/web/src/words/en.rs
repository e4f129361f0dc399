//! English.

use oauth::Sentence;

use super::{Common, Consent, Device, Errors, Home, Scopes, SignIn, SignOut, Words};

pub(super) static WORDS: Words = Words {
    tag: "en",
    name: "English",
    date: "{day} {month} {year}",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    comma: ", ",
    and: " and ",
    common: Common {
        home: "Home",
        sign_in: "Sign in",
        sign_out: "Sign out",
        sign_out_all: "Sign out of all accounts",
        cancel: "Cancel",
        allow: "Allow",
        deny: "Deny",
        go_on: "Continue",
        start_again: "Start again",
        reload: "Reload",
        one_moment: "One moment",
        other_account: "Use another account",
        not_you: "Not you?",
        signed_in_as: "You are signed in as {who}.",
        this_account: "this account",
        choose_account: "Choose an account",
        go_on_to: "You go on to {place}.",
        asks_to: "It asks to:",
        terms: "Terms",
        privacy: "Privacy",
    },
    home: Home {
        welcome: "Welcome",
        welcome_text: "Sign in to see who you are here and what you may do.",
        signed_out: "You are signed out",
        signed_out_text: "The provider may still know you. Sign in again, with another account if you like.",
        others: "Choose an account that is signed in in this browser",
        account: "Apps and sessions",
        rights: "Your rights",
        roles: "Roles: {roles}",
        none: "none",
        scopes: "Scopes",
        sign_out_only: "Sign out of {who} only",
        not_verified: "not verified",
        signed_in: "Signed in",
        call: "Call the API",
        call_text: "The button copies a command with a fresh access token that is good for ten minutes.",
        copy: "Copy curl command",
        copied: "Copied. Paste it into a terminal.",
        expired: "You are no longer signed in. Please reload the page.",
        no_token: "No token just now. Please try again.",
        refused: "The browser did not allow it.",
        needs_script: "The button needs JavaScript.",
        users: "Users",
        name: "Name",
        email: "E-mail",
        role: "Roles",
        since: "Since",
        newest: "These are the newest; {call} pages through everybody.",
    },
    sign_in: SignIn {
        text: "Choose how you want to sign in.",
        with: "Continue with {provider}",
        last_used: "Last used",
        unfinished: "Your sign-in is still being finished. Reload this page in a few seconds.",
    },
    scopes: Scopes {
        openid: "Recognise you each time you come",
        profile: "See your profile: name, picture and what else is in it, such as your language and your birthday",
        email: "See your e-mail address",
        address: "See your postal address",
        phone: "See your phone number",
        offline: "Keep this access while you are away, until it is revoked",
        usage: "Use {scope}",
        usage_at: "Use {scope} at {api}",
    },
    consent: Consent {
        asks_for_access: "{app} asks for access",
        continue_to: "Continue to {app}?",
        continue_as: "Continue as {who}",
        native: "Go on only if you have just started this in an app on this device.",
        other_needed: "Another account is needed",
        other_needed_text: "{app} expects another account than the one with which you are signed in.",
        again: "Please sign in again",
        again_text: "{app} wants to be sure that it is you.",
        please: "Please sign in",
        go_on_to_app: "You go on to {app} at {place}.",
    },
    device: Device {
        title: "Connect a device",
        compare: "Compare this code with the one that your device shows, and go on only if they are the same.",
        enter: "Enter the code that your device shows.",
        code: "Code",
        asks: "{app} asked for access {when}.",
        asks_from: "{app} asked for access {when}, from {place}.",
        shows: "The device shows the code {code}.",
        confirm: "Connect {app} on another device?",
        now: "less than a minute ago",
        minute: "a minute ago",
        minutes: "{count} minutes ago",
        yourself: "Allow this only if you have just started it yourself, on a device that you have. If somebody sent you the code, they would get this access.",
        denied: "Access denied",
        denied_text: "{app} gets nothing. You can close this page.",
        connected: "Your device is connected",
        connected_text: "{app} goes on by itself in a moment. You can close this page.",
    },
    sign_out: SignOut {
        title: "Sign out?",
        app_asks: "{app} asks to sign you out here.",
        ends: "Signing out here ends it in this browser, also for the apps that you opened with it.",
        others: "Other people are signed in in this browser too: {count} accounts in all.",
        only_this: "Sign out of this one",
        stay: "Stay signed in",
    },
    errors: Errors {
        sign_in: "Please sign in",
        not_allowed: "This is not allowed",
        nothing: "There is nothing here",
        wait: "Please wait a while",
        not_finished: "The sign-in could not be finished",
        unavailable: "This is not available right now",
        fault: "Something went wrong",
        failed: "This did not work",
        open_there: "Open it there",
        report: "If you report this, name the request {id}.",
        detail: "For those who run it:",
        request: "The request was not right.",
        server: "A service that is needed here failed. Please try again later.",
        denied: "You may not do this.",
    },
    refusal,
};

/// With a capital and a full stop, as on a page.
fn refusal(sentence: Sentence) -> &'static str {
    match sentence {
        Sentence::NobodyNamed => "The provider did not say who you are.",
        Sentence::NoSuchProvider => "There is no such provider here.",
        Sentence::TooManySignIns => {
            "Too many sign-ins were begun from here in the last minute: please wait a minute and try again."
        }
        Sentence::Disabled => "This account is disabled.",
        Sentence::PageOfAnotherSignIn => {
            "This page was made for another sign-in, or is too old, so nothing was changed: please open it again."
        }
        Sentence::PageOfAnotherSession => {
            "This page was made for another sign-in, or this browser is signed out since: please start again."
        }
        Sentence::PageOfAnotherLogout => "This page was made for another sign-in: nobody was signed out.",
        Sentence::OnlyOurPages => "Only our own pages may send this request.",
        Sentence::AppRequestOver => {
            "This sign-in has taken too long, or it is finished already: go back to the app and start again there."
        }
        Sentence::DeviceElsewhere => "This page was made for another sign-in: please enter the code again.",
        Sentence::DeviceOver => {
            "This request of a device is decided already, or it has expired: start again on the device."
        }
        Sentence::DeviceSignedOut => "You are signed out: sign in, and enter the code again.",
        Sentence::TriedTooOften => "This was tried too often: please wait and try again later.",
        Sentence::NothingHere => "There is nothing here.",
        Sentence::NoSuchMethod => "This path has no such method.",
        Sentence::Unreadable => "The request cannot be read.",
        Sentence::AddressTooLong => "The address is too long.",
        other => other.english(),
    }
}
