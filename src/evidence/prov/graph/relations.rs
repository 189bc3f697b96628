//! The relations that an object states: of itself, of what it names, or between two others.

use super::{Graph, Index, QUALIFIED, RELATIONS, member_named, references, types};
use crate::evidence::document::reading::{DEPTH, DocumentValue};
use crate::evidence::json_ld::context::Context;

/// Properties by which an entity, and by which an activity or the event itself, says that the entity ceased to be
/// (PROV-O §3.2, §3.3, and the inverse of appendix B).
const INVALIDATED: [&str; 3] = ["wasInvalidatedBy", "qualifiedInvalidation", "invalidatedAtTime"];
const INVALIDATES: [&str; 2] = ["invalidated", "qualifiedInvalidationOf"];

impl<'a> Graph<'a> {
    /// Reads the relations that one object states.
    pub(super) fn relate(&mut self, from: Index, object: &DocumentValue<'a>, context: &Context) {
        for (key, member) in object.members() {
            if context.name(key) == "@reverse" {
                for (key, member) in member.members() {
                    context.prov(key).into_iter().for_each(|name| self.relate_back(&name, object, &member, context));
                }
            } else if let Some(name) = context.reversed(key) {
                self.relate_back(&name, object, &member, context);
            } else if let Some(name) = context.prov(key) {
                self.relate_by(&name, from, &member, &member, context);
            }
            if self.more {
                return;
            }
        }
        self.relate_alone(object, context);
    }

    /// Reads a property that the things named under it have, and whose value this object is.
    fn relate_back(&mut self, name: &str, object: &DocumentValue<'a>, named: &DocumentValue<'a>, context: &Context) {
        for other in references(named, DEPTH) {
            let from = self.index(&other, context);
            self.relate_by(name, from, object, &other, context);
        }
    }

    /// Reads one property of a thing: its value, and the place where it is stated.
    fn relate_by(
        &mut self,
        name: &str,
        from: Index,
        value: &DocumentValue<'a>,
        place: &DocumentValue<'a>,
        context: &Context,
    ) {
        self.read_invalidation(name, from, value, place, context);
        if let Some((property, ..)) = RELATIONS.iter().find(|(property, ..)| *property == name) {
            for to in references(value, DEPTH) {
                self.link(property, from, to, context);
            }
        }
        for (_, kind, property, other, _) in QUALIFIED.iter().filter(|(qualified, ..)| *qualified == name) {
            for between in references(value, DEPTH) {
                let between = self.index(&between, context);
                let objects = self.things.get(between).map(|thing| thing.objects.clone()).unwrap_or_default();
                for object in &objects {
                    member_named(object, other, context)
                        .into_iter()
                        .for_each(|to| self.link(property, from, to, context));
                    self.read_delegation(kind, object, context);
                }
                if self.more {
                    return;
                }
            }
        }
    }

    /// Reads a qualified relation that stands alone and names both sides.
    fn relate_alone(&mut self, object: &DocumentValue<'a>, context: &Context) {
        let types = types(object, context);
        if types.iter().any(|name| name == "Invalidation") {
            self.read_invalidations(object, context);
        }
        for (_, kind, property, to, from) in QUALIFIED {
            if !types.iter().any(|name| name == kind) {
                continue;
            }
            self.read_delegation(kind, object, context);
            let to = member_named(object, to, context);
            for from in member_named(object, from, context) {
                let from = self.index(&from, context);
                to.iter().for_each(|to| self.link(property, from, to.clone(), context));
                if self.more {
                    return;
                }
            }
        }
    }

    /// Reads a property that may say that something ceased to be: the thing that has it, or the ones it names.
    pub(in super::super) fn read_invalidation(
        &mut self,
        name: &str,
        from: Index,
        value: &DocumentValue<'a>,
        place: &DocumentValue<'a>,
        context: &Context,
    ) {
        if INVALIDATED.contains(&name) && !value.each().is_empty() {
            self.invalidated.push((from, place.clone()));
        } else if INVALIDATES.contains(&name) {
            for named in references(value, DEPTH) {
                let index = self.index(&named, context);
                self.invalidated.push((index, named));
            }
        }
    }

    /// Reads an invalidation that names what ceased to be.
    pub(in super::super) fn read_invalidations(&mut self, object: &DocumentValue<'a>, context: &Context) {
        for entity in member_named(object, "entity", context) {
            let index = self.index(&entity, context);
            self.invalidated.push((index, object.clone()));
        }
    }

    /// Reads who took part in an activity by a delegation that names it: both agents are associated with it
    /// (PROV-CONSTRAINTS, inference 14).
    pub(in super::super) fn read_delegation(&mut self, kind: &str, object: &DocumentValue<'a>, context: &Context) {
        if kind != "Delegation" {
            return;
        }
        let named =
            |names: &[&str]| names.iter().flat_map(|name| member_named(object, name, context)).collect::<Vec<_>>();
        let agents: Vec<Index> =
            named(&["responsible", "agent", "delegate"]).iter().map(|agent| self.index(agent, context)).collect();
        for activity in named(&["activity", "hadActivity"]) {
            let activity = self.index(&activity, context);
            self.associated.extend(agents.iter().map(|agent| (activity, *agent)));
        }
    }
}
