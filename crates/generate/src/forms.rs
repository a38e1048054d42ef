//! A policy as servers, frameworks and hosts want it: one file for each form.

mod allowlist;
mod apache;
mod caddy;
mod electron;
mod escape;
mod express;
mod extension;
mod header;
mod headers_file;
mod ingress;
mod javascript;
mod json;
mod mcp;
mod meta;
mod next;
mod nginx;
mod rust;
mod tauri;
mod vercel;
mod vite;

use std::fmt;

use connect_src::{DirectiveName, Disposition, Policy};

/// What is to be sent: a policy, and perhaps its twin.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The policy: one header's value.
    pub policy: String,
    /// Whether it is enforced, or only reported on.
    pub disposition: Disposition,
    /// The value of `Connection-Allowlist`, with the same disposition.
    pub allowlist: Option<String>,
}

impl Delivery {
    /// A policy that is enforced, without a twin.
    pub fn new(policy: impl Into<String>) -> Self {
        Self {
            policy: policy.into(),
            disposition: Disposition::Enforce,
            allowlist: None,
        }
    }

    /// The same, only reported on.
    pub fn report_only(self) -> Self {
        Self {
            disposition: Disposition::Report,
            ..self
        }
    }

    /// The same, with the value of `Connection-Allowlist`.
    pub fn with_allowlist(self, value: impl Into<String>) -> Self {
        Self {
            allowlist: Some(value.into()),
            ..self
        }
    }

    /// The headers that are to be sent, by their names.
    pub fn headers(&self) -> Vec<(&'static str, &str)> {
        let (policy, allowlist) = match self.disposition {
            Disposition::Enforce => ("Content-Security-Policy", "Connection-Allowlist"),
            Disposition::Report => (
                "Content-Security-Policy-Report-Only",
                "Connection-Allowlist-Report-Only",
            ),
        };
        let twin = self.allowlist.as_deref().map(|value| (allowlist, value));
        [(policy, &*self.policy)].into_iter().chain(twin).collect()
    }

    fn parsed(&self) -> Policy {
        Policy::from_header(&self.policy, self.disposition)
    }

    /// The sources of `connect-src`.
    fn sources(&self) -> Vec<String> {
        let policy = self.parsed();
        let directive = policy.governing_directive(
            DirectiveName::ConnectSrc,
            connect_src::BrowserProfile::Standard,
        );
        let sources = directive
            .into_iter()
            .flat_map(|one| one.source_list().texts());
        sources.map(|(_, text)| text.to_owned()).collect()
    }
}

/// A form, filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filled {
    /// The text, with a line break at its end.
    pub text: String,
    /// What the form cannot do, or wants done beside it: sentences.
    pub notes: Vec<String>,
}

impl Filled {
    fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            notes: Vec::new(),
        }
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    fn note_if(self, is_so: bool, note: &str) -> Self {
        if is_so { self.note(note) } else { self }
    }
}

macro_rules! forms {
    ($( $variant:ident = $name:literal, $what:literal, $module:ident; )*) => {
        /// A form in which a policy can be written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Form {
            $( #[doc = $what] $variant, )*
        }

        impl Form {
            /// Every form.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// A short name in lower case.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// What it is, as a phrase.
            pub const fn what(self) -> &'static str {
                match self { $( Self::$variant => $what, )* }
            }

            /// Fills the form in.
            ///
            /// ```
            /// use connect_src_generate::forms::{Delivery, Form};
            ///
            /// let delivery = Delivery::new("connect-src 'self'");
            /// assert_eq!(
            ///     Form::Nginx.fill(&delivery).text,
            ///     "add_header Content-Security-Policy \"connect-src 'self'\" always;\n",
            /// );
            /// ```
            pub fn fill(self, delivery: &Delivery) -> Filled {
                match self { $( Self::$variant => $module::fill(delivery), )* }
            }
        }
    };
}

forms! {
    Header = "header", "The response header itself", header;
    Nginx = "nginx", "nginx: lines for a server or location block", nginx;
    Apache = "apache", "Apache httpd: lines for `mod_headers`", apache;
    Caddy = "caddy", "Caddy: a directive of a site in the Caddyfile", caddy;
    Express = "express", "Express: the helmet middleware", express;
    Next = "next", "Next.js: `next.config.mjs`", next;
    Vite = "vite", "Vite: `vite.config.mjs`, for its development and preview servers", vite;
    HeadersFile = "headers-file", "Netlify and Cloudflare Pages: the `_headers` file", headers_file;
    Vercel = "vercel", "Vercel: `vercel.json`", vercel;
    Tauri = "tauri", "Tauri: `tauri.conf.json`", tauri;
    Electron = "electron", "Electron: code for the main process", electron;
    Extension = "extension", "Browser extensions: `manifest.json`, version 3", extension;
    Mcp = "mcp", "MCP Apps, `ChatGPT`: `_meta.ui.csp` and `openai/widgetCSP`", mcp;
    Ingress = "ingress", "Kubernetes: ingress-nginx annotation and `ConfigMap`", ingress;
    Rust = "rust", "Rust: the layer of `connect-src-tower`", rust;
    Meta = "meta", "HTML: a meta element for the head", meta;
    ConnectionAllowlist = "connection-allowlist", "The twin header `Connection-Allowlist` alone", allowlist;
}

impl Form {
    /// Finds a form by its name.
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|form| form.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// What forms say that are no response header.
const NO_TWIN: &str =
    "Connection-Allowlist has no place here: it can only be sent as a response header";

#[cfg(test)]
mod tests;
