package ocigate.core.layer_titles_test

titled(titles) := data.ocigate.lib.fixture_test.with_subject({"layers": [data.ocigate.lib.fixture_test.layer(sprintf("sha256:%v", [i]), title) | some i, title in titles]})

denials(titles) := findings if {
	findings := data.ocigate.core.layer_titles.deny with input as titled(titles)
}

# Where the title of a layer stands.
at(i) := ["subject", sprintf("/layers/%v/annotations/org.opencontainers.image.title", [i])]

test_distinct_titles_are_silent if {
	data.ocigate.lib.fixture_test.silent(denials(["a/tiles", "b/tiles", null, null, "a..b"]))
}

test_equal_titles_fail if {
	findings := denials(["tiles", "other", "tiles"])
	data.ocigate.lib.fixture_test.says(findings, "shared_path", "present", [at(0), at(2)], ["tiles", 2])
	some finding in findings
	finding.pointer == "/layers/0/annotations/org.opencontainers.image.title"
	finding.also[0].pointer == "/layers/2/annotations/org.opencontainers.image.title"
	count(findings) == 1
}

test_titles_equal_after_case_folding_fail if {
	data.ocigate.lib.fixture_test.says(denials(["Tiles", "tiles"]), "shared_path", "present", [at(0), at(1)], ["Tiles", "tiles", 2])
}

test_titles_equal_after_normalisation_fail if {
	data.ocigate.lib.fixture_test.says(denials(["./a//tiles", "a/tiles"]), "shared_path", "present", [at(0), at(1)], ["./a//tiles", "a/tiles"])
	data.ocigate.lib.fixture_test.says(denials([`a\tiles`, "a/tiles"]), "shared_path", "present", [at(0), at(1)], [`a\tiles`, "a/tiles"])
}

test_a_title_within_another_one_fails if {
	findings := denials(["A", "a/b", "ab"])
	data.ocigate.lib.fixture_test.says(findings, "file_and_folder", "present", [at(0), at(1)], ["A", "a/b"])
	count(findings) == 1
}

test_titles_that_name_no_file_fail if {
	every title in ["", ".", "./", "a\nb", "a\u0000b", "a\u007fb"] {
		data.ocigate.lib.fixture_test.says(denials([title]), "no_path", "present", [at(0)], ["sha256:0"])
	}
}

test_titles_that_name_no_file_share_no_path if {
	data.ocigate.lib.fixture_test.codes(denials(["", "."])) == {"no_path"}
}

test_absolute_titles_fail if {
	data.ocigate.lib.fixture_test.says(denials(["/etc/passwd"]), "outside", "present", [at(0)], ["sha256:0", "/etc/passwd"])
	data.ocigate.lib.fixture_test.says(denials([`C:\tiles`]), "outside", "present", [at(0)], ["sha256:0", `C:\tiles`])
	data.ocigate.lib.fixture_test.says(denials([`\tiles`]), "outside", "present", [at(0)], ["sha256:0", `\tiles`])
}

test_climbing_titles_fail if {
	data.ocigate.lib.fixture_test.says(denials(["a/../../tiles"]), "outside", "present", [at(0)], ["sha256:0", "a/../../tiles"])
	data.ocigate.lib.fixture_test.says(denials([`..\tiles`]), "outside", "present", [at(0)], ["sha256:0", `..\tiles`])
}

test_the_children_of_an_index_have_no_paths if {
	index := object.union(titled(["tiles", "tiles", "/tiles", ""]), {"subject": {"is_index": true}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.layer_titles.deny) with input as index
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.layer_titles.deny | data.ocigate.core.layer_titles.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}
