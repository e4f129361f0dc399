//! Spanish.

use oauth::Sentence;

use super::{
    Account, Claims, Common, Consent, Device, Errors, Home, Passkeys, Passwords, Scopes, SignIn, SignOut,
    Trail, Words,
};

pub(super) static WORDS: Words = Words {
    tag: "es",
    name: "Español",
    date: "{day} de {month} de {year}",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    comma: ", ",
    and: " y ",
    common: Common {
        home: "Inicio",
        sign_in: "Iniciar sesión",
        sign_out: "Cerrar sesión",
        sign_out_all: "Cerrar sesión en todas las cuentas",
        cancel: "Cancelar",
        allow: "Permitir",
        deny: "Denegar",
        go_on: "Continuar",
        start_again: "Empezar de nuevo",
        reload: "Volver a cargar",
        one_moment: "Un momento",
        other_account: "Usar otra cuenta",
        not_you: "¿No es usted?",
        signed_in_as: "Ha iniciado sesión como {who}.",
        this_account: "esta cuenta",
        choose_account: "Elija una cuenta",
        go_on_to: "Va a continuar a {place}.",
        asks_to: "La aplicación solicita:",
        terms: "Condiciones de uso",
        privacy: "Privacidad",
    },
    home: Home {
        welcome: "Le damos la bienvenida",
        welcome_text: "Inicie sesión para ver quién es aquí y qué puede hacer.",
        signed_out: "Ha cerrado la sesión",
        signed_out_text: "Es posible que el proveedor todavía le reconozca. Puede volver a iniciar sesión, con otra cuenta si lo desea.",
        others: "Elegir una cuenta con sesión iniciada en este navegador",
        account: "Aplicaciones y sesiones",
        console: "Personas y permisos",
        rights: "Sus permisos",
        roles: "Roles: {roles}",
        none: "ninguno",
        scopes: "Ámbitos de acceso",
        sign_out_only: "Cerrar solo la sesión de {who}",
        not_verified: "sin verificar",
        signed_in: "Sesión iniciada",
        call: "Llamar a la API",
        call_text: "El botón copia un comando con un token de acceso nuevo, válido durante diez minutos.",
        copy: "Copiar el comando curl",
        copied: "Copiado. Pegue el comando en un terminal.",
        expired: "Su sesión ya no está abierta. Vuelva a cargar la página.",
        no_token: "No hay ningún token en este momento. Inténtelo de nuevo.",
        refused: "El navegador no lo ha permitido.",
        needs_script: "El botón necesita JavaScript.",
        users: "Usuarios",
        name: "Nombre",
        email: "Correo electrónico",
        role: "Roles",
        since: "Desde",
        newest: "Estos son los más recientes; {call} recorre la lista completa.",
    },
    sign_in: SignIn {
        text: "Elija cómo quiere iniciar sesión.",
        with: "Continuar con {provider}",
        at: "Iniciar sesión con {provider}",
        last_used: "Usado la última vez",
        unfinished: "Su inicio de sesión todavía se está completando. Vuelva a cargar esta página en unos segundos.",
        mailed: "Enviarme un código por correo",
        mailed_way: "Código por correo",
    },
    passkeys: Passkeys {
        title: "Llaves de acceso",
        text: "Con una llave de acceso inicia sesión con el bloqueo de su dispositivo o con una llave de seguridad, sin nombre ni contraseña.",
        none: "Todavía no tiene ninguna llave de acceso.",
        stale: "Para añadir, renombrar o quitar una llave de acceso, primero inicie sesión otra vez.",
        since: "Desde el {day}.",
        used: "Último uso el {day}.",
        unused: "Nunca usada.",
        synced: "Su gestor de contraseñas también la guarda.",
        name: "Nombre de la llave",
        rename: "Renombrar",
        rename_of: "Renombrar {name}",
        remove_of: "Quitar {name}",
        add: "Añadir una llave de acceso",
        needs_script: "Una llave de acceso solo se puede añadir con JavaScript.",
        added: "La llave de acceso se ha añadido.",
        renamed: "La llave de acceso tiene ahora otro nombre.",
        removed: "La llave de acceso se ha quitado. Bórrela también en su gestor de contraseñas o en su dispositivo.",
        known: "Este dispositivo ya tiene una llave de acceso suya.",
        sign_in: "Iniciar sesión con una llave de acceso",
    },
    passwords: Passwords {
        login: "Correo electrónico o nombre de usuario",
        password: "Contraseña",
        other_ways: "Otras formas de iniciar sesión",
        or: "o",
        register: "Crear una cuenta",
        register_text: "Elija un correo electrónico o un nombre de usuario, y una contraseña.",
        register_do: "Crear cuenta",
        register_ask: "¿Todavía no tiene cuenta?",
        called: "Su nombre (opcional)",
        rules: "Al menos 8 caracteres. Los espacios y todos los demás caracteres cuentan; un gestor de contraseñas puede crear una por usted.",
        sign_in_with: "Iniciar sesión con una contraseña",
        registered: "Ya puede iniciar sesión",
        registered_text: "Si nadie tenía una cuenta con esta dirección, ahora hay una. Si usted ya tenía una, no se ha cambiado nada: inicie sesión con la contraseña que tiene.",
        change: "Cambiar la contraseña",
        change_text: "Después se cierra la sesión en todos los demás navegadores y las aplicaciones pierden su acceso.",
        change_do: "Cambiar contraseña",
        current: "Contraseña actual",
        new: "Contraseña nueva",
        again: "Contraseña nueva otra vez",
        changed: "Su contraseña se ha cambiado.",
        none: "No tiene contraseña aquí. Inicia sesión en un proveedor.",
        forgotten: "¿Ha olvidado su contraseña?",
        forgotten_text: "Escriba la dirección de correo de su cuenta. Allí llega un correo con un enlace con el que elige otra contraseña.",
        forgotten_do: "Enviar el correo",
        sent: "Mire su correo",
        sent_text: "Si alguien tiene una cuenta con esta dirección, un correo está en camino. Su enlace vale 30 minutos. Si no llega nada, mire entre el correo no deseado o pruebe con otra dirección.",
        reset: "Elegir una contraseña nueva",
        reset_text: "Después se cierra su sesión en todas partes y las aplicaciones pierden su acceso.",
        reset_done: "Su sesión se ha cerrado en todas partes. Inicie sesión con la contraseña nueva.",
        prove: "Confirmar su dirección de correo",
        prove_text: "Si creó aquí una cuenta con esta dirección, escriba la contraseña que eligió entonces. Si no, cierre esta página: no ocurre nada.",
        proven: "Su dirección de correo está confirmada",
        proven_text: "Desde ahora, la dirección cuenta como suya.",
        registered_mailed: "Se ha enviado un correo a la dirección: siga su enlace para confirmar que la dirección es suya.",
        prove_mail: "Enviar un correo para confirmar la dirección",
        prove_mailed: "Si la dirección no está confirmada todavía, un correo está en camino.",
        add: "Añadir una contraseña",
        add_text: "Después también inicia sesión con {address} y esta contraseña. Lo que tiene se queda como está y no se cierra ninguna sesión.",
        add_stale: "Para añadir una contraseña, primero inicie sesión otra vez.",
        added: "Se ha añadido su contraseña. A partir de ahora puede iniciar sesión con ella.",
    },
    scopes: Scopes {
        openid: "Reconocerle en cada visita",
        profile: "Ver su perfil: nombre, foto y otros datos, como el idioma y la fecha de nacimiento",
        email: "Ver su dirección de correo electrónico",
        address: "Ver su dirección postal",
        phone: "Ver su número de teléfono",
        offline: "Conservar este acceso en su ausencia, hasta que se revoque",
        usage: "Usar {scope}",
        usage_at: "Usar {scope} en {api}",
    },
    consent: Consent {
        asks_for_access: "{app} solicita acceso",
        continue_to: "¿Continuar a {app}?",
        continue_as: "Continuar como {who}",
        native: "Continúe solo si acaba de iniciar esto en una aplicación de este dispositivo.",
        other_needed: "Se necesita otra cuenta",
        other_needed_text: "{app} espera una cuenta distinta de la que tiene la sesión iniciada.",
        again: "Inicie sesión de nuevo",
        again_text: "{app} quiere asegurarse de que es usted.",
        please: "Inicie sesión",
        go_on_to_app: "Va a continuar a {app} en {place}.",
    },
    device: Device {
        title: "Conectar un dispositivo",
        compare: "Compare este código con el que muestra su dispositivo y continúe solo si coinciden.",
        enter: "Introduzca el código que muestra su dispositivo.",
        code: "Código",
        asks: "{app} solicitó acceso {when}.",
        asks_from: "{app} solicitó acceso {when}, desde {place}.",
        shows: "El dispositivo muestra el código {code}.",
        confirm: "¿Conectar {app} en otro dispositivo?",
        now: "hace menos de un minuto",
        minute: "hace un minuto",
        minutes: "hace {count} minutos",
        yourself: "Permítalo solo si acaba de iniciarlo personalmente, en un dispositivo que tiene a mano. Si alguien le envió el código, esa persona obtendría este acceso.",
        denied: "Acceso denegado",
        denied_text: "{app} no obtiene nada. Puede cerrar esta página.",
        connected: "Su dispositivo está conectado",
        connected_text: "{app} continuará por sí sola en un momento. Puede cerrar esta página.",
    },
    account: Account {
        title: "Su cuenta",
        apps: "Aplicaciones con acceso",
        no_apps: "Ninguna aplicación tiene acceso a sus datos.",
        more_apps: "Más aplicaciones",
        gone: "Esta aplicación ya no está registrada.",
        since: "Desde el {day}.",
        renewed: "Renovado por última vez el {day}.",
        access_none: "Ahora no tiene acceso y lo obtiene sin preguntar cuando usted inicia sesión en ella.",
        access_until: "El acceso termina cuando usted cierra la sesión.",
        access_stays: "El acceso se mantiene cuando usted cierra la sesión.",
        remove_access: "Quitar el acceso",
        remove_access_of: "Quitar el acceso de {app}",
        sign_ins: "Cómo inicia sesión",
        first: "Su nombre y su dirección vienen de aquí.",
        remove: "Quitar",
        remove_sign_in: "Quitar el inicio de sesión con {provider}",
        second_factor: "Segundo factor",
        more_ways: "Con otra más podrá entrar aunque pierda esta. Una dirección sola no vincula nada: usted inicia sesión allí una vez.",
        link: "Vincular {provider}",
        sessions: "Dónde tiene sesión iniciada",
        this_browser: "este navegador",
        session: "Desde el {since}. Último uso hacia el {used}.",
        session_from: "Desde el {since}, a partir de {place}. Último uso hacia el {used}.",
        end: "Terminar",
        end_of: "Terminar la sesión de {device}",
        earlier: "Antes",
        ended_at: "Terminada el {at}.",
        ended_with_all: "Terminada cuando usted cerró todas las sesiones.",
        device_on: "{browser} en {system}",
        unknown_device: "Un navegador desconocido",
        accounts: "Cuentas en este navegador",
        accounts_text: "Estas cuentas siguen con la sesión iniciada en este navegador.",
        in_use: "en uso",
        use_this: "Usar esta cuenta",
        use_this_of: "Usar esta cuenta: {who}",
        sign_out_of: "Cerrar la sesión de {who}",
        data: "Qué se guarda sobre usted",
        data_from: "El nombre, la dirección y la imagen vienen de {provider}. Se leen de nuevo cada vez que inicia sesión así.",
        picture: "Imagen",
        roles: "Sus roles",
        first_sign_in: "Primer inicio de sesión",
        latest: "Último inicio de sesión",
        number: "Su número aquí",
        download: "Descargar como archivo",
        everywhere: "Cerrar todas las sesiones",
        everywhere_text: "Esto termina todas sus sesiones, en todos los navegadores, y todo el acceso de las aplicaciones.",
        everywhere_ask: "¿Cerrar todas las sesiones?",
        everywhere_ends: "Terminan todas las sesiones de {who}, en todos los navegadores, y también todo el acceso de las aplicaciones, incluso el que se mantiene al cerrar la sesión.",
        everywhere_kept: "Lo que aceptó se recuerda: una aplicación en la que vuelva a iniciar sesión no pregunta otra vez.",
        delete: "Eliminar su cuenta",
        delete_text: "Todo lo que se guarda sobre usted desaparece y nadie puede recuperarlo.",
        delete_ask: "¿Eliminar su cuenta?",
        delete_ends: "Todas sus sesiones, en todos los navegadores, todo el acceso de las aplicaciones y todo lo que se guarda sobre usted desaparecen de inmediato. No se puede deshacer. Quien inicie sesión después con su proveedor será alguien nuevo.",
        delete_type: "Escriba {what} para eliminar su cuenta",
        delete_do: "Eliminar mi cuenta",
        delete_wrong: "Lo que escribió no coincide. No se eliminó nada.",
        again: "Inicie sesión de nuevo",
        again_text: "Solo es posible si ha iniciado sesión en los últimos cinco minutos. Después vuelve a la página de su cuenta.",
        again_never: "Estos le devuelven sin preguntar quién es, mientras le reconozcan: {providers}.",
        again_do: "Iniciar sesión de nuevo",
        link_text: "Inicie sesión en {provider} con la cuenta que quiere vincular. A partir de entonces lleva también a {who}.",
        link_go: "Ir a {provider}",
        done_ended: "La sesión ha terminado.",
        done_removed: "Se quitó el acceso.",
        done_linked: "El nuevo inicio de sesión está vinculado: a partir de ahora también puede usarlo.",
        done_unlinked: "Se quitó el inicio de sesión. Si otra persona lo tenía, cierre también todas las sesiones: lo que se abrió con él sigue abierto hasta entonces.",
        done_last: "Es la única forma en que puede iniciar sesión, así que se queda. Vincule antes otra.",
    },
    claims: Claims {
        given_name: "Nombre de pila",
        family_name: "Apellidos",
        middle_name: "Segundo nombre",
        nickname: "Apodo",
        preferred_username: "Nombre de usuario",
        profile: "Página de perfil",
        website: "Sitio web",
        gender: "Género",
        birthdate: "Fecha de nacimiento",
        zoneinfo: "Zona horaria",
        locale: "Idioma",
        phone_number: "Número de teléfono",
        address: "Dirección postal",
        updated_at: "Modificado en el proveedor",
    },
    trail: Trail {
        title: "Qué ha pasado con su cuenta",
        text: "Lo que ha cambiado su cuenta y sus permisos, quién lo hizo y cuándo. Se conserva durante un tiempo limitado. Sus inicios de sesión están en la página de su cuenta.",
        none: "No hay nada de este tipo anotado sobre usted.",
        earlier: "Anteriores",
        back: "Volver a su cuenta",
        by_you: "Por usted.",
        by_you_from: "Por usted, desde {place}.",
        by_admin: "Por un administrador.",
        by_app: "Por la aplicación {app}.",
        by_operator: "Por los responsables de este servicio.",
        by_latchkey: "Por el propio servicio.",
        session_ended: "Se cerró una sesión.",
        signed_out: "Se cerraron todas sus sesiones.",
        token_reused: "Llegó de nuevo un token ya usado, por lo que terminó el acceso de la aplicación: quizá otra persona tenía una copia.",
        code_reused: "Llegó de nuevo un código ya usado, por lo que terminó el acceso de la aplicación: quizá otra persona tenía una copia.",
        added: "Se creó su cuenta.",
        changed: "Se cambiaron datos guardados sobre usted.",
        roles: "Sus roles desde entonces: {roles}.",
        roles_none: "Se le quitaron todos los roles.",
        entitlements: "Sus derechos de uso desde entonces: {entitlements}.",
        entitlements_none: "Se le quitaron todos los derechos de uso.",
        bought: "Recibió lo que compró.",
        refunded: "Se retiró lo que se le reembolsó.",
        password: "Se cambió su contraseña y se cerraron todas sus sesiones.",
        proven: "Su dirección de correo se confirmó por un correo.",
        disabled: "Se desactivó su cuenta.",
        enabled: "Se volvió a activar su cuenta.",
        exported: "Se exportó lo que se guarda sobre usted.",
        linked: "Se vinculó otra forma de iniciar sesión.",
        passkey_added: "Se ha añadido una llave de acceso con la que puede iniciar sesión.",
        passkey_removed: "Se ha quitado una llave de acceso.",
        passkey_copied: "Se ha rechazado una llave de acceso porque puede haber una copia de ella: quítela si no sabe por qué.",
        factor_added: "Se añadió un segundo factor.",
        factor_removed: "Se quitó su segundo factor.",
        codes_made: "Se crearon nuevos códigos de recuperación; los anteriores ya no valen.",
        unlinked: "Se quitó una forma de iniciar sesión.",
        other: "Otra cosa: {what}.",
    },
    sign_out: SignOut {
        title: "¿Cerrar sesión?",
        app_asks: "{app} solicita cerrar su sesión aquí.",
        ends: "La sesión se cerrará en este navegador, también en las aplicaciones que abrió con ella.",
        others: "En este navegador hay más personas con la sesión iniciada: {count} cuentas en total.",
        only_this: "Cerrar solo esta sesión",
        stay: "Mantener la sesión",
    },
    errors: Errors {
        sign_in: "Inicie sesión",
        not_allowed: "Esto no está permitido",
        nothing: "Aquí no hay nada",
        wait: "Espere un momento",
        not_finished: "No se pudo completar el inicio de sesión",
        unavailable: "Esto no está disponible en este momento",
        fault: "Algo ha fallado",
        failed: "No ha funcionado",
        open_there: "Abrir en esa dirección",
        report: "Si informa de este problema, indique la solicitud {id}.",
        detail: "Para los responsables:",
        request: "La solicitud no era correcta.",
        server: "Ha fallado un servicio necesario. Inténtelo más tarde.",
        denied: "No tiene permiso para hacer esto.",
    },
    refusal,
};

fn refusal(sentence: Sentence) -> &'static str {
    match sentence {
        Sentence::Declined => {
            "No ha permitido que el proveedor inicie su sesión. Empiece de nuevo si lo desea."
        }
        Sentence::NotAllowedThere => {
            "El proveedor no permite que esta cuenta inicie sesión aquí. Empiece de nuevo con otra o consulte a su administrador."
        }
        Sentence::TookTooLongThere => "Ha tardado demasiado en el proveedor. Empiece de nuevo.",
        Sentence::ProviderAsks => {
            "El proveedor quiere preguntarle algo antes de iniciar su sesión. Empiece de nuevo."
        }
        Sentence::CodeSpent => "El proveedor ya no ha aceptado este inicio de sesión. Empiece de nuevo.",
        Sentence::BadlyRegistered => {
            "El proveedor no acepta la forma en que este sitio le pide iniciar su sesión. Avise al administrador de este sitio."
        }
        Sentence::ProviderCannot => "El proveedor no ha podido iniciar su sesión. Empiece de nuevo.",
        Sentence::ProviderAnswersOddly => {
            "El proveedor ha dado una respuesta que no entendemos. Empiece de nuevo."
        }
        Sentence::ProviderUnreachable => {
            "No se puede contactar con el proveedor en este momento. Empiece de nuevo dentro de un momento."
        }
        Sentence::ProviderSlow => "El proveedor no ha respondido a tiempo. Empiece de nuevo.",
        Sentence::Unverified => "No se ha podido verificar la respuesta del proveedor. Empiece de nuevo.",
        Sentence::IncompleteAnswer => "La respuesta del proveedor está incompleta. Empiece de nuevo.",
        Sentence::AnotherProviderAnswers => "La respuesta procede de otro proveedor. Empiece de nuevo.",
        Sentence::NobodyNamed => "El proveedor no ha indicado quién es usted.",
        Sentence::NoFreshSignIn => {
            "El proveedor no le ha pedido que inicie sesión, y la aplicación de la que viene lo exige. Cierre la sesión en el proveedor y empiece de nuevo."
        }
        Sentence::NoSuchProvider => "Ese proveedor no existe aquí.",
        Sentence::AnotherLogin => {
            "Este inicio de sesión no pertenece a este navegador o ya ha terminado. Empiece de nuevo."
        }
        Sentence::LoginTooOld => "Este inicio de sesión ha tardado demasiado. Empiece de nuevo.",
        Sentence::LoginUsed => "Este inicio de sesión ya se ha utilizado. Empiece de nuevo.",
        Sentence::BegunElsewhere => "Este inicio de sesión se empezó con otro proveedor. Empiece de nuevo.",
        Sentence::NotStartedHere => {
            "Este inicio de sesión no se empezó en este navegador o ha tardado demasiado. Empiece de nuevo aquí. Un enlace que le dio un programa u otra persona solo funciona donde se creó."
        }
        Sentence::CouldNotFinish => "No se ha podido completar este inicio de sesión. Empiece de nuevo.",
        Sentence::NotFinished => "Este inicio de sesión no se completó. Empiece de nuevo.",
        Sentence::SessionEnded => "La sesión de este inicio ha terminado. Empiece de nuevo.",
        Sentence::SignedInSince => {
            "Después ha vuelto a iniciar sesión en este navegador, y esa es la que cuenta."
        }
        Sentence::TooManySignIns => {
            "En el último minuto se han empezado demasiados inicios de sesión desde aquí. Espere un minuto e inténtelo de nuevo."
        }
        Sentence::NotAdmitted => "Esta cuenta no puede iniciar sesión aquí. Empiece de nuevo con otra.",
        Sentence::Disabled => "Esta cuenta está desactivada.",
        Sentence::LinkTooOld => {
            "Este enlace no es de la página de su cuenta o es demasiado antiguo. Empiece allí de nuevo."
        }
        Sentence::LinkElsewhere => {
            "Aquí no tiene abierta la sesión en la que empezó. Empiece de nuevo en la página de su cuenta."
        }
        Sentence::LinkSignedOut => "La sesión en la que empezó ya no está abierta. No se ha vinculado nada.",
        Sentence::LinkUsed => {
            "Esto ya se ha utilizado. Abra la página de su cuenta y empiece de nuevo. No se ha vinculado nada."
        }
        Sentence::LinkOfSomebodyElse => {
            "La cuenta que eligió allí ya pertenece aquí a otra persona, por lo que no se ha vinculado. Si también es usted, inicie sesión con ella, elimine esa cuenta en su página y vincúlela de nuevo desde aquí."
        }
        Sentence::LinkTooMany => {
            "Esta cuenta tiene diez inicios de sesión vinculados, que es el máximo. Quite antes uno."
        }
        Sentence::LastAdminYourself => {
            "Usted es la última persona que administra este sitio: dé antes el rol admin a otra. No se ha eliminado nada."
        }
        Sentence::NameUnusable => {
            "Esto no es un correo electrónico ni un nombre de usuario. Un nombre de usuario tiene de 3 a 64 letras, cifras, puntos, guiones y guiones bajos."
        }
        Sentence::BadCombination => "El nombre o la contraseña no es correcto.",
        Sentence::PasswordShort => "Esta contraseña es demasiado corta: debe tener al menos 8 caracteres.",
        Sentence::PasswordLong => "Esta contraseña es demasiado larga: puede tener como máximo 1024 bytes.",
        Sentence::PasswordCommon => "Esta contraseña es una de las más comunes: elija otra.",
        Sentence::PasswordOwn => {
            "Esta contraseña está hecha de su nombre, su dirección o el nombre de este sitio: elija otra."
        }
        Sentence::PasswordDiffers => "Las dos contraseñas nuevas no son iguales.",
        Sentence::PasswordThere => "Esta cuenta ya tiene contraseña.",
        Sentence::PasswordNeedsAddress => {
            "Una contraseña necesita una dirección de correo de la que conste que es suya, y esta cuenta no tiene ninguna."
        }
        Sentence::PasswordElsewhere => {
            "Su dirección de correo pertenece aquí a otra cuenta, o hay una que la espera, así que no se puede añadir una contraseña para ella."
        }
        Sentence::UserNameTaken => "Este nombre de usuario ya está en uso: elija otro.",
        Sentence::NoSignUp => "Aquí nadie puede crear una cuenta por su cuenta.",
        Sentence::LinkDead => {
            "Este enlace ya no vale: se ha usado, tiene más de 30 minutos o se ha enviado un correo más reciente. Pida otro."
        }
        Sentence::MailedCode => {
            "Este código es incorrecto, ya se ha usado, tiene más de diez minutos o se pidió en otro navegador. Pida uno nuevo."
        }
        Sentence::MailedLink => {
            "Este enlace vale una sola vez, durante diez minutos y solo en el navegador en el que lo pidió. Vuelva a él y escriba el código del correo, o pida aquí un correo nuevo."
        }
        Sentence::PasskeyOver => "Esto ha tardado demasiado o ya se ha respondido: inténtelo de nuevo.",
        Sentence::PasskeyRefused => {
            "Esta llave de acceso no se puede usar aquí: inténtelo de nuevo o inicie sesión de otra forma."
        }
        Sentence::PasskeyNotAdded => "No se ha podido añadir la llave de acceso: inténtelo de nuevo.",
        Sentence::PasskeyTooMany => {
            "Esta cuenta tiene diez llaves de acceso, que es el máximo: quite una primero."
        }
        Sentence::FactorWrong => "Este código es incorrecto, ya se ha usado o es demasiado antiguo.",
        Sentence::FactorDemanded => "Un rol de esta cuenta exige un segundo factor.",
        Sentence::FactorFirst => "Esto cambia cómo inicia sesión: muestre antes su segundo factor.",
        Sentence::FactorNeeded => "Esta cuenta tiene un segundo factor, que un programa no puede pedir.",
        Sentence::FactorTooLate => {
            "Este inicio de sesión ha tardado demasiado o se empezó en otro navegador: vuelva a empezar."
        }
        Sentence::FactorPageOld => {
            "Esta página es demasiado antigua, o algo ha cambiado desde entonces: vuelva a abrirla."
        }
        Sentence::PageOfAnotherSignIn => {
            "Esta página es de otro inicio de sesión o es demasiado antigua. No se ha cambiado nada. Ábrala de nuevo."
        }
        Sentence::PageOfAnotherSession => {
            "Esta página es de otro inicio de sesión, o la sesión de este navegador ya se ha cerrado. Empiece de nuevo."
        }
        Sentence::PageOfAnotherLogout => {
            "Esta página es de otro inicio de sesión. No se ha cerrado ninguna sesión."
        }
        Sentence::OnlyOurPages => "Solo nuestras propias páginas pueden enviar esta solicitud.",
        Sentence::NotForYou => "Esta cuenta no puede ver ni hacer esto.",
        Sentence::OwnFactors => {
            "Nadie quita aquí su propio segundo factor: se hace en su propia página, con un código."
        }
        Sentence::BeyondYours => "Esto va más allá de lo que usted puede hacer.",
        Sentence::PageTooOld => "Ya no se puede avanzar desde esta página. Empiece por la primera.",
        Sentence::NoSuchPerson => "Esa persona no existe.",
        Sentence::NoSuchApp => "Esa aplicación no existe.",
        Sentence::NoSuchApi => "Esa API no existe.",
        Sentence::NoSuchRole => "Ese rol no existe.",
        Sentence::NoSuchInvitation => "No hay nadie invitado con esta dirección.",
        Sentence::ChangedSince => {
            "Alguien ha modificado a esta persona entretanto. No se ha cambiado nada. Abra la página de nuevo."
        }
        Sentence::LastAdmin => {
            "Es la última persona que administra este sitio. Dé antes el rol admin a otra. No se ha cambiado nada."
        }
        Sentence::AddressTaken => {
            "Alguien ya tiene esta dirección de correo electrónico o está invitado con ella."
        }
        Sentence::AddressNotPlain => "No es una dirección de correo electrónico simple.",
        Sentence::NameNotFit => "Un nombre tiene entre 1 y 200 caracteres visibles.",
        Sentence::TooManyRoles => "Una persona tiene como máximo 32 roles.",
        Sentence::EntitlementNotFit => "Un derecho de uso tiene de 1 a 100 caracteres visibles.",
        Sentence::TooManyEntitlements => "Una persona tiene como máximo 100 derechos de uso.",
        Sentence::NotAccepted => "No se puede aceptar lo que se ha enviado. No se ha cambiado nada.",
        Sentence::NoSuchRule => "Esa regla no existe.",
        Sentence::RightsChangedSince => {
            "Alguien ha cambiado los roles o las reglas desde que se abrió esta página. Ábrala de nuevo."
        }
        Sentence::NameTaken => "Ya existe uno con este nombre. Cambie ese.",
        Sentence::AgeInSeconds => "Una antigüedad es un número de segundos.",
        Sentence::ClaimAsPair => "Un claim se escribe NOMBRE=VALOR.",
        Sentence::ScopeUnfit => {
            "Un permiso es una palabra de caracteres ASCII simples, sin comillas ni barras invertidas."
        }
        Sentence::NoSecret => "Esta aplicación no tiene secreto.",
        Sentence::AppChangedSince => "Alguien ha cambiado esto en el mismo momento. Inténtelo de nuevo.",
        Sentence::AppRequestOver => {
            "Este inicio de sesión ha tardado demasiado o ya ha terminado. Vuelva a la aplicación y empiece allí de nuevo."
        }
        Sentence::AppMistake => {
            "La aplicación de la que viene ha cometido un error. Avise a sus responsables."
        }
        Sentence::DeviceUnknown => {
            "Ningún dispositivo espera con este código. Puede estar mal escrito, ya usado o tener más de diez minutos."
        }
        Sentence::DeviceElsewhere => {
            "Esta página es de otro inicio de sesión. Introduzca el código de nuevo."
        }
        Sentence::DeviceOver => {
            "Esta solicitud de un dispositivo ya se ha decidido o ha caducado. Empiece de nuevo en el dispositivo."
        }
        Sentence::DeviceSignedOut => "Su sesión está cerrada. Inicie sesión e introduzca el código de nuevo.",
        Sentence::TriedTooOften => "Demasiados intentos. Espere e inténtelo más tarde.",
        Sentence::NothingHere => "No hay nada en esta dirección.",
        Sentence::NoSuchMethod => "Esta dirección no admite ese método.",
        Sentence::Unreadable => "No se puede leer la solicitud.",
        Sentence::AddressTooLong => "La dirección es demasiado larga.",
        Sentence::TooLarge => "Lo que se ha enviado es demasiado grande.",
        Sentence::TooManyCookies => {
            "El navegador ha enviado demasiados datos. Borre las cookies de este sitio e inténtelo de nuevo."
        }
        Sentence::ForPrograms => "Esta dirección es para programas, que envían un token de acceso.",
        Sentence::TokenNotValid => "El token de acceso de esta solicitud no es válido.",
        Sentence::TryAgainSoon => "Inténtelo de nuevo dentro de un momento.",
        Sentence::OurFault => "Algo ha fallado por nuestra parte.",
    }
}
