//! What a person shows beside a way in.

use authenticate::Button;
use mail::{Factor, Mailer, What};
use oauth::{Code, Error};
use user::{Gone, User, manage};
use web::{Response, Result};

use crate::{
    Call, done,
    users::{refused, tag},
};

impl Call<'_> {
    /// Takes away what somebody has lost, and ends what was issued to them. Their own they take away themselves, because that needs a code.
    pub(crate) async fn remove_factors(&self) -> Result<Response> {
        let seen = self.request.if_match()?;
        let person = self.subordinate().await?;
        if person.id == self.actor.id {
            return Err(own().into());
        }
        seen.map(|seen| seen.accept(&tag(&person))).transpose()?;
        let (table, trail, now) = (&self.manage.table, self.manage.trail, self.request.now);
        let event = self.event(audit::What::FactorRemoved, &person.id);
        let written = |_: &str| vec![trail.write(&event)];
        let taking = async {
            let revision = Some(person.revision());
            manage::take_factors(table, &person.id, revision, &written, now).await.map_err(refused)?;
            event.log();
            Ok::<_, web::Error>(())
        };
        logout::end_everything_of(table, &self.manage.queue, &person.id, now, taking).await?;
        self.tell_taken(&person, Factor::All).await;
        Ok(done())
    }

    /// What a mail tells of by what somebody comes in no more: nothing of a name whose password has another one.
    pub(crate) fn lost(&self, gone: Gone) -> Option<Factor> {
        let label = |name: String| Button::label_of(&self.manage.buttons, &name).to_owned();
        Some(match gone {
            Gone::Provider(name) => Factor::Provider { name: label(name) },
            Gone::Mail => Factor::Mail,
            Gone::Password => Factor::Password,
            Gone::Name => return None,
        })
    }

    /// Tells somebody by mail, in their own language if it is known, that others have taken this from them.
    pub(crate) async fn tell_taken(&self, person: &User, what: Factor) {
        let language = person.language().unwrap_or(self.request.look().words.tag);
        let what = What::FactorRemoved { what, by_others: true };
        Mailer::tell(self.manage.mailer.as_ref(), person.verified_email(), language, what).await;
    }
}

fn own() -> Error {
    let why = "nobody takes away their own second factor here: /users/factor/setup does, and asks for a code";
    Error::new(Code::AccessDenied, why)
}
