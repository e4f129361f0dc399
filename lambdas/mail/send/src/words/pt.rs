//! Portuguese.

use super::{Mails, Words};

pub(super) static WORDS: Words = Words {
    tag: "pt",
    mails: Mails {
        reset: "Escolher uma nova senha",
        reset_text: "Alguém, provavelmente você, quer escolher uma nova senha em {brand}.",
        reset_do: "Escolher uma nova senha",
        prove: "Confirme seu endereço de e-mail",
        prove_text: "Alguém, provavelmente você, informou este endereço de e-mail em {brand}. Confirme que ele é seu.",
        prove_do: "Confirmar este endereço",
        sign_in_do: "Entrar",
        code: "Seu código para entrar",
        code_text: "Com este código você entra em {brand}:",
        code_link: "No dispositivo em que pediu o código, você pode seguir o link em vez de digitá-lo. Ele só funciona no navegador em que você o pediu.",
        known: "Você já tem uma conta",
        known_text: "Alguém, provavelmente você, quis criar uma conta em {brand} com este endereço de e-mail. Já existe uma, e nada foi alterado. Entre como sempre, ou escolha lá uma nova senha.",
        known_do: "Entrar",
        changed: "Sua senha foi alterada",
        changed_text: "A senha da sua conta em {brand} foi alterada.",
        added: "Uma forma de entrar foi adicionada",
        added_text: "Isto foi adicionado à sua conta em {brand} e pode ser usado quando você entrar:",
        removed: "Uma forma de entrar foi removida",
        removed_text: "Isto foi removido da sua conta em {brand} e não pode mais ser usado quando você entrar:",
        app: "Códigos de um aplicativo e códigos de recuperação",
        passkey: "A chave de acesso {name}",
        password: "Uma senha",
        all: "Todos os segundos fatores e todas as chaves de acesso",
        look: "Ver sua conta",
        link_counts: "O link vale por {minutes} minutos e uma única vez.",
        code_counts: "O código vale por {minutes} minutos e uma única vez. Não o diga a ninguém: ninguém de {brand} vai pedi-lo.",
        ignore: "Se não foi você, pode ignorar este e-mail. Nada acontecerá.",
        not_you: "Se não foi você, talvez outra pessoa esteja usando sua conta. Entre, escolha uma nova senha e encerre todas as outras sessões.",
        by_others: "Quem fez isto foi uma pessoa que cuida de {brand}, porque alguém pediu em seu nome; você foi desconectado em todos os lugares. Se não foi você quem pediu, avise essa pessoa imediatamente.",
        footer: "{brand} enviou este e-mail porque este endereço foi informado em {address}.",
    },
};
