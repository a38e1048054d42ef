//! One page: loaded, listened to, driven, left.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use super::cdp::Failure;
use super::coverage::{Coverage, Taken};
use super::links::{MOST_LINKS, is_route};
use super::session::Session;
use super::targets::TargetKind;

/// How long a visit may take, and what is done in it.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// For loading, for what follows, and for the script: each.
    pub(crate) limit: Duration,
    /// How long nothing new must happen.
    pub(crate) wait: Duration,
    pub(crate) script: Option<String>,
}

/// What became of it.
#[derive(Debug, Default)]
pub(crate) struct Visited {
    /// Whether there was a page at all.
    pub(crate) is_seen: bool,
    pub(crate) links: Vec<Url>,
    /// What went wrong, and did not end the visit.
    pub(crate) notes: Vec<String>,
}

/// What the user's script is called in stacks.
pub(crate) const SCRIPT_NAME: &str = "connect-src-script.js";

/// How long after its end a page may still send what it sends when it is left.
const FAREWELL: Duration = Duration::from_millis(500);
/// How long a page or a worker may take to answer a question.
const ANSWER: Duration = Duration::from_secs(5);

/// What the page is asked when it has come to rest.
const QUESTION: &str = "(() => {
    const all = (root, selector) => [...(root?.querySelectorAll(selector) ?? [])];
    const links = all(document, 'a[href]:not([download]), area[href]').map((link) => link.href)
        .filter((href) => typeof href === 'string' && href.length < 8192);
    const metas = all(document.head, 'meta[http-equiv=\"content-security-policy\" i]').map((meta) => meta.content);
    return { links: links.slice(0, MOST_LINKS), metas: metas.slice(0, 100) };
})()";

/// What a page hears when it is left. That it is hidden, it hears when it is frozen.
const GOODBYE: &str = "dispatchEvent(new Event('beforeunload', { cancelable: true }));
dispatchEvent(new PageTransitionEvent('pagehide'));
dispatchEvent(new Event('unload'));";

#[derive(Debug, Default, Deserialize)]
struct Answer {
    links: Vec<String>,
    metas: Vec<String>,
}

/// Visits a page. Only a lost browser is an error.
pub(crate) async fn visit(
    session: &mut Session,
    url: &Url,
    plan: &Plan,
    coverage: &mut Coverage,
) -> Result<Visited, Failure> {
    let page = session.open_page().await?;
    let mut visited = Visited::default();
    if load(session, &page, url, plan, &mut visited).await? {
        visited.is_seen = true;
        listen(session, plan, &mut visited).await?;
        if let Some(script) = &plan.script {
            run(session, &page, script, plan, &mut visited).await?;
            listen(session, plan, &mut visited).await?;
        }
        visited.links = ask(session, &page).await?;
        take_coverage(session, coverage).await?;
    }
    leave(session, &page).await?;
    Ok(visited)
}

/// What is no loss of the browser becomes a note.
fn noted<T>(
    result: Result<T, Failure>,
    visited: &mut Visited,
    what: impl FnOnce(String) -> String,
) -> Result<Option<T>, Failure> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(lost @ Failure::Lost(_)) => Err(lost),
        Err(other) => {
            visited.notes.push(what(other.to_string()));
            Ok(None)
        }
    }
}

/// Loads the page; whether there is one.
async fn load(
    session: &mut Session,
    page: &str,
    url: &Url,
    plan: &Plan,
    visited: &mut Visited,
) -> Result<bool, Failure> {
    session.forget_load(page);
    let target = json!({"url": url.as_str()});
    let answer = session
        .call_within(plan.limit, page, "Page.navigate", target)
        .await;
    let limit = plan.limit.as_secs_f32();
    let answer = noted(answer, visited, |_| format!("no answer within {limit} s"))?;
    let Some(answer) = answer else {
        return Ok(false);
    };
    if answer["isDownload"].as_bool() == Some(true) {
        visited
            .notes
            .push("is a download, which was refused".to_owned());
        return Ok(false);
    }
    if let Some(error) = answer["errorText"].as_str() {
        visited.notes.push(format!("cannot be loaded: {error}"));
        return Ok(false);
    }
    let loaded = timeout(plan.limit, session.loaded(page)).await;
    let loaded = loaded.unwrap_or(Err(Failure::TimedOut));
    let is_timeout = loaded == Err(Failure::TimedOut);
    let loaded = noted(loaded, visited, |why| {
        if is_timeout {
            format!("had not loaded after {limit} s; what it did until then is recorded")
        } else {
            why
        }
    })?;
    Ok(loaded.is_some() || is_timeout)
}

async fn listen(session: &mut Session, plan: &Plan, visited: &mut Visited) -> Result<(), Failure> {
    let limit = plan.limit.as_secs_f32();
    let quiet = timeout(plan.limit, session.quiet(plan.wait)).await;
    let quiet = quiet.unwrap_or(Err(Failure::TimedOut));
    noted(quiet, visited, |_| {
        format!("was left after {limit} s, although it went on connecting")
    })?;
    Ok(())
}

/// Runs the user's script in the page.
async fn run(
    session: &mut Session,
    page: &str,
    script: &str,
    plan: &Plan,
    visited: &mut Visited,
) -> Result<(), Failure> {
    let params = json!({
        "expression": script, "awaitPromise": true, "replMode": true, "userGesture": true,
    });
    let answer = session
        .call_within(plan.limit, page, "Runtime.evaluate", params)
        .await;
    let answer = noted(answer, visited, |why| {
        format!("the script did not end: {why}")
    })?;
    if let Some(problem) = answer.and_then(|answer| exception(&answer)) {
        visited.notes.push(format!("the script failed: {problem}"));
    }
    Ok(())
}

/// What was thrown, and where, with lines that count from 1.
fn exception(answer: &Value) -> Option<String> {
    let details = answer.get("exceptionDetails")?;
    let thrown = &details["exception"];
    let text = [&thrown["description"], &thrown["value"], &details["text"]];
    let text = text.into_iter().find_map(Value::as_str);
    let text = text.unwrap_or("something was thrown");
    let first = text.lines().next().unwrap_or_default();
    // Of what is thrown after an `await`, only the stack has the line.
    let in_stack = text.split_once(SCRIPT_NAME).and_then(|(_, rest)| {
        let number = rest.strip_prefix(':')?.split(':').next()?;
        number.parse::<u64>().ok()
    });
    let line = in_stack.unwrap_or_else(|| details["lineNumber"].as_u64().unwrap_or_default() + 1);
    Some(format!("{first}, in line {line}"))
}

/// Asks the page for its links, and every document for policies of its own.
async fn ask(session: &mut Session, page: &str) -> Result<Vec<Url>, Failure> {
    let mut links = Vec::new();
    for (id, target) in session.recorder.targets.sessions_of(session.visit) {
        if !matches!(target.kind, TargetKind::Page | TargetKind::Frame) {
            continue;
        }
        let answer = answer_of(session, &id).await?;
        for meta in &answer.metas {
            session.recorder.targets.add_meta(&id, meta);
        }
        if id == page {
            links = answer.links;
        }
    }
    let urls = links.iter().filter_map(|link| Url::parse(link).ok());
    Ok(urls.map(without_fragment).collect())
}

async fn answer_of(session: &mut Session, id: &str) -> Result<Answer, Failure> {
    let question = QUESTION.replace("MOST_LINKS", &MOST_LINKS.to_string());
    let params = json!({"expression": question, "returnByValue": true});
    match session
        .call_within(ANSWER, id, "Runtime.evaluate", params)
        .await
    {
        Ok(mut answer) => {
            let value = answer["result"]["value"].take();
            Ok(serde_json::from_value(value).unwrap_or_default())
        }
        Err(lost @ Failure::Lost(_)) => Err(lost),
        // A page that is too busy to answer has no links.
        Err(_) => Ok(Answer::default()),
    }
}

fn without_fragment(mut url: Url) -> Url {
    if !url.fragment().is_some_and(is_route) {
        url.set_fragment(None);
    }
    url
}

async fn take_coverage(session: &mut Session, coverage: &mut Coverage) -> Result<(), Failure> {
    for (id, _) in session.recorder.targets.sessions_of(session.visit) {
        let taken = session
            .call_within(ANSWER, &id, "Profiler.takePreciseCoverage", json!({}))
            .await;
        match taken {
            Ok(taken) => {
                if let Ok(taken) = serde_json::from_value::<Taken>(taken) {
                    coverage.add(taken);
                }
            }
            Err(lost @ Failure::Lost(_)) => return Err(lost),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Says to the page that it is left, since many send something then; and closes what was opened. If it were really left, nobody
/// would say what it sends: the browser has let go of it by then.
async fn leave(session: &mut Session, page: &str) -> Result<(), Failure> {
    let goodbye = [
        ("Runtime.evaluate", json!({"expression": GOODBYE})),
        ("Page.setWebLifecycleState", json!({"state": "frozen"})),
    ];
    for (method, params) in goodbye {
        let said = session.call_within(ANSWER, page, method, params).await;
        if let Err(lost @ Failure::Lost(_)) = said {
            return Err(lost);
        }
    }
    session.listen(FAREWELL).await?;
    for target in session.pages_of_visit() {
        let closed = session
            .call(None, "Target.closeTarget", json!({"targetId": target}))
            .await;
        if let Err(lost @ Failure::Lost(_)) = closed {
            return Err(lost);
        }
    }
    session.listen(FAREWELL / 5).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_script_throws_is_told_with_its_line() {
        for (details, expected) in [
            (
                json!({"lineNumber": 4, "text": "Uncaught", "exception": {"description": "SyntaxError: Unexpected token"}}),
                "SyntaxError: Unexpected token, in line 5",
            ),
            (
                json!({"lineNumber": 0, "exception": {"description": "Error: no button\n    at connect-src-script.js:2:7"}}),
                "Error: no button, in line 2",
            ),
            (
                json!({"lineNumber": 1, "text": "Uncaught", "exception": {"value": "thrown"}}),
                "thrown, in line 2",
            ),
            (json!({}), "something was thrown, in line 1"),
        ] {
            assert_eq!(
                exception(&json!({"exceptionDetails": details})).as_deref(),
                Some(expected)
            );
        }
        assert_eq!(exception(&json!({"result": {}})), None);
    }
}
