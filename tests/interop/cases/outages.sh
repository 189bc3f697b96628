# A registry that is away, or goes away half-way.
# shellcheck shell=bash

# A proxy before the registry; sets `behind`, the pinned reference through it.
start_proxy() { # ARGUMENT...
    proxy_port=$(free_port)
    start_registry "$proxy_port" "$interop/proxy" "$proxy_port" "$port" "$@"
    behind=127.0.0.1:$proxy_port/${ref#*/}
}

cases_outages() {
    local count requests
    artifact layers provenance sbom stac sign attest
    expect 'nobody listens' 3 'UNDECIDED' -- verify --timeout 20 --key "$key" "127.0.0.1:$(free_port)/kfm/layers:v1"

    start_proxy stop-after 1000
    expect_json 'through the proxy' 0 '.pass' -- verify --key "$key" "$behind"
    requests=$(jq '.subjects[0].requests' "$work/output")
    stop_registry "$proxy_port"
    for ((count = 1; count < requests; count++)); do
        start_proxy stop-after "$count"
        # 1 where something that was seen is bad: never because of what was not seen.
        expect "stopped after $count of $requests requests" 3 'UNDECIDED' \
            -- verify --timeout 20 --key "$key" "$behind"
        stop_registry "$proxy_port"
    done

    # The same behind a registry without the referrers API.
    stop_registry "$port"
    use_registry distribution
    artifact layers provenance sbom stac sign attest
    for count in 1 2 3 5 8 12; do
        start_proxy stop-after "$count"
        expect "fallback tag, stopped after $count requests" 3 'UNDECIDED' \
            -- verify --timeout 20 --key "$key" "$behind"
        stop_registry "$proxy_port"
    done
}
