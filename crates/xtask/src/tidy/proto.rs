//! The names a proto file defines, read token by token; comments and strings are no names.

use super::rust::Name;

/// What follows one of these is the name of a type, or of a call.
const TYPES: [&str; 3] = ["message", "enum", "service"];
const OTHERS: [&str; 2] = ["rpc", "oneof"];

/// Messages, enums, services, calls, oneofs; and fields and enum values, which are `name = number`.
pub fn names(text: &str) -> Vec<Name> {
    let tokens = tokens(text);
    let mut names = Vec::new();
    for (at, (word, line)) in tokens.iter().enumerate() {
        let word = word.as_str();
        let before = at.checked_sub(1).map_or("", |at| tokens[at].0.as_str());
        let after = |steps: usize| tokens.get(at + steps).map_or("", |token| token.0.as_str());
        let is_type = TYPES.contains(&before);
        let numbered = after(1) == "=" && after(2).starts_with(|c: char| c.is_ascii_digit());
        let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic());
        if is_word && (is_type || OTHERS.contains(&before) || numbered) {
            names.push(Name { text: word.to_owned(), line: *line, is_type });
        }
    }
    names
}

/// Words and single marks with their lines.
fn tokens(text: &str) -> Vec<(String, usize)> {
    let text = without_comments(text);
    let mut tokens: Vec<(String, usize)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut in_word = false;
        for letter in line.chars() {
            let part = letter.is_alphanumeric() || letter == '_';
            match tokens.last_mut().filter(|_| part && in_word) {
                Some((word, _)) => word.push(letter),
                None if letter.is_whitespace() => {}
                None => tokens.push((letter.to_string(), index + 1)),
            }
            in_word = part;
        }
    }
    tokens
}

/// Blanks comments and strings and keeps every line break.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let skip = match letter {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '\'' => string_length(rest, letter),
            _ => {
                out.push(letter);
                rest = &rest[letter.len_utf8()..];
                continue;
            }
        };
        out.extend(rest[..skip].chars().filter(|letter| *letter == '\n'));
        out.push(' ');
        rest = &rest[skip..];
    }
    out
}

fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if letter == quote && !escaped {
            return at + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_what_a_proto_file_defines() {
        let text = "// message Comment\nsyntax = \"proto3\";\n/* enum\n Gone = 1 */\n\
                    message Issue {\n  string case_no = 1; // ticket = 9\n  reserved 4;\n\
                    oneof place { Point at = 2 [deprecated = true]; }\n}\n\
                    enum Track { TRACK_SERVICE = 0; }\nservice Calls {\n\
                    rpc Press(PressRequest) returns (PressReply);\n}\n";
        let found: Vec<_> = names(text).into_iter().map(|n| (n.text, n.line, n.is_type)).collect();
        let expected = [
            ("Issue", 5, true),
            ("case_no", 6, false),
            ("place", 8, false),
            ("at", 8, false),
            ("Track", 10, true),
            ("TRACK_SERVICE", 10, false),
            ("Calls", 11, true),
            ("Press", 12, false),
        ];
        assert_eq!(found, expected.map(|(text, line, ty)| (text.to_owned(), line, ty)));
    }

    #[test]
    fn strings_hide_their_content_and_end_where_they_end() {
        let text = "option a = \"x \\\" ticket = 1; // \";\nmessage B { string c = 1; }";
        let found: Vec<_> = names(text).into_iter().map(|name| name.text).collect();
        assert_eq!(found, ["B", "c"]);
    }
}
