# METADATA
# scope: package
# title: The SBOM has the minimum elements
# description: >-
#   One SBOM that may count says who made it and when, and of everything that it lists the supplier, the version and an
#   identifier (NTIA, The Minimum Elements For a Software Bill of Materials, 2021), and how these depend on each other.
# custom:
#   id: sbom_minimum
#   severity: error
#   quantifier: any
#   kind: sbom
#   rationale: An SBOM without them cannot be matched with what is known of vulnerabilities.
#   remedy: Make the SBOM with a tool that records them, and attach or attest it again.
#   codes:
#     incomplete: the SBOM lacks minimum elements
package ocigate.kfm.sbom_minimum

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

candidates := [document | some document in data.ocigate.lib.evidence.eligible("sbom").documents; is_object(document.summary)]

judged := [{"document": document.document, "faults": faults(document.summary)} | some document in candidates]

faults(summary) := array.concat(
	[sprintf("no %s of %s", [field, data.ocigate.lib.text.counted(number, "listed element")]) |
		some field in ["supplier", "version", "identifier"]
		number := summary.missing[field]
		number > 0
	],
	[text | some [is_missing, text] in [
		[count(object.get(summary, "creators", [])) + count(object.get(summary, "authors", [])) == 0, "no author"],
		[type_name(object.get(summary, "created", null)) != "string", "no time at which it was made"],
		[is_unrelated(summary), "no relation between what it lists"],
	]; is_missing],
)

default is_unrelated(_) := false

is_unrelated(summary) if {
	object.get(summary, "relationships", 0) + object.get(summary, "dependencies", 0) == 0
	object.get(summary, "packages", 0) + object.get(summary, "components", 0) > 1
}

deny contains finding if {
	count(judged) > 0
	every item in judged {
		count(item.faults) > 0
	}
	item := judged[0]
	finding := data.ocigate.lib.finding.unmet(
		"incomplete",
		sprintf("expected the minimum elements of an SBOM, found %s", [concat("; ", item.faults)]),
		[data.ocigate.lib.finding.at(item.document, "")],
		"Make the SBOM with a tool that records them, and attach or attest it again.",
	)
}

accept contains data.ocigate.lib.evidence.ground("it has the minimum elements", item.document) if {
	some item in judged
	count(item.faults) == 0
}

skip contains "there is no SBOM" if count(judged) == 0
