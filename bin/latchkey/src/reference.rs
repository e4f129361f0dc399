//! `cargo run -- settings`: the reference of all settings, made from what the functions declare.

use std::fmt::Write;

use setting::Setting;

use crate::{
    mount::{self, Mount},
    settings,
};

const INTRODUCTION: &str = "\
# Settings

Every setting is an environment variable. On your machine `cargo run` reads three places: the process's environment beats
`.env.local` (yours, ignored by git), which beats `.env` (in the repository, without secrets). A function can read only the
settings that it declares; the third column says which functions do. `<NAME>` is a provider's name in capitals, with `_` for
`-`: the provider `my-idp` has `MY_IDP_CLIENT_ID`.

In these files a line is `NAME=value`. A value with a space in it stands in quotes; a `$` is a `$`, and `${NAME}` the variable of that
name if there is one, except in single quotes. Of two lines with one name the last counts. A name that is no setting, or that belongs to a provider that neither has a preset
nor is named in `PROVIDERS` or `ISSUERS`, stops the start. In the process's environment, where others' variables live, a name that is
almost a setting is warned of.

A setting marked *secret* never belongs in `.env`. In a deployed function it must be the ARN of a secret in Secrets Manager, whose
value the function fetches at its start.

This page is made by `cargo run -- settings`, and a test keeps it current.

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
