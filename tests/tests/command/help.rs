//! The help and the manual page, which people read first. `UPDATE_EXPECT=1` rewrites the golden texts.

use std::fmt::Write as _;

use expect_test::expect_file;

use crate::Checked;
use crate::binary::{bare, run};

async fn said(arguments: &[&str]) -> String {
    let mut command = bare();
    command.args(arguments);
    // An ending of lines is the system's, and spaces at their ends are clap's.
    let out = run(command).await.code(0).out;
    out.lines().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", line.trim_end());
        text
    })
}

#[tokio::test]
async fn help_is_as_expected() -> Checked {
    let mut golden = String::new();
    for arguments in [
        &["-h"][..],
        &["--help"],
        &["status", "-h"],
        &["report", "-h"],
        &["allocate", "--help"],
        &["release", "-h"],
        &["sync", "-h"],
        &["swap", "-h"],
        &["excess", "-h"],
        &["apply", "-h"],
        &["rules", "-h"],
        &["rules", "import", "-h"],
        &["site", "-h"],
        &["access-type", "-h"],
        &["access-type", "create-professional", "-h"],
    ] {
        let _ = writeln!(golden, "$ qrs {}\n{}", arguments.join(" "), said(arguments).await);
    }
    expect_file!["golden/help.txt"].assert_eq(&golden);
    Ok(())
}

#[tokio::test]
async fn the_manual_page_is_as_expected() -> Checked {
    expect_file!["golden/qrs.1"].assert_eq(&said(&["man"]).await);
    Ok(())
}

#[tokio::test]
async fn shells_complete_the_command() -> Checked {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = said(&["completions", shell]).await;
        assert!(script.contains("allocate") && script.contains("access-type"), "{shell}");
    }
    Ok(())
}

/// Descriptions are those of the document and of its overlays, which Rust's users read, too.
#[tokio::test]
async fn the_help_of_an_operation_has_no_rust_and_no_blank() -> Checked {
    for (group, operation) in [
        ("license", "set"),
        ("license", "delete"),
        ("access-type", "create-professional"),
        ("user", "update"),
        ("system-rule", "create"),
        ("license-audit", "run"),
    ] {
        let mut command = bare();
        command.args([group, operation, "-h"]);
        let short = run(command).await;
        if short.code != 0 {
            continue;
        }
        let long = said(&[group, operation, "--help"]).await;
        for text in [&short.out, &long] {
            assert!(
                !text.contains("::") && !text.contains("](") && !text.contains("[`"),
                "{group} {operation}: {text}"
            );
        }
        let blank =
            short.out.lines().find(|line| line.trim_start().starts_with("--") && line.trim_end().ends_with('>'));
        // A long name has its text in the next line.
        let next = blank.and_then(|blank| short.out.lines().skip_while(|line| *line != blank).nth(1));
        assert!(next.is_none_or(|next| !next.trim().is_empty() && !next.trim().starts_with("--")), "{blank:?}");
    }
    Ok(())
}

/// The name of a site may be that of a subcommand.
#[cfg(unix)]
#[tokio::test]
async fn bash_completes_after_a_global_option() -> Checked {
    let script = said(&["completions", "bash"]).await;
    // Otherwise clap writes another script than the one whose loop is replaced.
    assert_eq!(script.matches("local before=\"\"").count(), 1, "{script}");
    for (words, expected) in [
        ("qrs al", "allocate"),
        ("qrs --site prod al", "allocate"),
        ("qrs --site demo al", "allocate"),
        ("qrs --site rules rules li", "list"),
        ("qrs --site = demo al", "allocate"),
        ("qrs --site = rules rules li", "list"),
    ] {
        let last: Vec<&str> = words.rsplit(' ').collect();
        let call = format!(
            "COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _qrs qrs {} {}; echo \"${{COMPREPLY[*]}}\"",
            last[0], last[1]
        );
        let Ok(output) = std::process::Command::new("bash").args(["-c", &format!("{script}\n{call}")]).output() else {
            return Ok(());
        };
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected, "{words}");
    }
    Ok(())
}
