# The same artifact, copied by the real tools from place to place: what is said of it stays the same.
# shellcheck shell=bash

# Leaves out where it lies, and what was fetched.
placed='walk(if type == "string" then gsub("(127\\.0\\.0\\.1:[0-9]+/kfm/|oci-layout:)[a-z.-]+"; "PLACE") else . end)
    | del(.subjects[].requests, .subjects[].bytes, .subjects[].cached)
    | .run.relaxations |= map(select(.code != "relaxation.as"))'

cases_copies() {
    local kinds=(ferro distribution distribution3 crane) hosts=("$host") ports=("$port") kind part
    for kind in "${kinds[@]:1}"; do
        use_registry "$kind"
        hosts+=("$host") ports+=("$port")
    done
    host=${hosts[0]}

    artifact signed provenance sbom stac sign attest
    copy_around signed 0 '^PASS '
    copies_left_behind
    artifact legacy provenance sbom stac sign-legacy attest-legacy
    copy_around legacy 0 '^PASS ' sig att
    copy_with_cosign
    artifact unsigned provenance sbom stac
    copy_around unsigned 1 'fail signature.absent'
    subject restricted
    edit stac-item.json ".properties[\"kfm:access_level\"] = \"restricted\" | .properties.care = $care"
    for part in provenance sbom stac; do "attach_$part" "$ref" "$files"; done
    sign_bundle "$work/cosign.key" "$ref"
    copy_around restricted 3 'UNDECIDED +care: '
    # What vouches for a referrer refers to it, one level further down.
    sign_bundle "$work/cosign.key" "${ref%@*}@$(referrer "$ref" application/vnd.kfm.metadata.stac.v1)"
    copy_around vouched 0 '^PASS '

    for port in "${ports[@]:1}"; do stop_registry "$port"; done
    port=${ports[0]}
}

# Places are HOST/REPOSITORY or oci-layout:FOLDER; what is named besides are tags of cosign's, by their suffix.
copy_all() { # FROM TO [SUFFIX]...
    local from=$1 to=$2 options=() suffix tag # with its colon
    shift 2
    case $from in oci-layout:*) options+=(--from-oci-layout) ;; *) options+=(--from-plain-http) ;; esac
    case $to in oci-layout:*) options+=(--to-oci-layout) ;; *) options+=(--to-plain-http) ;; esac
    quietly oras copy --recursive "${options[@]}" "${from#oci-layout:}:v1" "${to#oci-layout:}:v1"
    for suffix in "$@"; do
        tag=$(cosign_tag "@$digest" "$suffix")
        quietly oras copy "${options[@]}" "${from#oci-layout:}$tag" "${to#oci-layout:}$tag"
    done
}

# Of $ref, through every kind of registry and two folders, back to where it came from; and as a backup.
copy_around() { # NAME CODE REGEX [SUFFIX]...
    local name=$1 codes=$2 regex=$3 suffixes=("${@:4}") from=${ref%@*} to at tags=v1 suffix
    judge_at "$name, where it was made" "$from" first.json
    for at in "oci-layout:$name-copied" 1 2 3 "oci-layout:$name-again" 0; do
        case $at in
        [0-9]) to=${hosts[at]}/kfm/$name-copied at=${kinds[at]} ;;
        *) to=$at ;;
        esac
        copy_all "$from" "$to" "${suffixes[@]}"
        judge_copy "$name, copied to $at" "$to"
        from=$to
    done
    for suffix in "${suffixes[@]}"; do tags+=,$(cosign_tag "@$digest" "$suffix" | cut -c2-); done
    quietly oras backup --plain-http --include-referrers --output "$name-backup.tar" "${ref%@*}:$tags"
    judge_copy "$name, oras backup" "oci-layout:$name-backup.tar"
    quietly oras restore --plain-http --input "$name-backup.tar" "${hosts[1]}/kfm/$name-restored:$tags"
    judge_copy "$name, oras restore" "${hosts[1]}/kfm/$name-restored"
}

judge_at() { # NAME PLACE REPORT
    local as=()
    case $2 in oci-layout:*) as=(--as "${ref%@*}") ;; esac
    expect "$1" "$codes" "$regex" -- verify --key cosign.pub "${as[@]}" --now 2026-12-01T00:00:00Z \
        --output text --output "json=$3" "$2@$digest"
}

judge_copy() { # NAME PLACE
    judge_at "$1" "$2" copied.json
    expect_same "$1, the report" "$placed" first.json copied.json
}

# A copy of the manifest alone has lost what refers to it.
copies_left_behind() {
    local to=${hosts[1]}/kfm/alone
    quietly oras copy --from-plain-http --to-plain-http "$tagged" "$to:v1"
    expect 'copied without what refers to it' 1 'fail signature.absent' 'fail provenance.absent' \
        -- verify --key cosign.pub "$to@$digest"
}

# cosign copies its tags and no referrers. Under the fallback tag it puts the manifest itself, which is no list.
copy_with_cosign() {
    local to=${hosts[1]}/kfm/by-cosign
    quietly cosign copy --allow-http-registry "$ref" "$to:v1"
    expect 'copied by cosign' 1 'fail provenance.absent' 'proven +simple-signing of ' \
        'proven +envelope of https://spdx.dev/Document' -- verify --key cosign.pub "$to@$digest"
}
