//! Properties that have to hold of every text that the generator is given.

use qrs_codegen::report::Style;
use qrs_codegen::{Input, NoFiles, Source, generate};

/// Generates from a text, with what follows a line `---overlay` as an overlay, and panics if it is not handled: no defect,
/// a report that can be rendered, and nothing but Rust.
#[track_caller]
pub(crate) fn text_is_handled(text: &str) {
    let (text, overlay) = match text.split_once("\n---overlay\n") {
        Some((text, overlay)) => (text, Some(Source { name: "overlay.yaml", text: overlay })),
        None => (text, None),
    };
    let document = Source { name: "document.yaml", text };
    let result =
        generate(&Input { document, overlays: overlay.as_slice(), files: &NoFiles, modules: &[], command: "test" });
    let report = match &result {
        Ok(generated) => &generated.report,
        Err(report) => &**report,
    };
    assert_eq!(result.is_err(), report.has_errors());
    assert!(!report.diagnostics().any(|found| found.problem.code() == "defect"), "{report}\n{text}");
    let rendered = report.render(Style::Plain);
    assert!(!rendered.contains('\u{1b}'), "{rendered:?}");
    let Ok(generated) = result else { return };
    for (name, text) in &generated.files {
        let is_source = name.strip_prefix("src/").is_some_and(|name| !name.starts_with("runtime/"));
        if is_source && let Err(error) = syn::parse_file(text) {
            panic!("{name} is not Rust: {error}\n{text}");
        }
    }
}
