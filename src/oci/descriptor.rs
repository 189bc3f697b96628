//! Descriptors (image-spec 1.1, `descriptor.md`).

use std::collections::BTreeMap;

use base64::Engine as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::digest::Digest;
use super::fields::{ManifestError, annotations, check_key_case, object, text};

/// What a manifest says of other content: its type, digest and size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Descriptor {
    /// The content's media type; may be empty where a producer left it out of `subject`.
    pub media_type: String,
    /// The content's digest.
    pub digest: Digest,
    /// The content's size in bytes.
    pub size: u64,
    /// `artifactType`: on a referrers list a hint about the manifest, never relied upon.
    pub artifact_type: Option<String>,
    /// Annotations of the descriptor, not of the content.
    pub annotations: BTreeMap<String, String>,
    /// `os/architecture[/variant]`, for an index entry that states a platform.
    pub platform: Option<String>,
}

const KEYS: [&str; 8] = ["mediaType", "digest", "size", "urls", "annotations", "data", "artifactType", "platform"];

impl Descriptor {
    /// `org.opencontainers.image.title`: a layer's file name.
    pub fn title(&self) -> Option<&str> {
        self.annotations.get("org.opencontainers.image.title").map(String::as_str)
    }

    /// Reads a descriptor found at `at` (a JSON pointer, for the error).
    ///
    /// `urls` is never followed. An inline `data` must be the content it stands for.
    pub(super) fn read(value: &Value, at: &str) -> Result<Self, ManifestError> {
        let fields = object(value, at)?;
        check_key_case(fields, &KEYS, at)?;
        let digest = text(fields, "digest", at)?.ok_or_else(|| ManifestError::missing(at, "digest"))?;
        let digest: Digest =
            digest.parse().map_err(|error| ManifestError::Digest { at: format!("{at}/digest"), error })?;
        let size = match fields.get("size") {
            Some(size) => size
                .as_u64()
                .ok_or_else(|| ManifestError::expected(&format!("{at}/size"), "a non-negative integer", size))?,
            None => return Err(ManifestError::missing(at, "size")),
        };
        check_data(fields.get("data"), &digest, size, at)?;
        // Producers are known to leave it out of `subject`, where nothing is read by it.
        let media_type = match text(fields, "mediaType", at)? {
            None if at != "/subject" => return Err(ManifestError::missing(at, "mediaType")),
            stated => stated.unwrap_or_default().to_owned(),
        };
        Ok(Descriptor {
            media_type,
            digest,
            size,
            artifact_type: text(fields, "artifactType", at)?.filter(|text| !text.is_empty()).map(str::to_owned),
            annotations: annotations(fields, at)?,
            platform: platform(fields.get("platform"), at)?,
        })
    }
}

/// The members of a platform (image-spec 1.1, `image-index.md`; `features` is Docker's).
const PLATFORM_KEYS: [&str; 6] = ["architecture", "os", "os.version", "os.features", "variant", "features"];

/// A runtime that ignores the case of keys would see another platform than this one, and take another child.
fn platform(value: Option<&Value>, at: &str) -> Result<Option<String>, ManifestError> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let at = format!("{at}/platform");
    let fields = object(value, &at)?;
    check_key_case(fields, &PLATFORM_KEYS, &at)?;
    let (os, architecture) = (text(fields, "os", &at)?, text(fields, "architecture", &at)?);
    let variant = text(fields, "variant", &at)?.map_or_else(String::new, |variant| format!("/{variant}"));
    Ok(os.zip(architecture).map(|(os, architecture)| format!("{os}/{architecture}{variant}")))
}

fn check_data(data: Option<&Value>, digest: &Digest, size: u64, at: &str) -> Result<(), ManifestError> {
    let Some(data) = data.filter(|data| !data.is_null()) else { return Ok(()) };
    let at = format!("{at}/data");
    let encoded = data.as_str().ok_or_else(|| ManifestError::expected(&at, "base64 text", data))?;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(encoded)
        .map_err(|_| ManifestError::expected(&at, "base64 text", data))?;
    if bytes.len() as u64 != size || !digest.matches(&bytes) {
        return Err(ManifestError::Data { at, expected: digest.clone(), found: Digest::sha256(&bytes) });
    }
    Ok(())
}
