//! Portuguese.

use super::Words;

pub(super) static WORDS: Words = Words {
    step: "Digite o código",
    step_text: "Abra no seu dispositivo o aplicativo que gera os seus códigos.",
    code: "Código de seis dígitos",
    use_passkey: "Usar uma chave de acesso",
    passkey_text: "Desbloqueie o seu dispositivo ou use a sua chave de segurança para mostrar que é você.",
    passkey_script: "Uma chave de acesso precisa de JavaScript: ative-o no seu navegador e recarregue esta página.",
    recover: "O dispositivo não está aí?",
    recovery_code: "Código de recuperação",
    recovered: "Você entrou",
    recovered_text: "Configure logo outro dispositivo ou crie novos códigos de recuperação.",
    left: "Códigos de recuperação restantes: {count}.",
    title: "Segundo fator",
    removed: "O seu segundo fator foi removido.",
    setup_text: "Leia esta imagem com um aplicativo que gera códigos e digite o código que ele mostra. Depois disso, cada início de sessão pede um.",
    needed: "Este início de sessão precisa de um segundo fator, e ainda não tem nenhum. Configure um para continuar.",
    picture: "Imagem para o aplicativo",
    key: "Ou digite esta chave no aplicativo",
    add: "Ativar",
    codes: "Os seus códigos de recuperação",
    codes_text: "O seu segundo fator está ativado. Guarde estes códigos em lugar seguro: cada um deixa você entrar uma vez se perder o dispositivo, e eles não são mostrados de novo.",
    has: "Você tem um segundo fator desde",
    prove: "Para mudar algo aqui, digite um código do aplicativo ou um código de recuperação.",
    any_code: "Código ou código de recuperação",
    renew: "Criar novos códigos de recuperação",
    remove: "Remover o segundo fator",
    again_text: "Isto é só para quem entrou nos últimos cinco minutos. Depois você volta para cá.",
};
