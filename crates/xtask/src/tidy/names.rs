//! Rule `names`: no names that say nothing, no sleeping or skipped tests, no unfinished code, no silenced lints.

use super::Violation;
use super::rust::{RustFile, Token, flatten};

const RULE: &str = "names";
const EMPTY_ENDINGS: [&str; 5] = ["Manager", "Helper", "Helpers", "Util", "Utils"];
const EMPTY_MODULES: [&str; 7] =
    ["util", "utils", "common", "helper", "helpers", "manager", "managers"];

/// A token sequence that must not occur, and what to do instead.
struct Banned {
    sequence: &'static [&'static str],
    tests_only: bool,
    advice: &'static str,
}

const BANNED: [Banned; 9] = [
    Banned {
        sequence: &["todo", "!", "("],
        tests_only: false,
        advice: "finish it or leave it out",
    },
    Banned {
        sequence: &["unimplemented", "!", "("],
        tests_only: false,
        advice: "finish it or leave it out",
    },
    Banned {
        sequence: &["#", "[", "allow", "("],
        tests_only: false,
        advice: "mend the cause, or #[expect(…, reason = \"…\")]",
    },
    Banned {
        sequence: &["#", "!", "[", "allow", "("],
        tests_only: false,
        advice: "mend the cause, or #[expect(…, reason = \"…\")] on one item",
    },
    Banned {
        sequence: &["#", "[", "ignore", "]"],
        tests_only: false,
        advice: "assert what happens today, with a note, or delete the test",
    },
    Banned {
        sequence: &["#", "[", "ignore", "="],
        tests_only: false,
        advice: "assert what happens today, with a note, or delete the test",
    },
    Banned {
        sequence: &["thread", ":", ":", "sleep"],
        tests_only: true,
        advice: "wait for the thing itself: a manual clock, a Notify, caught_up()",
    },
    Banned {
        sequence: &["time", ":", ":", "sleep"],
        tests_only: true,
        advice: "wait for the thing itself: a manual clock, a Notify, caught_up()",
    },
    Banned {
        sequence: &["time", ":", ":", "sleep_until"],
        tests_only: true,
        advice: "wait for the thing itself: a manual clock, a Notify, caught_up()",
    },
];

pub fn check(file: &RustFile) -> Vec<Violation> {
    let mut tokens = Vec::new();
    flatten(file.tokens.clone(), &mut tokens);
    let mut found: Vec<Violation> = empty_file_name(&file.path).into_iter().collect();
    for at in 0..tokens.len() {
        let line = tokens[at].line;
        let message = empty_name(&tokens[at..]).or_else(|| banned(file, &tokens[at..]));
        found.extend(message.map(|message| Violation::new(&file.path, line, RULE, message)));
    }
    found
}

fn banned(file: &RustFile, tokens: &[Token]) -> Option<String> {
    let hit = BANNED.iter().find(|banned| {
        let texts = tokens.iter().map(|token| token.text.as_str()).take(banned.sequence.len());
        texts.eq(banned.sequence.iter().copied())
            && (!banned.tests_only || file.is_test_line(tokens[0].line))
    })?;
    let place = if hit.tests_only { " in a test" } else { "" };
    Some(format!("no `{}`{place}: {}", hit.sequence.concat(), hit.advice))
}

fn empty_name(tokens: &[Token]) -> Option<String> {
    let [keyword, name, ..] = tokens else {
        return None;
    };
    let empty = match keyword.text.as_str() {
        "struct" | "enum" | "trait" | "type" => {
            name.text == "Common" || EMPTY_ENDINGS.iter().any(|ending| name.text.ends_with(ending))
        }
        "mod" => is_empty_module(&name.text),
        _ => false,
    };
    empty.then(|| says_nothing(&name.text))
}

fn empty_file_name(path: &str) -> Option<Violation> {
    let name = path.split('/').map(|part| part.trim_end_matches(".rs"));
    let empty = name.clone().find(|name| is_empty_module(name))?;
    Some(Violation::new(path, 1, RULE, says_nothing(empty)))
}

fn is_empty_module(name: &str) -> bool {
    EMPTY_MODULES.iter().any(|empty| {
        name.strip_suffix(empty).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    })
}

fn says_nothing(name: &str) -> String {
    format!("{name} says nothing; name it after what it decides or owns")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_in(path: &str, text: &str) -> Vec<usize> {
        let file = RustFile::parse(path, text).unwrap();
        check(&file).into_iter().map(|violation| violation.line).collect()
    }

    fn lines(text: &str) -> Vec<usize> {
        lines_in("crates/made/src/up.rs", text)
    }

    #[test]
    fn accepts_names_that_speak() {
        let text = "mod utility_bills;\nstruct Managed;\nenum Commonness {}\n\
                    #[expect(dead_code, reason = \"shown\")]\nfn ignore(todo: bool) -> bool {\n\
                    let text = \"todo!() #[ignore] thread::sleep\"; todo != text.is_empty() }";
        assert_eq!(lines(text), [0; 0]);
    }

    #[test]
    fn refuses_names_that_say_nothing() {
        let text = "struct IssueManager;\nenum DateHelper {}\ntrait Utils {}\nmod common {}\n\
                    mod string_utils;\ntype Common = u8;\n";
        assert_eq!(lines(text), [1, 2, 3, 4, 5, 6]);
        assert_eq!(lines_in("crates/made/src/utils.rs", ""), [1]);
        assert_eq!(lines_in("tests/tests/common/mod.rs", ""), [1]);
    }

    #[test]
    fn refuses_unfinished_code_and_silenced_lints() {
        assert_eq!(lines("fn a() {\n    todo!()\n}"), [2]);
        assert_eq!(lines("fn a() {\n    m!(unimplemented!(\"later\"));\n}"), [2]);
        assert_eq!(lines("#![allow(dead_code)]\n#[allow(unused)]\nfn a() {}"), [1, 2]);
    }

    #[test]
    fn refuses_skipped_tests() {
        assert_eq!(lines("#[test]\n#[ignore]\nfn a() {}"), [2]);
        assert_eq!(lines("#[test]\n#[ignore = \"slow\"]\nfn a() {}"), [2]);
    }

    #[test]
    fn refuses_sleep_in_tests_only() {
        let text = "fn a() { std::thread::sleep(d); }\n#[cfg(test)]\nmod tests {\n\
                    use tokio::time::sleep;\nfn b() { std::thread::sleep(d); }\n}";
        assert_eq!(lines(text), [4, 5]);
        assert_eq!(lines_in("tests/src/lib.rs", "fn a() { tokio::time::sleep(d); }"), [1]);
    }
}
