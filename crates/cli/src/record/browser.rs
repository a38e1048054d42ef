//! The browser: found, started with an empty profile, ended whatever happens.

mod find;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::sleep;

use crate::args::record::Record;
use crate::error::Error;
use crate::input::Input;

/// A browser that runs, and that ends when this is dropped.
pub(crate) struct Browser {
    child: Child,
    profile: Profile,
    log: PathBuf,
    _home: TempDir,
}

/// Where it keeps what it remembers.
enum Profile {
    /// With the rest of what is thrown away.
    Thrown(PathBuf),
    Kept(PathBuf),
}

/// Where it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) port: u16,
    pub(crate) path: String,
}

/// What keeps the browser from making connections of its own, and from asking questions.
const QUIET: &[&str] = &[
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--metrics-recording-only",
    "--no-service-autorun",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-features=AutofillServerCommunication,HttpsUpgrades,MediaRouter,OptimizationHints,Translate",
];

/// What lets a page that nobody looks at run as if somebody did.
const AWAKE: &[&str] = &[
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-dev-shm-usage",
    "--mute-audio",
];

const START_LIMIT: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);

impl Browser {
    /// Starts it. The second value is what the user should know about how it was started.
    pub(crate) fn start(asked: &Record) -> Result<(Self, Option<&'static str>), Error> {
        if asked.is_login && !has_display() {
            return Err(Error::new(NO_DISPLAY));
        }
        let program = match &asked.browser {
            Some(path) => path.clone(),
            None => find::installed().ok_or_else(find::not_found)?,
        };
        let home = tempfile::Builder::new()
            .prefix("connect-src-record-")
            .tempdir()
            .map_err(|error| Error::new(format!("no temporary folder can be made: {error}")))?;
        let profile = Profile::of(asked, &home)?;
        let log = home.path().join("browser.log");
        let is_root = is_root();
        let mut command = Command::new(&program);
        command
            .args(flags(asked, profile.path(), is_root))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log_file(&log));
        in_a_group_of_its_own(&mut command);
        let child = command.spawn().map_err(|error| {
            let program = program.display();
            Error::new(format!(
                "{program}: the browser cannot be started: {error}; --browser PATH names another one"
            ))
        })?;
        let browser = Self {
            child,
            profile,
            log,
            _home: home,
        };
        Ok((browser, is_root.then_some(AS_ROOT)))
    }

    /// Waits until it says where it listens.
    pub(crate) async fn endpoint(&mut self) -> Result<Endpoint, Error> {
        let file = self.profile.path().join("DevToolsActivePort");
        let rounds = START_LIMIT.as_millis() / POLL.as_millis();
        for _ in 0..rounds {
            if let Some(endpoint) = read_endpoint(&file) {
                return Ok(endpoint);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.ended(&status.to_string()));
            }
            sleep(POLL).await;
        }
        Err(self.ended("it does not answer"))
    }

    /// Waits for a browser that was asked to end, but not for ever.
    pub(crate) async fn wait(&mut self) {
        for _ in 0..60 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            sleep(POLL).await;
        }
    }

    /// The error that it ended, with its last words.
    fn ended(&self, how: &str) -> Error {
        let log = Input::File(self.log.clone())
            .read(1 << 20)
            .unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let mut last: Vec<_> = log
            .lines()
            .filter(|line| !line.trim().is_empty())
            .rev()
            .take(5)
            .collect();
        last.reverse();
        let said = if last.is_empty() {
            String::new()
        } else {
            format!("; it said:\n  {}", last.join("\n  "))
        };
        Error::new(format!("the browser did not start: {how}{said}"))
    }
}

const AS_ROOT: &str = "run as root, so the browser runs without its sandbox (--no-sandbox): only record pages that you trust";

impl Profile {
    fn of(asked: &Record, home: &TempDir) -> Result<Self, Error> {
        let Some(folder) = &asked.profile else {
            return Ok(Self::Thrown(home.path().join("profile")));
        };
        let failed = |error| {
            let folder = folder.display();
            Error::new(format!(
                "{folder}: the profile cannot be kept there: {error}"
            ))
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let folder = fs::canonicalize(folder).map_err(failed)?;
        // That of the last run would be taken for an answer.
        let _ = fs::remove_file(folder.join("DevToolsActivePort"));
        Ok(Self::Kept(folder))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Thrown(path) | Self::Kept(path) => path,
        }
    }
}

const NO_DISPLAY: &str = "--login opens a window, and there is no display for it: DISPLAY and WAYLAND_DISPLAY are not set; \
     log in where there is one with --profile FOLDER, and record here with that folder and without --login";

/// Whether windows can be opened, as far as that can be told before the browser tries.
fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn flags(asked: &Record, profile: &Path, is_root: bool) -> Vec<String> {
    let mut flags: Vec<String> = [QUIET, AWAKE]
        .concat()
        .into_iter()
        .map(String::from)
        .collect();
    flags.push("--remote-debugging-port=0".to_owned());
    flags.push(format!("--user-data-dir={}", profile.display()));
    if !asked.is_login {
        flags.push("--headless=new".to_owned());
        flags.push("--window-size=1280,1024".to_owned());
    }
    if is_root {
        flags.push("--no-sandbox".to_owned());
    }
    if asked.is_insecure {
        flags.push("--ignore-certificate-errors".to_owned());
    }
    flags
}

/// Its words are only needed if it does not start.
fn log_file(path: &Path) -> Stdio {
    File::create(path).map_or_else(|_| Stdio::null(), Stdio::from)
}

fn read_endpoint(file: &Path) -> Option<Endpoint> {
    let bytes = Input::File(file.to_owned()).read(1 << 12).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (port, path) = text.split_once('\n')?;
    let path = path.trim();
    let port = port.trim().parse().ok()?;
    path.starts_with('/').then(|| Endpoint {
        port,
        path: path.to_owned(),
    })
}

/// Ctrl-C is for us: the browser ends when everything is saved.
fn in_a_group_of_its_own(command: &mut Command) {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
    }
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt as _;
        const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
        command.creation_flags(CREATE_NEW_PROCESS_GROUP);
    }
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It was asked to end and had its time. What is an error here has ended already.
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process_group};
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Profile::Thrown(path) = &self.profile {
            remove(path);
        }
    }
}

/// Its helpers may write for a moment longer.
fn remove(folder: &Path) {
    for _ in 0..20 {
        if fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            return;
        }
        std::thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_read_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("DevToolsActivePort");
        assert_eq!(read_endpoint(&file), None);
        for (text, expected) in [
            ("", None),
            ("9222", None),
            ("9222\n", None),
            ("x\n/devtools/browser/1", None),
            (
                "9222\n/devtools/browser/1",
                Some((9222, "/devtools/browser/1")),
            ),
            (
                "9222\r\n/devtools/browser/1\r\n",
                Some((9222, "/devtools/browser/1")),
            ),
        ] {
            fs::write(&file, text).unwrap();
            let found = read_endpoint(&file);
            let found = found.as_ref().map(|one| (one.port, one.path.as_str()));
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
