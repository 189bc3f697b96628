# Runs that were kept in a file, judged again where there is no registry.
# shellcheck shell=bash

# Leaves out what the report's schema marks as different between a run and its replay.
replayed='del(.run.capsule, .subjects[].requests, .subjects[].bytes, .subjects[].cached)
    | .run.relaxations |= map(select(.code | startswith("capsule.") | not))'

cases_capsules() {
    local kind
    stop_registry "$port"
    for kind in ferro distribution distribution3 crane; do
        use_registry "$kind"
        save_and_replay "$kind"
    done
    use_registry ferro
    save_undecided
    change_capsule
    compare_capsules
}

# A registry's answers, kept and replayed after it has gone.
save_and_replay() { # KIND
    local kind=$1 good
    artifact good provenance sbom stac sign attest
    good=$ref
    artifact legacy provenance sbom stac sign-legacy attest-legacy
    artifact unsigned provenance sbom stac
    expect "$kind, save" 0 '^PASS ' "^saved $kind-one.tar sha256:[0-9a-f]{64}, verdict pass" \
        -- save --key cosign.pub --report text --report "json=$kind-one.json" -o "$kind-one.tar" "$good"
    expect "$kind, save several" 1 '^PASS ' '^FAIL ' '^UNDECIDED ' \
        "^saved $kind-many.tar sha256:[0-9a-f]{64}, verdict fail" \
        -- save --key cosign.pub --report text --report "json=$kind-many.json" -o "$kind-many.tar" \
        "$good" "$host/kfm/legacy:v1" "$host/kfm/unsigned:v1" "$host/kfm/good:v99"
    stop_registry "$port"
    expect "$kind, the registry has gone" 3 '^UNDECIDED ' -- verify --timeout 20 --key cosign.pub "$good"
    replay "$kind, one subject" 0 "$kind-one" --as "$host/kfm/good"
    replay "$kind, several subjects" 1 "$kind-many" --as "$host/kfm/good" --as "$host/kfm/legacy" --as "$host/kfm/unsigned"
}

# By the capsule's own trust in a folder with nothing else in it, then by that of this machine.
replay() { # NAME CODE CAPSULE ARGUMENT...
    local name=$1 codes=$2 capsule=$3
    shift 3
    rm -rf elsewhere
    mkdir elsewhere
    cp "$capsule.tar" elsewhere
    pushd elsewhere >/dev/null
    expect "$name, its own trust" "$codes" 'capsule' \
        -- verify --trust-from-capsule --output text --output json=replayed.json "$capsule.tar"
    popd >/dev/null
    expect_same "$name, its own trust, the report" "$replayed" "$capsule.json" elsewhere/replayed.json
    expect "$name, trust from here" "$codes" 'capsule' \
        -- verify --key cosign.pub --now "$(jq -r .run.now "$capsule.json")" "$@" \
        --output text --output json=replayed.json "$capsule.tar"
    expect_same "$name, trust from here, the report" "$replayed" "$capsule.json" replayed.json
}

# A registry that goes away half-way is as undecided in the replay, and for the same reasons.
save_undecided() {
    local count
    artifact halfway provenance sbom stac sign attest
    for count in 1 4 9; do
        start_proxy stop-after "$count"
        expect "stopped after $count requests, save" 3 '^UNDECIDED ' "^saved halfway-$count.tar .*, verdict undecided" \
            -- save --timeout 20 --key cosign.pub --report text --report "json=halfway-$count.json" \
            -o "halfway-$count.tar" "$behind"
        stop_registry "$proxy_port"
        replay "stopped after $count requests" 3 "halfway-$count" --as "${behind%@*}"
    done
}

# Where the content of an entry of a tar begins, in bytes.
content_of() { # TAR ENTRY
    tar --list --verbose --block-number --file "$1" |
        awk -v entry="$2" '$NF == entry { sub(":", "", $2); print ($2 + 1) * 512 }'
}

# One bit changed in each kind of thing that a capsule holds, and around them.
change_capsule() {
    local capsule=ferro-one.tar saved digests digest places=()
    saved=$(saved_digest "$capsule")
    digests=(
        "subject=$(jq -r '.subjects[0].digest' ferro-one.json)"
        "signature=$(jq -r '.subjects[0].evidence[] | select(.kind == "signature").document' ferro-one.json)"
        "key=sha256:$(sha256 cosign.pub)"
        "manifest=$saved"
        "config=$(tar -xOf "$capsule" "blobs/sha256/${saved#sha256:}" | jq -r .config.digest)"
    )
    for digest in "${digests[@]}"; do
        places+=("${digest%%=*}=$(($(content_of "$capsule" "blobs/sha256/${digest#*=sha256:}") + 9))")
    done
    places+=(
        "index=$(($(content_of "$capsule" index.json) + 9))"
        "version=$(($(content_of "$capsule" oci-layout) + 9))"
        # After 30 bytes of content; and the mode of an entry, before its content.
        "padding=$(($(content_of "$capsule" oci-layout) + 40))"
        "header=$(($(content_of "$capsule" index.json) - 512 + 102))"
    )
    "$interop/alter" "$capsule" spoiled "${places[@]}"
    { cat "$capsule"; printf '\0'; } >spoiled/lengthened
    head -c 5000 "$capsule" >spoiled/cut
    for digest in "${digests[@]}"; do
        spoiled "${digest%%=*}" "the bytes of ${digest#*=} have the digest sha256:"
    done
    spoiled index 'index'
    spoiled version '`oci-layout` is not that of a capsule'
    spoiled padding 'padding after an entry has other bytes than zeros'
    spoiled header 'the header at byte [0-9]+ is not one of a capsule'
    spoiled truncated 'it ends within the end'
    spoiled lengthened 'something follows its end'
    spoiled cut 'it ends within '
    expect 'the digest that save printed' 0 '^PASS ' -- verify --trust-from-capsule "$capsule@$saved"
    expect 'another capsule under that digest' 1 "its digest is $(saved_digest crane-one.tar), expected $saved" \
        -- verify --trust-from-capsule "crane-one.tar@$saved"
}

# The digest that `ocigate save` printed: that of the capsule's manifest.
saved_digest() { # CAPSULE
    tar -xOf "$1" index.json | jq -r '.manifests[0].digest'
}

# Nothing of what was changed is judged, and it is not compared either.
spoiled() { # NAME REASON
    mv "spoiled/$1" "spoiled/$1.tar"
    expect "changed: $1" 1 '^FAIL ' "$2" \
        -- verify --key cosign.pub "spoiled/$1.tar"
    expect "changed: $1, diff" 2 "$2" -- diff ferro-one.tar "spoiled/$1.tar"
}

compare_capsules() {
    artifact compared provenance sbom stac
    expect 'save before the signature' 1 'FAIL +signature' -- save --key cosign.pub -o monday.tar "$ref"
    sign_bundle "$work/cosign.key" "$ref"
    expect 'save after the signature' 0 '^PASS ' -- save --key cosign.pub -o tuesday.tar "$ref"
    expect 'an existing file is not overwritten' 2 'monday.tar exists' -- save --key cosign.pub -o monday.tar "$ref"
    expect 'the same one twice' 0 '^nothing changed$' -- diff monday.tar monday.tar
    expect 'the signature is new' 1 '^  \+ evidence +proven bundle of https://sigstore.dev/cosign/sign/v1' \
        '^  - verdict +fail' '^  \+ verdict +pass' '^  - finding +fail +signature: ' -- diff monday.tar tuesday.tar
    expect_json 'the signature is new, for programs' 1 \
        '[.changes[] | select(.what == "evidence")] | length == 1 and .[0].before == null' -- diff monday.tar tuesday.tar
    expect 'the signature is gone, the other way round' 1 '^  - evidence +proven bundle' -- diff tuesday.tar monday.tar
}
