//! How wide a pattern of texts is: asked of the automaton that it compiles to, not of single texts that it may match.
//!
//! A part of a text is *open* if so many different ones match there that nobody meant each of them ([`MEANT`]). Whether
//! that lets in anybody depends on the part: a name at a mail provider, an account at a forge and a registered domain are
//! free for all to take.

use std::collections::BTreeMap;

use regex_automata::Anchored;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::util::{start, syntax};

/// Different texts that somebody may have listed one by one. More of them are anybody's.
const MEANT: u64 = 100;
/// Characters of one part: of a local part of an address (RFC 5321 §4.5.3.1.1), of a label (RFC 1035 §2.3.4).
const PART: usize = 64;

/// What stands in front of the `@` of an address, as far as providers give it out.
const OF_MAILBOX: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789._-+";
/// A label of a domain.
const OF_LABEL: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789-";
/// A host.
const OF_HOST: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789-.";
/// An account or organisation at a forge.
const OF_ACCOUNT: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789._-";

/// Domains of more than two letters below which anybody can register one. Those of two letters are countries.
const GENERIC: [&str; 31] = [
    "com",
    "org",
    "net",
    "edu",
    "info",
    "biz",
    "name",
    "pro",
    "dev",
    "app",
    "page",
    "cloud",
    "tech",
    "online",
    "site",
    "store",
    "xyz",
    "top",
    "shop",
    "live",
    "software",
    "systems",
    "solutions",
    "digital",
    "agency",
    "blog",
    "earth",
    "eco",
    "science",
    "group",
    "invalid",
];
/// What countries put in front of theirs: `co.uk`, `com.au`.
const OF_COUNTRY: [&str; 12] = ["co", "com", "org", "net", "ac", "edu", "gov", "go", "gob", "or", "ne", "ltd"];
/// Domains below which a provider gives a name to each customer (the private part of the Public Suffix List).
const OF_PROVIDER: [&str; 20] = [
    "okta.com",
    "auth0.com",
    "onmicrosoft.com",
    "microsoftonline.com",
    "cloudfront.net",
    "amazonaws.com",
    "googleapis.com",
    "run.app",
    "web.app",
    "appspot.com",
    "azurewebsites.net",
    "herokuapp.com",
    "vercel.app",
    "netlify.app",
    "pages.dev",
    "workers.dev",
    "github.io",
    "gitlab.io",
    "fly.dev",
    "ngrok.io",
];
/// Bytes of states that are kept. A pattern that needs more is taken for one that is open.
const STATES: usize = 32 * 1024 * 1024;

/// A compiled pattern that can be asked what it matches.
pub(super) struct Breadth {
    machine: DFA,
    cache: Cache,
    start: LazyStateID,
    /// Whether an answer could not be told: then everything may be.
    is_unknown: bool,
}

/// States of the automaton, each with how many different texts lead to it.
type ReachedStates = BTreeMap<LazyStateID, u64>;

impl Breadth {
    /// Of a regular expression that is anchored at both ends. None where that cannot be told.
    ///
    /// Case is passed over, which only makes it wider: who may choose a name may choose how it is spelled.
    pub fn of(pattern: &str) -> Option<Self> {
        // Without clearing: states that are held would mean others.
        let config = Config::new().cache_capacity(STATES).minimum_cache_clear_count(Some(0));
        let machine = DFA::builder()
            .configure(config)
            .syntax(syntax::Config::new().utf8(false).case_insensitive(true))
            .build(pattern)
            .ok()?;
        let mut cache = machine.create_cache();
        let start = machine.start_state(&mut cache, &start::Config::new().anchored(Anchored::Yes)).ok()?;
        Some(Breadth { machine, cache, start, is_unknown: false })
    }

    /// Whether the account that follows this beginning (`https://github.com/`) is open.
    pub fn account_is_open(&mut self, beginning: &str) -> bool {
        let Some(state) = self.after(self.start, beginning.as_bytes()) else { return self.is_unknown };
        let mut open = 0;
        for (state, count) in self.spread(state, OF_ACCOUNT) {
            if self.after(state, b"/").is_some() || self.ends(state) {
                open = count.saturating_add(open);
            }
        }
        open > MEANT || self.is_unknown
    }

    /// Whether the mailbox of an address at one of these domains is open, or the registered domain of an address:
    /// `*@gmail.com`, `*@*.de`.
    pub fn address_is_open(&mut self, domains: &[&str]) -> bool {
        let (mut starts, mut open): (Vec<LazyStateID>, Vec<u64>) = (Vec::new(), vec![0; domains.len()]);
        for (state, count) in self.spread(self.start, OF_MAILBOX) {
            let Some(at) = self.after(state, b"@") else { continue };
            starts.push(at);
            for (domain, open) in domains.iter().zip(&mut open) {
                if let Some(state) = self.after(at, domain.as_bytes())
                    && self.ends(state)
                {
                    *open = count.saturating_add(*open);
                }
            }
        }
        let is_mailbox = open.iter().any(|count| *count > MEANT);
        is_mailbox || self.domain_is_open(&starts, |breadth, state| breadth.ends(state))
    }

    /// Whether the registered domain of a URL is open: `https://*.com/login`.
    pub fn domain_of_url_is_open(&mut self) -> bool {
        let schemes = ["https://", "http://"].map(|scheme| self.after(self.start, scheme.as_bytes()));
        let starts: Vec<LazyStateID> = schemes.into_iter().flatten().collect();
        self.domain_is_open(&starts, |breadth, state| {
            let port = breadth.after(state, b":8443");
            [Some(state), port]
                .into_iter()
                .flatten()
                .any(|state| breadth.ends(state) || breadth.after(state, b"/").is_some())
        })
    }

    /// Whether, somewhere behind these states, one whole label in front of an end that is free for all is open.
    fn domain_is_open(&mut self, starts: &[LazyStateID], is_end: fn(&mut Self, LazyStateID) -> bool) -> bool {
        let mut labels: Vec<LazyStateID> = starts.to_vec();
        for start in starts {
            for (state, _) in self.spread(*start, OF_HOST) {
                labels.extend(self.after(state, b"."));
            }
        }
        labels.sort_unstable();
        labels.dedup();
        let mut known: BTreeMap<LazyStateID, Vec<String>> = BTreeMap::new();
        for label in labels {
            let mut open: BTreeMap<String, u64> = BTreeMap::new();
            for (state, count) in self.spread(label, OF_LABEL) {
                // Many labels lead to one dot, and what may follow that is looked at once.
                let Some(dot) = self.after(state, b".") else { continue };
                let ends = known.entry(dot).or_insert_with(|| self.registries(dot, is_end));
                for end in ends.iter() {
                    let sum = open.entry(end.clone()).or_default();
                    *sum = sum.saturating_add(count);
                }
            }
            if open.values().any(|count| *count > MEANT) {
                return true;
            }
        }
        self.is_unknown
    }

    /// The ends (`com`, `de`, `co.uk`) that may follow the dot behind a label and end the domain.
    fn registries(&mut self, dot: LazyStateID, is_end: fn(&mut Self, LazyStateID) -> bool) -> Vec<String> {
        let mut found = Vec::new();
        let second = OF_COUNTRY.iter().map(|name| format!("{name}."));
        for begin in std::iter::once(String::new()).chain(second) {
            let Some(dot) = self.after(dot, begin.as_bytes()) else { continue };
            let of_names = GENERIC.iter().chain(&OF_PROVIDER).filter(|_| begin.is_empty()).map(|end| (*end).to_owned());
            for end in countries().chain(of_names) {
                if let Some(state) = self.after(dot, end.as_bytes())
                    && is_end(self, state)
                {
                    found.push(format!("{begin}{end}"));
                }
            }
        }
        found
    }

    /// Every state that some text of at least one and at most [`PART`] of these characters leads to.
    fn spread(&mut self, from: LazyStateID, characters: &[u8]) -> ReachedStates {
        let mut all = ReachedStates::new();
        let mut last = ReachedStates::from([(from, 1)]);
        for _ in 0..PART {
            let mut next = ReachedStates::new();
            for (state, count) in &last {
                for character in characters {
                    if let Some(state) = self.after(*state, &[*character]) {
                        let sum = next.entry(state).or_default();
                        *sum = sum.saturating_add(*count);
                    }
                }
            }
            // Where nothing new is reached and every count is beyond what is asked, more steps tell nothing.
            let is_known = next.iter().all(|(state, _)| all.get(state).is_some_and(|count| *count > MEANT));
            for (state, count) in &next {
                let sum = all.entry(*state).or_default();
                *sum = sum.saturating_add(*count);
            }
            if is_known {
                break;
            }
            last = next;
        }
        all
    }

    /// The state after these bytes; none if nothing that begins so matches.
    fn after(&mut self, from: LazyStateID, bytes: &[u8]) -> Option<LazyStateID> {
        let mut state = from;
        for byte in bytes {
            match self.machine.next_state(&mut self.cache, state, *byte) {
                Ok(next) if next.is_dead() => return None,
                Ok(next) if !next.is_quit() => state = next,
                _ => {
                    self.is_unknown = true;
                    return None;
                }
            }
        }
        Some(state)
    }

    /// Whether a text that leads to this state matches as a whole.
    fn ends(&mut self, state: LazyStateID) -> bool {
        match self.machine.next_eoi_state(&mut self.cache, state) {
            Ok(state) if !state.is_quit() => state.is_match(),
            _ => {
                self.is_unknown = true;
                false
            }
        }
    }
}

/// All pairs of letters: the countries that there are, and those that there may be.
fn countries() -> impl Iterator<Item = String> {
    (b'a'..=b'z').flat_map(|first| (b'a'..=b'z').map(move |second| format!("{}{}", first as char, second as char)))
}
