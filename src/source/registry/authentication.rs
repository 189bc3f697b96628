//! Answering a 401: Basic, or a Bearer token from the token server that the challenge names
//! (distribution's `spec/auth/token.md` and `oauth.md`).
//!
//! Anonymous first. The challenge is that of the very response that refused, and its `scope` is taken as it
//! is. However many requests are refused at once, one of them asks for a token and the others wait for it;
//! later ones send it at once, those of other subjects of the same repository too. One `Session` serves one
//! repository of one host, so that no token reaches another.

use std::cell::{OnceCell, RefCell};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderValue, WWW_AUTHENTICATE};
use serde::Deserialize;
use url::Url;

use super::answer::Answer;
use super::credentials::{Credentials, Sources};
use super::refusal;
use super::session::Session;
use super::urls::show;
use super::wanted::BoundedRequest;
use super::wire::Wire;
use crate::oci::Repository;
use crate::source::login::Secret;
use crate::source::seen::GapReason;

/// A helper that asks a person, or hangs, must not use up the whole run.
const HELPER_TIME: Duration = Duration::from_secs(10);

/// Who we are for one repository of one host.
#[derive(Debug)]
pub(super) struct Authentication {
    repository: Repository,
    sources: Sources,
    credentials: OnceCell<Credentials>,
    session: Arc<Session>,
    /// Why the credentials stayed at home, where they did.
    withheld: RefCell<Option<String>>,
}

/// A challenge that can be answered (RFC 9110 §11.6.1).
enum Challenge {
    Basic,
    Bearer { realm: Option<String>, service: Option<String>, scope: Option<String> },
}

/// What a token server answers. Both names are in use; an empty one is none.
#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
}

impl Authentication {
    pub(super) fn new(repository: Repository, sources: Sources, session: Arc<Session>) -> Self {
        Authentication { repository, sources, credentials: OnceCell::new(), session, withheld: RefCell::default() }
    }

    /// The `Authorization` to send at once, if one is known.
    pub(super) fn current(&self) -> Option<HeaderValue> {
        self.session.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What to send after this refusal; none if there is nothing to answer with. `sent` is what was refused.
    pub(super) async fn answer(
        &self,
        wire: &Wire,
        sent: Option<&HeaderValue>,
        refused: &Answer,
    ) -> Result<Option<HeaderValue>, GapReason> {
        let _flight = self.session.flight.lock().await;
        let current = self.current();
        if current.is_some() && current.as_ref() != sent {
            return Ok(current);
        }
        let challenge = Challenge::choose(refused).map_err(|problem| refusal::denied(refused, problem))?;
        let credentials = self.credentials(wire.budget.remaining()).await;
        let authorization = match challenge {
            Challenge::Basic => match &credentials.secret {
                Secret::Password { user, password } => basic(user, password)?,
                Secret::Anonymous | Secret::IdentityToken(_) | Secret::Bearer(_) => {
                    self.withhold(credentials, "this registry takes only a user name and a password");
                    return Ok(None);
                }
            },
            Challenge::Bearer { .. } if matches!(credentials.secret, Secret::Bearer(_)) => registry_token(credentials)?,
            Challenge::Bearer { realm, service, scope } => {
                let realm = realm.ok_or_else(|| {
                    refusal::denied(refused, "its Bearer challenge names no realm to get a token from".to_owned())
                })?;
                let realm = wire.origins.realm(&realm)?;
                let parameters = [("service", service), ("scope", scope)];
                self.token(wire, realm, &parameters, credentials).await?
            }
        };
        *self.session.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(authorization.clone());
        Ok(Some(authorization))
    }

    /// Which credentials were used, where they came from, and what to do next. Never their value.
    pub(super) fn hint(&self) -> String {
        let Some(credentials) = self.credentials.get() else {
            return match self.current() {
                Some(_) => "what another subject of this run was let in with was sent".to_owned(),
                None => "no credentials were asked for".to_owned(),
            };
        };
        let used = match (self.withheld.borrow().as_deref(), &credentials.secret) {
            (Some(reason), _) => reason.to_owned(),
            (None, Secret::Anonymous) => credentials.origin.clone(),
            (None, Secret::Password { .. }) => format!("{} were sent", credentials.origin),
            (None, Secret::IdentityToken(_) | Secret::Bearer(_)) => format!("{} was sent", credentials.origin),
        };
        format!("{used}; {}", credentials.remedy)
    }

    /// Remembers why credentials that are there were not sent.
    fn withhold(&self, credentials: &Credentials, reason: &str) {
        let verb = match credentials.secret {
            Secret::Anonymous => return,
            Secret::Password { .. } => "were",
            Secret::IdentityToken(_) | Secret::Bearer(_) => "was",
        };
        self.withheld.replace(Some(format!("{} {verb} not sent: {reason}", credentials.origin)));
    }

    async fn credentials(&self, remaining: Duration) -> &Credentials {
        if let Some(credentials) = self.credentials.get() {
            return credentials;
        }
        // What is left after a helper that hangs has to be enough to ask without it.
        let found = self.sources.look_up(&self.repository, HELPER_TIME.min(remaining / 2)).await;
        self.credentials.get_or_init(|| found)
    }

    async fn token(
        &self,
        wire: &Wire,
        mut realm: Url,
        parameters: &[(&str, Option<String>)],
        credentials: &Credentials,
    ) -> Result<HeaderValue, GapReason> {
        let mut secret = &credentials.secret;
        if *secret != Secret::Anonymous && !wire.origins.may_have_credentials(&realm) {
            self.withhold(credentials, &format!("the token server {} is another host in plain http", show(&realm)));
            secret = &Secret::Anonymous;
        }
        let stated = parameters.iter().filter_map(|(name, value)| value.as_deref().map(|value| (*name, value)));
        let limit = wire.budget.limits().token_bytes;
        let wanted = |url| BoundedRequest {
            url,
            accept: "application/json",
            limit,
            what: "bytes of one token answer",
            expected: None,
        };
        let answer = match secret {
            Secret::IdentityToken(token) => {
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs([("grant_type", "refresh_token"), ("client_id", "ocigate"), ("refresh_token", token)])
                    .extend_pairs(stated)
                    .finish();
                wire.post_form(&wanted(realm), form).await?
            }
            Secret::Anonymous | Secret::Password { .. } | Secret::Bearer(_) => {
                realm.query_pairs_mut().extend_pairs(stated);
                let authorization = match secret {
                    Secret::Password { user, password } => Some(basic(user, password)?),
                    _ => None,
                };
                wire.get_retrying(&wanted(realm), authorization).await?
            }
        };
        self.bearer(&answer)
    }

    /// The `Authorization` of a token server's answer.
    fn bearer(&self, answer: &Answer) -> Result<HeaderValue, GapReason> {
        let server = format!("the token server {}", show(&answer.url));
        if matches!(answer.status.as_u16(), 400 | 401 | 403) {
            return Err(refusal::denied(answer, format!("so said {server}; {}", self.hint())));
        }
        if answer.status != reqwest::StatusCode::OK {
            return Err(match refusal::status(answer) {
                GapReason::Status { status, message } => GapReason::Status {
                    status,
                    message: Some(message.map_or(server.clone(), |message| format!("{server}: {message}"))),
                },
                other => other,
            });
        }
        let tokens: TokenAnswer = serde_json::from_slice(&answer.body.bytes).map_err(|error| {
            GapReason::Malformed(format!("the answer of {server} is no JSON with a token: {error}"))
        })?;
        let token =
            [tokens.token, tokens.access_token].into_iter().flatten().find(|token| !token.is_empty()).ok_or_else(
                || GapReason::Malformed(format!("the answer of {server} holds no `token` and no `access_token`")),
            )?;
        bearer(&token).ok_or_else(|| {
            GapReason::Malformed(format!("the token of {server} has characters that no HTTP header may hold"))
        })
    }
}

impl Challenge {
    /// The strongest challenge that can be answered. The error is for the gap's hint.
    fn choose(refused: &Answer) -> Result<Self, String> {
        let mut found = Vec::new();
        let mut basic = false;
        for header in refused.headers.get_all(WWW_AUTHENTICATE) {
            let text = header.to_str().map_err(|_| "its challenge is not ASCII".to_owned())?;
            let challenges =
                http_auth::parse_challenges(text).map_err(|_| format!("its challenge {text:?} cannot be read"))?;
            for challenge in challenges {
                let parameter = |name: &str| {
                    let found = challenge.params.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
                    found.map(|(_, value)| value.to_unescaped()).filter(|value| !value.is_empty())
                };
                if challenge.scheme.eq_ignore_ascii_case("bearer") {
                    let realm = parameter("realm");
                    return Ok(Challenge::Bearer { realm, service: parameter("service"), scope: parameter("scope") });
                }
                basic |= challenge.scheme.eq_ignore_ascii_case("basic");
                found.push(challenge.scheme.to_owned());
            }
        }
        match (basic, found.is_empty()) {
            (true, _) => Ok(Challenge::Basic),
            (false, true) => Err("it sent no challenge that says how to authenticate".to_owned()),
            (false, false) => Err(format!("it wants {}: expected Basic or Bearer", found.join(", "))),
        }
    }
}

fn basic(user: &str, password: &str) -> Result<HeaderValue, GapReason> {
    header(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
        .ok_or_else(|| GapReason::Malformed("the credentials cannot be written into an HTTP header".to_owned()))
}

/// A token that is sent as it is.
fn registry_token(credentials: &Credentials) -> Result<HeaderValue, GapReason> {
    let Secret::Bearer(token) = &credentials.secret else {
        return Err(GapReason::Malformed(format!("{} hold no token", credentials.origin)));
    };
    bearer(token).ok_or_else(|| {
        GapReason::Malformed(format!("{} has characters that no HTTP header may hold", credentials.origin))
    })
}

fn bearer(token: &str) -> Option<HeaderValue> {
    header(&format!("Bearer {token}"))
}

/// A header value that `Debug` does not show; none if the text may not stand in a header.
fn header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
