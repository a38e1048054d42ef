//! What the demo's page connects to: the same on every host.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HOST};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt as _};

/// What arrived, and who wants to know.
#[derive(Debug)]
pub(super) struct Log {
    arrivals: Mutex<Vec<Arrival>>,
    signals: broadcast::Sender<Signal>,
}

/// Something that open pages are told.
#[derive(Clone, Debug)]
pub(super) enum Signal {
    /// A connection has arrived.
    Arrived(Source),
    /// The page shall load itself anew.
    Reload,
}

/// Which row of which page a connection is for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Source {
    page: String,
    row: u32,
}

/// A connection that has arrived.
#[derive(Clone, Debug, Serialize)]
struct Arrival {
    method: String,
    host: String,
    path: String,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            arrivals: Mutex::default(),
            signals: broadcast::Sender::new(256),
        }
    }

    pub(super) fn tell(&self, signal: Signal) {
        // That no page is open is no error.
        let _ = self.signals.send(signal);
    }

    fn record(&self, request: &Request) {
        let host = request.headers().get(HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if arrivals.len() < MOST_ARRIVALS {
            arrivals.push(Arrival {
                method: request.method().to_string(),
                host: host.unwrap_or_default().to_owned(),
                path: request.uri().path().to_owned(),
            });
        }
    }
}

/// Every path answers; `/arrivals` tells what has arrived since it was last deleted.
pub(super) fn router(log: Arc<Log>) -> Router {
    let counted = Router::new()
        .route("/events", get(events))
        .route("/v1/events", get(events))
        .route("/live", get(live))
        .fallback(answer)
        .layer(middleware::from_fn_with_state(Arc::clone(&log), count))
        .layer(middleware::map_response(for_every_page));
    Router::new()
        .route("/arrivals", get(arrivals).delete(forget))
        .merge(counted)
        .with_state(log)
}

/// The page reads the answer wherever it comes from, so that only a policy can keep it from doing so.
async fn for_every_page(mut response: Response) -> Response {
    let every = HeaderValue::from_static("*");
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_ALLOW_ORIGIN, every);
    response
}

async fn count(
    State(log): State<Arc<Log>>,
    source: Result<Query<Source>, QueryRejection>,
    request: Request,
    next: Next,
) -> Response {
    log.record(&request);
    let response = next.run(request).await;
    if let Ok(Query(source)) = source {
        log.tell(Signal::Arrived(source));
    }
    response
}

async fn answer(method: Method) -> Response {
    match method {
        Method::POST => StatusCode::NO_CONTENT.into_response(),
        _ => "{\"answer\":42}".into_response(),
    }
}

/// An event at once, and one for every signal.
async fn events(State(log): State<Arc<Log>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let signals = BroadcastStream::new(log.signals.subscribe()).filter_map(|signal| match signal {
        Ok(Signal::Arrived(source)) => Event::default().event("arrived").json_data(source).ok(),
        Ok(Signal::Reload) => Some(Event::default().event("reload").data("now")),
        // It was too slow and has missed some.
        Err(_) => None,
    });
    let hello = tokio_stream::once(Event::default().event("hello").data("now"));
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    Sse::new(hello.chain(signals).map(Ok)).keep_alive(keep_alive)
}

/// A greeting, and every message sent back.
async fn live(upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(MOST_MESSAGE_BYTES)
        .on_upgrade(echo)
}

async fn echo(mut socket: WebSocket) {
    let mut message = Some(Message::text("hello"));
    while let Some(reply) = message.take() {
        if socket.send(reply).await.is_err() {
            return;
        }
        message = loop {
            match socket.recv().await {
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => break Some(message),
                // The library answers pings and the closing itself.
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return,
            }
        };
    }
}

async fn arrivals(State(log): State<Arc<Log>>) -> Response {
    let arrivals = log.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
    Json(arrivals.clone()).into_response()
}

async fn forget(State(log): State<Arc<Log>>) -> StatusCode {
    let mut arrivals = log.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
    arrivals.clear();
    StatusCode::NO_CONTENT
}

/// Arrivals beyond are not listed.
const MOST_ARRIVALS: usize = 1000;
const MOST_MESSAGE_BYTES: usize = 1 << 20;
