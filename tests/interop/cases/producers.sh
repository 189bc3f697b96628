# Documents by the real producers: read as their own libraries read them, spoiled in each required field, varied where their
# validators allow it, and still what they were after a pointer was put into them. Nobody signs here: what is asked is what
# the other rules say.
# shellcheck shell=bash

documents=$interop/documents
python=${OCIGATE_INTEROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ocigate-interop}/documents/bin/python

# No rule but `signature` has anything against it.
unsigned_only='[.subjects[0].findings[] | select(.weight != "warn" and .rule != "signature")] == []'

cases_producers() {
    subject producers
    produced=$work/produced
    quietly "$python" -W ignore "$documents/produce" "$produced" "$digest" "sha256:$(sha256 "$files/layer.pmtiles")"
    local name kind place
    while read -r name kind place; do
        producers_read "$name" "$kind" "$place"
        # What says nothing of the subject is evidence beside that which does; spoiled, it is judged by nothing.
        [ "$kind" = openlineage ] || [ "$place" = beside ] || producers_spoiled "$name" "$kind"
        producers_varied "$name" "$kind"
    done < <(jq -r '.[] | "\(.file) \(.kind) \(if .beside then "beside" else "own" end)"' "$produced/index.json")
    expect_command 'each reason why a document is refused is needed' '^all [0-9]+ lines are needed$' \
        "$python" "$documents/beside" unused "$work/varied"/*
    producers_pointed
}

# A subject with all documents but those of this kind.
producers_subject() { # NAME KIND
    subject "$1"
    [ "$2" = prov ] || attach "$ref" application/vnd.kfm.provenance.provjsonld.v1 "$files" prov.jsonld:application/ld+json
    attach "$ref" application/vnd.kfm.runmanifest.v1+json "$files" run-manifest.json:application/json
    case $2 in spdx | cyclonedx) ;; *) attach_sbom "$ref" "$files" ;; esac
    case $2 in stac | dcat | ro-crate | croissant) ;; *) attach_stac "$ref" "$files" ;; esac
}

producers_read() { # FILE KIND PLACE
    local type others=$2
    [ "$3" = own ] || others=none
    case $others in
    prov) type=application/vnd.kfm.provenance.provjsonld.v1 ;;
    spdx | cyclonedx) type=application/vnd.kfm.sbom.spdx.v1 ;;
    stac | dcat | ro-crate | croissant) type=application/vnd.kfm.metadata.stac.v1 ;;
    *) type=application/vnd.example.v1 ;;
    esac
    producers_subject "read-${1//[^a-z0-9]/-}" "$others"
    cp "$produced/$1" "$files/"
    attach "$ref" "$type" "$files" "$1:application/json"
    expect_json "$1 is good" '0|1' "$unsigned_only" -- verify "$ref"
    "$gate" verify --output input "$ref" >"$work/input.json" || true
    expect_command "$1 is read as its producer reads it" '^alike$' \
        "$python" "$documents/compare" "$produced/index.json" "$1" "$work/input.json"
}

producers_spoiled() { # FILE KIND
    local spoiled=$work/spoiled/$1 file what pointer schema
    "$gate" check-document "$produced/$1" >/dev/null || { not_ok "$1" 'not well-formed by itself' && return; }
    schema=$(producers_schema "$1" "$2")
    "$gate" schema show "$schema" >"$work/schema.json"
    "$python" "$documents/mutate" "$work/schema.json" "$produced/$1" "$spoiled"
    producers_subject "spoiled-${1//[^a-z0-9]/-}" "$2"
    while IFS=$'\t' read -r file what pointer; do
        # A document that does not say what it is any more is none of its kind.
        expect_json "$1 $what" 1 "
            [.subjects[0].findings[] | select(.weight != \"warn\" and .rule != \"signature\" and .caused_by == null)] as \$roots
            | (\$roots | length) == 1
              and (\$roots[0].places[0] | .pointer == \"$pointer\" and .line > 0 or (\$roots[0].message | test(\"found none\")))" \
            -- verify --evidence "$spoiled/$file" "$ref"
    done < <(jq -r '.[] | "\(.file)\t\(.what)\t\(.pointer)"' "$spoiled/index.json")
}

# What the producer's own validator accepts, the document and its variants, is not refused without a reason.
producers_varied() { # FILE KIND
    expect_command "$1 and its variants beside their validator" '^[0-9]+ variants: ' \
        "$python" -W ignore "$documents/beside" "$gate" "$2" "$produced/$1" "$work/varied/$1"
}

producers_schema() { # FILE KIND
    case $2 in
    prov) [[ $1 == *.jsonld ]] && echo prov-jsonld.v1 || echo prov-json.v1 ;;
    spdx) [[ $1 == spdx-3* ]] && echo spdx-3.v1 || echo spdx-2.v1 ;;
    stac) jq -r 'if .type == "Feature" then "stac-item.v1" else "stac-\(.type | ascii_downcase).v1" end' "$produced/$1" ;;
    *) echo "$2-$(case $2 in dcat) echo 3 ;; *) echo 1 ;; esac).v1" ;;
    esac
}

producers_pointed() {
    local name
    producers_subject pointed none
    for name in pystac-item.json pystac-collection.json rdflib-dcat.jsonld rdflib-prov.jsonld; do
        cp "$produced/$name" "$work/pointed-$name"
        expect "a pointer into $name" 0 -- pointer --unverified "$ref" --into "$work/pointed-$name"
        expect_command "$name is still what it was" "$name: (valid by pystac|[0-9]+ (records|triples))" \
            "$python" "$documents/check-catalogues" "$work/pointed-$name"
    done
}
