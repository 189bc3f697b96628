# METADATA
# scope: package
# title: The licence is stated, valid, and the same everywhere
# description: >-
#   The subject's annotation, catalogue metadata (STAC, DCAT) or the entity that PROV says was made state a licence.
#   Signed sources decide, else all unsigned ones: all that state one state a valid SPDX expression, and the same.
#   What a signed SBOM says of the described element never satisfies, but must not disagree.
# custom:
#   id: licence
#   severity: critical
#   quantifier: all
#   kind: metadata
#   rationale: Without a licence nobody may use the artifact, and two licences are none.
#   remedy: State one SPDX expression in the metadata and in the annotation org.opencontainers.image.licenses.
#   codes:
#     absent: no licence is stated
#     disagreement: the deciding sources state different licences
#     not_allowed: the settings do not allow the licence
#     not_spdx: a licence is no SPDX expression
#     sbom_disagrees: a signed SBOM states another licence
#     settings: the setting `config.licence` cannot be read
#     unsigned: the licence is stated unsigned
#     unsigned_disagrees: an unsigned source states another licence than the signed ones
#     unsigned_sbom_disagrees: an unsigned SBOM states another licence
package ocigate.core.licence

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

sources := [source | some source in data.ocigate.lib.claims.licences; source.counts]

signed := [source | some source in sources; source.proven]

deciding := signed if {
	count(signed) > 0
} else := sources

valid := [source | some source in deciding; source.claim.valid == true]

# What is agreed on: undefined unless all that is valid is one expression.
agreed := sort(stated)[0] if {
	count(stated) == 1
}

stated := {normal(source.claim.value) | some source in valid}

missing if {
	count(deciding) == 0
}

# PROV that nobody could check may state it.
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
	sprintf("expected a licence of %s in its annotations, in STAC or DCAT metadata or in PROV, found none%s%s", [
		input.subject.digest,
		uncounted_note,
		data.ocigate.lib.evidence.others_note({"metadata", "provenance"}),
	]),
	array.concat(array.concat([data.ocigate.lib.finding.subject], [source.place | some source in data.ocigate.lib.claims.licences]), data.ocigate.lib.evidence.others({"metadata", "provenance"})),
	sprintf("Push with `oras push --annotation org.opencontainers.image.licenses=CC-BY-4.0 …`, or attach metadata that states it: `oras attach --artifact-type application/vnd.kfm.metadata.stac.v1 %s item.json:application/geo+json`.", [data.ocigate.lib.text.pinned]),
)

uncounted_note := "" if {
	count(data.ocigate.lib.claims.licences) == count(sources)
} else := "; unsigned documents state one, but a signed one of their kind exists or is demanded"

deny contains finding if {
	some source in deciding
	object.get(source.claim, "valid", null) != true
	finding := data.ocigate.lib.finding.wrong(
		"not_spdx",
		sprintf("expected an SPDX licence expression, found %s%s", [data.ocigate.lib.claims.shown(source.claim), suggestion_note(source.claim)]),
		[source.place],
		"Write the expression of the licence from https://spdx.org/licenses/, or `LicenseRef-NAME` for one that is not listed there.",
	)
}

deny contains finding if {
	count(stated) > 1
	finding := data.ocigate.lib.finding.wrong(
		"disagreement",
		sprintf("the sources of the licence disagree: %s", [data.ocigate.lib.text.listed(sort({data.ocigate.lib.claims.shown(source.claim) | some source in valid}))]),
		[source.place | some source in valid],
		"Find out which licence is right, and state that one everywhere.",
	)
}

deny contains finding if {
	some source in valid
	not allowed(source.claim.value)
	finding := data.ocigate.lib.finding.wrong(
		"not_allowed",
		sprintf("the licence %s is not one of those that the settings allow (%s)", [data.ocigate.lib.claims.shown(source.claim), data.ocigate.lib.text.listed(allow_list)]),
		[source.place],
		"Use an allowed licence, or have `config.licence.allowed` changed by those who decide on it.",
	)
}

# What a signed SBOM says of the described element.
deny contains finding if {
	some said in sbom_licences(input.proven.sbom)
	normal(said.licence) != agreed
	finding := data.ocigate.lib.finding.wrong(
		"sbom_disagrees",
		sprintf("the signed SBOM says that the licence of what it describes is `%s`, not `%s`", [said.licence, agreed]),
		array.concat([said.place], [source.place | some source in valid]),
		"Find out which licence is right, then make the SBOM or the metadata again.",
	)
}

warn contains finding if {
	count(input.proven.sbom) == 0
	some said in sbom_licences(input.attached.sbom)
	normal(said.licence) != agreed
	finding := data.ocigate.lib.finding.wrong(
		"unsigned_sbom_disagrees",
		sprintf("an unsigned SBOM says that the licence of what it describes is `%s`, not `%s`", [said.licence, agreed]),
		array.concat([said.place], [source.place | some source in valid]),
		"Find out which licence is right, then make the SBOM or the metadata again.",
	)
}

warn contains finding if {
	count(signed) > 0
	some source in data.ocigate.lib.claims.licences
	not source.proven
	is_string(source.claim.value)
	normal(source.claim.value) != agreed
	finding := data.ocigate.lib.finding.wrong(
		"unsigned_disagrees",
		sprintf("an unsigned source states another licence than the signed ones, which decide: %s, not `%s`", [data.ocigate.lib.claims.shown(source.claim), agreed]),
		array.concat([source.place], [decided.place | some decided in signed]),
		"Find out which licence is right, and remove the document that is wrong.",
	)
}

warn contains finding if {
	count(deciding) > 0
	count(signed) == 0
	finding := data.ocigate.lib.finding.wrong(
		"unsigned",
		sprintf("the licence is present, unsigned: anyone who can push could have written it (%s)", [data.ocigate.lib.text.listed(sort({data.ocigate.lib.claims.shown(source.claim) | some source in deciding}))]),
		[source.place | some source in deciding],
		sprintf("Sign the subject with its annotations (`cosign sign --key cosign.key %s`), or attest the metadata.", [data.ocigate.lib.text.pinned]),
	)
}

# Of every described element what its SBOM says of the licence, where that can be compared.
sbom_licences(documents) := [{"licence": licence, "place": place} |
	some document in documents
	is_object(document.summary)
	described := object.get(document.summary, "described", [])
	is_array(described)
	some element in described
	is_object(element)
	licence := sbom_licence(element)
	place := data.ocigate.lib.finding.at(document.document, pointer_of(element))
]

# SPDX: the concluded licence if there is one, else the declared one. CycloneDX: all of a list.
sbom_licence(element) := named[0] if {
	named := [text |
		some key in ["licence_concluded", "licence_declared"]
		text := object.get(element, key, null)
		is_expression(text)
	]
	count(named) > 0
} else := named[0] if {
	named := object.get(element, "licences", [])
	is_array(named)
	count(named) == 1
	is_expression(named[0])
} else := concat(" AND ", named) if {
	named := object.get(element, "licences", [])
	is_array(named)
	count(named) > 1
	every text in named {
		is_expression(text)
		not contains(text, " OR ")
	}
}

# A name in prose cannot be compared with an expression.
is_expression(text) if {
	is_string(text)
	not upper(trim_space(text)) in {"NOASSERTION", "NONE"}
	regex.match(`^[^ ]+( (AND|OR|WITH) [^ ]+)*$`, spaced(text))
}

pointer_of(element) := element.pointer if {
	is_string(element.pointer)
} else := ""

# One text for all expressions that say the same.
normal(text) := ocigate.licence.normal(text)

spaced(text) := concat(" ", [word | some word in split(trim_space(text), " "); word != ""])

# Where no setting says which, every one is.
allowed(_) if count(allow_list) == 0

# An expression of the settings permits just that; of alternatives one is enough, of which every licence has to be listed.
allowed(text) if normal(text) in permitted

allowed(text) if {
	some way in ocigate.licence.ways(text)
	every licence in way {
		normal(licence) in permitted
	}
}

permitted := {normal(listed) | some listed in allow_list}

allow_list := object.get(settings, "allowed", []) if {
	not bad_settings
} else := []

default settings := {}

settings := data.config.licence if is_object(data.config.licence)

bad_settings if {
	value := data.config.licence
	not is_object(value)
}

bad_settings if {
	not is_array(object.get(settings, "allowed", ["any"]))
}

# No licence at all would be nothing to publish under, and is not what an empty list is read as.
bad_settings if object.get(settings, "allowed", ["any"]) == []

bad_settings if {
	list := object.get(settings, "allowed", [])
	is_array(list)
	some licence in list
	not is_string(licence)
}

undecided contains finding if {
	bad_settings
	finding := data.ocigate.lib.finding.wrong(
		"settings",
		"the setting config.licence is not an object whose `allowed` is a list of at least one SPDX expression",
		[data.ocigate.lib.finding.subject],
		`Write it like {"config": {"licence": {"allowed": ["CC-BY-4.0", "CC0-1.0"]}}}.`,
	)
}

# What is probably meant: by the table of licences, else by the SPDX list.
suggestion_note(claim) := sprintf("; `%s` is probably meant", [meant]) if {
	is_string(claim.value)
	meant := object.get(spellings, lower(spaced(claim.value)), object.get(claim, "suggestion", null))
	is_string(meant)
} else := ""

default spellings := {}

spellings := data.config.licences.spellings
