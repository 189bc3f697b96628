package team.shared

word(number) := "several" if number > 1

deny contains "a text without input"

deny_layers contains sprintf("layers: %s", [word(count(input.subject.layers))])
