//! Image manifests and indexes (image-spec 1.1, `manifest.md` and `image-index.md`), read strictly.
//!
//! Refused, because another reader would see another document: duplicate keys; a known key in other case
//! (Go's `encoding/json` takes `Layers` for `layers`); a body that is manifest and index at once, or that
//! contradicts the media type it was served with (CVE-2021-41190).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::descriptor::Descriptor;
use super::fields::{ManifestError, annotations, check_key_case, object, text};
use super::json::parse_strict;
use super::media_type;

/// A manifest or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// `mediaType` of the body, or what its shape implies where it has none.
    pub media_type: String,
    /// `artifactType`, if it is not empty.
    pub artifact_type: Option<String>,
    /// The manifest that this one refers to.
    pub subject: Option<Descriptor>,
    /// Annotations of the manifest.
    pub annotations: BTreeMap<String, String>,
    /// What it holds.
    pub body: Body,
}

/// The two shapes of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// An image manifest: a config (absent only in the obsolete artifact manifest) and layers.
    Image {
        /// The config.
        config: Option<Descriptor>,
        /// The layers; for the obsolete artifact manifest its blobs.
        layers: Vec<Descriptor>,
    },
    /// An index of further manifests.
    Index {
        /// Its entries.
        manifests: Vec<Descriptor>,
    },
}

const KEYS: [&str; 9] =
    ["schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations", "blobs"];

/// Nesting that a manifest may have; real ones need five.
const DEPTH: usize = 64;

impl Manifest {
    /// Reads a manifest or an index. `served_as` is the Content-Type or the descriptor's media type, where
    /// one is known.
    pub fn parse(bytes: &[u8], served_as: Option<(&'static str, &str)>) -> Result<Self, ManifestError> {
        let value = parse_strict(bytes, DEPTH)?;
        let fields = object(&value, "")?;
        check_key_case(fields, &KEYS, "")?;
        let stated = text(fields, "mediaType", "")?.unwrap_or_default();
        check_schema_version(fields, stated)?;
        let body = body(fields, stated)?;
        let media_type = if stated.is_empty() { body.default_media_type().to_owned() } else { stated.to_owned() };
        check_media_type(&body, &media_type, "declared", &media_type)?;
        if let Some((how, other)) = served_as {
            check_media_type(&body, &media_type, how, other)?;
        }
        Ok(Manifest {
            artifact_type: text(fields, "artifactType", "")?.filter(|text| !text.is_empty()).map(str::to_owned),
            subject: fields
                .get("subject")
                .filter(|subject| !subject.is_null())
                .map(|subject| Descriptor::read(subject, "/subject"))
                .transpose()?,
            annotations: annotations(fields, "")?,
            media_type,
            body,
        })
    }

    /// What the artifact is: `artifactType`, else the config's media type (image-spec 1.1, `manifest.md`
    /// § Guidelines for Artifact Usage). An index without `artifactType` has none.
    pub fn effective_type(&self) -> Option<&str> {
        self.artifact_type.as_deref().or(match &self.body {
            Body::Image { config: Some(config), .. } if config.media_type != media_type::EMPTY => {
                Some(config.media_type.as_str())
            }
            _ => None,
        })
    }

    /// The layers of an image manifest; none for an index.
    pub fn layers(&self) -> &[Descriptor] {
        match &self.body {
            Body::Image { layers, .. } => layers,
            Body::Index { .. } => &[],
        }
    }

    /// The config of an image manifest.
    pub fn config(&self) -> Option<&Descriptor> {
        match &self.body {
            Body::Image { config, .. } => config.as_ref(),
            Body::Index { .. } => None,
        }
    }

    /// Whether this is an index.
    pub fn is_index(&self) -> bool {
        matches!(self.body, Body::Index { .. })
    }
}

impl Body {
    fn default_media_type(&self) -> &'static str {
        match self {
            Body::Image { .. } => media_type::IMAGE_MANIFEST,
            Body::Index { .. } => media_type::IMAGE_INDEX,
        }
    }
}

fn check_schema_version(fields: &Map<String, Value>, stated: &str) -> Result<(), ManifestError> {
    match fields.get("schemaVersion") {
        // The obsolete artifact manifest has no schemaVersion.
        None if stated == media_type::ARTIFACT_MANIFEST => Ok(()),
        None => Err(ManifestError::missing("", "schemaVersion")),
        Some(version) if version.as_u64() == Some(2) => Ok(()),
        Some(version) => Err(ManifestError::expected("/schemaVersion", "2", version)),
    }
}

fn body(fields: &Map<String, Value>, stated: &str) -> Result<Body, ManifestError> {
    let has = |key: &str| fields.contains_key(key);
    if has("manifests") && (has("config") || has("layers") || has("blobs")) {
        return Err(ManifestError::Ambiguous);
    }
    if has("manifests") {
        return Ok(Body::Index { manifests: descriptors(fields, "manifests")? });
    }
    if has("blobs") && has("layers") {
        return Err(ManifestError::Ambiguous);
    }
    if stated == media_type::ARTIFACT_MANIFEST {
        return Ok(Body::Image { config: None, layers: descriptors(fields, "blobs")? });
    }
    if !has("layers") {
        return Err(if has("config") { ManifestError::missing("", "layers") } else { ManifestError::Neither });
    }
    let config = fields.get("config").ok_or_else(|| ManifestError::missing("", "config"))?;
    Ok(Body::Image { config: Some(Descriptor::read(config, "/config")?), layers: descriptors(fields, "layers")? })
}

/// `null` counts as an empty list: registries written in Go send it for one.
fn descriptors(fields: &Map<String, Value>, key: &'static str) -> Result<Vec<Descriptor>, ManifestError> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            items.iter().enumerate().map(|(index, item)| Descriptor::read(item, &format!("/{key}/{index}"))).collect()
        }
        Some(other) => Err(ManifestError::expected(&format!("/{key}"), "an array of descriptors", other)),
    }
}

/// Two types contradict each other when both name a kind of manifest and the kinds differ.
fn check_media_type(body: &Body, stated: &str, how: &'static str, other: &str) -> Result<(), ManifestError> {
    let is_index = match media_type::base(other).as_str() {
        media_type::IMAGE_INDEX | media_type::DOCKER_LIST => true,
        media_type::IMAGE_MANIFEST | media_type::DOCKER_MANIFEST | media_type::ARTIFACT_MANIFEST => false,
        _ => return Ok(()),
    };
    let differs = how != "declared"
        && media_type::is_manifest(other)
        && media_type::is_manifest(stated)
        && media_type::base(other) != media_type::base(stated);
    if is_index != matches!(body, Body::Index { .. }) || differs {
        let body = if how == "declared" { body.default_media_type().to_owned() } else { stated.to_owned() };
        return Err(ManifestError::MediaType { body, served_as: how, found: other.to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::digest::DigestError;
    use crate::oci::json::JsonError;

    const DIGEST: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    fn image(extra: &str) -> String {
        let descriptor = format!(r#"{{"mediaType":"{}","digest":"{DIGEST}","size":2}}"#, media_type::EMPTY);
        format!(
            r#"{{"schemaVersion":2,"mediaType":"{}","config":{descriptor},"layers":[{descriptor}]{extra}}}"#,
            media_type::IMAGE_MANIFEST
        )
    }

    #[test]
    fn a_plain_manifest_is_read() {
        let manifest = Manifest::parse(image("").as_bytes(), Some(("served", media_type::IMAGE_MANIFEST))).unwrap();
        assert_eq!(manifest.layers().len(), 1);
        assert_eq!(manifest.effective_type(), None);
        let index = format!(r#"{{"schemaVersion":2,"mediaType":"{}","manifests":null}}"#, media_type::IMAGE_INDEX);
        assert!(Manifest::parse(index.as_bytes(), None).unwrap().is_index());
    }

    #[test]
    fn what_two_readers_would_read_differently_is_refused() {
        let key_case =
            |found: &str| ManifestError::KeyCase { at: "/".to_owned(), expected: "layers", found: found.to_owned() };
        let other_type = |served_as: &'static str, found: &str| ManifestError::MediaType {
            body: media_type::IMAGE_MANIFEST.to_owned(),
            served_as,
            found: found.to_owned(),
        };
        let cases = [
            (image(r#","Layers":[]"#), None, key_case("Layers")),
            (image(r#","layer\u017f":[]"#), None, key_case("layerſ")),
            (
                image(r#","layers":[]"#),
                None,
                ManifestError::Json(JsonError::DuplicateKey { key: "layers".to_owned(), line: 1 }),
            ),
            (image(r#","manifests":[]"#), None, ManifestError::Ambiguous),
            (image(""), Some(("served", media_type::IMAGE_INDEX)), other_type("served", media_type::IMAGE_INDEX)),
            (
                image(""),
                Some(("listed", media_type::DOCKER_MANIFEST)),
                other_type("listed", media_type::DOCKER_MANIFEST),
            ),
            (
                image("").replacen("\"layers\":[{\"mediaType\"", "\"layers\":[{\"lediaType\"", 1),
                None,
                ManifestError::Missing { at: "/layers/0".to_owned(), field: "mediaType" },
            ),
            (
                image("").replacen(DIGEST, "sha256:../../x", 1),
                None,
                ManifestError::Digest {
                    at: "/config/digest".to_owned(),
                    error: DigestError::NotLowerHex { algorithm: "sha256", found: '.' },
                },
            ),
            (r#"{"schemaVersion":2}"#.to_owned(), None, ManifestError::Neither),
        ];
        for (text, served, expected) in cases {
            assert_eq!(Manifest::parse(text.as_bytes(), served), Err(expected), "{text}");
        }
        // Place and what stands there; the third part says in words what is expected.
        for (text, place, value) in [
            (image("").replace("\"schemaVersion\":2", "\"schemaVersion\":1"), "/schemaVersion", "1"),
            (image("").replace("\"size\":2", "\"size\":-2"), "/config/size", "-2"),
        ] {
            let error = Manifest::parse(text.as_bytes(), None).unwrap_err();
            let ManifestError::Expected { at, found, .. } = &error else { panic!("{text}\n{error:?}") };
            assert_eq!((at.as_str(), found.as_str()), (place, value), "{text}");
        }
        let subject = Manifest::parse(image(r#","subject":{"digest":"x","size":0}"#).as_bytes(), None).unwrap_err();
        assert!(matches!(&subject, ManifestError::Digest { at, .. } if at == "/subject/digest"), "{subject:?}");
        let inline = image("").replace("\"size\":2}]", "\"size\":2,\"data\":\"e30K\"}]");
        let inline = Manifest::parse(inline.as_bytes(), None).unwrap_err();
        assert!(
            matches!(&inline, ManifestError::Data { at, expected, .. }
                if at == "/layers/0/data" && expected.to_string() == DIGEST),
            "{inline:?}"
        );
        let page = Manifest::parse(b"<html>", None).unwrap_err();
        assert!(matches!(page, ManifestError::Json(JsonError::Syntax(_))), "{page:?}");
    }

    /// H1: one that ignores case would read another platform, and take another child of the index.
    #[test]
    fn a_platform_has_no_key_in_another_case() {
        let index = |platform: &str| {
            format!(
                r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"{}","digest":"{DIGEST}","size":2,"platform":{platform}}}]}}"#,
                media_type::IMAGE_MANIFEST
            )
        };
        let platform = |platform: &str| Manifest::parse(index(platform).as_bytes(), None);
        for (text, key) in [
            (r#"{"os":"linux","architecture":"s390x","Architecture":"amd64"}"#, "Architecture"),
            (r#"{"OS":"linux","architecture":"amd64"}"#, "OS"),
            (r#"{"oſ":"linux","os":"windows","architecture":"amd64"}"#, "o\u{17f}"),
            (r#"{"os":"linux","architecture":"amd64","VARIANT":"v2"}"#, "VARIANT"),
            (r#"{"os":"linux","architecture":"amd64","OS.version":"1"}"#, "OS.version"),
        ] {
            let error = platform(text).unwrap_err();
            let ManifestError::KeyCase { at, found, .. } = &error else { panic!("{text}\n{error:?}") };
            assert_eq!((at.as_str(), found.as_str()), ("/manifests/0/platform", key), "{text}");
        }
        for (text, place) in [
            (r#""linux/amd64""#, "/manifests/0/platform"),
            (r#"{"os":1,"architecture":"a"}"#, "/manifests/0/platform/os"),
        ] {
            let error = platform(text).unwrap_err();
            assert!(matches!(&error, ManifestError::Expected { at, .. } if at == place), "{text}\n{error:?}");
        }
        for (text, expected) in [
            (r#"{"os":"linux","architecture":"arm64","variant":"v8","os.features":[],"x":1}"#, Some("linux/arm64/v8")),
            (r#"{"os":"linux","architecture":null}"#, None),
            ("null", None),
        ] {
            let Body::Index { manifests } = platform(text).unwrap().body else { panic!("{text}") };
            assert_eq!(manifests[0].platform.as_deref(), expected, "{text}");
        }
    }
}
