//! A server that runs: its API, asked with a token.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body};
use url::Url;

use super::{Input, capped};
use crate::args::operations::AdminServer;
use crate::error::Error;
use crate::output::sanitize::sanitize;

/// The API of a server that runs.
pub(crate) struct Admin {
    agent: Agent,
    url: Url,
    token: String,
}

impl Admin {
    /// The server's API. Nothing is sent yet; fails if there is no token.
    pub(crate) fn new(server: &AdminServer) -> Result<Self, Error> {
        Ok(Self {
            agent: Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .timeout_global(Some(TIMEOUT))
                .build()
                .new_agent(),
            token: token(server)?,
            url: server.url.clone(),
        })
    }

    /// Asks for something.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let request = self.agent.get(self.place(path));
        let request = request.header("authorization", &self.authorization());
        self.read(request.call())
    }

    /// Has something done.
    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Error> {
        let request = self.agent.post(self.place(path));
        let request = request.header("authorization", &self.authorization());
        let request = request.header("content-type", "application/json");
        self.read(request.send(body.to_string()))
    }

    fn place(&self, path: &str) -> String {
        format!("{}api/v1/{path}", self.url)
    }

    fn authorization(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn read<T: DeserializeOwned>(
        &self,
        response: Result<Response<Body>, ureq::Error>,
    ) -> Result<T, Error> {
        let response = response.map_err(|error| self.failed(&said(&error)))?;
        let status = response.status();
        let body = capped::read_whole(response.into_body().into_reader(), MAX_BODY);
        let body = body.map_err(|error| self.failed(&format!("the answer broke off: {error}")))?;
        if !status.is_success() {
            return Err(self.failed(&problem(status.as_u16(), &body)));
        }
        let value = serde_json::from_slice(&body);
        value.map_err(|error| self.failed(&format!("is this a connect-src server? {error}")))
    }

    fn failed(&self, message: &str) -> Error {
        Error::new(format!(
            "{}: {}",
            sanitize(self.url.as_str()),
            sanitize(message)
        ))
    }
}

fn token(server: &AdminServer) -> Result<String, Error> {
    let Some(path) = &server.token_file else {
        return std::env::var(VARIABLE).map_err(|_| {
            Error::new(format!(
                "expected a token: give --token-file FILE, or set {VARIABLE}; the server prints one at its first start"
            ))
        });
    };
    let bytes = Input::File(path.clone()).read(MAX_TOKEN_FILE)?;
    Ok(String::from_utf8_lossy(&bytes).trim_ascii().to_owned())
}

/// What the server says about its refusal.
fn problem(status: u16, body: &[u8]) -> String {
    let problem: Option<Value> = serde_json::from_slice(body).ok();
    let detail = problem
        .as_ref()
        .and_then(|problem| problem["detail"].as_str());
    match detail {
        Some(detail) => detail.to_owned(),
        None => format!(
            "it answers with status {status}; is this the admin address of a connect-src server?"
        ),
    }
}

fn said(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            "the connection is refused; is the server running, and is this its admin address?"
                .to_owned()
        }
        ureq::Error::Timeout(_) => format!("no answer within {} seconds", TIMEOUT.as_secs()),
        other => other.to_string(),
    }
}

const VARIABLE: &str = "CONNECT_SRC_TOKEN";
const TIMEOUT: Duration = Duration::from_secs(20);
const MAX_BODY: u64 = 16 << 20;
const MAX_TOKEN_FILE: u64 = 1 << 20;
