//! What the person says. The form counts only in the session that looked at the page (#29, #40), and once.

use oauth::{Code, Error, Sentence, Time, server};
use person::Person;
use serde::{Deserialize, Serialize};
use session::device::{self, Approval, Progress};
use web::{Request, Response, Result};

use crate::{Device, enter::signed_out, page_of, there::Asking};

/// What the form is sealed for.
const PURPOSE: &str = "device decision";

/// What is in the form, sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    device: String,
    client_id: String,
    sid: String,
}

/// The form.
#[derive(Deserialize)]
struct Form {
    request: String,
    decision: String,
}

impl Device {
    /// The value of the form's field `request`.
    pub(crate) fn sealed(&self, asking: &Asking, person: &Person) -> Result<String> {
        let sealed = Sealed {
            device: asking.id.clone(),
            client_id: asking.client.id.clone(),
            sid: person.session.id.clone(),
        };
        Ok(self.sealer.seal(&[PURPOSE], &serde_json::to_vec(&sealed)?))
    }

    /// Everything is read again: client, person and request may have changed since the page was shown.
    pub(crate) async fn decide(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let content = self.sealer.open(&[PURPOSE], &form.request).ok_or_else(foreign)?;
        let Sealed { device: id, client_id, sid } = serde_json::from_slice(&content)?;
        let cookie = request.session_of(&sid).ok_or_else(foreign)?;
        let person = Person::find(&self.table, &cookie, request.now).await?;
        let person = person.ok_or_else(|| signed_out(None))?;
        let wanted = if form.decision == "allow" { Progress::Allowed } else { Progress::Denied };
        let asking = self.asking(id, &client_id, request.now).await?.ok_or_else(over)?;
        if wanted == Progress::Allowed
            && let Some(first) = self.first(request, &person, &asking.client.id, None).await?
        {
            return Ok(first);
        }
        if asking.device.is_open(asking.client.epoch, request.now)
            && self.write_down(wanted, &asking, &person, request.now).await?
        {
            return Ok(page_of::decided(&request.look(), wanted, &asking.client));
        }
        // Somebody pressed the button twice: what they see is the answer to the second time.
        let asking = self.asking(asking.id, &client_id, request.now).await?.ok_or_else(over)?;
        let own = asking.device.approval.as_ref().is_some_and(|approval| approval.sid == sid);
        match asking.device.progress {
            Progress::Allowed | Progress::Spent if own && wanted == Progress::Allowed => {}
            Progress::Denied if wanted == Progress::Denied => {}
            _ => return Err(over()),
        }
        Ok(page_of::decided(&request.look(), wanted, &asking.client))
    }
}

impl Device {
    async fn write_down(
        &self,
        wanted: Progress,
        asking: &Asking,
        person: &Person,
        now: Time,
    ) -> Result<bool> {
        let (id, session) = (&asking.id, &person.session);
        let decided = if wanted == Progress::Denied {
            device::decide(&self.table, id, None, now).await
        } else if self.tells_apps && asking.client.backchannel_logout_uri.is_some() {
            device::allow_noted(&self.table, id, &asking.client.id, session, now).await
        } else {
            device::decide(&self.table, id, Some(Approval::within(session)), now).await
        };
        Ok(decided?)
    }
}

/// The page was made for another session, or is none of ours.
fn foreign() -> web::Error {
    let refusal = Error::said(Code::InvalidRequest, Sentence::DeviceElsewhere);
    web::Error::from(refusal).with_again(server::VERIFY_DEVICE.to_owned())
}

fn over() -> web::Error {
    let refusal = Error::said(Code::InvalidRequest, Sentence::DeviceOver);
    web::Error::from(refusal).with_again(server::VERIFY_DEVICE.to_owned())
}
