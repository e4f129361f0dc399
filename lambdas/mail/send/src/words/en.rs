//! English.

use super::{Mails, Words};

pub(super) static WORDS: Words = Words {
    tag: "en",
    mails: Mails {
        reset: "Choose a new password",
        reset_text: "Somebody, probably you, wants to choose a new password at {brand}.",
        reset_do: "Choose a new password",
        prove: "Confirm your e-mail address",
        prove_text: "Somebody, probably you, has given this e-mail address at {brand}. Please confirm that it is yours.",
        prove_do: "Confirm this address",
        sign_in_do: "Sign in",
        code: "Your code to sign in",
        code_text: "With this code you sign in at {brand}:",
        code_link: "On the device on which you asked for it, you can follow the link instead of typing the code. It works only in the browser in which you asked.",
        known: "You already have an account",
        known_text: "Somebody, probably you, wanted to create an account at {brand} with this e-mail address. There is one already, and nothing was changed. Sign in as you did before, or choose a new password there.",
        known_do: "Sign in",
        changed: "Your password was changed",
        changed_text: "The password of your account at {brand} was changed.",
        added: "A way to sign in was added",
        added_text: "This was added to your account at {brand}, and can be used when you sign in:",
        removed: "A way to sign in was removed",
        removed_text: "This was removed from your account at {brand}, and can no longer be used when you sign in:",
        app: "Codes of an app, and recovery codes",
        passkey: "The passkey {name}",
        password: "A password",
        all: "All second factors and passkeys",
        look: "Look at your account",
        link_counts: "The link works for {minutes} minutes, and once.",
        code_counts: "The code works for {minutes} minutes, and once. Tell it to nobody: nobody at {brand} will ask you for it.",
        ignore: "If this was not you, you can ignore this mail. Nothing happens then.",
        not_you: "If this was not you, somebody else may be using your account. Sign in, choose a new password, and end all other sessions.",
        by_others: "Somebody who looks after {brand} did this, because somebody asked for it in your name, and signed you out everywhere. If it was not you who asked, tell them at once.",
        footer: "{brand} sent this mail because this e-mail address was given at {address}.",
    },
};
