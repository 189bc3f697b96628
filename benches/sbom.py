"""Writes an OCI layout with a subject and a large SBOM that refers to it: sbom.py FORMAT PACKAGES FAULT LAYOUT.

FORMAT is spdx or cyclonedx; FAULT is none, last (the last package but one lacks its name) or every.
"""
import hashlib
import json
import os
import sys

form, count, fault, layout = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
os.makedirs(f"{layout}/blobs/sha256")


def blob(content, media_type, **more):
    digest = hashlib.sha256(content).hexdigest()
    with open(f"{layout}/blobs/sha256/{digest}", "wb") as file:
        file.write(content)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content), **more}


def manifest(artifact_type, layers, **more):
    body = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": artifact_type,
        "config": blob(b"{}", "application/vnd.oci.empty.v1+json"),
        "layers": layers,
        **more,
    }
    return blob(json.dumps(body).encode(), body["mediaType"])


def faulty(number):
    return fault == "every" or (fault == "last" and number == count - 2)


def spdx(digest):
    packages, relationships = [], []
    for number in range(count):
        name = f"example-package-{number}"
        package = {
            "SPDXID": f"SPDXRef-Package-npm-{name}",
            "versionInfo": f"1.{number % 100}.0",
            "downloadLocation": "NOASSERTION",
            "checksums": [{"algorithm": "SHA256", "checksumValue": hashlib.sha256(name.encode()).hexdigest()}],
            "externalRefs": [{
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": f"pkg:npm/{name}@1.{number % 100}.0",
            }],
        }
        if not faulty(number):
            package["name"] = name
        packages.append(package)
        relationships.append({
            "spdxElementId": "SPDXRef-main",
            "relationshipType": "CONTAINS",
            "relatedSpdxElement": package["SPDXID"],
        })
    main = {
        "SPDXID": "SPDXRef-main",
        "name": "soils",
        "downloadLocation": "NONE",
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
    }
    # What says which element is described stands at the end.
    described = {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-main"}
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "soils",
        "documentNamespace": "https://example.org/sbom/soils",
        "creationInfo": {"created": "2026-11-02T08:12:00Z", "creators": ["Organization: team", "Tool: bench"]},
        "packages": packages + [main],
        "relationships": relationships + [described],
    }


def cyclonedx(digest):
    components, dependencies = [], []
    for number in range(count):
        name = f"example-package-{number}"
        purl = f"pkg:npm/{name}@1.{number % 100}.0"
        component = {
            "type": "library",
            "bom-ref": purl,
            "version": f"1.{number % 100}.0",
            "purl": purl,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(name.encode()).hexdigest()}],
            "licenses": [{"license": {"id": "MIT"}}],
            "properties": [
                {"name": "example:location:0:path", "value": f"/srv/node_modules/{name}/package.json"},
            ],
        }
        if not faulty(number):
            component["name"] = name
        components.append(component)
        dependencies.append({"ref": purl, "dependsOn": []})
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": "2026-11-02T08:12:00Z",
            "component": {"type": "data", "name": "soils", "hashes": [{"alg": "SHA-256", "content": digest}]},
        },
        "components": components,
        "dependencies": dependencies,
    }


def written(document):
    """One line for each member, and one for each element of a list; sorted, so that nothing helps a reader."""
    compact = {"separators": (",", ":"), "sort_keys": True}
    lines = []
    for key, value in sorted(document.items()):
        whole = json.dumps(value, **compact)
        if isinstance(value, list):
            whole = "[\n" + ",\n".join(json.dumps(element, **compact) for element in value) + "\n]"
        lines.append(f"{json.dumps(key)}:{whole}")
    return "{" + ",\n".join(lines) + "}"


subject = manifest("application/vnd.example.layer.v1", [blob(b"soils", "application/octet-stream")])
document = {"spdx": spdx, "cyclonedx": cyclonedx}[form](subject["digest"].removeprefix("sha256:"))
text = written(document).encode()
media_type = {"spdx": "application/spdx+json", "cyclonedx": "application/vnd.cyclonedx+json"}[form]
layer = blob(text, media_type, annotations={"org.opencontainers.image.title": "sbom.json"})
referrer = manifest(media_type, [layer], subject=subject)
with open(f"{layout}/oci-layout", "w") as file:
    json.dump({"imageLayoutVersion": "1.0.0"}, file)
with open(f"{layout}/index.json", "w") as file:
    named = {**subject, "annotations": {"org.opencontainers.image.ref.name": "v1"}}
    json.dump({"schemaVersion": 2, "manifests": [named, referrer]}, file)
print(f"{form}, {count} packages, {len(text) / 1e6:.1f} MB")
