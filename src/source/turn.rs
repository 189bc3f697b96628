//! Whose turn it is to hold much in memory: of the subjects that are fetched side by side only the one that is judged
//! next. The others go on as long as they need little.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts the subjects of a run that were judged and forgotten.
#[derive(Debug)]
pub struct JudgedSubjects(watch::Sender<usize>);

/// The turn of one subject. Without a list of subjects it is always its turn.
#[derive(Debug, Clone, Default)]
pub struct MemoryTurn(Option<Arc<SubjectPlace>>);

#[derive(Debug)]
struct SubjectPlace {
    judged: watch::Receiver<usize>,
    /// Subjects before this one.
    before: usize,
}

impl Default for JudgedSubjects {
    fn default() -> Self {
        JudgedSubjects(watch::Sender::new(0))
    }
}

impl JudgedSubjects {
    /// One more was judged.
    pub fn count(&self) {
        self.0.send_modify(|judged| *judged += 1);
    }

    /// The turn of the subject before which so many are judged.
    pub fn turn_after(&self, before: usize) -> MemoryTurn {
        MemoryTurn(Some(Arc::new(SubjectPlace { judged: self.0.subscribe(), before })))
    }
}

impl MemoryTurn {
    /// Whether it may hold as much as its limits allow.
    pub fn has_come(&self) -> bool {
        self.0.as_ref().is_none_or(|place| *place.judged.borrow() >= place.before)
    }

    /// Waits until it may. Where nobody judges any more, nothing is to be waited for.
    pub async fn come(&self) {
        if let Some(place) = &self.0 {
            let _ = place.judged.clone().wait_for(|judged| *judged >= place.before).await;
        }
    }
}
