//! Rules of closed periods.

use std::collections::BTreeMap;

use super::command::CloseMonth;
use super::{ReportCommand, ReportError, ReportEvent, ReportVerb, Reports};
use crate::shared::given::Given;
use crate::shared::ids::UnitId;
use crate::shared::moment::Moment;

fn close(reports: &Reports, now: &str, month: &str, correction: Option<&str>) -> Closed {
    let given = Given { now: Moment::parse(now).unwrap(), ..Given::default() };
    let verb = ReportVerb::CloseMonth(Box::new(CloseMonth {
        unit: UnitId::default(),
        month: month.into(),
        figures: BTreeMap::from([("received".into(), 7)]),
        adjusted: BTreeMap::new(),
        correction: correction.map(Into::into),
    }));
    reports.decide(ReportCommand { given, verb })
}

type Closed = Result<Vec<ReportEvent>, ReportError>;

#[test]
fn m1_a_month_is_closed_once_and_corrected_beside_it() {
    let mut reports = Reports::default();
    let first = close(&reports, "2026-12-01T00:00:00+08:00", "2026-11", None).unwrap();
    reports.evolve(&first[0]);
    let again = close(&reports, "2026-12-02T00:00:00+08:00", "2026-11", None);
    assert_eq!(again, Err(ReportError::ClosedBefore));
    let corrected = close(&reports, "2026-12-02T00:00:00+08:00", "2026-11", Some("漏报")).unwrap();
    let ReportEvent::MonthClosed(corrected) = &corrected[0];
    assert_eq!((corrected.number, corrected.correction.as_deref()), (2, Some("漏报")));
}

#[test]
fn refuses_an_open_month_and_what_is_none() {
    let reports = Reports::default();
    let early = close(&reports, "2026-11-30T23:59:59+08:00", "2026-11", None);
    assert!(matches!(early, Err(ReportError::NotOver { .. })));
    for text in ["2026-13", "2026-1", "26-11", "", "2026-11-01", "2026/11"] {
        let refused = close(&reports, "2030-01-01T00:00:00+08:00", text, None);
        assert_eq!(refused, Err(ReportError::NoMonth(text.into())), "{text}");
    }
    let nothing = close(&reports, "2030-01-01T00:00:00+08:00", "2026-11", Some("x"));
    assert_eq!(nothing, Err(ReportError::NothingToCorrect));
}

#[test]
fn every_refusal_has_its_own_reason_and_words() {
    let all = [
        ReportError::NoMonth("x".into()),
        ReportError::NotOver { ends_at: Moment(0) },
        ReportError::ClosedBefore,
        ReportError::NothingToCorrect,
    ];
    let reasons: std::collections::BTreeSet<_> = all.iter().map(ReportError::reason).collect();
    let words: std::collections::BTreeSet<_> = all.iter().map(ReportError::zh).collect();
    assert_eq!((reasons.len(), words.len()), (all.len(), all.len()));
}
