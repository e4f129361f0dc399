//! The API, entered by the front door: one module per path, and some for what crosses them.

mod architecture;
mod bad_luck;
mod certified;
mod cold_start;
mod disabled;
mod events;
mod gateway;
mod guards;
mod home;
mod providers;
mod settings;
mod tokens;
mod users_index;
mod users_login;
mod users_login_callback;
mod users_logout;
mod users_me;
mod users_token;
mod well_known;
