use core::fmt;

/// Why a text is no source expression, and at which byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    pub(super) kind: ExpressionErrorKind,
    pub(super) at: u32,
}

impl ExpressionError {
    pub(super) const fn new(kind: ExpressionErrorKind, at: usize) -> Self {
        Self {
            kind,
            at: at as u32,
        }
    }

    /// What is wrong.
    pub fn kind(self) -> ExpressionErrorKind {
        self.kind
    }

    /// The offset of the offending byte in the expression.
    pub fn offset(self) -> usize {
        self.at as usize
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(formatter)
    }
}

impl core::error::Error for ExpressionError {}

macro_rules! kinds {
    ($( $variant:ident = $message:literal; )*) => {
        /// What is wrong with a text that is no source expression.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ExpressionErrorKind {
            $( #[doc = $message] $variant, )*
        }

        impl fmt::Display for ExpressionErrorKind {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(match self { $( Self::$variant => $message, )* })
            }
        }
    };
}

kinds! {
    UnknownKeyword = "no such keyword";
    BadNonce = "a nonce is base64 between 'nonce- and '";
    BadHash = "a hash is base64 between 'sha256-, 'sha384- or 'sha512- and '";
    MissingHost = "expected a host, such as example.com or *.example.com";
    BadHostCharacter = "a host has letters, digits, hyphens and dots; write other characters in Punycode";
    Ipv6Address = "IPv6 addresses cannot be written in a source list";
    UserInfo = "a source has no user name";
    EmptyLabel = "a host has no empty label between its dots";
    BadWildcard = "a wildcard is * alone or *. before a host";
    TrailingDot = "this browser takes no dot after the host";
    MissingPort = "expected a port number or * after the colon";
    BadPort = "a port is a number or *";
    BadPathCharacter = "this character must be percent-encoded in a path";
    BadPercentEncoding = "expected two hexadecimal digits after %";
    DoubleSlash = "a path begins with one slash";
    QueryOrFragment = "a source has no query and no fragment";
    WildcardWithPath = "this browser takes no path after the host *";
    WildcardWithoutScheme = "this browser takes the host * with a port or path only after a scheme";
    TooLong = "this browser takes no host and no path of more than 512 characters";
}
