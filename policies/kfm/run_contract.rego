# METADATA
# scope: package
# title: A run manifest has the fields of the contract
# description: >-
#   One run manifest that may count (SLSA provenance is none here) states what `config.kfm.required.run_manifest` lists,
#   its own `canonical_digest` is right, its code is a full commit, and no tool or container is named by a moving tag.
# custom:
#   id: run_contract
#   severity: error
#   quantifier: any
#   kind: run_manifest
#   rationale: A run that is not pinned in code, tools and inputs cannot be repeated.
#   remedy: Let the pipeline write the contract version of the run manifest.
#   codes:
#     absent: there is no run manifest
#     incomplete: the run manifest does not meet the contract
package ocigate.kfm.run_contract

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

manifests := [document |
	some document in data.ocigate.lib.evidence.eligible("run_manifest").documents
	document.kind == "run-manifest"
]

judged := [{"document": document.document, "faults": faults(document)} | some document in manifests]

faults(document) := array.concat(
	[{"msg": sprintf("no `%s`", [group]), "pointer": document.content_at} |
		some group in data.ocigate.lib.fields.missing(document.content, data.config.kfm.required.run_manifest)
	],
	[{"msg": msg, "pointer": sprintf("%s/%s", [document.content_at, key])} |
		some key, value in document.content
		msg := fault(document, key, value)
	],
)

fault(document, "canonical_digest", value) := "a `canonical_digest` that is not that of the document" if {
	is_string(value)
	value != ""
	not document.canonical_form
}

fault(_, "code_ref", value) := "a `code_ref` without a full commit (40 hex characters)" if {
	text := commit(value)
	not regex.match(`(^|[^0-9a-f])[0-9a-f]{40}([^0-9a-f]|$)`, text)
}

fault(_, key, value) := sprintf("a `%s` named by a moving tag", [key]) if {
	key in {"container", "image", "tool", "tool_versions"}
	contains(sprintf("%v", [value]), ":latest")
}

commit(value) := value if {
	is_string(value)
} else := text if {
	text := value.git_commit
	is_string(text)
} else := ""

deny contains finding if {
	count(judged) == 0
	finding := data.ocigate.lib.finding.unmet(
		"absent",
		sprintf("expected a run manifest of %s, found none", [input.subject.digest]),
		[data.ocigate.lib.finding.subject],
		"Let the pipeline write one, and attach or attest it to the digest.",
	)
}

deny contains finding if {
	count(judged) > 0
	every item in judged {
		count(item.faults) > 0
	}
	some item_fault in judged[0].faults
	finding := data.ocigate.lib.finding.unmet(
		"incomplete",
		sprintf("expected a run manifest by the contract, found %s", [item_fault.msg]),
		[data.ocigate.lib.finding.at(judged[0].document, item_fault.pointer)],
		"Let the pipeline write it (of `a|b` one), then attach or attest it again.",
	)
}

accept contains data.ocigate.lib.evidence.ground("it meets the contract", item.document) if {
	some item in judged
	count(item.faults) == 0
}
