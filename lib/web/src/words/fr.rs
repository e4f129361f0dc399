//! French.

use oauth::Sentence;

use super::{
    Account, Claims, Common, Consent, Device, Errors, Home, Passkeys, Passwords, Scopes, SignIn, SignOut,
    Trail, Words,
};

pub(super) static WORDS: Words = Words {
    tag: "fr",
    name: "Français",
    date: "{day} {month} {year}",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    comma: ", ",
    and: " et ",
    common: Common {
        home: "Accueil",
        sign_in: "Se connecter",
        sign_out: "Se déconnecter",
        sign_out_all: "Se déconnecter de tous les comptes",
        cancel: "Annuler",
        allow: "Autoriser",
        deny: "Refuser",
        go_on: "Continuer",
        start_again: "Recommencer",
        reload: "Recharger",
        one_moment: "Un instant",
        other_account: "Utiliser un autre compte",
        not_you: "Ce n’est pas vous ?",
        signed_in_as: "Vous êtes connecté en tant que {who}.",
        this_account: "ce compte",
        choose_account: "Choisissez un compte",
        go_on_to: "Vous allez continuer vers {place}.",
        asks_to: "L’application souhaite :",
        terms: "Conditions d’utilisation",
        privacy: "Confidentialité",
    },
    home: Home {
        welcome: "Bienvenue",
        welcome_text: "Connectez-vous pour voir qui vous êtes ici et ce que vous pouvez faire.",
        signed_out: "Vous êtes déconnecté",
        signed_out_text: "Le fournisseur vous connaît peut-être encore. Vous pouvez vous reconnecter, avec un autre compte si vous le souhaitez.",
        others: "Choisir un compte connecté dans ce navigateur",
        account: "Applications et sessions",
        console: "Personnes et droits",
        rights: "Vos droits",
        roles: "Rôles : {roles}",
        none: "aucun",
        scopes: "Autorisations",
        sign_out_only: "Déconnecter {who} uniquement",
        not_verified: "non vérifiée",
        signed_in: "Connecté",
        call: "Appeler l’API",
        call_text: "Le bouton copie une commande avec un nouveau jeton d’accès valable dix minutes.",
        copy: "Copier la commande curl",
        copied: "Copié. Collez la commande dans un terminal.",
        expired: "Vous n’êtes plus connecté. Veuillez recharger la page.",
        no_token: "Aucun jeton pour le moment. Veuillez réessayer.",
        refused: "Le navigateur ne l’a pas permis.",
        needs_script: "Le bouton nécessite JavaScript.",
        users: "Utilisateurs",
        name: "Nom",
        email: "Adresse e-mail",
        role: "Rôles",
        since: "Depuis",
        newest: "Voici les plus récents ; {call} permet de parcourir la liste entière.",
    },
    sign_in: SignIn {
        text: "Choisissez comment vous connecter.",
        with: "Continuer avec {provider}",
        at: "Se connecter avec {provider}",
        last_used: "Dernière utilisation",
        unfinished: "Votre connexion est en cours. Rechargez cette page dans quelques secondes.",
        mailed: "Recevoir un code par e-mail",
        mailed_way: "Code par e-mail",
    },
    passkeys: Passkeys {
        title: "Clés d’accès",
        text: "Avec une clé d’accès, vous vous connectez par le verrouillage de votre appareil ou une clé de sécurité, sans nom ni mot de passe.",
        none: "Vous n’avez pas encore de clé d’accès.",
        stale: "Pour ajouter, renommer ou supprimer une clé d’accès, connectez-vous d’abord à nouveau.",
        since: "Depuis le {day}.",
        used: "Dernière utilisation le {day}.",
        unused: "Jamais utilisée.",
        synced: "Votre gestionnaire de mots de passe la conserve aussi.",
        name: "Nom de la clé",
        rename: "Renommer",
        rename_of: "Renommer {name}",
        remove_of: "Supprimer {name}",
        add: "Ajouter une clé d’accès",
        needs_script: "Une clé d’accès ne peut être ajoutée qu’avec JavaScript.",
        added: "La clé d’accès a été ajoutée.",
        renamed: "La clé d’accès a maintenant un autre nom.",
        removed: "La clé d’accès a été supprimée. Supprimez-la aussi dans votre gestionnaire de mots de passe ou sur votre appareil.",
        known: "Cet appareil a déjà une clé d’accès à vous.",
        sign_in: "Se connecter avec une clé d’accès",
    },
    passwords: Passwords {
        login: "Adresse e-mail ou nom d’utilisateur",
        password: "Mot de passe",
        other_ways: "Autres façons de se connecter",
        or: "ou",
        register: "Créer un compte",
        register_text: "Choisissez une adresse e-mail ou un nom d’utilisateur, et un mot de passe.",
        register_do: "Créer le compte",
        register_ask: "Pas encore de compte ?",
        called: "Votre nom (facultatif)",
        rules: "Au moins 8 caractères. Les espaces et tous les autres caractères comptent ; un gestionnaire de mots de passe peut en créer un pour vous.",
        sign_in_with: "Se connecter avec un mot de passe",
        registered: "Vous pouvez maintenant vous connecter",
        registered_text: "Si personne n’avait de compte avec cette adresse, il y en a un maintenant. Si vous en aviez déjà un, rien n’a été modifié : connectez-vous avec le mot de passe que vous avez.",
        change: "Changer de mot de passe",
        change_text: "Ensuite, vous êtes déconnecté dans tous les autres navigateurs et les applications perdent leur accès.",
        change_do: "Changer le mot de passe",
        current: "Mot de passe actuel",
        new: "Nouveau mot de passe",
        again: "Nouveau mot de passe, encore une fois",
        changed: "Votre mot de passe a été changé.",
        none: "Vous n’avez pas de mot de passe ici. Vous vous connectez chez un fournisseur.",
        forgotten: "Mot de passe oublié ?",
        forgotten_text: "Saisissez l’adresse e-mail de votre compte. Un e-mail y est envoyé, avec un lien qui vous permet de choisir un autre mot de passe.",
        forgotten_do: "Envoyer l’e-mail",
        sent: "Consultez vos e-mails",
        sent_text: "Si quelqu’un a un compte avec cette adresse, un e-mail est en route. Son lien est valable 30 minutes. Si rien n’arrive, regardez dans les indésirables ou essayez une autre adresse.",
        reset: "Choisir un nouveau mot de passe",
        reset_text: "Ensuite, vous êtes déconnecté partout et les applications perdent leur accès.",
        reset_done: "Vous êtes déconnecté partout. Connectez-vous avec le nouveau mot de passe.",
        prove: "Confirmer votre adresse e-mail",
        prove_text: "Si vous avez créé un compte ici avec cette adresse, saisissez le mot de passe que vous avez alors choisi. Sinon, fermez cette page : rien ne se passe.",
        proven: "Votre adresse e-mail est confirmée",
        proven_text: "Désormais, cette adresse est considérée comme la vôtre.",
        registered_mailed: "Un e-mail a été envoyé à cette adresse : suivez son lien pour confirmer qu’elle est la vôtre.",
        prove_mail: "Envoyer un e-mail pour confirmer l’adresse",
        prove_mailed: "Si l’adresse n’est pas encore confirmée, un e-mail est en route.",
        add: "Ajouter un mot de passe",
        add_text: "Vous pourrez ensuite aussi vous connecter avec {address} et ce mot de passe. Ce que vous avez reste tel quel, et personne n’est déconnecté.",
        add_stale: "Pour ajouter un mot de passe, connectez-vous d’abord à nouveau.",
        added: "Votre mot de passe a été ajouté. Vous pouvez désormais vous connecter avec lui.",
    },
    scopes: Scopes {
        openid: "Vous reconnaître à chaque visite",
        profile: "Voir votre profil : nom, photo et autres informations, comme votre langue et votre date de naissance",
        email: "Voir votre adresse e-mail",
        address: "Voir votre adresse postale",
        phone: "Voir votre numéro de téléphone",
        offline: "Conserver cet accès en votre absence, jusqu’à ce qu’il soit révoqué",
        usage: "Utiliser {scope}",
        usage_at: "Utiliser {scope} chez {api}",
    },
    consent: Consent {
        asks_for_access: "{app} demande un accès",
        continue_to: "Continuer vers {app} ?",
        continue_as: "Continuer en tant que {who}",
        native: "Ne continuez que si vous venez de commencer ceci dans une application sur cet appareil.",
        other_needed: "Un autre compte est nécessaire",
        other_needed_text: "{app} attend un autre compte que celui avec lequel vous êtes connecté.",
        again: "Veuillez vous reconnecter",
        again_text: "{app} veut s’assurer que c’est bien vous.",
        please: "Veuillez vous connecter",
        go_on_to_app: "Vous allez continuer vers {app} sur {place}.",
    },
    device: Device {
        title: "Connecter un appareil",
        compare: "Comparez ce code avec celui que votre appareil affiche, et ne continuez que s’ils sont identiques.",
        enter: "Saisissez le code que votre appareil affiche.",
        code: "Code",
        asks: "{app} a demandé un accès {when}.",
        asks_from: "{app} a demandé un accès {when}, depuis {place}.",
        shows: "L’appareil affiche le code {code}.",
        confirm: "Connecter {app} sur un autre appareil ?",
        now: "il y a moins d’une minute",
        minute: "il y a une minute",
        minutes: "il y a {count} minutes",
        yourself: "N’autorisez cela que si vous venez de le commencer vous-même, sur un appareil que vous avez avec vous. Si quelqu’un vous a envoyé le code, c’est cette personne qui obtiendrait l’accès.",
        denied: "Accès refusé",
        denied_text: "{app} n’obtient rien. Vous pouvez fermer cette page.",
        connected: "Votre appareil est connecté",
        connected_text: "{app} va continuer automatiquement dans un instant. Vous pouvez fermer cette page.",
    },
    account: Account {
        title: "Votre compte",
        apps: "Applications autorisées",
        no_apps: "Aucune application n’a accès à vos données.",
        more_apps: "Autres applications",
        gone: "Cette application n’est plus enregistrée.",
        since: "Depuis le {day}.",
        renewed: "Renouvelé pour la dernière fois le {day}.",
        access_none: "Elle n’a pas accès en ce moment et l’obtient sans demander quand vous vous y connectez.",
        access_until: "L’accès prend fin quand vous vous déconnectez.",
        access_stays: "L’accès reste valable quand vous vous déconnectez.",
        remove_access: "Retirer l’accès",
        remove_access_of: "Retirer l’accès de {app}",
        sign_ins: "Comment vous vous connectez",
        first: "Votre nom et votre adresse viennent d’ici.",
        remove: "Retirer",
        remove_sign_in: "Retirer la connexion avec {provider}",
        second_factor: "Second facteur",
        more_ways: "Avec une autre, vous pourrez encore entrer si vous perdez celle-ci. Une adresse seule ne lie rien : vous vous y connectez une fois.",
        link: "Lier {provider}",
        sessions: "Où vous êtes connecté",
        this_browser: "ce navigateur",
        session: "Depuis le {since}. Dernière utilisation vers le {used}.",
        session_from: "Depuis le {since}, à partir de {place}. Dernière utilisation vers le {used}.",
        end: "Fermer",
        end_of: "Fermer la session de {device}",
        earlier: "Avant",
        ended_at: "Fermée le {at}.",
        ended_with_all: "Fermée quand vous vous êtes déconnecté partout.",
        device_on: "{browser} sur {system}",
        unknown_device: "Un navigateur inconnu",
        accounts: "Comptes dans ce navigateur",
        accounts_text: "Ces comptes sont encore connectés dans ce navigateur.",
        in_use: "utilisé",
        use_this: "Utiliser ce compte",
        use_this_of: "Utiliser ce compte : {who}",
        sign_out_of: "Déconnecter {who}",
        data: "Ce qui est enregistré sur vous",
        data_from: "Le nom, l’adresse et l’image viennent de {provider}. Ils sont relus à chaque connexion avec ce service.",
        picture: "Image",
        roles: "Vos rôles",
        first_sign_in: "Première connexion",
        latest: "Dernière connexion",
        number: "Votre numéro ici",
        download: "Télécharger dans un fichier",
        everywhere: "Se déconnecter partout",
        everywhere_text: "Cela ferme toutes vos sessions, dans tous les navigateurs, et met fin à tout accès des applications.",
        everywhere_ask: "Se déconnecter partout ?",
        everywhere_ends: "Toutes les sessions de {who} prennent fin, dans tous les navigateurs, ainsi que tout accès des applications, même celui qui reste après la déconnexion.",
        everywhere_kept: "Vos autorisations restent mémorisées : une application à laquelle vous vous reconnectez ne demande plus.",
        delete: "Supprimer votre compte",
        delete_text: "Tout ce qui est enregistré sur vous disparaît, et personne ne peut le récupérer.",
        delete_ask: "Supprimer votre compte ?",
        delete_ends: "Toutes vos sessions, dans tous les navigateurs, tout accès des applications et tout ce qui est enregistré sur vous disparaissent aussitôt. C’est irréversible. Une connexion ultérieure avec votre fournisseur crée un nouveau compte.",
        delete_type: "Saisissez {what} pour supprimer votre compte",
        delete_do: "Supprimer mon compte",
        delete_wrong: "Votre saisie ne correspond pas. Rien n’a été supprimé.",
        again: "Veuillez vous reconnecter",
        again_text: "Il faut s’être connecté dans les cinq dernières minutes. Ensuite, vous revenez à la page de votre compte.",
        again_never: "Ceux-ci vous renvoient sans demander qui vous êtes, tant qu’ils vous reconnaissent : {providers}.",
        again_do: "Se reconnecter",
        link_text: "Connectez-vous chez {provider} avec le compte que vous voulez lier. Il mènera alors aussi à {who}.",
        link_go: "Continuer vers {provider}",
        done_ended: "La session est fermée.",
        done_removed: "L’accès a été retiré.",
        done_linked: "La nouvelle connexion est liée : vous pouvez désormais l’utiliser aussi.",
        done_unlinked: "La connexion a été retirée. Si quelqu’un d’autre y avait accès, déconnectez-vous aussi partout : ce qui a été ouvert avec elle le reste jusque-là.",
        done_last: "C’est votre seule façon de vous connecter, elle reste donc. Liez-en d’abord une autre.",
    },
    claims: Claims {
        given_name: "Prénom",
        family_name: "Nom de famille",
        middle_name: "Autres prénoms",
        nickname: "Surnom",
        preferred_username: "Nom d’utilisateur",
        profile: "Page de profil",
        website: "Site web",
        gender: "Genre",
        birthdate: "Date de naissance",
        zoneinfo: "Fuseau horaire",
        locale: "Langue",
        phone_number: "Numéro de téléphone",
        address: "Adresse postale",
        updated_at: "Modifié chez le fournisseur",
    },
    trail: Trail {
        title: "Ce qui est arrivé à votre compte",
        text: "Ce qui a modifié votre compte et vos droits, par qui et quand. Cela est conservé pendant un temps limité. Vos connexions se trouvent sur la page de votre compte.",
        none: "Rien de tel n’est consigné à votre sujet.",
        earlier: "Plus tôt",
        back: "Retour à votre compte",
        by_you: "Par vous.",
        by_you_from: "Par vous, depuis {place}.",
        by_admin: "Par un administrateur.",
        by_app: "Par l’application {app}.",
        by_operator: "Par les responsables de ce service.",
        by_latchkey: "Par ce service lui-même.",
        session_ended: "Une session a été fermée.",
        signed_out: "Vous avez été déconnecté partout.",
        token_reused: "Un jeton déjà utilisé est revenu, l’accès de l’application a donc pris fin : quelqu’un d’autre en avait peut-être une copie.",
        code_reused: "Un code déjà utilisé est revenu, l’accès de l’application a donc pris fin : quelqu’un d’autre en avait peut-être une copie.",
        added: "Votre compte a été créé.",
        changed: "Des informations enregistrées sur vous ont été modifiées.",
        roles: "Vos rôles depuis lors : {roles}.",
        roles_none: "Tous vos rôles vous ont été retirés.",
        entitlements: "Vos droits d’usage depuis lors : {entitlements}.",
        entitlements_none: "Tous vos droits d’usage vous ont été retirés.",
        bought: "Vous avez reçu ce que vous avez acheté.",
        refunded: "Ce qui vous a été remboursé a été repris.",
        password: "Votre mot de passe a été changé et vous avez été déconnecté partout.",
        proven: "Votre adresse e-mail a été confirmée par un e-mail.",
        disabled: "Votre compte a été désactivé.",
        enabled: "Votre compte a été réactivé.",
        exported: "Ce qui est enregistré sur vous a été exporté.",
        linked: "Une autre façon de vous connecter a été liée.",
        passkey_added: "Une clé d’accès a été ajoutée, avec laquelle vous pouvez vous connecter.",
        passkey_removed: "Une clé d’accès a été supprimée.",
        passkey_copied: "Une clé d’accès a été refusée, car il peut en exister une copie : supprimez-la si vous ne savez pas pourquoi.",
        factor_added: "Un second facteur a été ajouté.",
        factor_removed: "Votre second facteur a été supprimé.",
        codes_made: "De nouveaux codes de secours ont été créés ; les anciens ne valent plus.",
        unlinked: "Une façon de vous connecter a été retirée.",
        other: "Autre chose : {what}.",
    },
    sign_out: SignOut {
        title: "Se déconnecter ?",
        app_asks: "{app} demande à vous déconnecter ici.",
        ends: "Vous serez déconnecté dans ce navigateur, y compris des applications que vous avez ouvertes avec cette connexion.",
        others: "D’autres personnes sont aussi connectées dans ce navigateur : {count} comptes en tout.",
        only_this: "Se déconnecter de ce compte",
        stay: "Rester connecté",
    },
    errors: Errors {
        sign_in: "Veuillez vous connecter",
        not_allowed: "Ceci n’est pas autorisé",
        nothing: "Il n’y a rien ici",
        wait: "Veuillez patienter",
        not_finished: "La connexion n’a pas pu aboutir",
        unavailable: "Ceci n’est pas disponible pour le moment",
        fault: "Un problème est survenu",
        failed: "Cela n’a pas fonctionné",
        open_there: "Ouvrir à cette adresse",
        report: "Si vous signalez ce problème, indiquez la requête {id}.",
        detail: "Pour les responsables :",
        request: "La requête n’était pas correcte.",
        server: "Un service nécessaire ici a échoué. Veuillez réessayer plus tard.",
        denied: "Vous n’avez pas le droit de faire cela.",
    },
    refusal,
};

fn refusal(sentence: Sentence) -> &'static str {
    match sentence {
        Sentence::Declined => {
            "Vous n’avez pas autorisé le fournisseur à vous connecter. Recommencez si vous le souhaitez."
        }
        Sentence::NotAllowedThere => {
            "Le fournisseur n’autorise pas ce compte à se connecter ici. Recommencez avec un autre compte ou contactez son administrateur."
        }
        Sentence::TookTooLongThere => {
            "L’opération chez le fournisseur a duré trop longtemps. Veuillez recommencer."
        }
        Sentence::ProviderAsks => {
            "Le fournisseur veut vous demander quelque chose avant de vous connecter. Veuillez recommencer."
        }
        Sentence::CodeSpent => "Le fournisseur n’a plus accepté cette connexion. Veuillez recommencer.",
        Sentence::BadlyRegistered => {
            "Le fournisseur n’accepte pas la façon dont ce site lui demande de vous connecter. Prévenez l’administrateur de ce site."
        }
        Sentence::ProviderCannot => "Le fournisseur n’a pas pu vous connecter. Veuillez recommencer.",
        Sentence::ProviderAnswersOddly => {
            "Le fournisseur a donné une réponse que nous ne comprenons pas. Veuillez recommencer."
        }
        Sentence::ProviderUnreachable => {
            "Le fournisseur est injoignable pour le moment. Veuillez recommencer dans un instant."
        }
        Sentence::ProviderSlow => "Le fournisseur n’a pas répondu à temps. Veuillez recommencer.",
        Sentence::Unverified => "La réponse du fournisseur n’a pas pu être vérifiée. Veuillez recommencer.",
        Sentence::IncompleteAnswer => "La réponse du fournisseur est incomplète. Veuillez recommencer.",
        Sentence::AnotherProviderAnswers => {
            "La réponse provient d’un autre fournisseur. Veuillez recommencer."
        }
        Sentence::NobodyNamed => "Le fournisseur n’a pas indiqué qui vous êtes.",
        Sentence::NoFreshSignIn => {
            "Le fournisseur ne vous a pas demandé de vous reconnecter, alors que l’application d’où vous venez l’exige. Déconnectez-vous chez le fournisseur et recommencez."
        }
        Sentence::NoSuchProvider => "Ce fournisseur n’existe pas ici.",
        Sentence::AnotherLogin => {
            "Cette connexion n’appartient pas à ce navigateur ou est terminée. Veuillez recommencer."
        }
        Sentence::LoginTooOld => "Cette connexion a duré trop longtemps. Veuillez recommencer.",
        Sentence::LoginUsed => "Cette connexion a déjà été utilisée. Veuillez recommencer.",
        Sentence::BegunElsewhere => {
            "Cette connexion a été commencée avec un autre fournisseur. Veuillez recommencer."
        }
        Sentence::NotStartedHere => {
            "Cette connexion n’a pas été commencée dans ce navigateur ou a duré trop longtemps. Veuillez recommencer ici. Un lien reçu d’un programme ou d’une autre personne ne fonctionne que là où il a été créé."
        }
        Sentence::CouldNotFinish => "Cette connexion n’a pas pu aboutir. Veuillez recommencer.",
        Sentence::NotFinished => "Cette connexion n’a pas été terminée. Veuillez recommencer.",
        Sentence::SessionEnded => "La session de cette connexion est terminée. Veuillez recommencer.",
        Sentence::SignedInSince => {
            "Vous vous êtes reconnecté depuis dans ce navigateur, et c’est cette connexion qui compte."
        }
        Sentence::TooManySignIns => {
            "Trop de connexions ont été commencées d’ici pendant la dernière minute. Veuillez attendre une minute et réessayer."
        }
        Sentence::NotAdmitted => "Ce compte ne peut pas se connecter ici. Recommencez avec un autre.",
        Sentence::Disabled => "Ce compte est désactivé.",
        Sentence::LinkTooOld => {
            "Ce lien ne vient pas de la page de votre compte, ou il est trop ancien. Veuillez recommencer à partir de cette page."
        }
        Sentence::LinkElsewhere => {
            "Vous n’êtes pas connecté ici dans la session où vous avez commencé. Veuillez recommencer à partir de la page de votre compte."
        }
        Sentence::LinkSignedOut => "La session où vous avez commencé n’est plus ouverte. Rien n’a été lié.",
        Sentence::LinkUsed => {
            "Ceci a déjà été utilisé. Ouvrez la page de votre compte et recommencez. Rien n’a été lié."
        }
        Sentence::LinkOfSomebodyElse => {
            "Le compte que vous y avez choisi appartient déjà à quelqu’un d’autre ici et n’a donc pas été lié. Si c’est aussi vous, connectez-vous avec lui, supprimez ce compte sur sa page, puis liez-le à nouveau d’ici."
        }
        Sentence::LinkTooMany => {
            "Ce compte a dix connexions liées, ce qui est le maximum. Retirez-en d’abord une."
        }
        Sentence::LastAdminYourself => {
            "Vous êtes la dernière personne à administrer ce site : donnez d’abord le rôle admin à quelqu’un d’autre. Rien n’a été supprimé."
        }
        Sentence::NameUnusable => {
            "Ce n’est ni une adresse e-mail ni un nom d’utilisateur. Un nom d’utilisateur a de 3 à 64 lettres, chiffres, points, traits d’union et traits de soulignement."
        }
        Sentence::BadCombination => "Le nom ou le mot de passe est incorrect.",
        Sentence::PasswordShort => "Ce mot de passe est trop court : il doit avoir au moins 8 caractères.",
        Sentence::PasswordLong => "Ce mot de passe est trop long : il peut avoir au plus 1 024 octets.",
        Sentence::PasswordCommon => "Ce mot de passe est l’un des plus courants : choisissez-en un autre.",
        Sentence::PasswordOwn => {
            "Ce mot de passe est fait de votre nom, de votre adresse ou du nom de ce site : choisissez-en un autre."
        }
        Sentence::PasswordDiffers => "Les deux nouveaux mots de passe ne sont pas identiques.",
        Sentence::PasswordThere => "Ce compte a déjà un mot de passe.",
        Sentence::PasswordNeedsAddress => {
            "Un mot de passe demande une adresse e-mail dont il est établi qu’elle est la vôtre, et ce compte n’en a pas."
        }
        Sentence::PasswordElsewhere => {
            "Votre adresse e-mail appartient ici à un autre compte, ou un compte l’attend. Aucun mot de passe ne peut donc être ajouté pour elle."
        }
        Sentence::UserNameTaken => "Ce nom d’utilisateur est pris : choisissez-en un autre.",
        Sentence::NoSignUp => "Personne ne peut créer de compte ici de sa propre initiative.",
        Sentence::LinkDead => {
            "Ce lien n’est plus valable : il a été utilisé, il a plus de 30 minutes, ou un e-mail plus récent a été envoyé. Demandez-en un autre."
        }
        Sentence::MailedCode => {
            "Ce code est faux, déjà utilisé, vieux de plus de dix minutes, ou a été demandé dans un autre navigateur. Demandez-en un nouveau."
        }
        Sentence::MailedLink => {
            "Ce lien fonctionne une seule fois, pendant dix minutes, et seulement dans le navigateur où vous l’avez demandé. Retournez-y et saisissez le code de l’e-mail, ou demandez ici un nouvel e-mail."
        }
        Sentence::PasskeyOver => "Cela a pris trop de temps ou a déjà reçu une réponse : veuillez réessayer.",
        Sentence::PasskeyRefused => {
            "Cette clé d’accès ne peut pas être utilisée ici : réessayez ou connectez-vous autrement."
        }
        Sentence::PasskeyNotAdded => "La clé d’accès n’a pas pu être ajoutée : veuillez réessayer.",
        Sentence::PasskeyTooMany => {
            "Ce compte a dix clés d’accès, ce qui est le maximum : supprimez-en d’abord une."
        }
        Sentence::FactorWrong => "Ce code est faux, déjà utilisé ou trop ancien.",
        Sentence::FactorDemanded => "Un rôle de ce compte exige un second facteur.",
        Sentence::FactorFirst => {
            "Cela change votre façon de vous connecter : présentez d’abord votre second facteur."
        }
        Sentence::FactorNeeded => "Ce compte a un second facteur, qu’un programme ne peut pas demander.",
        Sentence::FactorTooLate => {
            "Cette connexion a pris trop de temps ou a été commencée dans un autre navigateur : veuillez recommencer."
        }
        Sentence::FactorPageOld => {
            "Cette page est trop ancienne, ou quelque chose a changé depuis : veuillez la rouvrir."
        }
        Sentence::PageOfAnotherSignIn => {
            "Cette page concerne une autre connexion ou est trop ancienne. Rien n’a été modifié. Veuillez l’ouvrir à nouveau."
        }
        Sentence::PageOfAnotherSession => {
            "Cette page concerne une autre connexion, ou ce navigateur est déconnecté depuis. Veuillez recommencer."
        }
        Sentence::PageOfAnotherLogout => {
            "Cette page concerne une autre connexion. Personne n’a été déconnecté."
        }
        Sentence::OnlyOurPages => "Seules nos propres pages peuvent envoyer cette requête.",
        Sentence::NotForYou => "Ce compte n’a pas le droit de voir ou de faire cela.",
        Sentence::OwnFactors => {
            "Personne ne retire ici son propre second facteur : cela se fait sur votre propre page, avec un code."
        }
        Sentence::BeyondYours => "Cela dépasse ce que vous avez vous-même le droit de faire.",
        Sentence::PageTooOld => "Cette page ne peut plus être tournée. Recommencez par la première.",
        Sentence::NoSuchPerson => "Cette personne n’existe pas.",
        Sentence::NoSuchApp => "Cette application n’existe pas.",
        Sentence::NoSuchApi => "Cette API n’existe pas.",
        Sentence::NoSuchRole => "Ce rôle n’existe pas.",
        Sentence::NoSuchInvitation => "Personne n’est invité à cette adresse.",
        Sentence::ChangedSince => {
            "Quelqu’un a modifié cette personne entre-temps. Rien n’a été modifié. Veuillez rouvrir la page."
        }
        Sentence::LastAdmin => {
            "C’est la dernière personne à administrer ce site. Donnez d’abord le rôle admin à quelqu’un d’autre. Rien n’a été modifié."
        }
        Sentence::AddressTaken => "Quelqu’un a déjà cette adresse e-mail ou y est invité.",
        Sentence::AddressNotPlain => "Ce n’est pas une simple adresse e-mail.",
        Sentence::NameNotFit => "Un nom comporte de 1 à 200 caractères visibles.",
        Sentence::TooManyRoles => "Une personne a au plus 32 rôles.",
        Sentence::EntitlementNotFit => "Un droit d’usage a de 1 à 100 caractères visibles.",
        Sentence::TooManyEntitlements => "Une personne a au plus 100 droits d’usage.",
        Sentence::NotAccepted => "Cette saisie ne peut pas être acceptée. Rien n’a été modifié.",
        Sentence::NoSuchRule => "Cette règle n’existe pas.",
        Sentence::RightsChangedSince => {
            "Quelqu’un a modifié les rôles ou les règles depuis l’ouverture de cette page. Rouvrez-la."
        }
        Sentence::NameTaken => "Ce nom existe déjà. Modifiez l’élément qui le porte.",
        Sentence::AgeInSeconds => "Un âge est un nombre de secondes.",
        Sentence::ClaimAsPair => "Un claim s’écrit NOM=VALEUR.",
        Sentence::ScopeUnfit => {
            "Une autorisation est un mot de simples caractères ASCII, sans guillemets ni barres obliques inverses."
        }
        Sentence::NoSecret => "Cette application n’a pas de secret.",
        Sentence::AppChangedSince => "Quelqu’un a modifié cela au même moment. Veuillez réessayer.",
        Sentence::AppRequestOver => {
            "Cette connexion a duré trop longtemps ou est déjà terminée. Retournez dans l’application et recommencez."
        }
        Sentence::AppMistake => "L’application d’où vous venez a fait une erreur. Prévenez ses responsables.",
        Sentence::DeviceUnknown => {
            "Aucun appareil n’attend avec ce code. Il est peut-être mal saisi, déjà utilisé ou vieux de plus de dix minutes."
        }
        Sentence::DeviceElsewhere => {
            "Cette page concerne une autre connexion. Veuillez saisir à nouveau le code."
        }
        Sentence::DeviceOver => {
            "Cette demande d’un appareil est déjà traitée ou a expiré. Recommencez sur l’appareil."
        }
        Sentence::DeviceSignedOut => "Vous êtes déconnecté. Connectez-vous et saisissez à nouveau le code.",
        Sentence::TriedTooOften => "Trop de tentatives. Veuillez patienter et réessayer plus tard.",
        Sentence::NothingHere => "Il n’y a rien à cette adresse.",
        Sentence::NoSuchMethod => "Cette adresse n’accepte pas cette méthode.",
        Sentence::Unreadable => "La requête est illisible.",
        Sentence::AddressTooLong => "L’adresse est trop longue.",
        Sentence::TooLarge => "L’envoi est trop volumineux.",
        Sentence::TooManyCookies => {
            "Le navigateur a envoyé trop de données. Supprimez les cookies de ce site et réessayez."
        }
        Sentence::ForPrograms => "Cette adresse est destinée aux programmes, qui envoient un jeton d’accès.",
        Sentence::TokenNotValid => "Le jeton d’accès de cette requête n’est pas valide.",
        Sentence::TryAgainSoon => "Veuillez réessayer dans un instant.",
        Sentence::OurFault => "Un problème est survenu de notre côté.",
    }
}
