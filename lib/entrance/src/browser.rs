//! A browser.

use audit::{Actor, Event, What};
use session::{Session, SignIn};
use store::Write;
use web::{Request, Response, Result};

use crate::{Arrived, Entrance, Leave, Seat, note, too_late};

impl Entrance {
    /// Gives a browser its session and sends it on. Whoever has a second factor, or a role that demands one, and came without one, is asked
    /// for it first, and has no session before.
    ///
    /// It costs what [`session::enter`] does; nothing where a factor is asked for.
    pub async fn browser(
        &self,
        request: &Request,
        arrived: &Arrived<'_>,
        seat: &Seat,
        leave: Leave<'_>,
    ) -> Result<Response> {
        match self.asks(arrived, request.now).await? {
            Some(steps) => steps.ask(request, arrived, seat, leave.place().as_str()),
            None => self.enter(request, arrived, seat, leave.answer(request)).await,
        }
    }

    /// The session along with this answer, under a new secret (#33): the session of the same person that the browser has, or else a new
    /// one, which acts from now on beside those of other people.
    pub(crate) async fn enter(
        &self,
        request: &Request,
        arrived: &Arrived<'_>,
        seat: &Seat,
        answer: Response,
    ) -> Result<Response> {
        let amr: Vec<String> = arrived.amr.iter().map(|&how| how.to_owned()).collect();
        let sign_in = SignIn {
            sid: seat.sid.expose(),
            secret: &seat.secret,
            user_id: &arrived.user.id,
            epoch: arrived.user.epoch,
            amr: &amr,
            visit: Some(&request.visit()),
            keep: self.keep,
            via: Some(arrived.via.as_str()),
        };
        let noted = |session: &Session| self.no_room_for(request, session);
        let entered = session::enter_noting(&self.table, &sign_in, &seat.shown, &noted, request.now).await;
        let entered = entered.map_err(|error| match error {
            // A step that is over, whose cookie somebody kept (#9).
            session::Error::Started => web::Error::from(too_late()),
            fault => fault.into(),
        })?;
        logout::hand_over(&self.queue, entered.ended.iter()).await;
        let sid = &entered.session.id;
        note(request, arrived, Some(sid));
        let stays = |shown: &str| shown == sid || entered.others.iter().any(|other| other == shown);
        let gone = seat.shown.iter().filter(|cookie| !stays(cookie.sid()));
        let answer = gone.fold(answer, |answer, cookie| answer.without_session(request, cookie.sid()));
        Ok(answer.acting(request, sid, &seat.secret, session::ABSOLUTE))
    }

    /// What is written along where the session of somebody else ends, because there are as many in the browser as there may be. As a
    /// sign-out, it is in the table only for those who are told.
    fn no_room_for(&self, request: &Request, session: &Session) -> Vec<Write> {
        let event = Event::new(What::SignOut, &request.visit()).by(Actor::Latchkey);
        let event = event.whom(&session.user_id).session(&session.id);
        self.told.iter().map(|trail| trail.write(&event)).collect()
    }
}
