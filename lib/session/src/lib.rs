//! What a person's sign-in leaves in the table: sessions of browsers ([`Session`]), authorization codes ([`Code`]), what devices ask
//! for ([`Device`]), and the grants of clients with their refresh tokens ([`Family`]).
//!
//! - Of every secret that is handed out only the digest is stored: anyone who reads the table can do nothing with it (#32, #37).
//! - What ends stays ended: each write is made only while the row lives (#53).
//! - Each row has a copy of its person's epoch, and of its client's. Whoever uses one compares (#34, #35).

mod browser;
pub mod code;
pub mod device;
pub mod ended;
mod enter;
mod error;
pub mod family;
pub mod grants;
mod noted;
mod past;
mod refresh;
mod user_code;

pub use browser::{
    ABSOLUTE, END, END_BY_ID, FIND, FRESH, IDLE, Noting, READ, STATE, Session, SignIn, State, TOUCH, end,
    end_by_id, end_by_id_noting, end_noting, find, state, touch,
};
pub use code::Code;
pub use device::Device;
pub use ended::Ended;
pub use enter::{ENTER, Entered, LIVING, enter, enter_noting, living, opened, step_up};
pub use error::Error;
pub use family::Family;
pub use past::{LIST_OF, Past, list_of};
pub use refresh::{MAX_GRACE, RefreshToken};
pub use user_code::UserCode;
