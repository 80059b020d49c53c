//! The sessions in `docs/qrs.md` are what the command prints on a fresh `qrs demo`. `UPDATE_EXPECT=1` rewrites them.
//!
//! Dates, ports, identifiers and long numbers differ from run to run, so they are not compared.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::Checked;
use crate::binary::{Ran, bare, run};
use crate::demo::Demo;

/// The words of a line, as a shell of Unix splits them.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars() {
        match (letter, quote) {
            ('\'' | '"', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (end, Some(open)) if end == open => quote = None,
            (' ', None) => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// The text without what differs from run to run.
fn stable(text: &str) -> String {
    let is_end = |letter: char| !letter.is_ascii_hexdigit() && !"-:.TZ".contains(letter);
    let mut out = String::new();
    for word in text.split_inclusive(is_end) {
        let token = word.trim_end_matches(is_end);
        let digits = token.chars().filter(char::is_ascii_digit).count();
        let is_uuid = token.len() == 36 && token.matches('-').count() == 4;
        let shown = if is_uuid || digits > 3 { "#" } else { token };
        let _ = write!(out, "{shown}{}", &word[token.len()..]);
    }
    out
}

/// A text with the names that the page has for the site on this machine.
fn named(text: &str, demo: &Demo) -> String {
    let folder = demo.folder.path().to_string_lossy();
    let mut text = text.replace(&*folder, "/home/ada/qrs-demo");
    for (port, told) in demo.ports.iter().zip(["4242", "4243"]) {
        text = text.replace(&format!("localhost:{port}"), &format!("localhost:{told}"));
        text = text.replace(&format!(" {port} is open"), &format!(" {told} is open"));
    }
    // Some machines have several addresses of this name.
    text.lines()
        .map(|line| match line.split_once("localhost:4242 is ") {
            Some((before, _)) => format!("{before}localhost:4242 is 127.0.0.1\n"),
            None => format!("{line}\n"),
        })
        .collect()
}

/// Runs one line of a session, and returns what a terminal shows.
async fn shown(line: &str, listed: &str, demo: &Demo, last: &mut i32) -> String {
    let words = words(line);
    let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["echo", "$?"] => format!("{last}\n"),
        // A file that the page shows, and that commands after it read.
        ["cat", file] => {
            let path = demo.folder.path().join(file);
            if !path.exists() {
                fs::write(&path, listed).unwrap();
            }
            fs::read_to_string(&path).unwrap()
        }
        ["qrs", "demo", ..] => demo.told.clone(),
        ["qrs", arguments @ ..] => {
            let mut command = bare();
            command.args(arguments).env("QRS_CONFIG", demo.config()).current_dir(demo.folder.path());
            let Ran { code, out, err } = run(command).await;
            *last = code;
            out + &err
        }
        _ => listed.to_owned(),
    }
}

/// A block of the page, run again.
async fn again(block: &str, demo: &Demo, last: &mut i32) -> String {
    let mut out = String::new();
    for part in format!("\n{block}").split("\n$ ").skip(1) {
        let (line, listed) = part.split_once('\n').unwrap_or((part, ""));
        let listed =
            if listed.is_empty() || listed.ends_with('\n') { listed.to_owned() } else { format!("{listed}\n") };
        let shown = named(&shown(line, &listed, demo, last).await, demo);
        let shown = shown.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n");
        // What the page shows stays, unless something else than dates and numbers differs.
        let kept = if stable(&shown) == stable(&listed) { listed } else { shown };
        let _ = write!(out, "$ {line}\n{kept}");
    }
    out
}

#[tokio::test]
#[cfg_attr(windows, ignore = "the page shows a session in a shell of Unix")]
async fn the_page_shows_what_the_command_prints() -> Checked {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/qrs.md");
    let page = fs::read_to_string(&path)?;
    let demo = Demo::start()?;
    let (mut out, mut last) = (String::new(), 0);
    for (index, part) in page.split("```").enumerate() {
        // Every other part is a block of code.
        let text = match part.strip_prefix("console\n") {
            Some(block) if index % 2 == 1 => format!("console\n{}", again(block, &demo, &mut last).await),
            _ => part.to_owned(),
        };
        let _ = write!(out, "{}{text}", if index == 0 { "" } else { "```" });
    }
    expect_test::expect_file![path].assert_eq(&out);
    Ok(())
}
