//! Pages between the wish and the act. They change nothing.

use maud::html;
use web::{
    Response, Result,
    words::{fill, text},
};

use crate::{ROOT, View, act::Act, frame, person::whom};

impl View<'_> {
    /// Asks for the name of the person who is to be deleted.
    pub(crate) async fn confirm_delete(&self) -> Result<Response> {
        let person = self.found().await?;
        let (w, name) = (&self.words.confirm, frame::name(&person));
        let typed = html! {
            label for="name" { (fill(w.type_name, &[("name", html! { b { (name) } })])) }
            input #name name="name" autocomplete="off" required;
        };
        let button = html! {
            p.actions {
                button { (self.words.frame.delete) }
                a href={ "/admin/people/" (person.id) } { (self.words.common.common.cancel) }
            }
        };
        let form = self.form(Act::Delete(whom(&person)), &typed, &button)?;
        let content = html! {
            h1 { (text(w.ask, &[("name", name)])) }
            p { (w.ends) }
            (form)
        };
        Ok(self.page(w.title, &content))
    }

    /// Says that they sign in again first.
    pub(crate) fn again(&self) -> Response {
        let never: Vec<_> = self
            .admin
            .buttons
            .iter()
            .filter(|button| button.never_asks_again)
            .map(|button| button.label.as_str())
            .collect();
        let (common, account) = (self.words.common, &self.words.common.account);
        let content = html! {
            h1 { (account.again) }
            p { (self.words.confirm.again_text) }
            @if !never.is_empty() { p.small { (text(account.again_never, &[("providers", &common.list(&never))])) } }
            p.actions {
                a.button href="/users/login?prompt=login&return_to=%2Fadmin" { (account.again_do) }
                a href=(ROOT) { (common.common.cancel) }
            }
        };
        self.page(account.again, &content)
    }
}
