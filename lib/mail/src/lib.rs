//! Mails to people: what they are about, and the queue by which they are handed over to the function that sends them.
//!
//! Off until the setting `MAIL` turns it on: without it there is no [`Mailer`], no queue and no function. Whoever hands a letter over
//! says what it is about, and never what is in it: no text of anybody's gets into a mail.

mod address;
mod letter;
mod mailer;
pub mod settings;

pub use address::Address;
pub use letter::{Factor, LINK_COUNTS, Letter, SIGN_IN_COUNTS, What};
pub use mailer::{Error, Mailer};
