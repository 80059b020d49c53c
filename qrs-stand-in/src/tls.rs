//! The site's certificates: its own authority, created at start, and the certificates that it signs.

use std::fmt;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};

use crate::StartError;

/// The common name on the client certificate that a Qlik site exports.
pub(crate) const CLIENT_NAME: &str = "QlikClient";

/// The versions of TLS that a site speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsVersions {
    /// 1.2 and 1.3, as a current site does.
    #[default]
    Both,
    /// 1.2 alone: a client without a certificate is rejected within the handshake.
    Only12,
    /// 1.3 alone: a client without a certificate learns of the rejection only after its own handshake is done.
    Only13,
}

impl TlsVersions {
    fn list(self) -> Vec<&'static SupportedProtocolVersion> {
        match self {
            Self::Both => vec![&rustls::version::TLS12, &rustls::version::TLS13],
            Self::Only12 => vec![&rustls::version::TLS12],
            Self::Only13 => vec![&rustls::version::TLS13],
        }
    }
}

/// The contents of a site's certificate export: a client certificate, its key, and the authority that signed it.
#[derive(Clone)]
pub struct Credentials {
    /// The client certificate, PEM.
    pub client_pem: String,
    /// The private key of the client certificate, PKCS#8 PEM.
    pub client_key_pem: String,
    /// The certificate of the authority, PEM.
    pub root_pem: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// A certificate authority with one client certificate already signed, for servers that take the place of a site.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    client: Signed,
}

struct Signed {
    der: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    /// Creates an authority of this name, with a client certificate.
    ///
    /// # Errors
    ///
    /// When a certificate cannot be made.
    pub fn new(name: &str) -> Result<Self, StartError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = common_name(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let client = sign(&issuer, CLIENT_NAME, &[], ExtendedKeyUsagePurpose::ClientAuth)?;
        Ok(Self { issuer, client })
    }

    /// The client certificate, its key, and the certificate of the authority.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        Credentials {
            client_pem: self.client.pem.clone(),
            client_key_pem: self.client.key.serialize_pem(),
            root_pem: self.issuer.pem(),
        }
    }

    /// The subject of a certificate of this authority, which knows what it signed: nothing needs to be parsed.
    pub(crate) fn subject_of(&self, certificate: &CertificateDer<'_>) -> Option<String> {
        (self.client.der == *certificate).then(|| format!("CN={CLIENT_NAME}"))
    }

    /// The TLS settings of a server with these names, which rejects clients without a certificate of this authority.
    ///
    /// # Errors
    ///
    /// When the server's certificate cannot be made.
    pub fn server_config(&self, names: &[String], versions: TlsVersions) -> Result<ServerConfig, StartError> {
        let name = names.first().map_or("localhost", String::as_str);
        let server = sign(&self.issuer, name, names, ExtendedKeyUsagePurpose::ServerAuth)?;

        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone())?;
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&versions.list())?
            .with_client_cert_verifier(verifier)
            .with_single_cert(
                vec![server.der],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server.key.serialize_der())),
            )?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// The TLS settings of a client that servers of this authority accept, and that accepts them.
    ///
    /// # Errors
    ///
    /// When rustls does not accept the certificates.
    pub fn client_config(&self) -> Result<ClientConfig, StartError> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone())?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.client.key.serialize_der()));
        Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![self.client.der.clone()], key)?)
    }
}

fn sign(
    issuer: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    alternative_names: &[String],
    usage: ExtendedKeyUsagePurpose,
) -> Result<Signed, StartError> {
    let mut params = CertificateParams::new(alternative_names)?;
    params.distinguished_name = common_name(name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok(Signed { der: certificate.der().clone(), pem: certificate.pem(), key })
}

fn common_name(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}
