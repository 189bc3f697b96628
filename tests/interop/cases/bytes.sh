# One byte changed of each piece, pieces cut short, pieces taken away.
# shellcheck shell=bash

cases_bytes() {
    artifact layers provenance sbom stac sign attest
    layout "$work/bytes-signed"
    change_blobs bytes-signed
    change_served 'native'
    artifact legacy provenance sbom stac sign-legacy attest-legacy
    layout "$work/bytes-legacy"
    change_blobs bytes-legacy
    change_served 'native, .sig'
    stop_registry "$port"
    use_registry distribution
    artifact layers provenance sbom stac sign attest
    change_served 'fallback tag'
}

# Each blob of a layout, in every way. What is wrong has to be named.
change_blobs() { # LAYOUT
    local layout=$1 file name how layer configs
    layer=$(sha256 "$files/layer.pmtiles")
    configs=$(cd "$layout/blobs/sha256" && grep -lE '"schemaVersion" ?:' -- * | xargs jq -r '.config.digest // empty')
    expect "$layout as it is" 0 '^PASS ' -- verify --key "$key" "oci-layout:$layout:v1"
    for file in "$layout"/blobs/sha256/*; do
        name=${file##*/}
        cp "$file" whole
        "$interop/alter" whole altered
        for how in begin middle end truncated; do
            cp "altered/$how" "$file"
            expect "$layout, ${name:0:12} $how" '1|3' "$name" -- verify --key "$key" "oci-layout:$layout:v1"
        done
        rm "$file"
        if [ "$name" = "$layer" ]; then
            expect "$layout, ${name:0:12} gone (the data)" 0 '^PASS ' -- verify --key "$key" "oci-layout:$layout:v1"
        elif [[ $configs == *"$name"* ]]; then
            # No evidence lies in a config, so none is missing.
            expect "$layout, ${name:0:12} gone (a config)" '0|3' -- verify --key "$key" "oci-layout:$layout:v1"
        else
            expect "$layout, ${name:0:12} gone" '1|3' "$name" -- verify --key "$key" "oci-layout:$layout:v1"
        fi
        cp whole "$file"
    done
}

# Everything that the gate reads of $ref from the registry, as a list of paths, then one byte of each.
change_served() { # NAME
    local path short
    : >"$work/served"
    start_proxy record "$work/served"
    expect "$1, through the proxy" 0 '^PASS ' -- verify --key "$key" "$behind"
    stop_registry "$proxy_port"
    while read -r path; do
        short=${path#/v2/kfm/*/}
        start_proxy alter "$path"
        expect "$1, one byte of ${short:0:36}" '1|3' -- verify --timeout 20 --key "$key" "$behind"
        stop_registry "$proxy_port"
    done <"$work/served"
}
