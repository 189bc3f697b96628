# Documents that are stubs, about something else, or say what they must not.
# shellcheck shell=bash

care='{"status":"approved","authority_to_control":"Example Nation","reviewer":"council"}'

cases_documents() {
    subject stubs
    echo '{"run_id":"demo","note":"replace me"}' >"$files/prov.jsonld"
    edit sbom.spdx.json 'del(.SPDXID)'
    for part in provenance sbom stac; do "attach_$part" "$ref" "$files"; done
    sign_bundle "$work/cosign.key" "$ref"
    expect 'stub of provenance' 1 'FAIL +provenance: .*not well-formed: .*@context|FAIL +provenance: .*@graph' \
        -- verify --key "$key" "$ref"
    expect 'SPDX without SPDXID' 1 'FAIL +sbom: .*SPDXID' -- verify --key "$key" "$ref"

    # As in the founding example: nothing but the stub, under the type of provenance.
    subject founding-stub
    echo '{"run_id":"demo","note":"replace me"}' >"$files/prov.jsonld"
    attach "$ref" application/vnd.kfm.provenance.provjsonld.v1 "$files" prov.jsonld:application/json
    attach_sbom "$ref" "$files"
    sign_bundle "$work/cosign.key" "$ref"
    expect 'stub of provenance alone' 1 'FAIL +provenance: .*(@context|@graph)' 'FAIL +run_manifest' \
        -- verify --key "$key" "$ref"

    subject other-provenance
    fill_other
    attach_provenance "$ref" "$files"
    "$interop/material/fill" "$ref" "$(sha256 "$files/layer.pmtiles")" "$files"
    attach_sbom "$ref" "$files"
    attach_stac "$ref" "$files"
    sign_bundle "$work/cosign.key" "$ref"
    expect 'provenance of another artifact' 1 "FAIL +provenance: .*$other_manifest.*$digest" \
        "FAIL +run_manifest: .*$other_layer.*$digest" -- verify --key "$key" "$ref"

    subject other-sbom
    attach_provenance "$ref" "$files"
    attach_stac "$ref" "$files"
    fill_other
    attach_sbom "$ref" "$files"
    sign_bundle "$work/cosign.key" "$ref"
    expect 'SBOM of another artifact' 1 "FAIL +sbom: .*$other_layer.*$digest" -- verify --key "$key" "$ref"

    # A signed one settles its kind: it may not be outvoted by an unsigned good one.
    subject other-attested
    for part in provenance sbom stac; do "attach_$part" "$ref" "$files"; done
    fill_other
    attest_bundle "$work/cosign.key" "$ref" spdxjson "$files/sbom.spdx.json"
    sign_bundle "$work/cosign.key" "$ref"
    expect 'a signed SBOM of another artifact, beside an unsigned good one' 1 "FAIL +sbom: .*$other_layer.*$digest" \
        -- verify --key "$key" "$ref"

    cases_licence
    cases_sensitivity
}

cases_licence() {
    local oras_options=("$created")
    subject no-licence
    # The same subject without its annotation for the licence.
    ref=$host/kfm/no-licence@$(cd "$files" && oras push --plain-http "$host/kfm/no-licence:v2" \
        --artifact-type application/vnd.kfm.layer.data.v1 --annotation "${oras_options[0]}" \
        --format 'go-template={{.digest}}' layer.pmtiles:application/vnd.pmtiles)
    "$interop/material/fill" "$ref" "$(sha256 "$files/layer.pmtiles")" "$files"
    edit prov.jsonld 'del(."@graph"[]."dct:license")'
    edit stac-item.json 'del(.properties.license)'
    for part in provenance sbom stac; do "attach_$part" "$ref" "$files"; done
    sign_bundle "$work/cosign.key" "$ref"
    expect 'licence missing' 1 'fail licence.absent' -- verify --key "$key" "$ref"

    subject bad-licence
    ref=$host/kfm/bad-licence@$(cd "$files" && oras push --plain-http "$host/kfm/bad-licence:v2" \
        --artifact-type application/vnd.kfm.layer.data.v1 --annotation "${oras_options[0]}" \
        --annotation 'org.opencontainers.image.licenses=CC-BY 4.0' \
        --format 'go-template={{.digest}}' layer.pmtiles:application/vnd.pmtiles)
    "$interop/material/fill" "$ref" "$(sha256 "$files/layer.pmtiles")" "$files"
    for part in provenance sbom stac; do "attach_$part" "$ref" "$files"; done
    sign_bundle "$work/cosign.key" "$ref"
    expect 'licence invalid' 1 'FAIL +licence: .*CC-BY 4\.0.*CC-BY-4\.0' -- verify --key "$key" "$ref"
}

cases_sensitivity() {
    subject restricted
    edit stac-item.json '.properties["kfm:access_level"] = "restricted"'
    for part in provenance sbom stac; do "attach_$part" "$ref" "$files"; done
    sign_bundle "$work/cosign.key" "$ref"
    expect 'restricted, without CARE' 1 'fail care.absent' -- verify --key "$key" "$ref"

    subject restricted-attached
    edit stac-item.json ".properties[\"kfm:access_level\"] = \"restricted\" | .properties.care = $care"
    for part in provenance sbom stac; do "attach_$part" "$ref" "$files"; done
    sign_bundle "$work/cosign.key" "$ref"
    expect 'restricted, CARE unsigned' 3 'UNDECIDED +care: ' 'cosign sign ' -- verify --key "$key" "$ref"
    sign_bundle "$work/cosign.key" "${ref%@*}@$(referrer "$ref" application/vnd.kfm.metadata.stac.v1)"
    expect 'restricted, CARE signed' 0 '^PASS ' -- verify --key "$key" "$ref"

    subject unknown-label
    edit stac-item.json '.properties["kfm:access_level"] = "sort-of-public"'
    for part in provenance sbom stac; do "attach_$part" "$ref" "$files"; done
    sign_bundle "$work/cosign.key" "$ref"
    expect 'a label that no table knows' 1 'FAIL +sensitivity: .*sort-of-public' -- verify --key "$key" "$ref"
}
