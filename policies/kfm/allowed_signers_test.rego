package kfm.allowed_signers_test

test_what_has_all_is_silent if {
	found := data.kfm.allowed_signers.deny with input as data.kfm.fixture_test.good
	data.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.kfm.allowed_signers.undecided with input as {}
	data.lib.fixture_test.unreadable(found, "subject.digest")
}

test_somebody_else_is_denied if {
	quiet := data.kfm.allowed_signers.deny with input as data.kfm.fixture_test.good with data.config.kfm.allowed_signers as ["release"]
	loud := data.kfm.allowed_signers.deny with input as data.kfm.fixture_test.good with data.config.kfm.allowed_signers as ["council"]
	data.lib.fixture_test.silent(quiet)
	data.lib.fixture_test.says(loud, "absent", "absent", [["subject", ""]], ["council", "release"])
}
