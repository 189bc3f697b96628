# METADATA
# scope: package
# title: As many signers, and those, as the configuration demands
# description: >-
#   `[[trust.require]]` says for a repository how many distinct signers have to sign the subject, in which roles, and
#   which statements have to be signed by whom. Distinct signers differ by key, or by issuer and subject; one signer
#   fills one role.
# custom:
#   id: required_signers
#   severity: critical
#   quantifier: all
#   kind: signature
#   rationale: One stolen key or one mistaken person is then not enough to publish.
#   remedy: Have the signers that are missing sign the same digest, or attest the statement.
#   codes:
#     absent: a required signature is missing
package ocigate.core.required_signers

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

deny contains finding if {
	some requirement in input.demands.requirements
	not is_met(requirement)
	finding := data.ocigate.lib.finding.unmet(
		"absent",
		sprintf("expected %s, found %s%s", [
			requirement.expected,
			requirement.found,
			data.ocigate.lib.evidence.others_note({"signature"}),
		]),
		array.concat([data.ocigate.lib.finding.subject], data.ocigate.lib.evidence.others({"signature"})),
		remedy(requirement),
	)
}

is_met(requirement) if requirement.is_met == true

remedy(requirement) := sprintf("Sign the same digest as a signer who is missing: `cosign sign %s`.", [data.ocigate.lib.text.pinned]) if {
	requirement.predicate_type == null
} else := sprintf("Attest it as one of those signers: `cosign attest --type %s --predicate FILE %s`.", [requirement.predicate_type, data.ocigate.lib.text.pinned])

accept contains data.ocigate.lib.evidence.ground(sprintf("%s: found %s", [requirement.expected, requirement.found]), input.subject.digest) if {
	some requirement in input.demands.requirements
	is_met(requirement)
}

skip contains "the configuration requires no signers here" if count(input.demands.requirements) == 0
