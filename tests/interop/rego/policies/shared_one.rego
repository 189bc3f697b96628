# One package in two files, and a function with clauses in both.
package team.shared

word(0) := "none"

word(1) := "one"

deny contains sprintf("%s of %s", [word(count(documents)), kind]) if {
	some kind, documents in input.proven
}
