# nginx before a registry, as teams run them: TLS, client certificates, logins; and tokens that a registry checks itself.
# shellcheck shell=bash

cases_front() {
    artifact layers provenance sbom stac sign attest
    front_material
    front_tls
    front_client_certificate
    front_basic
    front_bearer
}

front_material() {
    local name
    mkdir tls
    for name in ca other-ca; do authority "tls/$name" "$name"; done
    issue tls/server tls/ca registry subjectAltName=IP:127.0.0.1,DNS:localhost extendedKeyUsage=serverAuth
    days=-1 issue tls/expired tls/ca registry subjectAltName=IP:127.0.0.1 extendedKeyUsage=serverAuth
    issue tls/elsewhere tls/ca elsewhere subjectAltName=DNS:elsewhere.example.org extendedKeyUsage=serverAuth
    issue tls/client tls/ca client extendedKeyUsage=clientAuth
    issue tls/other-client tls/other-ca client extendedKeyUsage=clientAuth
}

# Sets `front`, its port, and `behind`, the pinned reference through it.
start_front() { # LISTEN [LINE]...
    front=$(free_port)
    start_nginx "$front" "$port" "$@"
    behind=127.0.0.1:$front/${ref#*/}
}

start_tls_front() { # CERTIFICATE [LINE]...
    start_front 'ssl http2' "ssl_certificate $work/$1.pem" "ssl_certificate_key $work/$1.key" "${@:2}"
}

# A verdict over $behind.
through() { # NAME CODE [REGEX]... -- [OPTION]...
    local arguments=()
    while [ "$1" != -- ]; do arguments+=("$1") && shift; done
    shift
    expect "${arguments[@]}" -- verify --timeout 20 --key cosign.pub "$@" "$behind"
}

front_tls() {
    start_tls_front tls/server
    local tls=(--https "127.0.0.1:$front") refused='no connection: https://127.0.0.1:[0-9]+: invalid peer certificate'
    through 'TLS' 0 '^PASS ' -- "${tls[@]}" --ca-file tls/ca.pem
    expect_command 'TLS, HTTP/2' '"GET /v2/kfm/layers/[^ ]+ HTTP/2.0" 200' cat "nginx-$front/access.log"
    SSL_CERT_FILE=tls/ca.pem through 'TLS, SSL_CERT_FILE' 0 '^PASS ' -- "${tls[@]}"
    printf 'https = ["127.0.0.1:%s"]\nca_files = ["tls/ca.pem"]\n' "$front" >tls.toml
    through 'TLS, the configuration' 0 '^PASS ' -- --config tls.toml
    through 'an unknown authority' 3 'UNDECIDED' "$refused: UnknownIssuer; is its authority one of your own.*--ca-file" -- "${tls[@]}"
    through 'another authority' 3 'UNDECIDED' "$refused: UnknownIssuer" -- "${tls[@]}" --ca-file tls/other-ca.pem
    through 'plain http to a TLS port' 3 'UNDECIDED' 'HTTP 400: The plain HTTP request was sent to HTTPS port' --
    through 'a private key as authority' 2 'tls/ca.key: expected certificates of authorities, PEM; found no certificate' \
        -- "${tls[@]}" --ca-file tls/ca.key
    expect 'TLS to a plain port' 3 'UNDECIDED' "no connection: https://$host: .*does it speak plain http\?" \
        -- verify --timeout 20 --key cosign.pub --https "$host" "$ref"
    stop_registry "$front"
    refused_certificate expired "$refused: .*[Ee]xpired"
    refused_certificate elsewhere "$refused: certificate not valid for name \"127.0.0.1\".*elsewhere.example.org"
    refused_certificate client "$refused: .*Eku"
}

refused_certificate() { # CERTIFICATE REASON
    start_tls_front "tls/$1"
    through "a server with the certificate \`$1\`" 3 'UNDECIDED' "$2" -- --https "127.0.0.1:$front" --ca-file tls/ca.pem
    stop_registry "$front"
}

front_client_certificate() {
    start_tls_front tls/server "ssl_client_certificate $work/tls/ca.pem" 'ssl_verify_client on'
    local tls=(--https "127.0.0.1:$front" --ca-file tls/ca.pem)
    through 'client certificate' 0 '^PASS ' -- "${tls[@]}" --client-cert tls/client.pem --client-key tls/client.key
    printf 'client_certificate = "tls/client.pem"\nclient_key = "tls/client.key"\n' >client.toml
    through 'client certificate, the configuration' 0 '^PASS ' -- "${tls[@]}" --config client.toml
    through 'no client certificate' 3 'UNDECIDED' 'HTTP 400: No required SSL certificate was sent' \
        -- "${tls[@]}"
    through 'client certificate of another authority' 3 'UNDECIDED' 'HTTP 400: The SSL certificate error' \
        -- "${tls[@]}" --client-cert tls/other-client.pem --client-key tls/other-client.key
    through 'client certificate, the key of another' 2 'tls/client.pem with the key tls/other-client.key: .*KeyMismatch' \
        -- "${tls[@]}" --client-cert tls/client.pem --client-key tls/other-client.key
    through 'client certificate without its key' 2 '--client-key' -- "${tls[@]}" --client-cert tls/client.pem
    stop_registry "$front"
}

front_basic() {
    local -x DOCKER_CONFIG=$work/front-docker
    htpasswd jo "$secret" >htpasswd
    start_tls_front tls/server 'auth_basic registry' "auth_basic_user_file $work/htpasswd"
    local tls=(--https "127.0.0.1:$front" --ca-file tls/ca.pem)
    local refused='the registry refused access \(HTTP 401: Authorization Required\)'
    through 'Basic, nothing stored' 3 'UNDECIDED' \
        "$refused; there is no $DOCKER_CONFIG/config.json, so no credentials were sent; log in with \`docker login" \
        -- "${tls[@]}"
    docker_login "$DOCKER_CONFIG" "127.0.0.1:$front" jo "$secret"
    through 'Basic, docker login' 0 '^PASS ' -- "${tls[@]}"
    expect_command 'Basic, the login was used' ' jo \[.* 200 ' cat "nginx-$front/access.log"
    through 'Basic, --password-stdin in its place' 3 'UNDECIDED' \
        "$refused; the credentials of user \"jo\" from --username and --password-stdin were sent; give others" \
        -- "${tls[@]}" --username jo --password-stdin <<<hunter2
    expect_no_secret 'Basic, --password-stdin in its place' hunter2
    docker_login "$DOCKER_CONFIG" "127.0.0.1:$front" jo hunter2
    through 'Basic, wrong docker login' 3 'UNDECIDED' \
        "$refused; the credentials of user \"jo\" from $DOCKER_CONFIG/config.json were sent; log in with \`docker login" \
        -- "${tls[@]}"
    expect_no_secret 'Basic, wrong docker login' hunter2
    through 'Basic, --password-stdin' 0 '^PASS ' -- "${tls[@]}" --username jo --password-stdin <<<"$secret"
    stop_registry "$front"
}

front_bearer() {
    local -x DOCKER_CONFIG=$work/bearer-docker
    local tokens token_key=$work/tls/tokens.key
    tokens=$(free_port)
    quietly openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$token_key"
    "$sigstore/issuer" keys "$token_key" >tls/tokens.json
    start_registry "$tokens" "$sigstore/issuer" registry "$tokens" "$token_key" jo "$secret"
    front=$(free_port)
    start_registry_distribution3 "$front" \
        "auth: {token: {realm: \"http://127.0.0.1:$tokens/token\", service: registry, issuer: lab, jwks: $work/tls/tokens.json}}"
    behind=127.0.0.1:$front/${ref#*/} host=127.0.0.1:$front
    docker_login "$DOCKER_CONFIG" "$host" jo "$secret"
    # cosign takes no token server on loopback, so it is signed before.
    quietly oras copy --recursive --from-plain-http --to-plain-http "$tagged" "$host/kfm/layers:v1"
    bearer_logins
    bearer_tokens
    stop_registry "$tokens"
    through 'Bearer, the token server is away' 3 'UNDECIDED' "no connection: http://127.0.0.1:$tokens: Connection refused" \
        -- --username jo --password-stdin <<<"$secret"
    stop_registry "$front"
}

# What is stored of the registry, as docker's config.json says it.
stored() { # JSON
    jq -n --arg host "$host" --argjson stored "$1" '{auths: {($host): $stored}}' >"$DOCKER_CONFIG/config.json"
}

bearer_logins() {
    local refused='the registry refused access \(HTTP 401: UNAUTHORIZED: who are you\?\); so said the token server http://.*'
    through 'Bearer, docker login' 0 '^PASS ' --
    through 'Bearer, --password-stdin' 0 '^PASS ' -- --username jo --password-stdin <<<"$secret"
    through 'Bearer, wrong --password-stdin' 3 'UNDECIDED' \
        "$refused; the credentials of user \"jo\" from --username and --password-stdin were sent; give others" \
        -- --username jo --password-stdin <<<hunter2
    expect_no_secret 'Bearer, wrong --password-stdin' hunter2
    docker_login "$DOCKER_CONFIG" "$host" jo hunter2
    through 'Bearer, wrong docker login' 3 'UNDECIDED' \
        "$refused; the credentials of user \"jo\" from $DOCKER_CONFIG/config.json were sent; log in with \`docker login $host\`" --
    expect_no_secret 'Bearer, wrong docker login' hunter2
    stored "{\"identitytoken\": \"$secret\"}"
    through 'Bearer, identity token' 0 '^PASS ' --
    stored '{"identitytoken": "hunter2"}'
    through 'Bearer, wrong identity token' 3 'UNDECIDED' \
        "$refused; the identity token from $DOCKER_CONFIG/config.json was sent; log in with \`docker login $host\`" --
    expect_no_secret 'Bearer, wrong identity token' hunter2
    echo '{}' >"$DOCKER_CONFIG/config.json"
    through 'Bearer, nothing stored' 3 'UNDECIDED' \
        "$refused; $DOCKER_CONFIG/config.json holds none for this host, so no credentials were sent" --
}

# Tokens that are there already, and are sent as they are.
bearer_tokens() {
    local read='{"aud": "registry", "access": [{"type": "repository", "name": "kfm/layers", "actions": ["pull"]}]'
    local refused='the registry refused access \(HTTP 401: UNAUTHORIZED: authentication required\)'
    local -A claims=([good]="$read}" [elsewhere]="${read/layers/elsewhere}}" [expired]="$read, \"exp\": 1700000000}")
    local -A token
    local name
    for name in good elsewhere expired; do
        token[$name]=$("$sigstore/issuer" token lab "$token_key" "${claims[$name]}")
    done
    OCIGATE_REGISTRY_TOKEN=${token[good]} through 'Bearer, the token of the environment' 0 '^PASS ' \
        -- --registry-token-host "$host"
    stored "{\"registrytoken\": \"${token[good]}\"}"
    through 'Bearer, a stored registry token' 0 '^PASS ' --
    echo '{}' >"$DOCKER_CONFIG/config.json"
    OCIGATE_REGISTRY_TOKEN=${token[good]} through 'Bearer, a token for another host' 3 'UNDECIDED' \
        'gap gap.denied' -- --registry-token-host 127.0.0.1:1
    for name in elsewhere expired; do
        OCIGATE_REGISTRY_TOKEN=${token[$name]} through "Bearer, a token that does not serve: $name" 3 'UNDECIDED' \
            "$refused; the token from OCIGATE_REGISTRY_TOKEN was sent; give a new one" -- --registry-token-host "$host"
        expect_no_secret "Bearer, a token that does not serve: $name" "${token[$name]}"
    done
}
