package team.sizes

limit := 100

over(size) if size > limit

deny contains sprintf("%s is too large", [layer.title]) if {
	some layer in input.subject.layers
	over(layer.size)
}
