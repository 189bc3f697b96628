//! What pieces of evidence say together, for the rules that decide what it means.

use serde_json::{Map, Value, json};

use super::said;
use crate::evidence::claims::{Claim, ClaimRole};
use crate::evidence::licence;
use crate::finding::Place;
use crate::relations::Relations;
use crate::relations::care::{CareBlock, CareRefusal};
use crate::relations::contradictions::Contradiction;
use crate::relations::licences::{DescribedLicence, InputLicence, LicenceConflict, LicenceRelations};
use crate::relations::objection::Objection;
use crate::relations::pointed::PointerDifference;
use crate::relations::settings::LicenceTable;
use crate::relations::sources::SourcedClaim;

pub(super) fn objection(objection: &Objection) -> Value {
    json!({"code": objection.code, "message": objection.message, "pointer": objection.pointer})
}

pub(super) fn contradiction(contradiction: &Contradiction) -> Value {
    json!({
        "kind": contradiction.kind.name(),
        "signed": contradiction.is_signed,
        "message": contradiction.message,
        "places": contradiction.places.iter().map(place).collect::<Vec<_>>(),
    })
}

pub(super) fn place(place: &Place) -> Value {
    json!({"evidence": place.document.to_string(), "pointer": place.pointer})
}

/// What is said of the subject, by role. Of licences and labels only what can be one.
pub(super) fn claims(relations: &Relations<'_>, table: &LicenceTable) -> Map<String, Value> {
    let is_meant = |source: &SourcedClaim<'_>| match source.claim.role {
        ClaimRole::Licence => source.is_licence(),
        ClaimRole::Sensitivity => source.is_label(),
        ClaimRole::Care | ClaimRole::Authority | ClaimRole::Attribution => true,
    };
    let in_role = |role: ClaimRole| {
        let all = relations.claims.iter().enumerate();
        let of_role = all.filter(|(_, source)| source.claim.role == role && is_meant(source));
        let entries = of_role.map(|(index, source)| {
            let mut value = claim(source);
            if let (ClaimRole::Licence, Some(fields)) = (role, value.as_object_mut()) {
                let text = source.claim.value.as_str();
                fields.insert("decides".to_owned(), relations.licences.deciding.contains(&index).into());
                fields.insert("normal".to_owned(), text.map(licence::normal).into());
                fields.insert("suggestion".to_owned(), text.and_then(|text| table.suggestion(text)).into());
            }
            value
        });
        (role.name().to_owned(), entries.collect())
    };
    ClaimRole::ALL.into_iter().map(in_role).collect()
}

fn claim(source: &SourcedClaim<'_>) -> Value {
    let mut value = said::claim(source.claim);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("place".to_owned(), place(&source.place));
        fields.insert("manifest".to_owned(), source.manifest.to_string().into());
        fields.insert("holder".to_owned(), source.holder.name().into());
        fields.insert("proven".to_owned(), source.is_proven.into());
        fields.insert("counts".to_owned(), source.counts.into());
    }
    value
}

/// What is said of licences besides those of the subject.
pub(super) fn licences(relations: &LicenceRelations<'_>, table: &LicenceTable) -> Value {
    let text = |claim: &Claim| claim.value.as_str().map(str::to_owned);
    let stated = |claim: &Claim, at: &Place| json!({"field": claim.field, "value": claim.value, "place": place(at)});
    let input = |input: &InputLicence<'_>| {
        let mut value = stated(input.claim, &input.place);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("input".to_owned(), input.input.into());
            fields.insert("known".to_owned(), input.is_known.into());
            fields.insert("demands_notice".to_owned(), input.demands_notice.into());
            let suggestion = text(input.claim).and_then(|text| table.suggestion(&text));
            fields.insert("suggestion".to_owned(), suggestion.into());
        }
        value
    };
    let conflict = |conflict: &LicenceConflict<'_>| {
        let from = relations.inputs.get(conflict.input)?;
        Some(json!({
            "input": from.input,
            "licence": from.claim.value,
            "subject_licence": conflict.subject.value,
            "places": [place(&from.place), place(&conflict.place)],
            "refused_by": conflict.refused_by,
            "why": conflict.why,
            "forbids": conflict.forbids,
        }))
    };
    let described = |one: &DescribedLicence| {
        let normal = licence::normal(&one.licence);
        json!({"licence": one.licence, "normal": normal, "place": place(&one.place), "proven": one.is_proven})
    };
    json!({
        "described": relations.described.iter().map(described).collect::<Vec<_>>(),
        "inputs": relations.inputs.iter().map(input).collect::<Vec<_>>(),
        "conflicts": relations.conflicts.iter().filter_map(conflict).collect::<Vec<_>>(),
        "too_many_alternatives": relations.too_many.iter().map(|(claim, at)| stated(claim, at)).collect::<Vec<_>>(),
    })
}

/// What is said of CARE.
pub(super) fn care(relations: &Relations<'_>) -> Value {
    let care = &relations.care;
    let block = |block: &CareBlock<'_>| {
        json!({
            "place": place(&block.place),
            "manifest": block.manifest.to_string(),
            "proven": block.is_proven,
            "faults": block.faults,
        })
    };
    let refusal = |refusal: &CareRefusal| json!({"status": refusal.status, "place": place(&refusal.place)});
    json!({
        "reasons": care.reasons.iter().filter_map(|index| relations.claims.get(*index)).map(claim).collect::<Vec<_>>(),
        "blocks": care.blocks.iter().map(block).collect::<Vec<_>>(),
        "refusals": care.refusals.iter().map(refusal).collect::<Vec<_>>(),
    })
}

/// Where the pointer and what is live differ.
pub(super) fn difference(difference: &PointerDifference) -> Value {
    json!({
        "code": difference.code,
        "message": difference.message,
        "places": difference.places.iter().map(place).collect::<Vec<_>>(),
        "kind": difference.kind,
    })
}
