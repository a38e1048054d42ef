//! A recording from its beginning to its end, whatever comes between.

use serde_json::json;
use tokio::runtime::Builder;

use super::browser::Browser;
use super::cdp::{Connection, Failure};
use super::crawl::{Crawl, Report};
use super::recorder::Recording;
use super::session::Session;
use super::visit::{Plan, SCRIPT_NAME};
use crate::args::record::Record;
use crate::error::Error;
use crate::input::{Input, enter_pressed};
use crate::output::progress::Steps;

/// A script is not longer.
const MOST_SCRIPT: u64 = 1 << 20;

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) recording: Recording,
    pub(crate) report: Report,
    /// The browser, by its name and version.
    pub(crate) browser: String,
    /// What the user should know about how the browser ran.
    pub(crate) caution: Option<&'static str>,
    pub(crate) ending: Ending,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    /// The user wanted no more.
    Stopped,
    /// The browser went away.
    Lost(String),
}

/// Records. An error means that there is nothing to save.
pub(crate) fn record(asked: &Record) -> Result<Outcome, Error> {
    let plan = Plan {
        limit: asked.limit,
        wait: asked.wait,
        script: asked.script.as_ref().map(script).transpose()?,
    };
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::new(format!("no runtime: {error}")))?;
    runtime.block_on(async {
        let mut run = Run::new(asked);
        let ending = tokio::select! {
            biased;
            () = stopped() => Ending::Stopped,
            ended = run.go(asked, &plan) => match ended {
                Ok(()) => Ending::Done,
                Err(Ended::Lost(why)) => Ending::Lost(why),
                Err(Ended::Failed(error)) => return Err(error),
            },
        };
        run.end(ending).await
    })
}

/// The script, with a name that initiators can be told by.
fn script(input: &Input) -> Result<String, Error> {
    let bytes = input.read(MOST_SCRIPT)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::new(format!("{}: expected JavaScript in UTF-8", input.name())))?;
    Ok(format!("{text}\n//# sourceURL={SCRIPT_NAME}"))
}

enum Ended {
    Lost(String),
    Failed(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Lost(why) => Self::Lost(why),
            other => Self::Failed(Error::new(format!("the browser cannot be driven: {other}"))),
        }
    }
}

/// Everything that has to be there at the end, however far it came.
struct Run {
    browser: Option<Browser>,
    session: Option<Session>,
    crawl: Crawl,
    steps: Steps,
    name: String,
    caution: Option<&'static str>,
}

impl Run {
    fn new(asked: &Record) -> Self {
        Self {
            browser: None,
            session: None,
            crawl: Crawl::new(&asked.urls, asked.depth, asked.most_pages),
            steps: Steps::new(),
            name: String::new(),
            caution: None,
        }
    }

    async fn go(&mut self, asked: &Record, plan: &Plan) -> Result<(), Ended> {
        self.steps.say("starting the browser");
        let (browser, caution) = Browser::start(asked)?;
        self.caution = caution;
        let browser = self.browser.insert(browser);
        let endpoint = browser.endpoint().await?;
        let connection = Connection::open(&endpoint).await?;
        let session = self
            .session
            .insert(Session::new(connection, asked.keeps_csp));
        let version = session.call(None, "Browser.getVersion", json!({})).await?;
        version["product"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut self.name);
        if asked.is_login {
            log_in(session, asked, &self.steps).await?;
        }
        session.begin().await?;
        self.crawl.run(session, plan, &self.steps).await?;
        Ok(())
    }

    async fn end(self, ending: Ending) -> Result<Outcome, Error> {
        let Self {
            browser,
            session,
            crawl,
            steps,
            name,
            caution,
        } = self;
        drop(steps);
        let Some(mut session) = session else {
            return Err(match ending {
                Ending::Lost(why) => Error::new(format!("the browser ended: {why}")),
                _ => Error::new("stopped before the browser was ready; nothing was recorded"),
            });
        };
        // If it has gone already, that is well too.
        let _ = session.call(None, "Browser.close", json!({})).await;
        if let Some(mut browser) = browser {
            browser.wait().await;
        }
        Ok(Outcome {
            recording: session.recorder.finish(),
            report: crawl.report,
            browser: name,
            caution,
            ending,
        })
    }
}

/// Shows the first page in a window, and waits until the user says that it may begin. What happens until then is not recorded.
async fn log_in(session: &mut Session, asked: &Record, steps: &Steps) -> Result<(), Ended> {
    let url = asked
        .urls
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    let page = json!({"url": url});
    session.call(None, "Target.createTarget", page).await?;
    let pressed = enter_pressed()
        .map_err(|error| Error::new(format!("standard input cannot be read: {error}")))?;
    steps.ask("log in in the window that has opened, then press Enter here");
    tokio::select! {
        _ = pressed => Ok(()),
        heard = session.listen(std::time::Duration::MAX) => heard.map_err(Ended::from),
    }
}

/// Waits until the system or the user says stop.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Where there are no signals, nothing stops it.
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}
