//! From one entry of a post to a record.

use super::fields::{Field, Fields};
use super::value::{Object, Value};
use super::{Container, Format, Unreadable, UnreadableKind, Wire};
use crate::cap::Capper;
use crate::record::{Blocked, OtherReport, Record, parse_disposition};

/// What an entry turned out to be.
pub(super) enum Entry {
    Violation(Box<Record>),
    Other(OtherReport),
    Unreadable(Unreadable),
}

/// Reads one entry. It is one record, but for a wrapper around several reports.
pub(super) fn entries(value: &Value<'_>, raw: &str, container: Container) -> Vec<Entry> {
    let Value::Object(object) = value else {
        return vec![unreadable(UnreadableKind::NotAnObject, raw)];
    };
    let outer = Source {
        envelope: Fields::of(object),
        raw,
        container,
    };
    match outer.envelope.values_of_wrapper() {
        Some(wrapped) => wrapped.map(|object| outer.wrapped(object)).collect(),
        None => vec![outer.bare(object)],
    }
}

fn unreadable(kind: UnreadableKind, raw: &str) -> Entry {
    Entry::Unreadable(Unreadable::one(kind, raw))
}

/// Where a report stands.
struct Source<'v> {
    envelope: Fields<'v>,
    raw: &'v str,
    container: Container,
}

impl<'v> Source<'v> {
    /// A report in `csp-report`, or in the `body` of one that says what it is.
    fn wrapped(&self, object: &'v Object<'v>) -> Entry {
        let body = Fields::of(object);
        let is_legacy = self.envelope.value(Field::CspReport).is_some();
        let is_violation = match self.report_type() {
            _ if is_legacy => body.tells_of_a_violation,
            Some(name) => is_violation(&name),
            None => body.tells_of_a_violation,
        };
        match (is_violation, is_legacy) {
            (true, true) => self.violation(&body, Format::ReportUri, true),
            (true, false) => self.violation(&body, Format::ReportTo, true),
            (false, _) => self.other(),
        }
    }

    /// A report without a wrapper, or no report.
    fn bare(&self, object: &'v Object<'v>) -> Entry {
        let is_violation = self.report_type().is_none_or(|name| is_violation(&name));
        if !self.envelope.tells_of_a_violation || !is_violation {
            return self.other();
        }
        let body = Fields::of(object);
        let format = match body.spelling {
            super::Spelling::Camel => Format::ReportTo,
            _ => Format::ReportUri,
        };
        self.violation(&body, format, false)
    }

    fn report_type(&self) -> Option<std::borrow::Cow<'v, str>> {
        self.envelope.text(Field::Type)
    }

    fn violation(&self, body: &Fields<'_>, format: Format, is_wrapped: bool) -> Entry {
        let mut capper = Capper::default();
        let mut record = Record {
            wire: Wire {
                format,
                container: self.container,
                spelling: body.spelling,
                is_wrapped,
            },
            report_type: self
                .type_name(&mut capper)
                .unwrap_or("csp-violation".to_owned()),
            age: self.envelope.number(Field::Age),
            raw: capper.verbatim(self.raw, Record::MAX_RAW),
            ..Record::default()
        };
        self.describe(&mut record, &mut capper, body);
        violation_fields(&mut record, &mut capper, body);
        record.shortened = capper.shortened();
        Entry::Violation(Box::new(record))
    }

    /// The fields that stand around the violation or in it.
    fn describe(&self, record: &mut Record, capper: &mut Capper, body: &Fields<'_>) {
        let url = body
            .text(Field::Document)
            .or(self.envelope.text(Field::Url));
        record.url = url.and_then(|url| capper.line(&url, Record::MAX_TEXT));
        let user_agent = self.envelope.text(Field::UserAgent);
        record.user_agent = user_agent.and_then(|name| capper.line(&name, Record::MAX_TEXT));
    }

    /// A report of another type, if it says so and of what.
    fn other(&self) -> Entry {
        let mut capper = Capper::default();
        let report_type = match self.type_name(&mut capper) {
            Some(name) if !is_violation(&name) => name,
            _ => return unreadable(UnreadableKind::NoKnownField, self.raw),
        };
        let mut text = |field| {
            let text = self.envelope.text(field);
            text.and_then(|text| capper.line(&text, Record::MAX_TEXT))
        };
        let (url, user_agent) = (text(Field::Url), text(Field::UserAgent));
        Entry::Other(OtherReport {
            report_type,
            age: self.envelope.number(Field::Age),
            url,
            user_agent,
            raw: capper.verbatim(self.raw, Record::MAX_RAW),
            shortened: capper.shortened(),
        })
    }

    fn type_name(&self, capper: &mut Capper) -> Option<String> {
        let name = self.report_type()?;
        capper.line(&name, Record::MAX_NAME)
    }
}

impl<'v> Fields<'v> {
    /// The objects in `csp-report` or `body`, if there are any.
    fn values_of_wrapper(&self) -> Option<impl Iterator<Item = &'v Object<'v>> + use<'v>> {
        let wrapper = [Field::CspReport, Field::Body]
            .into_iter()
            .find_map(|field| self.raw_value(field))?;
        let values = match wrapper {
            Value::Array(values) => values.as_slice(),
            value => core::slice::from_ref(value),
        };
        let mut objects = values.iter().filter_map(Value::as_object).peekable();
        objects.peek().is_some().then_some(objects)
    }
}

fn violation_fields(record: &mut Record, capper: &mut Capper, body: &Fields<'_>) {
    let mut line = |field, most| {
        let text = body.text(field);
        text.and_then(|text| capper.line(&text, most))
    };
    record.referrer = line(Field::Referrer, Record::MAX_TEXT);
    record.source_file = line(Field::SourceFile, Record::MAX_TEXT);
    record.blocked = line(Field::Blocked, Record::MAX_TEXT).and_then(|it| Blocked::parse(&it));
    record.violated_directive = line(Field::ViolatedDirective, Record::MAX_TEXT);
    let effective = line(Field::EffectiveDirective, Record::MAX_NAME);
    record.effective_directive =
        effective.or_else(|| first_word(record.violated_directive.as_deref()));
    if let Some(name) = &mut record.effective_directive {
        name.make_ascii_lowercase();
    }
    let policy = body.text(Field::OriginalPolicy);
    record.original_policy = policy.and_then(|text| capper.policy(&text, Record::MAX_POLICY));
    let sample = body.text(Field::Sample);
    record.sample = sample.and_then(|text| capper.lines(&text, Record::MAX_TEXT));
    let disposition = body.text(Field::Disposition);
    record.disposition = disposition.and_then(|word| parse_disposition(word.trim_ascii()));
    record.status_code = body.number_as(Field::StatusCode, u16::MAX);
    record.line_number = body.number_as(Field::Line, u32::MAX);
    record.column_number = body.number_as(Field::Column, u32::MAX);
}

fn first_word(text: Option<&str>) -> Option<String> {
    let word = text?.split_ascii_whitespace().next()?;
    Some(word[..word.floor_char_boundary(Record::MAX_NAME)].to_owned())
}

/// `csp-violation`, and `csp` as it was called once.
fn is_violation(report_type: &str) -> bool {
    let letters = report_type.bytes().filter(u8::is_ascii_alphanumeric);
    let letters: Vec<u8> = letters
        .map(|byte| byte.to_ascii_lowercase())
        .take(16)
        .collect();
    matches!(letters.as_slice(), b"cspviolation" | b"csp" | b"cspreport")
}
