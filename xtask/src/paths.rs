//! Paths and their names in messages.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use qrs_codegen::diagnostic::is_treacherous;

use crate::harmless;

/// A file or folder that the command works on.
#[derive(Clone, Debug)]
pub(crate) struct NamedPath {
    /// Reaches it from the current directory.
    pub(crate) path: PathBuf,
    /// Names it in messages: relative to the current directory where that is possible, `/` between the parts.
    pub(crate) shown: String,
}

impl NamedPath {
    /// A path that the user gave, relative to the current directory as all paths on a command line are.
    pub(crate) fn given(path: &Path) -> Self {
        // Collecting the components drops a trailing separator, with which a symbolic link would count as its target.
        let path: PathBuf = path.components().collect();
        let shown = env::current_dir()
            .ok()
            .and_then(|here| path.strip_prefix(here).ok())
            .filter(|inside| !inside.as_os_str().is_empty())
            .map_or_else(|| show(&path), show);
        Self { path, shown }
    }

    /// A path inside this workspace.
    pub(crate) fn in_workspace(relative: &str) -> Self {
        let path = workspace().join(relative);
        let shown = env::current_dir()
            .ok()
            .and_then(|here| relative_to(&here, &path))
            .map_or_else(|| show(&path), |relative| show(&relative));
        Self { path, shown }
    }

    /// The name of a file inside this folder in messages.
    pub(crate) fn show_inside(&self, relative: &Path) -> String {
        if self.shown == "." { show(relative) } else { format!("{}/{}", self.shown, show(relative)) }
    }
}

/// The root of this workspace, whatever the current directory is.
///
/// Cargo names the package's folder both when it builds a program and when it runs it. The latter counts: two checkouts that
/// share a target folder share the program, and one must not write into the other.
pub(crate) fn workspace() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let is_run_by_cargo = env::var_os("CARGO_PKG_NAME").is_some_and(|name| name == env!("CARGO_PKG_NAME"));
        let told = is_run_by_cargo.then(|| env::var_os("CARGO_MANIFEST_DIR")).flatten();
        let package = told.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        package.parent().unwrap_or(&package).to_owned()
    })
}

/// The command line that runs a task of this workspace from the current folder. Cargo knows the alias within the workspace
/// only.
pub(crate) fn task_command(task: &str) -> String {
    let here = env::current_dir().and_then(|here| here.canonicalize());
    let root = workspace().canonicalize();
    match (here, root) {
        (Ok(here), Ok(root)) if !here.starts_with(&root) => {
            let manifest = NamedPath::in_workspace("Cargo.toml").shown;
            format!("cargo run --manifest-path {} --package xtask -- {task}", quote(OsStr::new(&manifest)))
        }
        _ => format!("cargo xtask {task}"),
    }
}

/// A path for messages: `/` between the parts on every system, and nothing that could steer a terminal.
pub(crate) fn show(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = harmless::line(&text);
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// The relative path from an absolute folder to a path. `None` if they share nothing but the root: then the absolute path
/// reads better.
fn relative_to(folder: &Path, path: &Path) -> Option<PathBuf> {
    let shared = folder
        .components()
        .zip(path.components())
        .take_while(|(left, right)| left == right)
        .filter(|(left, _)| matches!(left, Component::Normal(_)))
        .count();
    if shared == 0 {
        return None;
    }
    let is_named = |part: &Component<'_>| matches!(part, Component::Normal(_));
    let up = folder.components().filter(is_named).count() - shared;
    let down = path.components().filter(is_named).skip(shared);
    let way: PathBuf = std::iter::repeat_n(Component::ParentDir, up).chain(down).collect();
    Some(way).filter(|way| !way.as_os_str().is_empty())
}

/// Follows every symbolic link in the part of a path that exists; the rest need not exist yet.
pub(crate) fn resolve(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut missing: Vec<Component<'_>> = Vec::new();
    let mut there = absolute.as_path();
    loop {
        match there.canonicalize() {
            Ok(mut real) => {
                for part in missing.iter().rev() {
                    match part {
                        Component::ParentDir => _ = real.pop(),
                        part => real.push(part),
                    }
                }
                return Ok(real);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (Some(parent), Some(last)) = (there.parent(), there.components().next_back()) else {
                    return Err(error);
                };
                missing.push(last);
                there = parent;
            }
            Err(error) => return Err(error),
        }
    }
}

/// An argument as a shell takes it: quoted only where it needs to be. Characters that could steer a terminal or a CI runner
/// are written as escapes, as bash and zsh read them within `$'…'`.
pub(crate) fn quote(argument: &OsStr) -> String {
    let text = argument.to_string_lossy();
    let plain = |character: char| character.is_alphanumeric() || "-_./:=@%+,".contains(character);
    if cfg!(windows) {
        let plain = |character: char| plain(character) || character == '\\';
        return if text.chars().all(plain) { text.into_owned() } else { format!("\"{}\"", harmless::line(&text)) };
    }
    if harmless::line(&text) == text {
        if !text.is_empty() && text.chars().all(plain) {
            return text.into_owned();
        }
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut quoted = "$'".to_owned();
    for character in text.chars() {
        match character {
            '\'' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted += "\\n",
            '#' => quoted += "\\x23",
            character if is_treacherous(character) => _ = write!(quoted, "\\U{:08x}", u32::from(character)),
            character => quoted.push(character),
        }
    }
    quoted + "'"
}

/// Whether an open file is the one at a path.
#[cfg(unix)]
pub(crate) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    match (file.metadata(), path.symlink_metadata()) {
        (Ok(open), Ok(found)) => (open.dev(), open.ino()) == (found.dev(), found.ino()),
        _ => false,
    }
}

/// The standard library cannot compare files on this system. The path was checked after the file was opened, at least.
#[cfg(not(unix))]
pub(crate) fn is_at(_file: &File, path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::{Path, PathBuf};

    use super::{quote, relative_to, resolve};

    #[test]
    fn a_relative_path_climbs_and_descends() {
        let way = |from: &str, to: &str| relative_to(Path::new(from), Path::new(to));
        assert_eq!(way("/a/b", "/a/b/c/d"), Some(PathBuf::from("c/d")));
        assert_eq!(way("/a/b/x/y", "/a/b/c"), Some(PathBuf::from("../../c")));
        assert_eq!(way("/tmp", "/a/b"), None);
        assert_eq!(way("/", "/a/b"), None);
        assert_eq!(way("/a", "/a"), None);
    }

    #[test]
    fn a_path_that_does_not_exist_is_resolved_from_its_last_folder_that_does() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        assert_eq!(resolve(folder.path()).unwrap(), real);
        assert_eq!(resolve(&real.join("new/../other/deep")).unwrap(), real.join("other/deep"));
    }

    #[cfg(unix)]
    #[test]
    fn arguments_are_quoted_only_where_a_shell_would_take_them_apart() {
        let quoted = |text: &str| quote(OsStr::new(text));
        assert_eq!(quoted("spec/licenses-2025.yaml"), "spec/licenses-2025.yaml");
        assert_eq!(quoted("my spec.yaml"), "'my spec.yaml'");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a\n::error::'b\\'\u{1b}c"), r"$'a\n::error::\'b\\\'\U0000001bc'");
        assert_eq!(quoted("##[add-path]x"), r"$'\x23\x23[add-path]x'");
    }
}
