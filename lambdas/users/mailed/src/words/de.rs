//! German.

use super::Words;

pub(super) static WORDS: Words = Words {
    ask: "Per E-Mail anmelden",
    ask_text: "Geben Sie Ihre E-Mail-Adresse ein. Dorthin geht ein Code, mit dem Sie sich ohne Passwort anmelden.",
    ask_do: "Code senden",
    code: "Geben Sie den Code ein",
    code_text: "Wenn Sie sich mit {address} anmelden können, ist eine E-Mail dorthin unterwegs. Ihr Code gilt zehn Minuten lang in diesem Browser, ebenso ihr Link.",
    code_label: "Code aus sechs Ziffern",
    another: "Neuen Code anfordern",
    link_text: "Sie melden sich mit {address} an.",
};
