//! Commands about a table: the local cloud's, or a deployed stack's.

use clap::{Args, Subcommand};

/// What is done, and in which table.
#[derive(Debug, Args)]
pub struct OfStack<C: Subcommand> {
    /// What is done.
    #[command(subcommand)]
    pub command: C,
    /// Of this stack at AWS [default: of the local cloud]
    #[arg(long, value_name = "NAME", global = true)]
    pub stack: Option<String>,
}
