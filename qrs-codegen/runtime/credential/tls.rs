//! The TLS side of a client: the authorities that it trusts and the certificate that it presents.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::pem::Certificate;
use crate::runtime::failure::build_error::{BuildError, BuildErrorKind};

/// The certificate authorities that a client trusts.
#[derive(Clone, Default)]
pub(crate) struct Trust {
    pub(crate) roots: Vec<Certificate>,
    /// Whether the system's authorities are trusted as well; they are anyway if `roots` is empty.
    pub(crate) system: bool,
    /// Whether any certificate is accepted; the other fields are ignored then.
    pub(crate) anyone: bool,
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The TLS configuration of a client. If the server is reached without TLS, `used` is false and the system's authorities
/// are not loaded.
pub(crate) fn config(
    provider: &Arc<CryptoProvider>,
    trust: &Trust,
    identity: Option<&Arc<CertifiedKey>>,
    used: bool,
) -> Result<ClientConfig, BuildError> {
    let setup = |error: rustls::Error| BuildError::new(BuildErrorKind::Setup, format!("TLS cannot be set up: {error}"));
    let builder = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .map_err(setup)?;
    let builder = match verifier(provider, trust, used)? {
        Some(verifier) => builder.dangerous().with_custom_certificate_verifier(verifier),
        None => builder.with_root_certificates(RootCertStore::empty()),
    };
    let mut config = match identity {
        Some(key) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(key)))),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn verifier(
    provider: &Arc<CryptoProvider>,
    trust: &Trust,
    used: bool,
) -> Result<Option<Arc<dyn ServerCertVerifier>>, BuildError> {
    if trust.anyone {
        return Ok(Some(Arc::new(Anyone)));
    }
    let own = trust.roots.iter().flat_map(|Certificate(ders)| ders.iter().cloned());
    let system = trust.system || trust.roots.is_empty();
    if system && used {
        let verifier = Verifier::new_with_extra_roots(own, Arc::clone(provider)).map_err(|error| {
            BuildError::new(
                BuildErrorKind::Setup,
                format!(
                    "this system's authorities cannot be used ({error}); give the server's own with `ClientBuilder::root_certificate`"
                ),
            )
        })?;
        return Ok(Some(Arc::new(verifier)));
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(own);
    if roots.is_empty() {
        return Ok(None);
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| BuildError::new(BuildErrorKind::Setup, format!("TLS cannot be set up: {error}")))?;
    Ok(Some(verifier))
}

/// Accepts every certificate, and every signature by it: a key that cannot be verified proves no less than one that
/// anybody may have made.
#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::ECDSA_NISTP384_SHA384,
            SignatureScheme::ECDSA_NISTP521_SHA512,
            SignatureScheme::ED25519,
            SignatureScheme::ED448,
            SignatureScheme::RSA_PSS_SHA256,
            SignatureScheme::RSA_PSS_SHA384,
            SignatureScheme::RSA_PSS_SHA512,
            SignatureScheme::RSA_PKCS1_SHA256,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::RSA_PKCS1_SHA512,
            SignatureScheme::ECDSA_SHA1_Legacy,
            SignatureScheme::RSA_PKCS1_SHA1,
        ]
    }
}
