# METADATA
# scope: package
# title: The subject is signed by a permitted signer
# description: >-
#   One verified signature over the subject's own manifest digest, by a signer that the configuration permits for
#   this repository, is enough. Signed documents about the subject are no signature of it.
# custom:
#   id: signature
#   severity: critical
#   quantifier: any
#   kind: signature
#   rationale: Without it, whoever can push to the repository decides what is used.
#   remedy: Sign the digest, not the tag, with a key that the configuration permits for this repository.
#   codes:
#     absent: no permitted signer has signed
#     unchecked: there are signatures that could not be checked
package ocigate.core.signature

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

# Candidates that nobody here can judge: with no signer for this repository, that is no verdict.
cannot_tell if {
	count(input.proven.signatures) == 0
	not input.trust.applicable
	count(data.ocigate.lib.evidence.unchecked({"signature"})) > 0
}

undecided contains finding if {
	cannot_tell
	finding := data.ocigate.lib.finding.unmet(
		"unchecked",
		sprintf("expected a signature of %s by a permitted signer, found %s but %s%s", [
			input.subject.digest,
			data.ocigate.lib.text.counted(count(data.ocigate.lib.evidence.unchecked({"signature"})), "candidate"),
			no_trust,
			data.ocigate.lib.evidence.refused_note(data.ocigate.lib.evidence.refused({"signature"})),
		]),
		places,
		trust_remedy,
	)
}

deny contains finding if {
	count(input.proven.signatures) == 0
	not cannot_tell
	finding := data.ocigate.lib.finding.unmet(
		"absent",
		sprintf("expected a signature of %s by a permitted signer, found %s%s%s", [
			input.subject.digest,
			found,
			data.ocigate.lib.evidence.others_note({"signature"}),
			attestations_note,
		]),
		places,
		sprintf("Sign the digest: `cosign sign --key cosign.key %s`.", [data.ocigate.lib.text.pinned]),
	)
}

places := array.concat([data.ocigate.lib.finding.subject], data.ocigate.lib.evidence.others({"signature"}))

no_trust := "no signer to check it with" if {
	not input.trust.configured
} else := "no configured signer that may sign for this repository" if {
	is_string(input.subject.repository)
} else := "no configured signer that may sign for a layout that names no repository"

trust_remedy := "Give `--key FILE` or a `[[trust.signer]]` in the configuration." if {
	not input.trust.configured
} else := "Give `--key FILE` or a `[[trust.signer]]` whose repositories include this one." if {
	is_string(input.subject.repository)
} else := "Say which repository the layout stands for (`--as HOST/REPO`), or give `--key FILE` or a `[[trust.signer]]`."

found := "no signature at all" if {
	count(data.ocigate.lib.evidence.refused({"signature"})) == 0
	count(data.ocigate.lib.evidence.unchecked({"signature"})) == 0
	count(attestations) == 0
} else := "none"

# Signed documents that name the subject: whoever signed them vouches for them, not for it.
attestations := [document |
	some class in ["provenance", "run_manifest", "sbom", "metadata", "other"]
	some document in input.proven[class]
]

attestations_note := "" if {
	count(attestations) == 0
} else := sprintf("; there are signed documents about it (%s), but a signed SBOM is not a signature of the subject, nor is any other attestation", [data.ocigate.lib.text.listed(sort({what(document) | some document in attestations}))])

what(document) := sprintf("%s by %s", [document.predicate_type, concat(", ", document.signers)]) if {
	is_string(document.predicate_type)
} else := sprintf("%s by %s", [document.kind, concat(", ", document.signers)])

accept contains ground if {
	some signature in input.proven.signatures
	ground := data.ocigate.lib.evidence.ground(sprintf("signed by `%s`", [signature.signer]), signature.document)
}
