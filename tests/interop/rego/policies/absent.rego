# `not` over things that are not there, or are false, null or empty.
package team.absent

deny contains "no annotation of a source" if not input.subject.annotations["org.opencontainers.image.source"]

deny contains "no tag" if not input.subject.tag

deny contains "the tag is null" if input.subject.tag == null

deny contains "not an index" if not input.subject.is_index

deny contains "nothing was refused" if not input.refused[0]

deny contains "no such path" if not input.missing.of.everything

deny contains sprintf("%s has no version", [document.title]) if {
	some document in input.proven.run_manifest
	not startswith(document.content.tool.release, "2.")
}

deny contains "never: a lookup before the negation fails" if {
	name := input.missing.name
	not name == "x"
}

deny contains "not allowed" if not allowed

allowed if {
	some licence in data.limits.licences.open
	licence == input.subject.annotations["org.opencontainers.image.licenses"]
}
