//! `cargo xtask codegen`: generates the crate from the document, or checks that it is up to date.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use qrs_codegen::diagnostic::Severity;
use qrs_codegen::report::{Report, Style};
use qrs_codegen::{Input, Source};

use crate::crate_folder::{self, Drift, FileChange, FolderChanges, UnknownFiles};
use crate::extras::{self, Extras};
use crate::outcome::{Failure, Verdict};
use crate::paths::{self, NamedPath};
use crate::referenced_files::ReferencedFiles;
use crate::{github, input, terminal, unified};

/// The origin that generated files name: the same for every document and folder, so that equal documents give equal
/// files wherever they lie.
pub(crate) const COMMAND: &str = "cargo xtask codegen";

pub(crate) const DOCUMENT: &str = "spec/licenses.yaml";
pub(crate) const OVERLAY: &str = "spec/overlay.yaml";

/// Several of them, where there is more than one.
pub(crate) const OVERLAYS: &str = "spec/overlays";
pub(crate) const MODULES: &str = "spec";
const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
pub(crate) const CRATE: &str = "qrs-generated";

const AFTER_HELP: &str = "\
Examples:
  cargo xtask codegen
      Bring qrs-generated/ up to date after spec/ or the generator changed.
  cargo xtask codegen --check
      Before a commit, or in CI: check that qrs-generated/ is up to date. Changes nothing.
  cargo xtask codegen --spec ../revised.yaml --overlay spec/overlays/10-contract.yaml --check
      Show what a revised document would change in the text of the client. For its callers: cargo xtask diff.
  cargo xtask codegen --spec petstore.yaml --out ../petstore-client
      Generate a client for another API, in a folder of its own.

Output:
  The differences that --check finds go to standard output, everything else to standard error. The first run compiles the
  generator, which takes a minute or two; cargo shows its progress on standard error.
  With GITHUB_ACTIONS=true, each file that differs and each problem is also written as an annotation.

Exit codes:
  0  The crate is up to date, or has been brought up to date.
  1  The document has problems (with --deny-warnings, warnings are), and the crate was left alone; or --check found a
     difference.
  2  Wrong usage, or a file that could not be read or written; the crate was left as it was.";

/// Generate the client crate from the API document.
///
/// Reads the OpenAPI document and the overlays over it, and writes the crate. Only files that change are written; files that
/// an earlier run wrote and that are no longer generated are deleted. Nothing is touched unless everything can be generated.
#[derive(clap::Args, Default)]
#[command(after_long_help = AFTER_HELP)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Args {
    /// The document, Swagger 2.0 or OpenAPI 3.0 to 3.2, YAML or JSON [default: spec/licenses.yaml of this workspace]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,

    /// An OpenAPI overlay, applied to the document first; may be given more than once [default: spec/overlay.yaml of this
    /// workspace, or spec/overlays/*.yaml]
    ///
    /// Overlays are applied in the order that they are given in; the default ones in the order of their names. They belong
    /// to the default document: with --spec, no overlay is applied unless one is named.
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,

    /// A hand-written Rust module that the crate is to carry; may be given more than once [default: spec/*.rs and
    /// spec/*/mod.rs of this workspace]
    ///
    /// The default modules belong to the client of this workspace: for another document (--spec) in a folder of its own (--out)
    /// there are none unless they are named.
    #[arg(long = "module", value_name = "FILE")]
    modules: Vec<PathBuf>,

    /// A licence's text that the crate is to carry, under the file's own name; may be given more than once [default:
    /// LICENSE-* of this workspace]
    ///
    /// The default texts belong to the client of this workspace, as the default modules do.
    #[arg(long = "license-file", value_name = "FILE")]
    license_files: Vec<PathBuf>,

    /// Take the document as it is, without any overlay
    #[arg(long, conflicts_with = "overlays")]
    no_overlay: bool,

    /// The folder of the crate [default: qrs-generated of this workspace]
    ///
    /// A new or empty folder, or one that holds a crate generated before. Any other is refused. A client of another
    /// document (--spec) is only written where one is named.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Write nothing; show how the crate differs from what would be generated, and exit with 1 if it does
    #[arg(long)]
    check: bool,

    /// Treat warnings about the document as errors
    #[arg(long)]
    deny_warnings: bool,

    /// Delete files in the crate's folder that were not generated, also those that this command did not write
    ///
    /// Without it, such files are named and nothing is changed. Build output (target/), Cargo.lock and dot-files always stay.
    #[arg(long)]
    prune: bool,

    #[command(flatten)]
    extras: Extras,
}

/// The treatment of a crate that differs.
#[derive(Clone, Copy)]
enum Mode {
    Write,
    Check,
}

/// The treatment of warnings about the document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Warnings {
    Shown,
    /// Treated as errors.
    Denied,
}

/// The files and folders of a run.
struct Paths {
    document: NamedPath,
    overlays: Vec<NamedPath>,
    modules: Vec<NamedPath>,
    license_files: Vec<NamedPath>,
    out: NamedPath,
    extras: Extras,
}

/// Runs the task.
///
/// # Errors
///
/// On wrong usage, and when a file cannot be read or written; the crate is then as it was before.
pub(crate) fn run(args: Args) -> Result<Verdict, Failure> {
    let mend = mending_command(&args);
    let mode = if args.check { Mode::Check } else { Mode::Write };
    let warnings = if args.deny_warnings { Warnings::Denied } else { Warnings::Shown };
    let unknown = if args.prune { UnknownFiles::Deleted } else { UnknownFiles::Refused };
    let names_crate = args.out.is_some();
    refuse_another_client(&args)?;
    let places = Paths::of(args)?;
    let inputs = std::iter::once(&places.document).chain(&places.overlays).chain(&places.modules);
    let inputs: Vec<&NamedPath> = inputs.chain(&places.license_files).collect();
    crate_folder::refuse_unsafe_output(&places.out, &inputs)?;

    let document = input::read(&places.document)?;
    let overlays = places.overlays.iter().map(input::read).collect::<Result<Vec<_>, _>>()?;
    let Some(files) = generate(&places, &document, &overlays, warnings)? else {
        return Ok(Verdict::Problems);
    };

    if names_crate {
        crate_folder::refuse_foreign(&places.out, COMMAND)?;
    }
    match mode {
        Mode::Write => {
            let changes = crate_folder::write(&places.out, &files, COMMAND, unknown)?;
            report_written(&places.out, &changes);
            Ok(Verdict::Fine)
        }
        Mode::Check => check(&places, &crate_folder::compare(&places.out, &files)?, &mend),
    }
}

/// The files of this workspace's client that a document and overlays give, with the modules and licences of the copy of the
/// workspace in `root`. `None` if they have problems, which are shown.
///
/// # Errors
///
/// When a file cannot be read.
pub(crate) fn client(
    root: &Path,
    document: &str,
    overlays: &[String],
) -> Result<Option<BTreeMap<String, String>>, Failure> {
    let places = Paths::of(Args::default())?;
    let in_copy = |name: String| NamedPath { path: root.join(&name), ..NamedPath::in_workspace(&name) };
    let modules = input::modules(&root.join(MODULES))?.into_iter().map(|name| in_copy(format!("{MODULES}/{name}")));
    let license_files = LICENSES.map(|name| in_copy(name.to_owned())).to_vec();
    let places = Paths { modules: modules.collect(), license_files, ..places };
    generate(&places, document, overlays, Warnings::Shown)
}

/// Lists what the task would do to the committed client, a line for each file.
///
/// # Errors
///
/// When a file cannot be read.
pub(crate) fn rehearsal(client: &BTreeMap<String, String>) -> Result<String, Failure> {
    let out = NamedPath::in_workspace(CRATE);
    Ok(listing(&out, &crate_folder::compare(&out, client)?))
}

/// The overlays over the document of this workspace, in the order in which they are applied.
///
/// # Errors
///
/// When there are none: without them the client would lose its credentials and its secrets.
pub(crate) fn default_overlays() -> Result<Vec<String>, Failure> {
    let folder = NamedPath::in_workspace(OVERLAYS);
    if !folder.path.is_dir() {
        return Ok(vec![OVERLAY.to_owned()]);
    }
    let names = fs::read_dir(&folder.path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let names = names.map_err(|error| Failure(format!("{OVERLAYS}: {error}")))?;
    let names = names.into_iter().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> =
        names.filter(|name| Path::new(name).extension().is_some_and(|own| own == "yaml")).collect();
    names.sort_unstable();
    if names.is_empty() {
        return Err(Failure(format!("{OVERLAYS}: there is no overlay in it")));
    }
    Ok(names.iter().map(|name| format!("{OVERLAYS}/{name}")).collect())
}

/// The hand-written modules of this workspace's client.
pub(crate) fn default_modules() -> Result<Vec<NamedPath>, Failure> {
    let names = input::modules(&NamedPath::in_workspace(MODULES).path)?;
    Ok(names.iter().map(|name| NamedPath::in_workspace(&format!("{MODULES}/{name}"))).collect())
}

impl Paths {
    fn of(args: Args) -> Result<Self, Failure> {
        let is_default_document = args.spec.is_none();
        let is_ours = is_default_document || args.out.is_none();
        let given = |path: PathBuf| NamedPath::given(&path);
        let overlays = if args.overlays.is_empty() && is_default_document && !args.no_overlay {
            default_overlays()?.iter().map(|name| NamedPath::in_workspace(name)).collect()
        } else {
            args.overlays.into_iter().map(given).collect()
        };
        let modules = if args.modules.is_empty() && is_ours {
            default_modules()?
        } else {
            args.modules.into_iter().map(given).collect()
        };
        let license_files = if args.license_files.is_empty() && is_ours {
            LICENSES.map(NamedPath::in_workspace).to_vec()
        } else {
            args.license_files.into_iter().map(given).collect()
        };
        Ok(Self {
            modules,
            license_files,
            overlays,
            extras: args.extras,
            document: args.spec.map_or_else(|| NamedPath::in_workspace(DOCUMENT), given),
            out: args.out.map_or_else(|| NamedPath::in_workspace(CRATE), given),
        })
    }
}

/// The document, quoted, if the client of this workspace is compared with another one than its own.
fn another_document(args: &Args) -> Option<String> {
    let committed = || NamedPath::in_workspace(DOCUMENT).path.canonicalize().ok();
    let spec = args.spec.as_ref().filter(|spec| args.out.is_none() && spec.canonicalize().ok() != committed())?;
    Some(paths::quote(spec.as_os_str()))
}

/// Refuses to replace the client of this workspace by one of another document, as a forgotten `--out` would.
fn refuse_another_client(args: &Args) -> Result<(), Failure> {
    match another_document(args) {
        Some(spec) if !args.check => Err(Failure(format!(
            "{CRATE} is the client of {DOCUMENT}, and this would make it one of {spec}\n\
             for a client of its own, name its folder: --out DIR\n\
             to take in a revision of {DOCUMENT}, run: {} {spec}",
            paths::task_command("revise")
        ))),
        _ => Ok(()),
    }
}

/// The command that brings the crate up to date, given how it was checked.
fn mending_command(args: &Args) -> String {
    if let Some(spec) = another_document(args) {
        return format!("{} {spec}", paths::task_command("revise"));
    }
    let mut command = paths::task_command("codegen");
    let modules = args.modules.iter().map(|path| ("--module", path));
    let license_files = args.license_files.iter().map(|path| ("--license-file", path));
    let paths = args.spec.iter().map(|path| ("--spec", path));
    let paths = paths.chain(args.overlays.iter().map(|path| ("--overlay", path))).chain(modules).chain(license_files);
    for (option, path) in paths.chain(args.out.iter().map(|path| ("--out", path))) {
        _ = write!(command, " {option} {}", paths::quote(path.as_os_str()));
    }
    command += &args.extras.choice();
    if args.no_overlay {
        command += " --no-overlay";
    }
    if args.deny_warnings {
        command += " --deny-warnings";
    }
    if args.prune {
        command += " --prune";
    }
    command
}

/// Adds the texts of licences, as they stand.
///
/// # Errors
///
/// When one cannot be read, or its name is one that is generated or ignored.
fn add_licenses(files: &mut BTreeMap<String, String>, licenses: &[NamedPath]) -> Result<(), Failure> {
    for place in licenses {
        let shown = &place.shown;
        let name = place.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if !is_name(name) || name.is_empty() || name.starts_with('.') {
            return Err(Failure(format!(
                "{shown}: a licence's file is called by ASCII letters, digits, `-`, `_` and `.` alone"
            )));
        }
        // Systems that do not tell cases apart would write one over the other.
        let has_it = |file: &String| file.split('/').next().is_some_and(|first| first.eq_ignore_ascii_case(name));
        if files.keys().any(has_it) || ["target", "Cargo.lock"].iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(Failure(format!("{shown}: a crate has a `{name}` of its own")));
        }
        files.insert(name.to_owned(), input::read(place)?);
    }
    Ok(())
}

/// Generates the files and shows the report on the document. `None` if it has problems.
fn generate(
    places: &Paths,
    document: &str,
    overlays: &[String],
    warnings: Warnings,
) -> Result<Option<BTreeMap<String, String>>, Failure> {
    let modules = places.modules.iter().map(input::read).collect::<Result<Vec<_>, _>>()?;
    let modules: Vec<Source<'_>> =
        places.modules.iter().zip(&modules).map(|(place, text)| Source { name: &place.shown, text }).collect();
    let choice = places.extras.overlay();
    let choice = choice.as_deref().map(|text| Source { name: extras::CHOICE, text });
    let overlays = places.overlays.iter().zip(overlays).map(|(place, text)| Source { name: &place.shown, text });
    let overlays: Vec<Source<'_>> = overlays.chain(choice).collect();
    let input = Input {
        document: Source { name: &places.document.shown, text: document },
        overlays: &overlays,
        files: &ReferencedFiles::beside(&places.document),
        modules: &modules,
        command: COMMAND,
    };
    places.extras.write_effective(&input)?;
    match qrs_codegen::generate(&input) {
        Ok(mut generated) => {
            show(&generated.report, places)?;
            extras::report_degraded(&generated.report);
            places.extras.write_report(&places.document.shown, &generated)?;
            add_licenses(&mut generated.files, &places.license_files)?;
            if warnings == Warnings::Denied && generated.report.count(Severity::Warning) > 0 {
                terminal::message(&format!("warnings are denied: {} was left as it was", places.out.shown));
                return Ok(None);
            }
            Ok(Some(generated.files))
        }
        Err(report) => {
            show(&report, places)?;
            terminal::message(&format!("{} was left as it was", places.out.shown));
            Ok(None)
        }
    }
}

/// Shows a report.
fn show(report: &Report, places: &Paths) -> Result<(), Failure> {
    if report.is_empty() {
        return Ok(());
    }
    terminal::message(&report.render(Style::Colour));
    if github::is_on() {
        terminal::output_commands(&annotations(report, places))?;
    }
    Ok(())
}

/// The annotations of everything in a report that has a position.
fn annotations(report: &Report, places: &Paths) -> String {
    let mut annotations = github::Annotations::default();
    for (diagnostic, position) in report.located() {
        let Some(position) = position else {
            continue;
        };
        let level = match diagnostic.severity {
            Severity::Error => github::Level::Error,
            Severity::Warning => github::Level::Warning,
            Severity::Note => github::Level::Notice,
        };
        let file = std::iter::once(&places.document)
            .chain(&places.overlays)
            .find(|place| place.shown == position.file)
            .map_or_else(|| position.file.to_owned(), |place| github::file_name(&place.path, &place.shown));
        let help = diagnostic.help.iter().map(|help| format!("\nhelp: {help}"));
        let message = diagnostic.problem.to_string() + &help.collect::<String>();
        annotations.add(level, &file, (position.line, Some(position.column)), &message);
    }
    annotations.finish()
}

/// Reports what was written and deleted.
fn report_written(out: &NamedPath, changes: &FolderChanges<'_>) {
    let mut text = listing(out, changes);
    let deleted = count(changes, |drift| matches!(drift, Drift::Stale(_)));
    let written = changes.files.len() - deleted;
    if changes.is_empty() {
        text += &up_to_date(out, changes);
    } else {
        _ = writeln!(text, "{written} written, {deleted} deleted, {} unchanged", changes.unchanged);
    }
    terminal::message(&text);
}

/// Lists what becomes of each file, a line each.
fn listing(out: &NamedPath, changes: &FolderChanges<'_>) -> String {
    let mut text = String::new();
    for FileChange { path, drift } in &changes.files {
        let what = match drift {
            Drift::New(_) => "new",
            Drift::Changed(..) => "changed",
            Drift::Stale(_) => "deleted",
        };
        _ = writeln!(text, "{what} {}", out.show_inside(path));
    }
    text
}

/// Shows how the crate differs from what was generated, and the command that mends it.
fn check(places: &Paths, changes: &FolderChanges<'_>, mend: &str) -> Result<Verdict, Failure> {
    let out = &places.out;
    if changes.is_empty() {
        terminal::message(&up_to_date(out, changes));
        return Ok(Verdict::Fine);
    }
    let is_known = changes.unknown(out, COMMAND).is_empty() || mend.ends_with(" --prune");
    let mend = format!("{mend}{}", if is_known { "" } else { " --prune" });
    let mut differences = String::new();
    let mut annotations = github::Annotations::default();
    for change in &changes.files {
        let difference = unified::difference(out, change)?;
        differences += &difference.text;
        let what = match change.drift {
            Drift::New(_) => "is missing from the crate",
            Drift::Changed(..) => "is not as it is generated",
            Drift::Stale(_) => "is in the crate but not generated",
        };
        let file = github::file_name(&out.path.join(&change.path), &out.show_inside(&change.path));
        annotations.add(
            github::Level::Error,
            &file,
            (difference.line, None),
            &format!("{file} {what}. To mend it, run: {mend}"),
        );
    }
    if github::is_on() {
        terminal::output_commands(&(github::quoted(&differences) + &annotations.finish()))?;
    } else {
        terminal::output(&differences)?;
    }
    for change in changes.files.iter().filter(|change| matches!(change.drift, Drift::Stale(_))) {
        let name = change.path.to_string_lossy().to_uppercase();
        if ["LICEN", "COPYING", "NOTICE"].iter().any(|begin| name.starts_with(begin)) {
            let (shown, quoted) = (paths::show(&change.path), paths::quote(change.path.as_os_str()));
            terminal::message(&format!("is `{shown}` the text of a licence? Then give it: --license-file {quoted}"));
        }
    }
    terminal::message(&format!(
        "{} is not what {} generates: {} changed, {} missing, {} not generated\nto mend it, run: {mend}",
        out.shown,
        places.document.shown,
        count(changes, |drift| matches!(drift, Drift::Changed(..))),
        count(changes, |drift| matches!(drift, Drift::New(_))),
        count(changes, |drift| matches!(drift, Drift::Stale(_))),
    ));
    Ok(Verdict::Problems)
}

fn count(changes: &FolderChanges<'_>, is: impl Fn(&Drift<'_>) -> bool) -> usize {
    changes.files.iter().filter(|change| is(&change.drift)).count()
}

fn up_to_date(out: &NamedPath, changes: &FolderChanges<'_>) -> String {
    format!("{} is up to date ({} files)\n", out.shown, changes.unchanged)
}
