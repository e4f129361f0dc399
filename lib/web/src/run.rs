//! The loop of a deployed function.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use setting::{Env, Settings};

use crate::{Edge, EventFunction, Function, invoke::respond, invoke_event, log, metrics, settings::LOG};

/// Where Lambda says what the function is called there.
const LAMBDA_NAME: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// What ends a function's process.
pub type RunError = lambda_runtime::Error;

/// Runs an HTTP function under Lambda. Only its init may fail, and that fails the cold start.
pub async fn run<F: Function>() -> Result<(), RunError> {
    let env = start(F::NAME, F::SETTINGS)?;
    let function = Box::pin(F::init(&env)).await.map_err(|error| said(&error))?;
    let (function, edge) = (&function, &Edge::new::<F>(&env).map_err(|error| said(&error.into()))?);
    let answer = |event: LambdaEvent<Value>| async move {
        Ok::<_, std::convert::Infallible>(respond(function, edge, &event.payload).await)
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
    let lambda = setting::process_environment().remove(LAMBDA_NAME);
    let namespace = lambda.and_then(|lambda| metrics::namespace(&lambda, name));
    log::to_stdout(&Env::of_process(LEVEL).text(&LOG)?, name, namespace)?;
    Ok(Env::of_process(declared))
}

fn said(error: &crate::Error) -> RunError {
    let cause = error.causes();
    tracing::error!(cause, "the function cannot start");
    cause.into()
}
