//! Media types: which ones mean a manifest, and which ones may hold evidence.

/// `application/vnd.oci.image.manifest.v1+json` (image-spec 1.1, `media-types.md`).
pub const IMAGE_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// `application/vnd.oci.image.index.v1+json` (image-spec 1.1, `media-types.md`).
pub const IMAGE_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// Docker's image manifest, schema 2.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// Docker's manifest list.
pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// The artifact manifest of image-spec 1.1 release candidates, which old oras wrote.
pub const ARTIFACT_MANIFEST: &str = "application/vnd.oci.artifact.manifest.v1+json";
/// The empty descriptor's type (image-spec 1.1, `manifest.md` § Guidance for an Empty Descriptor).
pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// Digest of the empty blob `{}`, shared by all artifacts without a config.
pub const EMPTY_DIGEST: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
/// The config of a container image (image-spec 1.1, `config.md`), and Docker's, which has the same fields.
const IMAGE_CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];
/// cosign's simple-signing payload.
pub const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// A DSSE envelope as cosign's `.att` layers carry it.
pub const DSSE_ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";
/// Artifact type of a Notary Project signature (Notary Project, `signature-specification.md` § Storage).
pub const NOTARY_SIGNATURE: &str = "application/vnd.cncf.notary.signature";
/// What every Sigstore bundle's media type begins with.
pub const SIGSTORE_BUNDLE_PREFIX: &str = "application/vnd.dev.sigstore.bundle";

/// A media type without its parameters, in lower case (RFC 6838 §4.2: names are case-insensitive).
pub fn base(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether the type is that of a manifest or an index.
pub fn is_manifest(media_type: &str) -> bool {
    [IMAGE_MANIFEST, IMAGE_INDEX, DOCKER_MANIFEST, DOCKER_LIST, ARTIFACT_MANIFEST].contains(&base(media_type).as_str())
}

/// Whether the type is that of a container image's config.
pub fn is_image_config(media_type: &str) -> bool {
    IMAGE_CONFIGS.contains(&base(media_type).as_str())
}

/// Whether the type ends in `json` or `jsonld`, as a structured suffix or otherwise.
pub fn is_json(media_type: &str) -> bool {
    let base = base(media_type);
    base.ends_with("json") || base.ends_with("jsonld")
}

/// Whether a referrer's layer is to be fetched and read.
///
/// The title counts because `oras` gives a file without an explicit type an image layer's.
pub fn may_be_evidence(media_type: &str, title: Option<&str>) -> bool {
    let titled = title
        .map(str::to_ascii_lowercase)
        .is_some_and(|title| [".json", ".jsonld", ".geojson"].iter().any(|extension| title.ends_with(extension)));
    base(media_type) != EMPTY && (is_json(media_type) || titled)
}

/// Whether a text in lower case has one of these words: as a part between separators, or anywhere where the word has a
/// separator itself.
pub fn has_word(text: &str, words: &[&str]) -> bool {
    let separators = ['/', '.', '+', '-', '_'];
    words.iter().any(|word| match word.contains(separators) {
        true => text.contains(word),
        false => text.split(separators).any(|part| part == *word),
    })
}

/// Names that a file with a document about the data set has, besides the words of the kinds.
const DOCUMENT_TITLES: [&str; 5] = ["item", "collection", "catalog", "provenance", "metadata"];

/// Words of types of what is signed (in-toto, DSSE, Sigstore).
const SIGNED_WORDS: [&str; 3] = ["toto", "dsse", "sigstore"];

/// The words by which types and file names say that something is a document. Which there are is for whoever knows the kinds
/// of documents.
#[derive(Debug, Clone)]
pub struct DocumentWords(Vec<&'static str>);

impl DocumentWords {
    /// These, and those of what is signed.
    pub fn new(words: impl IntoIterator<Item = &'static str>) -> Self {
        DocumentWords(words.into_iter().chain(SIGNED_WORDS).collect())
    }

    /// Whether a layer of the subject itself may be a document about it: by a type that says so, or by a title. A data
    /// layer is not read, and so is no GeoJSON, which a STAC Item is only where its title ends in `.json`.
    pub fn may_be_own_document(&self, media_type: &str, title: Option<&str>) -> bool {
        let base = base(media_type);
        let title = title.map(str::to_ascii_lowercase);
        let titled = title.as_deref().is_some_and(|title| title.ends_with(".json") || title.ends_with(".jsonld"));
        let is_signed = base.starts_with(SIGSTORE_BUNDLE_PREFIX) || base == DSSE_ENVELOPE || base == SIMPLE_SIGNING;
        let is_named = titled || title.is_none() && matches!(base.as_str(), "application/json" | "application/ld+json");
        base != EMPTY && !is_signed && (is_named || is_json(&base) && self.are_in(&base))
    }

    /// Whether a layer of the subject that may be a document has to be taken for one although nobody read it: by a type
    /// or a title that says so. Any other JSON is data: or a large `soils.json` would never pass.
    pub fn is_own_document(&self, media_type: &str, title: Option<&str>) -> bool {
        let title = title.unwrap_or_default().to_ascii_lowercase();
        let has_separator = |word: &&&str| !word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let mut parts = title.split(|character: char| !character.is_ascii_alphanumeric());
        self.0.iter().filter(has_separator).any(|word| title.contains(word))
            || parts.any(|part| DOCUMENT_TITLES.contains(&part) || self.0.contains(&part))
            || self.are_in(&base(media_type))
    }

    /// Whether an artifact type says that the referrer is a document (and not, say, a preview image).
    ///
    /// A config's media type stands in for a missing artifact type and ends in `json` without saying so.
    pub fn declare_document(&self, artifact_type: &str) -> bool {
        let base = base(artifact_type);
        let mut parts = base.split(|character: char| !character.is_ascii_alphanumeric());
        let is_config = parts.any(|part| part == "config" || part == "container");
        base != EMPTY && ((is_json(&base) && !is_config) || self.are_in(&base))
    }

    /// Whether a part of a type, without parameters, begins with one of them.
    fn are_in(&self, base: &str) -> bool {
        let begins = |word: &&str| {
            base.split(|character: char| !character.is_ascii_alphanumeric()).any(|part| part.starts_with(*word))
        };
        self.0.iter().any(|word| base.contains(word) && (word.contains(['-', '_', '.']) || begins(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> DocumentWords {
        DocumentWords::new(["prov", "sbom", "cyclonedx", "stac", "metadata", "run-manifest"])
    }

    #[test]
    fn evidence_is_chosen_by_type_or_title() {
        for (media_type, title, expected) in [
            ("application/ld+json", None, true),
            ("application/vnd.dev.sigstore.bundle+json;version=0.1", None, true),
            ("application/vnd.kfm.prov+jsonld", None, true),
            ("application/vnd.kfm.sbom.v1+spdxjson", None, true),
            ("application/vnd.oci.image.layer.v1.tar", Some("prov.jsonld"), true),
            ("application/vnd.oci.image.layer.v1.tar", Some("preview.png"), false),
            ("application/vnd.oci.image.layer.v1.tar+gzip", None, false),
            (EMPTY, Some("a.json"), false),
        ] {
            assert_eq!(may_be_evidence(media_type, title), expected, "{media_type} {title:?}");
        }
        for (media_type, title, expected) in [
            ("application/vnd.kfm.metadata.stac.v1+json", None, true),
            ("application/ld+json", None, true),
            ("application/vnd.oci.image.layer.v1.tar", Some("stac/Item.JSON"), true),
            ("application/geo+json", Some("item.json"), true),
            ("application/geo+json", Some("soils.geojson"), false),
            ("application/json", Some("soils.bin"), false),
            ("application/geo+json", None, false),
            ("application/vnd.pmtiles", Some("soils.pmtiles"), false),
            ("application/vnd.dev.sigstore.bundle.v0.3+json", Some("a.json"), false),
            (EMPTY, Some("a.json"), false),
        ] {
            assert_eq!(words().may_be_own_document(media_type, title), expected, "{media_type} {title:?}");
        }
        for (media_type, title, expected) in [
            ("application/vnd.kfm.metadata.stac.v1+json", None, true),
            ("application/vnd.oci.image.layer.v1.tar", Some("soils.json"), false),
            ("application/vnd.oci.image.layer.v1.tar", Some("stac-item.json"), true),
            ("application/json", Some("soils.json"), false),
            ("application/json", Some("metadata.json"), true),
            ("application/geo+json", Some("stac/kansas.json"), true),
            ("application/geo+json", Some("item.json"), true),
            ("application/geo+json", Some("soils.json"), false),
            ("application/geo+json", Some("provinces.json"), false),
            ("application/vnd.acme.grid+json", Some("grid.json"), false),
        ] {
            assert_eq!(words().is_own_document(media_type, title), expected, "{media_type} {title:?}");
        }
        assert!(words().declare_document("application/vnd.kfm.provenance.provjsonld.v1"));
        assert!(words().declare_document("application/vnd.cyclonedx+xml"));
        assert!(words().declare_document("application/vnd.example.metadata.v1"));
        for other in ["image/png", "application/vnd.oci.image.config.v1+json", "application/vnd.acme.approval.v1"] {
            assert!(!words().declare_document(other), "{other}");
        }
    }
}
