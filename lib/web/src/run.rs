//! The loop of a deployed function.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use setting::{Env, Settings};

use crate::{Edge, EventFunction, Function, invoke, invoke_event, log, settings::LOG};

/// What ends a function's process.
pub type RunError = lambda_runtime::Error;

/// Runs an HTTP function under Lambda. Only its init may fail, and that fails the cold start.
pub async fn run<F: Function>() -> Result<(), RunError> {
    let env = start(F::NAME, F::SETTINGS)?;
    let function = Box::pin(F::init(&env)).await.map_err(|error| said(&error))?;
    let (function, edge) = (&function, &Edge::new::<F>(&env).map_err(|error| said(&error.into()))?);
    let answer = |event: LambdaEvent<Value>| async move {
        Ok::<_, std::convert::Infallible>(invoke(function, edge, &event.payload).await)
    };
    lambda_runtime::run(service_fn(answer)).await
}

/// Runs an event function under Lambda.
pub async fn run_events<F: EventFunction>() -> Result<(), RunError> {
    let env = start(F::NAME, F::SETTINGS)?;
    let function = Box::pin(F::init(&env)).await.map_err(|error| said(&error))?;
    let (function, clock) = (&function, &env.clock);
    let answer =
        |event: LambdaEvent<Value>| async move { invoke_event(function, clock, &event.payload).await };
    lambda_runtime::run(service_fn(answer)).await
}

fn start(name: &str, declared: Settings) -> Result<Env, RunError> {
    static LEVEL: Settings = &[&[&LOG]];
    log::to_stdout(&Env::of_process(LEVEL).text(&LOG)?, name)?;
    Ok(Env::of_process(declared))
}

fn said(error: &crate::Error) -> RunError {
    let cause = error.causes();
    tracing::error!(cause, "the function cannot start");
    cause.into()
}
