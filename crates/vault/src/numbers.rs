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

/// So many blanks and dashes stand between two groups of one number at most.
const SEPARATORS_MAX: usize = 3;

/// What shows in the place of such a number.
const MASK: &str = "***";

/// A run of digits, with blanks and dashes between some of them.
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
    fn spans(&self) -> impl Iterator<Item = &[String]> {
        let groups = &self.groups;
        let spans =
            (0..groups.len()).flat_map(move |from| (from..groups.len()).map(move |to| (from, to)));
        spans.filter_map(move |(from, to)| groups.get(from..=to))
    }

    fn leads_to_a_person(&self) -> bool {
        self.is_card() || self.numbers().next().is_some()
    }

    /// Cards are written in groups of three digits or more, or in one.
    fn is_card(&self) -> bool {
        self.digits().len() >= CARD && self.groups.iter().all(|group| group.len() >= 3)
    }

    /// Telephones as they are dialled, of every reading that is grouped as people group them: 138 1234 5678,
    /// 1381234 5678, one digit after the other, or behind the country's code.
    fn numbers(&self) -> impl Iterator<Item = String> {
        let alone = self.groups.iter().all(|group| group.len() == 1);
        self.spans().filter_map(move |groups| {
            let (code, own) = match groups {
                [code, own @ ..] if !own.is_empty() && ["86", "0086"].contains(&&**code) => {
                    (true, own)
                }
                own => (false, own),
            };
            let digits = own.concat();
            let first = own.first().map_or(0, String::len);
            let grouped = alone || own.len() == 1 || [3, 7].contains(&first);
            if let Some(number) = mobile(&digits).filter(|_| grouped) {
                return Some(number.into());
            }
            let area = (9..=11).contains(&digits.len()) && !digits.starts_with('0');
            if code && area && own.len() > 1 {
                return Some(format!("0{digits}"));
            }
            is_fixed(&digits).then_some(digits)
        })
    }
}

/// `text` with every number that leads to a person masked.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    let told = |run: &&Run| run.leads_to_a_person() || is_local(text, run);
    for run in runs(text).iter().filter(told) {
        shown.push_str(text.get(from..run.range.start).unwrap_or_default());
        shown.push_str(MASK);
        from = run.range.end;
    }
    shown.push_str(text.get(from..).unwrap_or_default());
    shown
}

/// Seven or eight digits are a telephone where the words before them say so.
fn is_local(text: &str, run: &Run) -> bool {
    const SAYS: [&str; 7] = ["电话", "座机", "号码", "联系", "致电", "拨打", "手机"];
    let before = text.get(..run.range.start).unwrap_or_default();
    let near: String = before.chars().rev().take(5).collect::<Vec<_>>().into_iter().rev().collect();
    (7..=8).contains(&run.digits().len()) && SAYS.iter().any(|word| near.contains(word))
}

/// The telephone numbers in `text`, as they are dialled within the country: one spelling for each. Where none
/// can be told apart, all its digits are taken for one.
#[must_use]
pub fn dialled(text: &str) -> Vec<String> {
    let runs = runs(text);
    let mut numbers: Vec<_> = runs.iter().flat_map(Run::numbers).collect();
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
    // Where the last digit ended, and how many separators followed it.
    let (mut end, mut separators) = (None, 0);
    for (at, char) in text.char_indices() {
        let after = at + char.len_utf8();
        let last = runs.last_mut().filter(|_| end.is_some());
        match (digit(char), last) {
            (Some(digit), Some(run)) => {
                if separators > 0 {
                    run.groups.push(String::new());
                }
                run.groups.last_mut().into_iter().for_each(|group| group.push(digit));
                run.range.end = after;
                (end, separators) = (Some(after), 0);
            }
            (Some(digit), None) => {
                runs.push(Run { range: at..after, groups: vec![digit.into()] });
                (end, separators) = (Some(after), 0);
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
            (None, Some(_)) if is_separator(char) && separators < SEPARATORS_MAX => separators += 1,
            (None, _) => (end, separators) = (None, 0),
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
    let narrow = matches!(char, ' ' | '\t' | '\u{a0}' | '-' | '/' | '(' | ')');
    // Nothing at all, dashes, the ideographic blank and comma, and full-width brackets, stroke and dash.
    narrow
        || matches!(char, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{2010}'..='\u{2015}')
        || matches!(
            char,
            '\u{3000}' | '\u{3001}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0d}' | '\u{ff0f}'
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
            ("3.5 13812345678", "3.***"),
            ("(0564) 6281234", "(***"),
            ("138——1234——5678", "***"),
            ("138 - 1234 - 5678", "***"),
            ("138\t1234\u{3001}5678", "***"),
            ("138\u{200b}1234\u{200b}5678", "***"),
            ("1 3 8 1 2 3 4 5 6 7 8", "***"),
            ("+86-564-6281234", "+***"),
            ("电话6281234", "电话***"),
            ("座机: 62812345", "座机: ***"),
            ("2026.11.23-2026.12.31", "2026.11.23-2026.12.31"),
            ("15000-200000元", "15000-200000元"),
            ("1 2 3 4 5 6 7 8 9 10 11 12", "1 2 3 4 5 6 7 8 9 10 11 12"),
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
