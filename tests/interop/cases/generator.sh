# The real cosign on what the Sigstore of our tests makes (tests/support/sigstore): a mock that only our own verifier
# accepts would prove nothing.
# shellcheck shell=bash

cases_generator() {
    local made=$work/made workflow=https://github.com/kfm/tiles/.github/workflows/release.yml@refs/heads/main
    local identity=(--certificate-identity "$workflow" --certificate-oidc-issuer https://token.actions.githubusercontent.com)
    local trusted=(--trusted-root "$made/trusted_root.json") kind checks file name tag options verify
    local tags=()
    OCIGATE_SIGSTORE=$made quietly cargo test --manifest-path "$interop/../../Cargo.toml" --test gate sigstore::written -- --ignored
    for kind in message statement; do
        verify=(verify-blob)
        [ "$kind" = message ] || verify=(verify-blob-attestation --type slsaprovenance1)
        for file in "$made/$kind"/*/*; do
            checks=$(basename "$(dirname "$file")") options=()
            [ "$checks" = logged ] || options=(--use-signed-timestamps)
            [ "$checks" != unlogged ] || options+=(--insecure-ignore-tlog)
            name="$kind, ${file##*/}"
            expect_command "$name" '^Verified OK' \
                cosign "${verify[@]}" "${options[@]}" "${identity[@]}" "${trusted[@]}" --bundle "$file" "$made/artifact"
            expect_cosign_refuses "$name, another root" '^Error: failed to verify (log inclusion|timestamps)' \
                "${verify[@]}" "${options[@]}" "${identity[@]}" --trusted-root "$made/other_root.json" --bundle "$file" "$made/artifact"
        done
    done
    expect_command 'with a key' '^Verified OK' \
        cosign verify-blob --key "$made/key.pub" "${trusted[@]}" --bundle "$made/with-key" "$made/artifact"
    for tag in $(jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' "$made/layout/index.json"); do
        quietly oras cp --to-plain-http --from-oci-layout "$made/layout:$tag" "$host/kfm/made:$tag"
        [[ $tag = promise* ]] || continue
        tags+=("$tag")
    done
    for tag in "${tags[@]}"; do
        expect_command "$tag, .sig" 'docker-manifest-digest' \
            cosign verify --allow-http-registry "${identity[@]}" "${trusted[@]}" "$host/kfm/made:$tag"
        expect_command "$tag, .att" "Certificate subject: $workflow" \
            cosign verify-attestation --type slsaprovenance1 --allow-http-registry "${identity[@]}" "${trusted[@]}" "$host/kfm/made:$tag"
    done
}

# That cosign fails, and the words.
expect_cosign_refuses() { # NAME REGEX ARGUMENT...
    local name=$1 regex=$2
    shift 2
    run_into_output cosign "$@"
    if [ "$code" -eq 0 ] || [ "$code" -eq 124 ]; then
        not_ok "$name" "exit code $code, expected a refusal"
    elif ! grep -Eq -- "$regex" "$work/output"; then
        not_ok "$name" "nothing in the output matches: $regex"
    else
        ok "$name"
    fi
}
