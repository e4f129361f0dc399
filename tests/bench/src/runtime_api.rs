//! The API by which Lambda hands events to a function's process, one for each process.

use std::time::Instant;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use bytes::Bytes;
use http::StatusCode;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

/// What a process did.
#[derive(Debug)]
pub enum Deed {
    /// It is ready for an event.
    Asked(oneshot::Sender<String>),
    /// It answered one.
    Answered(Bytes),
    /// It failed at one, or at its start, and says why.
    Failed(String),
}

/// Deeds, with the moments at which they arrived.
pub type Deeds = mpsc::UnboundedReceiver<(Instant, Deed)>;

type Report = mpsc::UnboundedSender<(Instant, Deed)>;

/// Serves one process: where, and what it does there.
pub async fn serve() -> (String, Deeds) {
    let (report, deeds) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // Without this, an answer may wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
        .route("/2018-06-01/runtime/init/error", post(failed))
        .with_state(report);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, deeds)
}

async fn next(State(report): State<Report>) -> Response {
    let (give, given) = oneshot::channel();
    let _ = report.send((Instant::now(), Deed::Asked(give)));
    let Ok(event) = given.await else { return StatusCode::GONE.into_response() };
    let deadline = (setting::Clock::system().now().epoch() + 10) * 1000;
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", "00000000-0000-4000-8000-000000000000".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:000000000000:function:bench".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0".to_owned(),
        ),
    ];
    (headers, event).into_response()
}

async fn answered(State(report): State<Report>, body: Bytes) -> StatusCode {
    let _ = report.send((Instant::now(), Deed::Answered(body)));
    StatusCode::ACCEPTED
}

async fn failed(State(report): State<Report>, body: String) -> StatusCode {
    let _ = report.send((Instant::now(), Deed::Failed(body)));
    StatusCode::ACCEPTED
}
