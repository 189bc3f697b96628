# How the rules of `core` build what they say.
package ocigate.lib.finding

# A place in a document: the digest of a document, a referrer or the subject, and a JSON pointer into it.
at(evidence, pointer) := {"evidence": evidence, "pointer": pointer}

# The subject itself.
subject := {"evidence": input.subject.digest, "pointer": ""}

# Something that was seen is wrong, whatever else there may be.
wrong(code, msg, places, remedy) := finding("present", code, msg, places, remedy)

# Nothing that was found meets a requirement that one good item would meet. Such an item may be behind a
# gap, so a gap makes this undecided: also when there are bad candidates.
unmet(code, msg, places, remedy) := finding("absent", code, msg, places, remedy)

# The first place is the main one, at most eight more follow.
finding(basis, code, msg, places, remedy) := {
	"code": code,
	"msg": msg,
	"basis": basis,
	"evidence": places[0].evidence,
	"pointer": places[0].pointer,
	"also": [place | some i, place in places; i > 0; i <= 8],
	"remedy": remedy,
}

# An input that the rules cannot read, said by every rule: what a rule does not find in it must not pass.
unreadable := {
	"code": "unreadable_input",
	"msg": sprintf("the input is not one of version 1: %s missing or of another type", [concat(", ", sort(faulty))]),
	"basis": "present",
	"remedy": "Make the input with this version of `ocigate`.",
} if {
	count(faulty) > 0
}

faulty := {concat(".", path) |
	some type, paths in expected
	some path in paths
	type_name(object.get(input, path, null)) != type
}

expected := {
	"object": [["care"], ["claims"], ["licences"], ["demands", "must_be_proven"], ["trust"]],
	"string": [["subject", "digest"], ["subject", "named_by"]],
	"boolean": [["demands", "require_digest"], ["subject", "is_index"], ["subject", "proven"], ["trust", "applicable"]],
	"array": array.concat(
		[["demands", "requirements"], ["contradictions"], ["subject", "binding_layers"], ["subject", "digests"], ["subject", "layers"], ["referrers"], ["refused"], ["unchecked"], ["proven", "signatures"]],
		[[standing, class] |
			some standing in ["proven", "attached"]
			some class in ["provenance", "run_manifest", "sbom", "metadata", "other"]
		],
	),
}
