# METADATA
# scope: package
# title: A signed CARE record exists where one is due
# description: >-
#   Where the sensitivity is rank 3 or more, or an authority to control is named, a CARE block has to exist in a
#   signed source, with its status approved, an authority to control and a reviewer. The rule checks that the
#   record exists, who vouches for it and what status it states; whether a community agrees is not for a gate to say.
# custom:
#   id: care
#   severity: critical
#   quantifier: any
#   kind: metadata
#   rationale: This is the one record whose forgery can hurt people, so it is not taken from whoever can push.
#   remedy: Have the record written by those who hold the authority, and sign or attest the metadata that holds it.
#   codes:
#     absent: a CARE block is due and there is none
#     incomplete: a signed CARE block lacks something
#     not_approved: a CARE status is another than those accepted
#     settings: the setting `config.care` cannot be read
#     unsigned: there are only unsigned CARE blocks
package ocigate.core.care

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

labels := data.ocigate.lib.claims.ranked(data.ocigate.lib.claims.labels)

high := [source | some source in labels; source.claim.rank >= threshold]

authorities := data.ocigate.lib.claims.in_role("authority")

reasons := array.concat(high, authorities)

due if count(reasons) > 0

# Names are left out: they can be sensitive themselves.
because := sprintf("%s has rank %v", [data.ocigate.lib.claims.shown(high[0].claim), high[0].claim.rank]) if {
	count(high) > 0
} else := sprintf("%s names an authority to control", [authorities[0].claim.field])

stated_blocks := [{"source": source, "faults": faults(source.claim)} | some source in data.ocigate.lib.claims.in_role("care")]

# A text that nobody signed is no block that a signature would make one, and what is said of something else is none either.
blocks := [item | some item in stated_blocks; is_block(item.source)]

is_block(source) if {
	source.claim.of_subject
	source.proven
}

is_block(source) if {
	source.claim.of_subject
	block(source.claim)
}

signed := [item | some item in blocks; item.source.proven]

good := [item | some item in signed; count(item.faults) == 0]

missing if {
	due
	count(blocks) == 0
}

unchecked_kinds := {"provenance", "run_manifest", "sbom", "metadata", "other"}

# Documents that nobody could check may hold it.
unknown if {
	missing
	count(data.ocigate.lib.evidence.unchecked(unchecked_kinds)) > 0
}

deny contains missing_finding if {
	missing
	not unknown
}

undecided contains missing_finding if unknown

missing_finding := data.ocigate.lib.finding.unmet(
	"absent",
	sprintf("expected a CARE block, because %s, found none%s", [because, data.ocigate.lib.evidence.others_note(unchecked_kinds)]),
	array.concat([source.place | some source in reasons], data.ocigate.lib.evidence.others(unchecked_kinds)),
	sprintf("Have `care` (status, authority_to_control, reviewer) written into the metadata by those who hold the authority, then attest it: `%s`.", [data.ocigate.lib.evidence.attest("stac", "item.json")]),
)

deny contains finding if {
	due
	count(signed) > 0
	count(good) == 0
	least := min([count(item.faults) | some item in signed])
	best := [item | some item in signed; count(item.faults) == least][0]
	some fault in best.faults
	finding := data.ocigate.lib.finding.unmet(
		"incomplete",
		sprintf("expected a complete CARE block, because %s, found one that %s", [because, fault]),
		array.concat([best.source.place], [source.place | some source in reasons]),
		"Have the block completed by those who hold the authority, then sign or attest the metadata again.",
	)
}

# Due or not, and whatever others say: a signed status has to be an accepted one. Text that is only attached may
# raise demands, so a refusal counts whoever wrote it, and what nobody understands may be one.
deny contains finding if {
	some item in stated_blocks
	some status in statuses(item.source.claim)
	not status in accepted
	named := status_named(status)
	prohibits(item.source, status)
	finding := data.ocigate.lib.finding.wrong(
		"not_approved",
		sprintf("expected the CARE status `approved`, found %s", [named]),
		[item.source.place],
		"Do not publish. Talk to those who hold the authority, and publish what they release.",
	)
}

prohibits(source, _) if source.proven

prohibits(_, status) if not says_nothing_yet(status)

# Of several that are all accepted none prohibits.
says_nothing_yet(status) if {
	is_array(status)
	every one in status {
		spelled(one) in (accepted | {null, ""})
	}
}

says_nothing_yet(status) if {
	is_string(status)
	concat(" ", [word | some word in split(replace(replace(status, "_", " "), "-", " "), " "); word != ""]) in still_open
}

# That a review is not done is known, and no refusal.
still_open := nobody | {
	"draft", "in progress", "in review", "not reviewed", "open", "pending", "pending approval", "pending review",
	"planned", "proposed", "requested", "submitted", "under review", "unreviewed",
}

# Free text is left out: it can be sensitive itself.
status_named(status) := sprintf("`%s`", [status]) if {
	status in refusals
} else := "another"

undecided contains finding if {
	due
	count(signed) == 0
	count(blocks) > 0
	source := blocks[0].source
	finding := data.ocigate.lib.finding.unmet(
		"unsigned",
		sprintf("expected a signed CARE block, because %s, found only unsigned ones: anyone who can push could have written them", [because]),
		array.concat([item.source.place | some item in blocks], [reason.place | some reason in reasons]),
		sprintf("Sign what holds it, `cosign sign --key cosign.key %s@%s`, or attest the metadata to %s.", [data.ocigate.lib.text.repository, source.manifest, data.ocigate.lib.text.pinned]),
	)
}

refusals := {
	"declined", "denied", "forbidden", "not approved", "prohibited", "refused", "rejected", "restricted", "revision",
	"revoked", "withdrawn", "withheld",
}

# What a block lacks.
faults(claim) := ["is not an object with status, authority_to_control and reviewer"] if {
	not block(claim)
} else := array.concat(status_faults(claim), [sprintf("has no %s", [field]) |
	some field in ["authority_to_control", "reviewer"]
	not stated(object.get(block(claim), field, null))
])

status_faults(claim) := [] if {
	status_of(claim) in accepted
} else := ["has another status than `approved`"] if {
	is_string(status_of(claim))
} else := ["has no status"]

# An annotation holds the block as JSON text.
block(claim) := claim.value if {
	is_object(claim.value)
} else := object_in(claim.value) if {
	is_string(claim.value)
}

object_in(text) := value if {
	json.is_valid(text)
	value := json.unmarshal(text)
	is_object(value)
}

# What is stated as status: a text in one spelling, or something else that cannot be accepted.
status_of(claim) := status if {
	stated_one := object.get(block(claim), "status", null)
	status := spelled(stated_one)
	not status in {null, ""}
}

# All that is stated as status: two spellings of the member may state two, and a text in place of a block may be one.
statuses(claim) := several if {
	is_array(block(claim).status)
	several := {spelled(one) | some one in block(claim).status; not spelled(one) in {null, ""}} - accepted
	count(several) > 0
} else := {status | status := status_of(claim)} if {
	block(claim)
} else := {spelled(claim.value)} if {
	is_string(claim.value)
	is_a_status(spelled(claim.value))
} else := set()

is_a_status(text) if text in refusals

# A block that cannot be read says something, and nobody knows what.
is_a_status(text) if regex.match(`^[{\[]`, text)

# One spelling of a status. A refusal is one in any vocabulary, an approval only in those that are known.
spelled(status) := word if {
	is_string(status)
	word := trim(lower(regex.replace(status, `^.*[:#/]`, "")), " \t\r\n.!;,")
	word in refusals
} else := lower(trim_space(status)) if {
	is_string(status)
} else := status

stated(value) if names_somebody(value)

stated(value) if {
	is_array(value)
	some item in value
	names_somebody(item)
}

names_somebody(text) if {
	is_string(text)
	not lower(trim_space(text)) in nobody
}

names_somebody(value) if {
	is_object(value)
	count(value) > 0
}

# Texts that stand for none; the table of labels lists them.
nobody := {"", "none"} | {lower(text) | some text in data.config.labels.unresolved}

default threshold := 3

threshold := data.config.care.required_rank if is_number(data.config.care.required_rank)

default accepted := {"approved"}

accepted := {lower(status) | some status in data.config.care.accepted_status; is_string(status)} if is_array(data.config.care.accepted_status)

bad_settings if {
	value := data.config.care
	not is_object(value)
}

bad_settings if {
	value := data.config.care.required_rank
	not is_number(value)
}

bad_settings if {
	value := data.config.care.accepted_status
	not is_array(value)
}

undecided contains finding if {
	bad_settings
	finding := data.ocigate.lib.finding.wrong(
		"settings",
		"the setting config.care is not an object whose `required_rank` is a number and whose `accepted_status` is a list",
		[data.ocigate.lib.finding.subject],
		`Write it like {"config": {"care": {"required_rank": 3, "accepted_status": ["approved"]}}}.`,
	)
}
