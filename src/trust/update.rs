//! Fetches a trusted root from its TUF repository (The Update Framework 1.0), for a file that later runs use offline.
//! `verify` never calls this.

use sigstore_verify::trust_root::{SigstoreInstance, TrustedRoot, TufBootstrap, TufConfig};

use super::root::{GITHUB, PUBLIC_GOOD};

/// Where a trusted root is fetched from, and where trust in that begins.
#[derive(Debug, Clone, Default)]
pub struct TufRepository {
    /// The embedded root that it is the newer one of; its TUF root is embedded too.
    pub embedded: Option<String>,
    /// URL of the repository or of a mirror; none for the embedded one's own.
    pub url: Option<String>,
    /// A TUF `root.json` that is trusted, in place of the embedded one.
    pub tuf_root: Option<Vec<u8>>,
}

/// The newest `trusted_root.json`, verified from the TUF root on. The error says what was expected.
pub async fn fetch(from: &TufRepository) -> Result<String, String> {
    let root = TrustedRoot::from_tuf(configuration(from)?).await.map_err(|error| error.to_string())?;
    serde_json::to_string_pretty(&root).map_err(|error| error.to_string())
}

fn configuration(from: &TufRepository) -> Result<TufConfig, String> {
    let instance = match from.embedded.as_deref() {
        Some(PUBLIC_GOOD) => Some(SigstoreInstance::PublicGood),
        Some(GITHUB) => Some(SigstoreInstance::GitHub),
        Some(other) => return Err(format!("expected `{PUBLIC_GOOD}` or `{GITHUB}`, found {other:?}")),
        None => None,
    };
    let bootstrap = match (&from.tuf_root, instance) {
        (Some(root), _) => root.clone(),
        (None, Some(instance)) => instance.tuf_root().to_vec(),
        (None, None) => return Err("a repository of its own needs its TUF root.json: give --tuf-root FILE".to_owned()),
    };
    let url = from.url.clone().or_else(|| instance.map(|instance| instance.tuf_url().to_owned()));
    let url = url.ok_or("a repository of its own needs its URL: give --mirror URL")?;
    // Nothing is kept between runs: each begins at the trusted TUF root.
    Ok(TufConfig::custom(url, TufBootstrap::trusted(bootstrap)).without_cache())
}
