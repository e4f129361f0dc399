//! The pages.

use http::header;
use maud::{Markup, html};
use url::form_urlencoded::Serializer;
use user::User;
use web::{Request, Response, page, words::Words};

use crate::{CHANGE_FORM, LOGIN, REGISTER_FORM, SignUp, asked::Form};

/// What stands in the form of a sign-in.
pub(crate) struct SignInForm<'a> {
    login: &'a str,
    return_to: &'a str,
    registers: bool,
    forgets: bool,
}

impl<'a> SignInForm<'a> {
    /// As it came, without the password.
    pub(crate) fn of(form: &'a Form, sign_up: SignUp, forgets: bool) -> Self {
        let (login, return_to) = (form.login.as_str(), form.return_to());
        Self { login, return_to, registers: sign_up != SignUp::Off, forgets }
    }
}

/// The form of a sign-in again, with what was wrong. An error that is no refusal is nobody's to mend here.
pub(crate) fn again(request: &Request, form: &SignInForm<'_>, error: web::Error) -> web::Error {
    let Some(said) = said(request, &error) else { return error };
    let words = request.look().words;
    let content = html! {
        h1 { (words.common.sign_in) }
        p role="alert" { (said) }
        (page::password_form(words, form.login, form.return_to, form.registers, form.forgets))
        p.small { a href=(with_return(LOGIN, form.return_to)) { (words.passwords.other_ways) } }
    };
    error.with_page(own_page(request, words.common.sign_in, &content))
}

/// The page on which somebody makes an account.
pub(crate) fn register(request: &Request, return_to: &str) -> Response {
    let title = request.look().words.passwords.register;
    own_page(request, title, &register_form(request, "", "", return_to, None))
}

/// The same again, with what was wrong.
pub(crate) fn register_again(request: &Request, form: &Form, error: web::Error) -> web::Error {
    let Some(said) = said(request, &error) else { return error };
    let name = form.name.as_deref().unwrap_or_default();
    let content = register_form(request, &form.login, name, form.return_to(), Some(said));
    error.with_page(own_page(request, request.look().words.passwords.register, &content))
}

/// After somebody registered with an address: the same whether it was known or not.
pub(crate) fn registered(request: &Request, return_to: &str, mailed: bool) -> Response {
    let words = request.look().words;
    let content = html! {
        h1 { (words.passwords.registered) }
        p { (words.passwords.registered_text) }
        @if mailed { p { (words.passwords.registered_mailed) } }
        p.actions { a.button href=(with_return(LOGIN, return_to)) { (words.common.sign_in) } }
    };
    own_page(request, words.passwords.registered, &content)
}

fn register_form(request: &Request, login: &str, name: &str, return_to: &str, wrong: Option<&str>) -> Markup {
    let words = request.look().words;
    let w = &words.passwords;
    html! {
        h1 { (w.register) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        p { (w.register_text) }
        form method="post" action=(REGISTER_FORM) {
            input type="hidden" name="return_to" value=(return_to);
            label for="login" { (w.login) }
            input #login name="login" value=(login) autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="254" size="32";
            label for="name" { (w.called) }
            input #name name="name" value=(name) autocomplete="name" maxlength="200" size="32";
            label for="password" { (w.password) }
            input #password type="password" name="password" autocomplete="new-password" required minlength="8" size="32" aria-describedby="rules";
            p #rules .small { (w.rules) }
            div.actions {
                button { (w.register_do) }
                a href=(with_return(LOGIN, return_to)) { (words.common.cancel) }
            }
        }
    }
}

/// The page on which somebody chooses another password.
pub(crate) fn change(request: &Request, user: &User) -> Response {
    let words = request.look().words;
    let w = &words.passwords;
    let content = html! {
        h1 { (w.change) }
        @if request.text("changed").is_some() { p role="status" { (w.changed) } }
        @if request.text("added").is_some() { p role="status" { (w.added) } }
        (change_form(request, user))
        p.small { a href="/account" { (words.home.account) } }
    };
    own_page(request, w.change, &content)
}

/// The same again, with what was wrong.
pub(crate) fn change_again(request: &Request, user: &User, error: web::Error) -> web::Error {
    let Some(said) = said(request, &error) else { return error };
    let words = request.look().words;
    let content = html! {
        h1 { (words.passwords.change) }
        p role="alert" { (said) }
        (change_form(request, user))
        p.small { a href="/account" { (words.home.account) } }
    };
    error.with_page(own_page(request, words.passwords.change, &content))
}

/// The address is there for password managers, which keep it with the new password.
fn change_form(request: &Request, user: &User) -> Markup {
    let words = request.look().words;
    let w = &words.passwords;
    html! {
        p { (w.change_text) }
        form method="post" action=(CHANGE_FORM) {
            @if let Some(email) = &user.email {
                input type="hidden" name="login" autocomplete="username" value=(email);
            }
            label for="password" { (w.current) }
            input #password type="password" name="password" autocomplete="current-password" required size="32";
            (another(words))
            div.actions {
                button { (w.change_do) }
                a href="/account" { (words.common.cancel) }
            }
        }
    }
}

/// The fields for another password, typed twice, and what it must be.
pub(crate) fn another(words: &Words) -> Markup {
    let w = &words.passwords;
    html! {
        label for="new" { (w.new) }
        input #new type="password" name="new_password" autocomplete="new-password" required minlength="8" size="32" aria-describedby="rules";
        p #rules .small { (w.rules) }
        label for="again" { (w.again) }
        input #again type="password" name="again" autocomplete="new-password" required size="32";
    }
}

/// What a person reads of a refusal.
pub(crate) fn said(request: &Request, error: &web::Error) -> Option<&'static str> {
    error.refusal()?.sentence().map(|sentence| request.look().words.refusal(sentence))
}

fn with_return(path: &str, return_to: &str) -> String {
    match return_to {
        "" | "/" => path.to_owned(),
        wanted => {
            format!("{path}?{}", Serializer::new(String::new()).append_pair("return_to", wanted).finish())
        }
    }
}

/// With `no-referrer`, a browser sends `Origin: null` with the forms, and that is a stranger's (#27).
pub(crate) fn own_page(request: &Request, title: &str, content: &Markup) -> Response {
    request.look().page(title, content).header(header::REFERRER_POLICY, "same-origin")
}
