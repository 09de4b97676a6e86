//! Periods and calendars against cases worked out by hand.

use jiff::civil::{Date, Time, date, time};

use super::calendar::{Calendar, CalendarDocument, CalendarError, is_provisional_workday};
use super::clock::{ClockKind, Clocks, StopReason};
use super::ladder::Holder;
use super::moment::Moment;
use super::period::{CalendarDays, Counting, Due, Period, PeriodError, WorkDays};

const CN: &str = include_str!("../../../../deploy/calendars/cn-2011-2026.toml");

fn cn() -> Calendar {
    let document: CalendarDocument = toml::from_str(CN).unwrap();
    Calendar::try_new(&document).unwrap()
}

/// Local time in the county, as `2026-09-30 16:00`.
fn at(text: &str) -> Moment {
    let (day, time) = text.split_once(' ').unwrap();
    Moment::parse(&format!("{day}T{time}:00+08:00")).unwrap()
}

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

fn due(start: &str, text: &str, percent: u16) -> Due {
    let calendar = cn();
    let counting = Counting { calendar: &calendar, closing_time: None };
    let due = counting.due_exactly(at(start), period(text), percent).unwrap();
    assert_eq!(due, counting.due(at(start), period(text), percent));
    assert!(!due.derivation.provisional);
    due
}

fn last_day(start: &str, text: &str, percent: u16) -> Date {
    due(start, text, percent).derivation.last_day.unwrap()
}

// --- 民法典 art. 201: the day of filing is not counted ----------------------------------------------

#[test]
fn the_day_of_filing_is_not_counted() {
    // 2026-03-02 is a Monday; nothing near it is a holiday.
    assert_eq!(last_day("2026-03-02 00:00", "1 日", 100), date(2026, 3, 3));
    assert_eq!(last_day("2026-03-02 23:59", "1 日", 100), date(2026, 3, 3));
    assert_eq!(last_day("2026-03-02 09:00", "15 日", 100), date(2026, 3, 17));
    assert_eq!(last_day("2026-03-02 09:00", "1 工作日", 100), date(2026, 3, 3));
}

#[test]
fn the_day_of_filing_is_the_local_one() {
    let calendar = cn();
    let counting = Counting { calendar: &calendar, closing_time: None };
    // 16:30 UTC on 2 March is half past midnight on 3 March in the county.
    let start = Moment::parse("2026-03-02T16:30:00Z").unwrap();
    let due = counting.due_exactly(start, period("1 日"), 100).unwrap();
    assert_eq!(due.derivation.last_day, Some(date(2026, 3, 4)));
}

#[test]
fn a_day_ends_at_midnight_or_at_closing_time() {
    assert_eq!(due("2026-03-02 09:00", "15 日", 100).at, at("2026-03-18 00:00"));
    assert_eq!(due("2026-09-30 16:00", "3 工作日", 100).at, at("2026-10-11 00:00"));
    let calendar = cn();
    let counting = Counting { calendar: &calendar, closing_time: Some(time(17, 30, 0, 0)) };
    let closes =
        |text: &str| counting.due_exactly(at("2026-09-30 16:00"), period(text), 100).unwrap().at;
    assert_eq!(closes("3 工作日"), at("2026-10-10 17:30"));
    assert_eq!(closes("15 日"), at("2026-10-15 17:30"));
    assert_eq!(closes("2 小时"), at("2026-09-30 18:00"));
}

// --- art. 203: a last day that is no working day rolls on -------------------------------------------

#[test]
fn fifteen_days_roll_over_holidays_and_weekends() {
    let cases = [
        // (filed, the 15th day, the day it ends)
        ("2026-03-02 09:00", date(2026, 3, 17), date(2026, 3, 17)), // a Tuesday
        ("2026-03-06 09:00", date(2026, 3, 21), date(2026, 3, 23)), // Saturday → Monday
        ("2026-03-07 09:00", date(2026, 3, 22), date(2026, 3, 23)), // Sunday → Monday
        ("2026-09-16 09:00", date(2026, 10, 1), date(2026, 10, 8)), // National Day, 1–7 October
        ("2026-09-22 09:00", date(2026, 10, 7), date(2026, 10, 8)),
        ("2026-09-23 09:00", date(2026, 10, 8), date(2026, 10, 8)),
        ("2026-09-10 09:00", date(2026, 9, 25), date(2026, 9, 28)), // Mid-Autumn, then a weekend
        ("2026-02-01 09:00", date(2026, 2, 16), date(2026, 2, 24)), // Spring Festival, 15–23 February
        ("2026-02-08 09:00", date(2026, 2, 23), date(2026, 2, 24)),
        ("2025-12-17 09:00", date(2026, 1, 1), date(2026, 1, 4)), // New Year; Sunday the 4th is worked
        ("2025-09-16 09:00", date(2025, 10, 1), date(2025, 10, 9)), // National Day 2025, 1–8 October
    ];
    for (filed, fifteenth, ends) in cases {
        let derivation = due(filed, "15 日", 100).derivation;
        assert_eq!(derivation.last_day, Some(ends), "{filed}");
        assert_eq!(derivation.rolled_from, (fifteenth != ends).then_some(fifteenth), "{filed}");
    }
}

#[test]
fn a_made_up_saturday_or_sunday_ends_a_period() {
    // 2026-02-14 and 2026-10-10 are worked Saturdays, 2026-01-04 and 2026-09-20 worked Sundays.
    for (filed, ends) in [
        ("2026-01-30 09:00", date(2026, 2, 14)),
        ("2026-09-25 09:00", date(2026, 10, 10)),
        ("2025-12-20 09:00", date(2026, 1, 4)),
        ("2026-09-05 09:00", date(2026, 9, 20)),
    ] {
        let derivation = due(filed, "15 日", 100).derivation;
        assert_eq!((derivation.last_day, derivation.rolled_from), (Some(ends), None), "{filed}");
    }
}

// --- working days -----------------------------------------------------------------------------------

#[test]
fn workdays_skip_national_day_and_count_the_made_up_saturday() {
    // After 30 September come 8 October (Thu), 9 (Fri), 10 (Sat, worked), 12 (Mon), 13 (Tue).
    let days = [(1, 8), (2, 9), (3, 10), (4, 12), (5, 13)];
    for (count, day) in days {
        let text = format!("{count} 工作日");
        assert_eq!(last_day("2026-09-30 16:00", &text, 100), date(2026, 10, day), "{text}");
    }
    // Filed in the middle of the holidays, the first working day after them is day one.
    assert_eq!(last_day("2026-10-03 10:00", "1 工作日", 100), date(2026, 10, 8));
    assert_eq!(due("2026-09-30 16:00", "5 工作日", 100).derivation.rolled_from, None);
}

#[test]
fn days_and_workdays_are_not_the_same() {
    assert_eq!(last_day("2026-09-30 16:00", "5 日", 100), date(2026, 10, 8));
    assert_eq!(last_day("2026-09-30 16:00", "5 工作日", 100), date(2026, 10, 13));
    assert_ne!(Period::Calendar(CalendarDays(5)), Period::Working(WorkDays(5)));
}

// --- hours, minutes, seconds ------------------------------------------------------------------------

#[test]
fn hours_run_from_moment_to_moment() {
    let cases = [
        ("2026-09-30 23:30", "30 分钟", "2026-10-01 00:00"),
        ("2026-10-01 10:00", "2 小时", "2026-10-01 12:00"), // on a holiday as on any day
        ("2026-10-03 10:00", "48 小时", "2026-10-05 10:00"),
        ("2026-09-30 10:00", "90 秒", "2026-09-30 10:01"),
    ];
    for (start, text, end) in cases {
        let due = due(start, text, 100);
        let end = if text == "90 秒" { at(end).plus_seconds(30) } else { at(end) };
        assert_eq!(due.at, end, "{start} {text}");
        assert_eq!(due.derivation.last_day, None);
    }
}

#[test]
fn a_percentage_of_hours_is_exact_to_the_second_and_rounds_up() {
    let start = at("2026-10-01 10:00");
    assert_eq!(due("2026-10-01 10:00", "3 小时", 50).at, at("2026-10-01 11:30"));
    assert_eq!(due("2026-10-01 10:00", "2 小时", 150).at, at("2026-10-01 13:00"));
    // 33 % of 10 seconds are 3.3 seconds.
    assert_eq!(due("2026-10-01 10:00", "10 秒", 33).at, start.plus_seconds(4));
}

// --- percentages of days (LOOP K3) ------------------------------------------------------------------

#[test]
fn two_hundred_percent_of_fifteen_days_are_thirty_days_from_the_same_start() {
    // The 15th day is 1 October and rolls to the 8th; 30 days are 16 October, not 8 October + 15.
    let double = due("2026-09-16 09:00", "15 日", 200);
    assert_eq!(double.derivation.last_day, Some(date(2026, 10, 16)));
    assert_eq!(double.at, due("2026-09-16 09:00", "30 日", 100).at);
    assert_eq!(double.derivation.percent, 200);
}

#[test]
fn fractions_of_days_round_up() {
    for (percent, day) in [(50, 24), (1, 17), (47, 24), (53, 24), (54, 28)] {
        // From 16 September: 8 days (7.5), 1 (0.15), 8 (7.05), 8 (7.95), 9 (8.1, a holiday, rolls).
        assert_eq!(
            last_day("2026-09-16 09:00", "15 日", percent),
            date(2026, 9, day),
            "{percent} %"
        );
    }
    // Half of 5 working days is 3 of them.
    assert_eq!(last_day("2026-09-30 16:00", "5 工作日", 50), date(2026, 10, 10));
}

// --- years without a notice -------------------------------------------------------------------------

#[test]
fn an_uncovered_year_is_an_error_for_those_who_must_not_guess() {
    let calendar = cn();
    let counting = Counting { calendar: &calendar, closing_time: None };
    let uncovered = |year| Err(CalendarError::Uncovered { calendar: "cn@1".into(), year });
    for (start, text) in [("2026-12-20 09:00", "15 日"), ("2026-12-30 09:00", "2 工作日")] {
        assert_eq!(counting.due_exactly(at(start), period(text), 100), uncovered(2027), "{text}");
    }
    assert_eq!(counting.due_exactly(at("2010-03-01 09:00"), period("15 日"), 100), uncovered(2010));
    assert!(counting.due_exactly(at("2026-12-16 09:00"), period("15 日"), 100).is_ok());
    assert!(counting.due_exactly(at("2026-12-30 09:00"), period("1 工作日"), 100).is_ok());
    // Hours ask no calendar.
    let hours = counting.due_exactly(at("2027-01-01 09:00"), period("2 小时"), 100).unwrap();
    assert!(!hours.derivation.provisional);
}

#[test]
fn an_uncovered_year_is_counted_provisionally_for_everybody_else() {
    let calendar = cn();
    let counting = Counting { calendar: &calendar, closing_time: None };
    let cases = [
        // 1 January 2027 is a Friday and off in every year; the 4th is the Monday after.
        ("2026-12-17 09:00", "15 日", date(2027, 1, 4)),
        ("2026-12-20 09:00", "15 日", date(2027, 1, 4)),
        ("2026-12-30 09:00", "2 工作日", date(2027, 1, 4)),
        ("2026-12-30 09:00", "3 工作日", date(2027, 1, 5)),
    ];
    for (start, text, ends) in cases {
        let due = counting.due(at(start), period(text), 100);
        assert_eq!(due.derivation.last_day, Some(ends), "{start} {text}");
        assert!(due.derivation.provisional, "{start} {text}");
        assert!(due.derivation.zh().contains("暂定"));
    }
}

#[test]
fn without_any_calendar_everything_in_days_is_provisional() {
    let none = Calendar::default();
    let counting = Counting { calendar: &none, closing_time: None };
    let due = counting.due(at("2026-03-06 09:00"), period("15 日"), 100);
    assert_eq!(due.at, at("2026-03-24 00:00"));
    assert!(due.derivation.provisional);
}

#[test]
fn the_provisional_days_off_are_weekends_and_the_fixed_statutory_days() {
    let off = [
        (2027, 1, 1),
        (2027, 1, 2),
        (2027, 1, 3),
        (2028, 5, 1),
        (2028, 5, 2),
        (2029, 10, 1),
        (2029, 10, 2),
        (2029, 10, 3),
    ];
    for (year, month, day) in off {
        assert!(!is_provisional_workday(date(year, month, day)), "{year}-{month}-{day}");
    }
    for (year, month, day) in [(2027, 1, 4), (2028, 5, 3), (2029, 10, 4), (2027, 2, 8)] {
        assert!(is_provisional_workday(date(year, month, day)), "{year}-{month}-{day}");
    }
}

// --- the calendar itself ----------------------------------------------------------------------------

#[test]
fn the_calendar_knows_its_years_and_no_others() {
    let calendar = cn();
    assert_eq!(calendar.version(), "cn@1");
    assert!((2011..=2026).all(|year| calendar.covers(year)));
    assert!(!calendar.covers(2010) && !calendar.covers(2027));
    assert_eq!(calendar.is_workday(date(2026, 9, 30)), Ok(true));
    assert_eq!(calendar.is_workday(date(2026, 10, 1)), Ok(false));
    assert_eq!(calendar.is_workday(date(2026, 10, 10)), Ok(true));
    assert_eq!(calendar.is_workday(date(2026, 10, 11)), Ok(false));
    assert!(calendar.is_workday(date(2027, 1, 4)).is_err());
}

#[test]
fn a_day_that_does_not_exist_is_refused() {
    let make = |year: &str, off: &str| {
        let text = format!(
            "id = 'x'\nversion = 3\ntitle = ''\n[years.{year}]\noff = ['{off}']\nmake_up = []"
        );
        Calendar::try_new(&toml::from_str(&text).unwrap())
    };
    assert!(make("2026", "02-28").is_ok());
    for (year, day) in [
        ("2026", "02-29"),
        ("2026", "13-01"),
        ("2026", "0101"),
        ("2026", "01/01"),
        ("MMXX", "01-01"),
    ] {
        assert!(
            matches!(make(year, day), Err(CalendarError::BadDay { calendar, .. }) if calendar == "x@3"),
            "{day}"
        );
    }
}

// --- text of periods and moments --------------------------------------------------------------------

#[test]
fn reads_and_writes_periods() {
    let cases = [
        ("30 分钟", Period::Exact { seconds: 1_800 }, "30 分钟"),
        ("30分钟", Period::Exact { seconds: 1_800 }, "30 分钟"),
        (" 2 小时 ", Period::Exact { seconds: 7_200 }, "2 小时"),
        ("60 分钟", Period::Exact { seconds: 3_600 }, "1 小时"),
        ("120 秒", Period::Exact { seconds: 120 }, "2 分钟"),
        ("90 秒", Period::Exact { seconds: 90 }, "90 秒"),
        ("15 日", Period::Calendar(CalendarDays(15)), "15 日"),
        ("3660 日", Period::Calendar(CalendarDays(3_660)), "3660 日"),
        ("5 工作日", Period::Working(WorkDays(5)), "5 工作日"),
    ];
    for (text, expected, shown) in cases {
        let period: Period = text.parse().unwrap();
        assert_eq!(period, expected, "{text}");
        assert_eq!(period.to_string(), shown);
        assert_eq!(shown.parse(), Ok(period));
        assert_eq!(serde_json::to_string(&period).unwrap(), format!("\"{shown}\""));
        assert_eq!(serde_json::from_str::<Period>(&format!("\"{shown}\"")).unwrap(), period);
    }
}

#[test]
fn refuses_what_is_no_period() {
    let bad = [
        "",
        "15",
        "日",
        "0 日",
        "0 秒",
        "-1 日",
        "1.5 小时",
        "15 天",
        "3 个月",
        "15 days",
        "１５ 日",
        "一日",
        "日 15",
        "3661 日",
        "3661 工作日",
        "87864 小时",
        "49711 日",
        "4294967296 秒",
        "1 日 2 小时",
    ];
    for text in bad {
        assert_eq!(text.parse::<Period>(), Err(PeriodError(text.into())));
        assert!(serde_json::from_str::<Period>(&format!("\"{text}\"")).is_err());
    }
}

#[test]
fn a_moment_is_shown_as_the_county_reads_it() {
    let moment = Moment::parse("2026-11-22T00:30:00Z").unwrap();
    assert_eq!(moment.to_string(), "2026-11-22 08:30:00 +08:00");
    assert_eq!(moment, Moment::parse("2026-11-22T08:30:00+08:00").unwrap());
    assert_eq!(moment.0, 1_795_307_400_000_000);
    assert_eq!(moment.local_date(), date(2026, 11, 22));
    assert_eq!(Moment::at_local(date(2026, 11, 22).to_datetime(time(8, 30, 0, 0))), moment);
    assert_eq!(serde_json::to_string(&moment).unwrap(), "1795307400000000");
    for text in [
        "",
        "2026-11-22",
        "2026-11-22 08:30",
        "2026-11-22T08:30:00",
        "2026-13-01T00:00:00Z",
        "gestern",
        "2026-11-22T10:00:60+08:00",
        "2026-11-22T10:00:00+25:00",
        "2026-11-22T10:00:00+0800",
        "2026-11-22T10:00+08:00",
        "20261122T100000+08:00",
        "2026-02-29T10:00:00+08:00",
        "2026-11-22T10:00:00.+08:00",
        "2026-11-22T10:00:00+08:00[Asia/Tokyo]",
        "1969-12-31T23:59:59Z",
    ] {
        assert!(Moment::parse(text).is_none(), "{text}");
    }
}

#[test]
fn moments_clamp_at_the_edges_of_the_calendar() {
    assert_eq!(Moment(-1).local_date(), date(1970, 1, 1));
    assert_eq!(Moment(i64::MAX).local(), Moment::MAX.local());
    assert_eq!(Moment::MAX.plus_seconds(i64::MAX), Moment(i64::MAX));
    let days = at("2026-03-03 21:00").days_since(at("2026-03-02 09:00"));
    assert!((days - 1.5).abs() < 1e-9);
    let midnight = Date::MAX.to_datetime(Time::midnight());
    assert!(Moment::at_local(midnight) >= Moment::MAX);
}

#[test]
fn a_deadline_prints_its_own_derivation() {
    let text = due("2026-09-16 09:00", "15 日", 100).derivation.zh();
    for part in [
        "自 2026-09-16 09:00:00 +08:00 起 15 日",
        "2026-10-01 非工作日",
        "顺延",
        "至 2026-10-08 截止",
        "cn@1",
    ] {
        assert!(text.contains(part), "{text} lacks {part}");
    }
    assert!(due("2026-09-16 09:00", "15 日", 50).derivation.zh().contains("的 50%"));
    assert!(!text.contains('%') && !text.contains("暂定"));
}

// --- clocks -----------------------------------------------------------------------------------------

#[test]
fn a_clock_expires_at_its_due_moment_and_only_in_its_generation() {
    let calendar = cn();
    let counting = Counting { calendar: &calendar, closing_time: None };
    let start = at("2026-03-02 09:00");
    let mut clocks = Clocks::default();
    assert!(clocks.is_idle());
    assert_eq!(clocks.stop(ClockKind::Accept, StopReason::Kept), None);
    let first = clocks.start_whole(ClockKind::Accept, &counting, start, period("15 分钟"));
    clocks.started(&first);
    let due_at = at("2026-03-02 09:15");
    assert_eq!((first.generation, first.due_at), (1, due_at));
    assert_eq!(clocks.expiry(ClockKind::Accept, 1, Moment(due_at.0 - 1)), None);
    assert_eq!(clocks.expiry(ClockKind::Accept, 2, due_at), None);
    assert_eq!(clocks.expiry(ClockKind::Arrive, 1, due_at), None);
    let expired = clocks.expiry(ClockKind::Accept, 1, due_at).unwrap();
    assert_eq!((expired.due_at, expired.fired_at), (due_at, due_at));
    clocks.ended(ClockKind::Accept);
    assert_eq!(clocks.expiry(ClockKind::Accept, 1, due_at), None);
    let second = clocks.start_whole(ClockKind::Accept, &counting, due_at, period("15 分钟"));
    clocks.started(&second);
    assert_eq!(second.generation, 2);
    assert_eq!(clocks.expiry(ClockKind::Accept, 1, at("2026-03-03 09:00")), None);
    assert_eq!(clocks.stop(ClockKind::Accept, StopReason::Kept).unwrap().generation, 2);
}

#[test]
fn every_clock_has_one_name() {
    for kind in ClockKind::ALL {
        assert_eq!(ClockKind::of_name(kind.name()), Some(kind));
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        assert!(!kind.zh().is_empty());
    }
    assert_eq!(ClockKind::of_name("lunch"), None);
}

#[test]
fn p1_only_a_stand_in_is_written_as_one() {
    let own = Holder::default();
    let text = serde_json::to_string(&own).unwrap();
    assert!(!text.contains("stand_in"), "{text}");
    assert_eq!(serde_json::from_str::<Holder>(&text).unwrap(), own);
    let other = Holder { stand_in: true, ..own };
    let text = serde_json::to_string(&other).unwrap();
    assert!(text.ends_with(",\"stand_in\":true}"), "{text}");
    assert_eq!(serde_json::from_str::<Holder>(&text).unwrap(), other);
}
