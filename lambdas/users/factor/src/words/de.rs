//! German.

use super::Words;

pub(super) static WORDS: Words = Words {
    step: "Geben Sie den Code ein",
    step_text: "Öffnen Sie auf Ihrem Gerät die App, die Ihre Codes erzeugt.",
    code: "Code aus sechs Ziffern",
    use_passkey: "Passkey verwenden",
    passkey_text: "Entsperren Sie Ihr Gerät, oder benutzen Sie Ihren Sicherheitsschlüssel, um zu zeigen, dass Sie es sind.",
    passkey_script: "Ein Passkey braucht JavaScript: Schalten Sie es in Ihrem Browser ein, und laden Sie diese Seite neu.",
    recover: "Ist das Gerät nicht da?",
    recovery_code: "Ersatzcode",
    recovered: "Sie sind angemeldet",
    recovered_text: "Richten Sie bald ein anderes Gerät ein, oder erzeugen Sie neue Ersatzcodes.",
    left: "Übrige Ersatzcodes: {count}.",
    title: "Zweiter Faktor",
    removed: "Ihr zweiter Faktor wurde entfernt.",
    setup_text: "Lesen Sie dieses Bild mit einer App ein, die Codes erzeugt, und geben Sie den Code ein, den sie zeigt. Von da an fragt jede Anmeldung nach einem.",
    needed: "Diese Anmeldung braucht einen zweiten Faktor, und Sie haben noch keinen. Richten Sie einen ein, um fortzufahren.",
    picture: "Bild für die App",
    key: "Oder tippen Sie diesen Schlüssel in die App",
    add: "Einschalten",
    codes: "Ihre Ersatzcodes",
    codes_text: "Ihr zweiter Faktor ist eingeschaltet. Bewahren Sie diese Codes sicher auf: Jeder lässt Sie einmal herein, wenn Sie das Gerät verlieren, und sie werden nicht noch einmal gezeigt.",
    has: "Sie haben einen zweiten Faktor seit dem",
    prove: "Um hier etwas zu ändern, geben Sie einen Code der App oder einen Ersatzcode ein.",
    any_code: "Code oder Ersatzcode",
    renew: "Neue Ersatzcodes erzeugen",
    remove: "Den zweiten Faktor entfernen",
    again_text: "Das ist nur für jemanden, der sich in den letzten fünf Minuten angemeldet hat. Danach sind Sie wieder hier.",
};
