//! Certificates and keys as people have them.

use std::fs;

use rcgen::{CertificateParams, KeyPair};

use crate::runtime::{BuildError, BuildErrorKind, Certificate, Identity};

const RSA_CERTIFICATE: &[u8] = include_bytes!("fixtures/rsa_certificate.pem");
const RSA_PKCS1: &[u8] = include_bytes!("fixtures/rsa_pkcs1_key.pem");
const RSA_PKCS1_ENCRYPTED: &[u8] = include_bytes!("fixtures/rsa_pkcs1_encrypted_key.pem");
const EC_CERTIFICATE: &[u8] = include_bytes!("fixtures/ec_certificate.pem");
const EC_SEC1: &[u8] = include_bytes!("fixtures/ec_sec1_key.pem");
const EC_PKCS8_ENCRYPTED: &[u8] = include_bytes!("fixtures/ec_pkcs8_encrypted_key.pem");

fn made() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["client".to_owned()]).unwrap().self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

#[test]
fn keys_of_every_form() {
    let (certificate, key) = made();
    for (certificate, key) in
        [(certificate.as_bytes(), key.as_bytes()), (RSA_CERTIFICATE, RSA_PKCS1), (EC_CERTIFICATE, EC_SEC1)]
    {
        let identity = Identity::from_pem(certificate, key).unwrap();
        assert_eq!(format!("{identity:?}"), "Identity { certificates: 1, .. }");
        for bundle in [[certificate, b"\n", key].concat(), [key, b"\n", certificate].concat()] {
            Identity::from_pem_bundle(&bundle).unwrap();
            // Windows line ends, and the words that some tools write around the PEM.
            let text = String::from_utf8(bundle).unwrap().replace('\n', "\r\n");
            Identity::from_pem_bundle(format!("Bag Attributes\r\n{text}\r\n").as_bytes()).unwrap();
        }
    }
    let chain = format!("{certificate}{}", made().0);
    let identity = Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
    assert_eq!(format!("{identity:?}"), "Identity { certificates: 2, .. }");
}

#[track_caller]
fn fails<T: std::fmt::Debug>(result: Result<T, BuildError>, kind: BuildErrorKind, message: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), kind);
}

const DAMAGED_CERTIFICATE: &str = "a certificate in the certificate PEM text is damaged";
const DAMAGED_KEY: &str = "the private key in the key PEM text cannot be used: it is damaged, or not one of RSA (2048 bits or more), ECDSA P-256 or P-384, Ed25519";
const ENCRYPTED_KEY: &str =
    "the private key in the key PEM text is encrypted; decrypt it first: `openssl pkey -in key.pem -out key.plain.pem`";

#[test]
fn a_missing_certificate_is_an_error() {
    let (certificate, key) = made();
    let (certificate, key) = (certificate.as_bytes(), key.as_bytes());
    for (certificate, key, message) in [
        (&b""[..], key, "there is no certificate in the certificate PEM text: it is empty"),
        (
            key,
            certificate,
            "there is no certificate in the certificate PEM text; it holds a private key: are certificate and key interchanged?",
        ),
        (b"hello", key, "there is no certificate in the certificate PEM text"),
    ] {
        fails(Identity::from_pem(certificate, key), BuildErrorKind::NoCertificate, message);
    }
}

#[test]
fn a_missing_key_is_an_error() {
    let (certificate, _) = made();
    let certificate = certificate.as_bytes();
    for (key, message) in [
        (&b"hello"[..], "there is no private key in the key PEM text"),
        (
            certificate,
            "there is no private key in the key PEM text; it holds a certificate: is the key in another file?",
        ),
    ] {
        fails(Identity::from_pem(certificate, key), BuildErrorKind::NoKey, message);
    }
}

#[test]
fn damaged_text_is_an_error() {
    let (certificate, key) = made();
    let (certificate, key) = (certificate.as_bytes(), key.as_bytes());
    let broken = |pem: &[u8]| String::from_utf8_lossy(pem).replace("MI", "M*").into_bytes();
    let emptied = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n").into_bytes();
    for certificate in [broken(certificate), emptied("CERTIFICATE")] {
        fails(Identity::from_pem(&certificate, key), BuildErrorKind::BadCertificate, DAMAGED_CERTIFICATE);
    }
    for key in [broken(key), emptied("PRIVATE KEY")] {
        fails(Identity::from_pem(certificate, &key), BuildErrorKind::BadKey, DAMAGED_KEY);
    }
}

#[test]
fn a_key_of_another_certificate_is_an_error() {
    let (certificate, _) = made();
    fails(
        Identity::from_pem(certificate.as_bytes(), RSA_PKCS1),
        BuildErrorKind::KeyMismatch,
        "the private key in the key PEM text does not belong to the (first) certificate in the certificate PEM text",
    );
}

#[test]
fn an_encrypted_key_is_an_error() {
    let (certificate, _) = made();
    for (certificate, key) in [(certificate.as_bytes(), EC_PKCS8_ENCRYPTED), (RSA_CERTIFICATE, RSA_PKCS1_ENCRYPTED)] {
        fails(Identity::from_pem(certificate, key), BuildErrorKind::EncryptedKey, ENCRYPTED_KEY);
    }
    let bundle = [RSA_PKCS1_ENCRYPTED, RSA_CERTIFICATE].concat();
    fails(
        Identity::from_pem_bundle(&bundle),
        BuildErrorKind::EncryptedKey,
        "the private key in the bundle PEM text is encrypted; decrypt it first: `openssl pkey -in key.pem -out key.plain.pem`",
    );
}

#[test]
fn files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let shown = |name: &str| path(name).display().to_string();
    let (certificate, key) = made();
    fs::write(path("client.pem"), &certificate).unwrap();
    fs::write(path("client_key.pem"), &key).unwrap();
    fs::write(path("both.pem"), format!("{certificate}{key}")).unwrap();
    fs::write(path("locked.pem"), EC_PKCS8_ENCRYPTED).unwrap();
    fs::write(path("other.pem"), EC_SEC1).unwrap();
    fs::write(path("client.pfx"), [0x30, 0x82, 0x01, 0x02, 0xFF]).unwrap();
    fs::write(path("wide.pem"), [0xFF, 0xFE, b'-', 0]).unwrap();
    fs::write(path("huge.pem"), vec![b'-'; 5 * 1024 * 1024]).unwrap();

    Identity::from_pem_files(path("client.pem"), path("client_key.pem")).unwrap();
    Identity::from_pem_bundle_file(path("both.pem")).unwrap();
    Certificate::from_pem_file(path("client.pem")).unwrap();

    let with_key = |name: &str| Identity::from_pem_files(path("client.pem"), path(name));
    let missing = with_key("absent.pem").unwrap_err();
    assert_eq!(missing.kind(), BuildErrorKind::File);
    let message = missing.to_string();
    assert!(message.starts_with(&format!("cannot read `{}`: ", shown("absent.pem"))), "{message}");
    fails(
        with_key("huge.pem"),
        BuildErrorKind::File,
        &format!("cannot read `{}`: it is larger than 4 MiB, which no PEM file is", shown("huge.pem")),
    );
    assert_eq!(Certificate::from_pem_file(folder.path()).unwrap_err().kind(), BuildErrorKind::File);
    fails(
        with_key("locked.pem"),
        BuildErrorKind::EncryptedKey,
        &format!(
            "the private key in `{0}` is encrypted; decrypt it first: `openssl pkey -in {0} -out {1}`",
            shown("locked.pem"),
            shown("locked.plain.pem")
        ),
    );
    fails(
        with_key("other.pem"),
        BuildErrorKind::KeyMismatch,
        &format!(
            "the private key in `{}` does not belong to the (first) certificate in `{}`",
            shown("other.pem"),
            shown("client.pem")
        ),
    );
    let binary = Certificate::from_pem_file(path("client.pfx")).unwrap_err();
    assert_eq!(binary.kind(), BuildErrorKind::NoCertificate);
    assert!(binary.to_string().contains("it is binary, PEM is expected; convert it: `openssl pkcs12"), "{binary}");
    fails(
        Certificate::from_pem_file(path("wide.pem")),
        BuildErrorKind::NoCertificate,
        &format!("there is no certificate in `{}`: it is UTF-16 text; save it as UTF-8", shown("wide.pem")),
    );
}

#[test]
fn a_bundle_of_authorities() {
    let bundle = format!("{}# a comment\n{}", made().0, made().0);
    let certificates = Certificate::from_pem(bundle.as_bytes()).unwrap();
    assert_eq!(format!("{certificates:?}"), "Certificate { certificates: 2, .. }");
    fails(
        Certificate::from_pem(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        BuildErrorKind::BadCertificate,
        "a certificate in the certificate PEM text is damaged",
    );
    fails(
        Certificate::from_pem(b"-----BEGIN CERTIFICATE-----\nAAAA\n"),
        BuildErrorKind::BadCertificate,
        "a certificate in the certificate PEM text is damaged",
    );
}
