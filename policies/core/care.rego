# METADATA
# scope: package
# title: A signed CARE record exists where one is due
# description: >-
#   Where the sensitivity is rank 3 or more, or an authority to control is named, a CARE block has to exist in a
#   signed source, with its status approved, an authority to control and a reviewer. The rule checks that the
#   record exists, who vouches for it and what status it states; whether a community agrees is not for a gate to say.
# custom:
#   id: care
#   severity: critical
#   quantifier: any
#   kind: metadata
#   rationale: This is the one record whose forgery can hurt people, so it is not taken from whoever can push.
#   remedy: Have the record written by those who hold the authority, and sign or attest the metadata that holds it.
#   codes:
#     absent: a CARE block is due and there is none
#     incomplete: a signed CARE block lacks something
#     not_approved: a CARE status is another than those accepted
#     unsigned: there are only unsigned CARE blocks
package ocigate.core.care

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

due if count(input.care.reasons) > 0

# Names are left out: they can be sensitive themselves.
because := sprintf("%s has rank %v", [data.ocigate.lib.claims.shown(reason), reason.rank]) if {
	reason := input.care.reasons[0]
	is_number(reason.rank)
} else := sprintf("%s names an authority to control", [input.care.reasons[0].field])

signed := [block | some block in input.care.blocks; block.proven]

missing if {
	due
	count(input.care.blocks) == 0
}

unchecked_kinds := {"provenance", "run_manifest", "sbom", "metadata", "other"}

# Documents that nobody could check may hold it.
unknown if {
	missing
	count(data.ocigate.lib.evidence.unchecked(unchecked_kinds)) > 0
}

deny contains missing_finding if {
	missing
	not unknown
}

undecided contains missing_finding if unknown

reason_places := [reason.place | some reason in input.care.reasons]

missing_finding := data.ocigate.lib.finding.unmet(
	"absent",
	sprintf("expected a CARE block, because %s, found none%s", [because, data.ocigate.lib.evidence.others_note(unchecked_kinds)]),
	array.concat(reason_places, data.ocigate.lib.evidence.others(unchecked_kinds)),
	sprintf("Have `care` (status, authority_to_control, reviewer) written into the metadata by those who hold the authority, then attest it: `%s`.", [data.ocigate.lib.evidence.attest("stac", "item.json")]),
)

# One complete block is enough; else what the best one lacks.
deny contains finding if {
	due
	least := min([count(block.faults) | some block in signed])
	least > 0
	best := [block | some block in signed; count(block.faults) == least][0]
	some fault in best.faults
	finding := data.ocigate.lib.finding.unmet(
		"incomplete",
		sprintf("expected a complete CARE block, because %s, found one that %s", [because, fault]),
		array.concat([best.place], reason_places),
		"Have the block completed by those who hold the authority, then sign or attest the metadata again.",
	)
}

# Due or not, and whatever others say.
deny contains finding if {
	some refusal in input.care.refusals
	finding := data.ocigate.lib.finding.wrong(
		"not_approved",
		sprintf("expected the CARE status `approved`, found %s", [status(refusal)]),
		[refusal.place],
		"Do not publish. Talk to those who hold the authority, and publish what they release.",
	)
}

status(refusal) := sprintf("`%s`", [refusal.status]) if {
	is_string(refusal.status)
} else := "another"

undecided contains finding if {
	due
	count(signed) == 0
	count(input.care.blocks) > 0
	finding := data.ocigate.lib.finding.unmet(
		"unsigned",
		sprintf("expected a signed CARE block, because %s, found only unsigned ones: anyone who can push could have written them", [because]),
		array.concat([block.place | some block in input.care.blocks], reason_places),
		sprintf("Sign what holds it, `cosign sign --key cosign.key %s@%s`, or attest the metadata to %s.", [data.ocigate.lib.text.repository, input.care.blocks[0].manifest, data.ocigate.lib.text.pinned]),
	)
}

accept contains {"msg": "a complete CARE block, signed", "evidence": block.place.evidence, "pointer": block.place.pointer} if {
	due
	some block in signed
	count(block.faults) == 0
}

skip contains "no label is as high as the rank from which a CARE block is due, and no authority to control is named" if not due
