# Sourced by run: a whole Sigstore on loopback from the real servers, and who signs with it.
# shellcheck shell=bash

sigstore=$interop/sigstore
# The servers' keys and certificates. DIR/fulcio is one service, DIR/other-fulcio a stranger's of the same kind.
lab=$work/lab
# Everything of the lab is valid from here on.
epoch=2026-01-01T00:00:00Z

# --- keys and certificates ---

# In the traditional form: tesseract and Fulcio read no other.
ec_key() { # FILE
    quietly openssl ecparam -name prime256v1 -genkey -noout -out "$1"
}

authority() { # PREFIX NAME
    ec_key "$1.key"
    quietly openssl req -x509 -new -key "$1.key" -days 3650 -sha256 -subj "/O=lab/CN=$2" -out "$1.pem" \
        -addext basicConstraints=critical,CA:true,pathlen:1 -addext keyUsage=critical,keyCertSign,cRLSign
}

fulcio_material() { # PREFIX
    authority "$1" 'certificate authority'
    quietly openssl ec -aes256 -in "$1.key" -passout pass:lab -out "$1.enc.key"
}

ctlog_material() { # PREFIX
    ec_key "$1.key"
    quietly openssl pkey -in "$1.key" -pubout -out "$1.pub"
}

rekor_material() { # PREFIX
    quietly openssl genpkey -algorithm ED25519 -out "$1.key"
    quietly openssl pkey -in "$1.key" -pubout -out "$1.pub"
}

# A certificate of an AUTHORITY, for so many $days, and its key.
issue() { # PREFIX AUTHORITY NAME EXTENSION...
    ec_key "$1.key"
    quietly openssl req -new -key "$1.key" -subj "/O=lab/CN=$3" -out "$1.csr"
    printf '%s\n' basicConstraints=critical,CA:false "${@:4}" >"$1.ext"
    quietly openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "${days:-3000}" -sha256 \
        -extfile "$1.ext" -out "$1.pem"
}

tsa_material() { # PREFIX
    authority "$1-ca" 'timestamp root'
    issue "$1-leaf" "$1-ca" 'timestamp authority' keyUsage=critical,digitalSignature \
        extendedKeyUsage=critical,timeStamping
    quietly openssl pkcs8 -topk8 -in "$1-leaf.key" -v2 aes256 -passout pass:lab -out "$1.key"
    cat "$1-leaf.pem" "$1-ca.pem" >"$1.pem"
}

# --- servers ---

# A port can be open before its server works.
wait_healthy() { # PORT URL
    local port=$1 url=$2 try
    for ((try = 0; try < 100; try++)); do
        # To 127.0.0.1 whatever the name resolves to.
        if python3 - "$url" <<-'PYTHON' >"$work/health.log" 2>&1; then return; fi
			import sys, urllib.request
			opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
			print(opener.open(sys.argv[1], timeout=5).read())
		PYTHON
        kill -0 "${registry_pid[$port]}" 2>/dev/null || die "ended: $(tail -5 "$work/registry-$port.log")"
        sleep 0.1
    done
    die "$url is not healthy: $(tail -1 "$work/health.log"); $(tail -5 "$work/registry-$port.log")"
}

start_sigstore() {
    local name
    mkdir -p "$lab"
    for name in '' other-; do
        fulcio_material "$lab/${name}fulcio"
        ctlog_material "$lab/${name}ctlog"
        rekor_material "$lab/${name}rekor"
        tsa_material "$lab/${name}tsa"
    done
    quietly openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$lab/issuer.key"

    issuer_port=$(free_port)
    start_registry "$issuer_port" "$sigstore/issuer" serve "$issuer_port" "$lab/issuer.key"
    people=http://127.0.0.1:$issuer_port/people
    strangers=http://127.0.0.1:$issuer_port/strangers
    builds=http://127.0.0.1:$issuer_port/builds
    wait_healthy "$issuer_port" "$people/.well-known/openid-configuration"

    ctlog_port=$(free_port)
    # The origin has to parse as a URL, which an address with its port does not.
    start_registry "$ctlog_port" tesseract -http_endpoint="127.0.0.1:$ctlog_port" -origin=lab.dev/log \
        -path_prefix=/log -private_key="$lab/ctlog.key" -storage_dir="$lab/ctlog" -roots_pem_file="$lab/fulcio.pem" \
        -ext_key_usages=CodeSigning -enable_publication_awaiter=false
    wait_healthy "$ctlog_port" "http://127.0.0.1:$ctlog_port/log/ct/v1/get-roots"

    sed -e "s|@PEOPLE@|$people|g" -e "s|@STRANGERS@|$strangers|g" -e "s|@BUILDS@|$builds|g" \
        "$sigstore/fulcio.yaml" >"$lab/fulcio.yaml"
    fulcio_port=$(free_port)
    start_registry "$fulcio_port" fulcio serve --ca fileca --fileca-cert "$lab/fulcio.pem" \
        --fileca-key "$lab/fulcio.enc.key" --fileca-key-passwd lab --fileca-watch=false \
        --ct-log-url "http://127.0.0.1:$ctlog_port/log" --ct-log-public-key-path "$lab/ctlog.pub" \
        --config-path "$lab/fulcio.yaml" --host 127.0.0.1 --port "$fulcio_port" \
        --grpc-host 127.0.0.1 --grpc-port "$(free_port)" --metrics-port "$(free_port)"
    wait_healthy "$fulcio_port" "http://127.0.0.1:$fulcio_port/api/v2/trustBundle"

    # Clients take the name of a checkpoint from the host of the URL: it is `localhost` here, there, and in the roots.
    rekor_port=$(free_port)
    start_registry "$rekor_port" rekor-tiles serve --hostname localhost --http-port "$rekor_port" \
        --grpc-port "$(free_port)" --http-metrics-port "$(free_port)" --signer-filepath "$lab/rekor.key" \
        --storage-dir "$lab/rekor" --checkpoint-interval 100ms --batch-max-age 50ms
    wait_healthy "$rekor_port" "http://localhost:$rekor_port/healthz"

    tsa_port=$(free_port)
    start_registry "$tsa_port" timestamp-server serve --host 127.0.0.1 --port "$tsa_port" --scheme http \
        --timestamp-signer file --file-signer-key-path "$lab/tsa.key" --file-signer-passwd lab \
        --certificate-chain-path "$lab/tsa.pem" --disable-ntp-monitoring
    wait_healthy "$tsa_port" "http://127.0.0.1:$tsa_port/api/v1/timestamp/certchain"

    sigstore_services=$lab/services.json
    local common="start-time=$epoch,operator=lab"
    quietly cosign signing-config create --out "$sigstore_services" \
        --fulcio "url=http://127.0.0.1:$fulcio_port,api-version=1,$common" \
        --rekor "url=http://localhost:$rekor_port,api-version=2,$common" --rekor-config ANY \
        --oidc-provider "url=$people,api-version=1,$common" \
        --tsa "url=http://127.0.0.1:$tsa_port/api/v1/timestamp,api-version=1,$common" --tsa-config EXACT:1
    trusted_root trusted_root.json
}

stop_sigstore() {
    local port
    for port in "$tsa_port" "$rekor_port" "$fulcio_port" "$ctlog_port" "$issuer_port"; do stop_registry "$port"; done
}

# What is to be trusted, in $work/FILE. An exception is `without SERVICE`, `other SERVICE` (a stranger's), or
# `window SERVICE START END`; the services are fulcio, ctlog, rekor and tsa.
trusted_root() { # FILE [EXCEPTION]...
    local file=$1 service arguments=() prefix window local=http://127.0.0.1
    shift
    for service in fulcio ctlog rekor tsa; do
        prefix=$lab/$service window=start-time=$epoch
        case "${1:-} ${2:-}" in
        "without $service") continue ;;
        "other $service") prefix=$lab/other-$service ;;
        "window $service") window=start-time=$3,end-time=$4 ;;
        esac
        case $service in
        fulcio) arguments+=(--fulcio "url=$local:$fulcio_port,certificate-chain=$prefix.pem,$window") ;;
        ctlog) arguments+=(--ctfe "url=$local:$ctlog_port/log,public-key=$prefix.pub,$window") ;;
        # Under the name that its checkpoints have.
        rekor)
            arguments+=(--rekor "url=http://localhost:$rekor_port,origin=localhost,public-key=$prefix.pub,$window")
            ;;
        tsa) arguments+=(--tsa "url=$local:$tsa_port/api/v1/timestamp,certificate-chain=$prefix.pem,$window") ;;
        esac
    done
    quietly cosign trusted-root create "${arguments[@]}" --out "$work/$file"
}

# --- who signs ---

# A person, by an address that the issuer has seen to belong to them.
person() { # ADDRESS [ISSUER]
    "$sigstore/issuer" token "${2:-$people}" "$lab/issuer.key" \
        "{\"sub\": \"$1\", \"email\": \"$1\", \"email_verified\": true}"
}

# A build of REPOSITORY in the forge, as such issuers describe it.
build() { # REPOSITORY [REF [RUNNER]]
    local repository=$1 at=${2:-refs/heads/main} runner=${3:-hosted} commit claims
    commit=$(printf '%s' "$1" | sha1sum | cut -d' ' -f1)
    claims=$(jq -n --arg repository "$repository" --arg ref "$at" --arg sha "$commit" --arg runner "$runner" '{
        sub: "repo:\($repository):ref:\($ref)", repository: $repository, ref: $ref, sha: $sha, event: "push",
        runner_environment: $runner, run: "7", workflow_ref: "\($repository)/.forge/release.yml@\($ref)"}')
    "$sigstore/issuer" token "$builds" "$lab/issuer.key" "$claims"
}

keyless_options() {
    options=(--signing-config "$sigstore_services" --trusted-root "$work/trusted_root.json" --allow-http-registry)
}

sign_keyless() { # TOKEN REF [OPTION]...
    local options
    keyless_options
    quietly cosign sign --identity-token "$1" "${options[@]}" "${@:3}" "$2"
}

attest_keyless() { # TOKEN REF TYPE FILE
    local options
    keyless_options
    quietly cosign attest --identity-token "$1" "${options[@]}" --type "$3" --predicate "$4" "$2"
}
