//! Rule `headers`: every Rust and proto file opens with one line that says what it decides or owns.

use super::Violation;

const RULE: &str = "headers";

pub fn check(path: &str, text: &str) -> Option<Violation> {
    let (mark, line) = if path.ends_with(".rs") {
        ("//!", first_line(text))
    } else if path.ends_with(".proto") {
        ("//", text.lines().find(|line| !line.trim().is_empty()))
    } else {
        return None;
    };
    let says =
        line.and_then(|line| line.strip_prefix(mark)).is_some_and(|rest| !rest.trim().is_empty());
    let message = format!("start the file with a `{mark}` line that says what it decides or owns");
    (!says).then(|| Violation::new(path, 1, RULE, message))
}

/// The first line after a shebang, inner attributes and blank lines.
fn first_line(text: &str) -> Option<&str> {
    let mut in_attribute = false;
    for line in text.lines() {
        let opens = line.starts_with("#!");
        let shebang = opens && !line.starts_with("#![");
        if in_attribute || opens {
            in_attribute = !shebang && !line.trim_end().ends_with(']');
        } else if !line.trim().is_empty() {
            return Some(line);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_a_header_also_after_attributes() {
        assert_eq!(check("a.rs", "//! What it owns.\nfn a() {}"), None);
        assert_eq!(check("a.rs", "#!/usr/bin/env shebang\n//! What it owns."), None);
        assert_eq!(check("a.rs", "#![cfg_attr(\n    a,\n    b\n)]\n\n//! What it owns."), None);
        assert_eq!(check("a.proto", "// What it carries.\nsyntax = \"proto3\";"), None);
        assert_eq!(check("a.toml", "a = 1"), None);
    }

    #[test]
    fn refuses_a_file_without_one() {
        for text in
            ["", "fn a() {}", "// not a module comment", "//!\nfn a() {}", "use a;\n//! late"]
        {
            assert!(check("a.rs", text).is_some(), "{text}");
        }
        assert!(check("a.proto", "syntax = \"proto3\";\n// late").is_some());
    }
}
