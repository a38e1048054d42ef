//! A browser that is driven: its sessions are attached to before anything runs in them, and what they say is recorded.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use super::cdp::{Connection, Failure, Message};
use super::connection::WorkerKind;
use super::protocol::Event;
use super::recorder::Recorder;
use super::targets::{Target, TargetKind};

/// A browser, and what was recorded in it.
pub(crate) struct Session {
    connection: Connection,
    pub(crate) recorder: Recorder,
    /// Whether pages keep their policies.
    keeps_csp: bool,
    /// Pages that were there before are not recorded.
    has_begun: bool,
    /// The number of the visit that goes on.
    pub(crate) visit: usize,
    /// The sessions by the identifiers of their targets.
    sessions: HashMap<String, String>,
    /// The sessions whose page has loaded, or whose page is gone.
    loaded: HashSet<String>,
    crashed: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: String,
    target_info: TargetInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetInfo {
    target_id: String,
    #[serde(rename = "type")]
    kind: String,
    url: String,
}

impl Session {
    pub(crate) fn new(connection: Connection, keeps_csp: bool) -> Self {
        Self {
            connection,
            recorder: Recorder::default(),
            keeps_csp,
            has_begun: false,
            visit: 0,
            sessions: HashMap::new(),
            loaded: HashSet::new(),
            crashed: HashSet::new(),
        }
    }

    /// Attaches to everything that there is and will be: pages, and workers that pages share.
    pub(crate) async fn begin(&mut self) -> Result<(), Failure> {
        let refuse = json!({"behavior": "deny"});
        self.call(None, "Browser.setDownloadBehavior", refuse)
            .await?;
        let only = ["page", "shared_worker", "service_worker"];
        let filter: Vec<_> = only.iter().map(|kind| json!({"type": kind})).collect();
        self.call(None, "Target.setAutoAttach", attach_to(filter))
            .await?;
        self.has_begun = true;
        Ok(())
    }

    /// Gives a command and waits for its answer. What is said meanwhile is recorded.
    pub(crate) async fn call(
        &mut self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, Failure> {
        let id = self.connection.send(session, method, params).await?;
        loop {
            let message = self.connection.next().await?;
            if message.id == Some(id) {
                return message.into_result();
            }
            self.take(message).await?;
        }
    }

    /// The same, but no longer than this.
    pub(crate) async fn call_within(
        &mut self,
        limit: Duration,
        session: &str,
        method: &str,
        params: Value,
    ) -> Result<Value, Failure> {
        let call = self.call(Some(session), method, params);
        timeout(limit, call).await.unwrap_or(Err(Failure::TimedOut))
    }

    /// Opens a page, and gives its session.
    pub(crate) async fn open_page(&mut self) -> Result<String, Failure> {
        let blank = json!({"url": "about:blank"});
        let answer = self.call(None, "Target.createTarget", blank).await?;
        let target = answer["targetId"].as_str().unwrap_or_default().to_owned();
        let session = loop {
            if let Some(session) = self.sessions.get(&target) {
                break session.clone();
            }
            let message = self.connection.next().await?;
            self.take(message).await?;
        };
        // A page that goes to another process takes with it what was answered, and nothing else.
        self.call(Some(&session), "Page.getFrameTree", json!({}))
            .await?;
        Ok(session)
    }

    /// The targets of the pages that a visit opened.
    pub(crate) fn pages_of_visit(&self) -> Vec<String> {
        let sessions = self.sessions.iter();
        let is_meant = |session: &String| {
            let target = self.recorder.targets.get(session);
            target.is_some_and(|one| one.kind == TargetKind::Page && one.visit == self.visit)
        };
        sessions
            .filter(|(_, session)| is_meant(session))
            .map(|(target, _)| target.clone())
            .collect()
    }

    /// Waits until a page has loaded.
    pub(crate) async fn loaded(&mut self, session: &str) -> Result<(), Failure> {
        while !self.loaded.contains(session) {
            let message = self.connection.next().await?;
            self.take(message).await?;
        }
        if self.crashed.contains(session) {
            return Err(Failure::Refused("the page crashed".to_owned()));
        }
        Ok(())
    }

    /// The page is about to load something else.
    pub(crate) fn forget_load(&mut self, session: &str) {
        self.loaded.remove(session);
    }

    /// Records until nothing new has happened for so long.
    pub(crate) async fn quiet(&mut self, wait: Duration) -> Result<(), Failure> {
        let mut begun = self.recorder.begun();
        let mut quiet = Box::pin(sleep(wait));
        loop {
            tokio::select! {
                () = &mut quiet => {
                    if !self.recorder.is_waiting(self.visit) {
                        return Ok(());
                    }
                    quiet.as_mut().reset(Instant::now() + wait);
                }
                message = self.connection.next() => {
                    self.take(message?).await?;
                    if self.recorder.begun() != begun {
                        begun = self.recorder.begun();
                        quiet.as_mut().reset(Instant::now() + wait);
                    }
                }
            }
        }
    }

    /// Records for so long.
    pub(crate) async fn listen(&mut self, wait: Duration) -> Result<(), Failure> {
        let listening = async {
            loop {
                let message = self.connection.next().await?;
                self.take(message).await?;
            }
        };
        timeout(wait, listening).await.unwrap_or(Ok(()))
    }

    /// Takes in what the browser says by itself.
    async fn take(&mut self, message: Message) -> Result<(), Failure> {
        let Some(method) = message.method else {
            return Ok(());
        };
        let session = message.session_id.unwrap_or_default();
        let params = message.params;
        match method.as_str() {
            "Target.attachedToTarget" => self.attached(&session, params).await?,
            "Target.detachedFromTarget" => self.detached(&params),
            "Page.javascriptDialogOpening" => self.dismiss(&session, &params).await?,
            "Page.loadEventFired" => {
                self.loaded.insert(session);
            }
            "Inspector.targetCrashed" => {
                self.loaded.insert(session.clone());
                self.crashed.insert(session);
            }
            _ => match Event::read(&method, params) {
                Ok(Some(event)) => self.recorder.event(&session, event),
                Ok(None) => {}
                Err(_) => self.recorder.not_understood += 1,
            },
        }
        Ok(())
    }

    async fn attached(&mut self, parent: &str, params: Value) -> Result<(), Failure> {
        let Ok(Attached {
            session_id,
            target_info,
        }) = serde_json::from_value(params)
        else {
            self.recorder.not_understood += 1;
            return Ok(());
        };
        let kind = TargetKind::named(&target_info.kind);
        let kind = kind.filter(|kind| self.has_begun || *kind != TargetKind::Page);
        if let Some(kind) = kind {
            self.record(&session_id, kind, parent, target_info).await?;
        }
        // Whatever it is, it must not wait for ever.
        self.tell(&session_id, "Runtime.runIfWaitingForDebugger", json!({}))
            .await
    }

    async fn record(
        &mut self,
        session: &str,
        kind: TargetKind,
        parent: &str,
        info: TargetInfo,
    ) -> Result<(), Failure> {
        let has_frame = matches!(kind, TargetKind::Page | TargetKind::Frame);
        let parent_visit = self.recorder.targets.get(parent).map(|parent| parent.visit);
        let target = Target {
            kind,
            // The main frame has the identifier of its target.
            frame: has_frame.then(|| info.target_id.clone()),
            url: info.url,
            parent: (!parent.is_empty()).then(|| parent.to_owned()),
            visit: parent_visit.unwrap_or(self.visit),
        };
        self.sessions.insert(info.target_id, session.to_owned());
        self.recorder.attach(session.to_owned(), target);
        for (method, params) in commands(kind, self.keeps_csp) {
            self.tell(session, method, params).await?;
        }
        Ok(())
    }

    /// Gives a command whose answer does not matter.
    async fn tell(&mut self, session: &str, method: &str, params: Value) -> Result<(), Failure> {
        let sent = self.connection.send(Some(session), method, params).await;
        sent.map(|_| ())
    }

    fn detached(&mut self, params: &Value) {
        let session = params["sessionId"].as_str().unwrap_or_default();
        self.recorder.targets.detach(session);
        self.sessions.retain(|_, known| known != session);
        // Who waits for it waits in vain.
        self.loaded.insert(session.to_owned());
    }

    /// Nobody reads what a dialog says. A page that asks not to be left is left.
    async fn dismiss(&mut self, session: &str, params: &Value) -> Result<(), Failure> {
        let is_accepted = matches!(params["type"].as_str(), Some("alert" | "beforeunload"));
        let answer = json!({"accept": is_accepted});
        self.tell(session, "Page.handleJavaScriptDialog", answer)
            .await
    }
}

/// What has to be said to a session before anything runs in it.
fn commands(kind: TargetKind, keeps_csp: bool) -> Vec<(&'static str, Value)> {
    let is_page = matches!(kind, TargetKind::Page | TargetKind::Frame);
    let mut commands = Vec::new();
    if is_page {
        commands.push(("Page.enable", json!({})));
        commands.push(("Inspector.enable", json!({})));
        if !keeps_csp {
            commands.push(("Page.setBypassCSP", json!({"enabled": true})));
        }
    }
    // Nobody asks for bodies: the browser need not keep them.
    let buffers =
        json!({"maxTotalBufferSize": 1, "maxResourceBufferSize": 1, "maxPostDataSize": 0});
    commands.push(("Network.enable", buffers));
    commands.push(("Audits.enable", json!({})));
    commands.push(("Log.enable", json!({})));
    // With it stacks are whole; without it they have one call.
    commands.push(("Runtime.enable", json!({})));
    commands.push(("Profiler.enable", json!({})));
    let coverage = json!({"callCount": false, "detailed": true});
    commands.push(("Profiler.startPreciseCoverage", coverage));
    if kind != TargetKind::Worker(WorkerKind::Service) {
        // Workers that pages share were attached to from the browser's own session.
        let kinds = ["iframe", "worker"];
        let filter = kinds.iter().map(|kind| json!({"type": kind})).collect();
        commands.push(("Target.setAutoAttach", attach_to(filter)));
    }
    commands
}

fn attach_to(filter: Vec<Value>) -> Value {
    json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": filter})
}
