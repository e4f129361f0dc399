//! What a million of something costs, from what one of it takes and the list prices in `prices.json`.

use serde::Deserialize;

use crate::{
    aws::{Calls, Units, is_of_the_table},
    measure::{Findings, median},
};

/// The list prices.
#[derive(Debug, Deserialize)]
pub struct Prices {
    pub region: String,
    pub date: String,
    pub lambda: Lambda,
    http_api: HttpApi,
    dynamodb: DynamoDb,
    secrets: Secrets,
    logs: Logs,
    cloudwatch: CloudWatch,
    queue: Queue,
    pub assumed: Assumed,
}

#[derive(Debug, Deserialize)]
pub struct Lambda {
    million_requests: f64,
    gigabyte_second: f64,
    pub architecture: String,
}

#[derive(Debug, Deserialize)]
struct HttpApi {
    million_requests: f64,
}

#[derive(Debug, Deserialize)]
struct DynamoDb {
    million_reads: f64,
    million_writes: f64,
    gigabyte_month: f64,
    gigabyte_month_of_recovery: f64,
}

#[derive(Debug, Deserialize)]
struct Secrets {
    million_calls: f64,
    month: f64,
}

#[derive(Debug, Deserialize)]
struct Logs {
    gigabyte: f64,
    gigabyte_month: f64,
    lambda_bytes_of_an_invocation: u64,
    gateway_bytes_of_a_request: u64,
}

#[derive(Debug, Deserialize)]
struct CloudWatch {
    alarm_month: f64,
    metric_month: f64,
    dashboard_month: f64,
}

#[derive(Debug, Deserialize)]
struct Queue {
    million_requests: f64,
}

#[derive(Debug, Deserialize)]
pub struct Assumed {
    pub memory_megabytes: f64,
    megabytes_of_a_cpu: f64,
    pub milliseconds_of_a_call_to_aws: f64,
    pub milliseconds_of_a_call_to_a_provider: f64,
    pub cold_starts_of_hundred: f64,
    requests_of_an_idle_queue: u32,
    pub sign_ins_of_a_month: u32,
    pub renewals_of_a_day: u32,
}

/// What a stack has that costs something though nobody comes.
#[derive(Debug, PartialEq, Eq)]
pub struct Stack {
    secrets: usize,
    alarms: usize,
    /// Those of our own.
    metrics: usize,
    dashboards: usize,
    queues: usize,
}

impl Stack {
    /// That of the template of `.env` alone, which has every way off that is off by default.
    pub fn read() -> Self {
        Self::of(include_str!("../../../infra/template.yaml"))
    }

    /// That of an installation that has everything on.
    pub fn with_everything() -> Self {
        let template = latchkey::template::text_of(&::tests::everything());
        Self::of(&template.expect("these settings make a template"))
    }

    fn of(template: &str) -> Self {
        let count = |kind: &str| {
            let kind = format!("Type: {kind}");
            template.lines().filter(|line| line.trim() == kind).count()
        };
        Self {
            secrets: count("AWS::SecretsManager::Secret"),
            alarms: count("AWS::CloudWatch::Alarm"),
            metrics: audit::SERIES.len() + count("AWS::Logs::MetricFilter"),
            dashboards: count("AWS::CloudWatch::Dashboard"),
            queues: count("AWS::Lambda::EventSourceMapping"),
        }
    }
}

/// Dollars for a million, part by part.
#[derive(Debug, Default, Clone, Copy)]
pub struct Cost {
    pub gateway: f64,
    pub requests: f64,
    pub duration: f64,
    pub table: f64,
    pub secrets: f64,
    pub logs: f64,
}

impl Prices {
    /// Those of the file.
    pub fn read() -> Self {
        serde_json::from_str(include_str!("../prices.json")).expect("prices.json is not as it should be")
    }

    /// A million requests, each of which invokes these functions once.
    pub fn million(&self, functions: &[&Findings], requests: f64) -> Cost {
        let mut cost = Cost {
            gateway: requests * self.http_api.million_requests,
            logs: requests * self.million_lines(self.logs.gateway_bytes_of_a_request),
            ..Cost::default()
        };
        let cold = self.assumed.cold_starts_of_hundred / 100.0;
        for found in functions {
            let milliseconds = (1.0 - cold) * self.warm(found) + cold * self.cold(found);
            let gigabytes = self.assumed.memory_megabytes / 1024.0;
            let bytes = found.printed + self.logs.lambda_bytes_of_an_invocation;
            cost.requests += self.lambda.million_requests;
            cost.duration += milliseconds * 1000.0 * gigabytes * self.lambda.gigabyte_second;
            cost.table += self.million_calls(&found.calls());
            cost.secrets += cold * f64::from(secrets(&found.cold_calls)) * self.secrets.million_calls;
            cost.logs += self.million_lines(bytes);
        }
        cost
    }

    /// What the log wants for a million lines of so many bytes: they are so many thousandths of a gigabyte.
    fn million_lines(&self, bytes: u64) -> f64 {
        bytes as f64 / 1000.0 * self.logs.gigabyte
    }

    /// What a month costs in which nobody comes, part by part.
    pub fn idle(&self, stack: &Stack) -> [(&'static str, usize, f64); 5] {
        let times = |count: usize, price: f64| count as f64 * price;
        let asked = f64::from(self.assumed.requests_of_an_idle_queue) / 1e6;
        [
            ("secrets", stack.secrets, times(stack.secrets, self.secrets.month)),
            ("alarms", stack.alarms, times(stack.alarms, self.cloudwatch.alarm_month)),
            ("metrics that are counted", stack.metrics, times(stack.metrics, self.cloudwatch.metric_month)),
            ("dashboards", stack.dashboards, times(stack.dashboards, self.cloudwatch.dashboard_month)),
            ("queues that are asked", stack.queues, times(stack.queues, asked * self.queue.million_requests)),
        ]
    }

    /// What it costs to keep so many gigabytes of rows for a month, with recovery to any moment.
    pub fn rows(&self, gigabytes: f64) -> f64 {
        gigabytes * (self.dynamodb.gigabyte_month + self.dynamodb.gigabyte_month_of_recovery)
    }

    /// What it costs to keep the logs of a month for a month, given what it cost to write them.
    pub fn kept_logs(&self, written: f64) -> f64 {
        written / self.logs.gigabyte * self.logs.gigabyte_month
    }

    /// What DynamoDB wants for a million of these units: reads, writes of rows, writes of indexes.
    pub fn million_units(&self, units: &Units) -> [f64; 3] {
        let Units { reads, writes, index_writes, .. } = units;
        let dynamodb = &self.dynamodb;
        [
            reads * dynamodb.million_reads,
            writes * dynamodb.million_writes,
            index_writes * dynamodb.million_writes,
        ]
    }

    /// What DynamoDB wants for a million times these calls.
    pub fn million_calls(&self, calls: &Calls) -> f64 {
        let (reads, writes) = units(calls);
        reads * self.dynamodb.million_reads + writes * self.dynamodb.million_writes
    }

    /// Milliseconds that are billed of a warm answer: its CPU time at the function's share of a CPU, and waiting.
    fn warm(&self, found: &Findings) -> f64 {
        self.slowed(median(&found.warm_cpu)) + self.waits(&found.calls(), found.warm_provider)
    }

    fn cold(&self, found: &Findings) -> f64 {
        self.slowed(median(&found.cold_cpu)) + self.waits(&found.cold_calls, found.cold_provider)
    }

    fn slowed(&self, cpu: std::time::Duration) -> f64 {
        cpu.as_secs_f64() * 1000.0 * self.assumed.megabytes_of_a_cpu / self.assumed.memory_megabytes
    }

    fn waits(&self, Calls(calls): &Calls, provider: u32) -> f64 {
        let aws: u32 = calls.values().map(|(count, _)| count).sum();
        f64::from(aws) * self.assumed.milliseconds_of_a_call_to_aws
            + f64::from(provider) * self.assumed.milliseconds_of_a_call_to_a_provider
    }
}

impl Cost {
    /// All parts.
    pub fn total(&self) -> f64 {
        self.gateway + self.requests + self.duration + self.table + self.secrets + self.logs
    }
}

/// Whether a call of DynamoDB's changes something.
pub fn writes(action: &str) -> bool {
    is_of_the_table(action) && !matches!(action, "GetItem" | "Query" | "BatchGetItem")
}

/// Read units and write units.
pub fn units(Calls(calls): &Calls) -> (f64, f64) {
    let sum = |write: bool| {
        let units = calls.iter().filter(|(action, _)| writes(action) == write).map(|(_, (_, units))| units);
        units.fold(0.0, |sum, units| sum + units)
    };
    (sum(false), sum(true))
}

/// How many secrets were fetched.
pub fn secrets(Calls(calls): &Calls) -> u32 {
    calls.get("GetSecretValue").map_or(0, |(count, _)| *count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_month_costs_what_the_template_has() {
        let stack = Stack::read();
        assert_eq!(stack, Stack { secrets: 3, alarms: 10, metrics: 10, dashboards: 1, queues: 1 });
        let idle: f64 = Prices::read().idle(&stack).iter().map(|(_, _, dollars)| dollars).sum();
        assert!((8.4..8.5).contains(&idle), "{idle}");
    }

    #[test]
    fn an_idle_month_with_everything_on_costs_what_that_template_has() {
        let stack = Stack::with_everything();
        assert_eq!(stack, Stack { secrets: 7, alarms: 12, metrics: 10, dashboards: 1, queues: 2 });
        let idle: f64 = Prices::read().idle(&stack).iter().map(|(_, _, dollars)| dollars).sum();
        assert!((10.5..10.6).contains(&idle), "{idle}");
    }
}
