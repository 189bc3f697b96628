//! `ocigate trust update`: the one command that fetches trust, into a file.

use super::super::super::args::TrustUpdate;
use super::super::super::console::tell;
use super::super::super::exit::Exit;

/// Fetches, verifies, writes. What cannot be fetched or verified leaves the file as it was.
#[cfg(feature = "tuf")]
pub fn run(arguments: &TrustUpdate) -> anyhow::Result<Exit> {
    use anyhow::{Context as _, anyhow};
    use ocigate::output::sanitize;
    use ocigate::trust::update::{TufRepository, fetch};
    use ocigate::trust::{GITHUB, PUBLIC_GOOD, Root};

    use super::super::super::console::print;
    use super::super::super::files;
    use super::super::super::network::Network;

    /// A TUF root's size: the embedded ones have less than 10 KiB.
    const TUF_ROOT_LIMIT: u64 = 1024 * 1024;

    let tuf_root = arguments.tuf_root.as_deref().map(|path| files::read_text(path, TUF_ROOT_LIMIT)).transpose();
    let repository = TufRepository {
        embedded: arguments.root.clone(),
        url: arguments.mirror.clone(),
        tuf_root: tuf_root.context("a TUF root")?.map(String::into_bytes),
    };
    if let Some(root) = arguments.root.as_deref().filter(|root| ![PUBLIC_GOOD, GITHUB].contains(root)) {
        return Err(anyhow!("expected the root `{PUBLIC_GOOD}` or `{GITHUB}`, found {root:?}"));
    }
    if arguments.root.is_none() && (arguments.mirror.is_none() || arguments.tuf_root.is_none()) {
        return Err(anyhow!("expected `{PUBLIC_GOOD}`, `{GITHUB}`, or --mirror URL with --tuf-root FILE"));
    }
    let fetched = Network::new()?.run(async { tokio::time::timeout(arguments.timeout, fetch(&repository)).await })?;
    let fetched = fetched.unwrap_or_else(|_| Err(format!("not done within {:?}", arguments.timeout)));
    // What is written can be used: it is read as `verify` would read it.
    let read = fetched.and_then(|text| {
        let root = Root::from_file("updated", "the fetched root", text.as_bytes());
        root.map(|root| (text, root)).map_err(|problem| format!("the fetched trusted root {problem}"))
    });
    let (text, root) = match read {
        Ok(read) => read,
        Err(problem) => return Ok(unseen(&problem)),
    };
    files::write(&arguments.output, text.as_bytes())?;
    let listing = format!("{}: {} services\n", arguments.output.display(), root.services().len());
    print(sanitize::block(&listing).as_bytes())?;
    Ok(Exit::Pass)
}

/// Without TUF in the build.
#[cfg(not(feature = "tuf"))]
pub fn run(_: &TrustUpdate) -> anyhow::Result<Exit> {
    Ok(unseen(
        "this ocigate was built without TUF: build it with `--features tuf`, or write the file with `cosign trusted-root create`",
    ))
}

fn unseen(problem: &str) -> Exit {
    tell(&format!("error: {problem}"));
    Exit::Undecided
}
