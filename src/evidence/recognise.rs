//! From the layers of the graph to [`Evidence`].

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::bundle::{Bundle, BundleContent};
use super::document;
use super::envelope::Envelope;
use super::kinds::DocumentKind;
use super::predicate::PredicateTable;
use super::simple_signing::{CERTIFICATE, LOG_ENTRY, SIGNATURE, SimpleSigning, TIMESTAMP};
use super::{Class, Content, statement};
use crate::graph::{FileEvidence, LayerState, Link, Node, ReferrerGraph, Subject};
use crate::limits::Limits;
use crate::oci::json::JsonError;
use crate::oci::media_type::{self, DocumentWords};
use crate::oci::{Descriptor, Digest};

/// One recognised item of the graph. Untrusted.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Digest of the manifest that holds it.
    pub manifest: Digest,
    /// Digest of the layer.
    pub document: Digest,
    /// What its manifest is about: the subject or another referrer.
    pub about: Digest,
    /// How its manifest is linked to that.
    pub link: Link,
    /// Media type of the layer.
    pub media_type: String,
    /// File name of the layer.
    pub title: Option<String>,
    /// What its manifest declares to be.
    pub artifact_type: Option<String>,
    /// What it is.
    pub form: Form,
}

/// What an item is.
#[derive(Debug, Clone)]
pub enum Form {
    /// Something signed, and its signatures.
    Signed(SignedMaterial),
    /// A document that is not signed itself.
    Document {
        /// Its kinds, each once: what it is judged as. At least one.
        kinds: Vec<DocumentKind>,
        /// What its manifest's type declares its class to be.
        declared: Option<Class>,
        /// Its content.
        content: Content,
    },
    /// Fetched as evidence, but it would take too much memory to read: the class that it was declared to be.
    TooLarge {
        /// The class it may be of.
        class: Option<Class>,
    },
    /// A known kind of signature that nothing here can check.
    Unsupported {
        /// What it is called.
        what: &'static str,
    },
    /// Fetched as evidence, but not acceptable: the class that it was declared to be, and why.
    Unacceptable {
        /// The class it would have been.
        class: Option<Class>,
        /// What is wrong with it.
        reason: String,
    },
}

/// Signed material, one kind per file in `verify`.
#[derive(Debug, Clone)]
pub enum SignedMaterial {
    /// A Sigstore bundle.
    Bundle(Bundle),
    /// A DSSE envelope in a cosign `.att` layer.
    Envelope(Envelope),
    /// A cosign simple-signing payload with its signature in the layer's annotations.
    SimpleSigning(SimpleSigning),
}

impl SignedMaterial {
    /// The envelope, if it is or has one.
    pub fn envelope(&self) -> Option<&Envelope> {
        match self {
            SignedMaterial::Bundle(Bundle { signed: BundleContent::Envelope(envelope), .. })
            | SignedMaterial::Envelope(envelope) => Some(envelope),
            SignedMaterial::Bundle(_) | SignedMaterial::SimpleSigning(_) => None,
        }
    }

    /// The name in reports and in the policy input.
    pub fn name(&self) -> &'static str {
        match self {
            SignedMaterial::Bundle(_) => "bundle",
            SignedMaterial::Envelope(_) => "envelope",
            SignedMaterial::SimpleSigning(_) => "simple-signing",
        }
    }
}

/// Says of every layer that was read what it is.
pub fn recognise(graph: &ReferrerGraph, predicates: &PredicateTable, limits: &Limits) -> Vec<Evidence> {
    let words = document::words();
    let reader = Reader { layers: &graph.layers, predicates, words: &words, limits, memory: Cell::new(0) };
    let files = graph.files.iter().filter_map(|file| reader.file(file, &graph.subject));
    let own = reader.own_layers(&graph.subject);
    graph.nodes.iter().flat_map(|node| reader.node(node)).chain(own).chain(files).collect()
}

struct Reader<'a> {
    layers: &'a BTreeMap<Digest, LayerState>,
    predicates: &'a PredicateTable,
    words: &'a DocumentWords,
    limits: &'a Limits,
    /// Bytes that the documents take so far.
    memory: Cell<u64>,
}

impl Reader<'_> {
    fn node(&self, node: &Node) -> Vec<Evidence> {
        let artifact_type = node.manifest.effective_type().map(str::to_owned);
        if artifact_type.as_deref().is_some_and(|declared| media_type::base(declared) == media_type::NOTARY_SIGNATURE) {
            return vec![notary(node, artifact_type)];
        }
        let declared = artifact_type.as_deref().and_then(document::declared_class);
        let mut found = Vec::new();
        // A manifest may list one layer thousands of times. Two signatures of one payload are one layer, and differ in
        // their annotations. Under another type it may be something else, and is listed once for each.
        let (mut seen, mut told) = (BTreeSet::new(), BTreeSet::new());
        for layer in node.manifest.layers() {
            if !seen.insert((&layer.digest, signature(layer), ReadAs::of(layer))) {
                continue;
            }
            let Some(LayerState::Read(bytes)) = self.layers.get(&layer.digest) else { continue };
            let form = self.content(&layer.media_type, &layer.annotations, bytes, declared);
            if let Form::Document { kinds, .. } = &form
                && !told.insert((&layer.digest, kinds.clone()))
            {
                continue;
            }
            found.push(Evidence {
                manifest: node.digest.clone(),
                document: layer.digest.clone(),
                about: node.about.clone(),
                link: node.link,
                media_type: layer.media_type.clone(),
                title: layer.title().map(str::to_owned),
                artifact_type: artifact_type.clone(),
                form,
            });
        }
        let is_read = |layer: &Descriptor| matches!(self.layers.get(&layer.digest), Some(LayerState::Read(_)));
        apply_declaration(&mut found, declared, node.manifest.layers().iter().all(is_read));
        found
    }

    /// Documents among the subject's own layers. What is of no known kind is data, and so is what is signed. What
    /// nobody can read is data only where its type says so.
    fn own_layers(&self, subject: &Subject) -> Vec<Evidence> {
        let is_named = |layer: &Descriptor| self.words.is_own_document(&layer.media_type, layer.title());
        let is_wanted = |layer: &&Descriptor| self.words.may_be_own_document(&layer.media_type, layer.title());
        // One layer may be listed under several types and names: data under the first may be a document under the next.
        let (mut seen, mut told) = (BTreeSet::new(), BTreeSet::new());
        let wanted = subject.manifest.layers().iter().filter(is_wanted);
        let layers = wanted.filter(|layer| seen.insert((&layer.digest, ReadAs::of(layer), is_named(layer))));
        let document = |layer: &Descriptor| {
            let Some(LayerState::Read(bytes)) = self.layers.get(&layer.digest) else { return None };
            if told.contains(&layer.digest) {
                return None;
            }
            let form = self.content(&layer.media_type, &BTreeMap::new(), bytes, None);
            let is_document = match &form {
                Form::Document { kinds, .. } => kinds.iter().any(|kind| *kind != DocumentKind::Unknown),
                Form::Unacceptable { .. } | Form::TooLarge { .. } => is_named(layer),
                Form::Signed(_) | Form::Unsupported { .. } => false,
            };
            if is_document {
                told.insert(layer.digest.clone());
            }
            is_document.then(|| Evidence {
                manifest: subject.descriptor.digest.clone(),
                document: layer.digest.clone(),
                about: subject.descriptor.digest.clone(),
                link: Link::OwnLayer,
                media_type: layer.media_type.clone(),
                title: layer.title().map(str::to_owned),
                artifact_type: None,
                form,
            })
        };
        layers.filter_map(document).collect()
    }

    /// A file stands for itself: no manifest holds it, and nothing declares what it is.
    fn file(&self, file: &FileEvidence, subject: &Subject) -> Option<Evidence> {
        let Some(LayerState::Read(bytes)) = self.layers.get(&file.digest) else { return None };
        Some(Evidence {
            manifest: file.digest.clone(),
            document: file.digest.clone(),
            about: subject.descriptor.digest.clone(),
            link: Link::File,
            media_type: file.media_type.to_owned(),
            title: Some(file.name.clone()),
            artifact_type: None,
            form: self.content(file.media_type, &file.annotations, bytes, None),
        })
    }

    fn content(
        &self,
        media_type: &str,
        annotations: &BTreeMap<String, String>,
        bytes: &Arc<Vec<u8>>,
        declared: Option<Class>,
    ) -> Form {
        let base = media_type::base(media_type);
        let class = document::recognise_media_type(media_type).map(DocumentKind::class).or(declared);
        let unacceptable = |reason: String| Form::Unacceptable { class, reason };
        // The payload is signed as it stands, so it is kept as bytes and read after its signature was checked.
        if base == media_type::SIMPLE_SIGNING {
            let (found, limit) = (bytes.len(), self.limits.simple_signing_bytes);
            if found > limit {
                return unacceptable(format!("expected at most {limit} bytes of what cosign signs, found {found}"));
            }
            return Form::Signed(SignedMaterial::SimpleSigning(SimpleSigning::new(Arc::clone(bytes), annotations)));
        }
        // What is several documents in one is read as a whole.
        let main = |value: &Value| match self.kinds(value, media_type).as_slice() {
            [only] => *only,
            _ => DocumentKind::Unknown,
        };
        let document = match Content::parse(bytes, self.limits.json_depth, main) {
            Ok(document) => document,
            Err(JsonError::Memory { .. }) => return Form::TooLarge { class },
            Err(error) => return unacceptable(error.to_string()),
        };
        let kinds = self.kinds(document.value(), media_type);
        // Before anything is kept of it, whatever it is; rules get it once for each kind.
        let copies = u64::try_from(kinds.len()).unwrap_or(u64::MAX);
        let kept = self.memory.get().saturating_add(document.memory().saturating_mul(copies));
        if kept > self.limits.document_memory {
            return Form::TooLarge { class };
        }
        self.memory.set(kept);
        let content = document.value();
        if base.starts_with(media_type::SIGSTORE_BUNDLE_PREFIX) || Bundle::looks_like(content) {
            return match Bundle::read(document.into_value()) {
                Ok(bundle) => Form::Signed(SignedMaterial::Bundle(bundle)),
                Err(error) => unacceptable(format!("not a Sigstore bundle: {}", error.message)),
            };
        }
        if base == media_type::DSSE_ENVELOPE || Envelope::looks_like(content) {
            return match Envelope::read(content) {
                Ok(envelope) => Form::Signed(SignedMaterial::Envelope(envelope.with_annotations(annotations))),
                Err(error) => unacceptable(format!("not a DSSE envelope: {}", error.message)),
            };
        }
        Form::Document { kinds, declared, content: document }
    }

    /// A statement's predicate type says what it is, and a team may have types of its own.
    fn kinds(&self, content: &Value, media_type: &str) -> Vec<DocumentKind> {
        if statement::recognise(content) {
            return vec![self.predicates.kind_of(content)];
        }
        let mut kinds = document::recognise_content(content);
        if kinds.is_empty() {
            kinds.push(document::recognise_media_type(media_type).unwrap_or(DocumentKind::Unknown));
        }
        kinds
    }
}

/// A Notary Project signature (Notary Project `signature-specification.md` § Storage: one layer, a JWS or COSE envelope). It
/// is a signature, so that a missing one is not said to be missing; nobody here looked into it, so that it is no proof.
fn notary(node: &Node, artifact_type: Option<String>) -> Evidence {
    let layer = node.manifest.layers().first();
    Evidence {
        manifest: node.digest.clone(),
        document: layer.map_or_else(|| node.digest.clone(), |layer| layer.digest.clone()),
        about: node.about.clone(),
        link: node.link,
        media_type: layer.map_or(media_type::NOTARY_SIGNATURE, |layer| layer.media_type.as_str()).to_owned(),
        title: None,
        artifact_type,
        form: Form::Unsupported { what: "Notary Project signature" },
    }
}

/// As what a layer is read by its type, where its content does not say what it is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum ReadAs {
    SimpleSigning,
    Bundle,
    Envelope,
    Document(Option<DocumentKind>),
}

impl ReadAs {
    fn of(layer: &Descriptor) -> Self {
        match media_type::base(&layer.media_type).as_str() {
            media_type::SIMPLE_SIGNING => ReadAs::SimpleSigning,
            media_type::DSSE_ENVELOPE => ReadAs::Envelope,
            base if base.starts_with(media_type::SIGSTORE_BUNDLE_PREFIX) => ReadAs::Bundle,
            _ => ReadAs::Document(document::recognise_media_type(&layer.media_type)),
        }
    }
}

/// What makes a signature of its layer, where that stands in annotations.
fn signature(layer: &Descriptor) -> Option<[Option<&String>; 4]> {
    let base = media_type::base(&layer.media_type);
    let is_signed = base == media_type::SIMPLE_SIGNING || base == media_type::DSSE_ENVELOPE;
    is_signed.then(|| [SIGNATURE, CERTIFICATE, LOG_ENTRY, TIMESTAMP].map(|name| layer.annotations.get(name)))
}

/// A manifest declared to be of a class needs a document of that class: if no layer is one by its own content, the layers
/// of unknown kind, or else all documents, are judged as what the manifest declares too, and so are told what they lack.
/// Where a layer could not be read, that may be the document, and what is of a kind of its own stays what it is.
fn apply_declaration(found: &mut [Evidence], declared: Option<Class>, all_read: bool) {
    let Some(declared) = declared else { return };
    let Some(kind) = document::declared_kind(declared) else { return };
    let served = found.iter().any(|evidence| match &evidence.form {
        Form::Document { kinds, .. } => kinds.iter().any(|kind| kind.class() == declared),
        // Signed material proves itself.
        Form::Signed(_) => true,
        Form::Unacceptable { .. } | Form::TooLarge { .. } | Form::Unsupported { .. } => false,
    });
    if served {
        return;
    }
    let is_unknown = |kinds: &[DocumentKind]| kinds == [DocumentKind::Unknown];
    let is_readable = |evidence: &Evidence| matches!(evidence.form, Form::Document { .. });
    let is_whole = all_read && found.iter().all(is_readable);
    let some_unknown =
        found.iter().any(|evidence| matches!(&evidence.form, Form::Document { kinds, .. } if is_unknown(kinds)));
    for evidence in found {
        match &mut evidence.form {
            Form::Document { kinds, .. } if is_unknown(kinds) => *kinds = vec![kind],
            // A statement is what its predicate type says.
            Form::Document { kinds, content, .. }
                if is_whole && !some_unknown && !statement::recognise(content.value()) =>
            {
                kinds.push(kind);
            }
            _ => {}
        }
    }
}
