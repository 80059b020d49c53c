//! `cargo xtask diff`: reports what changed between two revisions of a document.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use qrs_codegen::changes::{Bump, Change, Changes, Refused, Wire, compare};
use qrs_codegen::report::Style;
use qrs_codegen::{Input, Source};
use semver::Version;

use crate::approvals::Approvals;
use crate::codegen::{self, DOCUMENT, MODULES, OVERLAY, OVERLAYS};
use crate::git::Git;
use crate::outcome::{Failure, Verdict};
use crate::paths::NamedPath;
use crate::referenced_files::{DocumentFolder, ReferencedFiles};
use crate::{github, input, terminal};

const AFTER_HELP: &str = "\
Examples:
  cargo xtask diff git:HEAD~1:spec/licenses.yaml
      Report what the last commit changed for callers.
  cargo xtask diff spec/licenses.yaml ../revised.yaml
      Report what a revised document would change.
  cargo xtask diff old.yaml new.yaml --format markdown --fail-on breaking
      For a pull request on any document; exit code 1 if callers break.

Overlay:
  The committed overlays are applied to both sides if one of them is the committed document, or a revision of it; on a side
  that is a git revision, the overlays of that revision. Otherwise none is applied but what --overlay names.

Approved changes:
  A file of changes that somebody looked at, each with its fingerprint (see --format json), a reason, and the last day on
  which it does not count for --fail-on:
    - fingerprint: 0123456789abcdef
      reason: The only caller was told.
      until: 2027-03-01
  spec/approved-changes.yaml is read for the committed document if there is such a file.

Exit codes:
  0  The documents were compared, and --fail-on found nothing.
  1  --fail-on found a change, or one of the documents is refused.
  2  Wrong usage, or a document that could not be read.";

/// Report what changed between two revisions of a document.
///
/// Shows for each change its place in both documents, its effect on code that calls the client, and whether a client and a
/// server of different revisions still work together.
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

    /// The format of the changes, which go to standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Exit with 1 if there are changes of this kind that are not approved
    #[arg(long, value_enum, value_name = "CHANGES")]
    fail_on: Option<FailOn>,

    /// A file of approved changes, in the place of the committed one
    #[arg(long, value_name = "FILE")]
    approved: Option<PathBuf>,

    /// List the operations and types of each resource that is new or gone, in the text
    #[arg(long)]
    unfold: bool,
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
    /// Tests of a CI server, which fail as --fail-on says.
    Junit,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    /// Changes after which code of callers no longer compiles, or clients in use may fail.
    Breaking,
    /// Changes after which a client and a server of different revisions may not work together, whichever is newer.
    Wire,
    /// Any change.
    Any,
}

impl FailOn {
    /// Whether a change counts.
    fn counts(self, change: &Change) -> bool {
        match self {
            Self::Any => true,
            Self::Breaking => change.is_breaking(),
            Self::Wire => change.wire != Wire::SAME,
        }
    }
}

/// The location of a document.
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
        Self::File(NamedPath::in_workspace(DOCUMENT).path)
    }

    /// Whether it is the document of this workspace, in whatever revision.
    fn is_committed_document(&self) -> bool {
        match self {
            Self::File(path) => {
                let own = NamedPath::in_workspace(DOCUMENT).path;
                path.canonicalize().is_ok_and(|path| own.canonicalize().is_ok_and(|own| path == own))
            }
            Self::Git { path, .. } => path == DOCUMENT,
        }
    }

    fn read(&self) -> Result<NamedText, Failure> {
        match self {
            Self::File(path) => NamedText::at(&NamedPath::given(path)),
            Self::Git { revision, path } => {
                let name = format!("{revision}:{path}");
                match Git::here().committed_text(&name)? {
                    Some(text) => Ok(NamedText { name, text }),
                    None => {
                        Err(Failure(format!("git:{name}: there is no such file in that revision, or no such revision")))
                    }
                }
            }
        }
    }

    /// Its name in annotations.
    fn shown_to_github(&self) -> String {
        match self {
            Self::File(path) => github::file_name(path, &NamedPath::given(path).shown),
            Self::Git { path, .. } => path.clone(),
        }
    }

    /// The folder of the files that it may refer to.
    fn folder(&self) -> DocumentFolder {
        match self {
            Self::File(path) => DocumentFolder::Disk(path.clone()),
            Self::Git { revision, path } => DocumentFolder::Commit { revision: revision.clone(), path: path.clone() },
        }
    }

    /// The overlays that belong to it, in the order in which they are applied.
    fn overlays(&self) -> Result<Vec<NamedText>, Failure> {
        match self {
            Self::File(_) => {
                codegen::default_overlays()?.iter().map(|name| NamedText::at(&NamedPath::in_workspace(name))).collect()
            }
            Self::Git { revision, .. } => {
                let mut paths = committed_files(revision, OVERLAYS, "yaml");
                if paths.is_empty() {
                    paths.push(OVERLAY.to_owned());
                }
                committed_texts(revision, paths)
            }
        }
    }

    /// The hand-written modules of the client: what they use of the runtime is exported, too.
    fn modules(&self) -> Result<Vec<NamedText>, Failure> {
        match self {
            Self::File(_) => codegen::default_modules()?.iter().map(NamedText::at).collect(),
            Self::Git { revision, .. } => committed_texts(revision, committed_files(revision, MODULES, "rs")),
        }
    }
}

/// The paths of the files of a commit in a folder, and in the folders in it, that have an extension.
fn committed_files(revision: &str, folder: &str, extension: &str) -> Vec<String> {
    let folder = format!("{folder}/");
    let arguments = ["ls-tree", "-r", "--name-only", "--full-tree", "-z", "--end-of-options", revision, &folder];
    // A commit that does not exist is found out when the document is read.
    let listing = Git::here().output(&arguments).unwrap_or_default();
    let listing = String::from_utf8_lossy(&listing);
    let has_extension = |path: &&str| Path::new(path).extension().is_some_and(|own| own == extension);
    listing.split('\0').filter(has_extension).map(str::to_owned).collect()
}

/// The texts of the files that a commit has. An early one may have none of them.
fn committed_texts(revision: &str, paths: Vec<String>) -> Result<Vec<NamedText>, Failure> {
    let texts = paths.into_iter().map(|path| {
        let name = format!("{revision}:{path}");
        Ok(Git::here().committed_text(&name)?.map(|text| NamedText { name, text }))
    });
    texts.filter_map(Result::transpose).collect()
}

/// A document, an overlay or a module that was read.
pub(crate) struct NamedText {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl NamedText {
    /// The text of a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn at(place: &NamedPath) -> Result<Self, Failure> {
        Ok(Self { name: place.shown.clone(), text: input::read(place)? })
    }

    fn source(&self) -> Source<'_> {
        Source { name: &self.name, text: &self.text }
    }
}

/// One of the two that are compared.
pub(crate) struct Side<'a> {
    document: &'a NamedText,
    overlays: Vec<Source<'a>>,
    modules: Vec<Source<'a>>,
    parts: ReferencedFiles,
}

impl<'a> Side<'a> {
    /// A document in a folder, its overlays, and the modules of its client.
    pub(crate) fn new(
        document: &'a NamedText,
        overlays: &'a [NamedText],
        modules: &'a [NamedText],
        folder: DocumentFolder,
    ) -> Self {
        let sources = |texts: &'a [NamedText]| texts.iter().map(NamedText::source).collect();
        let parts = ReferencedFiles::new(folder, &document.name);
        Self { document, overlays: sources(overlays), modules: sources(modules), parts }
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
            modules: &self.modules,
            command: "",
        }
    }
}

/// Runs the task.
///
/// # Errors
///
/// On wrong usage, and when a document cannot be read.
pub(crate) fn run(args: &Args) -> Result<Verdict, Failure> {
    let new = args.new.clone().unwrap_or_else(Location::committed);
    let ours = [&args.old, &new].iter().any(|side| side.is_committed_document());
    let approvals = match &args.approved {
        Some(file) => Approvals::read(&NamedPath::given(file))?,
        None if ours => Approvals::committed()?,
        None => Approvals::default(),
    };
    let texts = |side: &Location| -> Result<(NamedText, Vec<NamedText>, Vec<NamedText>), Failure> {
        let overlays = if args.overlays.is_empty() && ours && !args.no_overlay {
            side.overlays()?
        } else {
            args.overlays.iter().map(|overlay| NamedText::at(&NamedPath::given(overlay))).collect::<Result<_, _>>()?
        };
        Ok((side.read()?, overlays, if ours { side.modules()? } else { Vec::new() }))
    };
    let (old_texts, new_texts) = (texts(&args.old)?, texts(&new)?);
    let document = (new_texts.0.name.as_str(), new.shown_to_github());
    terminal::message(&format!("from {} to {}", old_texts.0.name, new_texts.0.name));
    let old = Side::new(&old_texts.0, &old_texts.1, &old_texts.2, args.old.folder());
    let new = Side::new(&new_texts.0, &new_texts.1, &new_texts.2, new.folder());
    let mut changes = match compared(&old, &new) {
        Ok(changes) => changes,
        Err(refused) => {
            show(&refused);
            return Ok(Verdict::Problems);
        }
    };
    approvals.apply(&mut changes).iter().for_each(|message| terminal::message(message));
    let counts = |change: &Change| args.fail_on.is_some_and(|fail_on| fail_on.counts(change));
    show_changes(&changes, args, &document, counts)?;
    let fails = changes.iter().any(|change| change.approval.is_none() && counts(change));
    Ok(if fails { Verdict::Problems } else { Verdict::Fine })
}

/// Writes the changes in the format that was asked for.
fn show_changes(
    changes: &Changes,
    args: &Args,
    document: &(&str, String),
    counts: impl Fn(&Change) -> bool,
) -> Result<(), Failure> {
    match args.format {
        Format::Text if args.unfold => terminal::output(&(changes.to_unfolded_text() + &step(changes))),
        Format::Text => terminal::output(&(changes.to_text() + &step(changes))),
        Format::Markdown => terminal::output(&(changes.to_markdown() + &step(changes))),
        Format::Junit => terminal::output(&changes.to_junit(counts)),
        Format::Json => terminal::output_json(&changes.to_json()),
        Format::Github => {
            let mut annotations = github::Annotations::default();
            changes.iter().for_each(|change| annotate(&mut annotations, change, document));
            terminal::output_commands(&annotations.finish())
        }
    }
}

/// The version step that the changes need, as a line after an empty one. Empty if nothing changed.
fn step(changes: &Changes) -> String {
    let Ok(version) = Version::parse(&changes.old.package_version) else { return String::new() };
    let after = changes.bump().after(&version);
    if after == version {
        String::new()
    } else {
        format!("\nThe client's version has to move from {version} to {after}.\n")
    }
}

/// Compares two documents, with the files that they refer to.
///
/// # Errors
///
/// When one of the documents is refused.
pub(crate) fn compared(old: &Side<'_>, new: &Side<'_>) -> Result<Changes, Refused> {
    compare(&old.input(), &new.input())
}

/// Shows which document is refused, and why.
pub(crate) fn show(refused: &Refused) {
    let (which, report) = match refused {
        Refused::Old(report) => ("older", report),
        Refused::New(report) => ("newer", report),
    };
    terminal::message(&report.render(Style::Colour));
    terminal::message(&format!("the {which} document is refused, so there is nothing to compare"));
}

/// Annotates a change at its place in the new document, or else at the beginning of that document.
///
/// `document` is the new document's name in the report, and its name for GitHub, which lacks the commit.
fn annotate(annotations: &mut github::Annotations, change: &Change, (name, document): &(&str, String)) {
    let level = match change.bump() {
        _ if change.approval.is_some() => github::Level::Notice,
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
            annotations.add(level, &file, (place.line, Some(place.column)), &message);
        }
        None => annotations.add(level, document, (1, None), &message),
    }
}
