//! All files together: values and wrappers followed across them.

use std::collections::BTreeMap;
use std::thread;

use serde::Serialize;

use crate::analysis::FileAnalysis;
use crate::connection::{Confidence, Connection, Step};
use crate::follow::follow;
use crate::limits::Limits;
use crate::lines::Spot;
use crate::link::Linked;
use crate::place::Place;

/// What a project's files cannot tell.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Values of the environment, such as `VITE_API_URL`; they go before those of `.env` files.
    pub env: BTreeMap<String, String>,
    /// Prefixes of module names and the folders that they stand for, such as `@/` and `src/`.
    pub aliases: BTreeMap<String, String>,
    /// Bounds of the work.
    pub limits: Limits,
}

/// The files of a project, each analysed.
#[derive(Debug, Default)]
pub struct Project {
    options: Options,
    files: BTreeMap<String, FileAnalysis>,
}

impl Project {
    /// A project without files.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            files: BTreeMap::new(),
        }
    }

    /// Takes a file; one of the same name is replaced.
    pub fn add(&mut self, file: FileAnalysis) {
        self.files.insert(file.path.clone(), file);
    }

    /// Every connection of every file, in the order of files and places.
    pub fn scan(&self) -> Scan {
        let mut scan = self.scan_scripts();
        for file in self.files.values() {
            scan.add_markup(file);
        }
        scan.connections
            .sort_by(|one, other| one.order().cmp(&other.order()));
        scan
    }
}

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scan {
    /// The connections.
    pub connections: Vec<Connection>,
    /// What could not be read or followed.
    pub notes: Vec<Note>,
}

impl Project {
    /// Following values recurses, up to the bound of its depth: it gets a stack for that.
    fn scan_scripts(&self) -> Scan {
        let followed = thread::scope(|scope| {
            let thread = thread::Builder::new()
                .name("follow".to_owned())
                .stack_size(STACK);
            let thread = thread.spawn_scoped(scope, || {
                let linked = Linked::new(&self.files, &self.options);
                follow(&linked, self.options.limits)
            });
            thread.ok()?.join().ok()
        });
        let Some((connections, notes)) = followed else {
            return self.unfollowed();
        };
        Scan { connections, notes }
    }

    fn unfollowed(&self) -> Scan {
        let notes = self.files.keys().take(1).map(|file| Note {
            place: Spot::default().in_file(file),
            message: "the scripts could not be followed".to_owned(),
        });
        Scan {
            connections: Vec::new(),
            notes: notes.collect(),
        }
    }
}

/// Bytes of the stack for following values. Only what is used is taken from memory.
const STACK: usize = 256 << 20;

impl Scan {
    fn add_markup(&mut self, file: &FileAnalysis) {
        self.connections.extend(file.markup.iter().map(|found| {
            let place = found.spot.in_file(&file.path);
            Connection {
                api: found.api(),
                target: found.target.clone(),
                reasoning: vec![Step {
                    text: found.reason.clone(),
                    place: Some(place.clone()),
                }],
                place,
                generated: None,
                confidence: Confidence::High,
                client: None,
            }
        }));
        let notes = file
            .scripts
            .iter()
            .flat_map(|script| &script.notes)
            .chain(&file.notes);
        self.notes.extend(notes.map(|note| Note {
            place: note.spot.in_file(&file.path),
            message: note.message.clone(),
        }));
    }
}

/// Something that could not be read or followed, and what was done instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// Where.
    pub place: Place,
    /// What, as a sentence without a full stop.
    pub message: String,
}
