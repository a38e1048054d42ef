//! The form of an example's lines.

use connect_src::BrowserProfile;
use url::Url;

use super::{Case, DeliveredPolicy, Delivery, Example, Exception, Verdict, Way, unescaped};
use crate::reference::markdown::FormError;

/// Reads the lines of an example, the first of which has this number in its file.
pub(crate) fn parse(lines: &[&'static str], first: usize) -> Result<Example, FormError> {
    let mut example = Example {
        page: "https://app.example.com/",
        policies: Vec::new(),
        cases: Vec::new(),
        profiles: BrowserProfile::ALL.to_vec(),
    };
    for (index, line) in lines.iter().enumerate() {
        if !line.is_empty() {
            read_line(line, &mut example)
                .map_err(|message| FormError::new(first + index, message))?;
        }
    }
    if example.cases.is_empty() {
        return Err(FormError::new(first, "the example has no case"));
    }
    Ok(example)
}

fn read_line(line: &'static str, example: &mut Example) -> Result<(), String> {
    let (key, value) = line.split_once(' ').ok_or("expected a key or a verdict")?;
    let value = value.trim_start();
    let mut push = |delivery| {
        let text = value;
        example.policies.push(DeliveredPolicy { delivery, text });
    };
    match key {
        "policy:" => push(Delivery::Header),
        "report-only:" => push(Delivery::ReportOnlyHeader),
        "meta:" => push(Delivery::Meta),
        "page:" => {
            Url::parse(value).map_err(|error| format!("{value}: {error}"))?;
            example.page = value;
        }
        "profiles:" => example.profiles = profiles(value)?,
        _ => {
            let verdict = Verdict::parse(key).ok_or_else(|| format!("no such key: {key}"))?;
            example.cases.push(case(verdict, value)?);
        }
    }
    Ok(())
}

fn profiles(names: &str) -> Result<Vec<BrowserProfile>, String> {
    let profile =
        |name| BrowserProfile::parse(name).ok_or_else(|| format!("no such profile: {name}"));
    names.split(", ").map(profile).collect()
}

/// `WAY URL [-> URL]… [(VERDICT: PROFILE, …)] [# NOTE]`
fn case(verdict: Verdict, text: &'static str) -> Result<Case, String> {
    let (text, note) = match text.split_once(" # ") {
        Some((text, note)) => (text.trim_end(), Some(note.trim())),
        None => (text.trim_end(), None),
    };
    let (text, exceptions) = match text.strip_suffix(')').and_then(|one| one.split_once(" (")) {
        Some((text, exceptions)) => (text, self::exceptions(exceptions)?),
        None => (text, Vec::new()),
    };
    let (word, urls) = text.split_once(' ').ok_or("expected a way and a URL")?;
    let way = Way::parse(word).ok_or_else(|| format!("no such way to connect: {word}"))?;
    let urls: Vec<&'static str> = urls.split(" -> ").map(str::trim).collect();
    for url in &urls {
        Url::parse(&unescaped(url)).map_err(|error| format!("{url}: {error}"))?;
    }
    Ok(Case {
        way,
        urls,
        verdict,
        exceptions,
        note,
    })
}

fn exceptions(text: &str) -> Result<Vec<Exception>, String> {
    let (verdict, names) = text
        .split_once(": ")
        .ok_or("expected `(verdict: profile)`")?;
    let verdict = Verdict::parse(verdict).ok_or_else(|| format!("no such verdict: {verdict}"))?;
    let exception =
        |name| Exception::parse(verdict, name).ok_or_else(|| format!("no such profile: {name}"));
    names.split(", ").map(exception).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_read() {
        let example = parse(
            &[
                "policy: connect-src 'self'",
                "",
                "blocked  fetch https://a.test/#f -> https://b.test/ (allowed: Standard, WebKit 15) # why: (x)",
            ],
            1,
        )
        .unwrap();
        assert_eq!(example.page, "https://app.example.com/");
        let case = &example.cases[0];
        assert_eq!(case.urls, ["https://a.test/#f", "https://b.test/"]);
        assert_eq!(case.note, Some("why: (x)"));
        assert_eq!(case.exceptions.len(), 2);
        assert_eq!(case.stated(BrowserProfile::Standard), Verdict::Allowed);
        assert_eq!(case.stated(BrowserProfile::WebKit), Verdict::Blocked);
    }

    #[test]
    fn what_is_no_example_is_refused_with_its_line() {
        for (lines, line) in [
            (vec!["policy: connect-src 'self'"], 1),
            (vec!["", "perhaps fetch https://a.test/"], 2),
            (vec!["allowed smoke https://a.test/"], 1),
            (vec!["allowed fetch a.test"], 1),
            (vec!["allowed fetch https://a.test/ (maybe: WebKit)"], 1),
            (vec!["allowed fetch https://a.test/ (blocked: Netscape)"], 1),
            (vec!["page: nowhere", "allowed fetch https://a.test/"], 1),
        ] {
            assert_eq!(parse(&lines, 1).unwrap_err().line, line, "{lines:?}");
        }
    }
}
