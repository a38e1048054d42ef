//! The values that arguments take.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ValueEnum};
use connect_src::{Api, BrowserProfile};
use url::Url;

use super::{Color, FailOn, Format, TestFormat};
use crate::input::target;

/// Whose decision to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Browsers {
    /// Chromium, Firefox and WebKit
    All,
    /// Chrome, Edge and all others on Blink
    #[value(alias = "chrome", alias = "edge")]
    Chromium,
    /// Firefox
    #[value(alias = "gecko")]
    Firefox,
    /// Safari and WebKitGTK
    #[value(alias = "safari", alias = "webkitgtk")]
    Webkit,
    /// The text of the standard, which no browser follows to the letter
    Standard,
}

impl Browsers {
    pub(super) fn profiles(self) -> Vec<BrowserProfile> {
        match self {
            Self::All => BrowserProfile::BROWSERS.to_vec(),
            Self::Chromium => vec![BrowserProfile::Chromium],
            Self::Firefox => vec![BrowserProfile::Firefox],
            Self::Webkit => vec![BrowserProfile::WebKit],
            Self::Standard => vec![BrowserProfile::Standard],
        }
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Human, Self::Json]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Human => PossibleValue::new("human").help("For people"),
            Self::Json => {
                PossibleValue::new("json").help("For programs; the fields are documented")
            }
        })
    }
}

impl ValueEnum for TestFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Human, Self::Json, Self::Junit]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Human => PossibleValue::new("human").help("For people"),
            Self::Json => {
                PossibleValue::new("json").help("For programs; the fields are documented")
            }
            Self::Junit => PossibleValue::new("junit").help("JUnit XML, for CI systems"),
        })
    }
}

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Allowed,
            Self::Blocked,
            Self::Any,
            Self::Findings,
            Self::Never,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Allowed => PossibleValue::new("allowed").help("Something is newly allowed"),
            Self::Blocked => PossibleValue::new("blocked").help("Something is newly blocked"),
            Self::Any => PossibleValue::new("any").help("Something is newly allowed or blocked"),
            Self::Findings => PossibleValue::new("findings")
                .help("The linter has a new finding, a warning at least"),
            Self::Never => PossibleValue::new("never").help("Nothing; only errors count"),
        })
    }
}

impl ValueEnum for Color {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Always, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Auto => PossibleValue::new("auto").help("On a terminal, unless NO_COLOR is set"),
            Self::Always => PossibleValue::new("always").help("Also into files and pipes"),
            Self::Never => PossibleValue::new("never").help("Not even on a terminal"),
        })
    }
}

/// The page's URL.
pub(super) fn page(text: &str) -> Result<Url, String> {
    target::parse_page(text)
}

/// An API by any of its names; completions offer the first ones.
#[derive(Clone, Copy)]
pub(super) struct ApiParser;

impl TypedValueParser for ApiParser {
    type Value = Api;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Api, clap::Error> {
        let text = value.to_string_lossy();
        Api::parse(&text).ok_or_else(|| {
            let message = format!(
                "--api {text:?}: there is no such API; expected one of {}",
                api_names()
            );
            command.clone().error(ErrorKind::ValueValidation, message)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let value = |api: &Api| PossibleValue::new(api.name()).help(api.as_str());
        Some(Box::new(Api::ALL.iter().map(value)))
    }
}

/// The APIs' names, for messages.
pub(crate) fn api_names() -> String {
    let names: Vec<_> = Api::ALL.iter().map(|api| api.name()).collect();
    names.join(", ")
}
