//! Keeps what a source answers, question by question, so that the run can be replayed.
//!
//! A question that was answered once is not asked again: the run itself then rests on exactly what is kept, also where
//! a registry would have changed its mind in between.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::oci::{Descriptor, Digest, Reference, Repository};
use crate::source::{
    Access, AssociatedTag, Content, Gap, GapReason, Held, Referrers, ResolveError, Resolved, Sought, Source,
    Statistics, open_elsewhere,
};

/// What a source is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// What its reference stands for.
    Subject,
    /// A manifest, by digest and size.
    Manifest {
        /// Its digest.
        digest: Digest,
        /// Its size, as whoever names it states it.
        size: u64,
    },
    /// An evidence blob, by digest and size.
    Blob {
        /// Its digest.
        digest: Digest,
        /// Its size, as its descriptor states it.
        size: u64,
    },
    /// Whether a blob is held that is not to be read.
    Check {
        /// Its digest.
        digest: Digest,
        /// Its size, as its descriptor states it.
        size: u64,
    },
    /// What refers to a digest.
    Referrers {
        /// The digest.
        digest: Digest,
        /// Whether the fallback tag is read too where the list is empty.
        with_tag: bool,
    },
    /// What one of cosign's tags points at.
    Tag(String),
}

impl Question {
    pub(super) fn manifest(descriptor: &Descriptor) -> Self {
        Question::Manifest { digest: descriptor.digest.clone(), size: descriptor.size }
    }

    pub(super) fn blob(descriptor: &Descriptor) -> Self {
        Question::Blob { digest: descriptor.digest.clone(), size: descriptor.size }
    }

    pub(super) fn check(descriptor: &Descriptor) -> Self {
        Question::Check { digest: descriptor.digest.clone(), size: descriptor.size }
    }

    /// That it has no answer, for this reason.
    pub(super) fn gap(&self, reference: &Reference, reason: GapReason) -> Gap {
        let sought = match self {
            Question::Subject => Sought::Subject(reference.to_string()),
            Question::Manifest { digest, .. } | Question::Blob { digest, .. } | Question::Check { digest, .. } => {
                Sought::Manifest(digest.clone())
            }
            Question::Referrers { digest, .. } => Sought::Referrers(digest.clone()),
            Question::Tag(name) => Sought::Tag(name.clone()),
        };
        Gap { sought, reason }
    }
}

/// What it answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The subject; its bytes are a blob.
    Subject {
        /// Its descriptor. Type and size are computed again from the bytes.
        descriptor: Descriptor,
        /// sha256 of the bytes.
        bytes: Digest,
        /// For `repo:tag@digest`: where the tag pointed, if that was elsewhere.
        tag_moved_to: Option<Digest>,
    },
    /// The subject could not be seen.
    UnseenSubject(Gap),
    /// The subject's bytes were not its digest.
    Corrupt {
        /// The digest asked for.
        expected: Digest,
        /// The digest of the bytes.
        found: Digest,
    },
    /// The subject was not acceptable, in words.
    Unacceptable(String),
    /// Bytes, by their sha256.
    Content(Digest),
    /// There is no such tag.
    Nothing,
    /// Whether a blob is held.
    Held(Held),
    /// What was listed, and what of the list could not be seen.
    Listed {
        /// The list.
        descriptors: Vec<Descriptor>,
        /// What could not be seen.
        gaps: Vec<Gap>,
    },
    /// It could not be seen.
    Unseen(GapReason),
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What was asked.
    pub question: Question,
    /// What was answered.
    pub answer: Answer,
}

/// All that one source was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceAnswers {
    /// The reference that it was opened by.
    pub source: String,
    /// Each question once, in the order in which answers came.
    pub exchanges: Vec<Exchange>,
}

/// What is kept of one subject; the bytes are kept once for all subjects of a run.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    answers: Arc<Mutex<BTreeMap<String, Asked>>>,
    blobs: Arc<Mutex<BTreeMap<Digest, Vec<u8>>>>,
}

/// What one source was asked: the answer to each question, and at which place among all answers it came.
type Asked = BTreeMap<Question, (usize, Answer)>;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    /// A recorder for the next subject, which keeps bytes where this one does.
    pub fn next(&self) -> Self {
        Recorder { answers: Arc::default(), blobs: Arc::clone(&self.blobs) }
    }

    /// What was answered so far: sources sorted, their answers in the order in which they came.
    pub fn answers(&self) -> Vec<SourceAnswers> {
        let answers = locked(&self.answers);
        let of_source = |(source, asked): (&String, &Asked)| {
            let mut asked: Vec<_> = asked.iter().map(|(question, (place, answer))| (place, question, answer)).collect();
            asked.sort_by_key(|(place, ..)| **place);
            let exchanges = asked
                .into_iter()
                .map(|(_, question, answer)| Exchange { question: question.clone(), answer: answer.clone() });
            SourceAnswers { source: source.clone(), exchanges: exchanges.collect() }
        };
        answers.iter().map(of_source).collect()
    }

    /// Takes the bytes that answers of all subjects name, by their sha256. Afterwards it has none.
    pub fn take_blobs(&self) -> BTreeMap<Digest, Vec<u8>> {
        std::mem::take(&mut *locked(&self.blobs))
    }

    fn known(&self, source: &str, question: &Question) -> Option<Answer> {
        locked(&self.answers).get(source).and_then(|asked| asked.get(question)).map(|(_, answer)| answer.clone())
    }

    /// Keeps the first answer to a question, and says which that is.
    fn keep(&self, source: &str, question: Question, answer: Answer) -> Answer {
        let mut answers = locked(&self.answers);
        let asked = answers.entry(source.to_owned()).or_default();
        let place = asked.len();
        asked.entry(question).or_insert((place, answer)).1.clone()
    }

    fn keep_bytes(&self, bytes: &[u8]) -> Digest {
        let digest = Digest::sha256(bytes);
        locked(&self.blobs).entry(digest.clone()).or_insert_with(|| bytes.to_vec());
        digest
    }

    fn bytes(&self, digest: &Digest) -> Option<Vec<u8>> {
        locked(&self.blobs).get(digest).cloned()
    }

    /// That the source could not even be opened.
    pub(in crate::source) fn keep_failure(&self, reference: &Reference, error: &ResolveError) {
        if let Some(answer) = unresolved(error) {
            self.keep(&reference.to_string(), Question::Subject, answer);
        }
    }
}

/// Nothing, where it is the user's mistake: there is no run then.
fn unresolved(error: &ResolveError) -> Option<Answer> {
    match error {
        ResolveError::Unseen(gap) => Some(Answer::UnseenSubject(gap.clone())),
        ResolveError::Corrupt { expected, found } => {
            Some(Answer::Corrupt { expected: expected.clone(), found: found.clone() })
        }
        ResolveError::Malformed { .. } | ResolveError::NoChild { .. } | ResolveError::Recorded(_) => {
            Some(Answer::Unacceptable(error.to_string()))
        }
        ResolveError::Usage(_) => None,
    }
}

/// The name of a source that is asked about a subject of another repository.
pub(super) fn elsewhere(repository: &Repository, subject: &Digest) -> Reference {
    Reference::Registry { repository: repository.clone(), tag: None, digest: Some(subject.clone()) }
}

/// A live source, and where its answers are kept.
#[derive(Debug)]
pub struct Recorded {
    source: Source,
    name: String,
    recorder: Recorder,
}

impl Recorded {
    pub(in crate::source) fn new(source: Source, reference: &Reference, recorder: Recorder) -> Self {
        Recorded { source, name: reference.to_string(), recorder }
    }

    pub(in crate::source) async fn resolve(&self) -> Result<Resolved, ResolveError> {
        let resolved = Box::pin(self.source.resolve()).await;
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

    pub(in crate::source) async fn manifest(&self, descriptor: &Descriptor) -> Result<Content, GapReason> {
        self.content(descriptor, Question::manifest(descriptor), Box::pin(self.source.manifest(descriptor))).await
    }

    pub(in crate::source) async fn blob(&self, descriptor: &Descriptor) -> Result<Content, GapReason> {
        self.content(descriptor, Question::blob(descriptor), Box::pin(self.source.blob(descriptor))).await
    }

    async fn content(
        &self,
        descriptor: &Descriptor,
        question: Question,
        asking: impl Future<Output = Result<Content, GapReason>>,
    ) -> Result<Content, GapReason> {
        let answer = match self.recorder.known(&self.name, &question) {
            Some(answer) => answer,
            None => {
                let answer = self.content_answer(asking.await);
                self.recorder.keep(&self.name, question, answer)
            }
        };
        self.content_of(answer, &descriptor.digest)
    }

    fn content_answer(&self, answered: Result<Content, GapReason>) -> Answer {
        match answered {
            Ok(content) => Answer::Content(self.recorder.keep_bytes(&content.bytes)),
            Err(reason) => Answer::Unseen(reason),
        }
    }

    /// The bytes of an answer, which were checked against this digest.
    fn content_of(&self, answer: Answer, digest: &Digest) -> Result<Content, GapReason> {
        match answer {
            Answer::Content(held) => {
                let bytes = self.recorder.bytes(&held).ok_or(GapReason::NotKept)?;
                Ok(Content { digest: digest.clone(), bytes })
            }
            Answer::Unseen(reason) => Err(reason),
            _ => Err(GapReason::NotKept),
        }
    }

    /// A child of an index that lies beside it, where that can be read without waiting.
    pub(in crate::source) fn beside(&self, descriptor: &Descriptor) -> Option<Result<Content, GapReason>> {
        let question = Question::manifest(descriptor);
        if let Some(answer) = self.recorder.known(&self.name, &question) {
            return Some(self.content_of(answer, &descriptor.digest));
        }
        let answer = self.content_answer(self.source.beside(descriptor)?);
        let answer = self.recorder.keep(&self.name, question, answer);
        Some(self.content_of(answer, &descriptor.digest))
    }

    pub(in crate::source) fn check(&self, descriptor: &Descriptor) -> Result<Held, GapReason> {
        let question = Question::check(descriptor);
        let answer = self.recorder.known(&self.name, &question).unwrap_or_else(|| {
            let answer = match self.source.check(descriptor) {
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
                let found = Box::pin(self.source.referrers(digest, with_tag)).await;
                let answer = Answer::Listed { descriptors: found.listed, gaps: found.gaps };
                self.recorder.keep(&self.name, question.clone(), answer)
            }
        };
        match answer {
            Answer::Listed { descriptors, gaps } => Referrers { listed: descriptors, gaps },
            _ => {
                let gap = Gap { sought: Sought::Referrers(digest.clone()), reason: GapReason::NotKept };
                Referrers { listed: Vec::new(), gaps: vec![gap] }
            }
        }
    }

    pub(in crate::source) async fn associated(
        &self,
        tag: AssociatedTag,
        digest: &Digest,
    ) -> Result<Option<Content>, Gap> {
        let Some(name) = tag.tag(digest) else { return Ok(None) };
        let question = Question::Tag(name.clone());
        let answer = match self.recorder.known(&self.name, &question) {
            Some(answer) => answer,
            None => {
                let answer = match Box::pin(self.source.associated(tag, digest)).await {
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
                content.map(Some).map_err(|reason| Gap { sought: Sought::Tag(name), reason })
            }
            Answer::Unseen(reason) => Err(Gap { sought: Sought::Tag(name), reason }),
            _ => Err(Gap { sought: Sought::Tag(name), reason: GapReason::NotKept }),
        }
    }

    /// The same for another repository in which evidence about this subject may lie.
    pub(in crate::source) fn elsewhere(
        &self,
        repository: &Repository,
        subject: &Digest,
        access: &Access,
    ) -> Result<Option<Source>, ResolveError> {
        let source = open_elsewhere(&self.source, repository, subject, access)?;
        let name = elsewhere(repository, subject);
        Ok(source.map(|source| Source::Recorded(Box::new(Recorded::new(source, &name, self.recorder.clone())))))
    }

    pub(in crate::source) fn statistics(&self) -> Statistics {
        self.source.statistics()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_answer_to_a_question_is_the_one_that_is_kept() {
        let recorder = Recorder::default();
        let question = Question::Tag("sha256-00.sig".to_owned());
        let first = Answer::Unseen(GapReason::Absent);
        assert_eq!(recorder.keep("a", question.clone(), first.clone()), first);
        assert_eq!(recorder.keep("a", question.clone(), Answer::Nothing), first);
        assert_eq!(recorder.keep("b", question.clone(), Answer::Nothing), Answer::Nothing);
        assert_eq!(recorder.known("a", &question), Some(first));
        // Subjects share bytes and no answers.
        let next = recorder.next();
        let digest = recorder.keep_bytes(b"x");
        assert_eq!((next.known("a", &question), next.bytes(&digest)), (None, Some(b"x".to_vec())));
        assert_eq!(next.take_blobs().len(), 1);
        assert_eq!(recorder.bytes(&digest), None);
    }

    #[test]
    fn what_is_kept_reads_back() {
        let digest = Digest::sha256(b"x");
        let reasons = [
            GapReason::Denied { status: 401, message: Some("no".to_owned()), hint: None },
            GapReason::Status { status: 503, message: None },
            GapReason::Timeout { seconds: 60 },
            GapReason::Connection("refused".to_owned()),
            GapReason::Limit { what: "bytes of one manifest".into(), limit: 4 },
            GapReason::Corrupt { expected: digest.clone(), found: digest.clone() },
            GapReason::Size { expected: 1, found: 2 },
            GapReason::NoSuchName { known: String::new() },
            GapReason::NothingReadable("x".to_owned()),
            GapReason::Refused("x".to_owned()),
            GapReason::NotKept,
            GapReason::AfterMirrors { reason: Box::new(GapReason::Absent), mirrors: "m".to_owned() },
        ];
        let sought =
            Sought::Elsewhere("r.example.org/x".to_owned(), Box::new(Sought::Evidence(digest.clone(), digest.clone())));
        for reason in reasons {
            let gaps = vec![Gap { sought: sought.clone(), reason: reason.clone() }];
            for answer in [Answer::Unseen(reason.clone()), Answer::Listed { descriptors: Vec::new(), gaps }] {
                let exchange = Exchange { question: Question::Subject, answer };
                let text = serde_json::to_string(&exchange).unwrap();
                assert_eq!(serde_json::from_str::<Exchange>(&text).unwrap(), exchange, "{text}");
            }
        }
    }
}
