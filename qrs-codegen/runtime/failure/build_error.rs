use std::fmt;

/// Why a client, or a part of one, could not be built.
///
/// It says in one line what is wrong and what to do. It never holds a key, a password or another credential.
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
    /// The PEM text holds no certificate.
    NoCertificate,
    /// A certificate is there, but it is damaged or not one.
    BadCertificate,
    /// The PEM text holds no private key.
    NoKey,
    /// The private key is encrypted; it has to be decrypted first.
    EncryptedKey,
    /// A private key is there, but it is damaged or of a kind that TLS cannot use.
    BadKey,
    /// The private key and the certificate do not belong together.
    KeyMismatch,
    /// The server's address cannot be used.
    Server,
    /// The proxy's address, or the one given to `ClientBuilder::connect_to`, cannot be used.
    Route,
    /// A default header cannot be sent as it stands.
    Header,
    /// A credential cannot be sent as it stands.
    Credential,
    /// Two settings exclude each other.
    Conflict,
    /// TLS or HTTP could not be set up on this machine.
    Setup,
}

impl BuildError {
    pub(crate) fn new(kind: BuildErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// What kind of failure this is.
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
