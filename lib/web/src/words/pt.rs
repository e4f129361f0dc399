//! Portuguese, so that it reads well in Brazil and in Portugal.

use oauth::Sentence;

use super::{
    Account, Claims, Common, Consent, Device, Errors, Home, Passkeys, Passwords, Scopes, SignIn, SignOut,
    Trail, Words,
};

pub(super) static WORDS: Words = Words {
    tag: "pt",
    name: "Português",
    date: "{day} de {month} de {year}",
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    comma: ", ",
    and: " e ",
    common: Common {
        home: "Início",
        sign_in: "Iniciar sessão",
        sign_out: "Terminar sessão",
        sign_out_all: "Terminar sessão em todas as contas",
        cancel: "Cancelar",
        allow: "Permitir",
        deny: "Recusar",
        go_on: "Continuar",
        start_again: "Começar de novo",
        reload: "Recarregar",
        one_moment: "Um momento",
        other_account: "Usar outra conta",
        not_you: "Não é você?",
        signed_in_as: "Sessão iniciada como {who}.",
        this_account: "esta conta",
        choose_account: "Escolha uma conta",
        go_on_to: "Vai continuar para {place}.",
        asks_to: "O aplicativo pede para:",
        terms: "Termos de utilização",
        privacy: "Privacidade",
    },
    home: Home {
        welcome: "Boas-vindas",
        welcome_text: "Inicie sessão para ver quem é aqui e o que pode fazer.",
        signed_out: "A sessão foi terminada",
        signed_out_text: "É possível que o provedor ainda reconheça a sua conta. Pode iniciar sessão novamente, com outra conta se quiser.",
        others: "Escolher uma conta com sessão iniciada neste navegador",
        account: "Aplicativos e sessões",
        console: "Pessoas e permissões",
        rights: "As suas permissões",
        roles: "Funções: {roles}",
        none: "nenhuma",
        scopes: "Escopos",
        sign_out_only: "Terminar apenas a sessão de {who}",
        not_verified: "não verificado",
        signed_in: "Sessão iniciada",
        call: "Chamar a API",
        call_text: "O botão copia um comando com um novo token de acesso, válido por dez minutos.",
        copy: "Copiar o comando curl",
        copied: "Copiado. Cole o comando num terminal.",
        expired: "A sessão já não está iniciada. Recarregue a página.",
        no_token: "Nenhum token neste momento. Tente novamente.",
        refused: "O navegador não permitiu.",
        needs_script: "O botão precisa de JavaScript.",
        users: "Pessoas",
        name: "Nome",
        email: "Endereço de e-mail",
        role: "Funções",
        since: "Desde",
        newest: "Estas são as mais recentes; {call} percorre todas.",
    },
    sign_in: SignIn {
        text: "Escolha como quer iniciar sessão.",
        with: "Continuar com {provider}",
        at: "Iniciar sessão com {provider}",
        last_used: "Usado da última vez",
        unfinished: "O início de sessão ainda está sendo concluído. Recarregue esta página dentro de alguns segundos.",
        mailed: "Enviar-me um código por e-mail",
        mailed_way: "Código por e-mail",
    },
    passkeys: Passkeys {
        title: "Chaves de acesso",
        text: "Com uma chave de acesso, você entra pelo bloqueio do seu dispositivo ou com uma chave de segurança, sem nome nem senha.",
        none: "Você ainda não tem uma chave de acesso.",
        stale: "Para adicionar, renomear ou remover uma chave de acesso, entre de novo primeiro.",
        since: "Desde {day}.",
        used: "Último uso em {day}.",
        unused: "Nunca usada.",
        synced: "Seu gerenciador de senhas também a guarda.",
        name: "Nome da chave",
        rename: "Renomear",
        rename_of: "Renomear {name}",
        remove_of: "Remover {name}",
        add: "Adicionar uma chave de acesso",
        needs_script: "Uma chave de acesso só pode ser adicionada com JavaScript.",
        added: "A chave de acesso foi adicionada.",
        renamed: "A chave de acesso tem outro nome agora.",
        removed: "A chave de acesso foi removida. Apague-a também no seu gerenciador de senhas ou no seu dispositivo.",
        known: "Este dispositivo já tem uma chave de acesso sua.",
        sign_in: "Entrar com uma chave de acesso",
    },
    passwords: Passwords {
        login: "E-mail ou nome de usuário",
        password: "Senha",
        other_ways: "Outras formas de entrar",
        or: "ou",
        register: "Criar uma conta",
        register_text: "Escolha um e-mail ou um nome de usuário, e uma senha.",
        register_do: "Criar conta",
        register_ask: "Ainda não tem conta?",
        called: "Seu nome (opcional)",
        rules: "Pelo menos 8 caracteres. Espaços e todos os outros caracteres contam; um gerenciador de senhas pode criar uma para você.",
        sign_in_with: "Entrar com uma senha",
        registered: "Agora você pode entrar",
        registered_text: "Se ninguém tinha uma conta com este endereço, agora há uma. Se você já tinha uma, nada foi alterado: entre com a senha que você tem.",
        change: "Alterar a senha",
        change_text: "Depois disso, você sai em todos os outros navegadores, e os aplicativos perdem o acesso.",
        change_do: "Alterar senha",
        current: "Senha atual",
        new: "Nova senha",
        again: "Nova senha outra vez",
        changed: "Sua senha foi alterada.",
        none: "Você não tem senha aqui. Você entra por um provedor.",
        forgotten: "Esqueceu a senha?",
        forgotten_text: "Digite o endereço de e-mail da sua conta. Um e-mail com um link é enviado para lá, e com ele você escolhe outra senha.",
        forgotten_do: "Enviar o e-mail",
        sent: "Veja o seu e-mail",
        sent_text: "Se alguém tiver uma conta com este endereço, um e-mail está a caminho. O link vale por 30 minutos. Se nada chegar, procure no lixo eletrônico ou tente outro endereço.",
        reset: "Escolher uma nova senha",
        reset_text: "Depois, todas as suas sessões são encerradas e os aplicativos perdem o acesso.",
        reset_done: "Todas as suas sessões foram encerradas. Entre com a nova senha.",
        prove: "Confirmar o seu endereço de e-mail",
        prove_text: "Se você criou uma conta aqui com este endereço, digite a senha que escolheu. Se não, feche esta página: nada acontece.",
        proven: "O seu endereço de e-mail está confirmado",
        proven_text: "A partir de agora, o endereço conta como seu.",
        registered_mailed: "Um e-mail foi enviado para o endereço: siga o link para confirmar que o endereço é seu.",
        prove_mail: "Enviar um e-mail para confirmar o endereço",
        prove_mailed: "Se o endereço ainda não estiver confirmado, um e-mail está a caminho.",
        add: "Adicionar uma senha",
        add_text: "Depois você também entra com {address} e esta senha. O que você tem continua como está, e nenhuma sessão é terminada.",
        add_stale: "Para adicionar uma senha, entre de novo primeiro.",
        added: "Sua senha foi adicionada. A partir de agora você pode entrar com ela.",
    },
    scopes: Scopes {
        openid: "Reconhecer você a cada visita",
        profile: "Ver o seu perfil: nome, foto e outros dados, como o idioma e a data de nascimento",
        email: "Ver o seu endereço de e-mail",
        address: "Ver o seu endereço postal",
        phone: "Ver o seu número de telefone",
        offline: "Manter este acesso na sua ausência, até que seja revogado",
        usage: "Usar {scope}",
        usage_at: "Usar {scope} em {api}",
    },
    consent: Consent {
        asks_for_access: "{app} pede acesso",
        continue_to: "Continuar para {app}?",
        continue_as: "Continuar como {who}",
        native: "Continue apenas se acabou de iniciar isto num aplicativo neste dispositivo.",
        other_needed: "É necessária outra conta",
        other_needed_text: "{app} espera uma conta diferente da que tem a sessão iniciada.",
        again: "Inicie sessão novamente",
        again_text: "{app} quer ter certeza de que é você.",
        please: "Inicie sessão",
        go_on_to_app: "Vai continuar para {app} em {place}.",
    },
    device: Device {
        title: "Conectar um dispositivo",
        compare: "Compare este código com o que o seu dispositivo mostra e continue apenas se forem iguais.",
        enter: "Digite o código que o seu dispositivo mostra.",
        code: "Código",
        asks: "{app} pediu acesso {when}.",
        asks_from: "{app} pediu acesso {when}, a partir de {place}.",
        shows: "O dispositivo mostra o código {code}.",
        confirm: "Conectar {app} em outro dispositivo?",
        now: "há menos de um minuto",
        minute: "há um minuto",
        minutes: "há {count} minutos",
        yourself: "Permita isto apenas se acabou de começar isto pessoalmente, num dispositivo que tem à mão. Se alguém lhe enviou o código, essa pessoa ficaria com este acesso.",
        denied: "Acesso recusado",
        denied_text: "{app} não recebe nada. Pode fechar esta página.",
        connected: "O seu dispositivo está conectado",
        connected_text: "{app} continua sozinho dentro de um momento. Pode fechar esta página.",
    },
    account: Account {
        title: "A sua conta",
        apps: "Aplicativos com acesso",
        no_apps: "Nenhum aplicativo tem acesso aos seus dados.",
        more_apps: "Mais aplicativos",
        gone: "Este aplicativo já não está registrado.",
        since: "Desde {day}.",
        renewed: "Renovado pela última vez em {day}.",
        access_none: "Neste momento não tem acesso e obtém-no sem perguntar quando iniciar sessão nele.",
        access_until: "O acesso termina quando terminar a sessão.",
        access_stays: "O acesso mantém-se quando terminar a sessão.",
        remove_access: "Remover o acesso",
        remove_access_of: "Remover o acesso de {app}",
        sign_ins: "Como inicia sessão",
        first: "O seu nome e o seu endereço vêm daqui.",
        remove: "Remover",
        remove_sign_in: "Remover o início de sessão com {provider}",
        second_factor: "Segundo fator",
        more_ways: "Com mais uma, ainda consegue entrar se perder esta. Um endereço sozinho não vincula nada: inicia sessão lá uma vez.",
        link: "Vincular {provider}",
        sessions: "Onde tem sessão iniciada",
        this_browser: "este navegador",
        session: "Desde {since}. Último uso por volta de {used}.",
        session_from: "Desde {since}, a partir de {place}. Último uso por volta de {used}.",
        end: "Encerrar",
        end_of: "Encerrar a sessão de {device}",
        earlier: "Anteriormente",
        ended_at: "Encerrada em {at}.",
        ended_with_all: "Encerrada quando terminou todas as sessões.",
        device_on: "{browser} em {system}",
        unknown_device: "Um navegador desconhecido",
        accounts: "Contas neste navegador",
        accounts_text: "Estas contas ainda têm sessão iniciada neste navegador.",
        in_use: "em uso",
        use_this: "Usar esta conta",
        use_this_of: "Usar esta conta: {who}",
        sign_out_of: "Terminar a sessão de {who}",
        data: "O que está guardado sobre você",
        data_from: "O nome, o endereço e a imagem vêm de {provider}. São lidos de novo sempre que iniciar sessão assim.",
        picture: "Imagem",
        roles: "As suas funções",
        first_sign_in: "Primeiro início de sessão",
        latest: "Último início de sessão",
        number: "O seu número aqui",
        download: "Baixar como arquivo",
        everywhere: "Terminar todas as sessões",
        everywhere_text: "Isto encerra todas as suas sessões, em todos os navegadores, e todo o acesso dos aplicativos.",
        everywhere_ask: "Terminar todas as sessões?",
        everywhere_ends: "Terminam todas as sessões de {who}, em todos os navegadores, e também todo o acesso dos aplicativos, mesmo o que se mantém depois de terminar a sessão.",
        everywhere_kept: "O que aceitou é lembrado: um aplicativo em que volte a iniciar sessão não pergunta de novo.",
        delete: "Eliminar a sua conta",
        delete_text: "Tudo o que está guardado sobre você desaparece e ninguém o pode recuperar.",
        delete_ask: "Eliminar a sua conta?",
        delete_ends: "Todas as suas sessões, em todos os navegadores, todo o acesso dos aplicativos e tudo o que está guardado sobre você desaparecem de imediato. Não é possível desfazer. Quem iniciar sessão depois com o seu provedor será alguém novo.",
        delete_type: "Escreva {what} para eliminar a sua conta",
        delete_do: "Eliminar a minha conta",
        delete_wrong: "O que escreveu não corresponde. Nada foi eliminado.",
        again: "Inicie sessão novamente",
        again_text: "Só é possível se tiver iniciado sessão nos últimos cinco minutos. Depois volta à página da sua conta.",
        again_never: "Estes devolvem-no sem perguntar quem é, enquanto o reconhecerem: {providers}.",
        again_do: "Iniciar sessão novamente",
        link_text: "Inicie sessão em {provider} com a conta que quer vincular. A partir daí leva também a {who}.",
        link_go: "Continuar para {provider}",
        done_ended: "A sessão foi encerrada.",
        done_removed: "O acesso foi removido.",
        done_linked: "O novo início de sessão está vinculado: a partir de agora também pode usá-lo.",
        done_unlinked: "O início de sessão foi removido. Se outra pessoa o tinha, termine também todas as sessões: o que foi aberto com ele continua aberto até lá.",
        done_last: "É a única forma de iniciar sessão, por isso fica. Vincule primeiro outra.",
    },
    claims: Claims {
        given_name: "Nome próprio",
        family_name: "Sobrenome",
        middle_name: "Nome do meio",
        nickname: "Apelido",
        preferred_username: "Nome de usuário",
        profile: "Página de perfil",
        website: "Site",
        gender: "Gênero",
        birthdate: "Data de nascimento",
        zoneinfo: "Fuso horário",
        locale: "Idioma",
        phone_number: "Número de telefone",
        address: "Endereço postal",
        updated_at: "Alterado no provedor",
    },
    trail: Trail {
        title: "O que aconteceu à sua conta",
        text: "O que alterou a sua conta e os seus direitos, quem o fez e quando. É guardado durante um tempo limitado. Os seus inícios de sessão estão na página da sua conta.",
        none: "Nada deste género está registado sobre si.",
        earlier: "Anteriores",
        back: "Voltar à sua conta",
        by_you: "Por si.",
        by_you_from: "Por si, a partir de {place}.",
        by_admin: "Por um administrador.",
        by_app: "Pela aplicação {app}.",
        by_operator: "Pelos responsáveis deste serviço.",
        by_latchkey: "Pelo próprio serviço.",
        session_ended: "Uma sessão foi encerrada.",
        signed_out: "Todas as suas sessões foram encerradas.",
        token_reused: "Um token já usado voltou a chegar, por isso o acesso da aplicação terminou: talvez outra pessoa tivesse uma cópia.",
        code_reused: "Um código já usado voltou a chegar, por isso o acesso da aplicação terminou: talvez outra pessoa tivesse uma cópia.",
        added: "A sua conta foi criada.",
        changed: "Dados guardados sobre si foram alterados.",
        roles: "As suas funções desde então: {roles}.",
        roles_none: "Todas as funções lhe foram retiradas.",
        entitlements: "Os seus direitos de uso desde então: {entitlements}.",
        entitlements_none: "Todos os direitos de uso lhe foram retirados.",
        bought: "Recebeu o que comprou.",
        refunded: "O que foi reembolsado foi retirado.",
        password: "A sua senha foi alterada e todas as suas sessões foram encerradas.",
        proven: "O seu endereço de e-mail foi confirmado por um e-mail.",
        disabled: "A sua conta foi desativada.",
        enabled: "A sua conta foi reativada.",
        exported: "O que está guardado sobre si foi exportado.",
        linked: "Foi associada outra forma de iniciar sessão.",
        passkey_added: "Foi adicionada uma chave de acesso com a qual você pode entrar.",
        passkey_removed: "Uma chave de acesso foi removida.",
        passkey_copied: "Uma chave de acesso foi recusada porque pode haver uma cópia dela: remova-a se você não sabe por quê.",
        factor_added: "Um segundo fator foi adicionado.",
        factor_removed: "O seu segundo fator foi removido.",
        codes_made: "Novos códigos de recuperação foram criados; os antigos não valem mais.",
        unlinked: "Foi removida uma forma de iniciar sessão.",
        other: "Outra coisa: {what}.",
    },
    sign_out: SignOut {
        title: "Terminar sessão?",
        app_asks: "{app} pede para terminar a sua sessão aqui.",
        ends: "A sessão termina neste navegador, também nos aplicativos que abriu com ela.",
        others: "Há outras pessoas com sessão iniciada neste navegador: {count} contas no total.",
        only_this: "Terminar apenas esta sessão",
        stay: "Manter a sessão",
    },
    errors: Errors {
        sign_in: "Inicie sessão",
        not_allowed: "Isto não é permitido",
        nothing: "Não há nada aqui",
        wait: "Aguarde um pouco",
        not_finished: "Não foi possível concluir o início de sessão",
        unavailable: "Isto não está disponível neste momento",
        fault: "Algo deu errado",
        failed: "Não funcionou",
        open_there: "Abrir nesse endereço",
        report: "Se comunicar este problema, indique a solicitação {id}.",
        detail: "Para os responsáveis:",
        request: "A solicitação não estava correta.",
        server: "Um serviço necessário falhou. Tente novamente mais tarde.",
        denied: "Você não tem permissão para fazer isto.",
    },
    refusal,
};

fn refusal(sentence: Sentence) -> &'static str {
    match sentence {
        Sentence::Declined => {
            "Você não permitiu que o provedor iniciasse a sua sessão. Comece de novo se quiser."
        }
        Sentence::NotAllowedThere => {
            "O provedor não permite que esta conta inicie sessão aqui. Comece de novo com outra ou consulte o administrador dele."
        }
        Sentence::TookTooLongThere => "Demorou demais no provedor. Comece de novo.",
        Sentence::ProviderAsks => {
            "O provedor quer perguntar algo antes de iniciar a sua sessão. Comece de novo."
        }
        Sentence::CodeSpent => "O provedor já não aceitou este início de sessão. Comece de novo.",
        Sentence::BadlyRegistered => {
            "O provedor não aceita a forma como este site pede para iniciar a sua sessão. Avise o administrador deste site."
        }
        Sentence::ProviderCannot => "O provedor não conseguiu iniciar a sua sessão. Comece de novo.",
        Sentence::ProviderAnswersOddly => "O provedor deu uma resposta que não entendemos. Comece de novo.",
        Sentence::ProviderUnreachable => {
            "Não é possível contactar o provedor neste momento. Comece de novo dentro de um momento."
        }
        Sentence::ProviderSlow => "O provedor não respondeu a tempo. Comece de novo.",
        Sentence::Unverified => "Não foi possível verificar a resposta do provedor. Comece de novo.",
        Sentence::IncompleteAnswer => "A resposta do provedor está incompleta. Comece de novo.",
        Sentence::AnotherProviderAnswers => "A resposta vem de outro provedor. Comece de novo.",
        Sentence::NobodyNamed => "O provedor não informou quem é você.",
        Sentence::NoFreshSignIn => {
            "O provedor não pediu para iniciar sessão, e o aplicativo de onde você vem exige isso. Termine a sessão no provedor e comece de novo."
        }
        Sentence::NoSuchProvider => "Esse provedor não existe aqui.",
        Sentence::AnotherLogin => {
            "Este início de sessão não pertence a este navegador ou já terminou. Comece de novo."
        }
        Sentence::LoginTooOld => "Este início de sessão demorou demais. Comece de novo.",
        Sentence::LoginUsed => "Este início de sessão já foi usado. Comece de novo.",
        Sentence::BegunElsewhere => "Este início de sessão começou com outro provedor. Comece de novo.",
        Sentence::NotStartedHere => {
            "Este início de sessão não começou neste navegador ou demorou demais. Comece de novo aqui. Um link que recebeu de um programa ou de outra pessoa só funciona onde foi criado."
        }
        Sentence::CouldNotFinish => "Não foi possível concluir este início de sessão. Comece de novo.",
        Sentence::NotFinished => "Este início de sessão não foi concluído. Comece de novo.",
        Sentence::SessionEnded => "A sessão deste início já terminou. Comece de novo.",
        Sentence::SignedInSince => {
            "Depois disso você iniciou sessão novamente neste navegador, e é essa sessão que vale."
        }
        Sentence::TooManySignIns => {
            "Foram iniciadas demasiadas sessões a partir daqui no último minuto. Aguarde um minuto e tente novamente."
        }
        Sentence::NotAdmitted => "Esta conta não pode iniciar sessão aqui. Comece de novo com outra.",
        Sentence::Disabled => "Esta conta está desativada.",
        Sentence::LinkTooOld => {
            "Este link não é da página da sua conta ou é antigo demais. Comece de novo nessa página."
        }
        Sentence::LinkElsewhere => {
            "A sessão em que começou não está iniciada aqui. Comece de novo na página da sua conta."
        }
        Sentence::LinkSignedOut => "A sessão em que começou já não está iniciada. Nada foi vinculado.",
        Sentence::LinkUsed => {
            "Isto já foi usado. Abra a página da sua conta e comece de novo. Nada foi vinculado."
        }
        Sentence::LinkOfSomebodyElse => {
            "A conta que escolheu lá já pertence a outra pessoa aqui, por isso não foi vinculada. Se também for você, inicie sessão com ela, elimine essa conta na página dela e vincule-a de novo a partir daqui."
        }
        Sentence::LinkTooMany => {
            "Esta conta tem dez inícios de sessão vinculados, que é o máximo. Remova primeiro um deles."
        }
        Sentence::LastAdminYourself => {
            "Você é a última pessoa que administra este site: dê primeiro a função admin a outra. Nada foi eliminado."
        }
        Sentence::NameUnusable => {
            "Isto não é um e-mail nem um nome de usuário. Um nome de usuário tem de 3 a 64 letras, dígitos, pontos, hifens e sublinhados."
        }
        Sentence::BadCombination => "O nome ou a senha está incorreto.",
        Sentence::PasswordShort => "Esta senha é curta demais: ela deve ter pelo menos 8 caracteres.",
        Sentence::PasswordLong => "Esta senha é longa demais: ela pode ter no máximo 1.024 bytes.",
        Sentence::PasswordCommon => "Esta senha é uma das mais comuns: escolha outra.",
        Sentence::PasswordOwn => {
            "Esta senha é feita do seu nome, do seu endereço ou do nome deste site: escolha outra."
        }
        Sentence::PasswordDiffers => "As duas novas senhas não são iguais.",
        Sentence::PasswordThere => "Esta conta já tem uma senha.",
        Sentence::PasswordNeedsAddress => {
            "Uma senha precisa de um endereço de e-mail comprovadamente seu, e esta conta não tem nenhum."
        }
        Sentence::PasswordElsewhere => {
            "Seu endereço de e-mail pertence aqui a outra conta, ou há uma à espera dele; por isso não é possível adicionar uma senha para ele."
        }
        Sentence::UserNameTaken => "Este nome de usuário já está em uso: escolha outro.",
        Sentence::NoSignUp => "Aqui ninguém pode criar uma conta por conta própria.",
        Sentence::LinkDead => {
            "Este link não funciona mais: ele foi usado, tem mais de 30 minutos ou um e-mail mais novo foi enviado. Peça outro."
        }
        Sentence::MailedCode => {
            "Este código está errado, já foi usado, tem mais de dez minutos ou foi pedido em outro navegador. Peça um novo."
        }
        Sentence::MailedLink => {
            "Este link vale uma única vez, por dez minutos e só no navegador em que você o pediu. Volte para lá e digite o código do e-mail, ou peça aqui um novo e-mail."
        }
        Sentence::PasskeyOver => "Isso demorou demais ou já foi respondido: tente de novo.",
        Sentence::PasskeyRefused => {
            "Esta chave de acesso não pode ser usada aqui: tente de novo ou entre de outra forma."
        }
        Sentence::PasskeyNotAdded => "A chave de acesso não pôde ser adicionada: tente de novo.",
        Sentence::PasskeyTooMany => {
            "Esta conta tem dez chaves de acesso, que é o máximo: remova uma primeiro."
        }
        Sentence::FactorWrong => "Este código está errado, já foi usado ou é antigo demais.",
        Sentence::FactorDemanded => "Uma função desta conta exige um segundo fator.",
        Sentence::FactorFirst => {
            "Isto muda a forma como inicia sessão: apresente primeiro o seu segundo fator."
        }
        Sentence::FactorNeeded => "Esta conta tem um segundo fator, que um programa não pode pedir.",
        Sentence::FactorTooLate => {
            "Este início de sessão demorou demais ou foi começado em outro navegador: comece de novo."
        }
        Sentence::FactorPageOld => "Esta página é antiga demais, ou algo mudou desde então: abra-a de novo.",
        Sentence::PageOfAnotherSignIn => {
            "Esta página é de outro início de sessão ou é antiga demais. Nada foi alterado. Abra-a novamente."
        }
        Sentence::PageOfAnotherSession => {
            "Esta página é de outro início de sessão, ou a sessão deste navegador já terminou. Comece de novo."
        }
        Sentence::PageOfAnotherLogout => {
            "Esta página é de outro início de sessão. Nenhuma sessão foi terminada."
        }
        Sentence::OnlyOurPages => "Apenas as nossas próprias páginas podem enviar esta solicitação.",
        Sentence::NotForYou => "Esta conta não pode ver nem fazer isto.",
        Sentence::OwnFactors => {
            "Ninguém retira aqui o seu próprio segundo fator: isso faz-se na sua própria página, com um código."
        }
        Sentence::BeyondYours => "Isto vai além do que você mesmo pode fazer.",
        Sentence::PageTooOld => "Já não é possível avançar a partir desta página. Comece pela primeira.",
        Sentence::NoSuchPerson => "Essa pessoa não existe.",
        Sentence::NoSuchApp => "Esse aplicativo não existe.",
        Sentence::NoSuchApi => "Essa API não existe.",
        Sentence::NoSuchRole => "Essa função não existe.",
        Sentence::NoSuchInvitation => "Ninguém foi convidado com este endereço.",
        Sentence::ChangedSince => {
            "Alguém alterou esta pessoa entretanto. Nada foi alterado. Abra a página novamente."
        }
        Sentence::LastAdmin => {
            "É a última pessoa que administra este site. Dê primeiro a função admin a outra. Nada foi alterado."
        }
        Sentence::AddressTaken => "Alguém já tem este endereço de e-mail ou foi convidado com ele.",
        Sentence::AddressNotPlain => "Não é um endereço de e-mail simples.",
        Sentence::NameNotFit => "Um nome tem de 1 a 200 caracteres visíveis.",
        Sentence::TooManyRoles => "Uma pessoa tem no máximo 32 funções.",
        Sentence::EntitlementNotFit => "Um direito de uso tem de 1 a 100 caracteres visíveis.",
        Sentence::TooManyEntitlements => "Uma pessoa tem no máximo 100 direitos de uso.",
        Sentence::NotAccepted => "Não é possível aceitar o que foi enviado. Nada foi alterado.",
        Sentence::NoSuchRule => "Essa regra não existe.",
        Sentence::RightsChangedSince => {
            "Alguém alterou as funções ou as regras desde que esta página foi aberta. Abra-a novamente."
        }
        Sentence::NameTaken => "Já existe um com este nome. Altere esse.",
        Sentence::AgeInSeconds => "Uma idade é um número de segundos.",
        Sentence::ClaimAsPair => "Um claim escreve-se NOME=VALOR.",
        Sentence::ScopeUnfit => {
            "Um escopo é uma palavra de caracteres ASCII simples, sem aspas nem barras invertidas."
        }
        Sentence::NoSecret => "Este aplicativo não tem segredo.",
        Sentence::AppChangedSince => "Alguém alterou isto no mesmo momento. Tente novamente.",
        Sentence::AppRequestOver => {
            "Este início de sessão demorou demais ou já foi concluído. Volte ao aplicativo e comece de novo."
        }
        Sentence::AppMistake => {
            "O aplicativo de onde você vem cometeu um erro. Avise os responsáveis por ele."
        }
        Sentence::DeviceUnknown => {
            "Nenhum dispositivo aguarda com este código. Pode estar mal digitado, já ter sido usado ou ter mais de dez minutos."
        }
        Sentence::DeviceElsewhere => "Esta página é de outro início de sessão. Digite o código novamente.",
        Sentence::DeviceOver => {
            "Este pedido de um dispositivo já foi decidido ou expirou. Comece de novo no dispositivo."
        }
        Sentence::DeviceSignedOut => "A sessão foi terminada. Inicie sessão e digite o código novamente.",
        Sentence::TriedTooOften => "Tentativas demais. Aguarde e tente novamente mais tarde.",
        Sentence::NothingHere => "Não há nada neste endereço.",
        Sentence::NoSuchMethod => "Este endereço não aceita esse método.",
        Sentence::Unreadable => "Não foi possível ler a solicitação.",
        Sentence::AddressTooLong => "O endereço é longo demais.",
        Sentence::TooLarge => "O que foi enviado é grande demais.",
        Sentence::TooManyCookies => {
            "O navegador enviou dados demais. Apague os cookies deste site e tente novamente."
        }
        Sentence::ForPrograms => "Este endereço é para programas, que enviam um token de acesso.",
        Sentence::TokenNotValid => "O token de acesso desta solicitação não é válido.",
        Sentence::TryAgainSoon => "Tente novamente dentro de um momento.",
        Sentence::OurFault => "Algo deu errado do nosso lado.",
    }
}
