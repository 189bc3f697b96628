//! Where reports go: each subject is written as soon as it is judged, and then forgotten.

use std::cell::RefCell;
use std::io::IsTerminal as _;
use std::rc::Rc;

use anyhow::bail;
use ocigate::output::{Format, Rendering, sanitize};
use ocigate::report::{Run, SubjectReport};
use serde_json::Value;

use super::super::args::{Color, OutputFlag, OutputKind};
use super::super::console::print;
use super::super::files::OutputFile;
use super::super::progress::Progress;

/// All outputs of a run.
pub struct Delivery {
    outputs: Vec<Output>,
    progress: Progress,
}

struct Output {
    content: Content,
    place: Place,
}

enum Place {
    Standard,
    File(OutputFile),
    Memory(OutputBuffer),
}

/// What was written into memory.
#[derive(Clone, Default)]
pub struct OutputBuffer(Rc<RefCell<Vec<u8>>>);

impl OutputBuffer {
    /// All of it.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.borrow().clone()
    }
}

enum Content {
    Report(Rendering),
    /// Input documents: one by itself, or a list of them.
    Inputs {
        is_list: bool,
        count: usize,
    },
}

/// What is written where.
pub fn flags(flags: &[OutputFlag]) -> anyhow::Result<Vec<OutputFlag>> {
    if flags.is_empty() {
        return Ok(vec![OutputFlag { what: OutputKind::Report(Format::Text), file: None }]);
    }
    if flags.iter().filter(|flag| flag.file.is_none()).count() > 1 {
        bail!("two outputs go to standard output: give all but one a file, for example `--output json=report.json`");
    }
    Ok(flags.to_vec())
}

impl Delivery {
    /// Opens every file, before anything runs. `is_list` says that there may be several input documents.
    pub fn open(flags: &[OutputFlag], color: Color, is_list: bool) -> anyhow::Result<Self> {
        let open = |flag: &OutputFlag| {
            let content = match flag.what {
                OutputKind::Report(format) => {
                    Content::Report(Rendering::new(format, flag.file.is_none() && wants_color(color)))
                }
                OutputKind::Input => Content::Inputs { is_list, count: 0 },
            };
            let place = match flag.file.as_deref() {
                Some(file) => Place::File(OutputFile::create(file)?),
                None => Place::Standard,
            };
            anyhow::Ok(Output { content, place })
        };
        Ok(Delivery { outputs: flags.iter().map(open).collect::<anyhow::Result<_>>()?, progress: Progress::none() })
    }

    /// The report for programs, into memory.
    pub fn into_memory(written: &OutputBuffer) -> Self {
        let content = Content::Report(Rendering::new(Format::Json, false));
        let outputs = vec![Output { content, place: Place::Memory(written.clone()) }];
        Delivery { outputs, progress: Progress::none() }
    }

    /// Shows meanwhile how far the run is.
    pub fn showing(self, progress: Progress) -> Self {
        Delivery { progress, ..self }
    }

    /// What is shown of the run.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Whether anybody wants the input documents.
    pub fn wants_inputs(&self) -> bool {
        self.outputs.iter().any(|output| matches!(output.content, Content::Inputs { .. }))
    }

    pub fn begin(&mut self, run: &Run) -> anyhow::Result<()> {
        self.each(|content, bytes| {
            match content {
                Content::Report(rendering) => rendering.begin(run, bytes)?,
                Content::Inputs { is_list: true, .. } => bytes.push(b'['),
                Content::Inputs { .. } => {}
            }
            Ok(())
        })
    }

    pub fn subject(&mut self, subject: &SubjectReport) -> anyhow::Result<()> {
        self.each(|content, bytes| {
            match content {
                Content::Report(rendering) => rendering.subject(subject, bytes)?,
                Content::Inputs { .. } => {}
            }
            Ok(())
        })
    }

    pub fn input(&mut self, input: &Value) -> anyhow::Result<()> {
        self.each(|content, bytes| {
            let Content::Inputs { is_list, count } = content else { return Ok(()) };
            let text = sanitize::json(&serde_json::to_string_pretty(input)?);
            if *is_list {
                bytes.extend_from_slice(if *count > 0 { b",\n  " } else { b"\n  " });
                bytes.extend(text.replace('\n', "\n  ").into_bytes());
            } else {
                bytes.extend(text.into_bytes());
                bytes.push(b'\n');
            }
            *count += 1;
            Ok(())
        })
    }

    /// Ends every output; only then do files have their names.
    pub fn end(mut self, run: &Run) -> anyhow::Result<()> {
        self.progress.end();
        self.each(|content, bytes| {
            match content {
                Content::Report(rendering) => rendering.end(run, bytes)?,
                Content::Inputs { is_list: true, count } => {
                    bytes.extend_from_slice(if *count > 0 { b"\n]\n" } else { b"]\n" });
                }
                // The only subject was not seen.
                Content::Inputs { is_list: false, count: 0 } => bytes.extend_from_slice(b"[]\n"),
                Content::Inputs { .. } => {}
            }
            Ok(())
        })?;
        self.outputs.into_iter().try_for_each(|output| match output.place {
            Place::File(target) => target.finish(),
            Place::Standard | Place::Memory(_) => Ok(()),
        })
    }

    fn each(&mut self, write: impl Fn(&mut Content, &mut Vec<u8>) -> anyhow::Result<()>) -> anyhow::Result<()> {
        for output in &mut self.outputs {
            let mut bytes = Vec::new();
            write(&mut output.content, &mut bytes)?;
            match &mut output.place {
                Place::File(file) => file.write(&bytes)?,
                Place::Standard => self.progress.aside(|| print(&bytes))?,
                Place::Memory(written) => written.0.borrow_mut().extend_from_slice(&bytes),
            }
        }
        Ok(())
    }
}

fn wants_color(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    }
}
