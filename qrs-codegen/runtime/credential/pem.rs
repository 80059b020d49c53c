//! Certificates and private keys, read from PEM.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::pem::{PemObject as _, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};

/// A client certificate with its private key.
#[derive(Clone)]
pub struct Identity(pub(crate) Arc<CertifiedKey>);

/// One or more certificates of authorities to trust.
#[derive(Clone)]
pub struct Certificate(pub(crate) Vec<CertificateDer<'static>>);

/// The largest file that is read: system-wide bundles of certificates have a quarter of a megabyte.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;

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

impl Certificate {
    /// Reads a PEM text with one or more certificates.
    ///
    /// # Errors
    ///
    /// If it contains no certificate, or a damaged one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, BuildError> {
        Self::read(&Pem { text: pem, origin: PemOrigin::Text("certificate") })
    }

    /// Reads a PEM file with one or more certificates.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, and as for [`Certificate::from_pem`].
    pub fn from_pem_file(path: impl AsRef<Path>) -> Result<Self, BuildError> {
        let path = path.as_ref();
        Self::read(&Pem { text: &read_file(path)?, origin: PemOrigin::File(path) })
    }

    fn read(pem: &Pem<'_>) -> Result<Self, BuildError> {
        let certificates = pem.certificates()?;
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            if roots.add(certificate.clone()).is_err() {
                return Err(pem.bad_certificate());
            }
        }
        Ok(Self(certificates))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("certificates", &self.0.len()).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy)]
enum PemOrigin<'a> {
    File(&'a Path),
    Text(&'static str),
}

impl fmt::Display for PemOrigin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "`{}`", path.display()),
            Self::Text(what) => write!(f, "the {what} PEM text"),
        }
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

fn read_file(path: &Path) -> Result<Vec<u8>, BuildError> {
    let failed =
        |why: String| BuildError::new(BuildErrorKind::File, format!("cannot read `{}`: {why}", path.display()));
    let mut text = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_LIMIT + 1).read_to_end(&mut text))
        .map_err(|error| failed(error.to_string()))?;
    if u64::try_from(text.len()).is_ok_and(|length| length > FILE_LIMIT) {
        return Err(failed("it is larger than 4 MiB, which no PEM file is".to_owned()));
    }
    Ok(text)
}

struct Pem<'a> {
    text: &'a [u8],
    origin: PemOrigin<'a>,
}

impl Pem<'_> {
    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, BuildError> {
        let mut certificates = Vec::new();
        let mut has_key = false;
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(self.text) {
            match section {
                Ok((SectionKind::Certificate, der)) => certificates.push(CertificateDer::from(der)),
                Ok((kind, _)) => has_key |= is_key(kind),
                // An old encrypted key is no base64, and no matter here.
                Err(_) if self.holds_encrypted_key() => has_key = true,
                // The parser's own message may quote the text.
                Err(_) => return Err(self.bad_certificate()),
            }
        }
        if certificates.is_empty() {
            let hint = if has_key {
                "; it holds a private key: are certificate and key interchanged?"
            } else {
                self.format_hint()
            };
            return Err(BuildError::new(
                BuildErrorKind::NoCertificate,
                format!("there is no certificate in {}{hint}", self.origin),
            ));
        }
        Ok(certificates)
    }

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

    fn holds_encrypted_key(&self) -> bool {
        let holds = |mark: &[u8]| self.text.windows(mark.len()).any(|part| part == mark);
        holds(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") || holds(b"Proc-Type: 4,ENCRYPTED")
    }

    fn format_hint(&self) -> &'static str {
        match self.text {
            [] => ": it is empty",
            // An ASN.1 sequence of more than 255 bytes: DER or PKCS#12.
            [0x30, 0x82, ..] => {
                ": it is binary, PEM is expected; convert it: `openssl pkcs12 -in FILE -nodes -out FILE.pem` for .pfx or .p12, `openssl x509 -inform der -in FILE -out FILE.pem` for .cer or .der"
            }
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => ": it is UTF-16 text; save it as UTF-8",
            _ => "",
        }
    }

    fn bad_certificate(&self) -> BuildError {
        BuildError::new(BuildErrorKind::BadCertificate, format!("a certificate in {} is damaged", self.origin))
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

fn is_key(kind: SectionKind) -> bool {
    matches!(kind, SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey)
}
