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

/// Whether a layer of the subject itself may be a document about it: by a type that says so, or by a title. A data
/// layer is not read, and so is no GeoJSON, which a STAC Item is only where its title ends in `.json`.
pub fn may_be_own_document(media_type: &str, title: Option<&str>) -> bool {
    let base = base(media_type);
    let title = title.map(str::to_ascii_lowercase);
    let titled = title.as_deref().is_some_and(|title| title.ends_with(".json") || title.ends_with(".jsonld"));
    let is_signed = base.starts_with(SIGSTORE_BUNDLE_PREFIX) || base == DSSE_ENVELOPE || base == SIMPLE_SIGNING;
    let is_named = titled || title.is_none() && matches!(base.as_str(), "application/json" | "application/ld+json");
    base != EMPTY && !is_signed && (is_named || is_json(&base) && names_document(&base))
}

/// Names that a file with a document about the data set has, in addition to what [`names_document`] knows.
const DOCUMENT_TITLES: [&str; 5] = ["item", "collection", "catalog", "provenance", "metadata"];

/// Whether a layer of the subject that may be a document has to be taken for one although nobody read it: by a type
/// or a title that says so. Any other JSON is data: or a large `soils.json` would never pass.
pub fn is_own_document(media_type: &str, title: Option<&str>) -> bool {
    let base = base(media_type);
    let title = title.unwrap_or_default().to_ascii_lowercase();
    let mut parts = title.split(|character: char| !character.is_ascii_alphanumeric());
    let titled = title.contains("run_manifest")
        || title.contains("run-manifest")
        || parts.any(|part| DOCUMENT_TITLES.contains(&part) || DOCUMENT_WORDS.contains(&part));
    titled || names_document(&base)
}

/// With one of these a part of a referrer's artifact type begins if the referrer is a document.
const DOCUMENT_WORDS: [&str; 12] = [
    "prov",
    "slsa",
    "sbom",
    "spdx",
    "cyclonedx",
    "stac",
    "dcat",
    "metadata",
    "runmanifest",
    "toto",
    "dsse",
    "sigstore",
];

/// Whether an artifact type says that the referrer is a document (and not, say, a preview image).
///
/// A config's media type stands in for a missing artifact type and ends in `json` without saying so.
pub fn declares_document(artifact_type: &str) -> bool {
    let base = base(artifact_type);
    let mut parts = base.split(|character: char| !character.is_ascii_alphanumeric());
    let is_config = parts.any(|part| part == "config" || part == "container");
    base != EMPTY && ((is_json(&base) && !is_config) || names_document(&base))
}

/// Whether a type, without parameters, names a kind of document.
pub fn names_document(base: &str) -> bool {
    let mut parts = base.split(|character: char| !character.is_ascii_alphanumeric());
    base.contains("run-manifest") || parts.any(|part| DOCUMENT_WORDS.iter().any(|word| part.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(may_be_own_document(media_type, title), expected, "{media_type} {title:?}");
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
            assert_eq!(is_own_document(media_type, title), expected, "{media_type} {title:?}");
        }
        assert!(declares_document("application/vnd.kfm.provenance.provjsonld.v1"));
        assert!(declares_document("application/vnd.cyclonedx+xml"));
        assert!(declares_document("application/vnd.example.metadata.v1"));
        for other in ["image/png", "application/vnd.oci.image.config.v1+json", "application/vnd.acme.approval.v1"] {
            assert!(!declares_document(other), "{other}");
        }
    }
}
