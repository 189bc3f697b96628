# Rounds of loops in which something has no value.
package team.loops

# A head that has no value for the layers that say no bytes of another kind.
deny_sizes contains sprintf("%v has %d bytes", [layer.title, small[layer.title]]) if some layer in input.subject.layers

deny_sizes contains sprintf("%v is held by %v", [layer.title, layer.holder.name]) if some layer in input.subject.layers

small[layer.title] := layer.size if {
	some layer in input.subject.layers
	layer.size < 100
}

# The same over documents, most of which have no such content.
deny_status contains {"msg": sprintf("%v ended as %v", [document.title, document.content.status])} if {
	some kind
	some document in input.proven[kind]
}

deny_status contains {"msg": sprintf("%v was made by %v", [document.title, document.content.tool.name])} if {
	document := input.proven[_][_]
}

violation contains {"msg": msg, "details": {"kind": kind}} if {
	some kind, documents in input.proven
	count(documents) == 0
	msg := sprintf("nothing of the kind %s", [kind])
}
