//! What browsers report, line by line, while a server runs.

use std::io::{self, Write as _};

use anstyle::Style;
use connect_src_server::store::{ConnectionDetail, Group, SeenRow};
use connect_src_server::suggest::Suggestion;

use super::reports::of_class;
use super::suggestion::policy;
use crate::output::Output;
use crate::output::sanitize::{sanitize, shorten};
use crate::output::style::{ALLOWED, BLOCKED, CODE, DIM, NOTE, STRONG};

/// What a browser did with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It connected, and reported it, since every connection is observed.
    Connected,
    /// It connected, and the policy on trial would have blocked it.
    WouldBlock,
    /// It did not connect.
    Blocked,
}

/// Prints what happens.
pub(crate) struct Live<'o> {
    out: &'o mut Output,
    has_titles: bool,
}

impl<'o> Live<'o> {
    pub(crate) fn new(out: &'o mut Output) -> Self {
        Self {
            out,
            has_titles: false,
        }
    }

    /// What to do first.
    pub(crate) fn invitation(&mut self, page: &str, dashboard: Option<&str>) -> io::Result<()> {
        writeln!(
            self.out,
            "\nOpen {STRONG}{CODE}{page}{CODE:#}{STRONG:#} in a browser."
        )?;
        writeln!(
            self.out,
            "{DIM}What its page connects to appears here; nothing is blocked yet. q ends it.{DIM:#}"
        )?;
        if let Some(link) = dashboard {
            writeln!(
                self.out,
                "\nThe dashboard says what to do next: {STRONG}{CODE}{link}{CODE:#}{STRONG:#}"
            )?;
            writeln!(self.out, "{DIM}The link logs you in, once.{DIM:#}")?;
        }
        writeln!(self.out)?;
        self.out.flush()
    }

    /// A connection that was not known before.
    pub(crate) fn connection(&mut self, detail: &ConnectionDetail) -> io::Result<()> {
        let connection = &detail.connection;
        let target = format!(
            "{}{}",
            connection.origin,
            connection.path.as_deref().unwrap_or("")
        );
        self.line(
            Doing::Connected,
            &connection.class,
            &target,
            &detail.browser_list,
        )
    }

    /// A violation that was not known before.
    pub(crate) fn violation(
        &mut self,
        doing: Doing,
        group: &Group,
        browsers: &[SeenRow],
    ) -> io::Result<()> {
        self.line(doing, &group.class, &group.blocked, browsers)
    }

    fn line(
        &mut self,
        doing: Doing,
        class: &str,
        target: &str,
        browsers: &[SeenRow],
    ) -> io::Result<()> {
        if !self.has_titles {
            self.has_titles = true;
            let (did, report, what) = ("the browser", "the report is", "connection");
            writeln!(
                self.out,
                "  {DIM}{did:<13}{report:<15}{what:<48}browser{DIM:#}"
            )?;
        }
        let (word, style) = doing.word();
        let target = shorten(&sanitize(target), LONGEST_TARGET).into_owned();
        let browser = browsers.first().map_or("", |browser| browser.name.as_str());
        let of_class: Style = of_class(class);
        writeln!(
            self.out,
            "  {style}{word:<13}{style:#}{of_class}{class:<15}{of_class:#}{CODE}{target:<48}{CODE:#}{DIM}{}{DIM:#}",
            sanitize(browser)
        )?;
        self.out.flush()
    }

    /// A policy that could go on trial.
    pub(crate) fn proposal(&mut self, suggestion: &Suggestion) -> io::Result<()> {
        writeln!(
            self.out,
            "\n{STRONG}The policy that allows what the application needs{STRONG:#}\n"
        )?;
        policy(suggestion, self.out)?;
        writeln!(
            self.out,
            "\n  {DIM}The demo knows that intruder is no host of the application. In yours, you say so:\n  \
             connect-src suggest --without ORIGIN{DIM:#}"
        )?;
        self.out.flush()
    }

    /// The rollout took a step.
    pub(crate) fn step(&mut self, from: &str, to: &str, who: &str) -> io::Result<()> {
        let (from, to, who) = (sanitize(from), sanitize(to), sanitize(who));
        writeln!(
            self.out,
            "\n{STRONG}{from} → {to}{STRONG:#} {DIM}by {who}; the page loads itself anew{DIM:#}"
        )?;
        self.out.flush()
    }

    /// What can be done now: keys, and the command that does the same.
    pub(crate) fn choices(&mut self, keys: &[(char, &str)], command: &str) -> io::Result<()> {
        write!(self.out, "\n ")?;
        for (key, meaning) in keys {
            write!(
                self.out,
                " {STRONG}{NOTE}{key}{NOTE:#}{STRONG:#} {meaning}  "
            )?;
        }
        writeln!(
            self.out,
            "\n  {DIM}or, in another terminal:{DIM:#} {command}\n"
        )?;
        self.out.flush()
    }

    /// Something did not go as asked for.
    pub(crate) fn refusal(&mut self, message: &str) -> io::Result<()> {
        writeln!(self.out, "  {NOTE}{}{NOTE:#}", sanitize(message))?;
        self.out.flush()
    }
}

impl Doing {
    fn word(self) -> (&'static str, Style) {
        match self {
            Self::Connected => ("connected", ALLOWED),
            Self::WouldBlock => ("would block", NOTE),
            Self::Blocked => ("blocked", BLOCKED),
        }
    }
}

const LONGEST_TARGET: usize = 46;
