//! The load test: the token endpoint of our server and of two others, as fast as they answer. Each has a database of its own, the
//! embedded engine in another process, and one thread; they are loaded one after the other.

mod drive;
mod server;
mod table;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use self::{
    drive::{Driven, drive},
    server::Server,
};
use crate::{Outcome, report};

/// How many requests are under way at once, each on a connection of its own.
pub const CONNECTIONS: usize = 64;
/// Before anything is counted, the part of the time that passes first: V8 compiles what runs often, and pools fill.
const REHEARSAL: u32 = 6;
/// By how much the memory of ours may grow while it is loaded: a tenth, or this many bytes.
const GROWTH: u64 = 4_000_000;

/// What is to be done.
pub struct Load {
    /// Where `latchkey` is.
    pub release: PathBuf,
    pub scratch: PathBuf,
    pub date: String,
    /// Node and the folder with the other two; nothing if they are left out.
    pub others: Option<(PathBuf, PathBuf)>,
    /// How long each server is asked for each grant.
    pub time: Duration,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grant {
    Renewal,
    ForItself,
}

/// How one server did at one grant.
struct Row {
    server: &'static str,
    grant: Grant,
    driven: Driven,
    server_cpu: Duration,
    database_cpu: Duration,
    memory: [u64; 2],
}

impl Load {
    /// Loads all of them.
    pub async fn run(&self) -> Result<Outcome, String> {
        let mut rows = Vec::new();
        for name in server::ALL {
            let Some(mut server) = Server::start(name, self).await? else { continue };
            for grant in [Grant::Renewal, Grant::ForItself] {
                rows.push(self.load(&mut server, grant).await?);
            }
        }
        let when = format!("Measured on {}: {}.\n\n", self.date, report::machine());
        let text = report::part("load", &(when + &table::table(&rows, self)));
        Ok(Outcome { text, wrong: wrong(&rows) })
    }

    async fn load(&self, server: &mut Server, grant: Grant) -> Result<Row, String> {
        let name = server.name;
        drive(server, grant, self.time / REHEARSAL).await?;
        let (memory, used) = (server.memory(), server.cpu());
        let driven = drive(server, grant, self.time).await?;
        let now = server.cpu();
        if let Some(why) = &driven.first_error {
            eprintln!("bench: {name}: {} of {} failed; the first: {why}", driven.errors, driven.requests());
        }
        Ok(Row {
            server: name,
            grant,
            driven,
            server_cpu: now.0 - used.0,
            database_cpu: now.1 - used.1,
            memory: [memory, server.memory()],
        })
    }
}

/// What must not be so of ours.
fn wrong(rows: &[Row]) -> Vec<String> {
    let ours = rows.iter().filter(|row| row.server == server::OURS);
    let mut wrong = Vec::new();
    for Row { grant, driven, memory: [before, after], .. } in ours {
        if driven.errors > 0 {
            wrong.push(format!("{grant:?} under load: {} requests failed", driven.errors));
        }
        if after.saturating_sub(*before) > GROWTH.max(before / 10) {
            wrong.push(format!("{grant:?} under load: memory grew from {before} to {after} bytes"));
        }
    }
    wrong
}

/// A file of the scratch folder that is there when a server is ready.
fn ready_file(scratch: &Path, name: &str) -> PathBuf {
    scratch.join(format!("{name}.ready"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_and_memory_that_grows_are_wrong_if_they_are_ours() {
        let row = |server, errors, after| {
            let (latencies, took) = (vec![Duration::from_millis(1)], Duration::from_secs(1));
            let driven = Driven { errors, first_error: None, latencies, took };
            let (server_cpu, database_cpu) = (Duration::ZERO, Duration::ZERO);
            Row {
                server,
                grant: Grant::Renewal,
                driven,
                server_cpu,
                database_cpu,
                memory: [100_000_000, after],
            }
        };
        assert_eq!(wrong(&[row(server::OURS, 0, 110_000_000), row("another", 9, 900_000_000)]), [""; 0]);
        let found = wrong(&[row(server::OURS, 2, 110_000_001)]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("2 requests failed") && found[1].contains("memory grew"), "{found:?}");
    }
}
