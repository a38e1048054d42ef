//! What happens, told in the terminal; and the keys that make something happen.

use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use connect_src_server::PolicyText;
use connect_src_server::clock::Clock;
use connect_src_server::config::Share;
use connect_src_server::demo::Demo;
use connect_src_server::events::{Event, ReportsEvent};
use connect_src_server::rollout::{Refusal, RolloutError, Rollouts, RouteKey, StageName};
use connect_src_server::server::{Server, stop_signal};
use connect_src_server::store::{Change, ReportStore as _, RolloutStore as _, SqliteStore};
use connect_src_server::suggest::{Suggestion, suggest};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::error::Error;
use crate::input::Keyboard;
use crate::output::Output;
use crate::output::human::{Doing, Live, origin};
use crate::output::sanitize::sanitize;

/// The demo as its terminal shows it.
pub(super) struct Show<'a> {
    demo: &'a Demo,
    store: Arc<SqliteStore>,
    rollouts: Rollouts,
    key: RouteKey,
    live: Live<'a>,
    /// How this program was called: not everybody who tries it has installed it.
    program: String,
    /// How another terminal takes a step, but for which step.
    command: String,
    /// What was proposed last.
    proposed: Option<Suggestion>,
    /// Whether anything was reported since.
    is_due: bool,
}

/// Whether it goes on.
#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

impl<'a> Show<'a> {
    /// Says where everything is.
    pub(super) fn new(
        demo: &'a Demo,
        server: &Server,
        token_file: &Path,
        out: &'a mut Output,
    ) -> Result<Self, Error> {
        let config = server.rollouts().config();
        let admin = origin(address(server.admin_address())?, config.admin.tls.is_some());
        let mut show = Self {
            demo,
            store: Arc::clone(server.store()),
            rollouts: server.rollouts().clone(),
            key: RouteKey::new("*", "/"),
            live: Live::new(out),
            program: program(),
            command: format!("--server {admin} --token-file {}", token_file.display()),
            proposed: None,
            is_due: false,
        };
        let page = origin(address(server.public_address())?, config.tls.is_some());
        let dashboard = server.login_link();
        show.live
            .invitation(&format!("{page}/"), dashboard.as_deref())?;
        Ok(show)
    }

    /// Tells what happens until somebody ends it.
    pub(super) async fn watch(
        &mut self,
        mut events: Receiver<Event>,
        keyboard: &mut Keyboard,
    ) -> Result<(), Error> {
        let mut stop = pin!(stop_signal());
        loop {
            let is_due = self.is_due;
            let quiet = async {
                if is_due {
                    tokio::time::sleep(QUIET).await;
                } else {
                    std::future::pending::<()>().await;
                }
            };
            let then = tokio::select! {
                event = events.recv() => match event {
                    Ok(event) => self.tell(&event)?,
                    Err(RecvError::Lagged(_)) => Then::GoOn,
                    Err(RecvError::Closed) => Then::End,
                },
                key = keyboard.key() => self.press(key)?,
                () = quiet => self.propose()?,
                () = &mut stop => Then::End,
            };
            if then == Then::End {
                return Ok(());
            }
        }
    }

    fn tell(&mut self, event: &Event) -> Result<Then, Error> {
        match event {
            Event::Reports(reports) => self.reported(reports)?,
            Event::Rollout(step) => {
                self.live.step(&step.from, &step.to, &step.who)?;
                // Of two steps at once, only the last one leads to where we are.
                if step.to.starts_with(self.stage()?.as_str()) {
                    self.offer()?;
                }
                self.demo.reload_pages();
            }
            Event::Stopping => return Ok(Then::End),
            _ => {}
        }
        Ok(Then::GoOn)
    }

    fn reported(&mut self, event: &ReportsEvent) -> Result<(), Error> {
        if self.stage()? == StageName::Observe {
            for id in &event.new_connections {
                if let Some(detail) = self.store.connection(*id)? {
                    self.live.connection(&detail)?;
                    self.is_due = true;
                }
            }
            return Ok(());
        }
        for id in &event.new_groups {
            let Some(detail) = self.store.group(*id)? else {
                continue;
            };
            let doing = match detail.group.role.as_deref() {
                Some("enforce") => Doing::Blocked,
                Some("trial") => Doing::WouldBlock,
                // It was sent before the step.
                _ => continue,
            };
            self.live
                .violation(doing, &detail.group, &detail.browser_list)?;
        }
        Ok(())
    }

    /// Shows the policy that the reports speak for, if it is another than before.
    fn propose(&mut self) -> Result<Then, Error> {
        self.is_due = false;
        let without = [self.demo.intruder().to_owned()];
        let suggestion = suggest(&*self.store, &self.key, &without)?;
        let is_new = self
            .proposed
            .as_ref()
            .is_none_or(|before| before.policy != suggestion.policy);
        if !is_new || suggestion.sources.is_empty() {
            return Ok(Then::GoOn);
        }
        let text = suggestion
            .policy_text()
            .map_err(|error| Error::new(error.to_string()))?;
        self.save_draft(&text)?;
        self.live.proposal(&suggestion)?;
        self.proposed = Some(suggestion);
        self.offer()?;
        Ok(Then::GoOn)
    }

    /// So that there is something to go forward with; but what somebody wrote by hand stays.
    fn save_draft(&self, text: &PolicyText) -> Result<(), Error> {
        if let Some(kept) = self.store.draft(&self.key)? {
            let proposed = self.proposed.as_ref().map(|before| before.policy.clone());
            let everything = suggest(&*self.store, &self.key, &[])?.policy;
            if ![proposed, Some(everything)].contains(&Some(kept.text.to_string())) {
                return Ok(());
            }
        }
        let why = change("suggested from what was reported");
        self.store.save_draft(&self.key, Some(text), &why)?;
        Ok(())
    }

    /// Says what can be done now.
    fn offer(&mut self) -> Result<(), Error> {
        let (keys, step): (&[_], _) = match self.stage()? {
            StageName::Observe => (&[TRIAL, ENFORCE, QUIT], "advance"),
            StageName::Trial => (&[ENFORCE, BACK, QUIT], "advance --share 100%"),
            StageName::Enforce => (&[BACK, QUIT], "back"),
        };
        let command = format!("{} rollout {step} {}", self.program, self.command);
        self.live.choices(keys, &command)?;
        Ok(())
    }

    fn press(&mut self, key: char) -> Result<Then, Error> {
        let taken = match key.to_ascii_lowercase() {
            't' => self.put_on_trial(),
            'e' => self.enforce(),
            'b' => self
                .rollouts
                .back(&self.key, &change("the key b"))
                .map(|_| ()),
            'q' => return Ok(Then::End),
            _ => return Ok(Then::GoOn),
        };
        if let Err(refusal) = taken {
            self.live.refusal(&refusal.to_string())?;
        }
        Ok(Then::GoOn)
    }

    fn put_on_trial(&self) -> Result<(), RolloutError> {
        if self.rollouts.status_of(&self.key)?.state.stage.name() != StageName::Observe {
            return Err(Refusal::AlreadyProposed.into());
        }
        // What was proposed is the draft.
        self.rollouts
            .advance(&self.key, None, false, &change("the key t"))
            .map(|_| ())
    }

    fn enforce(&self) -> Result<(), RolloutError> {
        if self.rollouts.status_of(&self.key)?.state.stage.name() == StageName::Observe {
            self.put_on_trial()?;
        }
        let everybody = Some(Share::ALL);
        self.rollouts
            .advance(&self.key, everybody, false, &change("the key e"))
            .map(|_| ())
    }

    fn stage(&self) -> Result<StageName, Error> {
        let status = self.rollouts.status_of(&self.key);
        let status = status.map_err(|error| Error::new(error.to_string()))?;
        Ok(status.state.stage.name())
    }
}

fn address(address: std::io::Result<SocketAddr>) -> Result<SocketAddr, Error> {
    address.map_err(|error| Error::new(format!("the system does not say where we listen: {error}")))
}

fn program() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    let called = sanitize(&called.to_string_lossy()).into_owned();
    if called.is_empty() || called.contains(char::is_whitespace) {
        return "connect-src".to_owned();
    }
    called
}

/// A step that the person at the terminal takes.
fn change(why: &str) -> Change {
    Change {
        who: "terminal".to_owned(),
        at: Clock::system().now(),
        why: why.to_owned(),
    }
}

const TRIAL: (char, &str) = ('t', "put it on trial");
const ENFORCE: (char, &str) = ('e', "enforce it");
const BACK: (char, &str) = ('b', "go back");
const QUIT: (char, &str) = ('q', "quit");

/// After so long without anything new, the policy is worth a look.
const QUIET: Duration = Duration::from_millis(1500);
