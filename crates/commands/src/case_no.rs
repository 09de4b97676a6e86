//! Case numbers: county6-yymmdd-random6-check. Not sequential, so that nobody can count by them.

use domain::shared::moment::Moment;

/// No 0/O, 1/I/L, U: read out over the telephone by old people.
const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A case number for a matter registered at `now`.
#[must_use]
pub fn make(county6: &str, now: Moment, random: [u8; 6]) -> String {
    let date = now.local().strftime("%y%m%d").to_string();
    let tail: String = random.iter().map(|byte| letter(usize::from(*byte))).collect();
    let body = format!("{county6}-{date}-{tail}");
    let check = check(&body);
    format!("{body}-{check}")
}

/// Whether the last letter fits the others: catches a wrong letter and most swapped neighbours.
#[must_use]
pub fn is_well_formed(case_no: &str) -> bool {
    case_no.rsplit_once('-').is_some_and(|(body, last)| last == check(body).to_string())
}

fn check(body: &str) -> char {
    let sum: usize =
        body.bytes().enumerate().map(|(place, byte)| (place + 1) * usize::from(byte)).sum();
    letter(sum)
}

fn letter(number: usize) -> char {
    LETTERS.get(number % LETTERS.len()).copied().map_or('2', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_letter_is_noticed() {
        let no = make("341504", Moment(1_700_000_000_000_000), [7, 42, 200, 13, 99, 1]);
        assert!(no.starts_with("341504-231115-"), "{no}");
        assert!(is_well_formed(&no));
        assert!(!is_well_formed(&no.replacen("3415", "3451", 1)));
    }
}
