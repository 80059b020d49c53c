//! The report as a `JUnit` file, which CI servers show as tests.

use std::fmt::Write as _;

use super::entries::effects;
use super::{Change, Changes, places};

impl Changes {
    /// Renders the changes as a `JUnit` file: each one is a test case, which fails if `fails` says so of it. A change that is
    /// approved is a test that was skipped.
    #[must_use]
    pub fn to_junit(&self, fails: impl Fn(&Change) -> bool) -> String {
        let failures = self.iter().filter(|change| change.approval.is_none() && fails(change)).count();
        let skipped = self.iter().filter(|change| change.approval.is_some()).count();
        let count = self.iter().count();
        let counts = format!("tests=\"{count}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"");
        let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let _ = writeln!(text, "<testsuites {counts}>\n  <testsuite name=\"{}\" {counts}>", escaped(&self.summary()));
        for change in self {
            case(&mut text, change, fails(change));
        }
        text + "  </testsuite>\n</testsuites>\n"
    }
}

fn case(text: &mut String, change: &Change, fails: bool) {
    let (name, class) = (escaped(&change.to_string()), change.kind.id());
    let open = format!("    <testcase classname=\"{class}\" name=\"{name}\"");
    let _ = if let Some(approval) = &change.approval {
        let message = escaped(&format!("approved until {}: {}", approval.until, approval.reason));
        writeln!(text, "{open}>\n      <skipped message=\"{message}\"/>\n    </testcase>")
    } else if fails {
        let advice = change.advice.as_ref().map(|advice| format!("To do: {advice}"));
        let lines: Vec<String> = [places(change), effects(change), advice].into_iter().flatten().collect();
        let (message, words) = (escaped(&change.detail), escaped(&lines.join("\n")));
        writeln!(
            text,
            "{open}>\n      <failure message=\"{message}\" type=\"{class}\">{words}</failure>\n    </testcase>"
        )
    } else {
        writeln!(text, "{open}/>")
    };
}

/// Text for an attribute or an element of XML.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            // XML 1.0 has no way to write the others.
            control if control.is_control() || matches!(control, '\u{FFFE}' | '\u{FFFF}') => escaped.push('\u{FFFD}'),
            other => escaped.push(other),
        }
    }
    escaped
}
