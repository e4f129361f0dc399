//! An event as a line of the log.

use crate::{Event, Outcome, What};

/// What is counted, each a series of CloudWatch: at most ten of these cost nothing.
pub const SERIES: [&str; 10] = [
    "SignIns",
    "SignInsRefused",
    "SignInsFailed",
    "SignOuts",
    "Tokens",
    "TokensRefused",
    "Renewals",
    "Reuse",
    "Lockouts",
    "Changes",
];

impl Event {
    /// Writes it to the log, as one line. What is kept in the table is logged when its transaction is done.
    pub fn log(&self) {
        self.line(None, None);
    }

    /// The same for what was answered by an error: with its HTTP status, and with all causes, which the table does not get. It is a
    /// failure if the status is that of one.
    pub fn log_error(self, status: u16, cause: &str) {
        let event = if status >= 500 { self.failed() } else { Self { outcome: Outcome::Refused, ..self } };
        event.line(Some(status), Some(cause));
    }

    /// What writes the one line about a request that ended in an error, which is this event: from the status of the answer and all causes.
    /// `refusal` is what of it is shown, if it is no fault.
    pub fn line_for(self, refusal: Option<&oauth::Error>) -> impl FnOnce(u16, &str) + Send + Sync + 'static {
        let event = match refusal {
            Some(refusal) => self.refused(refusal.code()),
            None => self,
        };
        move |status, cause| event.log_error(status, cause)
    }

    /// The series in which it is counted.
    pub(crate) fn series(&self) -> Option<&'static str> {
        use Outcome::{Failed, Ok, Refused};
        Some(match (self.what, self.outcome) {
            (What::SignIn, Ok) => "SignIns",
            (What::SignIn, Refused) => "SignInsRefused",
            (What::SignIn, Failed) => "SignInsFailed",
            (What::SignOut | What::SignOutEverywhere, Ok) => "SignOuts",
            (What::Token, Ok) => "Tokens",
            (What::Renewal, Ok) => "Renewals",
            (What::Token | What::Renewal, Refused) => "TokensRefused",
            (What::RefreshTokenReused | What::CodeReused, _) => "Reuse",
            (What::Lockout, _) => "Lockouts",
            (what, Ok) if what.is_kept() => "Changes",
            _ => return None,
        })
    }

    fn line(&self, status: Option<u16>, cause: Option<&str>) {
        /// The fields of a line at this level.
        macro_rules! line {
            ($level:ident, $message:expr) => {
                tracing::$level!(
                    target: "audit",
                    event = self.id,
                    what = self.what.as_str(),
                    outcome = self.outcome.as_str(),
                    reason = self.reason,
                    actor = self.actor.kind(),
                    actor_id = self.actor.id(),
                    whom = self.whom,
                    client = self.client,
                    from = self.from,
                    request_id = self.request_id,
                    detail = self.detail.line(),
                    status,
                    cause,
                    at = self.at.epoch(),
                    series = self.series(),
                    "{}",
                    $message
                )
            };
        }
        match self.outcome {
            Outcome::Ok => line!(info, self.what),
            Outcome::Refused => line!(info, "refused"),
            Outcome::Failed => line!(error, "failed"),
        }
    }
}
