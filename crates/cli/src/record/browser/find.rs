//! The installed browser that can be driven.

use std::env;
use std::path::PathBuf;

use crate::error::Error;

/// The names of the programs, the likeliest first.
#[cfg(not(any(windows, target_os = "macos")))]
const PROGRAMS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "brave-browser",
];

#[cfg(target_os = "macos")]
const PROGRAMS: &[&str] = &["chromium", "google-chrome"];

#[cfg(windows)]
const PROGRAMS: &[&str] = &["chrome.exe", "chromium.exe", "msedge.exe"];

/// The first that there is.
pub(super) fn installed() -> Option<PathBuf> {
    let places = usual_places().into_iter();
    places.chain(on_the_path()).find(|place| place.is_file())
}

fn on_the_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path).collect();
    let places = PROGRAMS.iter().flat_map(|program| {
        let folders = folders.iter();
        folders.map(move |folder| folder.join(program))
    });
    places.collect()
}

#[cfg(not(any(windows, target_os = "macos")))]
fn usual_places() -> Vec<PathBuf> {
    Vec::new()
}

#[cfg(target_os = "macos")]
fn usual_places() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let applications = [PathBuf::from("/Applications"), home.join("Applications")];
    let names = [
        "Google Chrome",
        "Chromium",
        "Microsoft Edge",
        "Brave Browser",
    ];
    let places = applications.iter().flat_map(|folder| {
        names.map(|name| folder.join(format!("{name}.app/Contents/MacOS/{name}")))
    });
    places.collect()
}

#[cfg(windows)]
fn usual_places() -> Vec<PathBuf> {
    let roots = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"];
    let programs = [
        r"Google\Chrome\Application\chrome.exe",
        r"Chromium\Application\chrome.exe",
        r"Microsoft\Edge\Application\msedge.exe",
    ];
    let roots = roots.iter().filter_map(env::var_os).map(PathBuf::from);
    let places = roots.flat_map(|root| programs.map(|program| root.join(program)));
    places.collect()
}

pub(super) fn not_found() -> Error {
    Error::new(
        "no browser was found: install Chromium, Google Chrome or Microsoft Edge, or give --browser PATH; Firefox cannot be \
         driven this way",
    )
}
