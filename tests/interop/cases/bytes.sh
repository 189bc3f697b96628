# One byte changed of each piece, pieces cut short, pieces taken away.
# shellcheck shell=bash

cases_bytes() {
    artifact layers provenance sbom stac sign attest
    layout "$work/bytes-signed"
    change_blobs bytes-signed
    cases_served
    artifact legacy provenance sbom stac sign-legacy attest-legacy
    layout "$work/bytes-legacy"
    change_blobs bytes-legacy
}

# All of one layout, each file of it in every way.
change_blobs() { # LAYOUT
    local layout=$1 file name how
    local layer config
    layer=$(sha256 "$files/layer.pmtiles")
    expect "$layout as it is" 0 '^PASS ' -- verify --key "$key" "oci-layout:$layout:v1"
    for file in "$layout"/blobs/sha256/*; do
        name=${file##*/}
        cp "$file" whole
        for how in begin middle end truncate empty; do
            "$interop/alter" "$file" $how
            expect "$layout, ${name:0:12} $how" '1|3' "$name" -- verify --key "$key" "oci-layout:$layout:v1"
            cp whole "$file"
        done
        rm "$file"
        if [ "$name" = "$layer" ]; then
            expect "$layout, ${name:0:12} gone (the data)" 0 '^PASS ' -- verify --key "$key" "oci-layout:$layout:v1"
        else
            expect "$layout, ${name:0:12} gone" '1|3' "$name" -- verify --key "$key" "oci-layout:$layout:v1"
        fi
        cp whole "$file"
    done
}

# Everything that the gate reads from a registry, as a list of paths, then one byte of each.
cases_served() {
    local path name
    start_proxy record "$work/served"
    expect 'through the proxy' 0 '^PASS ' -- verify --key "$key" "$behind"
    stop_registry "$proxy_port"
    while read -r path; do
        name=${path#/v2/kfm/layers/}
        start_proxy alter "$path"
        expect "one byte of ${name:0:45}" '1|3' -- verify --timeout 20 --key "$key" "$behind"
        stop_registry "$proxy_port"
    done <"$work/served"
}
