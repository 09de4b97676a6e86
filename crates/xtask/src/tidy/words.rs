//! Rule `words`: one word, one thing. The names we define use the words of docs/glossary.toml, not their synonyms.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::Violation;
use super::rust::Name;

const RULE: &str = "words";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glossary {
    word: Vec<Word>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    /// The word to use, as a field or function would be named.
    id: String,
    zh: String,
    /// Synonyms, in snake case, that no name may contain as whole words.
    #[serde(default)]
    banned: Vec<String>,
    /// Synonyms that are ordinary words elsewhere, so that only a type may not be called so.
    #[serde(default)]
    banned_types: Vec<String>,
    /// Path prefixes where the synonyms mean something else.
    #[serde(default)]
    allow_in: Vec<String>,
    #[serde(default)]
    note: String,
}

impl Glossary {
    /// One synonym belongs to one word, and a word to use is nobody's synonym.
    pub fn parse(text: &str) -> Result<Self> {
        let glossary: Self = toml::from_str(text).context("not a glossary")?;
        let mut meanings: BTreeMap<&str, &str> = BTreeMap::new();
        for word in &glossary.word {
            let id = word.id.as_str();
            ensure!(!word.zh.is_empty(), "{id} has no Chinese word");
            ensure!(meanings.insert(id, id).is_none(), "{id} is listed twice");
        }
        for word in &glossary.word {
            for synonym in word.banned.iter().chain(&word.banned_types) {
                let other = meanings.insert(synonym, &word.id);
                ensure!(other.is_none(), "{synonym} stands under {} and {other:?}", word.id);
            }
        }
        Ok(glossary)
    }
}

pub fn check(path: &str, names: &[Name], glossary: &Glossary) -> Vec<Violation> {
    let applies = |word: &&Word| !word.allow_in.iter().any(|prefix| path.starts_with(prefix));
    let words: Vec<&Word> = glossary.word.iter().filter(applies).collect();
    let mut found = Vec::new();
    for name in names {
        let parts = split(&name.text);
        for word in &words {
            if let Some(synonym) = word.banned_in(name, &parts) {
                let message = word.message(&name.text, synonym);
                found.push(Violation::new(path, name.line, RULE, message));
            }
        }
    }
    found
}

impl Word {
    fn banned_in(&self, name: &Name, parts: &[String]) -> Option<&str> {
        let by_type = self.banned_types.iter().find(|banned| name.is_type && **banned == name.text);
        let hit = by_type.or_else(|| self.banned.iter().find(|banned| contains(parts, banned)));
        hit.map(String::as_str)
    }

    fn message(&self, name: &str, synonym: &str) -> String {
        let Self { id, zh, note, .. } = self;
        let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
        format!("{name} says {synonym}; the word for {zh} is {id}{note}")
    }
}

/// Whether the parts hold the words of the synonym side by side; a plural is the same word.
fn contains(parts: &[String], synonym: &str) -> bool {
    let wanted = split(synonym);
    let Some((last, first)) = wanted.split_last() else {
        return false;
    };
    parts.windows(wanted.len()).any(|window| {
        let (end, start) = (&window[first.len()], &window[..first.len()]);
        start == first && (end == last || end.strip_suffix('s') == Some(last.as_str()))
    })
}

/// The lower-case words of an identifier: `HTTPCallBack2` is http, call, back2.
fn split(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let new_word = before.is_some_and(|before| {
            letter.is_uppercase()
                && (!before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()))
        });
        if new_word || *letter == '_' {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| *letter != '_') {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE_UP: &str = r#"
        [[word]]
        id = "issue"
        zh = "诉求"
        banned = ["ticket", "work_order"]
        banned_types = ["Case"]
        allow_in = ["services/gate/"]
        note = "case_no stays"

        [[word]]
        id = "return_call"
        zh = "回拨"
        banned = ["callback", "call_back"]
    "#;

    fn messages(path: &str, text: &str, is_type: bool) -> Vec<String> {
        let glossary = Glossary::parse(MADE_UP).unwrap();
        let name = Name { text: text.to_owned(), line: 1, is_type };
        check(path, &[name], &glossary).into_iter().map(|violation| violation.message).collect()
    }

    #[test]
    fn splits_names_into_words() {
        assert_eq!(split("HTTPCallBack2"), ["http", "call", "back2"]);
        assert_eq!(split("_return_call__TRACK"), ["return", "call", "track"]);
    }

    #[test]
    fn refuses_a_synonym_as_a_whole_word() {
        let found = messages("a.rs", "openTickets", false);
        assert_eq!(found, ["openTickets says ticket; the word for 诉求 is issue (case_no stays)"]);
        for name in ["WorkOrderId", "WORK_ORDER", "TICKET_NO"] {
            assert_eq!(messages("a.rs", name, false).len(), 1, "{name}");
        }
        assert_eq!(
            messages("a.rs", "CallBack", true),
            ["CallBack says call_back; the word for 回拨 is return_call"]
        );
    }

    #[test]
    fn accepts_parts_of_words_and_allowed_places() {
        for name in ["ticketing", "work", "order_work", "return_call", "case_no", "CaseNo"] {
            assert_eq!(messages("a.rs", name, true), [""; 0], "{name}");
        }
        assert_eq!(messages("services/gate/a.rs", "Ticket", true), [""; 0]);
    }

    #[test]
    fn a_banned_type_is_banned_as_a_type_only() {
        assert_eq!(messages("a.rs", "Case", true).len(), 1);
        assert_eq!(messages("a.rs", "Case", false), [""; 0]);
    }

    #[test]
    fn a_glossary_with_two_meanings_is_refused() {
        let twice = MADE_UP.replace("call_back", "ticket");
        assert!(Glossary::parse(&twice).is_err());
        let own = MADE_UP.replace("call_back", "issue");
        assert!(Glossary::parse(&own).is_err());
        assert!(Glossary::parse(&MADE_UP.replace("note", "remark")).is_err());
    }

    #[test]
    fn the_real_glossary_holds_together() {
        let path = crate::process::root().unwrap().join("docs/glossary.toml");
        let glossary = Glossary::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
        let bans = |name: &str| {
            let name = Name { text: name.to_owned(), line: 1, is_type: true };
            !check("crates/domain/src/issue/mod.rs", &[name], &glossary).is_empty()
        };
        for good in ["Issue", "CaseNo", "ReturnCall", "FollowUp", "Summon", "TaskTracker"] {
            assert!(!bans(good), "{good}");
        }
        for bad in ["Ticket", "Case", "Callback", "Revisit", "Whistle", "Nudged", "Allegation"] {
            assert!(bans(bad), "{bad}");
        }
    }
}
