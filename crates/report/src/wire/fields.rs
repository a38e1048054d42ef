//! The fields of a report, whatever way their names are spelt and their values are written.

use super::Spelling;
use super::value::{Object, Value};

macro_rules! fields {
    ($( $variant:ident = $($name:literal)|+; )*) => {
        /// A field that reports have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Field { $( $variant, )* }

        impl Field {
            /// Every field with its names, in lower case and without separators.
            const NAMES: &[(&str, Self)] = &[ $( $( ($name, Self::$variant), )+ )* ];
            const COUNT: usize = [ $( Self::$variant, )* ].len();
        }
    };
}

fields! {
    // Around the violation
    Age = "age";
    Body = "body";
    CspReport = "cspreport";
    Type = "type";
    Url = "url";
    UserAgent = "useragent";
    // The violation
    Blocked = "blockeduri" | "blockedurl";
    Column = "columnnumber" | "colnumber";
    Disposition = "disposition";
    Document = "documenturi" | "documenturl";
    EffectiveDirective = "effectivedirective";
    Line = "linenumber";
    OriginalPolicy = "originalpolicy";
    Referrer = "referrer" | "referer";
    Sample = "scriptsample" | "sample";
    SourceFile = "sourcefile";
    StatusCode = "statuscode";
    ViolatedDirective = "violateddirective";
}

impl Field {
    /// Finds a field: letters count, their case and `-`, `_` and spaces between them do not. Notes how it is spelt.
    fn parse(name: &str, spellings: &mut Spellings) -> Option<Self> {
        let mut letters = [0; 24];
        let mut length = 0;
        let mut own = Spellings::default();
        for byte in name.bytes() {
            match byte {
                b'-' => own.hyphen = true,
                b'_' => own.snake = true,
                b' ' => {}
                letter => {
                    own.camel |= letter.is_ascii_uppercase();
                    *letters.get_mut(length)? = letter.to_ascii_lowercase();
                    length += 1;
                }
            }
        }
        let letters = &letters[..length];
        let found = Self::NAMES
            .iter()
            .find(|(known, _)| known.as_bytes() == letters);
        let (_, field) = found?;
        spellings.add(&own);
        Some(*field)
    }

    /// Whether only violations have it.
    fn is_of_a_violation(self) -> bool {
        matches!(
            self,
            Self::Blocked
                | Self::Document
                | Self::EffectiveDirective
                | Self::OriginalPolicy
                | Self::ViolatedDirective
        )
    }
}

/// An object's fields, by what they mean.
pub(super) struct Fields<'v> {
    values: [Option<(&'v str, &'v Value<'v>)>; Field::COUNT],
    pub(super) spelling: Spelling,
    pub(super) tells_of_a_violation: bool,
}

impl<'v> Fields<'v> {
    /// Where several names mean one field, the first of them by the alphabet counts; where one name is there
    /// several times, the last.
    pub(super) fn of(object: &'v Object<'v>) -> Self {
        let mut fields = Self {
            values: [None; Field::COUNT],
            spelling: Spelling::Hyphen,
            tells_of_a_violation: false,
        };
        let mut spellings = Spellings::default();
        for (name, value) in object {
            let Some(field) = Field::parse(name, &mut spellings) else {
                continue;
            };
            fields.tells_of_a_violation |= field.is_of_a_violation();
            let slot = &mut fields.values[field as usize];
            if *value != Value::Null && slot.is_none_or(|(known, _)| **name <= *known) {
                *slot = Some((name, value));
            }
        }
        fields.spelling = spellings.verdict();
        fields
    }

    /// The value as it stands there, unless it is `null`.
    pub(super) fn raw_value(&self, field: Field) -> Option<&'v Value<'v>> {
        self.values[field as usize].map(|(_, value)| value)
    }

    /// The value, unless it is `null`. An array of one counts as what is in it.
    pub(super) fn value(&self, field: Field) -> Option<&'v Value<'v>> {
        match self.raw_value(field)? {
            Value::Array(values) => match values.as_slice() {
                [only] if *only != Value::Null => Some(only),
                _ => None,
            },
            value => Some(value),
        }
    }

    /// A text. Numbers and booleans are written out.
    pub(super) fn text(&self, field: Field) -> Option<std::borrow::Cow<'v, str>> {
        match self.value(field)? {
            Value::String(text) => Some((&**text).into()),
            Value::Number(number) => Some(number.to_string().into()),
            Value::Bool(value) => Some(value.to_string().into()),
            _ => None,
        }
    }

    /// A whole number that is not negative, also one in a text or with a fraction.
    pub(super) fn number(&self, field: Field) -> Option<u64> {
        match self.value(field)? {
            Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => {
                let text = text.trim_ascii();
                text.parse().ok().or_else(|| whole(text.parse().ok()?))
            }
            _ => None,
        }
    }

    /// The number, or the type's largest where it does not fit.
    pub(super) fn number_as<N: TryFrom<u64>>(&self, field: Field, largest: N) -> Option<N> {
        let number = self.number(field)?;
        Some(N::try_from(number).unwrap_or(largest))
    }
}

#[expect(
    clippy::cast_sign_loss,
    reason = "checked; a cast from float saturates"
)]
fn whole(number: f64) -> Option<u64> {
    (number >= 0.0).then_some(number as u64)
}

#[derive(Default)]
struct Spellings {
    hyphen: bool,
    camel: bool,
    snake: bool,
}

impl Spellings {
    /// Adds those of one name, in which a capital counts only where no separator stands.
    fn add(&mut self, of_name: &Self) {
        self.hyphen |= of_name.hyphen;
        self.snake |= of_name.snake;
        self.camel |= of_name.camel && !(of_name.hyphen || of_name.snake);
    }

    fn verdict(&self) -> Spelling {
        match (self.hyphen, self.camel, self.snake) {
            (_, false, false) => Spelling::Hyphen,
            (false, true, false) => Spelling::Camel,
            (false, false, true) => Spelling::Snake,
            _ => Spelling::Mixed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_every_spelling() {
        for (name, expected) in [
            ("blocked-uri", Some(Field::Blocked)),
            ("blockedURL", Some(Field::Blocked)),
            ("blockedURI", Some(Field::Blocked)),
            ("blocked_url", Some(Field::Blocked)),
            ("BLOCKED-URI", Some(Field::Blocked)),
            ("script-sample", Some(Field::Sample)),
            ("sample", Some(Field::Sample)),
            ("user_agent", Some(Field::UserAgent)),
            ("csp-report", Some(Field::CspReport)),
            ("csp_report", Some(Field::CspReport)),
            ("blocked", None),
            ("", None),
        ] {
            let found = Field::parse(name, &mut Spellings::default());
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn every_field_has_its_own_place() {
        for (name, field) in Field::NAMES {
            let found = Field::parse(name, &mut Spellings::default());
            assert_eq!(found, Some(*field));
            assert!((*field as usize) < Field::COUNT);
        }
    }

    #[test]
    fn of_many_values_of_a_field_one_counts() {
        for (json, expected) in [
            (r#"{"blocked-uri":"a","blockedURL":"b"}"#, "a"),
            (r#"{"blockedURL":"b","blocked-uri":"a"}"#, "a"),
            (r#"{"blockedURL":"b","blocked-uri":null}"#, "b"),
            (r#"{"blockedURL":"b","blockedURL":"c"}"#, "c"),
        ] {
            let value: Value<'_> = serde_json::from_str(json).unwrap();
            let fields = Fields::of(value.as_object().unwrap());
            assert_eq!(
                fields.text(Field::Blocked).as_deref(),
                Some(expected),
                "{json}"
            );
        }
    }

    #[test]
    fn numbers_are_read_from_whatever_holds_them() {
        let read = |json: &str| {
            let value: Value<'_> = serde_json::from_str(json).unwrap();
            let object = vec![("status-code".into(), value)];
            Fields::of(&object).number_as(Field::StatusCode, u16::MAX)
        };
        for (json, expected) in [
            ("200", Some(200)),
            ("\"200\"", Some(200)),
            ("\" 200 \"", Some(200)),
            ("200.9", Some(200)),
            ("\"2e2\"", Some(200)),
            ("[200]", Some(200)),
            ("99999999999999999999", Some(u16::MAX)),
            ("-1", None),
            ("null", None),
            ("\"\"", None),
            ("\"NaN\"", None),
            ("true", None),
            ("{}", None),
            ("[200, 1]", None),
        ] {
            assert_eq!(read(json), expected, "{json}");
        }
    }
}
