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

signed_by(signatures) := object.union(data.ocigate.kfm.fixture_test.good, {"proven": object.union(data.ocigate.kfm.fixture_test.good.proven, {"signatures": signatures})})

council := object.union(data.ocigate.lib.fixture_test.signature, {"signer": "ci", "fingerprint": "sha256:eeee", "identity": {"subject": "council@example.org"}})

test_fingerprints_and_subjects_of_certificates_name_signers_too if {
	every name in ["ci", "sha256:eeee", "council@example.org"] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.allowed_signers.deny) with input as signed_by([council]) with data.config.kfm.allowed_signers as [name]
		data.ocigate.lib.fixture_test.codes(data.ocigate.kfm.allowed_signers.deny) == {"absent"} with input as data.ocigate.kfm.fixture_test.good with data.config.kfm.allowed_signers as [name]
	}
}

test_one_of_those_who_signed_is_enough if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.allowed_signers.deny) with input as signed_by([data.ocigate.lib.fixture_test.signature, council]) with data.config.kfm.allowed_signers as ["somebody", "ci"]
}

test_nobody_is_denied_where_somebody_is_listed if {
	data.ocigate.lib.fixture_test.says(data.ocigate.kfm.allowed_signers.deny, "absent", "absent", [["subject", ""]], ["ci"]) with input as signed_by([]) with data.config.kfm.allowed_signers as ["ci"]
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.allowed_signers.deny) with input as signed_by([])
}
