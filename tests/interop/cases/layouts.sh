# OCI layouts as oras writes them.
# shellcheck shell=bash

# Copies $ref to DIR with all that refers to it and cosign's tags, if there are any.
layout() { # DIR
    local suffix
    copy_to_layout "$tagged" "$1"
    for suffix in sig att; do
        if oras manifest fetch --plain-http --descriptor "$(cosign_tag "$ref" $suffix)" >/dev/null 2>&1; then
            copy_tag_to_layout "$(cosign_tag "$ref" $suffix)" "$1"
        fi
    done
    rm -rf "$1/ingest"
}

cases_layouts() {
    local as=$host/kfm/layers
    artifact layers provenance sbom stac sign attest
    layout "$work/signed"
    expect 'a folder, by name' 0 '^PASS ' -- verify --key "$key" --as "$as" oci-layout:signed:v1
    expect 'a folder, by digest' 0 '^PASS ' -- verify --key "$key" --as "$as" "oci-layout:signed@$digest"
    expect 'a folder, with nothing said' 0 '^PASS ' -- verify --key "$key" oci-layout:signed
    expect 'a folder, by a name that is not there' 3 'v99' -- verify --key "$key" oci-layout:signed:v99
    expect 'a folder, wrong key' 1 'FAIL +signature' -- verify --key other.pub oci-layout:signed:v1
    signer_config right.toml "repositories = [\"$as\"]"
    expect 'a signer for one repository, --as it' 0 '^PASS ' \
        'relaxed ' -- verify --config right.toml --as "$as" oci-layout:signed:v1
    expect 'a signer for one repository, --as another' 1 'FAIL +signature' \
        -- verify --config right.toml --as "${as}2" oci-layout:signed:v1
    expect 'a signer for one repository, without --as' 3 'UNDECIDED +signature' '--as' \
        -- verify --config right.toml oci-layout:signed:v1
    expect 'resolve' 0 "^oci-layout:signed@$digest\$" -- resolve oci-layout:signed:v1
    expect 'inspect' 0 'attached: prov, prov.jsonld' 'unchecked: bundle' -- inspect oci-layout:signed:v1

    tar -C signed -cf signed.tar .
    expect 'a tar, entries with ./' 0 '^PASS ' -- verify --key "$key" oci-layout:signed.tar:v1
    tar -C signed -cf plain.tar oci-layout index.json blobs
    expect 'a tar, entries without ./' 0 '^PASS ' -- verify --key "$key" "oci-layout:plain.tar@$digest"
    gzip -k signed.tar
    expect 'a gzipped tar' 2 'gzip' -- verify --key "$key" oci-layout:signed.tar.gz:v1
    expect 'no layout at all' '2|3' 'absent' -- verify --key "$key" oci-layout:absent:v1

    # cosign 3 keeps what refers to the image among the blobs, and `index.json` does not list it.
    artifact saved sign attest
    quietly cosign save --allow-http-registry --dir saved "$ref"
    expect 'cosign save, what it keeps' 1 'unlisted: nothing in the layout leads to it' '^ +signature ' 'fail provenance.absent' \
        -- verify --key "$key" --as "$as" oci-layout:saved

    # Another artifact under the same name: one name with two digests.
    cp -r signed ambiguous
    jq '.manifests += [(.manifests[] | select(.digest != "'"$digest"'"))][:1] | .manifests[-1].annotations["org.opencontainers.image.ref.name"] = "v1"' \
        signed/index.json >ambiguous/index.json
    expect 'one name with two digests' 2 'v1' -- verify --key "$key" oci-layout:ambiguous:v1

    artifact legacy provenance sbom stac sign-legacy attest-legacy
    layout "$work/legacy"
    expect 'cosign'\''s tags copied' 0 '^PASS ' -- verify --key "$key" oci-layout:legacy:v1
    tar -C legacy -cf legacy.tar .
    expect 'cosign'\''s tags copied, a tar' 0 '^PASS ' -- verify --key "$key" oci-layout:legacy.tar:v1
    copy_to_layout "$tagged" "$work/untagged"
    expect 'cosign'\''s tags left behind' 1 'fail signature.absent' \
        -- verify --key "$key" oci-layout:untagged:v1

    artifact unsigned provenance sbom stac
    layout "$work/unsigned"
    expect 'signature left out' 1 'FAIL +signature' -- verify --key "$key" oci-layout:unsigned:v1

    # An index as subject: its documents name the index.
    local index=$host/kfm/layers:all
    quietly oras manifest index create --plain-http "$index" v1
    ref=$(oras resolve --plain-http --full-reference "$index")
    "$interop/material/fill" "$ref" "${ref##*@sha256:}" "$files"
    for part in provenance sbom stac; do "attach_$part" "$ref" "$files"; done
    expect 'an index whose child is signed' 1 'FAIL +signature' -- verify --key "$key" "$ref"
    sign_bundle "$work/cosign.key" "$ref"
    expect 'an index' 0 '^PASS ' 'warn subject_pinned.index_alone' -- verify --key "$key" "$ref"
    copy_to_layout "$index" "$work/index"
    expect 'an index in a folder' 0 '^PASS ' 'warn subject_pinned.index_alone' -- verify --key "$key" "oci-layout:index@${ref##*@}"
}
