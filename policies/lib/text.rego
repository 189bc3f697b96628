# Wording that several rules share.
package ocigate.lib.text

# The items, at most three of them, and how many more there are.
listed(items) := concat(", ", items) if {
	count(items) <= 3
} else := sprintf("%s and %v more", [concat(", ", array.slice(items, 0, 3)), count(items) - 3])

# A name without prefix, case and what joins words: `kfm:run_status` is `runstatus`.
plain(name) := lower(strings.replace_n({"_": "", "-": "", ".": ""}, parts[count(parts) - 1])) if {
	parts := split(strings.replace_n({":": "/", "#": "/"}, name), "/")
}

# `1 document`, `2 documents`.
counted(number, noun) := sprintf("1 %s", [noun]) if {
	number == 1
} else := sprintf("%v %ss", [number, noun])

# How a command names the subject: REPO stands for a repository that is not known (a layout).
pinned := sprintf("%s@%s", [repository, input.subject.digest])

repository := input.subject.repository if {
	is_string(input.subject.repository)
} else := "REPO"

# What a layer is called: its title, else its digest.
layer_name(layer) := sprintf("`%s`", [layer.title]) if {
	is_string(layer.title)
} else := layer.digest
