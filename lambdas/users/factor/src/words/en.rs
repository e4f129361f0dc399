//! English.

use super::Words;

pub(super) static WORDS: Words = Words {
    step: "Enter the code",
    step_text: "Open the app on your device that makes your codes.",
    code: "Code of six digits",
    use_passkey: "Use a passkey",
    passkey_text: "Unlock your device, or use your security key, to show that it is you.",
    passkey_script: "A passkey needs JavaScript: turn it on in your browser, and reload this page.",
    recover: "The device is not there?",
    recovery_code: "Recovery code",
    recovered: "You are signed in",
    recovered_text: "Set up another device soon, or make new recovery codes.",
    left: "Recovery codes that are left: {count}.",
    title: "Second factor",
    removed: "Your second factor was removed.",
    setup_text: "Read this picture with an app that makes codes, and enter the code that it shows. From then on each sign-in asks for one.",
    needed: "This sign-in needs a second factor, and you have none yet. Set one up to go on.",
    picture: "Picture for the app",
    key: "Or type this key into the app",
    add: "Turn it on",
    codes: "Your recovery codes",
    codes_text: "Your second factor is on. Keep these codes in a safe place: each lets you in once if you lose the device, and they are not shown again.",
    has: "You have had a second factor since",
    prove: "To change something here, enter a code of the app or a recovery code.",
    any_code: "Code or recovery code",
    renew: "Make new recovery codes",
    remove: "Remove the second factor",
    again_text: "This is only for somebody who has signed in within the last five minutes. Afterwards you are back here.",
};
