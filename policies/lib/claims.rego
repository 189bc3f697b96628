# What all sources say of the subject in one role (`licence`, `sensitivity`, `care`, `authority`).
package lib.claims

# Every claim in this role of everything that was not refused: who may satisfy a requirement is in `counts`.
in_role(role) := [source | some source in sources; source.claim.role == role]

# Licences: claims in this role stand only where they speak of the subject (its annotation, STAC, DCAT, what PROV
# says was made). A referrer's own annotation speaks of the referrer, and an SBOM never states the licence.
licences := [source | some source in in_role("licence"); not source.class in {"referrer", "sbom"}]

# Evaluated once for all rules.
sources := array.concat(array.concat(of_subject, of_referrers), array.concat(of_proven, of_attached))

of_subject := [source |
	some claim in input.subject.claims
	source := of_manifest(claim, input.subject.digest, "subject", input.subject.proven)
]

of_referrers := [source |
	some referrer in input.referrers
	some claim in referrer.claims
	source := of_manifest(claim, referrer.manifest, "referrer", referrer.proven)
]

# A manifest's annotations.
of_manifest(claim, manifest, class, proven) := {
	"claim": claim,
	"place": data.lib.finding.at(manifest, claim.pointer),
	"proven": proven,
	"counts": true,
	"manifest": manifest,
	"class": class,
}

of_proven := [source |
	some class, documents in input.proven
	class != "signatures"
	some document in documents
	some claim in document.claims
	source := of_document(document, claim, class, true, true)
]

of_attached := [source |
	some class, documents in input.attached
	some document in documents
	some claim in document.claims
	source := of_document(document, claim, class, false, may_satisfy(serves_as(class)))
]

# What has no kind of its own (DCAT) is taken for metadata.
serves_as(class) := "metadata" if {
	class == "other"
} else := class

may_satisfy(class) if {
	data.lib.evidence.eligible(class).standing == "attached"
} else := false

of_document(document, claim, class, proven, counts) := {
	"claim": claim,
	"place": data.lib.finding.at(document.document, claim.pointer),
	"proven": proven,
	"counts": counts,
	"manifest": document.manifest,
	"class": class,
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
