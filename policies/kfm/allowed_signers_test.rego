package ocigate.kfm.allowed_signers_test

test_what_has_all_is_silent if {
	found := data.ocigate.kfm.allowed_signers.deny with input as data.ocigate.kfm.fixture_test.good
	data.ocigate.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.kfm.allowed_signers.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_somebody_else_is_denied if {
	quiet := data.ocigate.kfm.allowed_signers.deny with input as data.ocigate.kfm.fixture_test.good with data.config.kfm.allowed_signers as ["release"]
	loud := data.ocigate.kfm.allowed_signers.deny with input as data.ocigate.kfm.fixture_test.good with data.config.kfm.allowed_signers as ["council"]
	data.ocigate.lib.fixture_test.silent(quiet)
	data.ocigate.lib.fixture_test.says(loud, "absent", "absent", [["subject", ""]], ["council", "release"])
}
