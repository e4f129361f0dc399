//! Adding and inviting somebody.

use maud::{Markup, html};
use web::{Response, Result};

use crate::{View, act::Act};

impl View<'_> {
    pub(crate) fn new_person(&self) -> Result<Response> {
        let (w, address) = (&self.words.new, self.words.frame.address);
        let add = html! {
            (field("add-email", "email", address, "email"))
            (field("add-name", "name", w.name, "text"))
            (self.role("add-role"))
        };
        let invite = html! { (field("invite-email", "email", address, "email")) (self.role("invite-role")) };
        let withdraw = field("back-email", "email", address, "email");
        let button = |words: &str| html! { p.actions { button { (words) } } };
        let content = html! {
            h1 { (w.title) }
            h2 { (w.add) }
            p { (w.add_text) }
            (self.form(Act::Create, &add, &button(w.add))?)
            h2 { (w.invite) }
            p { (w.invite_text) }
            (self.form(Act::Invite, &invite, &button(w.invite))?)
            h2 { (w.withdraw) }
            (self.form(Act::Uninvite, &withdraw, &button(w.withdraw_do))?)
        };
        Ok(self.page(w.title, &content))
    }

    fn role(&self, id: &str) -> Markup {
        html! {
            label for=(id) { (self.words.frame.role) }
            select id=(id) name="role" {
                option value="" { (self.words.new.of_everybody) }
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
