//! The events of the DevTools protocol that tell of connections: the fields that are read, and nothing else.
//!
//! <https://chromedevtools.github.io/devtools-protocol/tot/Network/>

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

/// An event, as far as it matters here.
#[derive(Debug)]
pub(crate) enum Event {
    RequestWillBeSent(Box<RequestWillBeSent>),
    RequestHeaders(RequestHeaders),
    ResponseReceived(Box<ResponseReceived>),
    LoadingFinished(Finished),
    LoadingFailed(Failed),
    WebSocketCreated(SocketCreated),
    WebSocketHandshakeSent(HandshakeSent),
    WebSocketHandshakeReceived(HandshakeReceived),
    WebSocketFailed(SocketFailed),
    WebTransportCreated(TransportCreated),
    FrameAttached(FrameAttached),
    FrameNavigated(FrameNavigated),
    Issue(Issue),
    Log(LogEntry),
}

/// A table of the events: the protocol's name, and what it becomes.
macro_rules! events {
    ($($name:literal => $variant:ident,)*) => {
        impl Event {
            /// Reads an event. `None` for those that tell nothing of connections.
            pub(crate) fn read(method: &str, params: Value) -> serde_json::Result<Option<Self>> {
                Ok(match method {
                    $($name => Some(Self::$variant(serde_json::from_value(params)?)),)*
                    _ => None,
                })
            }
        }
    };
}

events! {
    "Network.requestWillBeSent" => RequestWillBeSent,
    "Network.requestWillBeSentExtraInfo" => RequestHeaders,
    "Network.responseReceived" => ResponseReceived,
    "Network.loadingFinished" => LoadingFinished,
    "Network.loadingFailed" => LoadingFailed,
    "Network.webSocketCreated" => WebSocketCreated,
    "Network.webSocketWillSendHandshakeRequest" => WebSocketHandshakeSent,
    "Network.webSocketHandshakeResponseReceived" => WebSocketHandshakeReceived,
    "Network.webSocketFrameError" => WebSocketFailed,
    "Network.webTransportCreated" => WebTransportCreated,
    "Page.frameAttached" => FrameAttached,
    "Page.frameNavigated" => FrameNavigated,
    "Audits.issueAdded" => Issue,
    "Log.entryAdded" => Log,
}

pub(crate) type Headers = HashMap<String, String>;

/// A header's value, whatever the case of its name.
pub(crate) fn header<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    let mut headers = headers.iter();
    let header = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
    header.map(|(_, value)| value.as_str())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestWillBeSent {
    pub(crate) request_id: String,
    #[serde(rename = "documentURL", default)]
    pub(crate) document_url: String,
    pub(crate) request: Request,
    /// Seconds since 1970.
    pub(crate) wall_time: f64,
    /// Seconds of a clock that only goes forward.
    pub(crate) timestamp: f64,
    #[serde(default)]
    pub(crate) initiator: Initiator,
    pub(crate) redirect_response: Option<Response>,
    #[serde(rename = "type", default)]
    pub(crate) resource_type: String,
    pub(crate) frame_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    pub(crate) url: String,
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) headers: Headers,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Initiator {
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    pub(crate) stack: Option<Stack>,
    pub(crate) url: Option<String>,
    pub(crate) line_number: Option<f64>,
    pub(crate) column_number: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stack {
    pub(crate) call_frames: Vec<CallFrame>,
    pub(crate) parent: Option<Box<Self>>,
}

/// Lines and columns count from 0, as always in this protocol.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallFrame {
    #[serde(default)]
    pub(crate) function_name: String,
    pub(crate) url: String,
    pub(crate) line_number: i64,
    pub(crate) column_number: i64,
}

/// What the network service really sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestHeaders {
    pub(crate) request_id: String,
    pub(crate) headers: Headers,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResponseReceived {
    pub(crate) request_id: String,
    #[serde(default)]
    pub(crate) loader_id: String,
    #[serde(rename = "type", default)]
    pub(crate) resource_type: String,
    pub(crate) response: Response,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) status_text: String,
    #[serde(default)]
    pub(crate) headers: Headers,
    #[serde(default)]
    pub(crate) mime_type: String,
    #[serde(default)]
    pub(crate) protocol: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finished {
    pub(crate) request_id: String,
    pub(crate) timestamp: f64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failed {
    pub(crate) request_id: String,
    pub(crate) timestamp: f64,
    #[serde(default)]
    pub(crate) error_text: String,
    pub(crate) blocked_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketCreated {
    pub(crate) request_id: String,
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) initiator: Initiator,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HandshakeSent {
    pub(crate) request_id: String,
    pub(crate) wall_time: f64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HandshakeReceived {
    pub(crate) request_id: String,
    pub(crate) response: Response,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SocketFailed {
    pub(crate) request_id: String,
    pub(crate) error_message: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransportCreated {
    pub(crate) transport_id: String,
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) initiator: Initiator,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FrameAttached {
    pub(crate) frame_id: String,
    pub(crate) parent_frame_id: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct FrameNavigated {
    pub(crate) frame: Frame,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Frame {
    pub(crate) id: String,
    pub(crate) parent_id: Option<String>,
    #[serde(default)]
    pub(crate) loader_id: String,
    pub(crate) url: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Issue {
    pub(crate) issue: InspectorIssue,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InspectorIssue {
    pub(crate) details: IssueDetails,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IssueDetails {
    pub(crate) content_security_policy_issue_details: Option<CspIssue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CspIssue {
    #[serde(rename = "blockedURL")]
    pub(crate) blocked_url: Option<String>,
    pub(crate) violated_directive: String,
    pub(crate) is_report_only: bool,
    pub(crate) source_code_location: Option<SourceCodeLocation>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceCodeLocation {
    pub(crate) url: String,
    pub(crate) line_number: i64,
    pub(crate) column_number: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LogEntry {
    pub(crate) entry: Entry,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) source: String,
    pub(crate) text: String,
}
