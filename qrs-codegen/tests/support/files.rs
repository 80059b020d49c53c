//! The files that a document refers to, out of a folder beside it.

use std::fs;
use std::path::Path;

use qrs_codegen::File;

/// What `attempt` comes to when it has those files of the folder that it turns out to want; what is not there cannot be read.
pub(crate) fn with_files<T, E>(
    folder: &Path,
    attempt: impl Fn(&[File<'_>]) -> Result<T, E>,
    wanted: impl Fn(&E) -> &[String],
) -> Result<T, E> {
    let mut texts: Vec<(String, Option<String>)> = Vec::new();
    loop {
        let files: Vec<File<'_>> = texts
            .iter()
            .map(|(name, text)| File { name, shown: name, text: text.as_deref().ok_or("there is no such file") })
            .collect();
        match attempt(&files) {
            Err(refused) if !wanted(&refused).is_empty() => {
                let read = |name: &String| (name.clone(), fs::read_to_string(folder.join(name)).ok());
                texts.extend(wanted(&refused).iter().map(read));
            }
            done => return done,
        }
    }
}
