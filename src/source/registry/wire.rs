//! One GET after the other: counted, bounded in time and bytes, redirects followed by hand, sent again
//! where that may help.
//!
//! It does not know what a manifest is, and it believes no header: not the digest's, not the length's.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, HeaderValue, LOCATION};
use reqwest::{Method, Request, Response, StatusCode};
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use super::answer::Answer;
use super::body::Body;
use super::budget::Budget;
use super::connections::Connections;
use super::failure::broken;
use super::origins::Origins;
use super::retry;
use super::secrets::Secrets;
use super::urls::{same_origin, show};
use super::wanted::BoundedRequest;
use crate::source::seen::GapReason;

/// Sends requests for one subject, with the authorization that it is given.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) origins: Origins,
    pub(super) budget: Rc<Budget>,
    connections: Connections,
    /// All credentials that were sent for the subject.
    sent: Rc<RefCell<Secrets>>,
    /// How often one GET is sent at most.
    attempts: u32,
    /// The last connection failed even when tried again: the next failures are final at once, so that a
    /// registry that went away is reported in time for all that was still to be asked.
    down: Cell<bool>,
}

impl Wire {
    pub(super) fn new(
        origins: Origins,
        (budget, sent): (Rc<Budget>, Rc<RefCell<Secrets>>),
        connections: Connections,
        attempts: u32,
    ) -> Self {
        Wire { origins, budget, connections, sent, attempts, down: Cell::new(false) }
    }

    /// Fetches with this authorization, again where that may help.
    pub(super) async fn get_retrying(
        &self,
        wanted: &BoundedRequest<'_>,
        authorization: Option<HeaderValue>,
    ) -> Result<Answer, GapReason> {
        let mut attempt = 1;
        loop {
            let outcome = self.get_following(wanted, authorization.clone()).await;
            let broken = matches!(outcome, Err(GapReason::Connection(_)));
            let pause = retry::pause(attempt, &outcome, self.budget.remaining());
            match pause.filter(|_| attempt < self.attempts && !(broken && self.down.get())) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => {
                    self.down.set(broken);
                    return outcome;
                }
            }
            attempt += 1;
        }
    }

    /// Fetches, following redirects; the authorization stays behind when one leads to another origin.
    async fn get_following(
        &self,
        wanted: &BoundedRequest<'_>,
        mut authorization: Option<HeaderValue>,
    ) -> Result<Answer, GapReason> {
        let mut url = wanted.url.clone();
        self.sent.borrow_mut().add(Secrets::of_header(authorization.as_ref()));
        let mut at_home = true;
        for _ in 0..=self.budget.limits().redirects {
            let _turn = self.turn(&url).await;
            let response = self.exchange(request(Method::GET, &url, wanted.accept, authorization.as_ref())).await?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return self.read(response, (url, at_home), wanted).await;
            }
            let target = self.redirect_target(&response, &url)?;
            if !same_origin(&url, &target) {
                authorization = None;
                at_home = false;
            }
            url = target;
        }
        let redirects = self.budget.limits().redirects;
        Err(GapReason::Refused(format!("more than {redirects} redirects from {}", show(&wanted.url))))
    }

    fn redirect_target(&self, response: &Response, url: &Url) -> Result<Url, GapReason> {
        let location =
            response.headers().get(LOCATION).and_then(|location| location.to_str().ok()).ok_or_else(|| {
                GapReason::Malformed(format!("a redirect from {} without a Location that can be read", show(url)))
            })?;
        self.origins.redirect(url, location)
    }

    /// Sends a form to a token server. It is not sent on to where a redirect leads, and not sent twice.
    pub(super) async fn post_form(&self, wanted: &BoundedRequest<'_>, form: String) -> Result<Answer, GapReason> {
        let mut request = request(Method::POST, &wanted.url, wanted.accept, None);
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(reqwest::header::CONTENT_TYPE, form_type);
        self.sent.borrow_mut().add(Secrets::of_form(&form));
        *request.body_mut() = Some(form.into());
        let _turn = self.turn(&wanted.url).await;
        let response = self.exchange(request).await?;
        if response.status().is_redirection() {
            return Err(GapReason::Refused(format!("a redirect of the credentials sent to {}", show(&wanted.url))));
        }
        self.read(response, (wanted.url.clone(), true), wanted).await
    }

    async fn read(
        &self,
        mut response: Response,
        (url, at_home): (Url, bool),
        wanted: &BoundedRequest<'_>,
    ) -> Result<Answer, GapReason> {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let body = if status == StatusCode::OK {
            Body::read(response, &headers, wanted, &self.budget).await?
        } else {
            Body::read_excerpt(response, self.budget.limits().token_bytes, &self.budget).await
        };
        Ok(Answer { status, headers, url, at_home, body, sent: self.sent.borrow().clone() })
    }

    /// One of those who may ask this host at once, until the answer was read.
    async fn turn(&self, url: &Url) -> Option<OwnedSemaphorePermit> {
        self.connections.turn(url, self.budget.limits().connections).await
    }

    /// One request on the wire.
    async fn exchange(&self, request: Request) -> Result<Response, GapReason> {
        self.budget.take_request()?;
        let url = request.url().clone();
        let client = self.connections.client(&url, self.origins.is_registry(&url))?;
        client.execute(request).await.map_err(|error| broken(&url, &error))
    }
}

fn request(method: Method, url: &Url, accept: &'static str, authorization: Option<&HeaderValue>) -> Request {
    let mut request = Request::new(method, url.clone());
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(authorization) = authorization {
        headers.insert(AUTHORIZATION, authorization.clone());
    }
    request
}
