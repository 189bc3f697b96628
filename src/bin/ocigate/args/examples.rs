//! What stands below the flags of each command in its help: examples to copy, and its exit codes. Broken by hand at
//! [`WIDTH`] columns: what breaks lines by itself would break the commands too.

/// Columns of a line.
#[cfg(test)]
pub const WIDTH: usize = 76;

pub const VERIFY: &str = "\
Examples:
  ocigate verify --key cosign.pub registry.example.org/team/layer@sha256:…
  ocigate verify \\
      --certificate-identity \\
      https://github.com/acme/maps/.github/workflows/r.yml@refs/tags/v1 \\
      --certificate-oidc-issuer \\
      https://token.actions.githubusercontent.com \\
      ghcr.io/acme/soils@sha256:…
  ocigate verify --config ocigate.toml --output text \\
      --output json=report.json registry.example.org/team/layer:v1
  ocigate verify --key cosign.pub --as registry.example.org/team/layer \\
      oci-layout:./layer.tar:v1
  ocigate inspect registry.example.org/team/layer:v1

Exit codes:
  0  pass: everything was seen, and nothing speaks against it
  1  fail: we looked, and it is bad
  2  usage, configuration or policy error: nothing was decided
  3  undecided: we could not look (registry trouble, missing keys, a limit)";

pub const SAVE: &str = "\
Examples:
  ocigate save --config ocigate.toml -o case.oci.tar \\
      registry.example.org/team/layer:v1
  ocigate verify --config ocigate.toml \\
      --as registry.example.org/team/layer case.oci.tar
  ocigate verify --trust-from-capsule case.oci.tar

Exit codes:
  0, 1, 3  the verdict: pass, fail, undecided; the file is always written
  2        usage: nothing is written";

pub const DIFF: &str = "\
Examples:
  ocigate diff monday.oci.tar tuesday.oci.tar
  ocigate diff --output json report.json case.oci.tar

A saved run is judged again by what it carries, to compare the results.

Exit codes:
  0  nothing changed
  1  something changed
  2  usage, or a file that is neither a saved run nor a report";

pub const INSPECT: &str = "\
Example:
  ocigate inspect --key cosign.pub registry.example.org/team/layer:v1

Exit codes:
  0  everything was seen
  1  the subject is not what its digest says
  2  usage
  3  not everything was seen";

pub const RESOLVE: &str = "\
Example:
  ocigate resolve registry.example.org/team/layer:v1

Exit codes:
  0  resolved
  1  the subject is not what its digest says
  2  usage
  3  it could not be reached";

pub const POINTER: &str = "\
Examples:
  ocigate pointer --key cosign.pub --write distribution.oci.json \\
      registry.example.org/team/layer:v1
  ocigate pointer --key cosign.pub --check distribution.oci.json \\
      registry.example.org/team/layer:v1
  ocigate pointer --key cosign.pub --into item.json \\
      registry.example.org/team/layer:v1
  ocigate pointer migrate old.json --write distribution.oci.json

Exit codes:
  0  written, or the file is up to date
  1  the subject fails, or the file is not up to date
  2  usage
  3  undecided";

pub const MIGRATE: &str = "\
Example:
  ocigate pointer migrate old.json --write distribution.oci.json

Exit codes:
  0  written, or the file is up to date
  1  the old pointer is at fault
  2  usage";

pub const SCHEMA: &str = "\
Example:
  ocigate schema show distribution-pointer.v1

Exit codes:
  0  shown
  2  there is no such schema";

pub const CHECK_DOCUMENT: &str = "\
Example:
  ocigate check-document distribution.oci.json prov.jsonld

Exit codes:
  0  all are well-formed
  1  a fault was found
  2  usage
  3  a document of no known kind";

pub const RULES: &str = "\
Example:
  ocigate rules --config ocigate.toml --policy policy/

Exit codes:
  0  listed
  2  usage, configuration or policy error";

pub const TEST: &str = "\
Example:
  ocigate test policy/

Exit codes:
  0  all passed
  1  a test failed
  2  usage or policy error";

pub const CACHE_INFO: &str = "\
Example:
  ocigate cache info

Exit codes:
  0  shown
  2  there is no folder for a cache";

pub const CACHE_CLEAR: &str = "\
Example:
  ocigate cache clear

Exit codes:
  0  removed
  2  something could not be removed";

pub const TRUST_SHOW: &str = "\
Example:
  ocigate trust show --config ocigate.toml

Exit codes:
  0  shown
  2  usage or configuration";

pub const TRUST_EXPLAIN: &str = "\
Example:
  ocigate trust explain --config ocigate.toml \\
      registry.example.org/team/layer:v1

Exit codes:
  0  shown
  2  usage or configuration";

pub const TRUST_UPDATE: &str = "\
Examples:
  ocigate trust update public-good --output trusted_root.json
  ocigate trust update --mirror https://tuf.example.org \\
      --tuf-root root.json --output trusted_root.json

Name the file with --trusted-root or in [[trust.root]] (for `github` with
`like = \"github\"`).

Exit codes:
  0  written
  2  usage
  3  it could not be fetched or verified";
