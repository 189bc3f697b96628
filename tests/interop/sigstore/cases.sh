# What cosign signs keyless with a Sigstore on loopback, and what is wrong with it.
# shellcheck shell=bash

bundle_type=application/vnd.dev.sigstore.bundle.v0.3+json
sign_predicate=https://sigstore.dev/cosign/sign/v1
dev=dev@example.org
forge=https://forge.example.org
# Nothing but the signature is of interest here, unless a case says so.
only=(--disable provenance --disable run_manifest --disable sbom --disable sensitivity)
# What `dev` signs with.
dev_is=()

cases_sigstore() {
    start_sigstore
    dev_is=(--trusted-root trusted_root.json --certificate-identity "$dev" --certificate-oidc-issuer "$people")
    cases_identities
    cases_builds
    cases_attestations
    cases_roots
    cases_moved
    cases_tampered
    cases_logged_keys
    cases_keyless_tags
    cases_fallback
    stop_sigstore
}

# Writes a configuration with one signer of the lab, of whom the lines say more.
lab_config() { # FILE LINE...
    printf '%s\n' '[rules]' 'disable = ["provenance", "run_manifest", "sbom", "sensitivity"]' \
        '[[trust.root]]' 'name = "lab"' 'file = "trusted_root.json"' \
        '[[trust.signer]]' 'name = "lab signer"' 'root = "lab"' "${@:2}" >"$work/$1"
}

# Whose certificate it is.
cases_identities() {
    subject dev
    sign_keyless "$(person "$dev")" "$ref"
    expect_command 'cosign verify accepts it' "$digest" \
        cosign verify "${dev_is[@]}" --allow-http-registry "$ref"
    expect 'the identity that signed' 0 '^PASS ' "proven +bundle of $sign_predicate.*$dev" \
        -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    expect 'the identity that signed, by patterns' 0 '^PASS ' -- verify "${only[@]}" --trusted-root trusted_root.json \
        --certificate-identity-regexp '[a-z]+@example\.org' --certificate-oidc-issuer-regexp "${people%/*}/.*" "$ref"
    expect 'a pattern that fits a part of the identity only' 1 'FAIL +signature' "subject: expected .*example, found \"$dev\"" \
        -- verify "${only[@]}" --trusted-root trusted_root.json \
        --certificate-identity-regexp 'dev@example' --certificate-oidc-issuer "$people" "$ref"
    expect 'another identity' 1 'FAIL +signature' "subject: expected ops@example.org, found \"$dev\"" \
        -- verify "${only[@]}" --trusted-root trusted_root.json \
        --certificate-identity ops@example.org --certificate-oidc-issuer "$people" "$ref"
    expect 'another issuer' 1 'FAIL +signature' "issuer: expected $strangers, found \"$people\"" \
        -- verify "${only[@]}" --trusted-root trusted_root.json \
        --certificate-identity "$dev" --certificate-oidc-issuer "$strangers" "$ref"
    expect 'an identity without an issuer' 2 'certificate-oidc-issuer' \
        -- verify --trusted-root trusted_root.json --certificate-identity "$dev" "$ref"
    expect 'an identity without a root' 2 'trusted-root' \
        -- verify --certificate-identity "$dev" --certificate-oidc-issuer "$people" "$ref"
    expect 'any identity' 2 'anybody' -- verify --trusted-root trusted_root.json \
        --certificate-identity-regexp '.*' --certificate-oidc-issuer "$people" "$ref"
    expect 'nobody is trusted' 3 'UNDECIDED +signature' -- verify "${only[@]}" "$ref"
    expect 'a key is trusted' '1|3' '(FAIL|UNDECIDED) +signature' -- verify "${only[@]}" --key "$key" "$ref"

    copy_to_layout "$tagged" "$work/keyless"
    rm -rf "$work/keyless/ingest"
    expect 'a layout' 0 '^PASS ' -- verify "${only[@]}" "${dev_is[@]}" oci-layout:keyless:v1
    expect 'a layout, another identity' 1 'subject: expected ops@example.org' -- verify "${only[@]}" \
        --trusted-root trusted_root.json --certificate-identity ops@example.org --certificate-oidc-issuer "$people" \
        oci-layout:keyless:v1

    lab_config here.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" "repositories = [\"$host/kfm/*\"]"
    expect 'a signer for this repository' 0 '^PASS ' 'lab signer' -- verify --config here.toml "$ref"
    lab_config elsewhere.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" \
        "repositories = [\"$host/other/*\"]"
    expect 'a signer for other repositories' 1 'FAIL +signature' 'lab signer' 'kfm/dev' \
        -- verify --config elsewhere.toml "$ref"
    lab_config sbom-only.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" \
        'predicate_types = ["https://spdx.dev/Document"]'
    expect 'a signer of SBOMs only' 1 'FAIL +signature' 'lab signer' -- verify --config sbom-only.toml "$ref"
    lab_config ended.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" \
        'not_before = 2026-01-01T00:00:00Z' 'not_after = 2026-02-01T00:00:00Z'
    expect 'a signer until before it signed' 1 'FAIL +signature' '2026-02-01' -- verify --config ended.toml "$ref"
    lab_config future.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" 'not_before = 2999-01-01T00:00:00Z'
    expect 'a signer from after it signed' 1 'FAIL +signature' '2999-01-01' -- verify --config future.toml "$ref"

    # The same address, vouched for by somebody else.
    subject stranger
    sign_keyless "$(person "$dev" "$strangers")" "$ref"
    expect 'the right address by another issuer' 1 'FAIL +signature' "issuer: expected $people, found \"$strangers\"" \
        -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    sign_keyless "$(person "$dev")" "$ref"
    expect 'one signature of a stranger, and a good one' 0 '^PASS ' -- verify "${only[@]}" "${dev_is[@]}" "$ref"

    # A key's signature beside a keyless one.
    subject both
    sign_keyless "$(person "$dev")" "$ref"
    sign_bundle "$work/cosign.key" "$ref"
    expect 'a key and an identity' 0 '^PASS ' -- verify "${only[@]}" --key "$key" "${dev_is[@]}" "$ref"
    expect 'one of both' 0 '^PASS ' -- verify "${only[@]}" "${dev_is[@]}" "$ref"
}

# What the certificate of a build says of its source.
cases_builds() {
    local rest="issuer = \"$builds\", subject_glob = \"$forge/kfm/*/.forge/*@refs/**\"" claim right wrong
    local workflow="$forge/kfm/layers/.forge/release.yml@refs/heads/main"
    subject build
    sign_keyless "$(build kfm/layers)" "$ref"
    for claim in source_repository source_ref workflow runner_environment; do
        case $claim in
        source_repository) right=$forge/kfm/layers wrong=$forge/kfm/tools ;;
        source_ref) right=refs/heads/main wrong=refs/heads/release ;;
        workflow) right=$workflow wrong=${workflow/release.yml/nightly.yml} ;;
        runner_environment) right=hosted wrong=own ;;
        esac
        lab_config "$claim.toml" "identity = { $rest, $claim = \"$right\" }"
        expect "$claim" 0 '^PASS ' -- verify --config "$claim.toml" "$ref"
        lab_config "$claim.toml" "identity = { $rest, $claim = \"$wrong\" }"
        expect "another $claim" 1 'FAIL +signature' "$claim: expected $wrong, found \"$right\"" \
            -- verify --config "$claim.toml" "$ref"
    done
    lab_config all.toml "identity = { issuer = \"$builds\", subject = \"$workflow\", workflow = \"$workflow\", \
source_repository = \"$forge/kfm/layers\", source_ref = \"refs/heads/main\", runner_environment = \"hosted\" }"
    expect 'all of them' 0 '^PASS ' -- verify --config all.toml "$ref"

    # Who can write to one repository of the forge must not sign for another one.
    subject build-elsewhere
    sign_keyless "$(build kfm/tools)" "$ref"
    expect 'a build of another repository' 1 'FAIL +signature' \
        "source_repository: expected $forge/kfm/layers, found \"$forge/kfm/tools\"" -- verify --config all.toml "$ref"

    subject person-not-build
    sign_keyless "$(person "$dev")" "$ref"
    lab_config person.toml "identity = { issuer = \"$people\", subject = \"$dev\", source_repository = \"$forge/kfm/layers\" }"
    expect 'a certificate without source_repository' 1 'FAIL +signature' \
        "source_repository: expected $forge/kfm/layers, found none" -- verify --config person.toml "$ref"
}

# Statements about the subject.
cases_attestations() {
    subject attested
    attach_stac "$ref" "$files"
    sign_keyless "$(person "$dev")" "$ref"
    attest_keyless "$(build kfm/layers)" "$ref" spdxjson "$files/sbom.spdx.json"
    attest_keyless "$(build kfm/layers)" "$ref" slsaprovenance1 "$sigstore/slsa.json"
    local who=(
        '[[trust.signer]]' 'name = "builder"' 'root = "lab"'
        "identity = { issuer = \"$builds\", subject_glob = \"$forge/kfm/**\", source_repository = \"$forge/kfm/layers\" }"
        'predicate_types = ["https://spdx.dev/Document", "https://slsa.dev/provenance/v1"]'
    )
    lab_config attested.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" \
        "predicate_types = [\"$sign_predicate\"]" "${who[@]}"
    # Every rule but the one that nothing here is for.
    sed -i 's/^disable = .*/disable = ["run_manifest"]/' "$work/attested.toml"
    expect 'signature, SBOM and provenance' 0 '^PASS ' "proven +bundle of $sign_predicate.*lab signer" \
        'proven +bundle of https://spdx.dev/Document.*builder' 'proven +bundle of https://slsa.dev/provenance/v1.*builder' \
        -- verify --config attested.toml "$ref"
    expect_command 'cosign verify-attestation accepts the SBOM' 'https://spdx.dev/Document|payload' \
        cosign verify-attestation --trusted-root "$work/trusted_root.json" --type spdxjson --allow-http-registry \
        --certificate-identity-regexp "^$forge/kfm/" --certificate-oidc-issuer "$builds" "$ref"

    sed "s|source_repository = \"$forge/kfm/layers\"|source_repository = \"$forge/kfm/tools\"|" "$work/attested.toml" \
        >"$work/misattested.toml"
    expect 'attested by a build of another repository' 1 'FAIL +provenance' 'FAIL +sbom' \
        "source_repository: expected $forge/kfm/tools, found \"$forge/kfm/layers\"" \
        -- verify --config misattested.toml "$ref"

    subject sbom-only
    attest_keyless "$(person "$dev")" "$ref" spdxjson "$files/sbom.spdx.json"
    expect 'a signed SBOM is not a signature' 1 'FAIL +signature: .*https://spdx.dev/Document' \
        -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    fetch_bundle "$work/sbom-bundle.json"
    subject_with_bundle sbom-as-signature "$work/sbom-bundle.json"
    expect 'nor if its annotations call it one' 1 'FAIL +signature' -- verify "${only[@]}" "${dev_is[@]}" "$ref"
}

# What the trusted root says of the services.
cases_roots() {
    local service why
    subject roots
    sign_keyless "$(person "$dev")" "$ref"
    trusted_root same.json
    expect 'the root, written again' 0 '^PASS ' -- verify "${only[@]}" "${dev_is[@]/trusted_root/same}" "$ref"
    for service in fulcio ctlog rekor tsa; do
        trusted_root changed.json without "$service"
        expect "a root without $service" '1' 'FAIL +signature' -- verify "${only[@]}" "${dev_is[@]/trusted_root/changed}" "$ref"
        trusted_root changed.json other "$service"
        expect "a root with another $service" 1 'FAIL +signature' -- verify "${only[@]}" "${dev_is[@]/trusted_root/changed}" "$ref"
        trusted_root changed.json window "$service" "$epoch" 2026-02-01T00:00:00Z
        expect "a root whose $service ended before" 1 'FAIL +signature' -- verify "${only[@]}" "${dev_is[@]/trusted_root/changed}" "$ref"
        trusted_root changed.json window "$service" 2998-01-01T00:00:00Z 2999-01-01T00:00:00Z
        expect "a root whose $service begins later" 1 'FAIL +signature' -- verify "${only[@]}" "${dev_is[@]/trusted_root/changed}" "$ref"
    done
    echo '{}' >"$work/changed.json"
    expect 'a root that is none' 2 'changed.json' -- verify "${only[@]}" "${dev_is[@]/trusted_root/changed}" "$ref"

    local me="identity = { issuer = \"$people\", subject = \"$dev\" }"
    trusted_root changed.json without ctlog
    lab_config relaxed.toml "$me" 'relax = ["sct"]'
    sed -i 's/trusted_root.json/changed.json/' "$work/relaxed.toml"
    expect 'without ctlog, and that is relaxed' 0 '^PASS ' 'relaxed .*sct' -- verify --config relaxed.toml "$ref"
    trusted_root changed.json without rekor
    expect 'without rekor, and something else is relaxed' 1 'FAIL +signature' -- verify --config relaxed.toml "$ref"
    sed -i 's/"sct"/"log"/' "$work/relaxed.toml"
    expect 'without rekor, and that is relaxed' 0 '^PASS ' 'relaxed .*log' -- verify --config relaxed.toml "$ref"
}

# --- bundles that are not as cosign made them ---

# Writes the bundle of $ref's signature.
fetch_bundle() { # FILE
    local manifest blob
    manifest=$(referrer "$ref" "$bundle_type")
    blob=$(oras manifest fetch --plain-http "${ref%@*}@$manifest" | jq -r '.layers[0].digest')
    quietly oras blob fetch --plain-http --output "$1" "${ref%@*}@$blob"
}

# Attaches $work/bundle.json to $ref as cosign does: all digests are right, so what is bad is the bundle.
attach_bundle() {
    (cd "$work" && quietly oras attach --plain-http "$ref" --artifact-type "$bundle_type" --annotation "$created" \
        --annotation dev.sigstore.bundle.content=dsse-envelope \
        --annotation "dev.sigstore.bundle.predicateType=$sign_predicate" "bundle.json:$bundle_type")
}

# Pushes the same subject once more, with this bundle alone.
subject_with_bundle() { # NAME FILE
    subject "$1"
    [ "$work/bundle.json" = "$2" ] || cp "$2" "$work/bundle.json"
    attach_bundle
}

# Parts of bundles in others' places.
cases_moved() {
    local entries=.verificationMaterial.tlogEntries times=.verificationMaterial.timestampVerificationData
    local certificate=.verificationMaterial.certificate part name
    subject first
    sign_keyless "$(person "$dev")" "$ref"
    fetch_bundle "$work/first.json"
    subject first-again
    sign_keyless "$(person "$dev")" "$ref"
    fetch_bundle "$work/again.json"

    subject_with_bundle moved "$work/first.json"
    expect 'a bundle, attached again' 0 '^PASS ' -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    for part in "$entries" "$times" "$certificate" .dsseEnvelope.signatures "$entries[0].canonicalizedBody" \
        "$entries[0].inclusionProof"; do
        name=${part##*.}
        jq --slurpfile other "$work/again.json" "$part = (\$other[0] | $part)" "$work/first.json" >"$work/swapped.json"
        subject_with_bundle "moved-${name,,}" "$work/swapped.json"
        expect "$name of another signature of the same" 1 'FAIL +signature' 'refused' \
            -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    done
    jq --slurpfile other "$work/again.json" "$entries += \$other[0]$entries" "$work/first.json" >"$work/swapped.json"
    subject_with_bundle moved-beside "$work/swapped.json"
    expect 'an entry of another signature beside its own' 1 'FAIL +signature' 'refused' \
        -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    for part in "$entries" "$times" "$certificate"; do
        name=${part##*.}
        jq "del($part)" "$work/first.json" >"$work/swapped.json"
        subject_with_bundle "without-${name,,}" "$work/swapped.json"
        expect "without $name" '1' 'FAIL +signature' -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    done

    # Of another subject.
    ref=$host/kfm/other@$(cd "$files" && oras push --plain-http "$host/kfm/other:v1" --annotation "$created" \
        --artifact-type application/vnd.kfm.layer.data.v1 --format 'go-template={{.digest}}' \
        layer.pmtiles:application/vnd.pmtiles)
    cp "$work/first.json" "$work/bundle.json"
    attach_bundle
    expect 'a signature of another digest' 1 'FAIL +signature' "$digest" -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    sign_keyless "$(person "$dev")" "$ref"
    expect 'a signature of another digest, and its own' 0 '^PASS ' -- verify "${only[@]}" "${dev_is[@]}" "$ref"
}

# One bit of each value in a bundle, in several places.
cases_tampered() {
    local pointer offset number=0 lenient=()
    subject whole
    sign_keyless "$(person "$dev")" "$ref"
    fetch_bundle "$work/whole.json"
    "$sigstore/spoil" list "$work/whole.json" >"$work/places"
    while read -r pointer offset; do
        number=$((number + 1))
        "$sigstore/spoil" "$work/whole.json" "$pointer" "$offset" >"$work/spoiled.json"
        subject_with_bundle "spoiled-$number" "$work/spoiled.json"
        expect "one bit of ${pointer#/verificationMaterial}, byte $offset" 1 'FAIL +signature' \
            -- verify "${only[@]}" "${dev_is[@]}" "$ref"
        if cosign verify "${dev_is[@]}" --allow-http-registry "$ref" >/dev/null 2>&1; then
            lenient+=("${pointer##*/}")
        fi
    done <"$work/places"
    # It makes some of these values anew instead of reading them.
    echo "  (cosign verify accepts ${#lenient[@]} of these $number: $(printf '%s\n' "${lenient[@]}" | sort -u | xargs))"
}

# A key's signature with a log entry and a timestamp.
cases_logged_keys() {
    local options
    keyless_options
    subject logged-key
    quietly cosign sign --key "$work/cosign.key" "${options[@]}" "$ref"
    expect 'a key, its log entry not checked' 0 '^PASS ' -- verify "${only[@]}" --key "$key" "$ref"
    lab_config logged.toml 'key = "cosign.pub"' 'require_log = true'
    expect 'a key that needs a log entry' 0 '^PASS ' -- verify --config logged.toml "$ref"
    trusted_root changed.json other rekor
    sed 's/trusted_root.json/changed.json/' "$work/logged.toml" >"$work/other-log.toml"
    expect 'a key that needs an entry in another log' 1 'FAIL +signature' -- verify --config other-log.toml "$ref"
    trusted_root changed.json window rekor "$epoch" 2026-02-01T00:00:00Z
    expect 'a key that needs an entry in a log that ended before' 1 'FAIL +signature' \
        -- verify --config other-log.toml "$ref"

    subject unlogged-key
    sign_bundle "$work/cosign.key" "$ref"
    expect 'a key that needs a log entry and has none' 1 'FAIL +signature' 'log' -- verify --config logged.toml "$ref"
}

# cosign's tags. It writes them keyless only with Rekor v1's interface or without a log, and of Rekor v1 there is no
# server without a database: so here a timestamp stands alone.
cases_keyless_tags() {
    subject tags
    quietly env SIGSTORE_CT_LOG_PUBLIC_KEY_FILE="$lab/ctlog.pub" SIGSTORE_ROOT_FILE="$lab/fulcio.pem" \
        cosign sign --identity-token "$(person "$dev")" --use-signing-config=false --new-bundle-format=false \
        --fulcio-url "http://127.0.0.1:$fulcio_port" --tlog-upload=false \
        --timestamp-server-url "http://127.0.0.1:$tsa_port/api/v1/timestamp" --allow-http-registry "$ref"
    expect 'a .sig without a log entry' 1 'FAIL +signature' 'log' -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    lab_config tags.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" 'relax = ["log"]'
    expect 'a .sig without a log entry, and that is relaxed' 0 '^PASS ' 'proven +simple-signing of ' 'relaxed .*log' \
        -- verify --config tags.toml "$ref"
    lab_config tags.toml "identity = { issuer = \"$people\", subject = \"ops@example.org\" }" 'relax = ["log"]'
    expect 'a .sig of another identity' 1 'FAIL +signature' "subject: expected ops@example.org, found \"$dev\"" \
        -- verify --config tags.toml "$ref"
}

# A registry without the referrers API.
cases_fallback() {
    stop_registry "$port"
    use_registry distribution
    subject fallback
    sign_keyless "$(person "$dev")" "$ref"
    expect 'a fallback tag' 0 '^PASS ' -- verify "${only[@]}" "${dev_is[@]}" "$ref"
    expect 'a fallback tag, another identity' 1 'FAIL +signature' "subject: expected ops@example.org, found \"$dev\"" \
        -- verify "${only[@]}" --trusted-root trusted_root.json \
        --certificate-identity ops@example.org --certificate-oidc-issuer "$people" "$ref"
}
