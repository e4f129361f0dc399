//! Spanish.

use super::Words;

pub(super) static WORDS: Words = Words {
    ask: "Iniciar sesión por correo",
    ask_text: "Escriba su dirección de correo. Allí llega un código con el que inicia sesión sin contraseña.",
    ask_do: "Enviar el código",
    code: "Escriba el código",
    code_text: "Si puede iniciar sesión con {address}, un correo está en camino. Su código vale durante diez minutos en este navegador, y su enlace también.",
    code_label: "Código de seis cifras",
    another: "Pedir un código nuevo",
    link_text: "Inicia sesión con {address}.",
};
