# The steps of the founding example with the real tools, and what is missing when a step was left out.
# shellcheck shell=bash

cases_founding() {
    artifact layers provenance sbom stac sign attest
    expect_command 'oras discovers what was attached' 'application/vnd.kfm.provenance.provjsonld.v1' \
        oras discover --plain-http "$ref"
    expect_command 'cosign verify accepts it' "$digest" \
        cosign verify --key "$key" --insecure-ignore-tlog --allow-http-registry "$ref"

    expect 'everything there, by digest' 0 '^PASS ' 'proven +bundle of https://sigstore.dev/cosign/sign/v1' \
        -- verify --key "$key" "$ref"
    expect 'everything there, by tag' 0 '^PASS ' 'warning +subject_pinned: .*digest' "$ref" \
        -- verify --key "$key" "$tagged"
    expect 'everything there, by tag and digest' 0 '^PASS ' -- verify --key "$key" "$tagged@$digest"
    expect 'everything there, with oci://' 0 '^PASS ' -- verify --key "$key" "oci://$ref"
    expect '--require-digest and a digest' 0 '^PASS ' -- verify --require-digest --key "$key" "$ref"
    expect '--require-digest and a tag' 1 'subject_pinned: .*tag `v1`' -- verify --require-digest --key "$key" "$tagged"
    if [ "$context" = ferro ]; then
        expect_json 'at most 20 requests' 0 '.subjects[0].requests | . > 0 and . <= 20' -- verify --key "$key" "$tagged"
    fi
    expect 'resolve prints the pinned reference' 0 "^$ref\$" -- resolve "$tagged"
    expect 'inspect draws the tree' 0 'attached: prov, prov.jsonld' 'attached: spdx, sbom.spdx.json' \
        'proven: bundle of https://sigstore.dev/cosign/sign/v1' -- inspect --key "$key" "$tagged"
    expect '--output pinned prints the digest of the run' 0 "^$ref\$" -- verify --key "$key" --output pinned "$tagged"
    expect 'a tag that is not there' 3 'v99' -- verify --key "$key" "$host/kfm/layers:v99"
    expect 'a digest that is not there' 3 "$other_manifest" \
        -- verify --key "$key" "$host/kfm/layers@sha256:$other_manifest"
    good=$ref

    artifact unsigned provenance sbom stac
    expect 'signature left out' 1 'fail signature.absent' "cosign sign --key .*$ref" \
        -- verify --key "$key" "$ref"
    expect 'several, one bad' 1 '^PASS ' '^FAIL ' -- verify --key "$key" "$good" "$ref"
    expect 'several, one that is not there' 3 '^PASS ' '^UNDECIDED ' \
        -- verify --key "$key" "$good" "$host/kfm/layers:v99"

    artifact unproven sbom stac sign attest
    expect 'provenance left out' 1 'fail provenance.absent' 'fail run_manifest.absent' \
        -- verify --key "$key" "$ref"

    artifact nosbom provenance stac sign
    expect 'SBOM left out' 1 'fail sbom.absent' -- verify --key "$key" "$ref"

    artifact attested provenance sbom stac attest
    expect 'a signed SBOM is not a signature' 1 'FAIL +signature: .*https://spdx.dev/Document by ' \
        'proven +bundle of https://spdx.dev/Document' -- verify --key "$key" "$ref"
    if cosign_verify "$key" "$ref" >"$work/output" 2>&1; then
        echo "  (cosign verify accepts that one)"
    else
        echo "  (cosign verify refuses that one, too)"
    fi

    artifact legacy provenance sbom stac sign-legacy attest-legacy
    expect 'cosign'\''s tags .sig and .att' 0 '^PASS ' 'proven +simple-signing of ' \
        'proven +envelope of https://spdx.dev/Document' -- verify --key "$key" "$ref"
    expect 'cosign'\''s tags, wrong key' 1 'FAIL +signature' 'refused' -- verify --key "$work/other.pub" "$ref"

    artifact legacy-attested provenance sbom stac attest-legacy
    expect 'a signed SBOM under .att is not a signature' 1 'FAIL +signature: .*https://spdx.dev/Document by ' \
        -- verify --key "$key" "$ref"

    artifact legacy-referrer provenance sbom stac
    COSIGN_EXPERIMENTAL=1 sign_legacy "$work/cosign.key" "$ref" --registry-referrers-mode=oci-1-1
    expect 'a .sig payload as referrer' 0 '^PASS ' 'proven +simple-signing of ' \
        -- verify --key "$key" "$ref"
}
