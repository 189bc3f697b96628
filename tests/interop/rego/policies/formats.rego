# Texts of values.
package team.formats

deny contains sprintf("%v", [value]) if {
	some value in [1, 1.5, -0.25, 100000, true, null, "text", [1, "a"], {"a": {"b": null}}, {1, 2}, set(), {}]
}

deny contains sprintf("%5d|%-5d|%05d|%x|%X|%o|%b|%c", [42, 42, 42, 255, 255, 8, 5, 65])

deny contains sprintf("%s|%10s|%-10s|%q|%.3s", ["a", "b", "c", "d\"e", "abcdef"])

deny contains sprintf("%f|%.2f|%8.3f|%e|%g", [1.5, 2.345, 3.14159, 12345.678, 0.5])

deny contains sprintf("%d%%", [input.subject.size])

deny contains sprintf("too few: %s %s", ["one"])

deny contains sprintf("wrong: %d %s", ["text", 1])

deny contains sprintf("%v", [input.subject.layers[0]])

warn contains format_int(input.subject.size, 16)

warn contains sprintf("%s", [json.marshal({"b": [1, 2.5], "a": input.subject.annotations, "é": "ü"})])
