//! The grammar of source expressions, with the places where browsers read it otherwise.
//!
//! <https://w3c.github.io/webappsec-csp/#framework-directive-source-list>

use super::{
    ExpressionError, ExpressionErrorKind as Kind, HashAlgorithm, HashSource, HostPart, HostSource,
    Keyword, PortPart, SourceExpression,
};
use crate::browser_profile::{Quirk, Rules};
use crate::directive::DirectiveName;
use crate::matching::is_path_byte;

type Parsed<T> = Result<T, ExpressionError>;

pub(super) fn source_expression(
    text: &str,
    directive: DirectiveName,
    rules: Rules,
) -> Parsed<SourceExpression<'_>> {
    if text.starts_with('\'') {
        quoted(text, directive, rules)
    } else {
        Parser { text, at: 0, rules }.scheme_or_host_source()
    }
}

fn quoted(text: &str, directive: DirectiveName, rules: Rules) -> Parsed<SourceExpression<'_>> {
    if let Some(rest) = strip_prefix(text, "'nonce-") {
        let value = base64_value(rest).ok_or(ExpressionError::new(Kind::BadNonce, 7))?;
        return Ok(SourceExpression::Nonce(value));
    }
    for algorithm in HashAlgorithm::ALL {
        let prefix = strip_prefix(&text[1..], algorithm.as_str());
        if let Some(rest) = prefix.and_then(|rest| rest.strip_prefix('-')) {
            let value = base64_value(rest).ok_or(ExpressionError::new(Kind::BadHash, 8))?;
            return Ok(SourceExpression::Hash(HashSource { algorithm, value }));
        }
    }
    if rules.has(Quirk::KeywordMayHaveTail) {
        return keyword_with_tail(text, directive, rules);
    }
    let keyword = Keyword::parse(text).ok_or(ExpressionError::new(Kind::UnknownKeyword, 0))?;
    Ok(SourceExpression::Keyword(keyword))
}

/// Keywords as WebKit reads them: a prefix is enough. `'strict-dynamic'` outside the lists that it is
/// for is skipped, and what follows it is read on.
fn keyword_with_tail(
    text: &str,
    directive: DirectiveName,
    rules: Rules,
) -> Parsed<SourceExpression<'_>> {
    let mut rest = text;
    if let Some(tail) = strip_prefix(text, Keyword::StrictDynamic.as_str()) {
        if listens_to_strict_dynamic(directive) {
            return Ok(SourceExpression::Keyword(Keyword::StrictDynamic));
        }
        rest = tail;
    }
    let keyword = Keyword::ALL
        .iter()
        .find(|one| strip_prefix(rest, one.as_str()).is_some());
    match keyword {
        Some(keyword) => Ok(SourceExpression::Keyword(*keyword)),
        None if rest.is_empty() => Ok(SourceExpression::Keyword(Keyword::StrictDynamic)),
        None => Parser {
            text,
            at: text.len() - rest.len(),
            rules,
        }
        .scheme_or_host_source(),
    }
}

/// Whether `'strict-dynamic'` means something in this directive's list to WebKit.
pub(crate) const fn listens_to_strict_dynamic(directive: DirectiveName) -> bool {
    matches!(
        directive,
        DirectiveName::ScriptSrc | DirectiveName::ScriptSrcElem | DirectiveName::DefaultSrc
    )
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The base64-value before the closing quote.
fn base64_value(text: &str) -> Option<&str> {
    let value = text.strip_suffix('\'')?;
    let digits = value
        .strip_suffix("==")
        .or(value.strip_suffix('='))
        .unwrap_or(value);
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    (!digits.is_empty() && digits.bytes().all(is_digit)).then_some(value)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    rules: Rules,
}

impl<'a> Parser<'a> {
    fn scheme_or_host_source(mut self) -> Parsed<SourceExpression<'a>> {
        let scheme = match self.scheme() {
            Some((scheme, "")) => return Ok(SourceExpression::Scheme(scheme)),
            Some((scheme, rest)) if rest.starts_with("//") => {
                self.at += scheme.len() + "://".len();
                Some(scheme)
            }
            // A host with a port: `localhost:3000`.
            _ => None,
        };
        let host_start = self.at;
        let host = self.host()?;
        if host == HostPart::Any {
            self.check_lone_wildcard(host_start, scheme)?;
        }
        let port = self.port()?;
        let path = self.path()?;
        Ok(SourceExpression::Host(HostSource {
            scheme,
            host,
            port,
            path,
        }))
    }

    /// A scheme-part and what follows its colon.
    fn scheme(&self) -> Option<(&'a str, &'a str)> {
        let (scheme, rest) = self.rest().split_once(':')?;
        let is_scheme_char = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(is_scheme_char);
        is_scheme.then_some((scheme, rest))
    }

    fn host(&mut self) -> Parsed<HostPart<'a>> {
        if self.peek() != Some(b'*') {
            return self.labels().map(HostPart::Exact);
        }
        self.at += 1;
        match self.peek() {
            Some(b'.') => {}
            None | Some(b':' | b'/') => return Ok(HostPart::Any),
            Some(_) => return Err(self.error(Kind::BadWildcard)),
        }
        self.at += 1;
        self.labels().map(HostPart::Subdomains)
    }

    /// Labels with dots between them, and perhaps one after the last.
    fn labels(&mut self) -> Parsed<&'a str> {
        let start = self.at;
        loop {
            let label = self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let is_at_end = matches!(self.peek(), None | Some(b':' | b'/' | b'?' | b'#'));
            if label == 0 && is_at_end && self.at > start {
                if self.rules.has(Quirk::TrailingDotIsDropped) {
                    return Err(self.error(Kind::TrailingDot));
                }
                break;
            }
            if label == 0 {
                return Err(self.error(self.host_error(start)));
            }
            match self.peek() {
                Some(b'.') => self.at += 1,
                _ if is_at_end => break,
                _ => return Err(self.error(self.host_error(start))),
            }
        }
        let labels = &self.text[start..self.at];
        let characters = labels.bytes().filter(|byte| *byte != b'.').count();
        if characters > LONGEST_PART && self.rules.has(Quirk::LongSourceIsDropped) {
            return Err(self.error(Kind::TooLong));
        }
        Ok(labels)
    }

    fn host_error(&self, start: usize) -> Kind {
        match self.peek() {
            None | Some(b':' | b'/' | b'?' | b'#') if self.at == start => Kind::MissingHost,
            Some(b'.') => Kind::EmptyLabel,
            Some(b'[') => Kind::Ipv6Address,
            Some(b'@') => Kind::UserInfo,
            Some(b'*') => Kind::BadWildcard,
            _ => Kind::BadHostCharacter,
        }
    }

    /// What browsers do not accept around the host `*`, unless it is the whole expression.
    fn check_lone_wildcard(&self, host_start: usize, scheme: Option<&str>) -> Parsed<()> {
        let is_whole = self.text.len() == 1;
        let begins_path = self.peek() == Some(b'/');
        let wants_scheme = self.rules.has(Quirk::BareWildcardNeedsScheme);
        if wants_scheme && scheme.is_none() && !is_whole {
            return Err(ExpressionError::new(
                Kind::WildcardWithoutScheme,
                host_start,
            ));
        }
        if begins_path && self.rules.has(Quirk::WildcardWithPathIsDropped) {
            return Err(self.error(Kind::WildcardWithPath));
        }
        Ok(())
    }

    fn port(&mut self) -> Parsed<Option<PortPart>> {
        if self.peek() != Some(b':') {
            return Ok(None);
        }
        self.at += 1;
        if self.peek() == Some(b'*') {
            self.at += 1;
            return self.at_end_of_port(PortPart::Any);
        }
        let start = self.at;
        if self.run(|byte| byte.is_ascii_digit()) == 0 {
            let is_missing = matches!(self.peek(), None | Some(b'/'));
            return Err(self.error(if is_missing {
                Kind::MissingPort
            } else {
                Kind::BadPort
            }));
        }
        let digits = &self.text[start..self.at];
        let is_literal =
            !self.rules.has(Quirk::PortIsText) || digits == "0" || !digits.starts_with('0');
        let number = digits.parse().ok().filter(|_| is_literal);
        self.at_end_of_port(number.map_or(PortPart::Unmatchable, PortPart::Number))
    }

    fn at_end_of_port(&self, port: PortPart) -> Parsed<Option<PortPart>> {
        match self.peek() {
            None | Some(b'/' | b'?' | b'#') => Ok(Some(port)),
            Some(_) => Err(self.error(Kind::BadPort)),
        }
    }

    fn path(&mut self) -> Parsed<&'a str> {
        match self.peek() {
            None => return Ok(""),
            Some(b'?' | b'#') if self.rules.has(Quirk::QueryAfterHostIsIgnored) => return Ok(""),
            Some(b'?' | b'#') => return Err(self.error(Kind::QueryOrFragment)),
            Some(_) => {}
        }
        let start = self.at;
        if self.rules.has(Quirk::AnyCharacterInPath) {
            self.run(|byte| !matches!(byte, b'?' | b'#'));
        } else {
            self.path_absolute()?;
        }
        if self.at < self.text.len() && !self.rules.has(Quirk::QueryIsIgnored) {
            return Err(self.error(Kind::QueryOrFragment));
        }
        Ok(&self.text[start..self.at])
    }

    /// `path-absolute` of RFC 3986, up to a query or fragment.
    fn path_absolute(&mut self) -> Parsed<()> {
        if self.rest().starts_with("//") {
            self.at += 1;
            return Err(self.error(Kind::DoubleSlash));
        }
        let mut characters = 0_usize;
        while let Some(byte) = self.peek() {
            self.at += match byte {
                b'?' | b'#' => break,
                b'%' => self.percent_encoded()?,
                _ if is_path_byte(byte) => 1,
                _ => return Err(self.error(Kind::BadPathCharacter)),
            };
            characters += 1;
        }
        // The leading slash is not counted.
        if characters > LONGEST_PART + 1 && self.rules.has(Quirk::LongSourceIsDropped) {
            return Err(self.error(Kind::TooLong));
        }
        Ok(())
    }

    fn percent_encoded(&self) -> Parsed<usize> {
        match self.rest().as_bytes() {
            [_, high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => Ok(3),
            _ => Err(self.error(Kind::BadPercentEncoding)),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips the bytes for which `is_in` holds; how many they were.
    fn run(&mut self, is_in: impl Fn(u8) -> bool) -> usize {
        let bytes = &self.text.as_bytes()[self.at..];
        let length = bytes.iter().take_while(|byte| is_in(**byte)).count();
        self.at += length;
        length
    }

    fn error(&self, kind: Kind) -> ExpressionError {
        ExpressionError::new(kind, self.at)
    }
}

/// Firefox gives a host, its dots aside, or a path up after so many characters.
const LONGEST_PART: usize = 512;
