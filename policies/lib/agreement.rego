# Whether documents about one subject contradict each other.
package ocigate.lib.agreement

# What has to be known of a document to compare it with others: its view of `lib.binding`, and more.
compared(seen) := {
	"document": seen.document,
	"bound": seen.bound != "nothing",
	"elsewhere": elsewhere(seen),
	"telling": telling(seen),
	"names": {[output.name, output.digest] | some output in seen.document.outputs; is_string(output.name); output.name != "_"},
}

# It states outputs, and they are somebody else's: another manifest, or nothing of this subject.
elsewhere(seen) if {
	count(seen.others) > 0
} else if {
	count(seen.document.outputs) > 0
	not seen.touches
} else := false

# The output that tells most of what the document is about, if it has any.
telling(seen) := [seen.others[0]] if {
	count(seen.others) > 0
} else := [seen.ours[0]] if {
	count(seen.ours) > 0
} else := [seen.document.outputs[0]] if {
	count(seen.document.outputs) > 0
} else := []

# What two documents disagree about.
disagree("outputs", one, other) if {
	one.bound
	other.elsewhere
}

disagree("outputs", one, other) if {
	other.bound
	one.elsewhere
}

disagree("names", one, other) if renames(one, other)

disagree("names", one, other) if renames(other, one)

disagree("runs", one, other) if runs_differ(one.document, other.document)

# A name that means bytes of this subject to one means only other bytes to the other.
renames(one, other) if {
	own := {digest | some digest in input.subject.digests} | data.ocigate.lib.binding.own_parts
	some pair in one.names
	pair[1] in own
	theirs := {named[1] | some named in other.names; named[0] == pair[0]}
	count(theirs) > 0
	count(theirs & own) == 0
	algorithm := split(pair[1], ":")[0]
	every digest in theirs {
		startswith(digest, algorithm)
	}
}

# Both state identities of the run, and none of one is one of the other.
runs_differ(one, other) if {
	count(one.run_ids) > 0
	count(other.run_ids) > 0
	agreeing := [1 |
		some a in one.run_ids
		some b in other.run_ids
		same_run(a.value, b.value)
	]
	count(agreeing) == 0
}

# The same text, or one is the number of the run in the other, the address of its page.
same_run(a, b) if {
	a == b
} else := true if {
	b in numbers_in(a)
} else := true if {
	a in numbers_in(b)
}

# Of `https://host/…/runs/999/attempts/1` the steps that can name a run: what follows `runs` and its like, the last one,
# unless it is an attempt's, and long ones with a digit.
numbers_in(address) := {step |
	steps := split(regex.replace(address, `^[a-z][a-z0-9+.-]*://[^/]*`, ""), "/")
	some i, step in steps
	regex.match(`[0-9]`, step)
	may_name_a_run(i, step, steps)
}

may_name_a_run(_, step, _) if count(step) >= 6

may_name_a_run(i, _, steps) if {
	i > 0
	steps[i - 1] in {"build", "builds", "job", "jobs", "pipelines", "run", "runs"}
}

may_name_a_run(i, _, steps) if {
	i > 0
	i == count(steps) - 1
	steps[i - 1] != "attempts"
}

# The finding about it, without its basis: a message and places in all of them.
clash("outputs", noun, one, others) := {
	"msg": sprintf("%s contradict each other about what was made: %s says %s, %s says %s", [
		noun,
		one.document.document,
		said(one),
		others[0].document.document,
		said(others[0]),
	]),
	"places": [output_place(item) | some item in array.concat([one], others)],
}

clash("names", noun, one, others) := {
	"msg": sprintf("%s give one name to different bytes: compare the outputs of %s and of %s", [noun, one.document.document, others[0].document.document]),
	"places": [output_place(item) | some item in array.concat([one], others)],
}

clash("runs", noun, one, others) := {
	"msg": sprintf("%s name different runs: %s says `%s`, %s says `%s`", [
		noun,
		one.document.document,
		one.document.run_ids[0].value,
		others[0].document.document,
		others[0].document.run_ids[0].value,
	]),
	"places": [data.ocigate.lib.finding.at(item.document.document, item.document.run_ids[0].pointer) | some item in array.concat([one], others)],
}

said(item) := item.telling[0].digest if {
	count(item.telling) > 0
} else := "nothing"

output_place(item) := data.ocigate.lib.finding.at(item.document.document, item.telling[0].pointer) if {
	count(item.telling) > 0
} else := data.ocigate.lib.finding.at(item.document.document, "")
