//! French.

use super::Words;

pub(super) static WORDS: Words = Words {
    ask: "Se connecter par e-mail",
    ask_text: "Saisissez votre adresse e-mail. Un code y est envoyé, avec lequel vous vous connectez sans mot de passe.",
    ask_do: "Envoyer le code",
    code: "Saisissez le code",
    code_text: "Si vous pouvez vous connecter avec {address}, un e-mail y est en route. Son code est valable dix minutes dans ce navigateur, tout comme son lien.",
    code_label: "Code à six chiffres",
    another: "Demander un nouveau code",
    link_text: "Vous vous connectez avec {address}.",
};
