# Whose signature counts, and for what.
# shellcheck shell=bash

# Writes a configuration with one signer, who has cosign.pub.
signer_config() { # FILE [LINE]...
    printf '%s\n' '[[trust.signer]]' 'name = "data team"' 'key = "cosign.pub"' "${@:2}" >"$work/$1"
}

cases_trust() {
    artifact trust provenance sbom stac sign attest
    expect 'no key' 3 'UNDECIDED +signature' '--key' -- verify "$ref"
    expect 'wrong key' 1 'FAIL +signature' 'refused' -- verify --key "$work/other.pub" "$ref"
    expect 'wrong key and the right one' 0 '^PASS ' -- verify --key "$work/other.pub" --key "$key" "$ref"
    expect 'a private key' 2 'cosign.key' -- verify --key "$work/cosign.key" "$ref"

    signer_config right.toml "repositories = [\"$host/kfm/trust\"]"
    expect 'a signer for this repository' 0 '^PASS ' 'data team' -- verify --config right.toml "$ref"
    signer_config pattern.toml "repositories = [\"$host/kfm/*\"]"
    expect 'a signer for repositories by a pattern' 0 '^PASS ' -- verify --config pattern.toml "$ref"
    signer_config wrong.toml "repositories = [\"$host/kfm/elsewhere\"]"
    expect 'a signer for another repository only' 1 'FAIL +signature' 'kfm/trust' 'data team' \
        -- verify --config wrong.toml "$ref"
    signer_config sbom-only.toml 'predicate_types = ["https://spdx.dev/Document"]'
    expect 'a signer of SBOMs only' 1 'FAIL +signature' 'data team' -- verify --config sbom-only.toml "$ref"

    printf 'require_proven = ["provenance"]\n' >"$work/proven.toml"
    expect 'provenance has to be proven, and is attached' 1 'FAIL +provenance: .*unsigned' \
        -- verify --config proven.toml --key "$key" "$ref"

    # The signature of the referrer's own manifest vouches for what is in it.
    artifact vouched provenance sbom stac sign
    sign_bundle "$work/cosign.key" "${ref%@*}@$(referrer "$ref" application/vnd.kfm.sbom.spdx.v1)"
    sign_bundle "$work/cosign.key" "${ref%@*}@$(referrer "$ref" application/vnd.kfm.provenance.provjsonld.v1)"
    expect_json 'a signed SBOM referrer is proven' 0 \
        '.subjects[0].evidence | any(.kind == "sbom" and .standing == "proven" and .vouched_by != [])' \
        -- verify --key "$key" "$ref"
    expect 'a signed provenance referrer is proven' 0 '^PASS ' -- verify --config proven.toml --key "$key" "$ref"

    # By the wrong key the same signature vouches for nothing.
    artifact misvouched provenance sbom stac sign
    sign_bundle "$work/other.key" "${ref%@*}@$(referrer "$ref" application/vnd.kfm.provenance.provjsonld.v1)"
    expect 'provenance that a stranger signed is attached' 1 'FAIL +provenance: .*unsigned' \
        -- verify --config proven.toml --key "$key" "$ref"
}
