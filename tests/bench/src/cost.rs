//! What a million of something costs, from what one of it takes and the list prices in `prices.json`.

use serde::Deserialize;

use crate::{
    aws::{Calls, is_of_the_table},
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
}

#[derive(Debug, Deserialize)]
struct Secrets {
    million_calls: f64,
}

#[derive(Debug, Deserialize)]
struct Logs {
    gigabyte: f64,
    lambda_bytes_of_an_invocation: u64,
}

#[derive(Debug, Deserialize)]
pub struct Assumed {
    pub memory_megabytes: f64,
    megabytes_of_a_cpu: f64,
    pub milliseconds_of_a_call_to_aws: f64,
    pub milliseconds_of_a_call_to_a_provider: f64,
    pub cold_starts_of_hundred: f64,
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
        let mut cost = Cost { gateway: requests * self.http_api.million_requests, ..Cost::default() };
        let cold = self.assumed.cold_starts_of_hundred / 100.0;
        for found in functions {
            let milliseconds = (1.0 - cold) * self.warm(found) + cold * self.cold(found);
            let gigabytes = self.assumed.memory_megabytes / 1024.0;
            let bytes = found.printed + self.logs.lambda_bytes_of_an_invocation;
            cost.requests += self.lambda.million_requests;
            cost.duration += milliseconds * 1000.0 * gigabytes * self.lambda.gigabyte_second;
            cost.table += self.million_calls(&found.calls());
            cost.secrets += cold * f64::from(secrets(&found.cold_calls)) * self.secrets.million_calls;
            // A million of these bytes are so many thousandths of a gigabyte.
            cost.logs += bytes as f64 / 1000.0 * self.logs.gigabyte;
        }
        cost
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
