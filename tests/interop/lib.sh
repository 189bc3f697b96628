# Sourced by the scripts beside it: servers on loopback, and the peers' commands as their users type them.
# shellcheck shell=bash

interop=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=${OCIGATE_INTEROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ocigate-interop}/bin:$PATH
export COSIGN_PASSWORD='' COSIGN_YES=true
# A proxy of the environment must not see loopback.
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost

work=$(mktemp -d)
# What an earlier case fetched must not stand in for what this one is to fetch.
export OCIGATE_CACHE_SIZE=0
# No docker login of the user takes part.
export DOCKER_CONFIG=$work/docker
# Nor what cosign keeps of the public Sigstore.
export TUF_ROOT=$work/tuf
declare -A registry_pid=() # by port
trap stop_all EXIT

die() {
    echo "interop: $*" >&2
    exit 1
}

# Runs a tool silently, and shows its output only if it fails.
quietly() {
    "$@" >"$work/quietly.log" 2>&1 && return
    echo "failed: $*" >&2
    cat "$work/quietly.log" >&2
    return 1
}

# --- registries ---

port_open() { # PORT
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); port_open "$port"; do :; done
    echo "$port"
}

wait_port() { # PORT
    local port=$1 try
    for ((try = 0; try < 500; try++)); do
        kill -0 "${registry_pid[$port]}" 2>/dev/null || die "what was to serve $port ended: $(tail -5 "$work/registry-$port.log")"
        port_open "$port" && return
        sleep 0.02
    done
    die "nothing listens on $port: $(tail -5 "$work/registry-$port.log")"
}

# The environment of each may be given before the command, as with env(1).
start_registry() { # PORT [VARIABLE=VALUE]... COMMAND...
    local port=$1
    shift
    if port_open "$port"; then die "port $port is taken"; fi
    env "$@" >"$work/registry-$port.log" 2>&1 &
    registry_pid[$port]=$!
    wait_port "$port"
}

# Native referrers API.
start_registry_ferro() { # PORT
    start_registry "$1" FERRO_OCI_LISTEN="127.0.0.1:$1" ferro-oci-server
}

# Writes a configuration of Distribution, and prints its path; each LINE is added to it.
distribution_config() { # PORT [LINE]...
    local storage
    storage=$(mktemp -d "$work/distribution.XXXX")
    printf '%s\n' 'version: 0.1' 'log: {level: warn}' "storage: {filesystem: {rootdirectory: $storage/data}}" \
        "http: {addr: \"127.0.0.1:$1\"}" "${@:2}" >"$storage/config.yml"
    echo "$storage/config.yml"
}

# Distribution 2.8: no referrers API, so clients keep the fallback tag.
start_registry_distribution() { # PORT
    start_registry "$1" docker-registry serve "$(distribution_config "$1")"
}

# Distribution 3: no referrers API either. It would send traces to a collector.
start_registry_distribution3() { # PORT [LINE]...
    start_registry "$1" OTEL_TRACES_EXPORTER=none distribution serve "$(distribution_config "$@")"
}

# No referrers API either; keeps everything in memory.
start_registry_crane() { # PORT
    start_registry "$1" crane registry serve --address "127.0.0.1:$1"
}

# nginx before a registry. LISTEN is what follows the address (such as `ssl http2`); each LINE is added to the server.
# What it served is in $work/nginx-PORT/access.log.
start_nginx() { # PORT REGISTRY-PORT LISTEN [LINE]...
    local port=$1 registry=$2 listen=$3 folder=$work/nginx-$1
    mkdir "$folder"
    cat >"$folder/nginx.conf" <<-NGINX
	daemon off;
	master_process off;
	pid $folder/pid;
	events {}
	http {
	    access_log $folder/access.log;
	    client_body_temp_path $folder/body;
	    proxy_temp_path $folder/proxy;
	    fastcgi_temp_path $folder/fastcgi;
	    uwsgi_temp_path $folder/uwsgi;
	    scgi_temp_path $folder/scgi;
	    client_max_body_size 0;
	    server {
	        listen 127.0.0.1:$port $listen;
	$(printf '        %s;\n' "${@:4}")
	        location / {
	            proxy_pass http://127.0.0.1:$registry;
	            proxy_set_header Host \$http_host;
	        }
	    }
	}
	NGINX
    start_registry "$port" nginx -p "$folder" -e stderr -c "$folder/nginx.conf"
}

stop_registry() { # PORT
    local pid=${registry_pid[$1]}
    unset "registry_pid[$1]"
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

stop_all() {
    local port
    for port in "${!registry_pid[@]}"; do stop_registry "$port"; done
    rm -rf "$work"
}

# --- keys: each function writes PREFIX.key and PREFIX.pub ---

generate_key() { # PREFIX
    quietly cosign generate-key-pair --output-key-prefix "$1"
}

import_key() { # PREFIX KIND
    local prefix=$1 kind=$2 options
    case $kind in
    p256 | p384 | p521) options=(-algorithm EC -pkeyopt "ec_paramgen_curve:P-${kind#p}") ;;
    ed25519) options=(-algorithm ED25519) ;;
    rsa*) options=(-algorithm RSA -pkeyopt "rsa_keygen_bits:${kind#rsa}") ;;
    *) die "no such kind of key: $kind" ;;
    esac
    quietly openssl genpkey "${options[@]}" -out "$prefix.pem"
    quietly cosign import-key-pair --key "$prefix.pem" --output-key-prefix "$prefix"
}

# --- logins ---

# Of the user jo, wherever a login is wanted.
secret='correct horse battery'

# What `docker login` writes, as DIR/config.json.
docker_login() { # DIR HOST USER PASSWORD
    mkdir -p "$1"
    jq -n --arg host "$2" --arg login "$3:$4" '{auths: {($host): {auth: ($login | @base64)}}}' >"$1/config.json"
}

# A line of a file of nginx's `auth_basic_user_file`.
htpasswd() { # USER PASSWORD
    printf '%s:%s\n' "$1" "$(openssl passwd -apr1 "$2")"
}

# --- signing; REF is pinned by digest ---

no_log=$work/no-log.json

bundle_options() {
    [ -e "$no_log" ] || quietly cosign signing-config create --out "$no_log"
    options=(--signing-config "$no_log" --allow-http-registry)
}

legacy_options() {
    options=(--use-signing-config=false --new-bundle-format=false --tlog-upload=false --allow-http-registry)
}

sign_bundle() { # KEY REF [OPTION]...
    local key=$1 ref=$2 options
    bundle_options
    quietly cosign sign --key "$key" "${options[@]}" "${@:3}" "$ref"
}

sign_legacy() { # KEY REF [OPTION]...
    local key=$1 ref=$2 options
    legacy_options
    quietly cosign sign --key "$key" "${options[@]}" "${@:3}" "$ref"
}

attest_bundle() { # KEY REF TYPE FILE
    local options
    bundle_options
    quietly cosign attest --key "$1" "${options[@]}" --type "$3" --predicate "$4" "$2"
}

attest_legacy() { # KEY REF TYPE FILE
    local options
    legacy_options
    quietly cosign attest --key "$1" "${options[@]}" --type "$3" --predicate "$4" "$2"
}

cosign_verify() { # PUBLIC-KEY REF [OPTION]...
    cosign verify --key "$1" --insecure-ignore-tlog --allow-http-registry "${@:3}" "$2"
}

# --- pushing and attaching; oras wants file names without folders, so each works in the files' folder ---

sha256() { # FILE
    sha256sum "$1" | cut -d' ' -f1
}

# A fixed time, so that the same files always give the same digests.
created=org.opencontainers.image.created=2026-11-02T08:15:00Z

# Prints HOST/REPO@DIGEST.
push_subject() { # HOST/REPO:TAG DIR
    local digest
    digest=$(
        cd "$2"
        oras push --plain-http "$1" --artifact-type application/vnd.kfm.layer.data.v1 \
            --annotation "$created" \
            --annotation org.opencontainers.image.licenses=CC-BY-4.0 \
            --format 'go-template={{.digest}}' layer.pmtiles:application/vnd.pmtiles
    )
    echo "${1%:*}@$digest"
}

attach() { # REF ARTIFACT-TYPE DIR FILE:MEDIA-TYPE...
    (cd "$3" && quietly oras attach --plain-http "$1" --artifact-type "$2" --annotation "$created" "${@:4}")
}

attach_provenance() { # REF DIR
    attach "$1" application/vnd.kfm.provenance.provjsonld.v1 "$2" \
        prov.jsonld:application/ld+json run-manifest.json:application/vnd.kfm.runmanifest.v1+json
}

attach_sbom() { # REF DIR
    attach "$1" application/vnd.kfm.sbom.spdx.v1 "$2" sbom.spdx.json:application/spdx+json
}

attach_stac() { # REF DIR
    attach "$1" application/vnd.kfm.metadata.stac.v1 "$2" stac-item.json:application/geo+json
}

# --- layouts ---

# The artifact, its referrers and theirs.
copy_to_layout() { # HOST/REPO:TAG DIR
    quietly oras cp -r --from-plain-http "$1" --to-oci-layout "$2:${1##*:}"
}

# One manifest by its tag, such as a signature's: nothing but its name links it to the subject.
copy_tag_to_layout() { # HOST/REPO:TAG DIR
    quietly oras cp --from-plain-http "$1" --to-oci-layout "$2:${1##*:}"
}

# cosign's tag for a pinned REF: HOST/REPO:sha256-HEX.SUFFIX
cosign_tag() { # REF SUFFIX
    echo "${1%@*}:sha256-${1##*@sha256:}.$2"
}
