//! Where the next page begins: sealed, for one person and one query, for an hour (#83).

use std::time::Duration;

use oauth::{Code, Error, Sentence, Time};
use serde::{Deserialize, Serialize};
use web::Result;

use crate::View;

/// How long a page can be turned.
const LIFETIME: Duration = Duration::from_secs(3600);

#[derive(Serialize, Deserialize)]
struct Sealed {
    after: String,
    until: Time,
}

impl View<'_> {
    /// The cursor of this list, narrowed like this, that begins behind `after`.
    pub(crate) fn seal_cursor(&self, list: &str, query: &str, after: String) -> Result<String> {
        let content = serde_json::to_vec(&Sealed { after, until: self.request.now.after(LIFETIME) })?;
        Ok(self.admin.sealer.seal(&["admin-cursor", list, &self.viewer.user.id, query], &content))
    }

    /// What it begins behind; 400 for whatever is not a cursor of this list.
    pub(crate) fn open_cursor(
        &self,
        list: &str,
        query: &str,
        cursor: Option<&str>,
    ) -> Result<Option<String>, Error> {
        let Some(cursor) = cursor else { return Ok(None) };
        let content = self.admin.sealer.open(&["admin-cursor", list, &self.viewer.user.id, query], cursor);
        let sealed = content.and_then(|content| serde_json::from_slice::<Sealed>(&content).ok());
        let sealed = sealed.filter(|sealed| self.request.now <= sealed.until);
        let sealed = sealed.ok_or_else(|| Error::said(Code::InvalidRequest, Sentence::PageTooOld))?;
        Ok(Some(sealed.after))
    }
}
