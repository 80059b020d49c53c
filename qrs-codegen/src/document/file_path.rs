//! Paths of files that references name: worked out of the reference's text alone, and never out of the document's folder.

use crate::pointer::percent_decoded;

/// The path from the document's folder to the file that `reference` names in the file `base`, or the reason why it is
/// refused.
pub(super) fn resolve(base: &str, reference: &str) -> Result<String, &'static str> {
    const NETWORK: &str = "nothing is read over the network: save the file in the document's folder";
    const OUTSIDE: &str = "only files in the document's folder, and in folders inside it, are read";
    let path = percent_decoded(reference);
    if path.contains(char::is_control) || path.len() > 1024 {
        return Err("it is no path of a file");
    }
    let before_colon = path.split_once(':').map(|(scheme, _)| scheme);
    if path.starts_with("//") || path.starts_with("\\\\") || before_colon.is_some_and(|scheme| scheme.len() > 1) {
        return Err(NETWORK);
    }
    // A letter and a colon are a drive.
    if path.starts_with('/') || path.contains('\\') || before_colon.is_some() {
        return Err(OUTSIDE);
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err(OUTSIDE);
                }
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() { Err(OUTSIDE) } else { Ok(parts.join("/")) }
}

/// Whether a path ends with the name of a file. An identifier usually does not.
pub(super) fn has_extension(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn a_path_stays_in_the_folder() {
        let found = |base: &str, reference: &str| resolve(base, reference).unwrap_or_else(|help| help[..7].to_owned());
        assert_eq!(found("api.yaml", "pet.yaml"), "pet.yaml");
        assert_eq!(found("api.yaml", "./a/../b/pet%20one.yaml"), "b/pet one.yaml");
        assert_eq!(found("schemas/pet.yaml", "../paths/a.yaml"), "paths/a.yaml");
        assert_eq!(found("schemas/pet.yaml", "tag.yaml"), "schemas/tag.yaml");
        for (outside, said) in [
            ("../api.yaml", "only fi"),
            ("a/../../etc/passwd", "only fi"),
            ("%2e%2e/api.yaml", "only fi"),
            ("..%2fapi.yaml", "only fi"),
            ("/etc/passwd", "only fi"),
            ("%2Fetc%2Fpasswd", "only fi"),
            ("C:/secrets.yaml", "only fi"),
            ("C:\\secrets.yaml", "only fi"),
            ("..\\api.yaml", "only fi"),
            (".", "only fi"),
            ("\\\\host\\share", "nothing"),
            ("//host/a.yaml", "nothing"),
            ("http://example.com/a.yaml", "nothing"),
            ("FILE:///etc/passwd", "nothing"),
            ("data:,x", "nothing"),
            ("a\0b", "it is n"),
        ] {
            assert_eq!(found("api.yaml", outside), said, "{outside}");
        }
    }
}
