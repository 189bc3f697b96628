//! What a source was asked and answered, question by question, kept so that the run can be replayed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::oci::{Descriptor, Digest, Reference};
use crate::source::question::Question;
use crate::source::seen::{BlobState, Gap, GapReason, ResolveError};

/// What it answered, as it is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SavedAnswer {
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
    Held(BlobState),
    /// What was listed, and what of the list could not be seen.
    Listed {
        /// The list.
        descriptors: Vec<Descriptor>,
        /// What nothing lists: manifests among a layout's blobs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unlisted: Vec<Descriptor>,
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
    pub answer: SavedAnswer,
}

/// All that one source was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceAnswers {
    /// The reference that it was opened by.
    pub source: String,
    /// Each question once, sorted.
    pub exchanges: Vec<Exchange>,
}

/// What is kept of one subject; the bytes are kept once for all subjects of a run.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    answers: Arc<Mutex<BTreeMap<String, AnswerMap>>>,
    blobs: Arc<Mutex<BTreeMap<Digest, Vec<u8>>>>,
}

/// What one source was asked, and what it answered first.
type AnswerMap = BTreeMap<Question, SavedAnswer>;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    /// A recorder for the next subject, which keeps bytes where this one does.
    pub fn next(&self) -> Self {
        Recorder { answers: Arc::default(), blobs: Arc::clone(&self.blobs) }
    }

    /// What was answered so far: sources sorted, their questions sorted.
    pub fn answers(&self) -> Vec<SourceAnswers> {
        let of_source = |(source, asked): (&String, &AnswerMap)| {
            let exchange = |(question, answer): (&Question, &SavedAnswer)| Exchange {
                question: question.clone(),
                answer: answer.clone(),
            };
            SourceAnswers { source: source.clone(), exchanges: asked.iter().map(exchange).collect() }
        };
        locked(&self.answers).iter().map(of_source).collect()
    }

    /// Takes the bytes that answers of all subjects name, by their sha256. Afterwards it has none.
    pub fn take_blobs(&self) -> BTreeMap<Digest, Vec<u8>> {
        std::mem::take(&mut *locked(&self.blobs))
    }

    pub(super) fn known(&self, source: &str, question: &Question) -> Option<SavedAnswer> {
        locked(&self.answers).get(source).and_then(|asked| asked.get(question)).cloned()
    }

    /// Keeps the first answer to a question.
    pub(super) fn keep(&self, source: &str, question: Question, answer: SavedAnswer) {
        locked(&self.answers).entry(source.to_owned()).or_default().entry(question).or_insert(answer);
    }

    pub(super) fn keep_bytes(&self, bytes: &[u8]) -> Digest {
        let digest = Digest::sha256(bytes);
        locked(&self.blobs).entry(digest.clone()).or_insert_with(|| bytes.to_vec());
        digest
    }

    pub(super) fn bytes(&self, digest: &Digest) -> Option<Vec<u8>> {
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
pub(super) fn unresolved(error: &ResolveError) -> Option<SavedAnswer> {
    match error {
        ResolveError::Unseen(gap) => Some(SavedAnswer::UnseenSubject(gap.clone())),
        ResolveError::Corrupt { expected, found } => {
            Some(SavedAnswer::Corrupt { expected: expected.clone(), found: found.clone() })
        }
        ResolveError::Malformed { .. } | ResolveError::NoChild { .. } | ResolveError::Recorded(_) => {
            Some(SavedAnswer::Unacceptable(error.to_string()))
        }
        ResolveError::Usage(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::seen::SearchTarget;

    #[test]
    fn the_first_answer_to_a_question_is_the_one_that_is_kept() {
        let recorder = Recorder::default();
        let question = Question::Tag("sha256-00.sig".to_owned());
        let first = SavedAnswer::Unseen(GapReason::Absent);
        for (source, answer) in [("a", first.clone()), ("a", SavedAnswer::Nothing), ("b", SavedAnswer::Nothing)] {
            recorder.keep(source, question.clone(), answer);
        }
        assert_eq!(recorder.known("a", &question), Some(first.clone()));
        assert_eq!(recorder.known("b", &question), Some(SavedAnswer::Nothing));
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
        let sought = SearchTarget::Elsewhere(
            "r.example.org/x".to_owned(),
            Box::new(SearchTarget::Evidence(digest.clone(), digest.clone())),
        );
        for reason in reasons {
            let gaps = vec![Gap { sought: sought.clone(), reason: reason.clone() }];
            for answer in [
                SavedAnswer::Unseen(reason.clone()),
                SavedAnswer::Listed { descriptors: Vec::new(), unlisted: Vec::new(), gaps },
            ] {
                let exchange = Exchange { question: Question::Subject, answer };
                let text = serde_json::to_string(&exchange).unwrap();
                assert_eq!(serde_json::from_str::<Exchange>(&text).unwrap(), exchange, "{text}");
            }
        }
    }
}
