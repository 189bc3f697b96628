# METADATA
# scope: package
# title: Provenance has the fields of the profile
# description: >-
#   Entities, activities and agents of PROV that may count state what `config.kfm.required` lists, and an agent that is
#   an AI is not the only one. SLSA provenance has a profile of its own and is not asked.
# custom:
#   id: provenance_fields
#   severity: error
#   quantifier: all
#   kind: provenance
#   rationale: Provenance that does not say which code ran, when and who answers for it explains nothing.
#   remedy: Add the fields that are missing, then attach or attest the provenance again.
package kfm.provenance_fields

undecided contains finding if finding := data.lib.finding.unreadable

bodies := [{"document": document.document, "body": data.lib.evidence.body(document)} |
	some document in data.lib.evidence.eligible("provenance").documents
	document.kind == "prov"
]

deny contains finding if {
	some found in bodies
	some name in ["Entity", "Activity", "Agent"]
	some node in data.lib.fields.nodes(found.body, name)
	missing := data.lib.fields.missing(node.node, data.config.kfm.required[sprintf("prov_%s", [lower(name)])])
	count(missing) > 0
	finding := data.lib.finding.wrong(
		sprintf("expected %s in the %s, found none of them", [data.lib.text.listed([sprintf("`%s`", [group]) | some group in missing]), lower(name)]),
		[data.lib.finding.at(found.document, node.pointer)],
		"Add what is missing (of `a|b` one), then attach or attest the provenance again.",
	)
}

deny contains finding if {
	some found in bodies
	agents := data.lib.fields.nodes(found.body, "Agent")
	count(agents) > 0
	every agent in agents {
		is_ai(agent.node)
	}
	finding := data.lib.finding.wrong(
		"expected an agent who answers for the run, found only an AI",
		[data.lib.finding.at(found.document, agent.pointer) | some agent in agents],
		"Name the person or organization on whose behalf it acted.",
	)
}

is_ai(node) if {
	some name in ["AIAgent", "AI"]
	data.lib.fields.is_a(node, name)
}

is_ai(node) if lower(data.lib.fields.value(node, "agenttype")) in {"ai", "ai agent", "ai_agent", "llm", "model"}
