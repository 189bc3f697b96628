//! Platforms as runtimes compare them: by containerd's normal form (`containerd/platforms`, `database.go`, `normalizeOS` and
//! `normalizeArch`), because a child that a runtime would take must not be left out.

/// `os`, architecture and variant in containerd's normal form; an absent variant is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    os: String,
    architecture: String,
    variant: String,
}

impl Platform {
    /// Of `os/architecture[/variant]`.
    pub fn of(text: &str) -> Self {
        let text: String = text.chars().map(lower).collect();
        let mut parts = text.splitn(3, '/').map(str::to_owned);
        let (os, architecture, variant) =
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let os = if os == "macos" { "darwin".to_owned() } else { os };
        let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
            ("i386", _) => ("386", ""),
            ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
            ("x86_64" | "x86-64", variant) => ("amd64", variant),
            ("aarch64" | "arm64", "8" | "v8") => ("arm64", ""),
            ("aarch64", variant) => ("arm64", variant),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", "" | "7") => ("arm", "v7"),
            ("arm", "5") => ("arm", "v5"),
            ("arm", "6") => ("arm", "v6"),
            ("arm", "8") => ("arm", "v8"),
            (architecture, variant) => (architecture, variant),
        };
        Platform { os, architecture: architecture.to_owned(), variant: variant.to_owned() }
    }

    /// Whether what states it is of the other platform; where `any_variant`, whatever its variant is. An empty operating
    /// system is the runtime's own, whichever that is.
    pub fn is(&self, other: &Self, any_variant: bool) -> bool {
        (self.os.is_empty() || self.os == other.os)
            && self.architecture == other.architecture
            && (any_variant || self.variant == other.variant)
    }
}

/// A character in lower case as Go's `strings.ToLower`, which containerd uses, has it: one for one, `İ` becomes `i`.
fn lower(character: char) -> char {
    match character {
        '\u{130}' => 'i',
        other => other.to_lowercase().next().unwrap_or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_platform_has_one_form() {
        for (one, other) in [
            ("linux/amd64", "Linux/x86_64"),
            ("linux/amd64", "linux/AMD64/v1"),
            ("linux/arm64", "linux/aarch64/v8"),
            ("linux/arm64/v8", "linux/arm64/8"),
            ("linux/arm", "linux/armhf"),
            ("linux/arm/v7", "linux/arm/7"),
            ("linux/arm/v6", "linux/armel"),
            ("linux/386", "linux/i386"),
            ("darwin/arm64", "macos/arm64"),
            ("linux/amd64", "l\u{130}nux/amd64"),
            ("linux/amd64", "LINUX/AMD64"),
        ] {
            assert_eq!(Platform::of(one), Platform::of(other), "{one} {other}");
        }
        for (one, other) in
            [("linux/arm/v6", "linux/arm"), ("linux/amd64/v2", "linux/amd64"), ("a/b", "a/c"), ("", "a/b")]
        {
            assert_ne!(Platform::of(one), Platform::of(other), "{one} {other}");
        }
        assert!(Platform::of("/amd64").is(&Platform::of("linux/amd64"), false));
        assert!(!Platform::of("/amd64").is(&Platform::of("linux/arm64"), false));
    }
}
