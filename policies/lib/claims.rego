# What is said of the subject in one role (`licence`, `sensitivity`, `care`, `authority`, `attribution`).
package ocigate.lib.claims

# `kfm:access_level` = `public` (untrusted text, shortened).
shown(claim) := sprintf("%s = `%s`", [claim.field, substring(claim.value, 0, 120)]) if {
	is_string(claim.value)
} else := sprintf("%s, which is no text", [claim.field])

# Labels that the table knows.
ranked := [claim | some claim in input.claims.sensitivity; is_number(claim.rank)]

# What they say, each once, at most three.
listed(claims) := data.ocigate.lib.text.listed(sort({shown(claim) | some claim in claims}))

# What is probably meant by a text that is no licence expression.
suggestion_note(claim) := sprintf("; `%s` is probably meant", [claim.suggestion]) if {
	is_string(claim.suggestion)
} else := ""
