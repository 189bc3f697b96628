//! What TLS is done with besides the system's certificates: more roots, and a certificate of our own.

use std::fmt;

use reqwest::{Certificate, Client, ClientBuilder, Identity};

use super::failure::innermost;

/// More roots for servers' certificates, and perhaps a client certificate.
#[derive(Clone, Default)]
pub struct Tls {
    roots: Vec<Certificate>,
    identity: Option<Identity>,
}

/// Why a certificate or key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, PEM; {problem}")]
pub struct TlsError {
    /// What was expected.
    expected: &'static str,
    /// What was found instead; never what is in a key.
    problem: String,
}

impl Tls {
    /// Trusts these certificate authorities (PEM, one or more) besides the system's.
    pub fn add_roots(&mut self, pem: &[u8]) -> Result<(), TlsError> {
        let error = |problem| TlsError { expected: "certificates of authorities", problem };
        let roots = Certificate::from_pem_bundle(pem).map_err(|cause| error(innermost(&cause)))?;
        if roots.is_empty() {
            return Err(error("found no certificate".to_owned()));
        }
        // Tried by themselves, so that a bad one is told before anything is fetched.
        Client::builder().tls_certs_only(roots.clone()).build().map_err(|cause| error(innermost(&cause)))?;
        self.roots.extend(roots);
        Ok(())
    }

    /// Shows this certificate (PEM, with those above it) to registries that ask for one, with its private key (PEM:
    /// PKCS #8, PKCS #1 or SEC 1, not encrypted).
    pub fn set_identity(&mut self, certificate: &[u8], key: &[u8]) -> Result<(), TlsError> {
        let error = |cause: reqwest::Error| TlsError {
            expected: "a certificate and its private key, not encrypted",
            problem: innermost(&cause),
        };
        let identity = Identity::from_pem(&[certificate, b"\n", key].concat()).map_err(error)?;
        Client::builder().tls_certs_only([]).identity(identity.clone()).build().map_err(error)?;
        self.identity = Some(identity);
        Ok(())
    }

    pub(super) fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    pub(super) fn configure(&self, builder: ClientBuilder, identified: bool) -> ClientBuilder {
        let builder = builder.tls_certs_merge(self.roots.iter().cloned());
        match &self.identity {
            Some(identity) if identified => builder.identity(identity.clone()),
            _ => builder,
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Tls {{ roots: {}, identity: {} }}", self.roots.len(), self.identity.is_some())
    }
}
