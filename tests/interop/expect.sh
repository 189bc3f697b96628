# Sourced by run: what is expected of the gate, and the artifacts that it is shown.
# shellcheck shell=bash

passed=0 failed=0
context='' # the group, before every name

ok() { # NAME
    passed=$((passed + 1))
    echo "ok $context: $1"
}

not_ok() { # NAME WHY
    failed=$((failed + 1))
    echo "FAILED $context: $1: $2"
    sed 's/^/    /' "$work/command" "$work/output"
}

# The last line, and the exit code of the run.
summary() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# Runs a command into $work/output, and sets `code`. One that hangs is a failure of its own (124).
run_into_output() { # COMMAND...
    code=0
    echo "\$ ${*/#"$gate"/ocigate}" >"$work/command"
    timeout 60 "$@" >"$work/output" 2>&1 || code=$?
}

# What a report says of weights and codes, a line each: `fail licence.absent`, `gap gap.status`, `relaxed relaxation.as`.
told='(.run.relaxations[]? | "relaxed " + .code), (.subjects[]? | (.findings[]? | .weight + " " + .code), (.gaps[]? | "gap " + .code))'

# CODE is one or several with | between; every regex (grep -E) has to be met by some line of the output. One that is a
# weight and a code (`fail licence.absent`) is asked of the report for programs instead.
expect() { # NAME CODE [REGEX]... -- ARGUMENT...
    local name=$1 codes=$2 regexes=() regex argument beside=() report=$work/told.json
    shift 2
    while [ "$1" != -- ]; do regexes+=("$1") && shift; done
    shift
    for argument; do [[ $argument != json=* ]] || report=${argument#json=}; done
    rm -f "$report"
    if [ "$1" = verify ] && [[ " $* " != *' --output'* && " $* " != *' -o '* ]]; then
        beside=(--output text --output "json=$report")
    fi
    run_into_output "$gate" "$@" ${beside[@]+"${beside[@]}"}
    if [[ "|$codes|" != *"|$code|"* ]]; then
        not_ok "$name" "exit code $code, expected $codes"
        return
    fi
    for regex in ${regexes[@]+"${regexes[@]}"}; do
        if [[ $regex =~ ^(fail|undecided|warn|gap|relaxed)\ [a-z_]+\.[a-z_]+$ ]]; then
            jq -r "$told" "$report" 2>/dev/null | grep -Fqx -- "$regex" && continue
            not_ok "$name" "exit code $code as expected, but the report does not say: $regex"
            return
        fi
        if ! grep -Eq -- "$regex" "$work/output"; then
            not_ok "$name" "exit code $code as expected, but nothing in the output matches: $regex"
            return
        fi
    done
    ok "$name"
}

# The same for `--output json`, with a filter of jq that has to give true.
expect_json() { # NAME CODE FILTER -- ARGUMENT...
    local name=$1 codes=$2 filter=$3
    shift 4
    run_into_output "$gate" "$@" --output json
    if [[ "|$codes|" != *"|$code|"* ]]; then
        not_ok "$name" "exit code $code, expected $codes"
    elif [ "$(jq "$filter" "$work/output" 2>&1)" != true ]; then
        not_ok "$name" "exit code $code as expected, but this is not true: $filter"
    else
        ok "$name"
    fi
}

# After an `expect`: what it printed holds no secret, plain or as sent.
expect_no_secret() { # NAME SECRET
    local text
    for text in "$2" "$(printf 'jo:%s' "$2" | base64 -w0)"; do
        if grep -qF -- "$text" "$work/output"; then
            not_ok "$1, the secret" 'it was printed'
            return
        fi
    done
    ok "$1, the secret is not printed"
}

# That two reports are the same in what a filter of jq leaves of them.
expect_same() { # NAME FILTER REPORT REPORT
    local name=$1 filter=$2 report
    shift 2
    for report in "$@"; do
        jq "$filter" "$report" >"$report.compared" || { not_ok "$name" "$report is no report"; return; }
    done
    run_into_output diff "$1.compared" "$2.compared"
    if [ "$code" -eq 0 ]; then ok "$name"; else not_ok "$name" 'the reports differ'; fi
}

# For a tool beside the gate.
expect_command() { # NAME REGEX COMMAND...
    local name=$1 regex=$2
    shift 2
    run_into_output "$@"
    if [ "$code" -ne 0 ]; then
        not_ok "$name" "exit code $code"
    elif ! grep -Eq -- "$regex" "$work/output"; then
        not_ok "$name" "nothing in the output matches: $regex"
    else
        ok "$name"
    fi
}

# --- artifacts ---

# Sets `port` and `host`.
use_registry() { # KIND
    port=$(free_port)
    host=127.0.0.1:$port
    "start_registry_$1" "$port"
}

# Pushes the subject to $host/kfm/NAME:v1 and fills its documents in; sets `ref` (pinned), `digest`, `tagged` and
# `files`. A repository of its own for each case keeps the referrers apart.
subject() { # NAME
    files=$work/files/$context-$1
    tagged=$host/kfm/$1:v1
    mkdir -p "$files"
    cp "$work/layer.pmtiles" "$files/"
    ref=$(push_subject "$tagged" "$files")
    digest=${ref##*@}
    "$interop/material/fill" "$ref" "$(sha256 "$files/layer.pmtiles")" "$files"
}

# The subject with what the words name.
artifact() { # NAME [provenance|sbom|stac|sign|attest|sign-legacy|attest-legacy]...
    local part
    subject "$1"
    shift
    for part in "$@"; do
        case $part in
        provenance | sbom | stac) "attach_$part" "$ref" "$files" ;;
        sign) sign_bundle "$work/cosign.key" "$ref" ;;
        attest) attest_bundle "$work/cosign.key" "$ref" spdxjson "$files/sbom.spdx.json" ;;
        sign-legacy) sign_legacy "$work/cosign.key" "$ref" ;;
        attest-legacy) attest_legacy "$work/cosign.key" "$ref" spdxjson "$files/sbom.spdx.json" ;;
        *) die "no such part of an artifact: $part" ;;
        esac
    done
}

# Rewrites one of the subject's documents with a filter of jq.
edit() { # FILE FILTER
    jq "$2" "$files/$1" >"$work/edited" && mv "$work/edited" "$files/$1"
}

# Digests of another artifact, which nobody pushed.
other_manifest=$(printf 'another manifest' | sha256sum | cut -d' ' -f1)
other_layer=$(printf 'another layer' | sha256sum | cut -d' ' -f1)

# Overwrites the subject's documents with those of the other artifact.
fill_other() {
    "$interop/material/fill" "${ref%@*}@sha256:$other_manifest" "$other_layer" "$files"
}

# Digest of the referrer with this artifact type.
referrer() { # REF ARTIFACT-TYPE
    oras discover --plain-http --format json --artifact-type "$2" "$1" | jq -r '(.referrers // .manifests)[0].digest'
}
