//! What an entry of the reference is.

use connect_src::Quirk;

use super::example::Example;

/// What one term means.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The term as policies or code write it.
    pub(crate) term: &'static str,
    pub(crate) group: Group,
    /// One line that says what it is.
    pub(crate) summary: &'static str,
    /// Other words by which it is found.
    pub(crate) aliases: Vec<&'static str>,
    /// Where the standard defines it.
    pub(crate) standard: Option<&'static str>,
    /// Terms to read next.
    pub(crate) see_also: Vec<&'static str>,
    /// Where browsers depart from what the entry says.
    pub(crate) departures: Vec<Quirk>,
    pub(crate) blocks: Vec<Block>,
}

/// A piece of an entry's text. Text may have `code` between backticks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(&'static str),
    Paragraph(String),
    List(Vec<String>),
    Table {
        header: Vec<&'static str>,
        rows: Vec<Vec<&'static str>>,
    },
    Code {
        language: &'static str,
        text: String,
    },
    Example(Example),
}

macro_rules! groups {
    ($( $variant:ident = $folder:literal, $title:literal, $kind:literal; )*) => {
        /// Terms of one kind. An entry's group is the folder of its file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Group {
            $( $variant, )*
        }

        impl Group {
            /// Every group, in the order of the list of terms.
            pub(crate) const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// The folder of its files; also its name in JSON.
            pub(crate) const fn folder(self) -> &'static str {
                match self { $( Self::$variant => $folder, )* }
            }

            /// The heading of its list.
            pub(crate) const fn title(self) -> &'static str {
                match self { $( Self::$variant => $title, )* }
            }

            /// What one of its terms is.
            pub(crate) const fn kind(self) -> &'static str {
                match self { $( Self::$variant => $kind, )* }
            }
        }
    };
}

groups! {
    Directive = "directives", "Directives", "directive";
    Keyword = "keywords", "Keywords, nonces and hashes", "keyword";
    Source = "sources", "Schemes, hosts, ports and paths", "source expression";
    Api = "apis", "Ways to connect", "way to connect";
    Topic = "topics", "Topics", "topic";
    Browser = "browsers", "Browsers", "browser";
    Departure = "departures", "Where browsers depart from the standard", "browser departure";
}

impl Group {
    pub(super) fn of_folder(folder: &str) -> Option<Self> {
        let mut groups = Self::ALL.iter().copied();
        groups.find(|group| group.folder() == folder)
    }
}
