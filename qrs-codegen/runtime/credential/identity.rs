// only: identity

//! The certificate of a client and its private key, read from PEM.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::{PemObject as _, SectionKind};
use rustls::sign::CertifiedKey;

use super::pem::{Pem, PemOrigin, read_file};
use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};

/// A client certificate with its private key.
#[derive(Clone)]
pub struct Identity(pub(crate) Arc<CertifiedKey>);

impl Identity {
    /// Reads two PEM texts: the certificate, optionally followed by intermediate certificates, and its private key
    /// (PKCS#1, PKCS#8 or SEC1, not encrypted).
    ///
    /// # Errors
    ///
    /// If the certificate or the key is missing, damaged or encrypted, or if they do not belong together.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, BuildError> {
        Self::read(
            &Pem { text: certificate, origin: PemOrigin::Text("certificate") },
            &Pem { text: key, origin: PemOrigin::Text("key") },
        )
    }

    /// Reads one PEM text that contains both the certificate and its private key.
    ///
    /// # Errors
    ///
    /// As for [`Identity::from_pem`].
    pub fn from_pem_bundle(pem: &[u8]) -> Result<Self, BuildError> {
        let pem = Pem { text: pem, origin: PemOrigin::Text("bundle") };
        Self::read(&pem, &pem)
    }

    /// Reads two PEM files: see [`Identity::from_pem`].
    ///
    /// # Errors
    ///
    /// If a file cannot be read, and as for [`Identity::from_pem`].
    pub fn from_pem_files(certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, BuildError> {
        let (certificate, key) = (certificate.as_ref(), key.as_ref());
        Self::read(
            &Pem { text: &read_file(certificate)?, origin: PemOrigin::File(certificate) },
            &Pem { text: &read_file(key)?, origin: PemOrigin::File(key) },
        )
    }

    /// Reads one PEM file that contains both the certificate and its private key.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, and as for [`Identity::from_pem`].
    pub fn from_pem_bundle_file(path: impl AsRef<Path>) -> Result<Self, BuildError> {
        let path = path.as_ref();
        let pem = Pem { text: &read_file(path)?, origin: PemOrigin::File(path) };
        Self::read(&pem, &pem)
    }

    fn read(certificate: &Pem<'_>, key: &Pem<'_>) -> Result<Self, BuildError> {
        let chain = certificate.certificates()?;
        let signing_key = key.private_key()?;
        let identity = CertifiedKey::new(chain, signing_key);
        match identity.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
                Ok(Self(Arc::new(identity)))
            }
            Err(rustls::Error::InconsistentKeys(_)) => Err(BuildError::new(
                BuildErrorKind::KeyMismatch,
                format!(
                    "the private key in {} does not belong to the (first) certificate in {}",
                    key.origin, certificate.origin
                ),
            )),
            Err(_) => Err(certificate.bad_certificate()),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("certificates", &self.0.cert.len()).finish_non_exhaustive()
    }
}

impl PemOrigin<'_> {
    /// A file name for a command in an error message.
    fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Text(_) => "key.pem".to_owned(),
        }
    }
}

impl Pem<'_> {
    fn private_key(&self) -> Result<Arc<dyn rustls::sign::SigningKey>, BuildError> {
        let mut has_certificate = false;
        let mut found = None;
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(self.text) {
            match section {
                Ok((SectionKind::Certificate, _)) => has_certificate = true,
                Ok((kind, der)) => found = found.or_else(|| PrivateKeyDer::from_pem(kind, der)),
                Err(_) if self.holds_encrypted_key() => {}
                Err(_) => return Err(self.bad_key()),
            }
        }
        match found {
            Some(key) => ring::default_provider().key_provider.load_private_key(key).map_err(|_| self.bad_key()),
            None if self.holds_encrypted_key() => {
                let name = self.origin.name();
                let plain = match name.strip_suffix(".pem") {
                    Some(stem) => format!("{stem}.plain.pem"),
                    None => format!("{name}.plain"),
                };
                Err(BuildError::new(
                    BuildErrorKind::EncryptedKey,
                    format!(
                        "the private key in {} is encrypted; decrypt it first: `openssl pkey -in {name} -out {plain}`",
                        self.origin
                    ),
                ))
            }
            None => {
                let hint = if has_certificate {
                    "; it holds a certificate: is the key in another file?"
                } else {
                    self.format_hint()
                };
                Err(BuildError::new(BuildErrorKind::NoKey, format!("there is no private key in {}{hint}", self.origin)))
            }
        }
    }

    fn bad_key(&self) -> BuildError {
        BuildError::new(
            BuildErrorKind::BadKey,
            format!(
                "the private key in {} cannot be used: it is damaged, or not one of RSA (2048 bits or more), ECDSA P-256 or P-384, Ed25519",
                self.origin
            ),
        )
    }
}
