# METADATA
# scope: package
# title: A pointer, where one is given, agrees with what is live
# description: >-
#   What a distribution pointer (`--pointer`) says has to be so: repository, digest, artifact type, files, and the
#   signature, provenance and SBOM that it names. A pointer adds demands and never takes one back. Without a
#   pointer there is nothing to ask.
# custom:
#   id: pointer
#   severity: error
#   quantifier: all
#   rationale: A catalogue that points at other bytes, or at evidence that is not there, sends people to the wrong place.
#   remedy: Write the pointer again from what is live with `ocigate pointer`.
#   codes:
#     artifact_type_differs: the pointer states another artifact type
#     file_differs: the pointer says something else of a file than its layer
#     layer_not_listed: the pointer does not list a layer
#     media_type_differs: the pointer states another media type
#     no_such_layer: the pointer lists a file that no layer is
#     referrer_absent: the pointer names a referrer that is not there
#     referrer_elsewhere: the pointer names a referrer in another repository
#     referrer_not_named: the pointer does not name a referrer that is there
#     referrer_of_other_kind: the pointer names a referrer of another kind
#     referrer_refused: the pointer names a referrer that is refused
#     referrer_unchecked: the pointer names a referrer that could not be checked
#     repository_differs: the pointer names another repository
#     signature_absent: the pointer demands a signature and there is none
#     signer_differs: the pointer expects another signer
#     subject_differs: the pointer names another subject
#     unread_field: a field of the pointer is not understood
#   document_faults: true
package ocigate.core.pointer

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

# A pointer that this rule cannot read, which must not pass.
undecided contains finding if {
	object.get(input, "pointer", null) != null
	wrong := [name | some name in ["differences", "faults", "unread"]; type_name(object.get(input.pointer, name, null)) != "array"]
	count(wrong) > 0
	finding := {
		"code": "unreadable_input",
		"msg": sprintf("the pointer of the input is not one of version 1: %s missing or of another type", [concat(", ", wrong)]),
		"basis": "present",
		"remedy": "Make the input with this version of `ocigate`.",
	}
}

rewrite := sprintf("Write the pointer again: `ocigate pointer %s`.", [data.ocigate.lib.text.pinned])

# What is wrong with the file by itself.
deny contains finding if {
	some fault in input.pointer.faults
	finding := data.ocigate.lib.finding.wrong(fault.code, fault.message, [data.ocigate.lib.finding.at(input.pointer.digest, fault.pointer)], rewrite)
}

warn contains finding if {
	some field in input.pointer.unread
	finding := data.ocigate.lib.finding.wrong(
		"unread_field",
		sprintf("the pointer has the field `%s`, which is not understood: nothing was asked by it", [field.value]),
		[data.ocigate.lib.finding.at(input.pointer.digest, field.pointer)],
		"Correct its name if it is misspelt. `ocigate schema show distribution-pointer.v1` lists the names.",
	)
}

# What it says and is not so. A referrer that it does not name only makes it older than what is live.
deny contains finding if {
	some difference in input.pointer.differences
	not difference.code in (may_be_unseen | {"referrer_not_named"})
	finding := data.ocigate.lib.finding.wrong(difference.code, difference.message, difference.places, rewrite)
}

warn contains finding if {
	some difference in input.pointer.differences
	difference.code == "referrer_not_named"
	finding := data.ocigate.lib.finding.wrong(difference.code, difference.message, difference.places, rewrite)
}

# What it demands and was not found.
deny contains finding if {
	some difference in input.pointer.differences
	difference.code in may_be_unseen
	unmet := data.ocigate.lib.finding.unmet(difference.code, difference.message, difference.places, object.get(remedies, difference.code, rewrite))
	finding := object.union(unmet, {"kind": kind | kind := difference.kind; kind != null})
}

may_be_unseen := {"referrer_absent", "referrer_unchecked", "signature_absent", "signer_differs"}

remedies := {
	"referrer_unchecked": "Give what it takes to check it, a key or a root; or name one that can be checked.",
	"signature_absent": sprintf("Sign the digest: `cosign sign --key cosign.key %s`.", [data.ocigate.lib.text.pinned]),
	"signer_differs": "Have it sign, or give the signer's entry in the configuration the name that the pointer uses.",
}

accept contains data.ocigate.lib.evidence.ground("what the pointer says is so", input.pointer.digest) if input.pointer.digest

skip contains "no pointer was given" if not input.pointer
