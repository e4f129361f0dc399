//! German.

use super::{Mails, Words};

pub(super) static WORDS: Words = Words {
    tag: "de",
    mails: Mails {
        reset: "Neues Passwort wählen",
        reset_text: "Jemand, vermutlich Sie selbst, möchte bei {brand} ein neues Passwort wählen.",
        reset_do: "Neues Passwort wählen",
        prove: "Bestätigen Sie Ihre E-Mail-Adresse",
        prove_text: "Jemand, vermutlich Sie selbst, hat diese E-Mail-Adresse bei {brand} angegeben. Bitte bestätigen Sie, dass sie Ihnen gehört.",
        prove_do: "Diese Adresse bestätigen",
        sign_in_do: "Anmelden",
        code: "Ihr Code zum Anmelden",
        code_text: "Mit diesem Code melden Sie sich bei {brand} an:",
        code_link: "Auf dem Gerät, auf dem Sie den Code angefordert haben, können Sie statt des Codes auch dem Link folgen. Er gilt nur in dem Browser, in dem Sie ihn angefordert haben.",
        known: "Sie haben schon ein Konto",
        known_text: "Jemand, vermutlich Sie selbst, wollte bei {brand} mit dieser E-Mail-Adresse ein Konto anlegen. Es gibt schon eines, und daran wurde nichts geändert. Melden Sie sich an wie bisher, oder wählen Sie dort ein neues Passwort.",
        known_do: "Anmelden",
        changed: "Ihr Passwort wurde geändert",
        changed_text: "Das Passwort Ihres Kontos bei {brand} wurde geändert.",
        added: "Eine Anmeldemöglichkeit kam hinzu",
        added_text: "Zu Ihrem Konto bei {brand} kam dies hinzu, und es kann beim Anmelden benutzt werden:",
        removed: "Eine Anmeldemöglichkeit wurde entfernt",
        removed_text: "Von Ihrem Konto bei {brand} wurde dies entfernt, und es kann beim Anmelden nicht mehr benutzt werden:",
        app: "Codes einer App und Ersatzcodes",
        passkey: "Der Passkey {name}",
        password: "Ein Passwort",
        all: "Alle zweiten Faktoren und Passkeys",
        look: "Ihr Konto ansehen",
        link_counts: "Der Link gilt {minutes} Minuten lang und nur einmal.",
        code_counts: "Der Code gilt {minutes} Minuten lang und nur einmal. Geben Sie ihn niemandem: Niemand von {brand} wird Sie danach fragen.",
        ignore: "Wenn Sie das nicht waren, brauchen Sie nichts zu tun. Dann geschieht nichts.",
        not_you: "Wenn Sie das nicht waren, benutzt vielleicht jemand anderes Ihr Konto. Melden Sie sich an, wählen Sie ein neues Passwort und beenden Sie alle anderen Sitzungen.",
        by_others: "Das hat jemand getan, der {brand} betreut, weil in Ihrem Namen darum gebeten wurde; Sie wurden dabei überall abgemeldet. Wenn nicht Sie darum gebeten haben, sagen Sie dort sofort Bescheid.",
        footer: "{brand} hat diese Mail geschickt, weil diese E-Mail-Adresse auf {address} angegeben wurde.",
    },
};
