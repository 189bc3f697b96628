//! Builds artifacts with everything that can refer to them, as OCI layouts, the way oras and cosign do.
//!
//! Keys are Ed25519 with fixed seeds, so that the same calls give the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ocigate::oci::Digest;
use serde_json::{Value, json};

pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";
pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub const SIGN: &str = "https://sigstore.dev/cosign/sign/v1";
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";

/// A signing key of the tests.
pub struct Key {
    pair: Ed25519KeyPair,
}

impl Key {
    /// The key with this number; the same number gives the same key.
    pub fn number(number: u8) -> Self {
        Key { pair: Ed25519KeyPair::from_seed_unchecked(&[number; 32]).unwrap() }
    }

    /// PEM of the public key (RFC 8410 §4: the prefix is that of every Ed25519 SubjectPublicKeyInfo).
    pub fn public_pem(&self) -> String {
        const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        let der = [&PREFIX[..], self.pair.public_key().as_ref()].concat();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

/// A layer to push: title, media type, bytes.
pub struct Layer<'a>(pub &'a str, pub &'a str, pub Vec<u8>);

/// A JSON document as a layer.
pub fn document<'a>(title: &'a str, media_type: &'a str, content: &Value) -> Layer<'a> {
    Layer(title, media_type, pretty(content))
}

/// The bytes of a document, as a person would write them.
pub fn pretty(content: &Value) -> Vec<u8> {
    format!("{}\n", serde_json::to_string_pretty(content).unwrap()).into_bytes()
}

/// An OCI layout in the making.
#[derive(Default, Clone)]
pub struct Artifact {
    pub blobs: BTreeMap<String, Vec<u8>>,
    pub entries: Vec<Value>,
}

impl Artifact {
    /// Adds a blob and gives its descriptor.
    pub fn blob(&mut self, media_type: &str, bytes: Vec<u8>) -> Value {
        let digest = Digest::sha256(&bytes).to_string();
        let descriptor = json!({"mediaType": media_type, "digest": digest, "size": bytes.len()});
        self.blobs.insert(digest, bytes);
        descriptor
    }

    /// Adds a manifest without naming it in `index.json`.
    pub fn manifest(&mut self, content: &Value) -> Value {
        let media_type = content["mediaType"].as_str().unwrap().to_owned();
        self.blob(&media_type, serde_json::to_vec(content).unwrap())
    }

    /// Adds an entry to `index.json`.
    pub fn list(&mut self, mut descriptor: Value, name: Option<&str>) {
        if let Some(name) = name {
            descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": name});
        }
        self.entries.push(descriptor);
    }

    fn layers(&mut self, layers: Vec<Layer<'_>>) -> Vec<Value> {
        let mut descriptors = Vec::new();
        for Layer(title, media_type, bytes) in layers {
            let mut descriptor = self.blob(media_type, bytes);
            if !title.is_empty() {
                descriptor["annotations"] = json!({"org.opencontainers.image.title": title});
            }
            descriptors.push(descriptor);
        }
        descriptors
    }

    /// Pushes a subject under a name, as `oras push` does. Gives its digest.
    pub fn push(&mut self, name: &str, layers: Vec<Layer<'_>>, annotations: Value) -> String {
        let config = self.blob(EMPTY, b"{}".to_vec());
        let layers = self.layers(layers);
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example.layer.v1",
            "config": config, "layers": layers, "annotations": annotations,
        });
        let descriptor = self.manifest(&manifest);
        let digest = digest(&descriptor);
        self.list(descriptor, Some(name));
        digest
    }

    /// The descriptor of a manifest that is already there.
    /// The bytes of a blob or manifest.
    pub fn bytes(&self, digest: &str) -> Vec<u8> {
        self.blobs[digest].clone()
    }

    pub fn descriptor(&self, digest: &str) -> Value {
        let bytes = &self.blobs[digest];
        let manifest: Value = serde_json::from_slice(bytes).unwrap();
        json!({"mediaType": manifest["mediaType"], "digest": digest, "size": bytes.len()})
    }

    /// Attaches layers to a manifest, as `oras attach` does. Gives the referrer's digest.
    pub fn attach(&mut self, about: &str, artifact_type: &str, layers: Vec<Layer<'_>>) -> String {
        self.attach_annotated(about, artifact_type, layers, json!({}))
    }

    pub fn attach_annotated(
        &mut self,
        about: &str,
        artifact_type: &str,
        layers: Vec<Layer<'_>>,
        annotations: Value,
    ) -> String {
        let config = self.blob(EMPTY, b"{}".to_vec());
        let layers = self.layers(layers);
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": artifact_type,
            "config": config, "layers": layers, "subject": self.descriptor(about), "annotations": annotations,
        });
        let descriptor = self.manifest(&manifest);
        let digest = digest(&descriptor);
        self.list(descriptor, None);
        digest
    }

    /// Signs a manifest into a bundle, as `cosign sign --key` (v3) does.
    pub fn sign(&mut self, key: &Key, about: &str) -> String {
        self.attach_bundle(about, bundle(key, &statement(&[about], SIGN, json!({}))))
    }

    /// Attests a predicate about a manifest into a bundle, as `cosign attest --key` (v3) does.
    pub fn attest(&mut self, key: &Key, about: &str, predicate_type: &str, predicate: Value) -> String {
        self.attach_bundle(about, bundle(key, &statement(&[about], predicate_type, predicate)))
    }

    pub fn attach_bundle(&mut self, about: &str, bundle: Value) -> String {
        self.attach(about, BUNDLE, vec![Layer("", BUNDLE, serde_json::to_vec(&bundle).unwrap())])
    }

    /// Signs under cosign's `.sig` tag: `tagged` names the tag, `signed` stands in the payload.
    pub fn sign_legacy(&mut self, key: &Key, tagged: &str, signed: &str) -> String {
        let payload = json!({
            "critical": {
                "identity": {"docker-reference": "registry.example.org/kfm/layers"},
                "image": {"docker-manifest-digest": signed},
                "type": "cosign container image signature",
            },
            "optional": null,
        });
        let bytes = serde_json::to_vec(&payload).unwrap();
        let signature = STANDARD.encode(key.sign(&bytes));
        let media_type = "application/vnd.dev.cosign.simplesigning.v1+json";
        self.tag(tagged, "sig", media_type, bytes, json!({"dev.cosignproject.cosign/signature": signature}))
    }

    /// Attests under cosign's `.att` tag.
    pub fn attest_legacy(&mut self, key: &Key, about: &str, predicate_type: &str, predicate: Value) -> String {
        let envelope = envelope(key, &statement(&[about], predicate_type, predicate));
        let annotations = json!({"dev.cosignproject.cosign/signature": "", "predicateType": predicate_type});
        let media_type = "application/vnd.dsse.envelope.v1+json";
        self.tag(about, "att", media_type, serde_json::to_vec(&envelope).unwrap(), annotations)
    }

    /// Puts one layer under one of cosign's tags.
    pub fn tag(&mut self, about: &str, suffix: &str, media_type: &str, bytes: Vec<u8>, annotations: Value) -> String {
        let config = self.blob("application/vnd.oci.image.config.v1+json", b"{\"rootfs\":{}}".to_vec());
        let mut layer = self.blob(media_type, bytes);
        layer["annotations"] = annotations;
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]});
        let descriptor = self.manifest(&manifest);
        let tag = digest(&descriptor);
        self.list(descriptor, Some(&format!("{}.{suffix}", about.replace(':', "-"))));
        tag
    }

    /// Writes the layout into a folder, which must not hold another one.
    pub fn write(&self, folder: &Path) {
        fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
        fs::write(folder.join("oci-layout"), b"{\"imageLayoutVersion\":\"1.0.0\"}\n").unwrap();
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": self.entries});
        fs::write(folder.join("index.json"), pretty(&index)).unwrap();
        for (digest, bytes) in &self.blobs {
            fs::write(folder.join("blobs").join(digest.replace(':', "/")), bytes).unwrap();
        }
    }
}

/// The digest in a descriptor.
pub fn digest(descriptor: &Value) -> String {
    descriptor["digest"].as_str().unwrap().to_owned()
}

/// The hex characters of a digest.
pub fn hex(digest: &str) -> &str {
    digest.split_once(':').unwrap().1
}

/// An in-toto statement about these digests, one entry each.
pub fn statement(about: &[&str], predicate_type: &str, predicate: Value) -> Value {
    let subjects: Vec<Value> = about.iter().map(|digest| json!({"digest": {"sha256": hex(digest)}})).collect();
    json!({"_type": STATEMENT, "subject": subjects, "predicateType": predicate_type, "predicate": predicate})
}

/// A DSSE envelope with a statement.
pub fn envelope(key: &Key, statement: &Value) -> Value {
    envelope_of(key, "application/vnd.in-toto+json", &serde_json::to_vec(statement).unwrap())
}

/// A DSSE envelope with any payload.
pub fn envelope_of(key: &Key, payload_type: &str, payload: &[u8]) -> Value {
    let header = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    let signature = key.sign(&[header.as_bytes(), payload].concat());
    json!({
        "payloadType": payload_type,
        "payload": STANDARD.encode(payload),
        "signatures": [{"sig": STANDARD.encode(signature)}],
    })
}

/// A bundle v0.3 with a statement, signed with a key.
pub fn bundle(key: &Key, statement: &Value) -> Value {
    bundle_of(envelope(key, statement))
}

/// A bundle v0.3 around an envelope, to be verified with a key.
pub fn bundle_of(envelope: Value) -> Value {
    json!({
        "mediaType": BUNDLE,
        "verificationMaterial": {"publicKey": {"hint": "aGludA=="}},
        "dsseEnvelope": envelope,
    })
}

/// A bundle v0.3 around an envelope, to be verified with a certificate.
pub fn keyless_bundle(statement: &Value) -> Value {
    json!({
        "mediaType": BUNDLE,
        "verificationMaterial": {"certificate": {"rawBytes": "MIIB"}, "tlogEntries": [{}]},
        "dsseEnvelope": envelope(&Key::number(99), statement),
    })
}
