# What all sources say of the subject in one role (`licence`, `sensitivity`, `care`, `authority`).
package ocigate.lib.claims

# Every claim in this role of everything that was not refused: who may satisfy a requirement is in `counts`.
in_role(role) := [source | some source in sources; source.claim.role == role]

# Licences: claims in this role stand only where they speak of the subject (its annotation, STAC, DCAT, what PROV
# says was made). The annotation of a layer or a referrer speaks of that, and an SBOM never states the licence.
licences := [source | some source in in_role("licence"); not source.class in {"layer", "referrer", "sbom"}]

# Evaluated once for all rules. What nobody vouches for counts only where nobody has to and nobody did: it may
# raise a demand, and not stand in for signed metadata, also not for such that says nothing.
sources := array.concat(array.concat(of_subject, of_referrers), array.concat(of_documents(input.proven, true), of_documents(input.attached, false)))

of_subject := [entry(claim, input.subject.digest, input.subject.digest, class, input.subject.proven) |
	some class, claims in {"subject": input.subject.claims, "layer": of_layers}
	some claim in claims
]

of_layers := [claim | some layer in input.subject.layers; some claim in object.get(layer, "claims", [])]

of_referrers := [entry(claim, referrer.manifest, referrer.manifest, "referrer", referrer.proven) |
	some referrer in input.referrers
	some claim in referrer.claims
]

of_documents(classes, proven) := [entry(claim, document.document, document.manifest, class, proven) |
	some class, documents in classes
	class != "signatures"
	some document in documents
	some claim in document.claims
]

entry(claim, evidence, manifest, class, proven) := {
	"claim": claim,
	"place": data.ocigate.lib.finding.at(evidence, claim.pointer),
	"proven": proven,
	"counts": satisfies(claim, class, proven),
	"manifest": manifest,
	"class": class,
}

# What is said of an input, of a link or in a quotation raises a demand, and satisfies none.
satisfies(claim, class, proven) := counts(class, proven) if {
	claim.of_subject
} else := false

# Of a class that has none of its own, metadata decides alone.
counts(class, proven) if {
	proven
} else if {
	"metadata" in open
	class in (open | {"subject", "layer", "referrer", "other"})
} else := false

open := {class |
	some class in ["provenance", "run_manifest", "sbom", "metadata"]
	data.ocigate.lib.evidence.eligible(class).standing == "attached"
}

# `kfm:access_level` = `public` (untrusted text, shortened).
shown(claim) := sprintf("%s = `%s`", [claim.field, substring(claim.value, 0, 120)]) if {
	is_string(claim.value)
} else := sprintf("%s, which is no text", [claim.field])

# Labels that count: what an unlisted field says matters only if it means something.
labels := [source | some source in in_role("sensitivity"); matters(source.claim)]

matters(claim) if is_number(claim.rank)

matters(claim) if claim.listed

# Those whose label the table knows.
ranked(those) := [source | some source in those; is_number(source.claim.rank)]
