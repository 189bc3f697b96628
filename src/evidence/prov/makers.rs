//! Which activities have to say what they used and who is responsible: PROV-DM demands it of none (§5.1, §5.3), a
//! verdict of the one that made the subject. A step of a larger run may say nothing but that it was.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, Index, Thing, ThingRole};
use crate::evidence::document::reading::{DocumentValue, shortened};
use crate::fault::{Fault, FaultCode};

/// The activities that are asked, and which of them answer.
pub struct Makers {
    asked: Vec<Index>,
    /// What the described activities generated.
    made_by: BTreeMap<Index, Vec<Index>>,
    complete: BTreeSet<Index>,
}

impl Makers {
    /// Of what states a digest and is no step on the way, else of any output; where there are no outputs, every
    /// activity is asked.
    pub fn of(graph: &Graph<'_>, with_digest: &BTreeSet<Index>) -> Self {
        let activities: BTreeSet<Index> = graph.all(ThingRole::Activity).map(|(index, _)| index).collect();
        let mut made_by: BTreeMap<Index, Vec<Index>> = BTreeMap::new();
        for (entity, activity) in graph.generated.iter().filter(|(_, activity)| activities.contains(activity)) {
            made_by.entry(*activity).or_default().push(*entity);
        }
        let used: BTreeSet<Index> = graph.used.iter().map(|(_, entity)| *entity).collect();
        let are_of = |is_meant: &dyn Fn(&Index) -> bool| -> Vec<Index> {
            made_by.iter().filter(|(_, made)| made.iter().any(is_meant)).map(|(activity, _)| *activity).collect()
        };
        let mut asked = are_of(&|entity| with_digest.contains(entity) && !used.contains(entity));
        let choices: [&dyn Fn() -> Vec<Index>; 3] =
            [&|| are_of(&|entity| with_digest.contains(entity)), &|| are_of(&|_| true), &|| {
                activities.iter().copied().collect()
            }];
        for choice in choices {
            if asked.is_empty() {
                asked = choice();
            }
        }
        let mut makers = Makers { asked, made_by, complete: BTreeSet::new() };
        let answers = |maker: &Index| uses(graph, *maker) && makers.has_agent(graph, *maker);
        makers.complete = makers.made_by.keys().copied().filter(answers).collect();
        makers
    }

    /// Whether the digest of an entity counts as that of an output: one of its makers says what it used and who is
    /// responsible, or none of the document does, which is a fault.
    pub fn vouch_for(&self, graph: &Graph<'_>, entity: Index) -> bool {
        let mut makers = graph.generated.range((entity, 0)..).take_while(|(made, _)| *made == entity);
        !self.is_answered() || makers.any(|(_, maker)| self.complete.contains(maker))
    }

    fn is_answered(&self) -> bool {
        self.asked.iter().any(|maker| self.complete.contains(maker))
    }

    /// What the asked activities lack, if none of them answers.
    pub fn faults(&self, graph: &Graph<'_>) -> Vec<Fault> {
        if self.is_answered() {
            return Vec::new();
        }
        let asked = self.asked.iter().filter_map(|index| Some((*index, graph.things.get(*index)?)));
        asked.flat_map(|(index, thing)| self.lacks(graph, index, thing)).collect()
    }

    fn lacks(&self, graph: &Graph<'_>, index: Index, thing: &Thing<'_>) -> Vec<Fault> {
        let pointer = thing.objects.first().map(DocumentValue::pointer).unwrap_or_default();
        let shown = match &thing.id {
            Some(id) => format!("the activity `{}`", shortened(id)),
            None => "the activity".to_owned(),
        };
        let lacks = [
            (uses(graph, index), format!("expected `prov:used` on {shown}, found none")),
            (self.made_by.contains_key(&index), format!("expected an entity that {shown} generated, found none")),
            (
                self.has_agent(graph, index),
                format!("expected an agent (`prov:wasAssociatedWith`) of {shown}, found none"),
            ),
        ];
        let lacks = lacks.into_iter().filter(|(is_there, _)| !is_there);
        lacks.map(|(_, message)| Fault::new(FaultCode::Missing, pointer.clone(), message)).collect()
    }

    /// Whether somebody is responsible: by association (PROV-DM §5.3.3), by attribution of what it made (§5.3.2;
    /// PROV-CONSTRAINTS, inference 13), or of the activity that started it (§5.1.6).
    fn has_agent(&self, graph: &Graph<'_>, activity: Index) -> bool {
        let (mut open, mut seen) = (vec![activity], BTreeSet::new());
        while let Some(activity) = open.pop() {
            let made = self.made_by.get(&activity).into_iter().flatten();
            if of(&graph.associated, activity).next().is_some()
                || made.clone().any(|entity| of(&graph.attributed, *entity).next().is_some())
            {
                return true;
            }
            open.extend(of(&graph.started, activity).filter(|starter| seen.insert(*starter)));
        }
        false
    }
}

/// Whether an activity used anything. One that was informed by another used something of it (PROV-CONSTRAINTS,
/// inference 5).
fn uses(graph: &Graph<'_>, activity: Index) -> bool {
    of(&graph.used, activity).chain(of(&graph.informed, activity)).next().is_some()
}

/// What the pairs that begin with this end with.
fn of(pairs: &BTreeSet<(Index, Index)>, left: Index) -> impl Iterator<Item = Index> {
    pairs.range((left, 0)..).take_while(move |(found, _)| *found == left).map(|(_, right)| *right)
}
