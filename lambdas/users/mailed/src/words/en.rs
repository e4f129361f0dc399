//! English.

use super::Words;

pub(super) static WORDS: Words = Words {
    ask: "Sign in by e-mail",
    ask_text: "Type your e-mail address. A code goes there by which you sign in, without a password.",
    ask_do: "Send me a code",
    code: "Type the code",
    code_text: "If you can sign in with {address}, a mail is on its way there. Its code works for ten minutes, in this browser, and so does its link.",
    code_label: "Code of six digits",
    another: "Ask for a new code",
    link_text: "You sign in with {address}.",
};
