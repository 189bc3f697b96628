# `with` over the input, data and a function.
package team.replaced

too_many if count(input.subject.layers) > data.limits.layers

deny contains "too many layers" if too_many

deny contains "never: more are allowed" if too_many with data.limits.layers as 5

deny contains "none at all" if not too_many with input as {"subject": {"layers": []}}

deny contains sprintf("licences: %v", [concat(" ", licences)]) if {
	licences := data.limits.licences.open with data.limits.licences.open as ["MIT", input.subject.annotations["org.opencontainers.image.licenses"]]
}

shout(text) := upper(text)

whisper(text) := sprintf("(%s)", [text])

deny contains shout("aloud")

deny contains text if text := shout("aloud") with data.team.replaced.shout as whisper
