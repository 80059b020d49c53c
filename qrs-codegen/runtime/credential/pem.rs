//! PEM texts, and the certificates in them.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{PemObject as _, SectionKind};

use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};

/// One or more certificates of authorities to trust.
#[derive(Clone)]
pub struct Certificate(pub(crate) Vec<CertificateDer<'static>>);

/// The largest file that is read: system-wide bundles of certificates have a quarter of a megabyte.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;

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

/// The origin of a PEM text, for messages.
#[derive(Clone, Copy)]
pub(super) enum PemOrigin<'a> {
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

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, BuildError> {
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

/// A PEM text, and where it comes from.
pub(super) struct Pem<'a> {
    pub(super) text: &'a [u8],
    pub(super) origin: PemOrigin<'a>,
}

impl Pem<'_> {
    pub(super) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, BuildError> {
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

    pub(super) fn holds_encrypted_key(&self) -> bool {
        let holds = |mark: &[u8]| self.text.windows(mark.len()).any(|part| part == mark);
        holds(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") || holds(b"Proc-Type: 4,ENCRYPTED")
    }

    pub(super) fn format_hint(&self) -> &'static str {
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

    pub(super) fn bad_certificate(&self) -> BuildError {
        BuildError::new(BuildErrorKind::BadCertificate, format!("a certificate in {} is damaged", self.origin))
    }
}

fn is_key(kind: SectionKind) -> bool {
    matches!(kind, SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey)
}
