# Whether a document is about this subject's bytes. What a run only used never binds: `inputs` are read
# for the wording alone.
package lib.binding

# What there is to know of how a document names the subject, found out once.
view(document) := {
	"document": document,
	"bound": bound(ours, unnamed, others),
	"touches": touches(ours, named),
	"ours": ours,
	"unnamed": unnamed,
	"others": others,
} if {
	named := {output.digest | some output in document.outputs}
	ours := [output | some output in document.outputs; output.digest in input.subject.digests]
	unnamed := [layer | some layer in input.subject.binding_layers; not layer in named]
	others := other_manifests(document, ours)
}

# By the manifest, by all layers, or not at all. A manifest that is somebody else's outweighs the layers.
bound(ours, unnamed, others) := "manifest" if {
	count(ours) > 0
} else := "layers" if {
	count(input.subject.binding_layers) > 0
	count(unnamed) == 0
	count(others) == 0
} else := "nothing"

# It names the subject or a layer of its own.
touches(ours, named) if {
	count(ours) > 0
} else if {
	some layer in input.subject.binding_layers
	layer in named
} else := false

# The outputs that a document marks as manifests, where none of them is the subject's. A digest does not tell
# what it is of, so the mark is in the name, the pointer or the text around it. What the subject holds is never
# another.
other_manifests(document, ours) := found if {
	count(ours) == 0
	may_mark(document)
	own := own_parts
	found := [output |
		some output in document.outputs
		not output.digest in own
		marked_manifest(document, output)
	]
} else := []

own_parts := {layer.digest | some layer in input.subject.layers} | {input.subject.config.digest | is_object(input.subject.config)}

# Most documents have no mark anywhere, and need no search.
may_mark(document) if {
	text := lower(json.marshal([document.outputs, object.get(document, "content", null)]))
	some sign in signs
	contains(text, sign)
}

signs := {"oci", "manifest", "docker", "@sha", "\"/subject", lower(data.lib.text.repository)}

marked_manifest(document, output) if {
	# In a statement, /subject holds files as well as manifests.
	startswith(output.pointer, "/subject")
	not is_string(document.predicate_type)
	document.kind != "slsa"
}

marked_manifest(document, output) if {
	marked(lower(concat(" ", [output.pointer, text_of(output.name), text_at(document, output.pointer)])))
}

text_of(value) := value if {
	is_string(value)
} else := ""

# The text that holds the digest, where it holds more (`oci://…@sha256:…`).
text_at(document, pointer) := text if {
	is_object(document.content)
	steps := [step(replace(replace(part, "~1", "/"), "~0", "~")) | some i, part in split(pointer, "/"); i > 0]
	text := object.get(document.content, steps, null)
	is_string(text)
} else := ""

# A number is an index: a member whose name is a number is not found, and only a mark is missed.
step(part) := to_number(part) if {
	part != ""
	trim(part, "0123456789") == ""
	count(part) < 10
} else := part

marked(text) if contains(text, "@sha256:")

marked(text) if contains(text, "@sha512:")

marked(text) if {
	is_string(input.subject.repository)
	contains(text, lower(input.subject.repository))
}

# A word of it speaks of OCI or of a manifest: neither of a run manifest nor of a file of that name.
marked(text) if {
	some sign in ["oci", "manifest", "docker"]
	contains(text, sign)
	spoken := strings.replace_n({"/run/manifest": "", "/manifest/json": "", "/manifest/csv": "", "/manifest/txt": "", "/manifest/y": ""}, data.lib.text.words(text))
	some word in split(spoken, "/")
	word in marks
}

marks := {
	"oci",
	"ociartifact",
	"ocidigest",
	"ociimage",
	"ocimanifest",
	"ociref",
	"ocireference",
	"ocisubject",
	"ociuri",
	"docker",
	"imagedigest",
	"imagemanifest",
	"manifest",
	"manifestdigest",
	"manifests",
}

# Why a document that has to be is not about this subject: a message and a pointer.
fault(noun, seen) := {"msg": msg, "pointer": seen.others[0].pointer} if {
	count(seen.others) > 0
	msg := sprintf("the %s is about %s, not about this subject %s%s", [noun, digests(seen.others), input.subject.digest, layers_note(seen)])
} else := {"msg": msg, "pointer": used[0].pointer} if {
	not seen.touches
	used := [item | some item in seen.document.inputs; item.digest in input.subject.digests]
	count(used) > 0
	msg := sprintf("the %s names this subject %s only as something used, and as made %s", [noun, input.subject.digest, made(seen.document)])
} else := {"msg": msg, "pointer": ""} if {
	count(seen.document.outputs) == 0
	msg := sprintf("the %s states no digest of what was made, so nothing ties it to this subject %s", [noun, input.subject.digest])
} else := {"msg": msg, "pointer": seen.document.outputs[0].pointer} if {
	not seen.touches
	msg := sprintf("the %s is about %s, not about this subject %s", [noun, digests(seen.document.outputs), input.subject.digest])
} else := {"msg": msg, "pointer": seen.document.outputs[0].pointer} if {
	msg := sprintf("the %s names neither this subject %s nor all its layers: %s missing", [noun, input.subject.digest, data.lib.text.listed(seen.unnamed)])
}

digests(outputs) := data.lib.text.listed([output.digest | some output in outputs])

made(document) := "nothing" if {
	count(document.outputs) == 0
} else := digests(document.outputs)

layers_note(seen) := ", although it names its layers" if {
	count(input.subject.binding_layers) > 0
	count(seen.unnamed) == 0
} else := ""

# Faults of one document, each with its pointer: it must be well-formed and about this subject. How far,
# says `need`: `made` is the manifest or all layers; `stated` and `described` allow one layer, or nothing at
# all because the document hangs on the subject; `stated` allows no other manifest beside the layer.
faults(noun, seen, need) := array.concat(
	[{"msg": msg, "pointer": defect.pointer} |
		some defect in seen.document.defects
		msg := sprintf("the %s is not well-formed: %s", [noun, defect.message])
	],
	unbound(noun, seen, need),
)

unbound(noun, seen, need) := [] if {
	meets(seen, need)
} else := [] if {
	# A stub is told what it lacks, and nothing else.
	count(seen.document.defects) > 0
	count(seen.document.outputs) == 0
} else := [fault(noun, seen)]

meets(seen, _) if seen.bound != "nothing"

meets(seen, need) if {
	need in {"stated", "described"}
	count(seen.document.outputs) == 0
}

meets(seen, "described") if seen.touches

meets(seen, "stated") if {
	seen.touches
	count(seen.others) == 0
}

# Every document with its faults.
judged(noun, views, need) := [{"document": seen.document, "bound": seen.bound, "faults": faults(noun, seen, need)} | some seen in views]

good(items) := [item.document | some item in items; count(item.faults) == 0]

# What to say when no document is good: the faults of the best one.
best_faults(items) := [{"msg": msg, "places": array.concat([place], others)} |
	least := min([count(item.faults) | some item in items])
	best := [item | some item in items; count(item.faults) == least][0]
	others := [data.lib.finding.at(item.document.document, "") |
		some item in items
		item.document.document != best.document.document
	]
	some item_fault in best.faults
	msg := sprintf("%s%s", [item_fault.msg, best_note(items)])
	place := data.lib.finding.at(best.document.document, item_fault.pointer)
]

best_note(items) := "" if {
	count(items) == 1
} else := sprintf(" (the best of %v candidates)", [count(items)])
