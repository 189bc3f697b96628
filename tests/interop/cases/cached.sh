# The cache on disk: what it saves, and that it changes nothing else.
# shellcheck shell=bash

# Leaves out what two runs over the same may differ in.
fetched='del(.run.now, .subjects[].requests, .subjects[].bytes, .subjects[].cached)'

cases_cached() {
    local -x OCIGATE_CACHE_DIR OCIGATE_CACHE_SIZE=512
    local kind entries
    stop_registry "$port"
    for kind in ferro distribution; do
        OCIGATE_CACHE_DIR=$work/cache-$kind
        entries=$OCIGATE_CACHE_DIR/content-v1/sha256
        use_registry "$kind"
        cold_and_warm "$kind"
        corrupt_entries "$kind"
        runs_at_once "$kind"
        move_tags "$kind"
        stop_registry "$port"
        expect "$kind, warm, and the registry has gone" 3 '^UNDECIDED ' -- verify --timeout 20 --key cosign.pub "$ref"
    done
    use_registry ferro
    folders
}

# A run over $ref whose report is REPORT.json.
cached_run() { # NAME REPORT [OPTION]...
    expect "$1" 0 '^PASS ' -- verify --key cosign.pub "${@:3}" --output text --output "json=$2.json" "$ref"
}

# What a filter of jq makes of the reports, in $reports in this order, has to be true.
expect_counts() { # NAME FILTER REPORT...
    local name=$1 filter=$2
    expect_command "$name" '^true$' jq --slurp "map(.subjects[0]) as \$reports | \$reports | $filter" "${@:3}"
}

cold_and_warm() { # KIND
    local kind=$1
    artifact cached provenance sbom stac sign attest
    expect "$kind, nothing there yet" 0 "^folder +$OCIGATE_CACHE_DIR\$" '^entries +0$' -- cache info
    cached_run "$kind, --no-cache" uncached --no-cache
    expect "$kind, --no-cache keeps nothing" 0 '^entries +0$' -- cache info
    cached_run "$kind, cold" cold
    cached_run "$kind, warm" warm
    cached_run "$kind, --no-cache of what is there" again --no-cache
    expect_counts "$kind, the counts" '(.[0] | .cached == 0 and .requests <= 20)
        and .[1].cached == 0 and .[1].requests == .[0].requests
        and .[2].cached >= 10 and .[2].requests + .[2].cached == .[1].requests and .[2].requests < 10
        and .[3].cached == 0 and .[3].requests == .[0].requests' uncached.json cold.json warm.json again.json
    for report in cold warm again; do expect_same "$kind, $report, the report" "$fetched" uncached.json $report.json; done
    expect "$kind, info" 0 "^entries +$(ls "$entries" | wc -l)\$" '^bytes +[0-9]+ of at most 536870912$' -- cache info
    expect_command "$kind, private to its user" '^700$' stat -c %a "$entries"
}

# That every entry has the digest that it is named by.
expect_intact() { # NAME
    expect_command "$1" '^intact$' bash -c 'for entry in "$1"/*; do
        sha256sum "$entry" | grep -q "^${entry##*/} " || { echo "$entry"; exit 1; }
    done; echo intact' - "$entries"
}

# One that is not its digest is fetched again, and is whole from then on.
corrupt_entries() { # KIND
    local kind=$1 entry how
    entry=$entries/$(jq -r '.subjects[0].evidence[] | select(.kind == "signature").document | ltrimstr("sha256:")' cold.json)
    cp "$entry" whole
    "$interop/alter" whole altered
    : >altered/empty
    cp "$entries/$(ls "$entries" | grep -v "${entry##*/}" | head -1)" altered/another
    for how in begin middle end truncated empty another; do
        cp "altered/$how" "$entry"
        cached_run "$kind, a corrupt entry ($how)" corrupt
        expect_counts "$kind, a corrupt entry ($how) is fetched again" \
            '.[1].cached == .[0].cached - 1' warm.json corrupt.json
        expect_same "$kind, a corrupt entry ($how), the report" "$fetched" uncached.json corrupt.json
        expect_intact "$kind, a corrupt entry ($how) is replaced"
    done
    for entry in "$entries"/*; do echo x >>"$entry"; done
    cached_run "$kind, all entries corrupt" corrupt
    expect_counts "$kind, all entries corrupt, none is used" '.[0].cached == 0' corrupt.json
    expect "$kind, clear" 0 "^removed $(ls "$entries" | wc -l) entries, " -- cache clear
    expect "$kind, cleared" 0 '^entries +0$' '^bytes +0 of' -- cache info
}

runs_at_once() { # KIND
    local kind=$1 run pid pids=() failures=''
    for run in 1 2 3 4; do
        timeout 60 "$gate" verify --key cosign.pub --output "json=$kind-$run.json" "$ref" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || failures+=" $?"; done
    if [ -z "$failures" ]; then
        ok "$kind, four runs at once"
    else
        not_ok "$kind, four runs at once" "exit codes:$failures"
    fi
    for run in 1 2 3 4; do
        expect_same "$kind, four runs at once, the report of number $run" "$fetched" uncached.json "$kind-$run.json"
    done
    expect_intact "$kind, four runs at once, what they kept"
    cached_run "$kind, after four at once" warm
    expect_counts "$kind, after four at once, all is there" '.[0].cached >= 10' warm.json
}

# What a tag holds and what refers to a subject is asked for each time.
move_tags() { # KIND
    local kind=$1 pinned
    artifact moving provenance sbom stac sign-legacy
    pinned=$ref
    expect "$kind, a tag" 0 '^PASS ' "$digest" -- verify --key cosign.pub "$tagged"
    quietly oras tag --plain-http "${ref%@*}@$(referrer "$ref" application/vnd.kfm.sbom.spdx.v1)" \
        "sha256-${digest#sha256:}.sig"
    expect "$kind, the tag of the signature moved" 1 'FAIL +signature' -- verify --key cosign.pub "$tagged"
    sign_bundle "$work/cosign.key" "$ref"
    expect "$kind, signed again" 0 '^PASS ' -- verify --key cosign.pub "$tagged"
    edit stac-item.json '.properties["kfm:access_level"] = "sort-of-public"'
    attach_stac "$ref" "$files"
    expect "$kind, a referrer more" 1 'FAIL +sensitivity: .*sort-of-public' -- verify --key cosign.pub "$tagged"
    printf 'other data' >"$files/layer.pmtiles"
    ref=$(push_subject "$tagged" "$files")
    expect "$kind, the tag of the subject moved" 1 'FAIL +signature' "${ref##*@}" -- verify --key cosign.pub "$tagged"
    ref=$pinned
}

# A folder that cannot be used costs requests only.
folders() {
    artifact folders provenance sbom stac sign attest
    : >no-folder
    OCIGATE_CACHE_DIR=$work/no-folder cached_run 'a file in place of the folder' nowhere
    OCIGATE_CACHE_DIR=/proc/nowhere cached_run 'a folder that cannot be made' nowhere
    OCIGATE_CACHE_DIR=$work/unused OCIGATE_CACHE_SIZE=0 cached_run 'size 0' nowhere
    expect_command 'size 0 makes no folder' '^none$' bash -c 'test ! -e "$1" && echo none' - "$work/unused"
    OCIGATE_CACHE_SIZE=much expect 'a size that is no number' 2 'OCIGATE_CACHE_SIZE.*much' -- verify --key cosign.pub "$ref"
}
