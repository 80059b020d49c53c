//! `cargo xtask diff`: what one revision of a document changes against another.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use clap::ValueEnum;
use qrs_codegen::changes::{Bump, Change, Changes, Refused, compare};
use qrs_codegen::diagnostic::Style;
use qrs_codegen::{Input, Source};
use semver::Version;

use crate::codegen::{self, DOCUMENT, OVERLAY, OVERLAYS};
use crate::outcome::{Failure, Verdict};
use crate::parts::{Folder, Parts};
use crate::place::Place;
use crate::{github, input, terminal};

const AFTER_HELP: &str = "\
Examples:
  cargo xtask diff git:HEAD~1:spec/licenses.yaml
      What the last commit changed for callers.
  cargo xtask diff spec/licenses.yaml ../revised.yaml
      What a revised document would change.
  cargo xtask diff old.yaml new.yaml --format markdown --fail-on breaking
      For a pull request on any document; exit code 1 if callers break.

Overlay:
  The committed overlays are applied to both sides if one of them is the committed document, or a revision of it; on a side
  that is a git revision, the overlays of that revision. Otherwise none is applied but what --overlay names.

Exit codes:
  0  Compared; nothing that --fail-on asks about was found.
  1  It was found; or one of the documents is refused.
  2  Wrong usage, or a document that could not be read.";

/// Say what one revision of a document changes against another.
///
/// For each change: where it is in both documents, what it does to code that calls the client, and what becomes of a
/// client and a server of different revisions.
#[derive(clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The older document: a file, or `git:REV:PATH`
    #[arg(value_name = "OLD")]
    old: Location,

    /// The newer document [default: spec/licenses.yaml of this workspace]
    #[arg(value_name = "NEW")]
    new: Option<Location>,

    /// An overlay for both documents, in the place of the committed ones; may be given more than once
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,

    /// Take the documents as they are, without any overlay
    #[arg(long, conflicts_with = "overlays")]
    no_overlay: bool,

    /// How the changes are written, to standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Exit with 1 if there are such changes
    #[arg(long, value_enum, value_name = "CHANGES")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// For a pull request.
    Markdown,
    /// For a program.
    Json,
    /// Annotations of GitHub Actions.
    Github,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    /// Those that break callers.
    Breaking,
    /// Any.
    Any,
}

/// Where a document is.
#[derive(Clone, Debug)]
pub(crate) enum Location {
    /// On the disk.
    File(PathBuf),
    /// In a commit of the repository at hand.
    Git { revision: String, path: String },
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(rest) = text.strip_prefix("git:") else { return Ok(Self::File(PathBuf::from(text))) };
        match rest.split_once(':') {
            // A revision that looks like an option would be taken for one.
            Some((revision, path)) if !revision.is_empty() && !path.is_empty() && !revision.starts_with('-') => {
                Ok(Self::Git { revision: revision.to_owned(), path: path.to_owned() })
            }
            _ => Err("it has the form git:REV:PATH, as in git:HEAD~1:spec/licenses.yaml".to_owned()),
        }
    }
}

impl Location {
    /// The document of this workspace.
    fn committed() -> Self {
        Self::File(Place::in_workspace(DOCUMENT).path)
    }

    /// Whether it is the document of this workspace, in whatever revision.
    fn is_committed_document(&self) -> bool {
        match self {
            Self::File(path) => {
                let own = Place::in_workspace(DOCUMENT).path;
                path.canonicalize().is_ok_and(|path| own.canonicalize().is_ok_and(|own| path == own))
            }
            Self::Git { path, .. } => path == DOCUMENT,
        }
    }

    fn read(&self) -> Result<Text, Failure> {
        match self {
            Self::File(path) => Text::at(&Place::given(path)),
            Self::Git { revision, path } => {
                let name = format!("{revision}:{path}");
                match committed_text(&name)? {
                    Some(text) => Ok(Text { name, text }),
                    None => {
                        Err(Failure(format!("git:{name}: there is no such file in that revision, or no such revision")))
                    }
                }
            }
        }
    }

    /// How GitHub's annotations name it.
    fn shown_to_github(&self) -> String {
        match self {
            Self::File(path) => github::file_name(path, &Place::given(path).shown),
            Self::Git { path, .. } => path.clone(),
        }
    }

    /// Where the files are that it may refer to.
    fn folder(&self) -> Folder {
        match self {
            Self::File(path) => Folder::Disk(path.clone()),
            Self::Git { revision, path } => Folder::Commit { revision: revision.clone(), path: path.clone() },
        }
    }

    /// The overlays that belong to it, in the order in which they are applied.
    fn overlays(&self) -> Result<Vec<Text>, Failure> {
        match self {
            Self::File(_) => {
                codegen::default_overlays()?.iter().map(|name| Text::at(&Place::in_workspace(name))).collect()
            }
            Self::Git { revision, .. } => {
                let texts = committed_overlays(revision)?.into_iter().map(|path| {
                    let name = format!("{revision}:{path}");
                    // An early revision may have had none.
                    Ok(committed_text(&name)?.map(|text| Text { name, text }))
                });
                texts.filter_map(Result::transpose).collect()
            }
        }
    }
}

/// The paths of the overlays of a commit.
fn committed_overlays(revision: &str) -> Result<Vec<String>, Failure> {
    let mut command = Command::new("git");
    command.args(["ls-tree", "--name-only", "--full-tree", "-z", "--end-of-options", revision]);
    let output = command.arg(format!("{OVERLAYS}/")).output();
    let output = output.map_err(|error| Failure(format!("git cannot be run: {error}")))?;
    let listing = String::from_utf8_lossy(&output.stdout);
    let paths: Vec<String> = listing.split('\0').filter(|path| codegen::is_overlay(path)).map(str::to_owned).collect();
    Ok(if paths.is_empty() { vec![OVERLAY.to_owned()] } else { paths })
}

/// A file as a commit has it; `None` if there is no such file.
fn committed_text(name: &str) -> Result<Option<String>, Failure> {
    let mut command = Command::new("git");
    // In the repository that this is run in, which need not be the one that this command is of.
    command.args(["show", "--end-of-options", name]);
    let output = command.output().map_err(|error| Failure(format!("git cannot be run: {error}")))?;
    if !output.status.success() {
        return Ok(None);
    }
    String::from_utf8(output.stdout).map(Some).map_err(|_| Failure(format!("git:{name}: not UTF-8 text")))
}

/// A document, or an overlay, that was read.
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Text {
    /// The text of a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn at(place: &Place) -> Result<Self, Failure> {
        Ok(Self { name: place.shown.clone(), text: input::read(place)? })
    }

    fn source(&self) -> Source<'_> {
        Source { name: &self.name, text: &self.text }
    }
}

/// One of the two that are compared.
pub(crate) struct Side<'a> {
    document: &'a Text,
    overlays: Vec<Source<'a>>,
    parts: Parts,
}

impl<'a> Side<'a> {
    /// A document in a folder, and its overlays.
    pub(crate) fn new(document: &'a Text, overlays: &'a [Text], folder: Folder) -> Self {
        let overlays = overlays.iter().map(Text::source).collect();
        Self { document, overlays, parts: Parts::new(folder, &document.name) }
    }

    /// Whether it turned out to refer to other files.
    pub(crate) fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    fn input(&self) -> Input<'_> {
        Input {
            document: self.document.source(),
            overlays: &self.overlays,
            files: &self.parts,
            modules: &[],
            command: "",
        }
    }
}

/// Runs the task.
///
/// # Errors
///
/// On wrong usage, and when a document cannot be read.
pub(crate) fn run(args: Args) -> Result<Verdict, Failure> {
    let new = args.new.unwrap_or_else(Location::committed);
    let ours = [&args.old, &new].iter().any(|side| side.is_committed_document());
    let texts = |side: &Location| -> Result<(Text, Vec<Text>), Failure> {
        let overlays = if args.overlays.is_empty() && ours && !args.no_overlay {
            side.overlays()?
        } else {
            args.overlays.iter().map(|overlay| Text::at(&Place::given(overlay))).collect::<Result<_, _>>()?
        };
        Ok((side.read()?, overlays))
    };
    let (old_texts, new_texts) = (texts(&args.old)?, texts(&new)?);
    let document = (new_texts.0.name.as_str(), new.shown_to_github());
    terminal::message(&format!("from {} to {}", old_texts.0.name, new_texts.0.name));
    let old = Side::new(&old_texts.0, &old_texts.1, args.old.folder());
    let new = Side::new(&new_texts.0, &new_texts.1, new.folder());
    let changes = match compared(&old, &new) {
        Ok(changes) => changes,
        Err(refused) => {
            show(&refused);
            return Ok(Verdict::Problems);
        }
    };
    match args.format {
        Format::Text => terminal::output(&(changes.to_text() + &step(&changes))),
        Format::Markdown => terminal::output(&(changes.to_markdown() + &step(&changes))),
        Format::Json => terminal::output_json(&changes.to_json()),
        Format::Github => {
            let annotations: String = changes.iter().map(|change| annotation(change, &document)).collect();
            terminal::output_commands(&annotations)
        }
    }?;
    let fails = match args.fail_on {
        None => false,
        Some(FailOn::Any) => !changes.is_empty(),
        Some(FailOn::Breaking) => changes.bump() == Bump::Breaking,
    };
    Ok(if fails { Verdict::Problems } else { Verdict::Fine })
}

/// How far the version of the client has to move, a line after an empty one; nothing where nothing changed.
fn step(changes: &Changes) -> String {
    let Ok(version) = Version::parse(&changes.old.package_version) else { return String::new() };
    let after = changes.bump().after(&version);
    if after == version {
        String::new()
    } else {
        format!("\nThe client's version has to move from {version} to {after}.\n")
    }
}

/// What changed, with the files that the documents turn out to refer to.
///
/// # Errors
///
/// When one of the documents is refused.
pub(crate) fn compared(old: &Side<'_>, new: &Side<'_>) -> Result<Changes, Refused> {
    compare(&old.input(), &new.input())
}

/// Says which document is refused, and why.
pub(crate) fn show(refused: &Refused) {
    let (which, report) = match refused {
        Refused::Old(report) => ("older", report),
        Refused::New(report) => ("newer", report),
    };
    terminal::message(&report.render(Style::Colour));
    terminal::message(&format!("the {which} document is refused, so there is nothing to compare"));
}

/// The annotation of a change, where the new document has it; of what that has no more, or nowhere, at its beginning.
///
/// `document` is what the new one is called here, and how GitHub knows it: one of a commit is called after that, too.
fn annotation(change: &Change, (name, document): &(&str, String)) -> String {
    let level = match change.bump() {
        Bump::Breaking => github::Level::Error,
        Bump::Additive => github::Level::Warning,
        Bump::Compatible | Bump::None => github::Level::Notice,
    };
    let advice = change.advice.as_ref().map(|advice| format!("\nTo do: {advice}")).unwrap_or_default();
    let message = format!(
        "{change} [{}]\nRust callers: {}; old client, new server: {}; new client, old server: {}{advice}",
        change.kind.id(),
        change.rust,
        change.wire.old_client,
        change.wire.new_client
    );
    match &change.new {
        Some(place) => {
            let file = if place.file == *name {
                document.clone()
            } else {
                github::file_name(Path::new(&place.file), &place.file)
            };
            github::annotation(level, &file, place.line, Some(place.column), &message)
        }
        None => github::annotation(level, document, 1, None, &message),
    }
}
