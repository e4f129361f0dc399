//! Japanese.

use super::Words;

pub(super) static WORDS: Words = Words {
    ask: "メールでサインイン",
    ask_text: "メールアドレスを入力してください。パスワードなしでサインインできるコードを送ります。",
    ask_do: "コードを送る",
    code: "コードを入力してください",
    code_text: "{address} でサインインできる場合は、メールが届きます。メールのコードとリンクは、このブラウザーで10分間有効です。",
    code_label: "6桁のコード",
    another: "新しいコードを求める",
    link_text: "{address} でサインインします。",
};
