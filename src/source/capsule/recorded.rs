//! Keeps what a live source answers.
//!
//! A question that was answered once is not asked again: the run itself then rests on exactly what is kept, also where
//! a registry would have changed its mind in between.

use std::future::Future;

use super::recorder::{Answer, Question, Recorder, elsewhere, unresolved};
use crate::oci::{Descriptor, Digest, Reference, Repository};
use crate::source::access::Access;
use crate::source::live::Live;
use crate::source::seen::{
    AssociatedTag, BlobState, FetchedContent, Gap, GapReason, Referrers, ResolveError, ResolvedReference, SearchTarget,
    Statistics,
};

/// A live source, and where its answers are kept.
#[derive(Debug)]
pub struct RecordedSource {
    live: Live,
    name: String,
    recorder: Recorder,
}

impl RecordedSource {
    pub(in crate::source) fn new(live: Live, reference: &Reference, recorder: Recorder) -> Self {
        RecordedSource { live, name: reference.to_string(), recorder }
    }

    pub(in crate::source) async fn resolve(&self) -> Result<ResolvedReference, ResolveError> {
        let resolved = Box::pin(self.live.resolve()).await;
        let answer = match &resolved {
            Ok(resolved) => {
                let bytes = self.recorder.keep_bytes(&resolved.bytes);
                let (descriptor, tag_moved_to) = (resolved.descriptor.clone(), resolved.tag_moved_to.clone());
                Some(Answer::Subject { descriptor, bytes, tag_moved_to })
            }
            Err(error) => unresolved(error),
        };
        if let Some(answer) = answer {
            self.recorder.keep(&self.name, Question::Subject, answer);
        }
        resolved
    }

    pub(in crate::source) async fn manifest(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        self.content(descriptor, Question::manifest(descriptor), Box::pin(self.live.manifest(descriptor))).await
    }

    pub(in crate::source) async fn blob(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        self.content(descriptor, Question::blob(descriptor), Box::pin(self.live.blob(descriptor))).await
    }

    async fn content(
        &self,
        descriptor: &Descriptor,
        question: Question,
        asking: impl Future<Output = Result<FetchedContent, GapReason>>,
    ) -> Result<FetchedContent, GapReason> {
        let answer = match self.recorder.known(&self.name, &question) {
            Some(answer) => answer,
            None => {
                let answer = self.content_answer(asking.await);
                self.recorder.keep(&self.name, question, answer)
            }
        };
        self.content_of(answer, &descriptor.digest)
    }

    fn content_answer(&self, answered: Result<FetchedContent, GapReason>) -> Answer {
        match answered {
            Ok(content) => Answer::Content(self.recorder.keep_bytes(&content.bytes)),
            Err(reason) => Answer::Unseen(reason),
        }
    }

    /// The bytes of an answer, which were checked against this digest.
    fn content_of(&self, answer: Answer, digest: &Digest) -> Result<FetchedContent, GapReason> {
        match answer {
            Answer::Content(held) => {
                let bytes = self.recorder.bytes(&held).ok_or(GapReason::NotKept)?;
                Ok(FetchedContent { digest: digest.clone(), bytes })
            }
            Answer::Unseen(reason) => Err(reason),
            _ => Err(GapReason::NotKept),
        }
    }

    /// A child of an index that lies beside it, where that can be read without waiting.
    pub(in crate::source) fn beside(&self, descriptor: &Descriptor) -> Option<Result<FetchedContent, GapReason>> {
        let question = Question::manifest(descriptor);
        if let Some(answer) = self.recorder.known(&self.name, &question) {
            return Some(self.content_of(answer, &descriptor.digest));
        }
        let answer = self.content_answer(self.live.beside(descriptor)?);
        let answer = self.recorder.keep(&self.name, question, answer);
        Some(self.content_of(answer, &descriptor.digest))
    }

    pub(in crate::source) fn check(&self, descriptor: &Descriptor) -> Result<BlobState, GapReason> {
        let question = Question::check(descriptor);
        let answer = self.recorder.known(&self.name, &question).unwrap_or_else(|| {
            let answer = match self.live.check(descriptor) {
                Ok(held) => Answer::Held(held),
                Err(reason) => Answer::Unseen(reason),
            };
            self.recorder.keep(&self.name, question, answer)
        });
        match answer {
            Answer::Held(held) => Ok(held),
            Answer::Unseen(reason) => Err(reason),
            _ => Err(GapReason::NotKept),
        }
    }

    pub(in crate::source) async fn referrers(&self, digest: &Digest, with_tag: bool) -> Referrers {
        let question = Question::Referrers { digest: digest.clone(), with_tag };
        let answer = match self.recorder.known(&self.name, &question) {
            Some(answer) => answer,
            None => {
                let found = Box::pin(self.live.referrers(digest, with_tag)).await;
                let answer = Answer::Listed { descriptors: found.listed, gaps: found.gaps };
                self.recorder.keep(&self.name, question.clone(), answer)
            }
        };
        match answer {
            Answer::Listed { descriptors, gaps } => Referrers { listed: descriptors, gaps },
            _ => {
                let gap = Gap { sought: SearchTarget::Referrers(digest.clone()), reason: GapReason::NotKept };
                Referrers { listed: Vec::new(), gaps: vec![gap] }
            }
        }
    }

    pub(in crate::source) async fn associated(
        &self,
        tag: AssociatedTag,
        digest: &Digest,
    ) -> Result<Option<FetchedContent>, Gap> {
        let Some(name) = tag.tag(digest) else { return Ok(None) };
        let question = Question::Tag(name.clone());
        let answer = match self.recorder.known(&self.name, &question) {
            Some(answer) => answer,
            None => {
                let answer = match Box::pin(self.live.associated(tag, digest)).await {
                    Ok(Some(content)) => Answer::Content(self.recorder.keep_bytes(&content.bytes)),
                    Ok(None) => Answer::Nothing,
                    Err(gap) => Answer::Unseen(gap.reason),
                };
                self.recorder.keep(&self.name, question, answer)
            }
        };
        match answer {
            Answer::Nothing => Ok(None),
            Answer::Content(held) => {
                let content = self.content_of(Answer::Content(held.clone()), &held);
                content.map(Some).map_err(|reason| Gap { sought: SearchTarget::Tag(name), reason })
            }
            Answer::Unseen(reason) => Err(Gap { sought: SearchTarget::Tag(name), reason }),
            _ => Err(Gap { sought: SearchTarget::Tag(name), reason: GapReason::NotKept }),
        }
    }

    /// The same for another repository in which evidence about this subject may lie.
    pub(in crate::source) fn elsewhere(
        &self,
        repository: &Repository,
        subject: &Digest,
        access: &Access,
    ) -> Result<Option<Self>, ResolveError> {
        let live = self.live.elsewhere(repository, subject, access)?;
        let name = elsewhere(repository, subject);
        Ok(live.map(|live| RecordedSource::new(live, &name, self.recorder.clone())))
    }

    pub(in crate::source) fn statistics(&self) -> Statistics {
        self.live.statistics()
    }
}
