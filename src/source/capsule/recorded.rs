//! Keeps what a live source answers.
//!
//! A question that was answered once is not asked again: the run itself then rests on exactly what is kept, also where
//! a registry would have changed its mind in between.

use super::recorder::{Recorder, SavedAnswer, unresolved};
use super::restore::restore;
use crate::oci::{Digest, Reference, Repository};
use crate::source::access::Access;
use crate::source::live::LiveSource;
use crate::source::question::{Answer, Question};
use crate::source::seen::{GapReason, ResolveError, Statistics};

/// A live source, and where its answers are kept.
#[derive(Debug)]
pub struct RecordedSource {
    live: LiveSource,
    recorder: Recorder,
}

impl RecordedSource {
    pub(in crate::source) fn new(live: LiveSource, recorder: Recorder) -> Self {
        RecordedSource { live, recorder }
    }

    /// Answers as `reference` names this source.
    pub(in crate::source) async fn ask(&self, reference: &Reference, question: &Question) -> Answer {
        let name = reference.to_string();
        if let Some(saved) = self.recorder.known(&name, question) {
            let bytes = |digest: &_| self.recorder.bytes(digest).ok_or(GapReason::NotKept);
            return restore(reference, question, &saved, bytes);
        }
        let answer = self.live.ask(question).await;
        if let Some(saved) = self.saved(&answer) {
            self.recorder.keep(&name, question.clone(), saved);
        }
        answer
    }

    /// Nothing, where it is the user's mistake: there is no run then.
    fn saved(&self, answer: &Answer) -> Option<SavedAnswer> {
        Some(match answer {
            Answer::Subject(resolved) => SavedAnswer::Subject {
                descriptor: resolved.descriptor.clone(),
                bytes: self.recorder.keep_bytes(&resolved.bytes),
                tag_moved_to: resolved.tag_moved_to.clone(),
            },
            Answer::Unresolved(error) => return unresolved(error),
            Answer::Content(content) => SavedAnswer::Content(self.recorder.keep_bytes(&content.bytes)),
            Answer::Nothing => SavedAnswer::Nothing,
            Answer::State(state) => SavedAnswer::Held(*state),
            Answer::Listed(referrers) => SavedAnswer::Listed {
                descriptors: referrers.listed.clone(),
                unlisted: referrers.unlisted.clone(),
                gaps: referrers.gaps.clone(),
            },
            Answer::Unseen(reason) => SavedAnswer::Unseen(reason.clone()),
        })
    }

    /// The same for another repository in which evidence about this subject may lie.
    pub(in crate::source) fn elsewhere(
        &self,
        repository: &Repository,
        subject: &Digest,
        access: &Access,
    ) -> Result<Option<Self>, ResolveError> {
        let live = self.live.elsewhere(repository, subject, access)?;
        Ok(live.map(|live| RecordedSource::new(live, self.recorder.clone())))
    }

    pub(in crate::source) fn statistics(&self) -> Statistics {
        self.live.statistics()
    }
}
