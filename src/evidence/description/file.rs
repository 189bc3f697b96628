//! One file of the data set, as a document describes it.

use serde_json::Value;

use crate::evidence::StatedText;
use crate::evidence::document::reading::{DocumentValue, clipped, digest_of_reference, local_name, plain, shortened};
use crate::evidence::json_ld::values::literal;
use crate::oci::Digest;

/// Files, and statements of any other kind, of one document that are kept. One more is read, to know that there is.
pub const MOST: usize = 1000;

/// What a document says of one file: an asset, a distribution, a generated entity, an output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DescribedFile {
    /// Where it is described.
    pub pointer: String,
    /// What it may be called: paths, last parts of addresses, titles.
    pub names: Vec<String>,
    /// Its digests, with algorithm.
    pub digests: Vec<StatedText>,
    /// Its media types, as written; an IRI of the IANA registry is taken for the type that it names.
    pub media_types: Vec<StatedText>,
    /// Its sizes in bytes, in decimal.
    pub sizes: Vec<StatedText>,
    /// Its roles.
    pub roles: Vec<StatedText>,
    /// Addresses of content that is pinned: `oci://…@sha256:…`.
    pub locators: Vec<StatedText>,
}

/// IRIs of registered media types (RFC 6838 §5.8; DCAT 3 §6.8.17).
const IANA: [&str; 4] = [
    "https://www.iana.org/assignments/media-types/",
    "http://www.iana.org/assignments/media-types/",
    "https://www.w3.org/ns/iana/media-types/",
    "http://www.w3.org/ns/iana/media-types/",
];

/// Below this every whole number is exact in 64-bit floating point (IEEE 754 binary64).
const EXACT: f64 = 9_007_199_254_740_992.0;

impl DescribedFile {
    /// A file that is described here.
    pub fn new(at: &DocumentValue<'_>) -> Self {
        DescribedFile { pointer: at.pointer(), ..DescribedFile::default() }
    }

    /// All places of it, to be moved.
    pub fn pointers(&mut self) -> impl Iterator<Item = &mut String> {
        let lists = [&mut self.digests, &mut self.media_types, &mut self.sizes, &mut self.roles, &mut self.locators];
        let stated = lists.into_iter().flatten().map(|stated| &mut stated.pointer);
        std::iter::once(&mut self.pointer).chain(stated)
    }

    /// A file's name or title. One more than are kept is read, to know that there is.
    pub fn named(&mut self, name: &str) {
        let name = name.trim();
        if !name.is_empty() && self.names.len() <= MOST {
            self.names.push(clipped(name).to_owned());
        }
    }

    /// Cuts off names beyond those that are kept, and says whether there were any.
    pub fn cut_off(&mut self) -> bool {
        let is_longer = self.names.len() > MOST;
        self.names.truncate(MOST);
        is_longer
    }

    /// Where it is: a pinned reference, or an address whose last part is its name.
    pub fn located(&mut self, at: &DocumentValue<'_>) {
        let Some(text) = at.text() else { return };
        match digest_of_reference(text) {
            Some(digest) => {
                self.digested(at, Some(digest));
                self.locators.extend(at.stated());
            }
            None => {
                let path = text.split(['?', '#']).next().unwrap_or_default();
                self.named(path.rsplit('/').next().unwrap_or_default());
            }
        }
    }

    /// States a digest of it, if this is one.
    pub fn digested(&mut self, at: &DocumentValue<'_>, digest: Option<Digest>) {
        let stated = digest.map(|digest| StatedText { value: digest.to_string(), pointer: at.pointer() });
        self.digests.extend(stated);
    }

    /// What has the form of a media type.
    pub fn typed(&mut self, at: &DocumentValue<'_>) {
        let Some(mut stated) = literal(at).stated() else { return };
        if let Some(name) = IANA.iter().find_map(|prefix| stated.value.strip_prefix(prefix)) {
            stated.value = name.to_owned();
        }
        let base = stated.value.split(';').next().unwrap_or_default().trim();
        let is_name = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
        };
        if base.split_once('/').is_some_and(|(top, sub)| is_name(top) && is_name(sub)) {
            self.media_types.push(stated);
        }
    }

    /// A number in any notation. One that is no number of bytes is told as it stands: it is not the manifest's.
    pub fn sized(&mut self, at: &DocumentValue<'_>) {
        for at in literal(at).each() {
            let text = match at.value {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            let Ok(number) = text.parse::<f64>() else { continue };
            let whole = || (number.fract() == 0.0 && (0.0..EXACT).contains(&number)).then(|| format!("{number:.0}"));
            let value = text.parse::<u64>().ok().map(|size| size.to_string()).or_else(whole);
            self.sizes.push(StatedText { value: value.unwrap_or_else(|| shortened(&text)), pointer: at.pointer() });
        }
    }

    /// States what it is for.
    pub fn in_role(&mut self, at: &DocumentValue<'_>) {
        self.roles.extend(at.each().iter().filter_map(|at| literal(at).stated()));
    }

    /// What members with well-known names say, whatever their prefix: of a PROV entity, an output of a run.
    pub fn members(&mut self, at: &DocumentValue<'_>) {
        for (key, member) in at.members().filter(|(key, _)| !key.starts_with('@')) {
            match plain(local_name(key)).as_str() {
                "mediatype" | "format" | "contenttype" | "mimetype" => {
                    member.each().iter().for_each(|at| self.typed(at))
                }
                "size" | "sizebytes" | "bytesize" | "filesize" => member.each().iter().for_each(|at| self.sized(at)),
                "role" | "roles" if !key.starts_with("prov:") => self.in_role(&member),
                "path" | "name" | "file" | "title" | "label" | "filename" => {
                    member.each().iter().filter_map(|at| literal(at).text()).for_each(|name| self.named(name));
                }
                "uri" | "url" | "href" | "atlocation" | "location" | "locator" | "ociref" | "ocireference" | "ref" => {
                    member.each().iter().for_each(|at| self.located(&literal(at)));
                }
                _ => {}
            }
        }
    }

    /// Whether anything is said of it that could be compared.
    pub fn says_something(&self) -> bool {
        !(self.digests.is_empty() && self.media_types.is_empty() && self.sizes.is_empty() && self.roles.is_empty())
    }
}
