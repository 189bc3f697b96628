package ocigate.kfm.sbom_minimum_test

test_what_has_all_is_silent if {
	found := data.ocigate.kfm.sbom_minimum.deny with input as data.ocigate.kfm.fixture_test.good
	data.ocigate.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.kfm.sbom_minimum.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

# Each has its own sentence, and all of it is in that of an SBOM which lacks all.
test_each_element_that_is_missing_is_denied if {
	alone := [
		{"missing": {"supplier": 3}},
		{"missing": {"version": 3}},
		{"missing": {"identifier": 3}},
		{"creators": []},
		{"created": null},
		{"relationships": 0},
	]
	together := {"missing": {"supplier": 3, "version": 3, "identifier": 3}, "created": null, "creators": [], "relationships": 0}
	found := data.ocigate.kfm.sbom_minimum.deny with input as data.ocigate.kfm.fixture_test.with_sbom(together)
	data.ocigate.lib.fixture_test.says(found, "incomplete", "absent", [["sbom", ""]], ["supplier", "version", "identifier", 3])
	sentences := {sentence |
		some lacking in alone
		one := data.ocigate.kfm.sbom_minimum.deny with input as data.ocigate.kfm.fixture_test.with_sbom(lacking)
		data.ocigate.lib.fixture_test.says(one, "incomplete", "absent", [["sbom", ""]], [])
		some sentence in data.ocigate.lib.fixture_test.sentences(one)
	}
	count(sentences) == count(alone)
	some all in data.ocigate.lib.fixture_test.sentences(found)
	every sentence in sentences {
		contains(all, own_part(sentence, sentences))
	}
}

# What a sentence does not share with the beginning of all others.
own_part(sentence, sentences) := substring(sentence, shared, -1) if {
	shared := max([n |
		some n in numbers.range(0, count(sentence))
		beginning := substring(sentence, 0, n)
		every other in sentences {
			startswith(other, beginning)
		}
	])
}

test_one_that_has_all_is_enough_and_else_the_first_is_told if {
	poor := object.union(data.ocigate.kfm.fixture_test.sbom({"created": null}), {"document": data.ocigate.lib.fixture_test.document_digest("poor")})
	poorer := data.ocigate.kfm.fixture_test.sbom({"missing": {"supplier": 1}})
	base := data.ocigate.kfm.fixture_test.good.proven
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.sbom_minimum.deny) with input as object.union(data.ocigate.kfm.fixture_test.good, {"proven": object.union(base, {"sbom": [poor, data.ocigate.kfm.fixture_test.sbom({})]})})
	findings := data.ocigate.kfm.sbom_minimum.deny with input as object.union(data.ocigate.kfm.fixture_test.good, {"proven": object.union(base, {"sbom": [poor, poorer]})})
	count(findings) == 1
	data.ocigate.lib.fixture_test.says(findings, "incomplete", "absent", [["poor", ""]], [])
	data.ocigate.lib.fixture_test.says(data.ocigate.kfm.sbom_minimum.deny, "incomplete", "absent", [["sbom", ""]], ["supplier", 1]) with input as object.union(data.ocigate.kfm.fixture_test.good, {"proven": object.union(base, {"sbom": [poorer]})})
}

test_cyclonedx_has_other_names_for_the_same if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.sbom_minimum.deny) with input as data.ocigate.kfm.fixture_test.with_sbom({"creators": [], "authors": ["a"], "relationships": 0, "dependencies": 1, "packages": 0, "components": 2})
	# What is no minimum element is not asked for.
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.sbom_minimum.deny) with input as data.ocigate.kfm.fixture_test.with_sbom({"missing": {"licence": 3, "checksum": 3}})
	# What lists one thing alone relates nothing.
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.sbom_minimum.deny) with input as data.ocigate.kfm.fixture_test.with_sbom({"relationships": 0, "packages": 1})
}

test_none_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.sbom_minimum.deny) with input as object.union(data.ocigate.kfm.fixture_test.good, {"proven": object.union(data.ocigate.kfm.fixture_test.good.proven, {"sbom": []})})
}
