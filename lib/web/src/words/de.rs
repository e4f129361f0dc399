//! German.

use oauth::Sentence;

use super::{
    Account, Claims, Common, Consent, Device, Errors, Home, Passkeys, Passwords, Scopes, SignIn, SignOut,
    Trail, Words,
};

pub(super) static WORDS: Words = Words {
    tag: "de",
    name: "Deutsch",
    date: "{day}. {month} {year}",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    comma: ", ",
    and: " und ",
    common: Common {
        home: "Startseite",
        sign_in: "Anmelden",
        sign_out: "Abmelden",
        sign_out_all: "Von allen Konten abmelden",
        cancel: "Abbrechen",
        allow: "Zulassen",
        deny: "Ablehnen",
        go_on: "Weiter",
        start_again: "Neu beginnen",
        reload: "Neu laden",
        one_moment: "Einen Moment bitte",
        other_account: "Anderes Konto verwenden",
        not_you: "Sind Sie das nicht?",
        signed_in_as: "Sie sind als {who} angemeldet.",
        this_account: "dieses Konto",
        choose_account: "Konto auswählen",
        go_on_to: "Es geht weiter zu {place}.",
        asks_to: "Die App möchte:",
        terms: "Nutzungsbedingungen",
        privacy: "Datenschutz",
    },
    home: Home {
        welcome: "Willkommen",
        welcome_text: "Melden Sie sich an, um zu sehen, wer Sie hier sind und was Sie tun dürfen.",
        signed_out: "Sie sind abgemeldet",
        signed_out_text: "Der Anbieter kennt Sie möglicherweise noch. Sie können sich wieder anmelden, auch mit einem anderen Konto.",
        others: "Ein Konto auswählen, das in diesem Browser angemeldet ist",
        account: "Apps und Sitzungen",
        console: "Personen und Rechte",
        rights: "Ihre Rechte",
        roles: "Rollen: {roles}",
        none: "keine",
        scopes: "Berechtigungen",
        sign_out_only: "Nur {who} abmelden",
        not_verified: "nicht bestätigt",
        signed_in: "Angemeldet",
        call: "API aufrufen",
        call_text: "Die Schaltfläche kopiert einen Befehl mit einem neuen Zugriffstoken, das zehn Minuten gilt.",
        copy: "curl-Befehl kopieren",
        copied: "Kopiert. Fügen Sie den Befehl in ein Terminal ein.",
        expired: "Sie sind nicht mehr angemeldet. Bitte laden Sie die Seite neu.",
        no_token: "Gerade gibt es kein Token. Bitte versuchen Sie es noch einmal.",
        refused: "Der Browser hat es nicht erlaubt.",
        needs_script: "Die Schaltfläche benötigt JavaScript.",
        users: "Personen",
        name: "Name",
        email: "E-Mail-Adresse",
        role: "Rollen",
        since: "Seit",
        newest: "Das sind die neuesten; {call} blättert durch alle.",
    },
    sign_in: SignIn {
        text: "Wählen Sie, wie Sie sich anmelden möchten.",
        with: "Weiter mit {provider}",
        at: "Mit {provider} anmelden",
        last_used: "Zuletzt verwendet",
        unfinished: "Ihre Anmeldung wird noch abgeschlossen. Laden Sie diese Seite in einigen Sekunden neu.",
        mailed: "Code per E-Mail anfordern",
        mailed_way: "Code per E-Mail",
    },
    passkeys: Passkeys {
        title: "Passkeys verwalten",
        text: "Mit einem Passkey melden Sie sich mit der Sperre Ihres Geräts oder einem Sicherheitsschlüssel an, ohne Namen und Passwort.",
        none: "Sie haben noch keinen Passkey.",
        stale: "Um einen Passkey hinzuzufügen, umzubenennen oder zu entfernen, melden Sie sich zuerst noch einmal an.",
        since: "Seit {day}.",
        used: "Zuletzt benutzt am {day}.",
        unused: "Noch nie benutzt.",
        synced: "Ihr Passwortmanager bewahrt ihn ebenfalls auf.",
        name: "Bezeichnung",
        rename: "Umbenennen",
        rename_of: "{name} umbenennen",
        remove_of: "{name} entfernen",
        add: "Passkey hinzufügen",
        needs_script: "Ein Passkey kann nur mit JavaScript hinzugefügt werden.",
        added: "Der Passkey wurde hinzugefügt.",
        renamed: "Der Passkey heißt jetzt anders.",
        removed: "Der Passkey wurde entfernt. Löschen Sie ihn auch in Ihrem Passwortmanager oder auf Ihrem Gerät.",
        known: "Dieses Gerät hat schon einen Passkey von Ihnen.",
        sign_in: "Mit einem Passkey anmelden",
    },
    passwords: Passwords {
        login: "E-Mail-Adresse oder Benutzername",
        password: "Passwort",
        other_ways: "Andere Wege, sich anzumelden",
        or: "oder",
        register: "Konto anlegen",
        register_text: "Wählen Sie eine E-Mail-Adresse oder einen Benutzernamen und ein Passwort.",
        register_do: "Konto anlegen",
        register_ask: "Noch kein Konto?",
        called: "Ihr Name (freiwillig)",
        rules: "Mindestens 8 Zeichen. Auch Leerzeichen und alle anderen Zeichen zählen; ein Passwortmanager kann eines für Sie erzeugen.",
        sign_in_with: "Mit einem Passwort anmelden",
        registered: "Sie können sich jetzt anmelden",
        registered_text: "Wenn es mit dieser Adresse noch kein Konto gab, gibt es jetzt eines. Wenn Sie schon eines hatten, wurde nichts geändert: Melden Sie sich mit Ihrem Passwort an.",
        change: "Passwort ändern",
        change_text: "Danach sind Sie in allen anderen Browsern abgemeldet, und Apps verlieren ihren Zugriff.",
        change_do: "Passwort ändern",
        current: "Bisheriges Passwort",
        new: "Neues Passwort",
        again: "Neues Passwort noch einmal",
        changed: "Ihr Passwort wurde geändert.",
        none: "Sie haben hier kein Passwort. Sie melden sich bei einem Anbieter an.",
        forgotten: "Passwort vergessen?",
        forgotten_text: "Geben Sie die E-Mail-Adresse Ihres Kontos ein. Dorthin geht eine E-Mail mit einem Link, über den Sie ein anderes Passwort wählen.",
        forgotten_do: "E-Mail senden",
        sent: "Sehen Sie in Ihre E-Mails",
        sent_text: "Wenn jemand ein Konto mit dieser Adresse hat, ist eine E-Mail unterwegs. Ihr Link gilt 30 Minuten. Wenn nichts kommt, sehen Sie bei den unerwünschten E-Mails nach, oder versuchen Sie es mit einer anderen Adresse.",
        reset: "Neues Passwort wählen",
        reset_text: "Danach sind Sie überall abgemeldet, und Apps verlieren ihren Zugriff.",
        reset_done: "Sie sind überall abgemeldet. Melden Sie sich mit dem neuen Passwort an.",
        prove: "E-Mail-Adresse bestätigen",
        prove_text: "Wenn Sie hier ein Konto mit dieser Adresse angelegt haben, geben Sie das Passwort ein, das Sie dabei gewählt haben. Wenn nicht, schließen Sie diese Seite: Es geschieht nichts.",
        proven: "Ihre E-Mail-Adresse ist bestätigt",
        proven_text: "Von jetzt an gilt die Adresse als Ihre.",
        registered_mailed: "An die Adresse wurde eine E-Mail gesendet: Folgen Sie dem Link darin, um zu bestätigen, dass die Adresse Ihnen gehört.",
        prove_mail: "E-Mail zur Bestätigung der Adresse senden",
        prove_mailed: "Wenn die Adresse noch nicht bestätigt ist, ist eine E-Mail unterwegs.",
        add: "Passwort hinzufügen",
        add_text: "Danach melden Sie sich auch mit {address} und diesem Passwort an. Was Sie haben, bleibt, und niemand wird abgemeldet.",
        add_stale: "Um ein Passwort hinzuzufügen, melden Sie sich zuerst noch einmal an.",
        added: "Ihr Passwort wurde hinzugefügt. Sie können sich von jetzt an damit anmelden.",
    },
    scopes: Scopes {
        openid: "Sie bei jedem Besuch wiedererkennen",
        profile: "Ihr Profil sehen: Name, Bild und weitere Angaben wie Sprache und Geburtstag",
        email: "Ihre E-Mail-Adresse sehen",
        address: "Ihre Postanschrift sehen",
        phone: "Ihre Telefonnummer sehen",
        offline: "Diesen Zugriff auch in Ihrer Abwesenheit behalten, bis er widerrufen wird",
        usage: "{scope} verwenden",
        usage_at: "{scope} bei {api} verwenden",
    },
    consent: Consent {
        asks_for_access: "{app} bittet um Zugriff",
        continue_to: "Weiter zu {app}?",
        continue_as: "Als {who} fortfahren",
        native: "Fahren Sie nur fort, wenn Sie dies gerade selbst in einer App auf diesem Gerät begonnen haben.",
        other_needed: "Ein anderes Konto wird benötigt",
        other_needed_text: "{app} erwartet ein anderes Konto als das, mit dem Sie angemeldet sind.",
        again: "Bitte melden Sie sich erneut an",
        again_text: "{app} möchte sicher sein, dass Sie es sind.",
        please: "Bitte melden Sie sich an",
        go_on_to_app: "Es geht weiter zu {app} auf {place}.",
    },
    device: Device {
        title: "Gerät verbinden",
        compare: "Vergleichen Sie diesen Code mit dem, den Ihr Gerät anzeigt. Fahren Sie nur fort, wenn beide übereinstimmen.",
        enter: "Geben Sie den Code ein, den Ihr Gerät anzeigt.",
        code: "Gerätecode",
        asks: "{app} hat {when} um Zugriff gebeten.",
        asks_from: "{app} hat {when} um Zugriff gebeten, von {place}.",
        shows: "Das Gerät zeigt den Code {code}.",
        confirm: "{app} auf einem anderen Gerät verbinden?",
        now: "vor weniger als einer Minute",
        minute: "vor einer Minute",
        minutes: "vor {count} Minuten",
        yourself: "Lassen Sie dies nur zu, wenn Sie es gerade selbst auf einem Ihrer Geräte begonnen haben. Hat Ihnen jemand den Code geschickt, bekäme diese Person den Zugriff.",
        denied: "Zugriff abgelehnt",
        denied_text: "{app} erhält keinen Zugriff. Sie können diese Seite schließen.",
        connected: "Ihr Gerät ist verbunden",
        connected_text: "{app} macht gleich von selbst weiter. Sie können diese Seite schließen.",
    },
    account: Account {
        title: "Ihr Konto",
        apps: "Apps mit Zugriff",
        no_apps: "Keine App hat Zugriff auf Ihre Daten.",
        more_apps: "Weitere Apps",
        gone: "Diese App ist nicht mehr registriert.",
        since: "Seit {day}.",
        renewed: "Zuletzt erneuert am {day}.",
        access_none: "Sie hat zurzeit keinen Zugriff und bekommt ihn ohne Nachfrage, wenn Sie sich bei ihr anmelden.",
        access_until: "Der Zugriff endet, wenn Sie sich abmelden.",
        access_stays: "Der Zugriff bleibt, wenn Sie sich abmelden.",
        remove_access: "Zugriff entfernen",
        remove_access_of: "Zugriff von {app} entfernen",
        sign_ins: "So melden Sie sich an",
        first: "Ihr Name und Ihre Adresse kommen von hier.",
        remove: "Entfernen",
        remove_sign_in: "Anmeldung mit {provider} entfernen",
        second_factor: "Zweiter Faktor",
        more_ways: "Mit einer weiteren kommen Sie auch dann herein, wenn Sie diese verlieren. Eine Adresse allein verknüpft nichts: Sie melden sich dort einmal an.",
        link: "{provider} verknüpfen",
        sessions: "Wo Sie angemeldet sind",
        this_browser: "dieser Browser",
        session: "Seit {since}. Zuletzt benutzt etwa {used}.",
        session_from: "Seit {since}, von {place}. Zuletzt benutzt etwa {used}.",
        end: "Beenden",
        end_of: "Sitzung von {device} beenden",
        earlier: "Früher",
        ended_at: "Beendet {at}.",
        ended_with_all: "Beendet, als Sie sich überall abgemeldet haben.",
        device_on: "{browser} auf {system}",
        unknown_device: "Ein unbekannter Browser",
        accounts: "Konten in diesem Browser",
        accounts_text: "Diese Konten sind in diesem Browser noch angemeldet.",
        in_use: "in Benutzung",
        use_this: "Dieses Konto verwenden",
        use_this_of: "Dieses Konto verwenden: {who}",
        sign_out_of: "{who} abmelden",
        data: "Was über Sie gespeichert ist",
        data_from: "Name, Adresse und Bild kommen von {provider}. Sie werden bei jeder Anmeldung damit neu gelesen.",
        picture: "Bild",
        roles: "Ihre Rollen",
        first_sign_in: "Erste Anmeldung",
        latest: "Letzte Anmeldung",
        number: "Ihre Nummer hier",
        download: "Als Datei herunterladen",
        everywhere: "Überall abmelden",
        everywhere_text: "Damit enden alle Ihre Sitzungen in allen Browsern und der Zugriff aller Apps.",
        everywhere_ask: "Überall abmelden?",
        everywhere_ends: "Alle Sitzungen von {who} in allen Browsern enden, und ebenso der Zugriff aller Apps, auch der, der nach dem Abmelden bleibt.",
        everywhere_kept: "Ihre Zustimmungen bleiben gespeichert: Eine App, bei der Sie sich wieder anmelden, fragt nicht noch einmal.",
        delete: "Ihr Konto löschen",
        delete_text: "Alles, was über Sie gespeichert ist, wird gelöscht, und niemand kann es zurückholen.",
        delete_ask: "Ihr Konto löschen?",
        delete_ends: "Alle Ihre Sitzungen in allen Browsern, der Zugriff aller Apps und alles, was über Sie gespeichert ist, verschwinden sofort. Das lässt sich nicht rückgängig machen. Wer sich danach mit Ihrem Anbieter anmeldet, ist jemand Neues.",
        delete_type: "Geben Sie {what} ein, um Ihr Konto zu löschen",
        delete_do: "Mein Konto löschen",
        delete_wrong: "Ihre Eingabe stimmt nicht überein. Es wurde nichts gelöscht.",
        again: "Bitte melden Sie sich erneut an",
        again_text: "Das geht nur, wenn Sie sich in den letzten fünf Minuten angemeldet haben. Danach sind Sie wieder auf Ihrer Kontoseite.",
        again_never: "Diese schicken Sie ohne Nachfrage zurück, solange sie Sie kennen: {providers}.",
        again_do: "Erneut anmelden",
        link_text: "Melden Sie sich bei {provider} mit dem Konto an, das Sie verknüpfen möchten. Von da an führt es auch zu {who}.",
        link_go: "Weiter zu {provider}",
        done_ended: "Die Sitzung ist beendet.",
        done_removed: "Der Zugriff wurde entfernt.",
        done_linked: "Die neue Anmeldung ist verknüpft: Sie können sie von nun an auch verwenden.",
        done_unlinked: "Die Anmeldung wurde entfernt. Falls jemand anderes sie hatte, melden Sie sich auch überall ab: Was damit geöffnet wurde, bleibt bis dahin offen.",
        done_last: "Das ist Ihre einzige Anmeldung, deshalb bleibt sie. Verknüpfen Sie zuerst eine andere.",
    },
    claims: Claims {
        given_name: "Vorname",
        family_name: "Nachname",
        middle_name: "Weitere Vornamen",
        nickname: "Spitzname",
        preferred_username: "Benutzername",
        profile: "Profilseite",
        website: "Webseite",
        gender: "Geschlecht",
        birthdate: "Geburtstag",
        zoneinfo: "Zeitzone",
        locale: "Sprache",
        phone_number: "Telefonnummer",
        address: "Postanschrift",
        updated_at: "Beim Anbieter geändert",
    },
    trail: Trail {
        title: "Was mit Ihrem Konto geschah",
        text: "Was Ihr Konto und Ihre Rechte verändert hat, durch wen und wann. Es wird begrenzte Zeit aufbewahrt. Ihre Anmeldungen stehen auf der Seite Ihres Kontos.",
        none: "Nichts dergleichen ist über Sie festgehalten.",
        earlier: "Früher",
        back: "Zurück zu Ihrem Konto",
        by_you: "Durch Sie.",
        by_you_from: "Durch Sie, von {place}.",
        by_admin: "Durch die Verwaltung.",
        by_app: "Durch die App {app}.",
        by_operator: "Durch die Betreiber dieses Dienstes.",
        by_latchkey: "Durch diesen Dienst selbst.",
        session_ended: "Eine Sitzung wurde beendet.",
        signed_out: "Sie wurden überall abgemeldet.",
        token_reused: "Ein verbrauchtes Token kam noch einmal, deshalb endete der Zugriff der App: Jemand anderes hatte vielleicht eine Kopie davon.",
        code_reused: "Ein verbrauchter Code kam noch einmal, deshalb endete der Zugriff der App: Jemand anderes hatte vielleicht eine Kopie davon.",
        added: "Ihr Konto wurde angelegt.",
        changed: "Über Sie gespeicherte Angaben wurden geändert.",
        roles: "Ihre Rollen von da an: {roles}.",
        roles_none: "Alle Rollen wurden Ihnen entzogen.",
        entitlements: "Ihre Ansprüche von da an: {entitlements}.",
        entitlements_none: "Alle Ansprüche wurden Ihnen entzogen.",
        bought: "Sie haben bekommen, was Sie gekauft haben.",
        refunded: "Was erstattet wurde, wurde zurückgenommen.",
        password: "Ihr Passwort wurde geändert, und Sie wurden überall abgemeldet.",
        proven: "Ihre E-Mail-Adresse wurde durch eine E-Mail bestätigt.",
        disabled: "Ihr Konto wurde gesperrt.",
        enabled: "Ihr Konto wurde wieder freigegeben.",
        exported: "Über Sie gespeicherte Daten wurden exportiert.",
        linked: "Eine weitere Anmeldung wurde verknüpft.",
        passkey_added: "Ein Passkey wurde hinzugefügt, mit dem Sie sich anmelden können.",
        passkey_removed: "Ein Passkey wurde entfernt.",
        passkey_copied: "Ein Passkey wurde abgelehnt, weil es eine Kopie von ihm geben kann: Entfernen Sie ihn, wenn Sie nicht wissen, warum.",
        factor_added: "Ein zweiter Faktor wurde hinzugefügt.",
        factor_removed: "Ihr zweiter Faktor wurde entfernt.",
        codes_made: "Neue Ersatzcodes wurden erzeugt; die alten gelten nicht mehr.",
        unlinked: "Eine Anmeldung wurde entfernt.",
        other: "Etwas anderes: {what}.",
    },
    sign_out: SignOut {
        title: "Abmelden?",
        app_asks: "{app} möchte Sie hier abmelden.",
        ends: "Damit sind Sie in diesem Browser abgemeldet, auch bei den Apps, die Sie mit dieser Anmeldung geöffnet haben.",
        others: "In diesem Browser sind auch andere Personen angemeldet: insgesamt {count} Konten.",
        only_this: "Nur dieses Konto abmelden",
        stay: "Angemeldet bleiben",
    },
    errors: Errors {
        sign_in: "Bitte melden Sie sich an",
        not_allowed: "Das ist nicht erlaubt",
        nothing: "Hier gibt es nichts",
        wait: "Bitte warten Sie ein wenig",
        not_finished: "Die Anmeldung konnte nicht abgeschlossen werden",
        unavailable: "Das ist gerade nicht verfügbar",
        fault: "Etwas ist schiefgegangen",
        failed: "Das hat nicht geklappt",
        open_there: "Dort öffnen",
        report: "Wenn Sie dies melden, nennen Sie die Anfrage {id}.",
        detail: "Für die Betreiber:",
        request: "Die Anfrage war nicht richtig.",
        server: "Ein Dienst, der hier gebraucht wird, ist ausgefallen. Bitte versuchen Sie es später noch einmal.",
        denied: "Das dürfen Sie nicht tun.",
    },
    refusal,
};

fn refusal(sentence: Sentence) -> &'static str {
    match sentence {
        Sentence::Declined => {
            "Sie haben dem Anbieter nicht erlaubt, Sie anzumelden. Beginnen Sie neu, wenn Sie möchten."
        }
        Sentence::NotAllowedThere => {
            "Der Anbieter lässt dieses Konto hier nicht zu. Beginnen Sie mit einem anderen Konto neu, oder fragen Sie die Administration des Anbieters."
        }
        Sentence::TookTooLongThere => "Beim Anbieter hat es zu lange gedauert. Bitte beginnen Sie neu.",
        Sentence::ProviderAsks => {
            "Der Anbieter möchte Sie etwas fragen, bevor er Sie anmeldet. Bitte beginnen Sie neu."
        }
        Sentence::CodeSpent => {
            "Der Anbieter hat diese Anmeldung nicht mehr angenommen. Bitte beginnen Sie neu."
        }
        Sentence::BadlyRegistered => {
            "Der Anbieter akzeptiert nicht, wie diese Website um Ihre Anmeldung bittet. Bitte informieren Sie die Administration dieser Website."
        }
        Sentence::ProviderCannot => "Der Anbieter konnte Sie nicht anmelden. Bitte beginnen Sie neu.",
        Sentence::ProviderAnswersOddly => {
            "Der Anbieter hat eine Antwort gegeben, die wir nicht verstehen. Bitte beginnen Sie neu."
        }
        Sentence::ProviderUnreachable => {
            "Der Anbieter ist im Moment nicht erreichbar. Bitte beginnen Sie gleich noch einmal."
        }
        Sentence::ProviderSlow => "Der Anbieter hat nicht rechtzeitig geantwortet. Bitte beginnen Sie neu.",
        Sentence::Unverified => {
            "Die Antwort des Anbieters konnte nicht überprüft werden. Bitte beginnen Sie neu."
        }
        Sentence::IncompleteAnswer => "Die Antwort des Anbieters ist unvollständig. Bitte beginnen Sie neu.",
        Sentence::AnotherProviderAnswers => {
            "Die Antwort kommt von einem anderen Anbieter. Bitte beginnen Sie neu."
        }
        Sentence::NobodyNamed => "Der Anbieter hat nicht mitgeteilt, wer Sie sind.",
        Sentence::NoFreshSignIn => {
            "Der Anbieter hat keine neue Anmeldung verlangt, und die App, von der Sie kommen, besteht darauf. Melden Sie sich beim Anbieter ab, und beginnen Sie neu."
        }
        Sentence::NoSuchProvider => "Diesen Anbieter gibt es hier nicht.",
        Sentence::AnotherLogin => {
            "Diese Anmeldung gehört nicht zu diesem Browser, oder sie ist vorbei. Bitte beginnen Sie neu."
        }
        Sentence::LoginTooOld => "Diese Anmeldung hat zu lange gedauert. Bitte beginnen Sie neu.",
        Sentence::LoginUsed => "Diese Anmeldung wurde bereits verwendet. Bitte beginnen Sie neu.",
        Sentence::BegunElsewhere => {
            "Diese Anmeldung wurde bei einem anderen Anbieter begonnen. Bitte beginnen Sie neu."
        }
        Sentence::NotStartedHere => {
            "Diese Anmeldung wurde nicht in diesem Browser begonnen, oder sie hat zu lange gedauert. Bitte beginnen Sie hier neu. Ein Link, den Sie von einem Programm oder einer anderen Person haben, funktioniert nur dort, wo er entstanden ist."
        }
        Sentence::CouldNotFinish => {
            "Diese Anmeldung konnte nicht abgeschlossen werden. Bitte beginnen Sie neu."
        }
        Sentence::NotFinished => "Diese Anmeldung wurde nicht abgeschlossen. Bitte beginnen Sie neu.",
        Sentence::SessionEnded => "Die Sitzung dieser Anmeldung ist beendet. Bitte beginnen Sie neu.",
        Sentence::SignedInSince => {
            "Sie haben sich seitdem in diesem Browser erneut angemeldet, und das gilt."
        }
        Sentence::TooManySignIns => {
            "Von hier aus wurden in der letzten Minute zu viele Anmeldungen begonnen. Bitte warten Sie eine Minute, und versuchen Sie es noch einmal."
        }
        Sentence::NotAdmitted => {
            "Dieses Konto darf sich hier nicht anmelden. Beginnen Sie mit einem anderen neu."
        }
        Sentence::Disabled => "Dieses Konto ist gesperrt.",
        Sentence::LinkTooOld => {
            "Dieser Link ist nicht von Ihrer Kontoseite, oder er ist zu alt. Bitte beginnen Sie dort neu."
        }
        Sentence::LinkElsewhere => {
            "Sie sind hier nicht in der Sitzung angemeldet, in der Sie begonnen haben. Bitte beginnen Sie auf Ihrer Kontoseite neu."
        }
        Sentence::LinkSignedOut => {
            "Die Sitzung, in der Sie begonnen haben, ist beendet. Es wurde nichts verknüpft."
        }
        Sentence::LinkUsed => {
            "Das wurde bereits verwendet. Öffnen Sie Ihre Kontoseite, und beginnen Sie neu. Es wurde nichts verknüpft."
        }
        Sentence::LinkOfSomebodyElse => {
            "Das Konto, das Sie dort gewählt haben, gehört hier bereits zu jemand anderem und wurde deshalb nicht verknüpft. Wenn auch das Sie sind, melden Sie sich damit an, löschen Sie jenes Konto auf dessen Kontoseite, und verknüpfen Sie es von hier aus noch einmal."
        }
        Sentence::LinkTooMany => {
            "Dieses Konto hat zehn verknüpfte Anmeldungen, mehr sind nicht möglich. Entfernen Sie zuerst eine."
        }
        Sentence::LastAdminYourself => {
            "Nach Ihnen gäbe es niemanden mehr in der Administration: Geben Sie zuerst jemand anderem die Rolle admin. Es wurde nichts gelöscht."
        }
        Sentence::NameUnusable => {
            "Das ist weder eine E-Mail-Adresse noch ein Benutzername. Ein Benutzername hat 3 bis 64 Buchstaben, Ziffern, Punkte, Bindestriche und Unterstriche."
        }
        Sentence::BadCombination => "Der Name oder das Passwort ist falsch.",
        Sentence::PasswordShort => "Dieses Passwort ist zu kurz: Es muss mindestens 8 Zeichen haben.",
        Sentence::PasswordLong => "Dieses Passwort ist zu lang: Es darf höchstens 1.024 Bytes haben.",
        Sentence::PasswordCommon => "Dieses Passwort gehört zu den häufigsten: Wählen Sie ein anderes.",
        Sentence::PasswordOwn => {
            "Dieses Passwort besteht aus Ihrem Namen, Ihrer Adresse oder dem Namen dieser Seite: Wählen Sie ein anderes."
        }
        Sentence::PasswordDiffers => "Die beiden neuen Passwörter sind nicht gleich.",
        Sentence::PasswordThere => "Dieses Konto hat schon ein Passwort.",
        Sentence::PasswordNeedsAddress => {
            "Ein Passwort braucht eine E-Mail-Adresse, die nachweislich Ihre ist, und dieses Konto hat keine."
        }
        Sentence::PasswordElsewhere => {
            "Ihre E-Mail-Adresse gehört hier zu einem anderen Konto, oder eines wartet auf sie. Deshalb kann für sie kein Passwort hinzugefügt werden."
        }
        Sentence::UserNameTaken => "Dieser Benutzername ist vergeben: Wählen Sie einen anderen.",
        Sentence::NoSignUp => "Hier kann niemand selbst ein Konto anlegen.",
        Sentence::LinkDead => {
            "Dieser Link gilt nicht mehr: Er wurde benutzt, ist älter als 30 Minuten, oder es wurde eine neuere E-Mail gesendet. Fordern Sie eine andere an."
        }
        Sentence::MailedCode => {
            "Dieser Code ist falsch, schon benutzt, älter als zehn Minuten oder wurde in einem anderen Browser angefordert. Fordern Sie einen neuen an."
        }
        Sentence::MailedLink => {
            "Dieser Link gilt einmal, zehn Minuten lang und nur in dem Browser, in dem Sie ihn angefordert haben. Gehen Sie dorthin zurück und geben Sie den Code aus der E-Mail ein, oder fordern Sie hier eine neue E-Mail an."
        }
        Sentence::PasskeyOver => {
            "Das hat zu lange gedauert oder wurde schon beantwortet: Bitte versuchen Sie es noch einmal."
        }
        Sentence::PasskeyRefused => {
            "Dieser Passkey kann hier nicht benutzt werden: Versuchen Sie es noch einmal, oder melden Sie sich anders an."
        }
        Sentence::PasskeyNotAdded => {
            "Der Passkey konnte nicht hinzugefügt werden: Bitte versuchen Sie es noch einmal."
        }
        Sentence::PasskeyTooMany => {
            "Dieses Konto hat zehn Passkeys, mehr sind nicht möglich: Entfernen Sie zuerst einen."
        }
        Sentence::FactorWrong => "Dieser Code ist falsch, schon benutzt oder zu alt.",
        Sentence::FactorDemanded => "Eine Rolle dieses Kontos verlangt einen zweiten Faktor.",
        Sentence::FactorFirst => "Das ändert, wie Sie sich anmelden: Zeigen Sie zuerst Ihren zweiten Faktor.",
        Sentence::FactorNeeded => {
            "Dieses Konto hat einen zweiten Faktor, nach dem ein Programm nicht fragen kann."
        }
        Sentence::FactorTooLate => {
            "Diese Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen: Bitte beginnen Sie noch einmal."
        }
        Sentence::FactorPageOld => {
            "Diese Seite ist zu alt, oder etwas hat sich seither geändert: Bitte öffnen Sie sie noch einmal."
        }
        Sentence::PageOfAnotherSignIn => {
            "Diese Seite gehört zu einer anderen Anmeldung, oder sie ist zu alt. Es wurde nichts geändert. Bitte öffnen Sie sie noch einmal."
        }
        Sentence::PageOfAnotherSession => {
            "Diese Seite gehört zu einer anderen Anmeldung, oder dieser Browser ist inzwischen abgemeldet. Bitte beginnen Sie neu."
        }
        Sentence::PageOfAnotherLogout => {
            "Diese Seite gehört zu einer anderen Anmeldung. Niemand wurde abgemeldet."
        }
        Sentence::OnlyOurPages => "Nur unsere eigenen Seiten dürfen diese Anfrage senden.",
        Sentence::NotForYou => "Dieses Konto darf das weder sehen noch tun.",
        Sentence::OwnFactors => {
            "Den eigenen zweiten Faktor entfernt hier niemand: Das geht auf Ihrer eigenen Seite, mit einem Code."
        }
        Sentence::BeyondYours => "Das geht über das hinaus, was Sie selbst tun dürfen.",
        Sentence::PageTooOld => {
            "Hier kann nicht mehr weitergeblättert werden. Beginnen Sie mit der ersten Seite."
        }
        Sentence::NoSuchPerson => "Diese Person gibt es nicht.",
        Sentence::NoSuchApp => "Diese App gibt es nicht.",
        Sentence::NoSuchApi => "Diese API gibt es nicht.",
        Sentence::NoSuchRole => "Diese Rolle gibt es nicht.",
        Sentence::NoSuchInvitation => "Mit dieser Adresse ist niemand eingeladen.",
        Sentence::ChangedSince => {
            "Jemand hat diese Person inzwischen geändert. Es wurde nichts geändert. Bitte öffnen Sie die Seite noch einmal."
        }
        Sentence::LastAdmin => {
            "Außer dieser Person ist niemand in der Administration. Geben Sie zuerst jemand anderem die Rolle admin. Es wurde nichts geändert."
        }
        Sentence::AddressTaken => "Jemand hat diese E-Mail-Adresse bereits oder ist mit ihr eingeladen.",
        Sentence::AddressNotPlain => "Das ist keine einfache E-Mail-Adresse.",
        Sentence::NameNotFit => "Ein Name hat 1 bis 200 sichtbare Zeichen.",
        Sentence::TooManyRoles => "Eine Person hat höchstens 32 Rollen.",
        Sentence::EntitlementNotFit => "Ein Anspruch hat 1 bis 100 sichtbare Zeichen.",
        Sentence::TooManyEntitlements => "Eine Person hat höchstens 100 Ansprüche.",
        Sentence::NotAccepted => "Die Eingabe kann nicht angenommen werden. Es wurde nichts geändert.",
        Sentence::NoSuchRule => "Diese Regel gibt es nicht.",
        Sentence::RightsChangedSince => {
            "Jemand hat die Rollen oder Regeln geändert, seit diese Seite geöffnet wurde. Öffnen Sie sie noch einmal."
        }
        Sentence::NameTaken => "Diesen Namen gibt es schon. Ändern Sie jenen Eintrag.",
        Sentence::AgeInSeconds => "Ein Alter ist eine Anzahl von Sekunden.",
        Sentence::ClaimAsPair => "Ein Claim ist NAME=WERT.",
        Sentence::ScopeUnfit => {
            "Eine Berechtigung ist ein Wort aus einfachen ASCII-Zeichen, ohne Anführungszeichen und umgekehrte Schrägstriche."
        }
        Sentence::NoSecret => "Diese App hat kein Geheimnis.",
        Sentence::AppChangedSince => {
            "Jemand hat das im selben Moment geändert. Bitte versuchen Sie es noch einmal."
        }
        Sentence::AppRequestOver => {
            "Diese Anmeldung hat zu lange gedauert, oder sie ist bereits abgeschlossen. Gehen Sie zur App zurück, und beginnen Sie dort neu."
        }
        Sentence::AppMistake => {
            "Die App, von der Sie kommen, hat einen Fehler gemacht. Bitte informieren Sie ihre Betreiber."
        }
        Sentence::DeviceUnknown => {
            "Kein Gerät wartet mit diesem Code. Vielleicht ist er falsch eingegeben, schon verwendet oder älter als zehn Minuten."
        }
        Sentence::DeviceElsewhere => {
            "Diese Seite gehört zu einer anderen Anmeldung. Bitte geben Sie den Code noch einmal ein."
        }
        Sentence::DeviceOver => {
            "Über diese Anfrage eines Geräts ist bereits entschieden, oder sie ist abgelaufen. Beginnen Sie auf dem Gerät neu."
        }
        Sentence::DeviceSignedOut => {
            "Sie sind abgemeldet. Melden Sie sich an, und geben Sie den Code noch einmal ein."
        }
        Sentence::TriedTooOften => {
            "Das wurde zu oft versucht. Bitte warten Sie, und versuchen Sie es später noch einmal."
        }
        Sentence::NothingHere => "Unter dieser Adresse gibt es nichts.",
        Sentence::NoSuchMethod => "Diese Adresse kennt diese Methode nicht.",
        Sentence::Unreadable => "Die Anfrage kann nicht gelesen werden.",
        Sentence::AddressTooLong => "Die Adresse ist zu lang.",
        Sentence::TooLarge => "Was gesendet wurde, ist zu groß.",
        Sentence::TooManyCookies => {
            "Der Browser hat zu viel mitgeschickt. Löschen Sie die Cookies dieser Website, und versuchen Sie es noch einmal."
        }
        Sentence::ForPrograms => "Diese Adresse ist für Programme, die ein Zugriffstoken senden.",
        Sentence::TokenNotValid => "Das Zugriffstoken dieser Anfrage ist nicht gültig.",
        Sentence::TryAgainSoon => "Bitte versuchen Sie es gleich noch einmal.",
        Sentence::OurFault => "Auf unserer Seite ist etwas schiefgegangen.",
    }
}
