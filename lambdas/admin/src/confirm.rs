//! Pages between the wish and the act. They change nothing.

use maud::html;
use web::{Response, Result};

use crate::{ROOT, View, act::Act, frame, person::whom};

impl View<'_> {
    /// Asks for the name of the person who is to be deleted.
    pub(crate) async fn confirm_delete(&self) -> Result<Response> {
        let person = self.found().await?;
        let typed = html! {
            label for="name" { "Type " b { (frame::name(&person)) } " to delete them" }
            input #name name="name" autocomplete="off" required;
        };
        let button =
            html! { p.actions { button { "Delete" } a href={ "/admin/people/" (person.id) } { "Cancel" } } };
        let form = self.form(Act::Delete(whom(&person)), &typed, &button)?;
        let content = html! {
            h1 { "Delete " (frame::name(&person)) "?" }
            p { "All their sessions, apps and sign-ins end at once, and everything that is stored about them goes. This cannot be undone." }
            (form)
        };
        Ok(self.page("Delete a person", &content))
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
        let content = html! {
            h1 { "Please sign in again" }
            p { "This is only for somebody who has signed in within the last five minutes. Nothing was changed. Afterwards, do it again." }
            @if !never.is_empty() {
                p.small { "These send you back without asking who you are, as long as they know you: " (never.join(", ")) "." }
            }
            p.actions {
                a.button href="/users/login?prompt=login&return_to=%2Fadmin" { "Sign in again" }
                a href=(ROOT) { "Cancel" }
            }
        };
        self.page("Please sign in again", &content)
    }
}
