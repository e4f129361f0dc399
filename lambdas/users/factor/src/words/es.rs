//! Spanish.

use super::Words;

pub(super) static WORDS: Words = Words {
    step: "Introduzca el código",
    step_text: "Abra en su dispositivo la aplicación que genera sus códigos.",
    code: "Código de seis cifras",
    use_passkey: "Usar una llave de acceso",
    passkey_text: "Desbloquee su dispositivo o use su llave de seguridad para demostrar que es usted.",
    passkey_script: "Una llave de acceso necesita JavaScript: actívelo en su navegador y vuelva a cargar esta página.",
    recover: "¿No tiene el dispositivo?",
    recovery_code: "Código de recuperación",
    recovered: "Ha iniciado sesión",
    recovered_text: "Configure pronto otro dispositivo o cree nuevos códigos de recuperación.",
    left: "Códigos de recuperación que quedan: {count}.",
    title: "Segundo factor",
    removed: "Se ha quitado su segundo factor.",
    setup_text: "Lea esta imagen con una aplicación que genere códigos e introduzca el código que muestra. Desde entonces, cada inicio de sesión pide uno.",
    needed: "Este inicio de sesión necesita un segundo factor, y usted aún no tiene ninguno. Configure uno para continuar.",
    picture: "Imagen para la aplicación",
    key: "O escriba esta clave en la aplicación",
    add: "Activar",
    codes: "Sus códigos de recuperación",
    codes_text: "Su segundo factor está activado. Guarde estos códigos en un lugar seguro: cada uno le deja entrar una vez si pierde el dispositivo, y no se muestran de nuevo.",
    has: "Tiene un segundo factor desde el",
    prove: "Para cambiar algo aquí, introduzca un código de la aplicación o un código de recuperación.",
    any_code: "Código o código de recuperación",
    renew: "Crear nuevos códigos de recuperación",
    remove: "Quitar el segundo factor",
    again_text: "Esto es solo para quien ha iniciado sesión en los últimos cinco minutos. Después vuelve aquí.",
};
