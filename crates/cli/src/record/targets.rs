//! What the browser's sessions stand for: pages, frames in other processes, workers; and the documents in them.

use std::collections::HashMap;

use connect_src::CspList;
use url::Url;

use super::connection::{Worker, WorkerKind};

/// What a session is attached to.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) kind: TargetKind,
    /// Its main frame, for pages and frames.
    pub(crate) frame: Option<String>,
    pub(crate) url: String,
    /// The session that it was attached from.
    pub(crate) parent: Option<String>,
    pub(crate) visit: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TargetKind {
    Page,
    /// In a process of its own.
    Frame,
    Worker(WorkerKind),
}

impl TargetKind {
    /// By the protocol's name; `None` for what belongs to the browser itself.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "page" => Self::Page,
            "iframe" => Self::Frame,
            "worker" => Self::Worker(WorkerKind::Dedicated),
            "shared_worker" => Self::Worker(WorkerKind::Shared),
            "service_worker" => Self::Worker(WorkerKind::Service),
            _ => return None,
        })
    }
}

/// A document, with the policies that came with it.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) url: String,
    pub(crate) policies: CspList,
}

#[derive(Debug)]
struct Frame {
    parent: Option<String>,
    /// Its own document; `None` while it has that of its parent, such as `about:srcdoc`.
    document: Option<usize>,
}

/// Where a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) page: String,
    pub(crate) frame_of: Option<String>,
    pub(crate) worker: Option<Worker>,
    pub(crate) visit: usize,
    /// The document whose policies would decide.
    pub(crate) document: Option<usize>,
}

/// Everything that is attached.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    sessions: HashMap<String, Target>,
    frames: HashMap<String, Frame>,
    documents: Vec<Document>,
    /// Policies of documents that are on their way, by the loader.
    on_their_way: HashMap<String, CspList>,
    /// The document of each visit's page.
    visited: HashMap<usize, usize>,
}

/// No more documents are kept apart.
const MOST_DOCUMENTS: usize = 100_000;

impl Targets {
    pub(crate) fn attach(&mut self, session: String, target: Target) {
        self.sessions.insert(session, target);
    }

    pub(crate) fn detach(&mut self, session: &str) {
        self.sessions.remove(session);
    }

    pub(crate) fn get(&self, session: &str) -> Option<&Target> {
        self.sessions.get(session)
    }

    /// The sessions of a visit, workers that outlive it included.
    pub(crate) fn sessions_of(&self, visit: usize) -> Vec<(String, Target)> {
        let sessions = self.sessions.iter();
        let is_meant = |target: &Target| {
            let is_lasting = matches!(
                target.kind,
                TargetKind::Worker(WorkerKind::Shared | WorkerKind::Service)
            );
            target.visit == visit || is_lasting
        };
        sessions
            .filter(|(_, target)| is_meant(target))
            .map(|(session, target)| (session.clone(), target.clone()))
            .collect()
    }

    pub(crate) fn documents(&self) -> &[Document] {
        &self.documents
    }

    pub(crate) fn frame_attached(&mut self, frame: String, parent: String) {
        if self.frames.len() < MOST_DOCUMENTS {
            let frame = self.frames.entry(frame).or_insert(Frame {
                parent: None,
                document: None,
            });
            frame.parent = Some(parent);
        }
    }

    /// The head of a document has come.
    pub(crate) fn policies_arrived(&mut self, loader: String, policies: CspList) {
        if self.on_their_way.len() < MOST_DOCUMENTS {
            self.on_their_way.insert(loader, policies);
        }
    }

    /// A frame has a new document.
    pub(crate) fn navigated(
        &mut self,
        session: &str,
        frame: &str,
        parent: Option<String>,
        loader: &str,
        url: &str,
    ) {
        let document = self.document(loader, url);
        if self.frames.len() < MOST_DOCUMENTS || self.frames.contains_key(frame) {
            let entry = self.frames.entry(frame.to_owned()).or_insert(Frame {
                parent: None,
                document: None,
            });
            entry.document = document;
            if parent.is_some() {
                entry.parent = parent;
            }
        }
        let Some(target) = self.sessions.get_mut(session) else {
            return;
        };
        if target.frame.as_deref() == Some(frame)
            && let Some(document) = document
        {
            url.clone_into(&mut target.url);
            if target.kind == TargetKind::Page {
                self.visited.entry(target.visit).or_insert(document);
            }
        }
    }

    fn document(&mut self, loader: &str, url: &str) -> Option<usize> {
        let is_own = url.starts_with("http:") || url.starts_with("https:");
        if !is_own || self.documents.len() == MOST_DOCUMENTS {
            return None;
        }
        self.documents.push(Document {
            url: without_fragment(url),
            policies: self.on_their_way.remove(loader).unwrap_or_default(),
        });
        Some(self.documents.len() - 1)
    }

    /// Policies that the document itself has, in `<meta>`.
    pub(crate) fn add_meta(&mut self, session: &str, content: &str) {
        let target = self.sessions.get(session);
        let frame = target.and_then(|target| target.frame.as_ref());
        let document = frame.and_then(|frame| self.frames.get(frame)?.document);
        if let Some(document) = document {
            let policies = &mut self.documents[document].policies;
            policies.push(connect_src::Policy::from_meta(content));
        }
    }

    /// Where a request of this session comes from.
    pub(crate) fn origin(&self, session: &str, frame: Option<&str>) -> Origin {
        let Some(target) = self.sessions.get(session) else {
            return Origin::default();
        };
        match target.kind {
            TargetKind::Worker(kind) => self.of_worker(target, kind),
            TargetKind::Page | TargetKind::Frame => {
                let frame = frame.or(target.frame.as_deref());
                self.of_document(target, frame.and_then(|frame| self.document_of(frame)))
            }
        }
    }

    fn of_document(&self, target: &Target, document: Option<usize>) -> Origin {
        let page = document.map_or(target.url.as_str(), |index| &self.documents[index].url);
        let top = self.visited.get(&target.visit).copied();
        let is_in_frame = document.is_some() && top.is_some() && document != top;
        let is_in_frame = is_in_frame && !self.is_main_document(document);
        let top = top.filter(|_| is_in_frame);
        Origin {
            page: page.to_owned(),
            frame_of: top.map(|top| self.documents[top].url.clone()),
            worker: None,
            visit: target.visit,
            document,
        }
    }

    /// Whether some page has this document as its own, not in a frame: a popup, or where the page went.
    fn is_main_document(&self, document: Option<usize>) -> bool {
        let pages = self.sessions.values();
        let mut pages = pages.filter(|target| target.kind == TargetKind::Page);
        pages.any(|page| {
            let frame = page.frame.as_ref().and_then(|frame| self.frames.get(frame));
            frame.is_some_and(|frame| frame.document == document)
        })
    }

    /// The document of a frame, or of the nearest frame around it that has one of its own.
    fn document_of(&self, frame: &str) -> Option<usize> {
        let mut next = Some(frame);
        // A frame is not its own ancestor, but the other side says so.
        for _ in 0..100 {
            let frame = self.frames.get(next?)?;
            if frame.document.is_some() {
                return frame.document;
            }
            next = frame.parent.as_deref();
        }
        None
    }

    fn of_worker(&self, target: &Target, kind: WorkerKind) -> Origin {
        let owner = target.parent.as_deref();
        let mut origin = match (kind, owner) {
            (WorkerKind::Dedicated, Some(owner)) => self.origin(owner, None),
            _ => self.of_lasting_worker(target),
        };
        // A worker that came over the network has policies of its own, which the browser keeps to.
        if !matches!(target.url.get(..5), Some("blob:" | "data:")) {
            origin.document = None;
        }
        origin.worker = Some(Worker {
            kind,
            url: target.url.clone(),
        });
        origin
    }

    /// A worker that pages share belongs to the page that is visited, if it is of its origin.
    fn of_lasting_worker(&self, target: &Target) -> Origin {
        let document = self.visited.get(&target.visit).copied();
        let page = document.map(|index| self.documents[index].url.as_str());
        let page = page.filter(|page| have_same_origin(page, &target.url));
        Origin {
            page: page.unwrap_or(&target.url).to_owned(),
            visit: target.visit,
            ..Origin::default()
        }
    }
}

fn have_same_origin(one: &str, other: &str) -> bool {
    let origin = |text: &str| Url::parse(text).ok().map(|url| url.origin());
    origin(one).is_some_and(|one| Some(one) == origin(other))
}

fn without_fragment(url: &str) -> String {
    url.split_once('#').map_or(url, |(head, _)| head).to_owned()
}
