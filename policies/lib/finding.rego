# How the rules of `core` build what they say.
package lib.finding

# A place in a document: the digest of a document, a referrer or the subject, and a JSON pointer into it.
at(evidence, pointer) := {"evidence": evidence, "pointer": pointer}

# The subject itself.
subject := {"evidence": input.subject.digest, "pointer": ""}

# Something that was seen is wrong, whatever else there may be.
wrong(msg, places, remedy) := finding("present", msg, places, remedy)

# Nothing that was found meets a requirement that one good item would meet. Such an item may be behind a
# gap, so a gap makes this undecided: also when there are bad candidates.
unmet(msg, places, remedy) := finding("absent", msg, places, remedy)

# The first place is the main one, at most eight more follow.
finding(basis, msg, places, remedy) := {
	"msg": msg,
	"basis": basis,
	"evidence": places[0].evidence,
	"pointer": places[0].pointer,
	"also": [place | some i, place in places; i > 0; i <= 8],
	"remedy": remedy,
}
