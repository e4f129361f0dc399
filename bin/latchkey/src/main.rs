//! `cargo run`: the local cloud, and the operator's commands.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use latchkey::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse().perform().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}
