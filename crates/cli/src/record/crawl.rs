//! From page to page, within bounds.

use std::collections::{BTreeMap, VecDeque};

use url::Url;

use super::cdp::Failure;
use super::coverage::Coverage;
use super::links::{Known, Sites, Verdict, verdict};
use super::session::Session;
use super::visit::{Plan, Visited, visit};
use crate::output::progress::Steps;

/// A crawl, wherever it stands.
pub(crate) struct Crawl {
    sites: Sites,
    known: Known,
    queue: VecDeque<(Url, u32)>,
    depth: u32,
    most_pages: usize,
    pub(crate) report: Report,
}

/// What it came to.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The pages that were seen.
    pub(crate) seen: usize,
    /// Those that were not, and why.
    pub(crate) unseen: Vec<(Url, String)>,
    /// What went wrong on pages that were seen.
    pub(crate) notes: Vec<(Url, String)>,
    /// How many links were not followed, by the reason.
    pub(crate) links: BTreeMap<Verdict, usize>,
    /// How many pages were left when the number was reached, or when it was stopped.
    pub(crate) left: usize,
    pub(crate) coverage: Coverage,
}

/// What is said about pages has a bound too.
const MOST_NOTES: usize = 10_000;

impl Crawl {
    pub(crate) fn new(urls: &[Url], depth: u32, most_pages: usize) -> Self {
        let mut crawl = Self {
            sites: Sites::of(urls),
            known: Known::default(),
            queue: VecDeque::new(),
            depth,
            most_pages,
            report: Report::default(),
        };
        for url in urls {
            if crawl.known.insert(url) {
                crawl.queue.push_back((url.clone(), 0));
            }
        }
        crawl.report.left = crawl.queue.len();
        crawl
    }

    /// Visits pages until there are none left, or as many as there may be were visited.
    pub(crate) async fn run(
        &mut self,
        session: &mut Session,
        plan: &Plan,
        steps: &Steps,
    ) -> Result<(), Failure> {
        while session.visit < self.most_pages
            && let Some((url, depth)) = self.queue.pop_front()
        {
            steps.next(
                self.report.seen + self.report.unseen.len() + 1,
                self.queue.len(),
                session.recorder.connections(),
                &url,
            );
            let visited = visit(session, &url, plan, &mut self.report.coverage).await?;
            self.take(url, depth, visited);
            session.visit += 1;
            self.report.left = self.queue.len();
        }
        Ok(())
    }

    fn take(&mut self, url: Url, depth: u32, visited: Visited) {
        if depth < self.depth {
            for link in visited.links {
                self.consider(link, depth + 1);
            }
        }
        let notes = visited.notes;
        if visited.is_seen {
            self.report.seen += 1;
            let notes = notes.into_iter().map(|note| (url.clone(), note));
            let room = MOST_NOTES.saturating_sub(self.report.notes.len());
            self.report.notes.extend(notes.take(room));
        } else {
            self.report.unseen.push((url, notes.join("; ")));
        }
    }

    fn consider(&mut self, link: Url, depth: u32) {
        match verdict(&link, &self.sites, &self.known) {
            Verdict::Follow => {
                self.known.insert(&link);
                self.queue.push_back((link, depth));
            }
            Verdict::Known => {}
            other => *self.report.links.entry(other).or_default() += 1,
        }
    }
}
