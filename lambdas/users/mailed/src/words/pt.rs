//! Portuguese.

use super::Words;

pub(super) static WORDS: Words = Words {
    ask: "Entrar por e-mail",
    ask_text: "Digite o seu endereço de e-mail. Um código é enviado para lá, e com ele você entra sem senha.",
    ask_do: "Enviar o código",
    code: "Digite o código",
    code_text: "Se você pode entrar com {address}, um e-mail está a caminho. O código dele vale por dez minutos neste navegador, e o link também.",
    code_label: "Código de seis dígitos",
    another: "Pedir um novo código",
    link_text: "Você entra com {address}.",
};
