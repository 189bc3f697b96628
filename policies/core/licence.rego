# METADATA
# scope: package
# title: The licence is stated, valid, and the same everywhere
# description: >-
#   The subject's annotation, catalogue metadata (STAC, DCAT) or the entity that PROV says was made state a licence.
#   Signed sources decide, else all unsigned ones: all that state one state a valid SPDX expression, and the same.
#   What a signed SBOM says of the described element never satisfies, but must not disagree.
# custom:
#   id: licence
#   severity: critical
#   quantifier: all
#   kind: metadata
#   rationale: Without a licence nobody may use the artifact, and two licences are none.
#   remedy: State one SPDX expression in the metadata and in the annotation org.opencontainers.image.licenses.
#   codes:
#     absent: no licence is stated
#     disagreement: the deciding sources state different licences
#     not_allowed: the settings do not allow the licence
#     not_spdx: a licence is no SPDX expression
#     sbom_disagrees: a signed SBOM states another licence
#     unsigned: the licence is stated unsigned
#     unsigned_disagrees: an unsigned source states another licence than the signed ones
#     unsigned_sbom_disagrees: an unsigned SBOM states another licence
package ocigate.core.licence

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

deciding := [claim | some claim in input.claims.licence; claim.decides]

signed if {
	some claim in deciding
	claim.proven
}

valid := [claim | some claim in deciding; claim.valid == true]

stated := {claim.normal | some claim in valid}

# What is agreed on: undefined unless all that is valid is one expression.
agreed := sort(stated)[0] if count(stated) == 1

missing if count(deciding) == 0

# PROV that nobody could check may state it.
unknown if {
	missing
	count(data.ocigate.lib.evidence.unchecked({"provenance"})) > 0
}

deny contains missing_finding if {
	missing
	not unknown
}

undecided contains missing_finding if unknown

missing_finding := data.ocigate.lib.finding.unmet(
	"absent",
	sprintf("expected a licence of %s in its annotations, in STAC or DCAT metadata or in PROV, found none%s%s", [
		input.subject.digest,
		uncounted_note,
		data.ocigate.lib.evidence.others_note({"metadata", "provenance"}),
	]),
	array.concat(array.concat([data.ocigate.lib.finding.subject], [claim.place | some claim in input.claims.licence]), data.ocigate.lib.evidence.others({"metadata", "provenance"})),
	sprintf("Push with `oras push --annotation org.opencontainers.image.licenses=CC-BY-4.0 …`, or attach metadata that states it: `oras attach --artifact-type application/vnd.kfm.metadata.stac.v1 %s item.json:application/geo+json`.", [data.ocigate.lib.text.pinned]),
)

uncounted_note := "" if {
	count(input.claims.licence) == 0
} else := "; unsigned documents state one, but a signed one of their kind exists or is demanded"

deny contains finding if {
	some claim in deciding
	claim.valid != true
	finding := data.ocigate.lib.finding.wrong(
		"not_spdx",
		sprintf("expected an SPDX licence expression, found %s%s", [data.ocigate.lib.claims.shown(claim), data.ocigate.lib.claims.suggestion_note(claim)]),
		[claim.place],
		"Write the expression of the licence from https://spdx.org/licenses/, or `LicenseRef-NAME` for one that is not listed there.",
	)
}

deny contains finding if {
	count(stated) > 1
	finding := data.ocigate.lib.finding.wrong(
		"disagreement",
		sprintf("the sources of the licence disagree: %s", [data.ocigate.lib.claims.listed(valid)]),
		[claim.place | some claim in valid],
		"Find out which licence is right, and state that one everywhere.",
	)
}

deny contains finding if {
	some claim in valid
	not allowed(claim)
	finding := data.ocigate.lib.finding.wrong(
		"not_allowed",
		sprintf("the licence %s is not one of those that the settings allow (%s)", [data.ocigate.lib.claims.shown(claim), data.ocigate.lib.text.listed(allow_list)]),
		[claim.place],
		"Use an allowed licence, or have `config.licence.allowed` changed by those who decide on it.",
	)
}

# What a signed SBOM says of the described element never satisfies, and must not disagree.
deny contains finding if {
	some described in input.licences.described
	described.proven
	described.normal != agreed
	finding := sbom_disagrees("sbom_disagrees", "the signed", described)
}

warn contains finding if {
	count(input.proven.sbom) == 0
	some described in input.licences.described
	described.normal != agreed
	finding := sbom_disagrees("unsigned_sbom_disagrees", "an unsigned", described)
}

sbom_disagrees(code, which, described) := data.ocigate.lib.finding.wrong(
	code,
	sprintf("%s SBOM says that the licence of what it describes is `%s`, not `%s`", [which, described.licence, agreed]),
	array.concat([described.place], [claim.place | some claim in valid]),
	"Find out which licence is right, then make the SBOM or the metadata again.",
)

warn contains finding if {
	signed
	some claim in input.claims.licence
	not claim.proven
	is_string(claim.value)
	claim.normal != agreed
	finding := data.ocigate.lib.finding.wrong(
		"unsigned_disagrees",
		sprintf("an unsigned source states another licence than the signed ones, which decide: %s, not `%s`", [data.ocigate.lib.claims.shown(claim), agreed]),
		array.concat([claim.place], [decided.place | some decided in deciding]),
		"Find out which licence is right, and remove the document that is wrong.",
	)
}

warn contains finding if {
	count(deciding) > 0
	not signed
	finding := data.ocigate.lib.finding.wrong(
		"unsigned",
		sprintf("the licence is present, unsigned: anyone who can push could have written it (%s)", [data.ocigate.lib.claims.listed(deciding)]),
		[claim.place | some claim in deciding],
		sprintf("Sign the subject with its annotations (`cosign sign --key cosign.key %s`), or attest the metadata.", [data.ocigate.lib.text.pinned]),
	)
}

default allow_list := []

allow_list := data.config.licence.allowed

permitted := {ocigate.licence.normal(listed) | some listed in allow_list}

# Where no setting says which, every one is.
allowed(_) if count(allow_list) == 0

# An expression of the settings permits just that; of alternatives one is enough, of which every licence has to be listed.
allowed(claim) if claim.normal in permitted

allowed(claim) if {
	some way in ocigate.licence.ways(claim.value)
	every licence in way {
		ocigate.licence.normal(licence) in permitted
	}
}

accept contains data.ocigate.lib.evidence.claimed(claim, data.ocigate.lib.claims.shown(claim)) if some claim in valid
