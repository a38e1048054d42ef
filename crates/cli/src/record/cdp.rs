//! The DevTools protocol: commands go out, answers and events come in, over one WebSocket on loopback.
//!
//! <https://chromedevtools.github.io/devtools-protocol/>

use std::fmt;

use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::browser::Endpoint;

/// A message that is longer ends the recording. What scripts ran is the longest that is asked for.
const MOST_BYTES: usize = 256 << 20;

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The browser has ended, or speaks something else.
    Lost(String),
    /// It said no, and why.
    Refused(String),
    /// It did not answer in time.
    TimedOut,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(why) => write!(formatter, "the browser ended: {why}"),
            Self::Refused(why) => formatter.write_str(why),
            Self::TimedOut => formatter.write_str("no answer in time"),
        }
    }
}

/// What comes in: an answer has an `id`, an event has a `method`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    pub(crate) id: Option<u64>,
    pub(crate) method: Option<String>,
    #[serde(default)]
    pub(crate) params: Value,
    result: Option<Value>,
    error: Option<Refusal>,
    pub(crate) session_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    message: String,
}

impl Message {
    pub(crate) fn into_result(self) -> Result<Value, Failure> {
        match self.error {
            Some(refusal) => Err(Failure::Refused(refusal.message)),
            None => Ok(self.result.unwrap_or_default()),
        }
    }
}

/// The connection to a browser.
pub(crate) struct Connection {
    socket: WebSocketStream<TcpStream>,
    last_id: u64,
}

impl Connection {
    pub(crate) async fn open(endpoint: &Endpoint) -> Result<Self, Failure> {
        let Endpoint { port, path } = endpoint;
        let stream = TcpStream::connect(("127.0.0.1", *port)).await;
        let stream = stream.map_err(lost)?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MOST_BYTES))
            .max_frame_size(Some(MOST_BYTES));
        let url = format!("ws://127.0.0.1:{port}{path}");
        let opened = tokio_tungstenite::client_async_with_config(url, stream, Some(config)).await;
        let (socket, _) = opened.map_err(lost)?;
        Ok(Self { socket, last_id: 0 })
    }

    /// Sends a command, and gives its number.
    pub(crate) async fn send(
        &mut self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<u64, Failure> {
        self.last_id += 1;
        let mut command = json!({"id": self.last_id, "method": method, "params": params});
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        let frame = Frame::text(command.to_string());
        self.socket.send(frame).await.map_err(lost)?;
        Ok(self.last_id)
    }

    /// What comes next. Nothing is lost if it is not waited for to the end.
    pub(crate) async fn next(&mut self) -> Result<Message, Failure> {
        loop {
            match self.socket.next().await {
                Some(Ok(Frame::Text(text))) => {
                    return serde_json::from_str(&text).map_err(lost);
                }
                Some(Ok(Frame::Close(_))) | None => {
                    return Err(Failure::Lost("it closed the connection".to_owned()));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(lost(error)),
            }
        }
    }
}

fn lost(error: impl fmt::Display) -> Failure {
    Failure::Lost(error.to_string())
}
