//! Whether a digest in a document is evidently that of a file, and not of another manifest: a digest does not tell what it is of.

use std::collections::BTreeSet;

use crate::dossier::Document;
use crate::evidence::{Class, DocumentKind, StatedDigest};

use super::super::subject::SubjectParts;

/// How names of files end.
const ENDINGS: [&str; 81] = [
    "7z",
    "arrow",
    "avro",
    "bin",
    "bz2",
    "cog",
    "copc",
    "csv",
    "dbf",
    "deb",
    "exe",
    "feather",
    "fgb",
    "geojson",
    "geojsonl",
    "geojsonseq",
    "geoparquet",
    "gif",
    "gml",
    "gpkg",
    "gpx",
    "grib",
    "grib2",
    "gz",
    "h5",
    "hdf",
    "hdf5",
    "html",
    "ipynb",
    "jar",
    "jp2",
    "jpeg",
    "jpg",
    "json",
    "jsonl",
    "jsonld",
    "kml",
    "kmz",
    "las",
    "laz",
    "log",
    "mbtiles",
    "md",
    "nc",
    "ndjson",
    "onnx",
    "parquet",
    "pdf",
    "pmtiles",
    "png",
    "prj",
    "rdf",
    "rpm",
    "safetensors",
    "shp",
    "shx",
    "so",
    "sql",
    "sqlite",
    "svg",
    "tar",
    "tgz",
    "tif",
    "tiff",
    "toml",
    "topojson",
    "tsv",
    "ttl",
    "txt",
    "vrt",
    "wasm",
    "webp",
    "whl",
    "xlsx",
    "xml",
    "xz",
    "yaml",
    "yml",
    "zarr",
    "zip",
    "zst",
];

/// Words beside a digest that speak of a registry.
const REGISTRY_WORDS: [&str; 5] = ["oci", "ocidigest", "manifest", "manifestdigest", "docker"];

/// Words beside a digest that speak of a file.
const FILE_WORDS: [&str; 3] = ["file", "files", "path"];

/// What stands between words.
const SEPARATORS: [char; 23] = [
    '/', '_', '-', '.', ':', '@', '#', ' ', ',', ';', '(', ')', '[', ']', '<', '>', '=', '?', '&', '`', '\'', '"', '\\',
];

/// Whether it is evidently a file: its name ends like a file's, or it is called one, and nothing around it speaks of a
/// registry.
pub(super) fn is_file(document: &Document, output: &StatedDigest, subject: &SubjectParts<'_>) -> bool {
    let name = output.name.as_deref().unwrap_or_default().to_lowercase();
    let ending = file_name(&name);
    let around = format!("{} {}", output.pointer, text_around(document, output)).to_lowercase();
    let spoken = format!("{around}/{}", name.strip_suffix(ending).unwrap_or(&name)).replace("~1", "/");
    let words: BTreeSet<&str> = spoken.split(SEPARATORS).collect();
    let is_called_file = !ending.is_empty()
        || FILE_WORDS.iter().any(|word| words.contains(word))
        || is_entry_with_path(document, output);
    let repository = subject.repository.as_deref().map(str::to_lowercase);
    let all = format!("{around} {name}");
    let is_marked = |mark: &str| all.contains(mark);
    is_called_file
        && !REGISTRY_WORDS.iter().any(|word| words.contains(word))
        && !is_marked("@sha256:")
        && !is_marked("@sha512:")
        && !repository.as_deref().is_some_and(is_marked)
}

/// The last word of a name, if it ends like the name of a file; else nothing.
fn file_name(name: &str) -> &str {
    let last = name.rsplit(['/', ' ']).next().unwrap_or_default();
    let path = last.split('?').next().unwrap_or_default();
    match path.rsplit_once('.') {
        Some((_, ending)) if ENDINGS.contains(&ending) => last,
        _ => "",
    }
}

/// The text that holds the digest, where it holds more (`oci://…@sha256:…`). SBOMs are not kept as a whole, so of them only
/// what their reader found.
fn text_around<'a>(document: &'a Document, output: &'a StatedDigest) -> &'a str {
    if let Some(text) = &output.text {
        return text;
    }
    if document.kind.class() == Class::Sbom {
        return "";
    }
    document.content.value().pointer(&output.pointer).and_then(|value| value.as_str()).unwrap_or_default()
}

/// An entry of a run manifest with a `path`: the digest is a member of it, or of its `digest`.
fn is_entry_with_path(document: &Document, output: &StatedDigest) -> bool {
    if document.kind != DocumentKind::RunManifest {
        return false;
    }
    let above = |pointer: &'_ str| pointer.rsplit_once('/').map(|(above, _)| above.to_owned());
    let has_path = |entry: &String| {
        let path = document.content.value().pointer(&format!("{entry}/path"));
        path.is_some_and(serde_json::Value::is_string)
    };
    let entry = above(&output.pointer);
    let outer = entry.as_deref().and_then(above);
    entry.iter().chain(&outer).any(has_path)
}
