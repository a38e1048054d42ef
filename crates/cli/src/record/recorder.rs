//! From the events of the browser to what was connected. It asks nobody and waits for nothing: events go in, a list comes
//! out.

use std::collections::HashMap;

use connect_src::{Api, CspList};

use super::classify;
use super::connection::{Answer, Hop, Place, Recorded};
use super::place;
use super::protocol::{
    CspIssue, Entry, Event, Failed, Finished, HandshakeReceived, HandshakeSent, Headers, Initiator,
    RequestHeaders, RequestWillBeSent, Response, ResponseReceived, SocketFailed, header,
};
use super::targets::{Origin, Target, Targets};
use super::verdict;

/// No more requests are kept.
const MOST_REQUESTS: usize = 100_000;
/// No more of what has to wait for its other half is kept.
const MOST_WAITING: usize = 10_000;
/// As in browsers.
const MOST_HOPS: usize = 21;

/// A request as the protocol knows it: the session, and its name there.
type Key = (String, String);

/// A recording in the making.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) targets: Targets,
    requests: Vec<Recorded>,
    /// The requests that go on, and when each hop was sent.
    open: HashMap<Key, (usize, f64)>,
    /// Headers that came before their request.
    early: HashMap<Key, Headers>,
    /// What a policy kept the browser from, and no request was seen for yet.
    issues: Vec<BlockedUrl>,
    /// How many requests there were no room for.
    pub(crate) left_out: usize,
    /// How many events were not understood.
    pub(crate) not_understood: usize,
}

/// The browser's word that a policy blocked something.
#[derive(Debug)]
struct BlockedUrl {
    session: String,
    /// A worker may be gone when the recording ends.
    origin: Origin,
    url: String,
    place: Option<Place>,
    is_fetch: bool,
}

impl Recorder {
    pub(crate) fn attach(&mut self, session: String, target: Target) {
        self.targets.attach(session, target);
    }

    /// How many connections there are by now.
    pub(crate) fn connections(&self) -> usize {
        self.requests.iter().filter(|one| one.is_connection).count()
    }

    /// How many requests began by now.
    pub(crate) fn begun(&self) -> usize {
        self.requests.len() + self.left_out
    }

    /// Whether a script of a visit waits for an answer that it may go on from.
    pub(crate) fn is_waiting(&self, visit: usize) -> bool {
        let mut open = self.open.iter();
        open.any(|((session, _), (index, _))| {
            let recorded = &self.requests[*index];
            let is_alive = self.targets.get(session).is_some();
            let is_unanswered = recorded.hops.last().is_some_and(|hop| hop.answer.is_none());
            let has_end = matches!(recorded.api, Some(Api::Fetch | Api::XmlHttpRequest));
            is_alive && recorded.visit == visit && has_end && is_unanswered
        })
    }

    /// Takes in what the browser says.
    pub(crate) fn event(&mut self, session: &str, event: Event) {
        if self.targets.get(session).is_none() {
            return;
        }
        match event {
            Event::RequestWillBeSent(sent) => self.request(session, *sent),
            Event::RequestHeaders(sent) => self.headers(session, sent),
            Event::ResponseReceived(received) => self.response(session, *received),
            Event::LoadingFinished(finished) => self.finished(session, &finished),
            Event::LoadingFailed(failed) => self.failed(session, failed),
            Event::WebSocketCreated(created) => {
                self.socket(
                    session,
                    Api::WebSocket,
                    created.request_id,
                    created.url,
                    created.initiator,
                );
            }
            Event::WebTransportCreated(created) => {
                self.socket(
                    session,
                    Api::WebTransport,
                    created.transport_id,
                    created.url,
                    created.initiator,
                );
            }
            Event::WebSocketHandshakeSent(sent) => self.handshake_sent(session, &sent),
            Event::WebSocketHandshakeReceived(received) => {
                self.handshake_received(session, received);
            }
            Event::WebSocketFailed(failed) => self.socket_failed(session, failed),
            Event::FrameAttached(attached) => {
                self.targets
                    .frame_attached(attached.frame_id, attached.parent_frame_id);
            }
            Event::FrameNavigated(navigated) => {
                let frame = navigated.frame;
                let (id, loader) = (&frame.id, &frame.loader_id);
                self.targets
                    .navigated(session, id, frame.parent_id, loader, &frame.url);
            }
            Event::Issue(issue) => {
                if let Some(issue) = issue.issue.details.content_security_policy_issue_details {
                    self.issue(session, issue);
                }
            }
            Event::Log(log) => self.log(session, &log.entry),
        }
    }

    fn request(&mut self, session: &str, sent: RequestWillBeSent) {
        if classify::is_of_the_browser(&sent) {
            return;
        }
        let key = (session.to_owned(), sent.request_id.clone());
        if let Some((index, began)) = self.open.get(&key).copied() {
            self.redirect(index, began, sent);
            return;
        }
        let origin = self.targets.origin(session, sent.frame_id.as_deref());
        let is_worker = origin.worker.is_some();
        let early = self.early.remove(&key);
        let kind = classify::kind(&sent, early.as_ref(), is_worker);
        let timestamp = sent.timestamp;
        let recorded = Recorded {
            api: kind,
            is_connection: kind.is_some_and(classify::is_under_connect_src),
            stack: place::stack_of(sent.initiator),
            resource_type: sent.resource_type,
            ..of_origin(origin, hop(sent.request, sent.wall_time))
        };
        if let Some(index) = self.add(recorded) {
            self.open.insert(key, (index, timestamp));
        }
    }

    fn add(&mut self, recorded: Recorded) -> Option<usize> {
        if self.requests.len() == MOST_REQUESTS {
            self.left_out += 1;
            return None;
        }
        self.requests.push(recorded);
        Some(self.requests.len() - 1)
    }

    fn redirect(&mut self, index: usize, began: f64, sent: RequestWillBeSent) {
        let hops = &mut self.requests[index].hops;
        if let Some(last) = hops.last_mut() {
            last.answer = sent.redirect_response.map(answer);
            last.duration = Some((sent.timestamp - began).max(0.0));
        }
        if hops.len() < MOST_HOPS {
            hops.push(hop(sent.request, sent.wall_time));
        }
    }

    /// What is really sent tells a module that is JSON from a script.
    fn headers(&mut self, session: &str, sent: RequestHeaders) {
        let key = (session.to_owned(), sent.request_id);
        match self.open.get(&key) {
            Some((index, _)) => {
                let recorded = &mut self.requests[*index];
                if let Some(api) = classify::by_destination(&recorded.resource_type, &sent.headers)
                {
                    recorded.api = Some(api);
                    recorded.is_connection = true;
                }
            }
            None if self.early.len() < MOST_WAITING => {
                self.early.insert(key, sent.headers);
            }
            None => {}
        }
    }

    fn response(&mut self, session: &str, received: ResponseReceived) {
        if received.resource_type == "Document" {
            let policies = policies_of(&received.response.headers);
            self.targets.policies_arrived(received.loader_id, policies);
        }
        if let Some(recorded) = self.opened(session, &received.request_id)
            && let Some(last) = recorded.hops.last_mut()
        {
            last.answer = Some(answer(received.response));
        }
    }

    fn opened(&mut self, session: &str, request: &str) -> Option<&mut Recorded> {
        let key = (session.to_owned(), request.to_owned());
        let (index, _) = self.open.get(&key)?;
        Some(&mut self.requests[*index])
    }

    fn close(&mut self, session: &str, request: String, timestamp: f64) -> Option<usize> {
        let key = (session.to_owned(), request);
        let (index, began) = self.open.remove(&key)?;
        if let Some(last) = self.requests[index].hops.last_mut() {
            last.duration = Some((timestamp - began).max(0.0));
        }
        Some(index)
    }

    fn finished(&mut self, session: &str, finished: &Finished) {
        self.close(session, finished.request_id.clone(), finished.timestamp);
    }

    fn failed(&mut self, session: &str, failed: Failed) {
        let Some(index) = self.close(session, failed.request_id, failed.timestamp) else {
            return;
        };
        let is_blocked = failed.blocked_reason.as_deref() == Some("csp");
        let issue = is_blocked
            .then(|| self.take_issue(session, index))
            .flatten();
        let recorded = &mut self.requests[index];
        recorded.is_blocked = is_blocked;
        if let (Some(_), "Script") = (&issue, recorded.resource_type.as_str()) {
            // Of all that modules import, only JSON is under connect-src.
            recorded.api = Some(Api::JsonModule);
            recorded.is_connection = true;
        }
        if let (Some(place), true) = (
            issue.and_then(|issue| issue.place),
            recorded.stack.is_empty(),
        ) {
            recorded.stack.push(place);
        }
        let reasons = [Some(failed.error_text), failed.blocked_reason];
        let mut reasons = reasons.into_iter().flatten();
        recorded.error = reasons.find(|reason| !reason.is_empty());
    }

    /// The issue that belongs to a request which a policy stopped. It names the URL that was asked for first.
    fn take_issue(&mut self, session: &str, index: usize) -> Option<BlockedUrl> {
        let hops = &self.requests[index].hops;
        let is_meant = |issue: &BlockedUrl| {
            issue.session == session && hops.iter().any(|hop| hop.url == issue.url)
        };
        let position = self.issues.iter().position(is_meant)?;
        Some(self.issues.remove(position))
    }

    fn socket(&mut self, session: &str, api: Api, id: String, url: String, initiator: Initiator) {
        let first = Hop {
            url,
            method: "GET".to_owned(),
            ..Hop::default()
        };
        let origin = self.targets.origin(session, None);
        let recorded = Recorded {
            api: Some(api),
            is_connection: true,
            stack: place::stack_of(initiator),
            resource_type: classify::resource_type(api).to_owned(),
            ..of_origin(origin, first)
        };
        if let Some(index) = self.add(recorded) {
            self.open.insert((session.to_owned(), id), (index, 0.0));
        }
    }

    fn handshake_sent(&mut self, session: &str, sent: &HandshakeSent) {
        if let Some(recorded) = self.opened(session, &sent.request_id) {
            recorded.hops[0].time = Some(sent.wall_time);
        }
    }

    fn handshake_received(&mut self, session: &str, received: HandshakeReceived) {
        if let Some(recorded) = self.opened(session, &received.request_id) {
            recorded.hops[0].answer = Some(answer(received.response));
        }
    }

    fn socket_failed(&mut self, session: &str, failed: SocketFailed) {
        if let Some(recorded) = self.opened(session, &failed.request_id) {
            recorded.error = Some(failed.error_message);
        }
    }

    fn issue(&mut self, session: &str, issue: CspIssue) {
        let Some(url) = issue.blocked_url else { return };
        let is_ours = issue.violated_directive == "connect-src" && !issue.is_report_only;
        if is_ours && !url.is_empty() && self.issues.len() < MOST_WAITING {
            let origin = self.targets.origin(session, None);
            self.issues.push(BlockedUrl {
                session: session.to_owned(),
                origin,
                url,
                place: issue.source_code_location.map(place::of_issue),
                is_fetch: false,
            });
        }
    }

    /// A blocked `fetch()` is no request; but the console says that it was one.
    fn log(&mut self, session: &str, entry: &Entry) {
        let Some(rest) = entry.text.strip_prefix("Fetch API cannot load ") else {
            return;
        };
        let is_meant = |issue: &&mut BlockedUrl| {
            issue.session == session
                && !issue.is_fetch
                && rest.starts_with(&format!("{}. ", issue.url))
        };
        if entry.source == "javascript"
            && let Some(issue) = self.issues.iter_mut().rev().find(is_meant)
        {
            issue.is_fetch = true;
        }
    }

    /// The whole recording.
    pub(crate) fn finish(mut self) -> Recording {
        for issue in std::mem::take(&mut self.issues) {
            self.add_blocked(issue);
        }
        let documents = self.targets.documents();
        for recorded in self.requests.iter_mut().filter(|one| one.is_connection) {
            recorded.is_blocked |= verdict::is_blocked(recorded, documents);
        }
        Recording {
            requests: self.requests,
            left_out: self.left_out,
            not_understood: self.not_understood,
        }
    }

    /// What was blocked before it became a request.
    fn add_blocked(&mut self, issue: BlockedUrl) {
        let is_socket = issue.url.starts_with("ws:") || issue.url.starts_with("wss:");
        let api = match (is_socket, issue.is_fetch) {
            (true, _) => Some(Api::WebSocket),
            (false, true) => Some(Api::Fetch),
            (false, false) => None,
        };
        let first = Hop {
            url: issue.url,
            ..Hop::default()
        };
        let recorded = Recorded {
            api,
            is_connection: true,
            is_blocked: true,
            error: Some("csp".to_owned()),
            stack: issue.place.into_iter().collect(),
            resource_type: api.map_or("other", classify::resource_type).to_owned(),
            ..of_origin(issue.origin, first)
        };
        self.add(recorded);
    }
}

/// What was recorded.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    pub(crate) requests: Vec<Recorded>,
    pub(crate) left_out: usize,
    pub(crate) not_understood: usize,
}

fn of_origin(origin: Origin, first: Hop) -> Recorded {
    Recorded {
        page: origin.page,
        frame_of: origin.frame_of,
        worker: origin.worker,
        api: None,
        is_connection: false,
        resource_type: String::new(),
        hops: vec![first],
        is_blocked: false,
        error: None,
        stack: Vec::new(),
        visit: origin.visit,
        document: origin.document,
    }
}

fn hop(request: super::protocol::Request, wall_time: f64) -> Hop {
    Hop {
        url: classify::without_data(request.url),
        method: request.method,
        headers: request.headers,
        time: Some(wall_time),
        ..Hop::default()
    }
}

fn answer(response: Response) -> Answer {
    Answer {
        status: response.status,
        status_text: response.status_text,
        headers: response.headers,
        mime_type: response.mime_type,
        protocol: response.protocol.unwrap_or_default(),
    }
}

/// Where a header was sent more than once, the protocol has its values in lines.
fn policies_of(headers: &Headers) -> CspList {
    let names = [
        "content-security-policy",
        "content-security-policy-report-only",
    ];
    let values = names.into_iter().flat_map(|name| {
        let value = header(headers, name).unwrap_or_default();
        value.lines().map(move |value| (name, value))
    });
    CspList::from_headers(values)
}

#[cfg(test)]
mod tests;
