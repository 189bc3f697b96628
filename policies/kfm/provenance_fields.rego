# METADATA
# scope: package
# title: Provenance has the fields of the profile
# description: >-
#   PROV that may count has entities, activities and agents, they state what `config.kfm.required` lists, and an agent
#   that is an AI is not the only one. SLSA provenance has a profile of its own and is not asked.
# custom:
#   id: provenance_fields
#   severity: error
#   quantifier: all
#   kind: provenance
#   rationale: Provenance that does not say which code ran, when and who answers for it explains nothing.
#   remedy: Add the fields that are missing, then attach or attest the provenance again.
#   codes:
#     incomplete: a node lacks required fields
#     no_node: the provenance lacks an entity, an activity or an agent
#     only_ai: only an AI answers for the run
package ocigate.kfm.provenance_fields

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

names := ["Entity", "Activity", "Agent"]

bodies := [{"document": document.document, "nodes": data.ocigate.lib.fields.typed(document, names)} |
	some document in data.ocigate.lib.evidence.eligible("provenance").documents
	document.kind == "prov"
]

deny contains finding if {
	some found in bodies
	some name in names
	count(found.nodes[name]) == 0
	finding := data.ocigate.lib.finding.wrong(
		"no_node",
		sprintf("expected an %s in the provenance, found none", [lower(name)]),
		[data.ocigate.lib.finding.at(found.document, "")],
		sprintf("Describe it with the type `prov:%s`, then attach or attest the provenance again.", [name]),
	)
}

deny contains finding if {
	some found in bodies
	some name in names
	some node in found.nodes[name]
	missing := data.ocigate.lib.fields.missing(node.node, data.config.kfm.required[sprintf("prov_%s", [lower(name)])])
	count(missing) > 0
	finding := data.ocigate.lib.finding.wrong(
		"incomplete",
		sprintf("expected %s in the %s, found none of them", [data.ocigate.lib.text.listed([sprintf("`%s`", [group]) | some group in missing]), lower(name)]),
		[data.ocigate.lib.finding.at(found.document, node.pointer)],
		"Add what is missing (of `a|b` one), then attach or attest the provenance again.",
	)
}

deny contains finding if {
	some found in bodies
	agents := found.nodes.Agent
	count(agents) > 0
	every agent in agents {
		is_ai(agent.node)
	}
	finding := data.ocigate.lib.finding.wrong(
		"only_ai",
		"expected an agent who answers for the run, found only an AI",
		[data.ocigate.lib.finding.at(found.document, agent.pointer) | some agent in agents],
		"Name the person or organization on whose behalf it acted.",
	)
}

is_ai(node) if {
	some name in ["AIAgent", "AI"]
	data.ocigate.lib.fields.is_a(node, name)
}

is_ai(node) if lower(data.ocigate.lib.fields.value(node, "agenttype")) in {"ai", "ai agent", "ai_agent", "llm", "model"}

accept contains data.ocigate.lib.evidence.ground("all nodes have the fields of the profile", found.document) if some found in bodies

skip contains "there is no W3C PROV" if count(bodies) == 0
