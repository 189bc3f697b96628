//! Requests for one subject, with credentials where the registry wants some.

use reqwest::StatusCode;

use super::answer::Answer;
use super::authentication::Authentication;
use super::refusal;
use super::urls::show;
use super::wanted::BoundedRequest;
use super::wire::Wire;
use crate::source::seen::GapReason;

/// The wire to a repository, and who we are there.
#[derive(Debug)]
pub(super) struct Transport {
    pub(super) wire: Wire,
    authentication: Authentication,
}

impl Transport {
    pub(super) fn new(wire: Wire, authentication: Authentication) -> Self {
        Transport { wire, authentication }
    }

    /// Fetches something of the repository, with credentials if the registry wants some.
    pub(super) async fn get(&self, wanted: &BoundedRequest<'_>) -> Result<Answer, GapReason> {
        match tokio::time::timeout_at(self.wire.budget.deadline(), self.get_authenticated(wanted)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(self.wire.budget.timeout()),
        }
    }

    /// The gap that an answer is which is neither 200 nor expected.
    pub(super) fn refusal(&self, answer: &Answer) -> GapReason {
        if matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            let hint = if answer.at_home {
                self.authentication.hint()
            } else {
                format!("it had sent us on to {}, where no credentials are given", show(&answer.url))
            };
            return refusal::denied(answer, hint);
        }
        refusal::status(answer)
    }

    async fn get_authenticated(&self, wanted: &BoundedRequest<'_>) -> Result<Answer, GapReason> {
        let sent = self.authentication.current();
        let answer = self.wire.get_retrying(wanted, sent.clone()).await?;
        // A challenge counts only from the registry: one from where it redirected to could ask for its password.
        if answer.status != StatusCode::UNAUTHORIZED || !self.wire.origins.is_registry(&answer.url) || !answer.at_home {
            return Ok(answer);
        }
        match self.authentication.answer(&self.wire, sent.as_ref(), &answer).await? {
            Some(authorization) => self.wire.get_retrying(wanted, Some(authorization)).await,
            None => Ok(answer),
        }
    }
}
