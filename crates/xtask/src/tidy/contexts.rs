//! Rule `contexts`: inside `domain` a context imports `shared` only, and one file per context names `cqrs_es`.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::Violation;
use super::rust::RustFile;

const RULE: &str = "contexts";
const DOMAIN: &str = "crates/domain/";
const SHARED: &str = "shared";

/// The contexts are the folders of `domain/src`.
pub fn names<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = paths.filter_map(|path| Some(place(path)?.0.to_owned())).collect();
    names.sort();
    names.dedup();
    names
}

/// The context a file belongs to, and its path within that context.
fn place(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix(DOMAIN)?.strip_prefix("src/")?.split_once('/')
}

pub fn check(file: &RustFile, contexts: &[String]) -> Vec<Violation> {
    let mut found = framework(file);
    let Some((own, inside)) = place(&file.path).filter(|(own, _)| *own != SHARED) else {
        return found;
    };
    let mut from_root = Vec::new();
    paths_from_root(&file.tokens, depth(inside), &mut from_root);
    for name in from_root {
        let text = name.to_string();
        let sibling = text != own && text != SHARED && contexts.contains(&text);
        if sibling {
            let message = format!(
                "context {own} must not use its sibling {text}; take the fact in the command, \
                 or react in services/worker/src/reactions/"
            );
            found.push(Violation::new(&file.path, name.span().start().line, RULE, message));
        }
    }
    found
}

/// cqrs-es stays an adapter: rules that do not name it survive it.
fn framework(file: &RustFile) -> Vec<Violation> {
    if !file.path.starts_with(DOMAIN) || file.path.ends_with("/aggregate.rs") {
        return Vec::new();
    }
    let mut tokens = Vec::new();
    super::rust::flatten(file.tokens.clone(), &mut tokens);
    let named = tokens.iter().filter(|token| token.text == "cqrs_es");
    let outside_tests = named.filter(|token| !file.is_test_line(token.line));
    let message = "only aggregate.rs may name cqrs_es; move the adapter code there";
    outside_tests.map(|token| Violation::new(&file.path, token.line, RULE, message)).collect()
}

/// How many `super` lead from the top of the file to the root of the crate.
fn depth(inside: &str) -> usize {
    let parts = inside.split('/').count();
    if inside.ends_with("mod.rs") { parts } else { parts + 1 }
}

/// Finds the first name after the root of the crate in every path, however it is written:
/// `crate::x`, `super::super::x`, `use crate::{x, y::z}`; macro bodies included.
fn paths_from_root(tokens: &TokenStream, depth: usize, found: &mut Vec<Ident>) {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        if let TokenTree::Group(group) = &trees[at] {
            let module = at >= 2 && is_word(&trees[at - 2], "mod");
            paths_from_root(&group.stream(), depth + usize::from(module), found);
        }
        let Some(rest) = root_prefix(&trees[at..], depth) else {
            at += 1;
            continue;
        };
        at += rest;
        match trees.get(at) {
            Some(TokenTree::Ident(name)) => found.push(name.clone()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                found.extend(first_of_each(&group.stream()));
            }
            Some(TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_)) | None => {}
        }
    }
}

/// The number of tokens of a prefix that reaches the root: `crate ::`, or `depth` times `super ::`.
fn root_prefix(trees: &[TokenTree], depth: usize) -> Option<usize> {
    let first = trees.first()?;
    let (word, count) = if is_word(first, "crate") { ("crate", 1) } else { ("super", depth) };
    let fits = |step: &&[TokenTree]| {
        step.len() == 3 && is_word(&step[0], word) && is_colon(&step[1]) && is_colon(&step[2])
    };
    let reached = trees.chunks(3).take(count).take_while(fits).count();
    (count > 0 && reached == count).then_some(count * 3)
}

fn first_of_each(list: &TokenStream) -> Vec<Ident> {
    let mut names = Vec::new();
    let mut starts = true;
    for tree in list.clone() {
        match tree {
            TokenTree::Ident(name) if starts => {
                names.push(name);
                starts = false;
            }
            TokenTree::Punct(punct) => starts = punct.as_char() == ',',
            TokenTree::Ident(_) | TokenTree::Group(_) | TokenTree::Literal(_) => starts = false,
        }
    }
    names
}

fn is_word(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

fn is_colon(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let file = RustFile::parse(path, text).unwrap();
        let contexts = ["call", "issue", "shared"].map(str::to_owned);
        check(&file, &contexts).into_iter().map(|violation| violation.line).collect()
    }

    const RULES: &str = "crates/domain/src/issue/dispatch.rs";
    const HEAD: &str = "crates/domain/src/issue/mod.rs";

    #[test]
    fn contexts_are_the_folders() {
        let paths = ["crates/domain/src/lib.rs", RULES, HEAD, "crates/views/src/call/a.rs"];
        assert_eq!(names(paths.into_iter()), ["issue"]);
    }

    #[test]
    fn accepts_shared_and_its_own() {
        let text = "use crate::shared::Actor;\nuse crate::issue::{State, call};\nuse super::call;\n\
                    pub(crate) fn f(a: crate::shared::Ids) {}\n";
        assert_eq!(lines(RULES, text), [0; 0]);
        assert_eq!(lines(HEAD, "mod call;\nuse self::call::Call;"), [0; 0]);
        assert_eq!(lines("crates/views/src/issue/mod.rs", "use crate::call::X;"), [0; 0]);
    }

    #[test]
    fn refuses_a_sibling_however_it_is_written() {
        assert_eq!(lines(RULES, "use crate::call::Call;"), [1]);
        assert_eq!(lines(RULES, "\nuse crate::{shared::Actor, call};"), [2]);
        assert_eq!(lines(RULES, "use super::super::call::Call;"), [1]);
        assert_eq!(lines(RULES, "use super::super::{shared, call::Call};"), [1]);
        assert_eq!(lines(HEAD, "use super::call::Call;"), [1]);
        assert_eq!(lines(RULES, "fn f() {\n    m!(crate::call::open());\n}"), [2]);
        assert_eq!(lines(RULES, "mod inner {\n    use super::super::super::call;\n}"), [2]);
    }

    #[test]
    fn a_child_with_the_name_of_a_sibling_is_no_sibling() {
        assert_eq!(lines(RULES, "mod inner {\n    use super::super::call;\n}"), [0; 0]);
    }

    #[test]
    fn only_the_adapter_and_tests_name_the_framework() {
        let text = "use cqrs_es::Aggregate;";
        assert_eq!(lines(RULES, text), [1]);
        assert_eq!(lines("crates/domain/src/issue/aggregate.rs", text), [0; 0]);
        assert_eq!(lines("crates/domain/src/issue/tests.rs", text), [0; 0]);
        assert_eq!(lines("crates/eventlog/src/session.rs", text), [0; 0]);
        let inline = "#[cfg(test)]\nmod tests {\n    use cqrs_es::Aggregate;\n}";
        assert_eq!(lines(RULES, inline), [0; 0]);
    }
}
