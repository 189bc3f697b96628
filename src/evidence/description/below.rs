//! Digests by the place where they are stated: a document of thousands of parts and of digests is held against itself.

use crate::evidence::{StatedDigest, StatedText};

/// Digests in the order of their places.
pub struct DigestIndex<'a> {
    /// By pointer; each with its number in the document.
    sorted: Vec<(&'a str, usize, &'a StatedDigest)>,
}

impl<'a> DigestIndex<'a> {
    pub fn of(digests: &'a [StatedDigest]) -> Self {
        let numbered = digests.iter().enumerate();
        let mut sorted: Vec<_> = numbered.map(|(number, named)| (named.pointer.as_str(), number, named)).collect();
        sorted.sort_unstable_by_key(|(pointer, number, _)| (*pointer, *number));
        DigestIndex { sorted }
    }

    /// What is stated at this place and below it, in the order of the document; at most so many.
    pub fn at_and_below(&self, pointer: &str, most: usize) -> Vec<StatedText> {
        let below = format!("{pointer}/");
        let at = self.from(pointer).take_while(|(found, ..)| *found == pointer);
        self.stated(at.chain(self.from(&below).take_while(|(found, ..)| found.starts_with(&below))).take(most))
    }

    /// What is stated below this place, in the order of the document.
    pub fn below(&self, pointer: &str) -> Vec<StatedText> {
        let below = format!("{pointer}/");
        self.stated(self.from(&below).take_while(|(found, ..)| found.starts_with(&below)))
    }

    fn from(&self, pointer: &str) -> impl Iterator<Item = &(&'a str, usize, &'a StatedDigest)> {
        let first = self.sorted.partition_point(|(found, ..)| *found < pointer);
        self.sorted.iter().skip(first)
    }

    fn stated<'b>(&self, found: impl Iterator<Item = &'b (&'a str, usize, &'a StatedDigest)>) -> Vec<StatedText>
    where
        'a: 'b,
    {
        let mut found: Vec<_> = found.collect();
        found.sort_unstable_by_key(|(_, number, _)| *number);
        let stated = |(pointer, _, named): &(&str, usize, &StatedDigest)| StatedText {
            value: named.digest.to_string(),
            pointer: (*pointer).to_owned(),
        };
        found.into_iter().map(stated).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Digest;

    #[test]
    fn what_is_at_and_below_a_place_is_found_in_order() {
        let digest = |number: usize| Digest::sha256(&number.to_be_bytes());
        let pointers = ["/in/10/b", "/in/1", "/in/1/a", "/in/1!", "/in/10", "/in/1/a/b", "/in"];
        let digests: Vec<StatedDigest> = pointers
            .iter()
            .enumerate()
            .map(|(number, pointer)| StatedDigest {
                digest: digest(number),
                pointer: (*pointer).to_owned(),
                name: None,
                text: None,
            })
            .collect();
        let places = DigestIndex::of(&digests);
        let told = |found: Vec<StatedText>| found.into_iter().map(|stated| stated.pointer).collect::<Vec<_>>();
        assert_eq!(told(places.at_and_below("/in/1", 10)), ["/in/1", "/in/1/a", "/in/1/a/b"]);
        assert_eq!(told(places.at_and_below("/in/10", 10)), ["/in/10/b", "/in/10"]);
        assert_eq!(told(places.at_and_below("/in/1", 2)), ["/in/1", "/in/1/a"]);
        assert_eq!(told(places.below("/in/1")), ["/in/1/a", "/in/1/a/b"]);
        assert_eq!(told(places.below("/other")), Vec::<String>::new());
        assert_eq!(places.below("")[0].value, digest(0).to_string());
    }
}
