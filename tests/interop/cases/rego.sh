# Rego as OPA and conftest evaluate it: generated programs, OPA's own conformance cases, policies and tests of users.
# shellcheck shell=bash

cases_rego() {
    rego_random
    rego_conformance
    rego_policies
    rego_tests
}

# Always the same programs. What is silently different fails it, and so does refusing too much.
rego_random() {
    expect_command 'generated programs' '^5000 programs' \
        rego-beside-opa random -peer "$peer" -count 5000 -seed 1 -jobs 2 -least 95
}

# OPA's own cases, from the module that the peer of OPA is built from. What is refused has to be named.
rego_conformance() {
    local module name='conformance cases'
    module=$(cd "$interop/rego" && GOWORK=off GOFLAGS='' GOPROXY=off go list -m -f '{{.Dir}}' github.com/open-policy-agent/opa)
    [ -d "$module" ] || die "the sources of OPA are not in Go's module cache: run \`go mod download\` in tests/interop/rego"
    # 1e400 is more than a double holds.
    expect_command "$name" '^[0-9]+ cases, 0 not run' \
        rego-beside-opa cases -peer "$peer" -dir "$module/v1/test/cases/testdata" -versions v1 -show refused -most 500 \
        -known 'jsonbuiltins/unmarshal number with large exponent within limits'
    grep -A1 '^refused ' "$work/output" | grep '^  ' >refusals || true
    if grep -vE '^  [^ ]+\.rego:[0-9]+:[0-9]+: .|the rule .' refusals >unnamed; then
        not_ok "$name, refusals" "neither place nor name: $(head -1 unnamed)"
    else
        ok "$name, each refusal says what and where"
    fi
}

# One finding a line, [package, weight, message], as the gate, conftest and OPA have them.
rego_policies() {
    local policies=$interop/rego/policies subject=$interop/../../fixtures/layer_pass/layout
    local options=(--key "$interop/../../fixtures/keys/release.pub" --as registry.example.org/kfm/layers)
    "$gate" verify "${options[@]}" --output input "oci-layout:$subject" >input.json
    expect_json 'policies, no rule ends in an error' 1 '.subjects[0].rule_errors == []' -- \
        verify "${options[@]}" --without-core --policy "$policies" --data "$policies/settings.json" "oci-layout:$subject"
    jq '[.subjects[0].findings[] | [.set, .weight, .message]] | sort' "$work/output" >gate.json

    # It fails too.
    conftest test --all-namespaces --policy "$policies" --data "$policies" --output json input.json >conftest.out || true
    jq '[.[] | .namespace as $package
        | (.failures[]? | [$package, "fail", .msg]), (.warnings[]? | [$package, "warn", .msg])] | sort' \
        conftest.out >conftest.json
    opa eval --format raw --data "$policies" --input input.json data.team >opa.out
    jq '[to_entries[] | ("team." + .key) as $package | .value | to_entries[]
        | select(.key | test("^(deny|violation|warn)(_[a-zA-Z0-9]+)*$"))
        | (if .key | startswith("warn") then "warn" else "fail" end) as $weight
        | .value[] | [$package, $weight, .msg? // .]] | sort' opa.out >opa.json

    expect_same_list 'policies, as conftest' conftest.json gate.json
    expect_same_list 'policies, as opa eval' opa.json gate.json
    # Lists of nothing would be the same too. What must not be found begins with "never".
    local file package
    for file in "$policies"/*.rego; do
        package=$(sed -n 's/^package //p' "$file")
        if ! jq -e --arg package "$package" 'any(.[]; .[0] == $package)' gate.json >/dev/null; then
            not_ok "policies, ${file##*/}" "no finding of $package"
        elif jq -e --arg package "$package" 'any(.[]; .[0] == $package and (.[2] | startswith("never")))' gate.json >/dev/null; then
            not_ok "policies, ${file##*/}" "a finding of $package that must not be"
        else
            ok "policies, ${file##*/}"
        fi
    done
}

# The gate names only tests that fail or are skipped, and counts its own too.
rego_tests() {
    local tested=$interop/rego/tested own
    own=$("$gate" test | sed -n 's/ tests, 0 failed$//p')
    opa test --format json "$tested" >opa.out || true
    jq -r --argjson own "${own:-0}" '
        (.[] | select(.fail or .skip) | (if .fail then "FAILED" else "skipped" end) + "  " + (.package | ltrimstr("data.")) + "." + .name),
        "\(length + $own) tests, \(map(select(.fail)) | length) failed"' opa.out | sort >opa.txt
    run_into_output "$gate" test "$tested"
    if [ "$code" -ne 1 ]; then
        not_ok 'tests' "exit code $code, expected 1"
        return
    fi
    sort "$work/output" >gate.txt
    expect_same_list 'tests, as opa test' opa.txt gate.txt
}

expect_same_list() { # NAME EXPECTED FOUND
    run_into_output diff "$2" "$3"
    if [ "$code" -eq 0 ]; then ok "$1"; else not_ok "$1" "they differ (<: $2, >: $3)"; fi
}
