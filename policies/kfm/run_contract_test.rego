package ocigate.kfm.run_contract_test

test_what_has_all_is_silent if {
	found := data.ocigate.kfm.run_contract.deny with input as data.ocigate.kfm.fixture_test.good
	data.ocigate.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.kfm.run_contract.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_none_is_denied if {
	found := data.ocigate.kfm.run_contract.deny with input as data.ocigate.kfm.fixture_test.with_run([])
	data.ocigate.lib.fixture_test.says(found, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
}

test_each_fault_is_denied if {
	every one in [
		["", "idempotency_key", {"idempotency_key": ""}],
		["/code_ref", "code_ref", {"code_ref": "git+https://example.org/a@main"}],
		["/code_ref", "code_ref", {"code_ref": {"git_commit": "abc"}}],
		["/container", "container", {"container": "tiler:latest"}],
		["/image", "image", {"image": "tiler:latest"}],
		["/tool", "tool", {"tool": {"image": "tiler:latest"}}],
		["/tool_versions", "tool_versions", {"tool_versions": {"tiler": "tiler:latest"}}],
	] {
		[pointer, fact, content] := one
		findings := data.ocigate.kfm.run_contract.deny with input as data.ocigate.kfm.fixture_test.with_run([data.ocigate.kfm.fixture_test.run(content)])
		count(findings) == 1
		data.ocigate.lib.fixture_test.says(findings, "incomplete", "absent", [["run", pointer]], [fact])
	}
}

test_what_is_no_fault_is_silent if {
	every content in [{"code_ref": {"git_commit": "0123456789012345678901234567890123456789"}}, {"note": "was tiler:latest"}, {"container": "tiler@sha256:1"}] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.run_contract.deny) with input as data.ocigate.kfm.fixture_test.with_run([data.ocigate.kfm.fixture_test.run(content)])
	}
}

test_a_digest_of_something_else_is_denied if {
	wrong := object.remove(data.ocigate.kfm.fixture_test.run({}), ["canonical_form"])
	found := data.ocigate.kfm.run_contract.deny with input as data.ocigate.kfm.fixture_test.with_run([wrong])
	data.ocigate.lib.fixture_test.says(found, "incomplete", "absent", [["run", "/canonical_digest"]], ["canonical_digest"])
	# One that is empty is only missing.
	empty := object.union(wrong, {"content": {"canonical_digest": ""}})
	findings := data.ocigate.kfm.run_contract.deny with input as data.ocigate.kfm.fixture_test.with_run([empty])
	count(findings) == 1
	data.ocigate.lib.fixture_test.says(findings, "incomplete", "absent", [["run", ""]], ["canonical_digest"])
}

test_one_by_the_contract_is_enough_and_else_the_first_is_told if {
	poor := object.union(data.ocigate.kfm.fixture_test.run({"idempotency_key": ""}), {"document": data.ocigate.lib.fixture_test.document_digest("poor")})
	poorer := data.ocigate.kfm.fixture_test.run({"container": "tiler:latest"})
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.run_contract.deny) with input as data.ocigate.kfm.fixture_test.with_run([poor, data.ocigate.kfm.fixture_test.run({})])
	findings := data.ocigate.kfm.run_contract.deny with input as data.ocigate.kfm.fixture_test.with_run([poor, poorer])
	count(findings) == 1
	data.ocigate.lib.fixture_test.says(findings, "incomplete", "absent", [["poor", ""]], ["idempotency_key"])
}

test_slsa_provenance_is_no_run_manifest if {
	slsa := data.ocigate.lib.fixture_test.signed(data.ocigate.lib.fixture_test.bound("slsa", "slsa"), "https://slsa.dev/provenance/v1")
	base := data.ocigate.kfm.fixture_test.with_run([])
	data.ocigate.lib.fixture_test.codes(data.ocigate.kfm.run_contract.deny) == {"absent"} with input as object.union(base, {"proven": object.union(base.proven, {"provenance": [slsa]})})
}
