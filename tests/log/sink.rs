//! The log of this process, in memory.

use std::{
    io,
    sync::{Arc, Mutex, OnceLock},
};

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

/// Where the log goes.
#[derive(Clone, Default)]
pub(crate) struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    /// The one of this process, which hears everything from the first call on.
    pub(crate) fn open() -> Self {
        static SINK: OnceLock<Sink> = OnceLock::new();
        let open = || {
            let sink = Self::default();
            web::log::to_writer("trace", &latchkey::mount::names(), sink.clone()).unwrap();
            sink
        };
        SINK.get_or_init(open).clone()
    }

    /// All that was written.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Line by line; a line that is not one JSON object was broken by somebody.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text().lines().map(parse).collect()
    }

    /// The lines about one request, whether they name it themselves or were written while it was answered. No other line is
    /// parsed, since there are thousands.
    pub(crate) fn about(&self, request: &str) -> Vec<Value> {
        let names = |line: &Value| line["request_id"] == request || line["span"]["id"] == request;
        self.text().lines().filter(|line| line.contains(request)).map(parse).filter(names).collect()
    }
}

fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|_| panic!("a broken line: {line}"))
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
