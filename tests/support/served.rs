//! Runs the program on an artifact in a registry of this process, and measures what the run cost.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ocigate::source::Access;
use ocigate::trust::SignerEntry;

use super::artifact::Artifact;
use super::documents::release;
use super::gate::{Outcome, ReportFile};
use super::in_process::Question;
use super::registry::{Options, Registry, Response};

/// An artifact in a registry, and how it is to be judged.
pub struct Served {
    pub registry: Registry,
    /// The key `release.pub`, and whatever a test puts there. Also the home of the program.
    pub folder: tempfile::TempDir,
    arguments: Vec<String>,
    environment: Vec<(String, OsString)>,
    timeout: Duration,
    is_started: bool,
}

/// What the program said, and what it cost.
#[derive(Debug)]
pub struct Measured {
    pub outcome: Outcome,
    pub elapsed: Duration,
    /// Largest resident set of the process, in KiB; 0 where the system does not say.
    pub peak: u64,
}

/// A process that holds no more than its limits: what the program itself takes (with all policies, unoptimized),
/// and what one body may bring.
const PEAK: u64 = 128 * 1024;
/// What starting, evaluating and ending take on a loaded machine, beyond the deadline of the network.
const SLACK: Duration = Duration::from_secs(20);

impl Served {
    /// A registry that serves this artifact, to be judged with the release key.
    pub fn new(artifact: &Artifact, options: Options) -> Self {
        let served = Served::with_registry(Registry::start(options));
        artifact.write(&served.folder.path().join("layout"));
        served.registry.fill(&served.folder.path().join("layout"));
        served
    }

    /// The same, judged by the program, whose memory is measured.
    pub fn started(artifact: &Artifact, options: Options) -> Self {
        Served::new(artifact, options).by_program()
    }

    /// Starts the program for what only that does, or where it is asked what it holds in memory.
    pub fn by_program(self) -> Self {
        Served { is_started: true, ..self }
    }

    /// Whatever this registry holds, to be judged with the release key.
    pub fn with_registry(registry: Registry) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("release.pub"), release().public_pem()).unwrap();
        let served = Served {
            registry,
            folder,
            arguments: Vec::new(),
            environment: Vec::new(),
            timeout: Duration::from_secs(60),
            is_started: false,
        };
        let key = served.folder.path().join("release.pub");
        served.with(&["--key", key.to_str().unwrap()])
    }

    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// Forgets all arguments so far.
    pub fn bare_arguments(mut self) -> Self {
        self.arguments.clear();
        self
    }

    /// Gives the network so many seconds.
    pub fn within(mut self, seconds: u64) -> Self {
        self.timeout = Duration::from_secs(seconds);
        self.with(&["--timeout", &seconds.to_string()])
    }

    pub fn environment(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// With a cache in the folder, of so many MiB.
    pub fn with_cache(self, size: u64) -> Self {
        let folder = self.cache();
        self.environment("OCIGATE_CACHE_SIZE", size.to_string()).environment("OCIGATE_CACHE_DIR", folder)
    }

    /// Where that cache is.
    pub fn cache(&self) -> std::path::PathBuf {
        self.folder.path().join("cache")
    }

    /// Answers so for ever where the path contains this.
    pub fn answering(self, path: &str, response: Response) -> Self {
        self.registry.fault(path, usize::MAX, response);
        self
    }

    /// Writes a file into the folder and gives its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Judges `:tag` or `@digest` of the repository `kfm/layers`, and checks what holds for every run: it ends by
    /// its deadline, and holds no more than its limits.
    pub fn judge(&self, name: &str) -> Measured {
        self.judge_at(&self.registry.host(), name)
    }

    /// The same under another name of the registry.
    pub fn judge_at(&self, host: &str, name: &str) -> Measured {
        let reference = format!("{host}/kfm/layers{name}");
        let is_told_more = self.arguments.len() > 2 || self.arguments.first().is_none_or(|flag| flag != "--key");
        if !self.is_started && !is_told_more && self.environment.is_empty() {
            return self.judge_here(&reference);
        }
        let mut arguments = vec!["verify".to_owned()];
        arguments.extend(self.arguments.clone());
        arguments.push(reference);
        let measured = self.program(&arguments, b"");
        assert!(measured.elapsed < self.timeout + SLACK, "took {:?}: {:?}", measured.elapsed, measured.outcome);
        assert!(measured.peak < PEAK, "held {} KiB: {:?}", measured.peak, measured.outcome);
        measured
    }

    /// Judges in this process, with the release key and the logins of the folder.
    fn judge_here(&self, reference: &str) -> Measured {
        let key = Some(release().public_pem());
        let access = Access { docker_config: Some(self.folder.path().join(".docker")), ..Access::default() };
        let signers = vec![SignerEntry { name: "release.pub".to_owned(), key, ..SignerEntry::default() }];
        let start = Instant::now();
        let outcome = Question { signers, access, ..Question::default() }.judge(reference);
        let elapsed = start.elapsed();
        assert!(elapsed < self.timeout + SLACK, "took {elapsed:?}: {outcome:?}");
        Measured { outcome, elapsed, peak: 0 }
    }

    /// Runs the program with these arguments, in a home of its own.
    pub fn program(&self, arguments: &[String], input: &[u8]) -> Measured {
        measure(self.command(arguments), input)
    }

    /// The program with these arguments, in a home of its own.
    pub fn command(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ocigate"));
        command.args(arguments).current_dir(self.folder.path()).env("HOME", self.folder.path());
        for name in [
            "OCIGATE_CONFIG",
            "OCIGATE_REGISTRY_TOKEN",
            "OCIGATE_REGISTRY_TOKEN_HOST",
            "DOCKER_CONFIG",
            "REGISTRY_AUTH_FILE",
            "XDG_RUNTIME_DIR",
            "XDG_CONFIG_HOME",
        ] {
            command.env_remove(name);
        }
        command.env_remove("CI").env("TERM", "xterm");
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_ascii_lowercase());
        }
        // Never the user's own cache. A test that wants one says where.
        command.env("OCIGATE_CACHE_SIZE", "0").env("OCIGATE_CACHE_DIR", "/nonexistent").env_remove("XDG_CACHE_HOME");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Runs a command to its end, and watches how much memory it holds.
fn measure(mut command: Command, input: &[u8]) -> Measured {
    let report = ReportFile::beside_text(&mut command);
    let start = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that does not read what it is given is no problem of the test.
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input);
    let (status, peak, ended) = (format!("/proc/{}/status", child.id()), AtomicU64::new(0), AtomicBool::new(false));
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::SeqCst) {
                peak.fetch_max(high_water(Path::new(&status)).unwrap_or(0), Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(3));
            }
        });
        let output = child.wait_with_output().unwrap();
        ended.store(true, Ordering::SeqCst);
        output
    });
    let outcome = Outcome {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        report: report.read(),
    };
    Measured { outcome, elapsed: start.elapsed(), peak: peak.into_inner() }
}

/// `VmHWM` of proc(5): the largest resident set so far, in KiB.
fn high_water(status: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

impl Measured {
    /// Asserts the exit code, the verdict that stands first in the report, and that each reason is given.
    #[track_caller]
    pub fn assert(self, case: &str, code: i32, reasons: &[&str]) -> Self {
        self.outcome.assert(case, code, reasons);
        let verdict = ["PASS", "FAIL", "", "UNDECIDED"][usize::try_from(code).unwrap()];
        assert!(self.outcome.out.starts_with(verdict), "{case}: expected {verdict} first in {}", self.outcome.out);
        self
    }

    /// Asserts that nothing that was said contains this.
    pub fn assert_unsaid(self, case: &str, secret: &str) -> Self {
        for text in [&self.outcome.out, &self.outcome.err] {
            assert!(!text.contains(secret), "{case}: says {secret:?} in {text}");
        }
        self
    }
}
