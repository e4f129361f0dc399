//! Adding and inviting somebody.

use maud::{Markup, html};
use web::{Response, Result};

use crate::{View, act::Act};

impl View<'_> {
    pub(crate) fn new_person(&self) -> Result<Response> {
        let add = html! {
            (field("add-email", "email", "E-mail address", "email"))
            (field("add-name", "name", "Name (optional)", "text"))
            (self.role("add-role"))
        };
        let invite =
            html! { (field("invite-email", "email", "E-mail address", "email")) (self.role("invite-role")) };
        let button = |words: &str| html! { p.actions { button { (words) } } };
        let content = html! {
            h1 { "Add or invite somebody" }
            h2 { "Add" }
            p { "Makes the account now. Whoever signs in with this address, from a provider that vouches for it, has it." }
            (self.form(Act::Create, &add, &button("Add"))?)
            h2 { "Invite" }
            p { "Makes no account. The role waits for 30 days for whoever signs in first with this address." }
            (self.form(Act::Invite, &invite, &button("Invite"))?)
            h2 { "Take an invitation back" }
            (self.form(Act::Uninvite, &field("back-email", "email", "E-mail address", "email"), &button("Take back"))?)
        };
        Ok(self.page("Add or invite somebody", &content))
    }

    fn role(&self, id: &str) -> Markup {
        html! {
            label for=(id) { "Role" }
            select id=(id) name="role" {
                option value="" { "That of everybody" }
                @for (role, _) in self.viewer.rights.roles() { option value=(role) { (role) } }
            }
        }
    }
}

fn field(id: &str, name: &str, words: &str, kind: &str) -> Markup {
    html! {
        label for=(id) { (words) }
        input id=(id) name=(name) type=(kind) autocomplete="off" required[name == "email"];
    }
}
