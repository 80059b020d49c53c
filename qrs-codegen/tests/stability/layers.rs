//! Checks that imports go one way: a module of the generator, or a folder of the runtime, uses only those above it in the
//! list that `ARCHITECTURE.md` and `runtime/mod.rs` have of them. So there is no circle of imports, either.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

type Failure = Box<dyn std::error::Error>;

/// A tree of source files whose first level of modules is in an order.
struct Layers {
    root: PathBuf,
    /// The path of the root module, below `crate`.
    prefix: &'static [&'static str],
    /// The first level of modules, the lowest first.
    order: Vec<String>,
}

/// The words that declare an item.
const ITEMS: [&str; 7] = ["const", "enum", "fn", "static", "struct", "trait", "type"];

/// A path that begins with `crate` or `super`, without it: the modules from the root of the crate.
type ModulePath = Vec<String>;

#[test]
fn the_modules_of_the_generator_use_only_those_above_them() -> Result<(), Failure> {
    let text = fs::read_to_string(project().join("../ARCHITECTURE.md"))?;
    let table = text.split("Each module uses only those above it.").nth(1).ok_or("ARCHITECTURE.md has no table")?;
    let layers = Layers { root: project().join("src"), prefix: &[], order: first_column(table) };
    assert_eq!(layers.against_the_order()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn the_folders_of_the_runtime_use_only_those_above_them() -> Result<(), Failure> {
    let root = project().join("runtime");
    let text = fs::read_to_string(root.join("mod.rs"))?;
    let order = first_column(&text.replace("//! ", ""));
    let layers = Layers { root, prefix: &["runtime"], order };
    assert_eq!(layers.against_the_order()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn an_import_against_the_order_is_found() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text);
    write("lib.rs", "mod lower; mod upper; pub use upper::Thing; pub struct Own;")?;
    write("upper.rs", "use super::lower;\n#[cfg(test)] mod tests { use crate::upper; }")?;
    let layers = Layers {
        root: folder.path().to_owned(),
        prefix: &[],
        order: ["lower", "upper", "lib"].map(str::to_owned).to_vec(),
    };
    let wrong = ["use crate::upper::a;", "use crate::{lower, upper::{a, b}};", "use crate::Thing;"];
    for text in wrong.into_iter().chain(["fn f() { crate::upper::f() }", "mod inner { use super::super::upper; }"]) {
        write("lower.rs", text)?;
        assert_eq!(layers.against_the_order()?, ["lower.rs uses `upper`"], "{text}");
    }
    write("lower.rs", "use crate::{Own, lower};")?;
    assert_eq!(layers.against_the_order()?, ["lower.rs uses `lib`"]);
    for text in ["use std::upper;", "mod upper { } use self::upper;", "#[cfg(test)] mod tests { use crate::upper; }"] {
        write("lower.rs", text)?;
        assert_eq!(layers.against_the_order()?, Vec::<String>::new(), "{text}");
    }
    write("other.rs", "")?;
    assert_eq!(layers.against_the_order()?, ["`other` has no place in the order"]);
    Ok(())
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names in the first column of the first table, in order.
fn first_column(text: &str) -> Vec<String> {
    let rows = text.lines().skip_while(|line| !line.starts_with("| ")).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(|name| name.trim_end_matches("/*").to_owned())
        .collect()
}

impl Layers {
    /// Every import against the order, and every module that the order does not have.
    fn against_the_order(&self) -> Result<Vec<String>, Failure> {
        let place: BTreeMap<&str, usize> =
            self.order.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let exports = self.exports()?;
        let mut problems = BTreeSet::new();
        for (file, module) in modules(&self.root)? {
            // A file at the root is one of the units; the root itself may use all of them.
            let Some(unit) = module.first() else { continue };
            let Some(own) = place.get(unit.as_str()) else {
                problems.insert(format!("`{unit}` has no place in the order"));
                continue;
            };
            let mut paths = Vec::new();
            let text = fs::read_to_string(self.root.join(&file))?;
            collect(text.parse::<TokenStream>().map_err(|error| format!("{file}: {error}"))?, &module, &mut paths);
            for path in paths {
                let Some(used) = self.unit(&path, &exports) else { continue };
                if place.get(used).is_some_and(|place| place > own) {
                    problems.insert(format!("{file} uses `{used}`"));
                }
            }
        }
        Ok(problems.into_iter().collect())
    }

    /// The module of the first level that a path leads into, by way of what the root exports or not.
    fn unit<'a>(&self, path: &'a [String], exports: &'a BTreeMap<String, String>) -> Option<&'a str> {
        let below_crate = path.first().is_some_and(|first| self.prefix.contains(&first.as_str()));
        let name = path.get(usize::from(below_crate))?;
        Some(exports.get(name).unwrap_or(name))
    }

    /// The names that the root exports, with the modules that they come from.
    fn exports(&self) -> Result<BTreeMap<String, String>, Failure> {
        let root = ["lib.rs", "mod.rs"].into_iter().map(|name| self.root.join(name)).find(|path| path.exists());
        let tokens: Vec<TokenTree> =
            fs::read_to_string(root.ok_or("no root")?)?.parse::<TokenStream>()?.into_iter().collect();
        let mut exports = BTreeMap::new();
        // The items of the root itself are above all modules.
        for at in (0..tokens.len()).filter(|at| ITEMS.iter().any(|kind| is_word(tokens.get(*at), kind))) {
            exports.extend(tokens.get(at + 1).map(|name| (name.to_string(), "lib".to_owned())));
        }
        for at in (0..tokens.len()).filter(|at| is_word(tokens.get(*at), "use")) {
            let mut paths = Vec::new();
            tree(&tokens, at + 1, &Vec::new(), &mut paths);
            for path in paths.into_iter().filter(|path| self.order.contains(&path[0])) {
                exports.insert(path[path.len() - 1].clone(), path[0].clone());
            }
        }
        Ok(exports)
    }
}

/// The source files below a folder, with the modules that they are; those of tests are left out.
fn modules(root: &Path) -> Result<Vec<(String, ModulePath)>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.strip_prefix(root)?.to_str().ok_or("a name is not Unicode")?.replace('\\', "/");
            if path.is_dir() {
                open.push(path);
            } else if let Some(stem) = name.strip_suffix(".rs") {
                let mut module: ModulePath = stem.split('/').map(str::to_owned).collect();
                _ = module.pop_if(|last| last == "mod");
                if !module.iter().any(|segment| segment == "tests") {
                    found.push((name, module));
                }
            }
        }
    }
    Ok(found)
}

/// Collects the paths in tokens of `module`, but for those of tests.
fn collect(tokens: TokenStream, module: &ModulePath, paths: &mut Vec<ModulePath>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) if is_test(group) => at = end_of_item(&tokens, at),
            TokenTree::Group(group) => {
                let inner = (group.delimiter() == Delimiter::Brace && at > 1 && is_word(tokens.get(at - 2), "mod"))
                    .then(|| [module.as_slice(), &[tokens[at - 1].to_string()]].concat());
                collect(group.stream(), inner.as_ref().unwrap_or(module), paths);
            }
            TokenTree::Ident(word) if word == "crate" || word == "super" => {
                let mut base = if word == "crate" { Vec::new() } else { parent(module) };
                let mut next = at + 1;
                while is_separator(&tokens, next) && is_word(tokens.get(next + 2), "super") {
                    base = parent(&base);
                    next += 3;
                }
                if is_separator(&tokens, next) {
                    tree(&tokens, next + 2, &base, paths);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Adds the paths of a use tree, or the one path of an expression, that begins at a token.
fn tree(tokens: &[TokenTree], at: usize, before: &ModulePath, paths: &mut Vec<ModulePath>) {
    match tokens.get(at) {
        Some(TokenTree::Ident(name)) => {
            let path = if name == "self" { before.clone() } else { [before.as_slice(), &[name.to_string()]].concat() };
            if is_separator(tokens, at + 1) {
                tree(tokens, at + 3, &path, paths);
            } else if !path.is_empty() {
                paths.push(path);
            }
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let starts = (0..inner.len()).filter(|at| *at == 0 || is_mark(inner.get(at - 1), ','));
            starts.for_each(|start| tree(&inner, start, before, paths));
        }
        // `*`, or the generics of a type.
        _ if !before.is_empty() => paths.push(before.clone()),
        _ => {}
    }
}

/// The module around a module.
fn parent(module: &[String]) -> ModulePath {
    module.split_last().map_or_else(Vec::new, |(_, around)| around.to_vec())
}

/// The last token of the item whose attribute is at a token.
fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_mark(Some(token), ';'),
    };
    tokens.iter().skip(at).position(is_end).map_or(tokens.len(), |behind| at + behind)
}

/// Whether this is the `[cfg(test)]` of an attribute.
fn is_test(group: &proc_macro2::Group) -> bool {
    let text = group.stream().to_string().replace(' ', "");
    group.delimiter() == Delimiter::Bracket && (text == "cfg(test)" || text.starts_with("cfg(all(test,"))
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    is_mark(tokens.get(at), ':') && is_mark(tokens.get(at + 1), ':')
}
