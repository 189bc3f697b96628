//! The input document, version 1: what a policy sees of a dossier. Its schema is `schemas/input.v1.schema.json`.
//!
//! Proven and attached evidence stand apart by name, so that an unsafe read has to be typed out. Of refused and
//! unchecked evidence the content is kept out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Policies;
use crate::demands::Demands;
use crate::dossier::image_config::ImageConfig;
use crate::dossier::{Document, Dossier, Item, RequirementState};
use crate::evidence::frame::StatementPart;
use crate::evidence::{Class, Form, Package, StatedDigest};
use crate::fault::{Fault, FaultCode};
use crate::oci::title::comparable_path;
use crate::oci::{Descriptor, Digest, LayoutSelector, Reference};
use crate::relations::layers::LayerIndex;
use crate::relations::subject::SubjectParts;
use crate::relations::{DocumentRelation, Relations};
use crate::verify::{Log, Proof, Refusal, SignedBy, UncheckedMaterial};

mod description;
mod pointer;
mod relations;
mod said;

use said::stated;

/// Version of the input document.
pub const VERSION: u64 = 1;

/// Makes the input document. SBOMs enter as a summary; their content only where a loaded policy may look into it
/// ([`Policies::look_into_sboms`]), because thousands of packages cost a hundred milliseconds in Rego.
pub(crate) fn document(
    dossier: &Dossier,
    relations: &Relations<'_>,
    demands: &Demands,
    policies: &Policies,
    now: OffsetDateTime,
) -> Value {
    let sboms_whole = policies.look_into_sboms();
    let licences = &policies.relation_settings().licences;
    let related = dossier.documents.iter().zip(&relations.documents);
    let (proven, attached): (Vec<_>, Vec<_>) = related.partition(|(document, _)| document.is_proven());
    let of_classes = |documents: &[_]| classes(dossier, documents, &relations.layers, sboms_whole);
    let mut proven = of_classes(&proven);
    let signatures = dossier.signatures().map(|(item, proof)| signature(item, proof)).collect();
    proven.insert("signatures".to_owned(), Value::Array(signatures));
    let mut input = json!({
        "version": VERSION,
        "now": now.format(&Rfc3339).unwrap_or_default(),
        "subject": subject(dossier, &relations.subject, policies.look_at_image_config()),
        "demands": {
            "require_digest": demands.require_digest,
            "require_proven": demands.require_proven.iter().map(|class| class.name()).collect::<Vec<_>>(),
            "requirements": dossier.requirements.iter().map(requirement).collect::<Vec<_>>(),
            "must_be_proven": dossier.must_be_proven.iter().map(|(class, why)| (class.name(), why)).collect::<BTreeMap<_, _>>(),
        },
        "trust": {
            "configured": !dossier.trust.signers.is_empty(),
            "applicable": dossier.trust.applicable,
            "signers": dossier.trust.signers,
        },
        "proven": proven,
        "attached": of_classes(&attached),
        "contradictions": relations.contradictions.iter().map(relations::contradiction).collect::<Vec<_>>(),
        "claims": relations::claims(relations, licences),
        "licences": relations::licences(&relations.licences, licences),
        "care": relations::care(relations),
        "referrers": dossier.referrers.iter().map(|referrer| json!({
            "manifest": referrer.manifest.to_string(),
            "artifact_type": referrer.artifact_type,
            "annotations": referrer.annotations,
            "proven": referrer.proven,
            "found_in": dossier.graph.found_in(&referrer.manifest).map(ToString::to_string),
        })).collect::<Vec<_>>(),
        "unchecked": about_subject(dossier, |item| item.standing.unchecked.iter().map(|entry| unchecked(item, entry)).collect()),
        "refused": about_subject(dossier, |item| item.standing.refusals.iter().map(|entry| refused(item, entry)).collect()),
        "gaps": dossier.graph.gaps.iter().map(|gap| json!({
            "sought": gap.sought.to_string(),
            "reason": gap.reason.to_string(),
        })).collect::<Vec<_>>(),
    });
    if let (Some(fields), Some(pointer)) = (input.as_object_mut(), &dossier.pointer) {
        fields.insert("pointer".to_owned(), pointer::pointer(pointer, &relations.differences));
    }
    input
}

fn about_subject(dossier: &Dossier, entries: impl Fn(&Item) -> Vec<Value>) -> Vec<Value> {
    let about = |item: &&Item| dossier.graph.is_about_subject(&item.evidence.about);
    dossier.items.iter().filter(about).flat_map(entries).collect()
}

fn subject(dossier: &Dossier, parts: &SubjectParts<'_>, image_config: bool) -> Value {
    let subject = &dossier.graph.subject;
    let (named_by, tag) = name(&subject.reference);
    let through = dossier.graph.through.as_ref();
    let texts = |digests: &mut dyn Iterator<Item = &Digest>| digests.map(ToString::to_string).collect::<Vec<_>>();
    let manifest = &subject.manifest;
    json!({
        "reference": subject.reference.to_string(),
        "repository": subject.repository.as_ref().map(ToString::to_string),
        "digest": subject.descriptor.digest.to_string(),
        "digests": texts(&mut parts.digests.iter().copied()),
        "index": through.map(|through| json!({
            "digest": through.child.index.to_string(),
            "platform": through.child.platform,
        })),
        "named_by": named_by,
        "tag": tag,
        "tag_moved_to": subject.tag_moved_to.as_ref().map(ToString::to_string),
        "media_type": manifest.media_type,
        "artifact_type": manifest.effective_type(),
        "is_index": manifest.is_index(),
        "size": subject.bytes.len(),
        "annotations": manifest.annotations,
        "config": manifest.config().map(|config| json!({
            "digest": config.digest.to_string(),
            "media_type": config.media_type,
            "size": config.size,
            "names_subject": dossier.config_names_subject,
            "image": dossier.image_config.as_ref().filter(|_| image_config).map(image),
        })),
        "layers": layers(dossier, parts),
        "binding_layers": texts(&mut parts.binding_layers.iter().copied()),
        "proven": parts.is_proven,
    })
}

/// What a container image's config says of it.
fn image(config: &ImageConfig) -> Value {
    json!({
        "platform": config.platform,
        "created": config.created,
        "user": config.user,
        "environment": config.environment,
        "entrypoint": config.entrypoint,
        "command": config.command,
        "labels": config.labels,
        "history": config.history.iter().map(|step| json!({
            "created": step.created,
            "created_by": step.created_by,
            "comment": step.comment,
            "is_empty_layer": step.is_empty_layer,
        })).collect::<Vec<_>>(),
    })
}

fn name(reference: &Reference) -> (&'static str, Option<&str>) {
    match reference {
        Reference::Registry { digest: Some(_), tag, .. } => ("digest", tag.as_deref()),
        Reference::Registry { digest: None, tag, .. } => ("tag", tag.as_deref()),
        Reference::Layout { selector: Some(LayoutSelector::Digest(_)), .. } => ("digest", None),
        Reference::Layout { selector: Some(LayoutSelector::Name(name)), .. } => ("name", Some(name)),
        Reference::Layout { selector: None, .. } => ("root", None),
    }
}

fn layers(dossier: &Dossier, parts: &SubjectParts<'_>) -> Vec<Value> {
    let subject = &dossier.graph.subject;
    let entry = |descriptor: &Descriptor| {
        json!({
            "digest": descriptor.digest.to_string(),
            "size": descriptor.size,
            "media_type": descriptor.media_type,
            "title": descriptor.title(),
            "annotations": descriptor.annotations,
            "path": descriptor.title().map(comparable_path),
            "bytes": subject.held.get(&descriptor.digest).map_or("corrupt", |held| held.name()),
        })
    };
    parts.layers.iter().map(entry).collect()
}

/// A document and how it relates to the subject.
type RelatedDocument<'a> = (&'a Document, &'a DocumentRelation<'a>);

fn classes(
    dossier: &Dossier,
    documents: &[RelatedDocument<'_>],
    layers: &LayerIndex,
    sboms_whole: bool,
) -> Map<String, Value> {
    Class::NAMES
        .iter()
        .map(|(name, class)| {
            let of_class = documents.iter().filter(|(document, _)| document.kind.class() == *class);
            ((*name).to_owned(), of_class.map(|related| of_document(dossier, *related, layers, sboms_whole)).collect())
        })
        .collect()
}

fn of_document(
    dossier: &Dossier,
    (document, relation): RelatedDocument<'_>,
    layers: &LayerIndex,
    sboms_whole: bool,
) -> Value {
    let mut value = json!({
        "kind": document.kind.name(),
        "document": document.document.to_string(),
        "manifest": document.manifest.to_string(),
        "title": document.title,
        "media_type": document.media_type,
        "artifact_type": document.artifact_type,
        "predicate_type": document.predicate_type,
        "signers": document.signers,
        "signed_by": dossier.proofs_of(document).map(signer).collect::<Vec<_>>(),
        "declared": document.declared.map(Class::name),
        "defects": pointer::faults(&document.defects),
        "outputs": named(&document.facts.outputs),
        "inputs": named(&document.facts.inputs),
        "run_ids": stated(&document.facts.run_ids),
        "bound_by": relation.binding.bond.name(),
        "objections": relation.objections.iter().map(relations::objection).collect::<Vec<_>>(),
    });
    if let Some(fields) = value.as_object_mut() {
        if let Some(summary) = &document.facts.summary {
            fields.insert("summary".to_owned(), summary.clone());
        }
        if let Some(form) = document.facts.canonical_form {
            fields.insert("canonical_form".to_owned(), form.into());
        }
        if !document.description.is_empty() {
            fields.insert("description".to_owned(), description::description(&document.description, layers));
        }
        if document.kind.class() != Class::Sbom || (sboms_whole && !document.is_only_summarised) {
            let packages = match document.kind.class() {
                Class::Sbom => dossier.packages(document).map(Some),
                _ => Ok(None),
            };
            match dossier.whole(document).and_then(|content| Ok((content, packages?))) {
                Ok((content, packages)) => {
                    let packages = packages.map(|all| all.into_iter().map(Package::into_value).collect());
                    packages.into_iter().for_each(|all: Value| drop(fields.insert("packages".to_owned(), all)));
                    let framed = FramedContent::of(content);
                    fields.insert("content_at".to_owned(), framed.pointer.into());
                    fields.insert("statement".to_owned(), framed.statement);
                    fields.insert("content".to_owned(), framed.content)
                }
                // The same bytes were parsed before; if that should fail, no rule may take it for an empty document.
                Err(error) => {
                    let fault = Fault::new(FaultCode::Unreadable, "", error.to_string());
                    fields.insert("defects".to_owned(), pointer::faults(&[fault]).into())
                }
            };
        }
    }
    value
}

/// A document, and beside it the frame of the statement that holds it: attached or attested, a policy finds it alike.
struct FramedContent {
    /// Where in the bytes the document begins.
    pointer: &'static str,
    content: Value,
    /// The members of the statement without its predicate; null where there is none.
    statement: Value,
}

impl FramedContent {
    fn of(mut whole: Value) -> Self {
        let (pointer, _) = StatementPart::Predicate.of(&whole);
        let content = whole.pointer_mut(pointer).map(Value::take).unwrap_or_default();
        match pointer {
            "" => FramedContent { pointer, content, statement: Value::Null },
            pointer => {
                whole.as_object_mut().into_iter().for_each(|frame| drop(frame.remove("predicate")));
                FramedContent { pointer, content, statement: whole }
            }
        }
    }
}

fn named(entries: &[StatedDigest]) -> Vec<Value> {
    entries
        .iter()
        .map(|entry| {
            json!({
                "digest": entry.digest.to_string(),
                "pointer": entry.pointer,
                "name": entry.name,
                "text": entry.text,
            })
        })
        .collect()
}

fn signature(item: &Item, proof: &Proof) -> Value {
    let form = match &item.evidence.form {
        Form::Signed(material) => material.name(),
        _ => "document",
    };
    let log = match proof.log() {
        Log::Verified { log, index } => json!({"log": log, "index": index}),
        Log::NoEntry | Log::NotChecked => Value::Null,
    };
    let times = proof.times().iter();
    let mut signature = json!({
        "log": log,
        "times": times
            .map(|time| json!({"at": time.at.format(&Rfc3339).unwrap_or_default(), "clock": time.clock.name()}))
            .collect::<Vec<_>>(),
        "form": form,
        "predicate_type": proof.predicate_type(),
        "document": item.evidence.document.to_string(),
        "manifest": item.evidence.manifest.to_string(),
    });
    if let (Some(fields), Value::Object(signer)) = (signature.as_object_mut(), signer(proof)) {
        fields.extend(signer);
    }
    signature
}

/// Who signed: the entry by which he may, and his key or what his certificate says of him.
fn signer(proof: &Proof) -> Value {
    let identity = match proof.by() {
        SignedBy::Key { .. } => Value::Null,
        SignedBy::Certificate { claims, root } => json!({
            "subject": claims.subject,
            "issuer": claims.issuer,
            "source_repository": claims.source_repository,
            "source_ref": claims.source_ref,
            "workflow": claims.workflow,
            "runner_environment": claims.runner_environment,
            "root": root,
        }),
    };
    json!({
        "signer": proof.signer(),
        "fingerprint": proof.by().fingerprint().to_string(),
        "identity": identity,
    })
}

fn requirement(state: &RequirementState) -> Value {
    json!({
        "expected": state.expected,
        "found": state.found,
        "is_met": state.is_met,
        "predicate_type": state.predicate_type,
    })
}

fn unchecked(item: &Item, entry: &UncheckedMaterial) -> Value {
    json!({
        "kind": item.kind,
        "document": item.evidence.document.to_string(),
        "manifest": item.evidence.manifest.to_string(),
        "predicate_type": entry.claimed_type,
        "reason": entry.reason,
    })
}

fn refused(item: &Item, entry: &Refusal) -> Value {
    json!({
        "kind": item.kind,
        "document": item.evidence.document.to_string(),
        "manifest": item.evidence.manifest.to_string(),
        "predicate_type": entry.claimed_type,
        "step": entry.step.name(),
        "reason": entry.reason,
    })
}
