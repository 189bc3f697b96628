# METADATA
# scope: package
# title: A run manifest says how the subject was made
# description: >-
#   One run manifest, or SLSA provenance, that is well-formed, whose outputs (if it states any) are this subject's,
#   and whose run did not fail. It has to name the same run as the provenance does.
# custom:
#   id: run_manifest
#   severity: error
#   quantifier: any
#   kind: run_manifest
#   rationale: Without the inputs and the tools of a run, nobody can repeat it or find out what a bad input reached.
#   remedy: Let the pipeline write a run manifest, and attach or attest it to the digest.
#   codes:
#     absent: there is no run manifest
#     bound_by_attachment: the run manifest names no digest of what it made
#     layers_unnamed: the document names neither the manifest nor all layers
#     no_digest: the document states no digest of what was made
#     only_used: the document names the subject only as something used
#     other_subject: the document is about another artifact
#     run_failed: the run manifest says that its run did not succeed
#     signed_disagreement: signed run manifests disagree
#     unsigned: the run manifest is not signed
#     unsigned_disagreement: unsigned run manifests disagree
#   document_faults: true
package ocigate.core.run_manifest

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

proven_slsa := [document | some document in input.proven.provenance; document.kind == "slsa"]

attached_slsa := [document | some document in data.ocigate.lib.evidence.eligible("provenance").documents; document.kind == "slsa"]

# SLSA provenance says what a run manifest says. The two are one class here: a signed one of either kind
# leaves no room for unsigned ones.
eligible := {"standing": "proven", "documents": array.concat(input.proven.run_manifest, proven_slsa)} if {
	count(input.proven.run_manifest) + count(proven_slsa) > 0
} else := {"standing": "demanded", "documents": [], "why": input.demands.must_be_proven.run_manifest} if {
	input.demands.must_be_proven.run_manifest
} else := {"standing": "attached", "documents": array.concat(input.attached.run_manifest, attached_slsa)}

judged := array.concat(
	[object.union(item, {"faults": array.concat(item.faults, run_faults(item.document))}) |
		some item in data.ocigate.lib.binding.judged("run manifest", [data.ocigate.lib.binding.view(document) | some document in eligible.documents; document.kind != "slsa"], "stated")
	],
	data.ocigate.lib.binding.judged("provenance", [data.ocigate.lib.binding.view(document) | some document in eligible.documents; document.kind == "slsa"], "made"),
)

good := data.ocigate.lib.binding.good(judged)

# A run that did not succeed made nothing that should be used. What is not known to mean success does not.
run_faults(document) := [fault |
	body := data.ocigate.lib.evidence.body(document)
	some [at, record] in [["", body.content], ["/run", run_of(body.content)]]
	is_object(record)
	some field, said in record
	is_failure(told_by[plain(field)], said)
	fault := {
		"code": "run_failed",
		"msg": sprintf("the run manifest says that its run did not succeed: its %s is `%v`", [field, substring(sprintf("%v", [said]), 0, 60)]),
		"pointer": sprintf("%s%s/%s", [body.pointer, at, replace(replace(field, "~", "~0"), "/", "~1")]),
	}
]

run_of(content) := object.get(content, "run", null) if {
	is_object(content)
} else := null

plain(field) := data.ocigate.lib.text.plain(field)

# Fields that tell how a run ended. Words may be about other things than success, so of them only what says failure counts.
told_by := {
	"status": "status",
	"outcome": "status",
	"runstatus": "status",
	"state": "word",
	"result": "word",
	"conclusion": "word",
	"succeeded": "success",
	"success": "success",
	"exitcode": "code",
	"exitstatus": "code",
	"returncode": "code",
}

is_failure("status", status) if {
	status != null
	not succeeded(status)
}

is_failure("word", said) if {
	is_string(said)
	lower(trim_space(said)) in {"failed", "failure", "error", "aborted", "cancelled", "canceled", "timed_out", "timeout"}
}

is_failure("success", said) if said == false

is_failure("code", code) if not code in {0, "0", null}

succeeded(status) if {
	is_string(status)
	lower(trim_space(status)) in {"succeeded", "success", "completed", "complete", "ok", "passed", "done", "finished"}
}

missing if {
	count(judged) == 0
}

# Provenance that nobody could check may be the SLSA provenance that would do.
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
	sprintf("expected a run manifest or SLSA provenance of %s, found none%s%s", [
		input.subject.digest,
		data.ocigate.lib.evidence.only_attached_note(eligible, input.attached.run_manifest),
		data.ocigate.lib.evidence.others_note({"run_manifest", "provenance"}),
	]),
	array.concat(
		array.concat([data.ocigate.lib.finding.subject], [data.ocigate.lib.finding.at(document.document, "") | some document in input.attached.run_manifest]),
		data.ocigate.lib.evidence.others({"run_manifest", "provenance"}),
	),
	missing_remedy,
)

missing_remedy := sprintf("Attest it: `%s`.", [attest]) if {
	eligible.standing == "demanded"
} else := sprintf("Attach it: `oras attach --artifact-type application/vnd.kfm.runmanifest.v1+json %s run_manifest.json:application/json`; or attest it: `%s`.", [data.ocigate.lib.text.pinned, attest])

attest := data.ocigate.lib.evidence.attest("run-manifest", "run_manifest.json")

deny contains finding if {
	count(judged) > 0
	count(good) == 0
	some fault in data.ocigate.lib.binding.best_faults(judged)
	finding := data.ocigate.lib.finding.unmet(
		fault.code,
		sprintf("%s%s", [fault.msg, data.ocigate.lib.evidence.only_attached_note(eligible, input.attached.run_manifest)]),
		fault.places,
		sprintf("Let the pipeline write it for the run that made %s, then attach or attest it to %s.", [input.subject.digest, data.ocigate.lib.text.pinned]),
	)
}

# The run manifest and the provenance are about one run.
deny contains finding if {
	some one in input.proven.run_manifest
	others := [other | some other in input.proven.provenance; data.ocigate.lib.agreement.runs_differ(one, other)]
	count(others) > 0
	clash := run_clash("the signed run manifest and the signed provenance", one, others)
	finding := data.ocigate.lib.finding.wrong(
		"signed_disagreement",
		clash.msg,
		clash.places,
		"Find out which one belongs to this subject, and remove the attestation of the other from the repository.",
	)
}

warn contains finding if {
	# Whoever can push could make the comparison of all with all long.
	some i, one in array.concat(input.proven.run_manifest, array.slice(input.attached.run_manifest, 0, 20))
	others := [other |
		some j, other in array.concat(input.proven.provenance, array.slice(input.attached.provenance, 0, 20))
		not both_signed(i, j)
		data.ocigate.lib.agreement.runs_differ(one, other)
	]
	count(others) > 0
	clash := run_clash("the run manifest and the provenance, not both of them signed,", one, others)
	finding := data.ocigate.lib.finding.wrong("unsigned_disagreement", clash.msg, clash.places, "Remove the document that is wrong from the repository.")
}

both_signed(i, j) if {
	i < count(input.proven.run_manifest)
	j < count(input.proven.provenance)
}

run_clash(noun, one, others) := data.ocigate.lib.agreement.clash("runs", noun, {"document": one}, [{"document": other} | some other in others])

warn contains finding if {
	some document in good
	document.kind != "slsa"
	count(good) == 1
	count(document.outputs) == 0
	finding := data.ocigate.lib.finding.wrong(
		"bound_by_attachment",
		sprintf("run manifest %s names no digest of what it made: it is bound by attachment only", [document.document]),
		[data.ocigate.lib.finding.at(document.document, "")],
		sprintf("Let the pipeline write %s, or the digests of its layers, as outputs of the run manifest.", [input.subject.digest]),
	)
}

warn contains finding if {
	eligible.standing == "attached"
	some document in eligible.documents
	document.kind != "slsa"
	finding := data.ocigate.lib.evidence.unsigned("run manifest", document)
}
