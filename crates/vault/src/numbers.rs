//! Numbers that lead to a person, as they stand in Chinese text: mobile and fixed telephones, identity cards,
//! bank cards; with blanks and dashes between the digits, and in full width.

use std::ops::Range;

/// Mainland mobile numbers: 11 digits, the first 1, the second 3 to 9 (工信部 numbering plan).
const MOBILE: usize = 11;
/// Identity cards have 15 or 18 characters (GB 11643), bank cards 16 to 19 digits.
const CARD: usize = 15;
/// Fixed telephones with their area code: 0, two or three digits, seven or eight digits.
const FIXED: std::ops::RangeInclusive<usize> = 10..=12;
/// The shortest number that a caller may have in a county: a short or a local one.
const LOCAL: usize = 5;

/// What shows in the place of such a number.
const MASK: &str = "***";

/// A run of digits, with at most one blank or dash between two of them.
struct Run {
    range: Range<usize>,
    /// The groups that blanks and dashes make, ASCII.
    groups: Vec<String>,
}

impl Run {
    fn digits(&self) -> String {
        self.groups.concat()
    }

    /// Every reading that begins with a group and ends with one.
    fn readings(&self) -> impl Iterator<Item = String> {
        let groups = &self.groups;
        let spans =
            (0..groups.len()).flat_map(move |from| (from..groups.len()).map(move |to| (from, to)));
        spans.filter_map(move |(from, to)| groups.get(from..=to).map(<[String]>::concat))
    }

    fn leads_to_a_person(&self) -> bool {
        self.readings()
            .any(|digits| digits.len() >= CARD || mobile(&digits).is_some() || is_fixed(&digits))
    }
}

/// `text` with every number that leads to a person masked.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for run in runs(text).iter().filter(|run| run.leads_to_a_person()) {
        shown.push_str(text.get(from..run.range.start).unwrap_or_default());
        shown.push_str(MASK);
        from = run.range.end;
    }
    shown.push_str(text.get(from..).unwrap_or_default());
    shown
}

/// The telephone numbers in `text`, as they are dialled within the country: one spelling for each. Where none
/// can be told apart, all its digits are taken for one.
#[must_use]
pub fn dialled(text: &str) -> Vec<String> {
    let runs = runs(text);
    let readings = runs.iter().flat_map(|run| run.readings().collect::<Vec<_>>());
    let mut numbers: Vec<_> = readings
        .filter_map(|digits| {
            let fixed = is_fixed(&digits).then(|| digits.clone());
            mobile(&digits).map(Into::into).or(fixed)
        })
        .collect();
    if numbers.is_empty() {
        let all: String = runs.iter().map(Run::digits).collect();
        numbers.extend((all.len() >= LOCAL).then_some(all));
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The mobile number, without the country's code.
fn mobile(digits: &str) -> Option<&str> {
    let of_country = ["0086", "86", "0"]
        .iter()
        .find_map(|code| digits.strip_prefix(code).filter(|rest| rest.len() == MOBILE));
    let own = of_country.unwrap_or(digits);
    let begins = matches!(own.as_bytes(), [b'1', b'3'..=b'9', ..]);
    (own.len() == MOBILE && begins).then_some(own)
}

fn is_fixed(digits: &str) -> bool {
    FIXED.contains(&digits.len()) && matches!(digits.as_bytes(), [b'0', b'1'..=b'9', ..])
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // Where the last digit ended, and whether one separator followed it.
    let (mut end, mut separated) = (None, false);
    for (at, char) in text.char_indices() {
        let after = at + char.len_utf8();
        let last = runs.last_mut().filter(|_| end.is_some());
        match (digit(char), last) {
            (Some(digit), Some(run)) => {
                if separated {
                    run.groups.push(String::new());
                }
                run.groups.last_mut().into_iter().for_each(|group| group.push(digit));
                run.range.end = after;
                (end, separated) = (Some(after), false);
            }
            (Some(digit), None) => {
                runs.push(Run { range: at..after, groups: vec![digit.into()] });
                (end, separated) = (Some(after), false);
            }
            // The last place of an identity card may be X.
            (None, Some(run))
                if matches!(char, 'X' | 'x' | '\u{ff38}' | '\u{ff58}')
                    && run.digits().len() == 17 =>
            {
                run.groups.last_mut().into_iter().for_each(|group| group.push('X'));
                run.range.end = after;
                end = None;
            }
            (None, Some(_)) if is_separator(char) && !separated => separated = true,
            (None, _) => (end, separated) = (None, false),
        }
    }
    runs
}

fn digit(char: char) -> Option<char> {
    match char {
        '0'..='9' => Some(char),
        // In full width.
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(char) - 0xff10, 10),
        _ => None,
    }
}

const fn is_separator(char: char) -> bool {
    let narrow = matches!(char, ' ' | '\u{a0}' | '-' | '.' | '\u{b7}' | '(' | ')');
    // Dashes, the ideographic blank, and full-width brackets and dash.
    narrow
        || matches!(
            char,
            '\u{2010}'..='\u{2015}' | '\u{3000}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0d}'
        )
}

#[cfg(test)]
mod tests {
    use super::{dialled, masked};

    #[test]
    fn numbers_that_lead_to_a_person_are_masked_and_others_stay() {
        let cases = [
            ("请打13812345678找老张", "请打***找老张"),
            ("电话 138 1234 5678。", "电话 ***。"),
            ("138-1234-5678", "***"),
            ("电话13812345678或010-12345678", "电话***或***"),
            ("+8613812345678", "+***"),
            (
                "\u{ff11}\u{ff13}\u{ff18}\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}\u{ff17}\u{ff18}",
                "***",
            ),
            ("(0564)6281234", "(***"),
            ("身份证34250119491001123X,", "身份证***,"),
            ("342501 19491001 1234", "***"),
            ("卡号6222 0212 3456 7890 123", "卡号***"),
            ("2026-11-23 13812345678", "***"),
            ("3.5 13812345678", "***"),
            ("欠款12000元,2026年11月23日,井深35.5米", "欠款12000元,2026年11月23日,井深35.5米"),
            ("2026-11-23 08:30", "2026-11-23 08:30"),
            ("单号20261123", "单号20261123"),
            ("", ""),
        ];
        for (text, shown) in cases {
            assert_eq!(masked(text), shown, "{text}");
        }
    }

    #[test]
    fn one_number_has_one_spelling() {
        let mobile = [
            "13812345678",
            "138 1234 5678",
            "+86 138-1234-5678",
            "008613812345678",
            "013812345678",
        ];
        for text in mobile {
            assert_eq!(dialled(text), ["13812345678"], "{text}");
        }
        assert_eq!(dialled("(0564) 6281234"), ["05646281234"]);
        assert_eq!(dialled("6281234"), ["6281234"]);
        assert_eq!(dialled("微信 lao_zhang"), Vec::<String>::new());
        assert_eq!(dialled("13812345678 或 13912345678"), ["13812345678", "13912345678"]);
    }
}
