//! `cargo xtask codegen`, run as a user runs it: the real command, on the real document and on broken ones.
//!
//! It is one file, longer than others, with one small test for each promise of the command.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::support::{Ran, workspace, xtask};

/// `cargo xtask codegen`, run at the root of the workspace.
fn codegen() -> Command {
    let mut command = Command::new(xtask());
    command.arg("codegen").current_dir(workspace());
    command
}

/// `cargo xtask codegen --out …/crate`.
fn codegen_into(out: &Path) -> Command {
    let mut command = codegen();
    command.arg("--out").arg(out);
    command
}

/// Every file below a folder with its bytes, except what a build leaves.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            if path.is_dir() {
                if name != "target" {
                    folders.push(path);
                }
            } else if name != "Cargo.lock" {
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn committed() -> BTreeMap<String, Vec<u8>> {
    content(&workspace().join("qrs-generated"))
}

/// A temporary folder with a copy of the committed crate in it. The space in its name must survive everywhere.
fn copy() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("the crate");
    for (name, bytes) in committed() {
        let path = out.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    (folder, out)
}

/// The texts that the crate carries as they stand.
const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// The files of a folder of this workspace, by name, without its sub-folders.
fn files_of(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// The hand-written modules of this workspace: the files of `spec/`, and of the folders in it that are modules.
fn modules() -> Vec<PathBuf> {
    let mut modules = files_of("spec");
    modules.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    let mut folders = vec![workspace().join("spec/jobs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { modules.push(path) }
        }
    }
    modules.sort();
    modules
}

/// Copies a file of `spec/` to the same place in another folder.
fn copy_of_spec(original: &Path, folder: &Path) -> PathBuf {
    let name = original.strip_prefix(workspace().join("spec")).unwrap().to_owned();
    let copied = folder.join(&name);
    fs::create_dir_all(copied.parent().unwrap()).unwrap();
    fs::copy(original, copied).unwrap();
    name
}

/// Copies what the committed crate is generated from, and gives the options that name the copies.
fn copy_inputs(folder: &Path) -> Vec<String> {
    let mut options = vec!["--spec".to_owned(), "licenses.yaml".to_owned()];
    copy_of_spec(&workspace().join("spec/licenses.yaml"), folder);
    for (option, originals) in [("--overlay", files_of("spec/overlays")), ("--module", modules())] {
        for original in originals {
            let name = copy_of_spec(&original, folder);
            options.extend([option.to_owned(), name.to_str().unwrap().to_owned()]);
        }
    }
    for name in LICENSES {
        fs::copy(workspace().join(name), folder.join(name)).unwrap();
        options.extend(["--license-file".to_owned(), name.to_owned()]);
    }
    options
}

/// Names the files that differ, not their bytes.
#[track_caller]
fn assert_same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>) {
    let names: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let differing: Vec<_> = names.into_iter().filter(|name| found.get(*name) != expected.get(*name)).collect();
    assert!(differing.is_empty(), "these files differ: {differing:?}");
}

fn append(path: &Path, text: &str) {
    let mut all = fs::read_to_string(path).unwrap();
    all += text;
    fs::write(path, all).unwrap();
}

/// The files in a diff, each with its lines after the two that name it.
fn sections(diff: &str) -> BTreeMap<(String, String), Vec<String>> {
    let mut sections = BTreeMap::new();
    let mut lines = diff.lines().peekable();
    let mut section: Option<&mut Vec<String>> = None;
    while let Some(line) = lines.next() {
        let named = line.strip_prefix("--- ").zip(lines.peek().and_then(|next| next.strip_prefix("+++ ")));
        if let Some((old, new)) = named {
            lines.next();
            section = Some(sections.entry((old.to_owned(), new.to_owned())).or_insert_with(Vec::new));
        } else {
            section.as_mut().expect("the diff begins with a name").push(line.to_owned());
        }
    }
    sections
}

#[test]
fn the_committed_crate_is_up_to_date() {
    let ran = Ran::of(codegen().arg("--check")).exits_with(0);
    assert_eq!(ran.stdout, "");
    let files = committed().len();
    assert_eq!(ran.last_message(), format!("qrs-generated is up to date ({files} files)"));
    assert!(files > 5, "{files}");
}

#[test]
fn drift_is_shown_and_the_command_that_is_named_mends_it() {
    let (_folder, out) = copy();
    Ran::of(codegen_into(&out).arg("--check")).exits_with(0);

    append(&out.join("src/lib.rs"), "// by hand\n");
    fs::remove_file(out.join("README.md")).unwrap();
    fs::create_dir(out.join("src/old")).unwrap();
    fs::write(out.join("src/old/stray.rs"), "// stray\n").unwrap();
    let drifted = content(&out);
    let ran = Ran::of(codegen_into(&out).arg("--check")).exits_with(1);
    assert_eq!(content(&out), drifted, "a check writes nothing");

    let shown = out.to_str().unwrap();
    let name = |file: &str, state: &str| format!("{shown}/{file} ({state})");
    let sections = sections(&ran.stdout);
    let changed = &sections[&(name("src/lib.rs", "committed"), name("src/lib.rs", "generated"))];
    let touched = |line: &&String| line.starts_with(['+', '-']);
    assert_eq!(changed.iter().filter(touched).collect::<Vec<_>>(), ["-// by hand"]);
    let stray = &sections[&(name("src/old/stray.rs", "committed"), name("src/old/stray.rs", "not generated"))];
    assert_eq!(stray.as_slice(), ["@@ -1 +0,0 @@", "-// stray"]);
    let missing = &sections[&(name("README.md", "missing"), name("README.md", "generated"))];
    let readme = String::from_utf8(committed()["README.md"].clone()).unwrap();
    let added: Vec<String> = readme.lines().map(|line| format!("+{line}")).collect();
    let shown_lines = added.len().min(199);
    assert_eq!(missing[1..=shown_lines], added[..shown_lines]);
    assert_eq!(sections.len(), 3, "{:?}", sections.keys());

    let mend = ran.last_message().strip_prefix("to mend it, run: cargo xtask ").unwrap();
    let ran = if cfg!(unix) {
        let script = format!("exec \"$XTASK\" {mend}");
        let mut shell = Command::new("sh");
        Ran::of(shell.arg("-c").arg(script).env("XTASK", xtask()).current_dir(workspace())).exits_with(0)
    } else {
        Ran::of(codegen_into(&out).arg("--prune")).exits_with(0)
    };
    let unchanged = committed().len() - 2;
    for line in [
        format!("new {shown}/README.md"),
        format!("changed {shown}/src/lib.rs"),
        format!("deleted {shown}/src/old/stray.rs"),
        format!("2 written, 1 deleted, {unchanged} unchanged"),
    ] {
        assert!(ran.stderr.lines().any(|said| said == line), "{line:?} in\n{}", ran.stderr);
    }
    assert_same(&content(&out), &committed());
    assert!(!out.join("src/old").exists());
    Ran::of(codegen_into(&out).arg("--check")).exits_with(0);
}

#[test]
fn no_file_of_the_crate_can_change_unseen() {
    let (_folder, out) = copy();
    for file in committed().keys() {
        append(&out.join(file), "x");
    }
    let ran = Ran::of(codegen_into(&out).arg("--check")).exits_with(1);
    let changed: BTreeSet<String> = sections(&ran.stdout).into_keys().map(|(old, _)| old).collect();
    let expected: BTreeSet<String> =
        committed().keys().map(|file| format!("{}/{file} (committed)", out.display())).collect();
    assert_eq!(changed, expected);
}

#[test]
fn the_mending_command_repeats_what_was_asked_for() {
    let (folder, out) = copy();
    fs::write(out.join("src/stray.rs"), "// stray\n").unwrap();
    let spec = folder.path().join("licenses.yaml");
    fs::copy(workspace().join("spec/licenses.yaml"), &spec).unwrap();
    let folder_of_overlays = fs::read_dir(workspace().join("spec/overlays")).into_iter().flatten().flatten();
    let mut overlays: Vec<_> = folder_of_overlays.map(|entry| entry.path()).collect();
    // It names a module that is not given.
    overlays.retain(|overlay| !overlay.ends_with("95-command.yaml"));
    overlays.sort();

    let mut command = codegen_into(&out);
    command.arg("--check").arg("--spec").arg(&spec);
    let mut expected = format!("to mend it, run: cargo xtask codegen --spec {}", spec.display());
    for overlay in overlays {
        command.arg("--overlay").arg(&overlay);
        expected.push_str(" --overlay ");
        expected.push_str(overlay.to_str().unwrap());
    }
    let ran = Ran::of(&mut command).exits_with(1);
    assert_eq!(ran.last_message(), format!("{expected} --out '{}' --prune", out.display()));
}

/// The client of this repository is made from its own document alone: another one is a revision of that.
#[test]
fn another_document_is_taken_in_as_a_revision() {
    let own = workspace().join("spec/licenses.yaml");
    let other = workspace().join("qrs-codegen/tests/documents/calls.yaml");
    for (spec, command) in [(own, "codegen --spec"), (other, "revise")] {
        let ran = Ran::of(codegen().arg("--check").arg("--spec").arg(&spec)).exits_with(1);
        assert!(ran.last_message().ends_with(&format!("cargo xtask {command} {}", spec.display())), "{}", ran.stderr);
    }
}

#[test]
fn drift_is_annotated_on_github() {
    let (folder, out) = copy();
    let lines = String::from_utf8(committed()["src/lib.rs"].clone()).unwrap().lines().count();
    append(&out.join("src/lib.rs"), "// ::error ::not a command\n");
    fs::remove_file(out.join("README.md")).unwrap();
    let mut command = codegen_into(&out);
    command.arg("--check").env("GITHUB_ACTIONS", "true").env("GITHUB_WORKSPACE", folder.path());
    let ran = Ran::of(&mut command).exits_with(1);

    let (begin, rest) = ran.stdout.split_once('\n').unwrap();
    let token = begin.strip_prefix("::stop-commands::").unwrap();
    let (diff, annotations) = rest.split_once(&format!("::{token}::\n")).unwrap();
    assert_eq!(sections(diff).len(), 2);
    let annotations: Vec<&str> = annotations.lines().collect();
    assert_eq!(annotations.len(), 2, "{annotations:?}");
    assert!(annotations[0].starts_with("::error file=the crate/README.md,line=1::"), "{annotations:?}");
    let changed = format!("::error file=the crate/src/lib.rs,line={}::", lines + 1);
    assert!(annotations[1].starts_with(&changed), "{annotations:?}");
    assert!(annotations.iter().all(|line| line.contains("run: cargo xtask codegen --out ")), "{annotations:?}");
}

/// The name and the text of a stray file come from whoever wrote the checkout.
#[cfg(unix)]
#[test]
fn a_stray_file_gives_no_commands() {
    let (folder, out) = copy();
    let name = "LICENSE\n::add-path::evil\u{1b}]0;x\u{7}##[add-path]y.rs";
    fs::write(out.join(name), " ::error::x\n::error::y\n##[error]z\n\u{1b}[2J\n").unwrap();
    let evil = folder.path().join("a\n::add-path::b ##[c]");
    fs::rename(&out, &evil).unwrap();
    for actions in ["true", "false"] {
        let mut command = codegen_into(&evil);
        command.arg("--check").env("GITHUB_ACTIONS", actions).env("GITHUB_WORKSPACE", folder.path());
        let ran = Ran::of(&mut command).exits_with(1);
        for stream in [&ran.stdout, &ran.stderr] {
            assert!(!stream.contains("##[") && !stream.contains('\u{1b}'), "{stream}");
            let commands: Vec<&str> = stream.lines().filter(|line| line.trim_start().starts_with("::")).collect();
            let is_ours = |line: &&str| line.starts_with("::error file=a\\n%3A") || !line.contains("add-path");
            assert!(commands.iter().all(is_ours) && commands.len() <= 3, "{commands:?}");
        }
    }
}

#[test]
fn equal_documents_give_equal_bytes_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().join("here");
    Ran::of(&mut codegen_into(&here)).exits_with(0);

    let elsewhere = folder.path().join("else/where");
    let moved = folder.path().join("moved");
    fs::create_dir(&moved).unwrap();
    let mut command = codegen_into(&elsewhere);
    let strange = [("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("TZ", "Pacific/Kiritimati"), ("PATH", "")];
    command.current_dir(&moved).envs(strange).env_remove("HOME");
    Ran::of(&mut command).exits_with(0);

    // The same documents, with other paths and from another folder.
    let mut command = codegen_into(Path::new("../again"));
    command.args(copy_inputs(&moved));
    Ran::of(command.current_dir(&moved)).exits_with(0);

    let expected = committed();
    assert_same(&content(&here), &expected);
    assert_same(&content(&elsewhere), &expected);
    assert_same(&content(&folder.path().join("again")), &expected);
}

#[test]
fn a_checkout_writes_its_own_crate_from_any_of_its_folders() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir(root.join("xtask")).unwrap();
    for file in ["spec", "spec/overlays"].into_iter().flat_map(files_of).chain(modules()) {
        copy_of_spec(&file, &root.join("spec"));
    }
    for name in LICENSES {
        fs::copy(workspace().join(name), root.join(name)).unwrap();
    }
    let in_checkout = |from: &str| {
        let mut command = codegen();
        command
            .current_dir(root.join(from))
            .env("CARGO_MANIFEST_DIR", root.join("xtask"))
            .env("CARGO_PKG_NAME", "xtask");
        Ran::of(&mut command).exits_with(0)
    };
    let ran = in_checkout("");
    assert!(ran.stderr.lines().any(|line| line == "new qrs-generated/src/lib.rs"), "{}", ran.stderr);
    assert_same(&content(&root.join("qrs-generated")), &committed());
    let ran = in_checkout("spec");
    let files = committed().len();
    assert_eq!(ran.last_message(), format!("../qrs-generated is up to date ({files} files)"));
}

#[test]
fn generated_files_say_so_and_name_no_path_of_this_machine() {
    let root = workspace().to_str().unwrap();
    for (name, bytes) in committed() {
        let text = String::from_utf8(bytes).unwrap();
        let head: String = text.lines().take(5).collect();
        let is_marked = head.contains("@generated") && head.contains("cargo xtask codegen");
        assert!(is_marked || LICENSES.contains(&name.as_str()), "{name}");
        assert!(!text.contains(root), "{name}");
    }
}

#[test]
fn what_is_up_to_date_is_not_written() {
    let (_folder, out) = copy();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for file in committed().keys() {
        let file = File::options().append(true).open(out.join(file)).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    let written = || {
        let is_new = |file: &String| fs::metadata(out.join(file)).unwrap().modified().unwrap() != long_ago;
        committed().into_keys().filter(is_new).collect::<Vec<_>>()
    };

    let ran = Ran::of(&mut codegen_into(&out)).exits_with(0);
    assert_eq!(written(), [""; 0]);
    let files = committed().len();
    assert_eq!(ran.last_message(), format!("{} is up to date ({files} files)", out.display()));

    append(&out.join("src/lib.rs"), "// by hand\n");
    Ran::of(&mut codegen_into(&out)).exits_with(0);
    assert_eq!(written(), ["src/lib.rs"]);
}

#[test]
fn a_broken_document_leaves_the_crate_alone() {
    let (folder, out) = copy();
    append(&out.join("src/lib.rs"), "// by hand\n");
    let before = content(&out);
    let sound = fs::read_to_string(workspace().join("spec/licenses.yaml")).unwrap();
    let newer = sound.replacen("openapi: 3", "openapi: 9", 1);
    let dangling = sound.replacen("'#/components/schemas/", "'#/components/schemas/Nowhere", 1);
    let broken = folder.path().join("broken.yaml");

    let denied = "warnings are denied: the crate was left as it was";
    let (newer, dangling) = ((newer, "openapi: 9", 1), (dangling, "schemas/Nowhere", 1));
    for ((text, what, count), level, options, last) in
        [(newer, "error", None, "the crate was left as it was"), (dangling, "warning", Some("--deny-warnings"), denied)]
    {
        fs::write(&broken, &text).unwrap();
        let lines: Vec<usize> =
            (1..).zip(text.lines()).filter(|(_, line)| line.contains(what)).map(|(at, _)| at).collect();
        assert_eq!(lines.len(), count, "{what}");
        for mode in [None, Some("--check")] {
            let mut command = codegen_into(&out);
            command.args(mode).args(options).args(["--spec", "broken.yaml"]).current_dir(folder.path());
            command.env("GITHUB_ACTIONS", "true").env("GITHUB_WORKSPACE", folder.path());
            let ran = Ran::of(&mut command).exits_with(1);
            for line in &lines {
                let place = format!("broken.yaml:{line}:");
                let column = ran.stderr.split_once(&place).map(|(_, rest)| rest.chars().next());
                assert!(column.flatten().is_some_and(|first| first.is_ascii_digit()), "{place} in\n{}", ran.stderr);
                let annotation = format!("::{level} file=broken.yaml,line={line},col=");
                assert!(ran.stdout.lines().any(|said| said.starts_with(&annotation)), "{}", ran.stdout);
            }
            assert!(!ran.stderr.contains('\x1b'), "no colours where no terminal is");
            assert_eq!(ran.last_message(), last);
            assert_same(&content(&out), &before);
        }
    }
}

#[test]
fn a_folder_that_is_not_a_generated_crate_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    fs::write(&notes, "precious").unwrap();
    for mode in [None, Some("--check")] {
        let ran = Ran::of(codegen_into(folder.path()).args(mode)).exits_with(2);
        assert!(ran.stderr.contains("is not empty (it holds notes.txt)"), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(content(folder.path()), BTreeMap::from([("notes.txt".to_owned(), b"precious".to_vec())]));

    for (out, message) in [
        (workspace(), "holds the whole workspace"),
        (Path::new("spec"), "holds spec/licenses.yaml"),
        (Path::new("qrs-generated/../.."), "holds the whole workspace"),
        (Path::new("xtask"), "is no crate that `cargo xtask codegen` generated"),
        (notes.as_path(), "is a file"),
        (Path::new("/"), "is the root of the file system"),
    ] {
        let ran = Ran::of(codegen_into(out).arg("--check")).exits_with(2);
        assert!(ran.stderr.contains(message), "{message:?} in\n{}", ran.stderr);
    }
}

#[test]
fn wrong_usage_and_unreadable_documents_exit_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let utf16 = folder.path().join("utf16.yaml");
    fs::write(&utf16, b"\xff\xfeo\0p\0").unwrap();
    let folder_name = folder.path().to_str().unwrap();
    for (arguments, message) in [
        (&["--overlay", "spec/none.yaml"][..], "spec/none.yaml: no such file"),
        (&["--overlay", "a", "--no-overlay"], "cannot be used with"),
        (&["--check", "--spec", folder_name], "a folder, not a file"),
        (&["--check", "--spec", utf16.to_str().unwrap()], "written in UTF-16"),
        (&["--chek"], "--check"),
        (&["--spec", "../qrs-codegen/tests/documents/calls.yaml"], "name its folder: --out DIR"),
    ] {
        let ran = Ran::of(codegen().args(arguments)).exits_with(2);
        assert!(ran.stderr.contains(message), "{message:?} in\n{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    Ran::of(Command::new(xtask()).current_dir(workspace())).exits_with(2);
    let help = Ran::of(codegen().arg("--help")).exits_with(0).stdout;
    assert!(help.contains("Examples:") && help.contains("Exit codes:"), "{help}");
}

/// A home folder may hold nothing but dot-files, and a repository's root is full of what nobody generated.
#[test]
fn a_home_folder_and_the_root_of_a_repository_are_refused_by_name() {
    let (folder, out) = copy();
    let home = folder.path().join("people/ada");
    fs::create_dir_all(&home).unwrap();
    fs::write(home.join(".bashrc"), "precious").unwrap();
    fs::create_dir(out.join(".git")).unwrap();
    let people = folder.path().join("people");
    for (out, message) in
        [(&home, "is your home folder"), (&people, "holds your home folder"), (&out, "is the root of a repository")]
    {
        let mut command = codegen_into(out);
        let ran = Ran::of(command.env("HOME", &home).env("USERPROFILE", &home)).exits_with(2);
        assert!(ran.stderr.contains(message), "{message:?} in\n{}", ran.stderr);
    }
    let ran = Ran::of(&mut codegen_into(&home)).exits_with(2);
    assert!(ran.stderr.contains("is not empty (it holds .bashrc)"), "{}", ran.stderr);
    assert_eq!(content(&people), BTreeMap::from([("ada/.bashrc".to_owned(), b"precious".to_vec())]));
}

/// A file in the crate's folder that no run wrote is somebody's, whatever git thinks of it.
#[test]
fn a_file_of_somebody_else_is_named_and_stays() {
    let (_folder, out) = copy();
    fs::write(out.join("my notes.log"), "mine").unwrap();
    append(&out.join("src/lib.rs"), "// by hand\n");
    let before = content(&out);
    let ran = Ran::of(&mut codegen_into(&out)).exits_with(2);
    assert!(ran.stderr.contains(&format!("\n  {}/my notes.log\n", out.display())), "{}", ran.stderr);
    assert_same(&content(&out), &before);
    let ran = Ran::of(codegen_into(&out).arg("--prune")).exits_with(0);
    assert!(ran.stderr.contains(&format!("deleted {}/my notes.log", out.display())), "{}", ran.stderr);
    assert_same(&content(&out), &committed());
}

#[cfg(unix)]
#[test]
fn a_crate_is_not_written_through_a_link() {
    let (folder, out) = copy();
    append(&out.join("src/lib.rs"), "// by hand\n");
    let before = content(&out);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&out, &link).unwrap();
    for link in [link.clone(), link.join("")] {
        let ran = Ran::of(&mut codegen_into(&link)).exits_with(2);
        assert!(ran.stderr.contains("link is a symbolic link"), "{}", ran.stderr);
    }
    assert_same(&content(&out), &before);
}

/// A folder in which nothing can be renamed stops the run after other files are in place. Root may write anywhere, so
/// as root the command runs as nobody.
#[cfg(unix)]
#[test]
fn a_failure_in_the_middle_is_undone() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65534;

    let (folder, out) = copy();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    append(&out.join("Cargo.toml"), "# by hand\n");
    append(&out.join("src/lib.rs"), "// by hand\n");
    let before = content(&out);
    let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;

    let command = folder.path().join("xtask");
    fs::copy(xtask(), &command).unwrap();
    let mut command = Command::new(command);
    command.arg("codegen").current_dir(folder.path()).args(["--out", "the crate"]);
    let inputs = copy_inputs(folder.path());
    for name in inputs.iter().filter(|argument| !argument.starts_with("--")) {
        mode(&folder.path().join(name), 0o644);
    }
    command.args(inputs);
    if is_root {
        mode(folder.path(), 0o755);
        let mut owned = vec![out.clone()];
        while let Some(path) = owned.pop() {
            chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
            if path.is_dir() {
                owned.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
        }
        command.uid(NOBODY).gid(NOBODY);
    }

    mode(&out.join("src"), 0o555);
    let ran = Ran::of(&mut command);
    mode(&out.join("src"), 0o755);
    let ran = ran.exits_with(2);
    assert!(ran.stderr.contains("the crate/src/lib.rs: Permission denied"), "{}", ran.stderr);
    assert!(ran.last_message().ends_with("the crate is as it was before"), "{}", ran.stderr);
    assert_same(&content(&out), &before);

    // The failure was the folder's: now that it is writable, the same command goes through.
    Ran::of(&mut command).exits_with(0);
    assert_same(&content(&out), &committed());
}

#[test]
fn hand_written_modules_are_carried() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let document = file("api.yaml", "openapi: 3.1.0\ninfo: { title: API, version: 1.0.0 }\npaths: {}\n");
    let module = file("helpers.rs", "//! Helpers.\n\n/// One.\npub const ONE: u8 = 1;\n");
    let out = folder.path().join("out");
    let run = |module: &Path| {
        let mut command = codegen_into(&out);
        command.arg("--spec").arg(&document).arg("--module").arg(module);
        Ran::of(&mut command)
    };
    run(&module).exits_with(0);
    let written = fs::read_to_string(out.join("src/helpers.rs")).unwrap();
    assert!(written.starts_with("// @generated by `cargo xtask codegen`"), "{written}");
    assert!(written.ends_with("pub const ONE: u8 = 1;\n"), "{written}");
    assert!(fs::read_to_string(out.join("src/lib.rs")).unwrap().contains("pub mod helpers;"));

    let before = content(&out);
    let refusals = [
        ("types.rs", "", "the crate has a module `types` already"),
        ("not-a-name.rs", "", "its name is no name of a module"),
        ("broken.rs", "fn {", "it is not Rust"),
    ];
    for (name, text, reason) in refusals {
        let said = run(&file(name, text)).exits_with(1).stderr;
        assert!(said.contains("error[invalid-module]") && said.contains(reason), "{said}");
    }
    assert_eq!(content(&out), before, "a module that is refused changes nothing");
}

#[test]
fn licences_are_carried_as_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let document = file("api.yaml", "openapi: 3.1.0\ninfo: { title: API, version: 1.0.0 }\npaths: {}\n");
    let out = folder.path().join("out");
    let run = |license: &Path, more: &[&str]| {
        let mut command = codegen_into(&out);
        command.arg("--spec").arg(&document).arg("--license-file").arg(license).args(more);
        Ran::of(&mut command)
    };
    let license = file("LICENSE.txt", "Do as you like.\r\n");
    run(&license, &[]).exits_with(0);
    assert_eq!(fs::read(out.join("LICENSE.txt")).unwrap(), b"Do as you like.\r\n");
    run(&license, &["--check"]).exits_with(0);
    fs::write(out.join("LICENSE.txt"), "Do not.\n").unwrap();
    let drifted = run(&license, &["--check"]).exits_with(1);
    assert!(drifted.last_message().contains("--license-file"), "{}", drifted.stderr);
    assert!(drifted.stdout.contains("-Do not."), "{}", drifted.stdout);
    run(&license, &[]).exits_with(0);

    let before = content(&out);
    for name in ["Cargo.toml", "readme.MD", "src", "cargo.lock", "target"] {
        let said = run(&file(name, "text"), &[]).exits_with(2).stderr;
        assert!(said.contains("of its own"), "{said}");
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    let said = run(&file(".license", "text"), &[]).exits_with(2).stderr;
    assert!(said.contains("by ASCII letters"), "{said}");
    let said = run(&folder.path().join("NONE"), &[]).exits_with(2).stderr;
    assert!(said.contains("no such file"), "{said}");
    assert_eq!(content(&out), before, "a licence that is refused changes nothing");
}

/// The first Rust example of a README as a whole program. Lines that begin with `# ` are shown by no documentation,
/// and belong to the program.
fn example(readme: &Path) -> String {
    let text = fs::read_to_string(readme).unwrap_or_else(|error| panic!("{}: {error}", readme.display()));
    let mut lines = text.lines().skip_while(|line| !line.starts_with("```rust"));
    assert!(lines.next().is_some(), "{} has no Rust example", readme.display());
    let shown = lines.take_while(|line| !line.starts_with("```"));
    let whole = shown.map(|line| if line == "#" { "" } else { line.strip_prefix("# ").unwrap_or(line) });
    let code = whole.collect::<Vec<_>>().join("\n");
    assert!(code.contains("qrs_generated"), "the example of {} uses the crate", readme.display());
    if code.contains("fn main(") {
        return code;
    }
    format!(
        "#[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{code}\nreturn Ok(());\n}}\n"
    )
}

#[test]
#[ignore = "compiles the client and a crate that uses it; run by cargo xtask ci"]
fn the_examples_compile_in_a_crate_of_a_user() {
    let scratch = tempfile::tempdir().unwrap();
    let bin = scratch.path().join("src/bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(bin.join("readme.rs"), example(&workspace().join("README.md"))).unwrap();
    fs::write(bin.join("crate_readme.rs"), example(&workspace().join("qrs-generated/README.md"))).unwrap();
    let generated = serde_json::Value::from(workspace().join("qrs-generated").to_str().unwrap());
    let manifest = format!(
        r#"[package]
name = "scratch"
version = "0.1.0"
edition = "2024"

[dependencies]
qrs-generated = {{ path = {generated} }}
tokio = {{ version = "1", features = ["macros", "rt-multi-thread"] }}

[workspace]
"#
    );
    fs::write(scratch.path().join("Cargo.toml"), manifest).unwrap();
    fs::copy(workspace().join("Cargo.lock"), scratch.path().join("Cargo.lock")).unwrap();

    // Beside the workspace's own builds, so that the dependencies are compiled once and not for every run.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("scratch");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--offline", "--quiet", "--bins"]).current_dir(scratch.path());
    cargo.env("CARGO_TARGET_DIR", target).env("CARGO_INCREMENTAL", "0");
    Ran::of(&mut cargo).exits_with(0);
}
