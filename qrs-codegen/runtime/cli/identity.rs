// only: identity

//! Client certificates: PEM, and PKCS#12 as Windows exports it (`.pfx`, `.p12`).

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};

use super::failure::Failure;
use super::input;
use crate::runtime::Identity;

/// Reads a certificate with its key. What kind of file it is, its content tells.
pub(crate) fn read(certificate: &Path, key: Option<&Path>, password: Option<&str>) -> Result<Identity, Failure> {
    let path = certificate.to_string_lossy();
    let bytes = input::bytes(&path)?;
    if !is_pkcs12(&bytes) {
        return Ok(match key {
            Some(key) => Identity::from_pem_files(certificate, key)?,
            None => Identity::from_pem_bundle_file(certificate)?,
        });
    }
    if key.is_some() {
        return Err(Failure::usage(format!("{} is a PKCS#12 file, which holds the key, too", input::shown(&path)))
            .hint("leave the key out"));
    }
    let (chain, key) = open(&bytes, password.unwrap_or_default(), &path)?;
    Ok(Identity::from_pem(chain.as_bytes(), key.as_bytes())?)
}

/// PKCS#12 is DER, which begins with a sequence; PEM is text.
fn is_pkcs12(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x30)
}

fn open(bytes: &[u8], password: &str, path: &str) -> Result<(String, String), Failure> {
    let shown = input::shown(path);
    let store = KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Relaxed).map_err(|_| {
        // The crate's own words tell of its parsing.
        let why = if password.is_empty() { "it may have a password" } else { "the password may be wrong" };
        Failure::usage(format!("{shown} cannot be opened as a PKCS#12 file: {why}, or it is damaged"))
            .hint("give the password by a file, standard input or a variable")
    })?;
    let chain = store.private_key_chain().map(|(_, chain)| chain).filter(|chain| !chain.certs().is_empty());
    let chain = chain.ok_or_else(|| {
        Failure::usage(format!("{shown} holds no certificate with a key")).hint("export it again, with the private key")
    })?;
    let certificates = chain.certs().iter().map(|certificate| pem("CERTIFICATE", certificate.as_der())).collect();
    Ok((certificates, pem("PRIVATE KEY", chain.key().as_der())))
}

fn pem(label: &str, der: &[u8]) -> String {
    let mut out = format!("-----BEGIN {label}-----\n");
    let text = STANDARD.encode(der);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}
