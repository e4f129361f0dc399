//! Spanish.

use super::{Mails, Words};

pub(super) static WORDS: Words = Words {
    tag: "es",
    mails: Mails {
        reset: "Elegir una contraseña nueva",
        reset_text: "Alguien, probablemente usted, quiere elegir una contraseña nueva en {brand}.",
        reset_do: "Elegir una contraseña nueva",
        prove: "Confirme su dirección de correo",
        prove_text: "Alguien, probablemente usted, ha indicado esta dirección de correo en {brand}. Confirme que es suya.",
        prove_do: "Confirmar esta dirección",
        sign_in_do: "Iniciar sesión",
        code: "Su código para iniciar sesión",
        code_text: "Con este código inicia sesión en {brand}:",
        code_link: "En el dispositivo en el que pidió el código, puede seguir el enlace en lugar de escribirlo. Solo funciona en el navegador en el que lo pidió.",
        known: "Ya tiene una cuenta",
        known_text: "Alguien, probablemente usted, quiso crear una cuenta en {brand} con esta dirección de correo. Ya existe una, y no se ha cambiado nada. Inicie sesión como siempre, o elija allí una contraseña nueva.",
        known_do: "Iniciar sesión",
        changed: "Se ha cambiado su contraseña",
        changed_text: "Se ha cambiado la contraseña de su cuenta en {brand}.",
        added: "Se ha añadido una forma de iniciar sesión",
        added_text: "Se ha añadido esto a su cuenta en {brand}, y puede usarse al iniciar sesión:",
        removed: "Se ha eliminado una forma de iniciar sesión",
        removed_text: "Se ha eliminado esto de su cuenta en {brand}, y ya no puede usarse al iniciar sesión:",
        app: "Códigos de una aplicación y códigos de recuperación",
        passkey: "La llave de acceso {name}",
        password: "Una contraseña",
        all: "Todos los segundos factores y todas las llaves de acceso",
        look: "Ver su cuenta",
        link_counts: "El enlace es válido durante {minutes} minutos y una sola vez.",
        code_counts: "El código es válido durante {minutes} minutos y una sola vez. No se lo dé a nadie: nadie de {brand} se lo pedirá.",
        ignore: "Si no ha sido usted, puede ignorar este mensaje. No ocurrirá nada.",
        not_you: "Si no ha sido usted, quizá otra persona esté usando su cuenta. Inicie sesión, elija una contraseña nueva y cierre todas las demás sesiones.",
        by_others: "Lo ha hecho una persona que se ocupa de {brand}, porque alguien lo pidió en su nombre; se ha cerrado su sesión en todas partes. Si no lo pidió usted, avísela de inmediato.",
        footer: "{brand} ha enviado este mensaje porque esta dirección de correo se indicó en {address}.",
    },
};
