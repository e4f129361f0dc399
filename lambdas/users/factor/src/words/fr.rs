//! French.

use super::Words;

pub(super) static WORDS: Words = Words {
    step: "Saisissez le code",
    step_text: "Ouvrez sur votre appareil l’application qui produit vos codes.",
    code: "Code à six chiffres",
    use_passkey: "Utiliser une clé d’accès",
    passkey_text: "Déverrouillez votre appareil ou utilisez votre clé de sécurité pour montrer que c’est bien vous.",
    passkey_script: "Une clé d’accès a besoin de JavaScript : activez-le dans votre navigateur et rechargez cette page.",
    recover: "L’appareil n’est pas là ?",
    recovery_code: "Code de secours",
    recovered: "Vous êtes connecté",
    recovered_text: "Configurez bientôt un autre appareil, ou créez de nouveaux codes de secours.",
    left: "Codes de secours restants : {count}.",
    title: "Second facteur",
    removed: "Votre second facteur a été supprimé.",
    setup_text: "Lisez cette image avec une application qui produit des codes, et saisissez le code qu’elle affiche. Ensuite, chaque connexion en demande un.",
    needed: "Cette connexion exige un second facteur, et vous n’en avez pas encore. Configurez-en un pour continuer.",
    picture: "Image pour l’application",
    key: "Ou tapez cette clé dans l’application",
    add: "Activer",
    codes: "Vos codes de secours",
    codes_text: "Votre second facteur est activé. Gardez ces codes en lieu sûr : chacun vous laisse entrer une fois si vous perdez l’appareil, et ils ne seront plus affichés.",
    has: "Vous avez un second facteur depuis le",
    prove: "Pour changer quelque chose ici, saisissez un code de l’application ou un code de secours.",
    any_code: "Code ou code de secours",
    renew: "Créer de nouveaux codes de secours",
    remove: "Supprimer le second facteur",
    again_text: "Ceci est réservé à qui s’est connecté dans les cinq dernières minutes. Ensuite, vous revenez ici.",
};
