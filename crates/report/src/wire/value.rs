//! JSON that stands where it was received: texts without escapes are not copied.

use core::fmt;
use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'t> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'t, str>),
    Array(Vec<Self>),
    Object(Object<'t>),
}

/// Names and values, in the order of the text. A name may be there twice.
pub(super) type Object<'t> = Vec<(Cow<'t, str>, Value<'t>)>;

impl<'t> Value<'t> {
    pub(super) fn as_object(&self) -> Option<&Object<'t>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Value::String(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Value::String(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        let mut array = Vec::new();
        while let Some(value) = values.next_element()? {
            array.push(value);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        let mut object = Vec::new();
        while let Some((Name(name), value)) = values.next_entry()? {
            if object.is_empty() {
                object.reserve(USUAL_FIELDS);
            }
            object.push((name, value));
        }
        Ok(Value::Object(object))
    }
}

/// So many fields most reports have.
const USUAL_FIELDS: usize = 12;

struct Name<'t>(Cow<'t, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_what_the_text_says() {
        let text = r#"{"a":[null,true,-1,2,0.5,"x","\u00e9\/"],"b\n":{}}"#;
        let value: Value<'_> = serde_json::from_str(text).unwrap();
        let object = value.as_object().unwrap();
        let array = Value::Array(vec![
            Value::Null,
            Value::Bool(true),
            Value::Number((-1).into()),
            Value::Number(2.into()),
            Value::Number(Number::from_f64(0.5).unwrap()),
            Value::String("x".into()),
            Value::String("é/".into()),
        ]);
        let empty = Value::Object(Vec::new());
        assert_eq!(object, &[("a".into(), array), ("b\n".into(), empty)]);
    }

    #[test]
    fn a_text_without_escapes_is_not_copied() {
        let value: Value<'_> = serde_json::from_str(r#"{"a":"x","b":"\n"}"#).unwrap();
        let is_borrowed = |(name, value): &(Cow<'_, str>, Value<'_>)| {
            let is_borrowed = matches!(value, Value::String(Cow::Borrowed(_)));
            (matches!(name, Cow::Borrowed(_)), is_borrowed)
        };
        let found: Vec<_> = value.as_object().unwrap().iter().map(is_borrowed).collect();
        assert_eq!(found, [(true, true), (true, false)]);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(1000);
        assert!(serde_json::from_str::<Value<'_>>(&deep).is_err());
    }
}
