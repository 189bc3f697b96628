# Every kind of key that cosign imports, in both formats.
# shellcheck shell=bash

cases_keys() {
    local kind format
    # Nothing but the signature is of interest here.
    local only=(--disable provenance --disable run_manifest --disable sbom --disable sensitivity)
    for kind in p256 p384 p521 ed25519 rsa2048 rsa3072 rsa4096; do
        import_key "$work/$kind" "$kind"
        for format in bundle legacy; do
            subject "$kind-$format"
            "sign_$format" "$work/$kind.key" "$ref"
            case $kind in
            p521)
                expect "$kind, $format" 2 'algorithm .*(P-521|1\.3\.132\.0\.35), expected' -- verify "${only[@]}" --key "$work/$kind.pub" "$ref"
                ;;
            *)
                expect "$kind, $format" 0 '^PASS ' -- verify "${only[@]}" --key "$work/$kind.pub" "$ref"
                expect "$kind, $format, wrong key" 1 'FAIL +signature' -- verify "${only[@]}" --key "$key" "$ref"
                ;;
            esac
        done
    done
}
