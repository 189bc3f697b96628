# METADATA
# scope: package
# title: One of the allowed signers signed
# description: >-
#   Where `config.kfm.allowed_signers` names signers (names of entries, fingerprints or subjects of certificates), one of them
#   signed the subject. An empty list leaves it to the configuration who may sign.
# custom:
#   id: allowed_signers
#   severity: critical
#   quantifier: any
#   kind: signature
#   rationale: The list is reviewed apart from the configuration of one pipeline.
#   remedy: Have one of the listed signers sign the digest.
#   codes:
#     absent: none of the allowed signers has signed
package ocigate.kfm.allowed_signers

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

deny contains finding if {
	allowed := data.config.kfm.allowed_signers
	count(allowed) > 0
	count(listed) == 0
	finding := data.ocigate.lib.finding.unmet(
		"absent",
		sprintf("expected a signature by one of %s, found %s", [data.ocigate.lib.text.listed(allowed), found]),
		[data.ocigate.lib.finding.subject],
		sprintf("Have one of them sign it: `cosign sign --key cosign.key %s`.", [data.ocigate.lib.text.pinned]),
	)
}

listed := [signature |
	some signature in input.proven.signatures
	some name in data.config.kfm.allowed_signers
	name in {signature.signer, object.get(signature, "fingerprint", null), object.get(signature, ["identity", "subject"], null)}
]

found := data.ocigate.lib.text.listed(sort({sprintf("one by `%s`", [signature.signer]) | some signature in input.proven.signatures})) if {
	count(input.proven.signatures) > 0
} else := "none"

accept contains data.ocigate.lib.evidence.ground(sprintf("signed by `%s`", [signature.signer]), signature.document) if {
	some signature in listed
}

skip contains "the list is empty: the configuration says who may sign" if count(data.config.kfm.allowed_signers) == 0
