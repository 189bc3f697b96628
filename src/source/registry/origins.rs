//! Where requests may go. The registry's `Location`, `Link` and `realm` are an attacker's words
//! (CVE-2026-48978, GHSA-vh4v-2xq2-g5cg): each passes one of the rules here first.
//!
//! - Plain http only to loopback hosts and to hosts listed in `Access::plain_http`; and to a loopback host
//!   only if the registry itself is one, so that no registry elsewhere can make this program call local services.
//! - A redirect never goes from https to http, nor to another scheme.
//! - A page of a list comes from the registry's own origin.
//! - A token server is asked over https, or over plain http if the registry itself is.
//! - No URL from outside carries a user name or password, because the client would send them on.

use url::Url;

use super::urls::{is_loopback, same_origin, show};
use crate::oci::Repository;
use crate::source::access::Access;
use crate::source::seen::{GapReason, ResolveError};

/// The origin of the registry, and which others it may send us to.
#[derive(Debug)]
pub(super) struct Origins {
    /// `scheme://host/v2/<repository>/`.
    base: Url,
    plain_http: Vec<String>,
}

impl Origins {
    pub(super) fn new(repository: &Repository, access: &Access) -> Result<Self, ResolveError> {
        let parse = |scheme: &str| {
            let text = format!("{scheme}://{}/v2/{}/", api_host(&repository.host), repository.path);
            Url::parse(&text).map_err(|error| {
                ResolveError::Usage(format!(
                    "{repository}: no URL can be made of the host {:?}: {error}",
                    repository.host
                ))
            })
        };
        let plain_http = access.plain_http.iter().map(|host| host.to_ascii_lowercase()).collect();
        let mut origins = Origins { base: parse("http")?, plain_http };
        let is_plain = is_loopback(&origins.base) && !is_listed(&access.https, &origins.base);
        if !is_plain && !is_listed(&origins.plain_http, &origins.base) {
            origins.base = parse("https")?;
        }
        Ok(origins)
    }

    /// The URL of something in the repository, such as `manifests/<tag>`.
    pub(super) fn url(&self, path: &str) -> Result<Url, GapReason> {
        self.base.join(path).map_err(|error| GapReason::Malformed(format!("no URL can be made of {path:?}: {error}")))
    }

    /// Whether this is the registry itself.
    pub(super) fn is_registry(&self, url: &Url) -> bool {
        same_origin(&self.base, url)
    }

    /// Where a redirect goes, if it may.
    pub(super) fn redirect(&self, from: &Url, location: &str) -> Result<Url, GapReason> {
        let to = self.outside("a redirect", from, location)?;
        if from.scheme() == "https" && to.scheme() == "http" {
            return Err(GapReason::Refused(format!("a redirect from {} to plain http, {}", show(from), show(&to))));
        }
        self.check_plain("a redirect", &to)?;
        Ok(to)
    }

    /// Where the next page of a list is, if it is the registry's.
    pub(super) fn next_page(&self, page: &Url, link: &str) -> Result<Url, GapReason> {
        let next = self.outside("the list's next page", page, link)?;
        if !self.is_registry(&next) {
            return Err(GapReason::Refused(format!(
                "the list's next page is at {}, another host than {}",
                show(&next),
                show(&self.base)
            )));
        }
        Ok(next)
    }

    /// The token server of a challenge, if it may be asked.
    pub(super) fn realm(&self, realm: &str) -> Result<Url, GapReason> {
        let url = Url::parse(realm)
            .map_err(|error| GapReason::Malformed(format!("the challenge's realm {realm:?} is no URL: {error}")))?;
        let url = self.accept("the challenge's token server", url)?;
        if url.scheme() == "http" && self.base.scheme() == "https" {
            return Err(GapReason::Refused(format!(
                "the challenge's token server {} would be asked in plain http: expected https, as the registry",
                show(&url)
            )));
        }
        self.check_plain("the challenge's token server", &url)?;
        Ok(url)
    }

    /// Whether the registry's credentials may be sent to this token server.
    ///
    /// A realm on another host is usual (Docker Hub's is), and a registry that wants our password can ask
    /// for it by Basic; so what is kept out is the wire: other hosts get it over https only.
    pub(super) fn may_have_credentials(&self, realm: &Url) -> bool {
        realm.scheme() == "https" || realm.host() == self.base.host()
    }

    /// Joins and checks what every URL from outside has to meet.
    fn outside(&self, what: &str, base: &Url, text: &str) -> Result<Url, GapReason> {
        let url = base
            .join(text)
            .map_err(|error| GapReason::Malformed(format!("{what} goes to {text:?}, which is no URL: {error}")))?;
        self.accept(what, url)
    }

    fn accept(&self, what: &str, mut url: Url) -> Result<Url, GapReason> {
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(GapReason::Refused(format!("{what} goes to the scheme {:?}: expected https", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(GapReason::Refused(format!("{what} goes to {} with credentials in its URL", show(&url))));
        }
        url.set_fragment(None);
        Ok(url)
    }

    fn check_plain(&self, what: &str, url: &Url) -> Result<(), GapReason> {
        let local = is_loopback(url) && is_loopback(&self.base) && self.base.scheme() == "http";
        if url.scheme() == "https" || local || is_listed(&self.plain_http, url) {
            return Ok(());
        }
        Err(GapReason::Refused(format!(
            "{what} goes to {} in plain http: expected https, or the host listed as one for plain http",
            show(url)
        )))
    }
}

/// The host that serves the API: Docker Hub's is not the one that its references name.
fn api_host(host: &str) -> &str {
    match host {
        "docker.io" | "index.docker.io" => "registry-1.docker.io",
        host => host,
    }
}

/// A listed `host` stands for all its ports, `host:port` for one.
fn is_listed(hosts: &[String], url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    hosts
        .iter()
        .any(|listed| listed.eq_ignore_ascii_case(host) || listed.eq_ignore_ascii_case(&format!("{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(host: &str, plain_http: &[&str]) -> Origins {
        let repository = Repository { host: host.to_owned(), path: "a/b".to_owned() };
        let plain_http = plain_http.iter().map(|&host| host.to_owned()).collect();
        Origins::new(&repository, &Access { plain_http, ..Access::default() }).unwrap()
    }

    #[test]
    fn https_is_the_rule() {
        for (host, listed, expected) in [
            ("registry.example.org", vec![], "https://registry.example.org/v2/a/b/"),
            ("registry.example.org:80", vec![], "https://registry.example.org:80/v2/a/b/"),
            (
                "registry.example.org:5000",
                vec!["Registry.Example.org:5000"],
                "http://registry.example.org:5000/v2/a/b/",
            ),
            ("registry.example.org:5000", vec!["registry.example.org"], "http://registry.example.org:5000/v2/a/b/"),
            (
                "registry.example.org:5000",
                vec!["registry.example.org:5001"],
                "https://registry.example.org:5000/v2/a/b/",
            ),
            ("registry.example.org", vec!["example.org"], "https://registry.example.org/v2/a/b/"),
            ("localhost.example.org", vec![], "https://localhost.example.org/v2/a/b/"),
            ("localhost", vec![], "http://localhost/v2/a/b/"),
            ("[::1]:5000", vec![], "http://[::1]:5000/v2/a/b/"),
            ("docker.io", vec![], "https://registry-1.docker.io/v2/a/b/"),
        ] {
            assert_eq!(origins(host, &listed).base.as_str(), expected);
        }
        let repository = Repository { host: "1.2.3.999".to_owned(), path: "a".to_owned() };
        let error = Origins::new(&repository, &Access::default()).unwrap_err().to_string();
        assert!(error.contains("\"1.2.3.999\""), "{error}");
    }

    #[test]
    fn an_https_registry_sends_nobody_to_plain_http() {
        let origins = origins("registry.example.org", &["plain.example.org"]);
        let base = origins.base.clone();
        for target in ["http://registry.example.org/", "http://plain.example.org/", "http://127.0.0.1/"] {
            let host = target.trim_start_matches("http://").trim_end_matches('/');
            let redirect = origins.redirect(&base, target).unwrap_err();
            let realm = origins.realm(target).unwrap_err();
            // From where a redirect comes, and to where it goes.
            for (error, hosts) in [(redirect, &["registry.example.org", host][..]), (realm, &[host])] {
                let GapReason::Refused(told) = &error else { panic!("{target}: {error:?}") };
                assert!(hosts.iter().all(|host| told.contains(host)), "{told}");
            }
        }
        assert_eq!(
            origins.redirect(&base, "https://cdn.example.net/x?sig=1#f").unwrap().as_str(),
            "https://cdn.example.net/x?sig=1"
        );
    }

    #[test]
    fn a_registry_elsewhere_sends_nobody_to_this_machine_in_plain_http() {
        let origins = origins("plain.example.org", &["plain.example.org"]);
        let base = origins.base.clone();
        assert!(origins.redirect(&base, "http://127.0.0.1:8080/admin").is_err());
        assert!(origins.realm("http://localhost/token").is_err());
        assert!(origins.redirect(&base, "/x").is_ok());
    }

    #[test]
    fn credentials_go_to_the_registry_s_host_or_over_https() {
        let origins = origins("localhost:5000", &["auth.example.org"]);
        for (realm, expected) in [
            ("http://localhost:5001/token", true),
            ("https://auth.example.org/token", true),
            ("http://127.0.0.1:5000/token", false),
            ("http://auth.example.org/token", false),
        ] {
            assert_eq!(origins.may_have_credentials(&origins.realm(realm).unwrap()), expected, "{realm}");
        }
    }

    #[test]
    fn a_page_is_the_registry_s_own() {
        let origins = origins("registry.example.org", &[]);
        let page = origins.url("referrers/x").unwrap();
        assert_eq!(
            origins.next_page(&page, "?n=1").unwrap().as_str(),
            "https://registry.example.org/v2/a/b/referrers/x?n=1"
        );
        for link in [
            "https://registry.example.org:444/x",
            "http://registry.example.org/x",
            "//evil.example/x",
            "https://u@registry.example.org/",
        ] {
            assert!(origins.next_page(&page, link).is_err(), "{link}");
        }
    }
}
