# Credential helpers: a real one with a real store, and programs that are none.
# shellcheck shell=bash

cases_helpers() {
    local -x PATH=$work/helpers:$PATH DOCKER_CONFIG=$work/docker-config
    local -x GNUPGHOME=$work/gnupg PASSWORD_STORE_DIR=$work/password-store
    local front behind
    artifact layers provenance sbom stac sign attest
    htpasswd jo "$secret" >htpasswd
    front=$(free_port)
    start_nginx "$front" "$port" '' 'auth_basic registry' "auth_basic_user_file $work/htpasswd"
    behind=127.0.0.1:$front/${ref#*/}

    pass_store
    with_pass
    broken_helpers
    quietly gpgconf --kill all
    stop_registry "$front"
}

# A store of passwords with a key of its own, for docker-credential-pass.
pass_store() {
    mkdir -m 700 "$GNUPGHOME"
    quietly gpg --batch --passphrase '' --quick-generate-key lab@example.org default default never
    quietly pass init lab@example.org
}

docker_config() { # JSON
    mkdir -p "$DOCKER_CONFIG"
    echo "$1" >"$DOCKER_CONFIG/config.json"
}

# Of the registry, and why it was asked with what it was asked with.
expect_refused() { # NAME REASON
    expect "$1" 3 "UNDECIDED +not everything could be seen" \
        "the registry refused access \(HTTP 401: Authorization Required\); $2; log in with \`docker login 127.0.0.1:$front\`" \
        -- verify --key cosign.pub "$behind"
}

with_pass() {
    docker_config '{"credsStore": "pass"}'
    expect_refused 'nothing stored' \
        'the credential helper "pass" named in .* has none for this host, so no credentials were sent'
    quietly oras login --plain-http --username jo --password-stdin "127.0.0.1:$front" <<<"$secret"
    expect 'credsStore' 0 '^PASS ' -- verify --key cosign.pub "$behind"
    expect_command 'the login was used' ' jo \[' cat "nginx-$front/access.log"
    docker_config "{\"credHelpers\": {\"127.0.0.1:$front\": \"pass\"}}"
    expect 'credHelpers' 0 '^PASS ' -- verify --key cosign.pub "$behind"
    docker_config '{"credHelpers": {"127.0.0.1:1": "pass"}}'
    expect_refused 'credHelpers of another host' \
        "$DOCKER_CONFIG/config.json holds none for this host, so no credentials were sent"
    docker_config "{\"credsStore\": \"absent\", \"credHelpers\": {\"127.0.0.1:$front\": \"pass\"}}"
    expect 'credHelpers goes before credsStore' 0 '^PASS ' -- verify --key cosign.pub "$behind"
    docker_config '{"credsStore": "pass"}'
    GNUPGHOME=$work/nowhere expect_refused 'the store is locked' \
        'the credential helper "pass" named in .* failed: .*gpg: .*, so no credentials were sent'
    htpasswd jo 'another one' >htpasswd
    expect_refused 'the stored password is wrong' "the credentials of user \"jo\" from the credential helper \"pass\" named in $DOCKER_CONFIG/config.json were sent"
    expect_no_secret 'the stored password is wrong' "$secret"
}

# A program that is called as helpers are.
helper() { # NAME LINE...
    mkdir -p helpers
    printf '%s\n' '#!/bin/bash' "${@:2}" >"helpers/docker-credential-$1"
    chmod +x "helpers/docker-credential-$1"
}

broken_helpers() {
    local start took
    helper rubbish 'echo "{\"Password\": \"hunter2\"}"'
    broken_helper rubbish 'did not answer with Username and Secret'
    helper endless 'exec yes'
    broken_helper endless 'failed: '
    helper refuses 'echo "the vault is sealed" >&2' 'exit 1'
    broken_helper refuses 'failed: the vault is sealed'
    helper late 'echo "{\"Username\": \"jo\", \"Secret\": \"hunter2\"}"' 'exit 1'
    broken_helper late 'failed: it gave no reason'
    broken_helper absent 'could not be run .*: is docker-credential-absent installed and in PATH\?'
    broken_helper ../refuses 'is a path: expected the part of its name after `docker-credential-`'
    helper hangs 'exec sleep 100'
    start=$SECONDS
    broken_helper hangs 'gave no answer within 10 s'
    took=$((SECONDS - start))
    if [ "$took" -lt 15 ]; then ok 'it was ended'; else not_ok 'it was ended' "after $took s"; fi

    helper marks "touch '$work/asked'"
    docker_config '{"credsStore": "marks"}'
    expect 'a registry that wants no login' 0 '^PASS ' -- verify --key cosign.pub "$ref"
    expect_command 'its helper is not asked' '^no$' bash -c 'test ! -e asked && echo no'
}

broken_helper() { # NAME REASON
    docker_config "{\"credsStore\": \"$1\"}"
    expect_refused "$1" "the credential helper \"$1\" named in .* $2.*, so no credentials were sent"
    expect_no_secret "$1" hunter2
}
