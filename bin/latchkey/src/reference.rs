//! `cargo run -- settings`: the reference of all settings, made from what the functions declare.

use std::fmt::Write;

use setting::Setting;

use crate::{
    mount::{self, Mount},
    settings,
};

const INTRODUCTION: &str = "\
# Settings

Every setting of latchkey, with its default and its meaning. For people who run or deploy it. The functions print this page
(`cargo run -- settings`), and a test keeps it current.

## Where to write them

A setting is an environment variable. `cargo run` and `bin/deploy` read three places; the first one that has a setting wins:

1. the environment;
2. `.env.local`: yours, ignored by git;
3. `.env`: in the repository, without secrets.

The environment of a login shell has the file of a mailbox in `MAIL`, such as `/var/mail/ada`: a value there that begins with `/` is no setting.

`cargo run -- setting ADMINS` prints what is read for one setting, and `cargo run -- check` starts every function with all of them.

## How to write them

- A line of these files is `NAME=value`. A value with a space needs quotes. If a name is there twice, the last line counts.
- `${NAME}` is replaced by the variable of that name, if there is one, but not in single quotes. Any other `$` stays a `$`.
- An unknown name is an error, and so is a name of a provider that has no preset and is not in `PROVIDERS` or `ISSUERS`. In the
  environment, where other programs have variables too, only a name that is almost a setting causes a warning.
- `<NAME>` is the name of a provider or an issuer in capitals, with `_` for `-`: the provider `my-idp` has `MY_IDP_CLIENT_ID`.
- A setting marked *secret* never belongs into `.env`. In a deployed function it is the ARN of a secret in Secrets Manager, whose value
  the function fetches at startup; `bin/deploy` takes care of that.

## All settings

A function can read only the settings that it declares; the third column names these functions.

| setting | default | read by | meaning |
|---|---|---|---|
";

/// The whole page.
pub fn settings() -> String {
    settings_with(&mount::all())
}

/// The whole page, with these functions.
pub(crate) fn settings_with(mounts: &[Mount]) -> String {
    let mut page = INTRODUCTION.to_owned();
    for setting in settings::all() {
        let default = setting.default.map_or("–".to_owned(), |default| format!("`{default}`"));
        let secret = if setting.secret { "*Secret.* " } else { "" };
        let _ = writeln!(
            page,
            "| `{}` | {default} | {} | {secret}{} |",
            setting.name,
            readers(setting, mounts),
            setting.about
        );
    }
    page
}

fn readers(setting: &Setting, mounts: &[Mount]) -> String {
    let reads =
        |settings: setting::Settings| settings.iter().copied().flatten().any(|s| s.name == setting.name);
    let names: Vec<_> = mounts.iter().filter(|m| reads(m.settings)).map(|m| m.name).collect();
    match setting.name {
        "LOG" => "all".to_owned(),
        _ if names.is_empty() => "`cargo run`".to_owned(),
        _ => names.join(", "),
    }
}
