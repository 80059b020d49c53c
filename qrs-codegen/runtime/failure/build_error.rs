use std::fmt;

/// The error of a client, certificate or identity that could not be built.
///
/// `Display` writes one line that says what is wrong and what to do. It never contains a key, a password or another
/// credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    kind: BuildErrorKind,
    message: String,
}

/// The kinds of [`BuildError`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BuildErrorKind {
    /// A file could not be read.
    File,
    /// The PEM text contains no certificate.
    NoCertificate,
    /// A certificate cannot be read: it is damaged, or not a certificate.
    BadCertificate,
    /// The PEM text contains no private key.
    NoKey,
    /// The private key is encrypted: decrypt it first.
    EncryptedKey,
    /// A private key cannot be used: it is damaged, or of a kind that is not supported.
    BadKey,
    /// The private key and the certificate do not belong together.
    KeyMismatch,
    /// The server's address is not valid.
    Server,
    /// The proxy's address, or the one given to `ClientBuilder::connect_to`, is not valid.
    Route,
    /// A default header is not valid.
    Header,
    /// A credential is not valid, or would be sent unencrypted.
    Credential,
    /// Two settings conflict.
    Conflict,
    /// TLS or HTTP could not be set up on this machine.
    Setup,
}

impl BuildError {
    pub(crate) fn new(kind: BuildErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// The kind of failure.
    #[must_use]
    pub fn kind(&self) -> BuildErrorKind {
        self.kind
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BuildError {}
