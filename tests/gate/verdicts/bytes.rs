//! Every present byte of a layout is what its digest says, or the verdict is no pass.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::artifact::{Artifact, Layer};
use crate::support::documents::{complete, data_digest, release};
use crate::support::gate::Gate;

/// The config of every oras artifact.
const EMPTY_BLOB: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

fn blob(gate: &Gate, digest: &str) -> std::path::PathBuf {
    gate.layout().join("blobs").join(digest.replace(':', "/"))
}

#[test]
fn one_changed_byte_anywhere_is_no_pass() {
    let (artifact, subject) = complete();
    for digest in artifact.blobs.keys() {
        let gate = Gate::on(&artifact);
        let path = blob(&gate, digest);
        let mut bytes = fs::read(&path).unwrap();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let found = ocigate::oci::Digest::sha256(&bytes).to_string();
        let own = [subject.as_str(), &data_digest(), EMPTY_BLOB].contains(&digest.as_str());
        // The subject, its config and its layers fail; evidence is a gap.
        let (code, row) = if own { (1, "fail content.corrupt") } else { (3, "gap gap.corrupt") };
        gate.run().assert(digest, code, &[&format!("{row} {found}")]);
    }
}

#[test]
fn a_missing_data_layer_is_not_held_and_missing_evidence_is_a_gap() {
    let (artifact, _) = complete();
    for digest in artifact.blobs.keys() {
        let gate = Gate::on(&artifact);
        fs::remove_file(blob(&gate, digest)).unwrap();
        let outcome = gate.run();
        let not_held = *digest == data_digest() || *digest == EMPTY_BLOB;
        assert_eq!(outcome.code, if not_held { 0 } else { 3 }, "{digest}\n{}", outcome.out);
    }
}

/// It is not hashed to an end that may be hours away.
#[test]
fn a_blob_of_another_size_is_refused_by_its_size() {
    let (artifact, _) = complete();
    let gate = Gate::on(&artifact);
    let size = 1u64 << 40;
    fs::OpenOptions::new().write(true).open(blob(&gate, &data_digest())).unwrap().set_len(size).unwrap();
    gate.run().assert("sparse", 1, &[&format!("fail content.corrupt {size}")]);
}

#[test]
fn a_tar_of_the_layout_is_read() {
    let (artifact, _) = complete();
    let gate = Gate::on(&artifact);
    for prefix in ["./", ""] {
        let tar = gate.layout().with_file_name("layout.tar");
        pack(&gate.layout(), &tar, prefix);
        let key = gate.layout().with_file_name("release.pub");
        let reference = format!("oci-layout:{}:v1", tar.display());
        let arguments = ["verify", "--key", key.to_str().unwrap(), &reference];
        crate::support::gate::ocigate(Path::new("."), &arguments).assert(prefix, 0, &["PASS"]);
    }
}

fn pack(folder: &Path, tar: &Path, prefix: &str) {
    let mut builder = tar::Builder::new(fs::File::create(tar).unwrap());
    let mut add = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // `set_path` would drop a leading `./`.
        let name = format!("{prefix}{name}");
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, bytes).unwrap();
    };
    for name in ["oci-layout", "index.json"] {
        add(name, &fs::read(folder.join(name)).unwrap());
    }
    for entry in fs::read_dir(folder.join("blobs/sha256")).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("blobs/sha256/{}", path.file_name().unwrap().to_str().unwrap());
        add(&name, &fs::read(&path).unwrap());
    }
}

#[test]
fn a_tar_that_leads_out_or_reads_two_ways_is_refused() {
    let (artifact, _) = complete();
    let gate = Gate::on(&artifact);
    let tar = gate.layout().with_file_name("layout.tar");
    let reference = format!("oci-layout:{}:v1", tar.display());
    let file = |name: &str| {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(0);
        header
    };
    let mut link = file("blobs/sha256/x");
    link.set_entry_type(tar::EntryType::Symlink);
    for (mut header, reason) in [
        (file("index.json"), "gap gap.malformed"),
        (file("../x"), "gap gap.malformed"),
        (file("/etc/x"), "gap gap.malformed"),
        (link, "gap gap.malformed"),
    ] {
        pack(&gate.layout(), &tar, "");
        header.set_cksum();
        let mut builder = tar::Builder::new(fs::OpenOptions::new().write(true).open(&tar).unwrap());
        // Over the end marker of two empty blocks.
        use std::io::{Seek, SeekFrom};
        builder.get_mut().seek(SeekFrom::End(-1024)).unwrap();
        builder.append(&header, &[][..]).unwrap();
        builder.finish().unwrap();
        drop(builder);
        crate::support::gate::ocigate(Path::new("."), &["verify", &reference]).assert(reason, 3, &[reason]);
    }
    // Cut in the middle of a blob.
    pack(&gate.layout(), &tar, "");
    let length = fs::metadata(&tar).unwrap().len();
    fs::OpenOptions::new().write(true).open(&tar).unwrap().set_len(length / 2).unwrap();
    let outcome = crate::support::gate::ocigate(Path::new("."), &["verify", &reference]);
    assert_eq!(outcome.code, 3, "{outcome:?}");
}

#[test]
fn a_link_in_a_layout_is_not_followed() {
    let (artifact, _) = complete();
    let gate = Gate::on(&artifact);
    let path = blob(&gate, &data_digest());
    let aside = gate.file("aside", &fs::read(&path).unwrap());
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(aside, &path).unwrap();
    gate.run().assert("link", 1, &["fail content.corrupt"]);
}

/// L1: what a folder on the way leads to lies outside of the layout.
#[test]
fn a_folder_of_a_layout_that_is_a_link_is_not_followed() {
    for folder in ["blobs", "blobs/sha256"] {
        let (artifact, _) = complete();
        let gate = Gate::on(&artifact);
        let (path, aside) = (gate.layout().join(folder), gate.layout().with_file_name("aside"));
        fs::rename(&path, &aside).unwrap();
        std::os::unix::fs::symlink(&aside, &path).unwrap();
        let outcome = gate.run();
        assert_eq!(outcome.code, 3, "{folder}: {}", outcome.out);
        outcome.assert(folder, 3, &["gap gap.malformed"]);
    }
}

/// L2: GNU tar gives a sparse file another name than its header says.
#[test]
fn a_sparse_file_in_a_tar_is_refused() {
    let (artifact, _) = complete();
    let gate = Gate::on(&artifact);
    let tar = gate.layout().with_file_name("layout.tar");
    pack(&gate.layout(), &tar, "");
    let mut builder = tar::Builder::new(fs::OpenOptions::new().write(true).open(&tar).unwrap());
    use std::io::{Seek, SeekFrom};
    builder.get_mut().seek(SeekFrom::End(-1024)).unwrap();
    let sparse: [(&str, &[u8]); 3] =
        [("GNU.sparse.major", b"1"), ("GNU.sparse.minor", b"0"), ("GNU.sparse.name", b"index.json")];
    builder.append_pax_extensions(sparse).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_path("harmless").unwrap();
    header.set_size(0);
    header.set_cksum();
    builder.append(&header, &[][..]).unwrap();
    builder.finish().unwrap();
    drop(builder);
    let reference = format!("oci-layout:{}:v1", tar.display());
    crate::support::gate::ocigate(Path::new("."), &["verify", &reference]).assert("sparse", 3, &["gap gap.malformed"]);
}

#[test]
fn a_subject_that_reads_two_ways_fails() {
    let mut artifact = Artifact::default();
    let config = artifact.blob(crate::support::artifact::EMPTY, b"{}".to_vec());
    let ambiguous = json!({
        "schemaVersion": 2, "mediaType": crate::support::artifact::MANIFEST, "config": config, "layers": [], "manifests": [],
    });
    let descriptor = artifact.manifest(&ambiguous);
    artifact.list(descriptor, Some("v1"));
    Gate::on(&artifact).run().assert("ambiguous", 1, &["fail content.corrupt"]);
}

#[test]
fn an_index_is_gated_itself_and_says_so() {
    let mut artifact = Artifact::default();
    let child = artifact.push("child", vec![Layer("a", "application/vnd.pmtiles", b"a".to_vec())], json!({}));
    let index = json!({
        "schemaVersion": 2, "mediaType": crate::support::artifact::INDEX, "manifests": [artifact.descriptor(&child)],
        "annotations": {"org.opencontainers.image.licenses": "MIT", "org.kfm.sensitivity": "public"},
    });
    let descriptor = artifact.manifest(&index);
    let subject = crate::support::artifact::digest(&descriptor);
    artifact.list(descriptor, Some("v1"));
    let mut unsigned = artifact.clone();
    artifact.sign(&release(), &subject);
    let rules = ["--disable", "provenance", "--disable", "run_manifest", "--disable", "sbom"];
    Gate::on(&artifact).with(&rules).run().assert("index", 0, &["warn subject_pinned.index_alone"]);
    // A changed byte in a child's layer is a changed byte of the subject.
    let gate = Gate::on(&artifact).with(&rules);
    fs::write(blob(&gate, &ocigate::oci::Digest::sha256(b"a").to_string()), b"b").unwrap();
    gate.run().assert("child's layer", 1, &["fail content.corrupt"]);
    // Signing the child does not sign the index.
    unsigned.sign(&release(), &child);
    Gate::on(&unsigned).with(&rules).run().assert("child signed", 1, &["fail signature.absent"]);
}
