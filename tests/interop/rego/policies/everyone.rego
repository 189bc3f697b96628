# `every`, also over nothing and over what has no value.
package team.everyone

deny contains "each layer has a title" if {
	every layer in input.subject.layers { layer.title }
}

deny contains "never: no layer has a holder" if {
	every layer in input.subject.layers { layer.holder }
}

deny contains "each of none" if {
	every signature in [s | some s in input.proven.other] { signature.never }
}

deny contains sprintf("all of %s have a title that is not their kind", [kind]) if {
	some kind, documents in input.proven
	kind != "signatures"
	every index, document in documents {
		index >= 0
		document.title != document.kind
	}
}

deny contains "not each signer is known" if {
	not every_signer_known
}

every_signer_known if {
	every signature in input.proven.signatures { signature.signer in data.limits.hosts }
}
