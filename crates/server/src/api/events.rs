//! What happens, as it happens.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt as _};

use super::problem::Problem;
use super::state::Api;
use crate::events::Event;

/// What happens, as server-sent events: `reports` when reports were committed, `rollout` when a rollout changed,
/// `draft` when a draft was, `missed` when the listener was too slow for some.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "events",
    responses(
        (status = OK, content((Event = "text/event-stream"))),
        (status = "4XX", body = Problem),
    ),
)]
pub(super) async fn stream(
    State(api): State<Api>,
) -> Sse<impl Stream<Item = Result<SseEvent, Infallible>>> {
    happenings(&api)
}

/// The stream, for whoever was let in.
pub(crate) fn happenings(
    api: &Api,
) -> Sse<impl Stream<Item = Result<SseEvent, Infallible>> + use<>> {
    let events = BroadcastStream::new(api.0.events.subscribe());
    let events = events.take_while(|event| !matches!(event, Ok(Event::Stopping)));
    let events = events.map(|event| {
        let event = match event {
            Ok(event) => {
                let data = serde_json::to_string(&event).unwrap_or_default();
                SseEvent::default().event(event.name()).data(data)
            }
            Err(_) => SseEvent::default().event("missed").data("{}"),
        };
        Ok(event)
    });
    // Firefox says that a stream is open when its first byte is there.
    let opened = tokio_stream::once(Ok(SseEvent::default().comment("open")));
    let events = opened.chain(events);
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    Sse::new(events).keep_alive(keep_alive)
}
