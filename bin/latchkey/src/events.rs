//! The local cloud's functions that no request invokes: those of the queue, and those of a schedule.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use setting::{Clock, SettingError};
use tokio::{
    task::JoinHandle,
    time::{Instant, interval_at},
};

use crate::{
    cloud::start,
    mount::{EVENTS, Mount, Running},
    queue::Queues,
    settings::Values,
};

/// The functions, and what invokes them; they stop when this is dropped.
pub(crate) struct Events {
    running: BTreeMap<&'static str, Running>,
    schedules: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.running.keys()).finish()
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        for schedule in &self.schedules {
            schedule.abort();
        }
    }
}

impl Events {
    /// Starts those that the settings ask for.
    pub(crate) async fn start(
        values: &Values,
        clock: &Clock,
        mut queues: Option<&mut Queues>,
    ) -> Result<Self, SettingError> {
        let mut events = Self { running: BTreeMap::new(), schedules: Vec::new() };
        for mount in EVENTS.iter().filter(|mount| mount.is_wanted(values)) {
            let function = start(mount, values, clock, None).await?;
            events.running.insert(mount.name, function.clone());
            if let (Some(queues), Some(queue)) = (queues.as_mut(), mount.takes_queue) {
                queues.deliver(queue, function.clone());
            }
            if let Some(every) = mount.schedule {
                events.schedules.push(tokio::spawn(async move {
                    let mut ticks = interval_at(Instant::now() + every, every);
                    loop {
                        ticks.tick().await;
                        // What went wrong is in the log.
                        let _ = function.invoke(&tick()).await;
                    }
                }));
            }
        }
        Ok(events)
    }

    /// Those that run.
    pub(crate) fn running(&self) -> impl Iterator<Item = (Mount, Running)> {
        let of = |mount: &Mount| Some((*mount, self.running.get(mount.name)?.clone()));
        EVENTS.iter().filter_map(of)
    }

    pub(crate) async fn invoke(&self, function: &str, event: &Value) -> Result<Value, &'static str> {
        match self.running.get(function) {
            Some(running) => running.invoke(event).await,
            None => Err("there is no such function"),
        }
    }
}

/// What a schedule says.
fn tick() -> Value {
    json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}})
}
