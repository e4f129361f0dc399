//! Japanese.

use oauth::Sentence;

use super::{
    Account, Claims, Common, Consent, Device, Errors, Home, Passkeys, Passwords, Scopes, SignIn, SignOut,
    Trail, Words,
};

pub(super) static WORDS: Words = Words {
    tag: "ja",
    name: "日本語",
    date: "{year}年{month}月{day}日",
    months: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
    comma: "、",
    and: "、",
    common: Common {
        home: "ホーム",
        sign_in: "ログイン",
        sign_out: "ログアウト",
        sign_out_all: "すべてのアカウントからログアウト",
        cancel: "キャンセル",
        allow: "許可する",
        deny: "許可しない",
        go_on: "続ける",
        start_again: "やり直す",
        reload: "再読み込み",
        one_moment: "少々お待ちください",
        other_account: "別のアカウントを使用",
        not_you: "ご本人ではありませんか？",
        signed_in_as: "{who} としてログインしています。",
        this_account: "このアカウント",
        choose_account: "アカウントを選択",
        go_on_to: "{place} に進みます。",
        asks_to: "このアプリが求めている権限：",
        terms: "利用規約",
        privacy: "プライバシー",
    },
    home: Home {
        welcome: "ようこそ",
        welcome_text: "ログインすると、ご自身の情報と権限を確認できます。",
        signed_out: "ログアウトしました",
        signed_out_text: "プロバイダーにはまだログインしている可能性があります。別のアカウントでもログインできます。",
        others: "このブラウザーでログイン中のアカウントを選択",
        account: "アプリとセッション",
        console: "ユーザーと権限",
        rights: "あなたの権限",
        roles: "ロール：{roles}",
        none: "なし",
        scopes: "スコープ",
        sign_out_only: "{who} だけログアウト",
        not_verified: "未確認",
        signed_in: "ログイン中",
        call: "API を呼び出す",
        call_text: "このボタンを押すと、10 分間有効な新しいアクセストークンを含むコマンドがコピーされます。",
        copy: "curl コマンドをコピー",
        copied: "コピーしました。ターミナルに貼り付けてください。",
        expired: "ログアウトされています。ページを再読み込みしてください。",
        no_token: "現在トークンを取得できません。もう一度お試しください。",
        refused: "ブラウザーによって拒否されました。",
        needs_script: "このボタンには JavaScript が必要です。",
        users: "ユーザー",
        name: "名前",
        email: "メールアドレス",
        role: "ロール",
        since: "登録日",
        newest: "最新のユーザーを表示しています。{call} で全員を確認できます。",
    },
    sign_in: SignIn {
        text: "ログイン方法を選択してください。",
        with: "{provider} で続行",
        at: "{provider} でログイン",
        last_used: "前回使用",
        unfinished: "ログイン処理を完了しています。数秒後にこのページを再読み込みしてください。",
        mailed: "メールでコードを受け取る",
        mailed_way: "メールのコード",
    },
    passkeys: Passkeys {
        title: "パスキー",
        text: "パスキーを使うと、端末のロック解除やセキュリティキーで、名前もパスワードも使わずにサインインできます。",
        none: "パスキーはまだありません。",
        stale: "パスキーを追加、名前変更、削除するには、まずもう一度サインインしてください。",
        since: "{day}から。",
        used: "最終使用日：{day}。",
        unused: "まだ使われていません。",
        synced: "パスワードマネージャーにも保存されています。",
        name: "パスキーの名前",
        rename: "名前を変更",
        rename_of: "{name}の名前を変更",
        remove_of: "{name}を削除",
        add: "パスキーを追加",
        needs_script: "パスキーの追加には JavaScript が必要です。",
        added: "パスキーを追加しました。",
        renamed: "パスキーの名前を変更しました。",
        removed: "パスキーを削除しました。パスワードマネージャーや端末からも削除してください。",
        known: "この端末には、あなたのパスキーがすでにあります。",
        sign_in: "パスキーでサインイン",
    },
    passwords: Passwords {
        login: "メールアドレスまたはユーザー名",
        password: "パスワード",
        other_ways: "ほかの方法でサインイン",
        or: "または",
        register: "アカウントを作成",
        register_text: "メールアドレスまたはユーザー名と、パスワードを選んでください。",
        register_do: "アカウントを作成する",
        register_ask: "アカウントをお持ちでない場合",
        called: "お名前（任意）",
        rules: "8文字以上。空白を含むすべての文字を使えます。パスワードマネージャーで作成することもできます。",
        sign_in_with: "パスワードでサインイン",
        registered: "サインインできます",
        registered_text: "このアドレスのアカウントがなかった場合は、作成されました。すでにアカウントをお持ちの場合は何も変更されていません。お使いのパスワードでサインインしてください。",
        change: "パスワードを変更",
        change_text: "変更すると、ほかのすべてのブラウザーからサインアウトし、アプリのアクセスも終了します。",
        change_do: "パスワードを変更する",
        current: "現在のパスワード",
        new: "新しいパスワード",
        again: "新しいパスワード（確認）",
        changed: "パスワードを変更しました。",
        none: "ここにはパスワードがありません。プロバイダーでサインインしています。",
        forgotten: "パスワードをお忘れですか？",
        forgotten_text: "アカウントのメールアドレスを入力してください。別のパスワードを選ぶためのリンクをメールで送ります。",
        forgotten_do: "メールを送る",
        sent: "メールを確認してください",
        sent_text: "このアドレスのアカウントがあれば、メールが届きます。リンクは30分間有効です。届かないときは、迷惑メールを確認するか、別のアドレスを試してください。",
        reset: "新しいパスワードを選ぶ",
        reset_text: "変更すると、すべてのブラウザーからサインアウトされ、アプリはアクセスできなくなります。",
        reset_done: "すべてのブラウザーからサインアウトしました。新しいパスワードでサインインしてください。",
        prove: "メールアドレスを確認する",
        prove_text: "このアドレスでアカウントを作成した場合は、そのとき選んだパスワードを入力してください。心当たりがない場合は、このページを閉じてください。何も起こりません。",
        proven: "メールアドレスを確認しました",
        proven_text: "これから、このアドレスはあなたのものとして扱われます。",
        registered_mailed: "このアドレスにメールを送りました。メールのリンクを開いて、アドレスがあなたのものであることを確認してください。",
        prove_mail: "アドレスを確認するメールを送る",
        prove_mailed: "アドレスがまだ確認されていなければ、メールが届きます。",
        add: "パスワードを追加",
        add_text: "追加すると、{address} とこのパスワードでもサインインできます。今の設定はそのままで、どこからもサインアウトされません。",
        add_stale: "パスワードを追加するには、まずもう一度サインインしてください。",
        added: "パスワードを追加しました。これからはこのパスワードでサインインできます。",
    },
    scopes: Scopes {
        openid: "アクセスのたびにあなたを識別する",
        profile: "プロフィール（名前、写真、言語や誕生日などの情報）を見る",
        email: "メールアドレスを見る",
        address: "住所を見る",
        phone: "電話番号を見る",
        offline: "取り消されるまで、不在の間もこのアクセス権を保持する",
        usage: "{scope} を使用する",
        usage_at: "{api} で {scope} を使用する",
    },
    consent: Consent {
        asks_for_access: "{app} がアクセスを求めています",
        continue_to: "{app} に進みますか？",
        continue_as: "{who} として続行",
        native: "この端末のアプリでご自身が今開始した場合にのみ、続行してください。",
        other_needed: "別のアカウントが必要です",
        other_needed_text: "{app} は、現在ログインしているものとは別のアカウントを必要としています。",
        again: "もう一度ログインしてください",
        again_text: "{app} がご本人であることの確認を求めています。",
        please: "ログインしてください",
        go_on_to_app: "{place} の {app} に進みます。",
    },
    device: Device {
        title: "デバイスを接続",
        compare: "このコードがデバイスに表示されているコードと同じであることを確認し、同じ場合にのみ続行してください。",
        enter: "デバイスに表示されているコードを入力してください。",
        code: "コード",
        asks: "{app} が{when}にアクセスを求めました。",
        asks_from: "{app} が{when}に {place} からアクセスを求めました。",
        shows: "デバイスに表示されているコードは {code} です。",
        confirm: "別のデバイスで {app} を接続しますか？",
        now: "1 分以内",
        minute: "1 分前",
        minutes: "{count} 分前",
        yourself: "お手元のデバイスでご自身が今開始した場合にのみ許可してください。誰かから送られたコードの場合、その人にこのアクセス権が渡ります。",
        denied: "アクセスを拒否しました",
        denied_text: "{app} には何も渡されません。このページは閉じてかまいません。",
        connected: "デバイスが接続されました",
        connected_text: "{app} はまもなく自動的に続行します。このページは閉じてかまいません。",
    },
    account: Account {
        title: "アカウント",
        apps: "アクセスできるアプリ",
        no_apps: "あなたの情報にアクセスできるアプリはありません。",
        more_apps: "ほかのアプリ",
        gone: "このアプリはもう登録されていません。",
        since: "{day}から。",
        renewed: "最終更新：{day}。",
        access_none: "現在はアクセスできません。このアプリにログインすると、確認なしでアクセスできるようになります。",
        access_until: "ログアウトするとアクセスは終了します。",
        access_stays: "ログアウトしてもアクセスは続きます。",
        remove_access: "アクセスを取り消す",
        remove_access_of: "{app}のアクセスを取り消す",
        sign_ins: "ログイン方法",
        first: "名前とメールアドレスはここから取得しています。",
        remove: "削除",
        remove_sign_in: "{provider}でのログインを削除",
        second_factor: "第二要素",
        more_ways: "もう一つあれば、これを失ってもログインできます。メールアドレスが同じだけでは連携されません。一度そこでログインします。",
        link: "{provider}を連携",
        sessions: "ログイン中の場所",
        this_browser: "このブラウザー",
        session: "{since}から。最後の利用はおよそ{used}。",
        session_from: "{since}から（{place}）。最後の利用はおよそ{used}。",
        end: "終了",
        end_of: "{device}のセッションを終了",
        earlier: "以前",
        ended_at: "{at}に終了。",
        ended_with_all: "すべての場所からログアウトしたときに終了。",
        device_on: "{browser}（{system}）",
        unknown_device: "不明なブラウザー",
        accounts: "このブラウザーのアカウント",
        accounts_text: "このブラウザーでログイン中のアカウントです。",
        in_use: "使用中",
        use_this: "このアカウントを使う",
        use_this_of: "このアカウントを使う：{who}",
        sign_out_of: "{who}からログアウト",
        data: "保存されているあなたの情報",
        data_from: "名前、メールアドレス、写真は{provider}から取得し、ログインするたびに更新されます。",
        picture: "写真",
        roles: "ロール",
        first_sign_in: "最初のログイン",
        latest: "最後のログイン",
        number: "ID",
        download: "ファイルとしてダウンロード",
        everywhere: "すべての場所からログアウト",
        everywhere_text: "すべてのブラウザーのセッションと、アプリのすべてのアクセスが終了します。",
        everywhere_ask: "すべての場所からログアウトしますか？",
        everywhere_ends: "すべてのブラウザーで{who}のセッションが終了し、ログアウト後も続くものを含め、アプリのすべてのアクセスが終了します。",
        everywhere_kept: "許可した内容は記憶されます。再びログインしたアプリは改めて確認しません。",
        delete: "アカウントの削除",
        delete_text: "保存されている情報はすべて削除され、元に戻せません。",
        delete_ask: "アカウントを削除しますか？",
        delete_ends: "すべてのブラウザーのセッション、アプリのアクセス、保存されている情報が直ちに削除されます。元に戻すことはできません。その後に同じプロバイダーでログインすると、新しいアカウントになります。",
        delete_type: "アカウントを削除するには{what}と入力してください",
        delete_do: "アカウントを削除する",
        delete_wrong: "入力内容が一致しません。何も削除されていません。",
        again: "もう一度ログインしてください",
        again_text: "この操作には 5 分以内のログインが必要です。ログイン後、アカウントページに戻ります。",
        again_never: "次のプロバイダーは、ログイン中であれば確認なしで戻ります：{providers}。",
        again_do: "もう一度ログイン",
        link_text: "連携するアカウントで{provider}にログインしてください。以後、{who}としてログインできます。",
        link_go: "{provider}に進む",
        done_ended: "セッションを終了しました。",
        done_removed: "アクセスを取り消しました。",
        done_linked: "新しいログイン方法を連携しました。今後はこちらでもログインできます。",
        done_unlinked: "ログイン方法を削除しました。他人に使われていた場合は、すべての場所からログアウトしてください。それまで開いたものは有効なままです。",
        done_last: "これは唯一のログイン方法のため、削除できません。先に別の方法を連携してください。",
    },
    claims: Claims {
        given_name: "名",
        family_name: "姓",
        middle_name: "ミドルネーム",
        nickname: "ニックネーム",
        preferred_username: "ユーザー名",
        profile: "プロフィールページ",
        website: "ウェブサイト",
        gender: "性別",
        birthdate: "生年月日",
        zoneinfo: "タイムゾーン",
        locale: "言語",
        phone_number: "電話番号",
        address: "住所",
        updated_at: "プロバイダーでの更新",
    },
    trail: Trail {
        title: "アカウントの履歴",
        text: "アカウントと権限の変更、変更した人、日時です。一定期間保存されます。ログインはアカウントのページにあります。",
        none: "記録されていることはありません。",
        earlier: "以前の履歴",
        back: "アカウントに戻る",
        by_you: "ご本人による操作。",
        by_you_from: "ご本人による操作（{place}から）。",
        by_admin: "管理者による操作。",
        by_app: "アプリ「{app}」による操作。",
        by_operator: "このサービスの運営者による操作。",
        by_latchkey: "このサービス自体による操作。",
        session_ended: "セッションが終了しました。",
        signed_out: "すべての場所からログアウトしました。",
        token_reused: "使用済みのトークンが再び使われたため、アプリのアクセスが終了しました。他人がその写しを持っていた可能性があります。",
        code_reused: "使用済みのコードが再び使われたため、アプリのアクセスが終了しました。他人がその写しを持っていた可能性があります。",
        added: "アカウントが作成されました。",
        changed: "保存されている情報が変更されました。",
        roles: "変更後のロール：{roles}。",
        roles_none: "すべてのロールが削除されました。",
        entitlements: "変更後の利用権：{entitlements}。",
        entitlements_none: "すべての利用権が取り消されました。",
        bought: "購入したものが付与されました。",
        refunded: "返金されたものが取り消されました。",
        password: "パスワードが変更され、すべての場所からログアウトしました。",
        proven: "メールによってメールアドレスが確認されました。",
        disabled: "アカウントが無効になりました。",
        enabled: "アカウントが再び有効になりました。",
        exported: "保存されている情報がエクスポートされました。",
        linked: "ログイン方法が追加されました。",
        passkey_added: "サインインに使えるパスキーが追加されました。",
        passkey_removed: "パスキーが削除されました。",
        passkey_copied: "複製がある可能性があるため、パスキーが拒否されました。心当たりがない場合は削除してください。",
        factor_added: "第二要素が追加されました。",
        factor_removed: "第二要素が削除されました。",
        codes_made: "新しいリカバリーコードが作られ、古いものは使えなくなりました。",
        unlinked: "ログイン方法が削除されました。",
        other: "その他：{what}。",
    },
    sign_out: SignOut {
        title: "ログアウトしますか？",
        app_asks: "{app} がログアウトを求めています。",
        ends: "このブラウザーからログアウトします。このログインで開いたアプリも対象になります。",
        others: "このブラウザーでは他の人もログインしています（全部で {count} アカウント）。",
        only_this: "このアカウントだけログアウト",
        stay: "ログインしたままにする",
    },
    errors: Errors {
        sign_in: "ログインしてください",
        not_allowed: "許可されていません",
        nothing: "ページが見つかりません",
        wait: "しばらくお待ちください",
        not_finished: "ログインを完了できませんでした",
        unavailable: "現在ご利用いただけません",
        fault: "問題が発生しました",
        failed: "うまくいきませんでした",
        open_there: "そのアドレスで開く",
        report: "お問い合わせの際は、リクエスト {id} をお伝えください。",
        detail: "運営者向けの情報：",
        request: "リクエストが正しくありません。",
        server: "必要なサービスでエラーが発生しました。後でもう一度お試しください。",
        denied: "この操作を行う権限がありません。",
    },
    refusal,
};

fn refusal(sentence: Sentence) -> &'static str {
    match sentence {
        Sentence::Declined => {
            "プロバイダーでのログインが許可されませんでした。必要な場合はやり直してください。"
        }
        Sentence::NotAllowedThere => {
            "プロバイダーはこのアカウントでのログインを許可していません。別のアカウントでやり直すか、プロバイダーの管理者にお問い合わせください。"
        }
        Sentence::TookTooLongThere => "プロバイダーでの操作に時間がかかりすぎました。やり直してください。",
        Sentence::ProviderAsks => "ログインの前に、プロバイダーでの確認が必要です。やり直してください。",
        Sentence::CodeSpent => "プロバイダーがこのログインを受け付けませんでした。やり直してください。",
        Sentence::BadlyRegistered => {
            "このサイトからのログイン要求がプロバイダーに受け付けられませんでした。このサイトの管理者にお知らせください。"
        }
        Sentence::ProviderCannot => "プロバイダーでログインできませんでした。やり直してください。",
        Sentence::ProviderAnswersOddly => {
            "プロバイダーから理解できない応答がありました。やり直してください。"
        }
        Sentence::ProviderUnreachable => {
            "現在プロバイダーに接続できません。しばらくしてからやり直してください。"
        }
        Sentence::ProviderSlow => "プロバイダーから時間内に応答がありませんでした。やり直してください。",
        Sentence::Unverified => "プロバイダーの応答を検証できませんでした。やり直してください。",
        Sentence::IncompleteAnswer => "プロバイダーの応答が不完全です。やり直してください。",
        Sentence::AnotherProviderAnswers => "別のプロバイダーから応答がありました。やり直してください。",
        Sentence::NobodyNamed => "プロバイダーから利用者の情報が届きませんでした。",
        Sentence::NoFreshSignIn => {
            "アプリは再ログインを求めていますが、プロバイダーで再ログインが行われませんでした。プロバイダーでログアウトしてから、やり直してください。"
        }
        Sentence::NoSuchProvider => "そのプロバイダーはここにはありません。",
        Sentence::AnotherLogin => {
            "このログインは別のブラウザーのものか、すでに終了しています。やり直してください。"
        }
        Sentence::LoginTooOld => "ログインに時間がかかりすぎました。やり直してください。",
        Sentence::LoginUsed => "このログインはすでに使用されています。やり直してください。",
        Sentence::BegunElsewhere => "このログインは別のプロバイダーで開始されました。やり直してください。",
        Sentence::NotStartedHere => {
            "このログインはこのブラウザーで開始されたものではないか、時間がかかりすぎました。ここでやり直してください。プログラムや他の人から受け取ったリンクは、それが作られた場所でのみ使えます。"
        }
        Sentence::CouldNotFinish => "このログインを完了できませんでした。やり直してください。",
        Sentence::NotFinished => "このログインは完了していません。やり直してください。",
        Sentence::SessionEnded => "このログインのセッションは終了しました。やり直してください。",
        Sentence::SignedInSince => "その後このブラウザーで再びログインされているため、そちらが有効です。",
        Sentence::TooManySignIns => {
            "直近の 1 分間にここから開始されたログインが多すぎます。1 分待ってからもう一度お試しください。"
        }
        Sentence::NotAdmitted => "このアカウントではログインできません。別のアカウントでやり直してください。",
        Sentence::Disabled => "このアカウントは無効になっています。",
        Sentence::LinkTooOld => {
            "このリンクはアカウントページのものではないか、古くなっています。アカウントページからやり直してください。"
        }
        Sentence::LinkElsewhere => {
            "開始したときのセッションでログインしていません。アカウントページからやり直してください。"
        }
        Sentence::LinkSignedOut => "開始したときのセッションは終了しています。何も連携されていません。",
        Sentence::LinkUsed => {
            "これはすでに使用されています。アカウントページを開いてやり直してください。何も連携されていません。"
        }
        Sentence::LinkOfSomebodyElse => {
            "選択したアカウントは、ここではすでに別のユーザーのものになっているため、連携されませんでした。それもご自身である場合は、そのアカウントでログインし、アカウントページで削除してから、ここでもう一度連携してください。"
        }
        Sentence::LinkTooMany => {
            "このアカウントに連携できるログイン方法は 10 個までです。先に一つ削除してください。"
        }
        Sentence::LastAdminYourself => {
            "あなたは最後の管理者です。先に別のユーザーにロール admin を付与してください。何も削除されていません。"
        }
        Sentence::NameUnusable => {
            "メールアドレスでもユーザー名でもありません。ユーザー名は3～64文字の文字、数字、ピリオド、ハイフン、下線です。"
        }
        Sentence::BadCombination => "名前またはパスワードが正しくありません。",
        Sentence::PasswordShort => "このパスワードは短すぎます。8文字以上にしてください。",
        Sentence::PasswordLong => "このパスワードは長すぎます。最大1,024バイトです。",
        Sentence::PasswordCommon => "このパスワードはよく使われているものです。別のものを選んでください。",
        Sentence::PasswordOwn => {
            "このパスワードはお名前、アドレス、またはこのサイトの名前でできています。別のものを選んでください。"
        }
        Sentence::PasswordDiffers => "新しいパスワードが一致しません。",
        Sentence::PasswordThere => "このアカウントにはすでにパスワードがあります。",
        Sentence::PasswordNeedsAddress => {
            "パスワードには、ご本人のものと確認されたメールアドレスが必要ですが、このアカウントにはありません。"
        }
        Sentence::PasswordElsewhere => {
            "このメールアドレスは別のアカウントのものか、このアドレスを待っているアカウントがあるため、パスワードを追加できません。"
        }
        Sentence::UserNameTaken => "このユーザー名は使われています。別のものを選んでください。",
        Sentence::NoSignUp => "ここでは自分でアカウントを作成できません。",
        Sentence::LinkDead => {
            "このリンクはもう使えません。使用済みか、30分以上たったか、新しいメールが送られています。もう一度メールを求めてください。"
        }
        Sentence::MailedCode => {
            "このコードは間違っているか、使用済みか、10分以上たったか、別のブラウザーで求められたものです。新しいコードを求めてください。"
        }
        Sentence::MailedLink => {
            "このリンクは一度だけ、10分間、求めたブラウザーでのみ有効です。そのブラウザーに戻ってメールのコードを入力するか、ここで新しいメールを求めてください。"
        }
        Sentence::PasskeyOver => "時間がかかりすぎたか、すでに回答済みです。もう一度お試しください。",
        Sentence::PasskeyRefused => {
            "このパスキーはここでは使えません。もう一度試すか、ほかの方法でサインインしてください。"
        }
        Sentence::PasskeyNotAdded => "パスキーを追加できませんでした。もう一度お試しください。",
        Sentence::PasskeyTooMany => {
            "このアカウントには上限の10個のパスキーがあります。先に1つ削除してください。"
        }
        Sentence::FactorWrong => "このコードは間違っているか、使用済みか、古すぎます。",
        Sentence::FactorDemanded => "このアカウントのロールには第二要素が必要です。",
        Sentence::FactorFirst => "サインインの方法が変わります。先に第二要素を確認してください。",
        Sentence::FactorNeeded => "このアカウントには第二要素があり、プログラムからは確認できません。",
        Sentence::FactorTooLate => {
            "このサインインは時間がかかりすぎたか、別のブラウザーで始められました。もう一度やり直してください。"
        }
        Sentence::FactorPageOld => {
            "このページは古すぎるか、その後に何かが変わりました。もう一度開いてください。"
        }
        Sentence::PageOfAnotherSignIn => {
            "このページは別のログインのものか、古くなっています。何も変更されていません。もう一度開いてください。"
        }
        Sentence::PageOfAnotherSession => {
            "このページは別のログインのものか、このブラウザーではすでにログアウトしています。やり直してください。"
        }
        Sentence::PageOfAnotherLogout => {
            "このページは別のログインのものです。ログアウトは行われませんでした。"
        }
        Sentence::OnlyOurPages => "このリクエストは、このサイトのページからのみ送信できます。",
        Sentence::NotForYou => "このアカウントには、この内容を表示または操作する権限がありません。",
        Sentence::OwnFactors => {
            "ご自身の第二要素はここでは解除できません。ご自身のページで、コードを使って解除してください。"
        }
        Sentence::BeyondYours => "これはご自身の権限を超える操作です。",
        Sentence::PageTooOld => "このページからはもう進めません。最初のページからやり直してください。",
        Sentence::NoSuchPerson => "そのユーザーは存在しません。",
        Sentence::NoSuchApp => "そのアプリは存在しません。",
        Sentence::NoSuchApi => "その API は存在しません。",
        Sentence::NoSuchRole => "そのロールは存在しません。",
        Sentence::NoSuchInvitation => "このアドレスへの招待はありません。",
        Sentence::ChangedSince => {
            "その間に誰かがこのユーザーを変更しました。何も変更されていません。ページをもう一度開いてください。"
        }
        Sentence::LastAdmin => {
            "これは最後の管理者です。先に別のユーザーにロール admin を付与してください。何も変更されていません。"
        }
        Sentence::AddressTaken => "このメールアドレスはすでに使用されているか、招待に使われています。",
        Sentence::AddressNotPlain => "メールアドレスの形式が正しくありません。",
        Sentence::NameNotFit => "名前は 1 から 200 文字の表示できる文字で入力してください。",
        Sentence::TooManyRoles => "1 人のユーザーに付与できるロールは 32 個までです。",
        Sentence::EntitlementNotFit => "利用権は、見える文字で1～100文字にしてください。",
        Sentence::TooManyEntitlements => "1 人のユーザーに付与できる利用権は 100 個までです。",
        Sentence::NotAccepted => "入力内容を受け付けられません。何も変更されていません。",
        Sentence::NoSuchRule => "そのルールは存在しません。",
        Sentence::RightsChangedSince => {
            "このページを開いた後に、誰かがロールまたはルールを変更しました。もう一度開いてください。"
        }
        Sentence::NameTaken => "この名前はすでに使われています。既存のものを変更してください。",
        Sentence::AgeInSeconds => "期間は秒数で入力してください。",
        Sentence::ClaimAsPair => "クレームは「名前=値」の形式で入力してください。",
        Sentence::ScopeUnfit => "スコープは、引用符とバックスラッシュを除く ASCII 文字の1語です。",
        Sentence::NoSecret => "このアプリにシークレットはありません。",
        Sentence::AppChangedSince => "同じ瞬間に誰かがこれを変更しました。もう一度お試しください。",
        Sentence::AppRequestOver => {
            "このログインは時間がかかりすぎたか、すでに完了しています。アプリに戻ってやり直してください。"
        }
        Sentence::AppMistake => "アプリに誤りがあります。アプリの運営者にお知らせください。",
        Sentence::DeviceUnknown => {
            "このコードで待機しているデバイスはありません。入力の誤り、使用済み、または 10 分以上経過している可能性があります。"
        }
        Sentence::DeviceElsewhere => "このページは別のログインのものです。コードをもう一度入力してください。",
        Sentence::DeviceOver => {
            "このデバイスのリクエストはすでに処理されたか、期限が切れています。デバイスでやり直してください。"
        }
        Sentence::DeviceSignedOut => "ログアウトしています。ログインして、コードをもう一度入力してください。",
        Sentence::TriedTooOften => "試行回数が多すぎます。しばらく待ってからもう一度お試しください。",
        Sentence::NothingHere => "このアドレスには何もありません。",
        Sentence::NoSuchMethod => "このアドレスではその操作を行えません。",
        Sentence::Unreadable => "リクエストを読み取れません。",
        Sentence::AddressTooLong => "アドレスが長すぎます。",
        Sentence::TooLarge => "送信された内容が大きすぎます。",
        Sentence::TooManyCookies => {
            "ブラウザーから送信された情報が多すぎます。このサイトの Cookie を削除して、もう一度お試しください。"
        }
        Sentence::ForPrograms => "このアドレスは、アクセストークンを送信するプログラム用です。",
        Sentence::TokenNotValid => "このリクエストのアクセストークンは有効ではありません。",
        Sentence::TryAgainSoon => "しばらくしてからもう一度お試しください。",
        Sentence::OurFault => "サーバー側で問題が発生しました。",
    }
}
