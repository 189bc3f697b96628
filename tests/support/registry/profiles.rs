//! The registries that are in use, as far as their behaviour matters to a reader. None of them can be reached from
//! tests; what is known comes from their documents, from threads of client projects, and from runs of those that can
//! be run. A hint, not a promise: they change.

use super::{Auth, Options, Referrers, Registry, Response};

/// A registry by its name, some of them at two times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// No referrers API; opaque tokens; exact `Accept`; blobs lie in a storage.
    Ghcr,
    /// The same in the spring of 2026: the referrers API leads to a web page.
    GhcrWebPage,
    /// Referrers API; tokens for anyone; says how much of the quota is left.
    DockerHub,
    /// Referrers API; Basic, with a password that a helper makes; blobs lie in a storage.
    Ecr,
    /// Referrers API; a refresh token that is exchanged.
    Acr,
    /// No referrers API: it leads to a login page.
    Gar,
    /// Referrers API; tokens.
    Quay,
    /// Before version 3.12: 400.
    QuayBefore312,
    /// Referrers API; tokens; pages.
    Harbor,
    /// Referrers API; Basic.
    Artifactory,
    /// Before version 7.90.
    ArtifactoryBefore790,
    /// No referrers API; a tag that looks like a digest is the manifest of that digest.
    Gitlab,
    /// Referrers API; an unknown digest has an empty list.
    Zot,
    /// Referrers API in pages.
    Olareg,
    /// The same with the API turned off.
    OlaregWithoutApi,
    /// No referrers API; exact `Accept`; Basic.
    Distribution,
}

pub const USER: &str = "bob";
pub const PASSWORD: &str = "s3cret-value";
pub const REFRESH_TOKEN: &str = "r3fresh-value";

/// How the program has to be logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    Nobody,
    Password,
    IdentityToken,
}

impl Profile {
    /// Whether it lists referrers itself.
    pub fn has_api(self) -> bool {
        matches!(self.referrers(), Referrers::Native { .. })
    }

    pub fn login(self) -> Login {
        match self {
            Profile::Ecr | Profile::Artifactory | Profile::ArtifactoryBefore790 | Profile::Distribution => {
                Login::Password
            }
            Profile::Harbor | Profile::Gar => Login::Password,
            Profile::Acr => Login::IdentityToken,
            _ => Login::Nobody,
        }
    }

    /// Whether its blobs lie on another host.
    pub fn has_storage(self) -> bool {
        matches!(
            self,
            Profile::Ghcr | Profile::GhcrWebPage | Profile::DockerHub | Profile::Ecr | Profile::Acr | Profile::Quay
        )
    }

    fn referrers(self) -> Referrers {
        let native = |page, absolute_links| Referrers::Native { page, absolute_links };
        match self {
            Profile::Ghcr => Referrers::Unsupported(Response::error(404, "MANIFEST_UNKNOWN", "manifest unknown")),
            Profile::GhcrWebPage => Referrers::Unsupported(Response::new(303).header("Location", "/login")),
            Profile::Gar => Referrers::Unsupported(Response::new(302).header("Location", "/login")),
            Profile::QuayBefore312 => Referrers::Unsupported(Response::error(400, "MANIFEST_INVALID", "invalid")),
            Profile::ArtifactoryBefore790 | Profile::Gitlab | Profile::Distribution => {
                Referrers::Unsupported(Response::new(404).content_type("text/plain").body("404 page not found\n"))
            }
            Profile::OlaregWithoutApi => Referrers::Unsupported(Response::new(405)),
            Profile::Olareg => native(2, false),
            Profile::Harbor => native(3, true),
            Profile::DockerHub | Profile::Ecr | Profile::Acr | Profile::Quay | Profile::Artifactory | Profile::Zot => {
                native(usize::MAX, false)
            }
        }
    }

    fn auth(self) -> Auth {
        let basic = Auth::Basic { user: USER, password: PASSWORD };
        let tokens = |user| Auth::Bearer { user, token: "djE6b3BhcXVlIHRva2Vu" };
        match self {
            Profile::Ecr | Profile::Artifactory | Profile::ArtifactoryBefore790 | Profile::Distribution => basic,
            Profile::Harbor | Profile::Gar | Profile::Acr => tokens(Some((USER, PASSWORD))),
            Profile::Zot | Profile::Olareg | Profile::OlaregWithoutApi => Auth::Anyone,
            Profile::Ghcr | Profile::GhcrWebPage | Profile::DockerHub | Profile::Quay | Profile::QuayBefore312 => {
                tokens(None)
            }
            Profile::Gitlab => tokens(None),
        }
    }

    /// A registry that behaves so, and the storage that it sends for blobs to, if it has one.
    pub fn start(self) -> (Registry, Option<Registry>) {
        let storage = self.has_storage().then(|| Registry::start(Options::default()));
        let registry = Registry::start(Options {
            referrers: self.referrers(),
            auth: self.auth(),
            refresh_token: (self == Profile::Acr).then_some(REFRESH_TOKEN),
            blobs_at: storage.as_ref().map(Registry::url),
            exact_accept: matches!(self, Profile::Ghcr | Profile::GhcrWebPage | Profile::Distribution),
            digest_tags: self == Profile::Gitlab,
            headers: match self {
                Profile::DockerHub => &[("ratelimit-limit", "100;w=21600"), ("ratelimit-remaining", "1;w=21600")],
                _ => &[],
            },
            ..Options::default()
        });
        registry.fault("/login", usize::MAX, Response::html(200));
        (registry, storage)
    }
}
