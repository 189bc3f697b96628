# What cosign signs keyless with a Sigstore on loopback, and what is wrong with it.
# shellcheck shell=bash

bundle_type=application/vnd.dev.sigstore.bundle.v0.3+json
sign_predicate=https://sigstore.dev/cosign/sign/v1
dev=dev@example.org
forge=https://forge.example.org
# Nothing but the signature is of interest here, unless a case says so.
only=(--disable provenance --disable run_manifest --disable sbom --disable sensitivity)
# What the gate and cosign are told of who `dev` is, and the gate's whole command for that and for another identity.
dev_is=() as_dev=() as_ops=()

cases_sigstore() {
    start_sigstore
    dev_is=(--trusted-root trusted_root.json --certificate-identity "$dev" --certificate-oidc-issuer "$people")
    as_dev=(verify "${only[@]}" "${dev_is[@]}")
    as_ops=("${as_dev[@]/$dev/ops@example.org}")
    cases_identities
    cases_builds
    cases_requirements
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
    expect 'the identity that signed' 0 '^PASS ' "proven +bundle of $sign_predicate" "by .command line.: $dev" \
        "issuer $people" 'signed at 20.*timestamp authority' 'entry [0-9]+ of the log localhost' \
        -- "${as_dev[@]}" "$ref"
    expect 'the identity that signed, by patterns' 0 '^PASS ' -- verify "${only[@]}" --trusted-root trusted_root.json \
        --certificate-identity-regexp '[a-z]+@example\.org' --certificate-oidc-issuer-regexp "${people%/*}/.*" "$ref"
    expect 'a pattern that fits a part of the identity only' 1 'FAIL +signature' \
        "subject: .*dev@example.*$dev" \
        -- verify "${only[@]}" --trusted-root trusted_root.json \
        --certificate-identity-regexp 'dev@example' --certificate-oidc-issuer "$people" "$ref"
    expect 'another identity' 1 'FAIL +signature' "subject: .*ops@example.org.*$dev" \
        -- "${as_ops[@]}" "$ref"
    expect 'another issuer' 1 'FAIL +signature' "issuer: .*$strangers.*$people" \
        -- verify "${only[@]}" --trusted-root trusted_root.json \
        --certificate-identity "$dev" --certificate-oidc-issuer "$strangers" "$ref"
    expect 'an identity without an issuer' 2 'certificate-oidc-issuer' \
        -- verify --trusted-root trusted_root.json --certificate-identity "$dev" "$ref"
    expect 'another Sigstore, which is the public one if none is named' 1 'FAIL +signature: .*root .public-good.' \
        -- verify "${only[@]}" --certificate-identity "$dev" --certificate-oidc-issuer "$people" "$ref"
    expect 'any identity' 2 'anybody' -- verify --trusted-root trusted_root.json \
        --certificate-identity-regexp '.*' --certificate-oidc-issuer "$people" "$ref"
    expect 'nobody is trusted' 3 'UNDECIDED +signature' -- verify "${only[@]}" "$ref"
    expect 'only a key is trusted' 3 "UNDECIDED +signature: .*keyless.*claims to be of $dev" \
        -- verify "${only[@]}" --key "$key" "$ref"

    copy_to_layout "$tagged" "$work/keyless"
    rm -rf "$work/keyless/ingest"
    expect 'a layout' 0 '^PASS ' -- "${as_dev[@]}" oci-layout:keyless:v1
    expect 'a layout, another identity' 1 'subject: .*ops@example.org' -- "${as_ops[@]}" \
        oci-layout:keyless:v1

    lab_config here.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" "repositories = [\"$host/kfm/*\"]"
    expect 'a signer for this repository' 0 '^PASS ' 'lab signer' -- verify --config here.toml "$ref"
    lab_config elsewhere.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" \
        "repositories = [\"$host/other/*\"]"
    expect 'a signer for other repositories' 1 'FAIL +signature: .*repository. failed: .*lab signer.*kfm/dev' \
        -- verify --config elsewhere.toml "$ref"
    lab_config sbom-only.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" \
        'predicate_types = ["https://spdx.dev/Document"]'
    expect 'a signer of SBOMs only' 1 'FAIL +signature: .*predicate type. failed: .*lab signer' \
        -- verify --config sbom-only.toml "$ref"
    lab_config ended.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" \
        'not_before = 2026-01-01T00:00:00Z' 'not_after = 2026-02-01T00:00:00Z'
    expect 'a signer until before it signed' 1 'FAIL +signature: .*validity window. failed: .*until 2026-02-01' \
        -- verify --config ended.toml "$ref"
    lab_config future.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" 'not_before = 2999-01-01T00:00:00Z'
    expect 'a signer from after it signed' 1 'FAIL +signature: .*validity window. failed: .*from 2999-01-01' \
        -- verify --config future.toml "$ref"

    # The same address, vouched for by somebody else.
    subject stranger
    sign_keyless "$(person "$dev" "$strangers")" "$ref"
    expect 'the right address by another issuer' 1 'FAIL +signature' "issuer: .*$people.*$strangers" \
        -- "${as_dev[@]}" "$ref"
    sign_keyless "$(person "$dev")" "$ref"
    expect 'one signature of a stranger, and a good one' 0 '^PASS ' -- "${as_dev[@]}" "$ref"

    # A key's signature beside a keyless one.
    subject both
    sign_keyless "$(person "$dev")" "$ref"
    sign_bundle "$work/cosign.key" "$ref"
    expect 'a key and an identity' 0 '^PASS ' -- "${as_dev[@]}" --key "$key" "$ref"
    expect 'one of both' 0 '^PASS ' -- "${as_dev[@]}" "$ref"
}

# What the certificate of a build says of its source.
cases_builds() {
    local rest="issuer = \"$builds\", subject = { glob = \"$forge/kfm/*/.forge/*@refs/**\" }" claim right wrong
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
        expect "another $claim" 1 'FAIL +signature' "$claim: .*$wrong.*$right" \
            -- verify --config "$claim.toml" "$ref"
    done
    lab_config all.toml "identity = { issuer = \"$builds\", subject = \"$workflow\", workflow = \"$workflow\", \
source_repository = \"$forge/kfm/layers\", source_ref = \"refs/heads/main\", runner_environment = \"hosted\" }"
    expect 'all of them' 0 '^PASS ' -- verify --config all.toml "$ref"

    # Who can write to one repository of the forge must not sign for another one.
    subject build-elsewhere
    sign_keyless "$(build kfm/tools)" "$ref"
    expect 'a build of another repository' 1 'FAIL +signature' \
        "source_repository: .*$forge/kfm/layers.*$forge/kfm/tools" -- verify --config all.toml "$ref"

    subject person-not-build
    sign_keyless "$(person "$dev")" "$ref"
    lab_config person.toml \
        "identity = { issuer = \"$people\", subject = \"$dev\", source_repository = \"$forge/kfm/layers\" }"
    expect 'a certificate without source_repository' 1 'FAIL +signature' \
        "source_repository: .*$forge/kfm/layers" -- verify --config person.toml "$ref"
}

# Who has to sign besides.
cases_requirements() {
    local ops=ops@example.org
    local two=(
        "identity = { issuer = \"$people\", subject = \"$dev\" }" 'role = "publisher"'
        '[[trust.signer]]' 'name = "operations"' 'root = "lab"'
        "identity = { issuer = \"$people\", subject = \"$ops\" }" 'role = "reviewer"'
        '[[trust.require]]'
    )
    lab_config signers.toml "${two[@]}" 'signers = 2'
    lab_config roles.toml "${two[@]}" 'roles = ["publisher", "reviewer"]'
    subject required
    sign_keyless "$(person "$dev")" "$ref"
    sign_keyless "$(person "$dev")" "$ref"
    expect 'two signatures of one signer, of two' 1 'FAIL +required_signers' \
        -- verify --config signers.toml "$ref"
    expect 'one role of two' 1 'FAIL +required_signers: .*reviewer' -- verify --config roles.toml "$ref"
    sign_keyless "$(person "$ops" "$strangers")" "$ref"
    expect 'two signers, one by another issuer' 1 'FAIL +required_signers' -- verify --config signers.toml "$ref"
    sign_keyless "$(person "$ops")" "$ref"
    expect 'two signers' 0 '^PASS ' -- verify --config signers.toml "$ref"
    expect 'two roles' 0 '^PASS ' -- verify --config roles.toml "$ref"
}

# Statements about the subject.
cases_attestations() {
    subject attested
    attach_stac "$ref" "$files"
    sign_keyless "$(person "$dev")" "$ref"
    attest_keyless "$(build kfm/layers)" "$ref" spdxjson "$files/sbom.spdx.json"
    attest_keyless "$(build kfm/layers)" "$ref" slsaprovenance1 "$sigstore/slsa.json"
    local source="source_repository = \"$forge/kfm/layers\""
    local who=(
        '[[trust.signer]]' 'name = "builder"' 'root = "lab"'
        "identity = { issuer = \"$builds\", subject = { glob = \"$forge/kfm/**\" }, $source }"
        'predicate_types = ["https://spdx.dev/Document", "https://slsa.dev/provenance/v1"]'
    )
    lab_config attested.toml "identity = { issuer = \"$people\", subject = \"$dev\" }" \
        "predicate_types = [\"$sign_predicate\"]" "${who[@]}"
    # Every rule but the one that nothing here is for.
    sed -i 's/^disable = .*/disable = ["run_manifest"]/' "$work/attested.toml"
    expect 'signature, SBOM and provenance' 0 '^PASS ' "proven +bundle of $sign_predicate" "by .lab signer.: $dev" \
        'proven +bundle of https://spdx.dev/Document' 'proven +bundle of https://slsa.dev/provenance/v1' \
        'by .builder.: ' \
        -- verify --config attested.toml "$ref"
    expect_command 'cosign verify-attestation accepts the SBOM' 'https://spdx.dev/Document|payload' \
        cosign verify-attestation --trusted-root "$work/trusted_root.json" --type spdxjson --allow-http-registry \
        --certificate-identity-regexp "^$forge/kfm/" --certificate-oidc-issuer "$builds" "$ref"

    sed "s|$source|${source/layers/tools}|" "$work/attested.toml" >"$work/misattested.toml"
    expect 'attested by a build of another repository' 1 'FAIL +provenance' 'FAIL +sbom' \
        "source_repository: .*$forge/kfm/tools.*$forge/kfm/layers" \
        -- verify --config misattested.toml "$ref"

    subject sbom-only
    attest_keyless "$(person "$dev")" "$ref" spdxjson "$files/sbom.spdx.json"
    expect 'a signed SBOM is not a signature' 1 'FAIL +signature: .*https://spdx.dev/Document' \
        -- "${as_dev[@]}" "$ref"
    fetch_bundle "$work/sbom-bundle.json"
    subject_with_bundle sbom-as-signature "$work/sbom-bundle.json"
    expect 'nor if its annotations call it one' 1 'FAIL +signature' -- "${as_dev[@]}" "$ref"
}

# What the trusted root says of the services.
cases_roots() {
    local service step with
    subject roots
    sign_keyless "$(person "$dev")" "$ref"
    with=("${as_dev[@]/trusted_root.json/changed.json}" "$ref")
    trusted_root changed.json
    expect 'the root, written again' 0 '^PASS ' -- "${with[@]}"
    for service in fulcio ctlog rekor tsa; do
        case $service in
        fulcio) step='certificate. failed: .*changed.json' ;;
        ctlog) step='certificate timestamp. failed: .*changed.json' ;;
        rekor) step='transparency log. failed: .*changed.json' ;;
        tsa) step='trusted time. failed: .*changed.json' ;;
        esac
        trusted_root changed.json without "$service"
        expect "a root without $service" 1 "FAIL +signature: .*$step" -- "${with[@]}"
        trusted_root changed.json other "$service"
        expect "a root with another $service" 1 "FAIL +signature: .*$step" -- "${with[@]}"
        trusted_root changed.json window "$service" "$epoch" 2026-02-01T00:00:00Z
        expect "a root whose $service ended before" 1 "FAIL +signature: .*$step" -- "${with[@]}"
        trusted_root changed.json window "$service" 2998-01-01T00:00:00Z 2999-01-01T00:00:00Z
        expect "a root whose $service begins later" 1 "FAIL +signature: .*$step" -- "${with[@]}"
    done
    echo '{}' >"$work/changed.json"
    expect 'a root that is none' 2 'changed.json' -- "${with[@]}"

    local me="identity = { issuer = \"$people\", subject = \"$dev\" }"
    trusted_root changed.json without ctlog
    lab_config relaxed.toml "$me" 'relax = ["sct"]'
    sed -i 's/trusted_root.json/changed.json/' "$work/relaxed.toml"
    expect 'without ctlog, and that is relaxed' 0 '^PASS ' '^relaxed .*relax sct' -- verify --config relaxed.toml "$ref"
    trusted_root changed.json without rekor
    expect 'without rekor, and something else is relaxed' 1 'FAIL +signature: .*transparency log' \
        -- verify --config relaxed.toml "$ref"
    sed -i 's/"sct"/"log"/' "$work/relaxed.toml"
    expect 'without rekor, and that is relaxed' 0 '^PASS ' '^relaxed .*relax log' -- verify --config relaxed.toml "$ref"
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
    local certificate=.verificationMaterial.certificate part name step
    subject first
    sign_keyless "$(person "$dev")" "$ref"
    fetch_bundle "$work/first.json"
    subject first-again
    sign_keyless "$(person "$dev")" "$ref"
    fetch_bundle "$work/again.json"

    subject_with_bundle moved "$work/again.json"
    expect 'a bundle, attached again' 0 '^PASS ' -- "${as_dev[@]}" "$ref"
    for part in "$entries" "$times" "$certificate" .dsseEnvelope.signatures "$entries[0].canonicalizedBody" \
        "$entries[0].inclusionProof"; do
        name=${part##*.}
        case $name in
        # Whose timestamp it is is asked first.
        timestampVerificationData | signatures) step='trusted time' ;;
        certificate) step=signature ;;
        *) step='(transparency log|material)' ;;
        esac
        jq --slurpfile other "$work/first.json" "$part = (\$other[0] | $part)" "$work/again.json" >"$work/swapped.json"
        subject_with_bundle "moved-${name,,}" "$work/swapped.json"
        expect "$name of an earlier signature of the same" 1 "FAIL +signature: .*$step. failed" \
            -- "${as_dev[@]}" "$ref"
    done
    jq --slurpfile other "$work/first.json" "$entries += \$other[0]$entries" "$work/again.json" >"$work/swapped.json"
    subject_with_bundle moved-beside "$work/swapped.json"
    expect 'an entry of an earlier signature beside its own' 1 'FAIL +signature: .*transparency log' \
        -- "${as_dev[@]}" "$ref"
    for part in "$entries" "$times" "$certificate"; do
        name=${part##*.}
        case $name in
        timestampVerificationData) step='trusted time. failed' ;;
        certificate) step='neither a public key nor a certificate' ;;
        *) step='transparency log. failed.*there is none' ;;
        esac
        jq "del($part)" "$work/again.json" >"$work/swapped.json"
        subject_with_bundle "without-${name,,}" "$work/swapped.json"
        expect "without $name" 1 "FAIL +signature: .*$step" -- "${as_dev[@]}" "$ref"
    done

    # Of another subject.
    ref=$host/kfm/other@$(cd "$files" && oras push --plain-http "$host/kfm/other:v1" --annotation "$created" \
        --annotation org.opencontainers.image.licenses=CC-BY-4.0 --annotation org.opencontainers.image.title=other \
        --artifact-type application/vnd.kfm.layer.data.v1 --format 'go-template={{.digest}}' \
        layer.pmtiles:application/vnd.pmtiles)
    cp "$work/first.json" "$work/bundle.json"
    attach_bundle
    expect 'a signature of another digest' 1 "FAIL +signature: .*target.*$digest.*${ref##*@}" \
        -- "${as_dev[@]}" "$ref"
    sign_keyless "$(person "$dev")" "$ref"
    expect 'a signature of another digest, and its own' 0 '^PASS ' -- "${as_dev[@]}" "$ref"
}

# One bit of each value in a bundle, in several places.
cases_tampered() {
    local pointer offset what number=0 lenient=() expected
    subject whole
    sign_keyless "$(person "$dev")" "$ref"
    fetch_bundle "$work/whole.json"
    "$sigstore/spoil" list "$work/whole.json" >"$work/places"
    while read -r pointer offset what; do
        number=$((number + 1))
        "$sigstore/spoil" "$work/whole.json" "$pointer" "$offset" >"$work/spoiled.json"
        subject_with_bundle "spoiled-$number" "$work/spoiled.json"
        case $what:$pointer in
        # To refuse it is as good as not to read it.
        hint:*) expected=('0|1' '^PASS |(material|transparency log). failed') ;;
        */mediaType) expected=(1 'FAIL +signature: .*material. failed') ;;
        */certificate/*) expected=(1 'FAIL +signature: .*certificate. failed') ;;
        */kindVersion/*) expected=(3 'UNDECIDED +signature: .*unsupported') ;;
        */tlogEntries/*) expected=(1 'FAIL +signature: .*(transparency log|material). failed') ;;
        */rfc3161Timestamps/*) expected=(1 'FAIL +signature: .*trusted time. failed') ;;
        # What the statement says decides whether it is a signature, and whose.
        */payload | */payloadType) expected=(1 'FAIL +signature: .*(.target|signature)') ;;
        */sig) expected=(1 'FAIL +signature: .*(trusted time|signature). failed') ;;
        *) die "what is $pointer?" ;;
        esac
        expect "one bit of ${pointer#/verificationMaterial}, byte $offset ($what)" "${expected[@]}" \
            -- "${as_dev[@]}" "$ref"
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
    expect 'a key that needs an entry in another log' 1 'FAIL +signature: .*transparency log' \
        -- verify --config other-log.toml "$ref"
    trusted_root changed.json window rekor "$epoch" 2026-02-01T00:00:00Z
    expect 'a key that needs an entry in a log that ended before' 1 \
        'FAIL +signature: .*transparency log' \
        -- verify --config other-log.toml "$ref"

    subject unlogged-key
    sign_bundle "$work/cosign.key" "$ref"
    expect 'a key that needs a log entry and has none' 1 \
        'FAIL +signature: .*transparency log' \
        -- verify --config logged.toml "$ref"
}

# cosign's tags. It writes them keyless only with Rekor v1's interface or without a log, and of Rekor v1 there is no
# server without a database: so here a timestamp stands alone.
cases_keyless_tags() {
    local me="identity = { issuer = \"$people\", subject = \"$dev\" }"
    local options=(
        --use-signing-config=false --new-bundle-format=false --tlog-upload=false --allow-http-registry
        --timestamp-server-url "http://127.0.0.1:$tsa_port/api/v1/timestamp"
    )
    local keyless=(--fulcio-url "http://127.0.0.1:$fulcio_port" --identity-token "$(person "$dev")")
    # For its own check of what it is given.
    local -x SIGSTORE_CT_LOG_PUBLIC_KEY_FILE=$lab/ctlog.pub SIGSTORE_ROOT_FILE=$lab/fulcio.pem
    subject tags
    quietly cosign sign "${options[@]}" "${keyless[@]}" "$ref"
    expect 'a .sig without a log entry' 1 'FAIL +signature: .*transparency log' \
        -- "${as_dev[@]}" "$ref"
    lab_config tags.toml "$me" 'relax = ["log"]'
    expect 'a .sig without a log entry, and that is relaxed' 0 '^PASS ' 'proven +simple-signing of ' \
        '^relaxed .*relax log' \
        -- verify --config tags.toml "$ref"
    lab_config other.toml "${me/$dev/ops@example.org}" 'relax = ["log"]'
    expect 'a .sig of another identity' 1 'FAIL +signature: .*identity. failed' \
        "subject: .*ops@example.org.*$dev" -- verify --config other.toml "$ref"
    lab_config ended.toml "$me" 'relax = ["log"]' 'not_after = 2026-02-01T00:00:00Z'
    expect 'a .sig from after its signer counted' 1 'FAIL +signature: .*validity window. failed' \
        -- verify --config ended.toml "$ref"
    quietly cosign attest "${options[@]}" "${keyless[@]}" --type spdxjson --predicate "$files/sbom.spdx.json" "$ref"
    sed 's/"sbom", //' "$work/tags.toml" >"$work/attested.toml"
    expect 'a .att without a log entry, and that is relaxed' 0 '^PASS ' \
        'proven +envelope of https://spdx.dev/Document' \
        -- verify --config attested.toml "$ref"

    subject tags-key
    quietly cosign sign "${options[@]}" --key "$work/cosign.key" "$ref"
    lab_config key.toml 'key = "cosign.pub"' 'not_before = 2026-02-01T00:00:00Z'
    expect 'a key'\''s .sig, and when' 0 '^PASS ' 'signed at 20.*timestamp authority' -- verify --config key.toml "$ref"
    lab_config key.toml 'key = "cosign.pub"' 'not_after = 2026-02-01T00:00:00Z'
    expect 'a key'\''s .sig from after it counted' 1 'FAIL +signature: .*validity window. failed' \
        -- verify --config key.toml "$ref"
}

# A registry without the referrers API.
cases_fallback() {
    stop_registry "$port"
    use_registry distribution
    subject fallback
    sign_keyless "$(person "$dev")" "$ref"
    expect 'a fallback tag' 0 '^PASS ' -- "${as_dev[@]}" "$ref"
    expect 'a fallback tag, another identity' 1 'FAIL +signature' "subject: .*ops@example.org.*$dev" \
        -- "${as_ops[@]}" "$ref"
}
