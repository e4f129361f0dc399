//! French.

use super::{Mails, Words};

pub(super) static WORDS: Words = Words {
    tag: "fr",
    mails: Mails {
        reset: "Choisir un nouveau mot de passe",
        reset_text: "Quelqu’un, sans doute vous, souhaite choisir un nouveau mot de passe chez {brand}.",
        reset_do: "Choisir un nouveau mot de passe",
        prove: "Confirmez votre adresse e-mail",
        prove_text: "Quelqu’un, sans doute vous, a indiqué cette adresse e-mail chez {brand}. Veuillez confirmer qu’elle est la vôtre.",
        prove_do: "Confirmer cette adresse",
        sign_in_do: "Se connecter",
        code: "Votre code de connexion",
        code_text: "Ce code vous permet de vous connecter chez {brand} :",
        code_link: "Sur l’appareil où vous avez demandé ce code, vous pouvez suivre le lien au lieu de saisir le code. Il ne fonctionne que dans le navigateur où vous l’avez demandé.",
        known: "Vous avez déjà un compte",
        known_text: "Quelqu’un, sans doute vous, a voulu créer un compte chez {brand} avec cette adresse e-mail. Il en existe déjà un, et rien n’a été modifié. Connectez-vous comme d’habitude, ou choisissez-y un nouveau mot de passe.",
        known_do: "Se connecter",
        changed: "Votre mot de passe a été modifié",
        changed_text: "Le mot de passe de votre compte chez {brand} a été modifié.",
        added: "Un moyen de connexion a été ajouté",
        added_text: "Ceci a été ajouté à votre compte chez {brand} et peut servir lorsque vous vous connectez :",
        removed: "Un moyen de connexion a été supprimé",
        removed_text: "Ceci a été supprimé de votre compte chez {brand} et ne peut plus servir lorsque vous vous connectez :",
        app: "Codes d’une application et codes de secours",
        passkey: "La clé d’accès {name}",
        password: "Un mot de passe",
        all: "Tous les seconds facteurs et toutes les clés d’accès",
        look: "Voir votre compte",
        link_counts: "Le lien est valable {minutes} minutes, et une seule fois.",
        code_counts: "Le code est valable {minutes} minutes, et une seule fois. Ne le donnez à personne : personne chez {brand} ne vous le demandera.",
        ignore: "Si ce n’était pas vous, ignorez ce message. Il ne se passera rien.",
        not_you: "Si ce n’était pas vous, quelqu’un d’autre utilise peut-être votre compte. Connectez-vous, choisissez un nouveau mot de passe et fermez toutes les autres sessions.",
        by_others: "C’est une personne qui s’occupe de {brand} qui l’a fait, parce qu’on l’a demandé en votre nom ; vous avez été déconnecté partout. Si ce n’est pas vous qui l’avez demandé, prévenez-la aussitôt.",
        footer: "{brand} a envoyé ce message parce que cette adresse e-mail a été indiquée sur {address}.",
    },
};
