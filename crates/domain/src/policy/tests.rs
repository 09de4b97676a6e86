//! What may be published, one test per refusal.

use super::command::{PublishCalendar, PublishPolicy};
use super::validation::Problem;
use super::{Policies, PolicyCommand, PolicyError, PolicyEvent, PolicyVerb};
use crate::shared::given::Given;

const COUNTY: &str = include_str!("../../../../deploy/policies/county.toml");
const LETTERS: &str = include_str!("../../../../deploy/policies/letters-15d.toml");
const CALENDAR: &str = include_str!("../../../../deploy/calendars/cn-2011-2026.toml");

fn policy(text: impl Into<String>) -> PolicyVerb {
    PolicyVerb::PublishPolicy(PublishPolicy { text: text.into(), allow_backtest: false })
}

fn calendar(text: impl Into<String>) -> PolicyVerb {
    PolicyVerb::PublishCalendar(PublishCalendar { text: text.into() })
}

fn decide(policies: &Policies, verb: PolicyVerb) -> Result<Vec<PolicyEvent>, PolicyError> {
    policies.decide(PolicyCommand { given: Given::default(), verb })
}

fn published(verbs: Vec<PolicyVerb>) -> Policies {
    let mut policies = Policies::default();
    for verb in verbs {
        for event in decide(&policies, verb).unwrap() {
            policies.evolve(&event);
        }
    }
    policies
}

/// The county's policy with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert!(COUNTY.contains(from), "{from}");
    COUNTY.replacen(from, to, 1)
}

fn problems(text: String) -> Vec<String> {
    let Err(PolicyError::Incomplete(problems)) = decide(&Policies::default(), policy(text)) else {
        return Vec::new();
    };
    problems.into_iter().map(|problem| problem.text).collect()
}

#[test]
fn a_policy_is_published_with_its_text_and_comes_into_force() {
    let policies = published(vec![policy(COUNTY)]);
    let in_force = policies.in_force.clone().unwrap();
    assert_eq!((in_force.id.as_str(), in_force.version, in_force.hash.len()), ("county", 1, 64));
    assert!(policies.book().document(&in_force).is_some());
    let events = decide(&Policies::default(), policy(COUNTY)).unwrap();
    let [PolicyEvent::PolicyPublished(fact)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((fact.text.as_str(), &fact.policy), (COUNTY, &in_force));
}

#[test]
fn the_same_text_again_adds_nothing() {
    let policies = published(vec![policy(COUNTY), calendar(CALENDAR)]);
    assert_eq!(decide(&policies, policy(COUNTY)), Ok(vec![]));
    assert_eq!(decide(&policies, calendar(CALENDAR)), Ok(vec![]));
}

#[test]
fn a_new_version_comes_into_force_and_the_old_one_stays_readable() {
    let old = published(vec![policy(COUNTY)]).in_force.unwrap();
    let policies = published(vec![policy(COUNTY), policy(changed("version = 1", "version = 2"))]);
    assert_eq!(policies.in_force.clone().unwrap().version, 2);
    assert!(policies.book().document(&old).is_some());
}

#[test]
fn refuses_other_contents_under_a_published_version() {
    let policies = published(vec![policy(COUNTY)]);
    let refused = decide(&policies, policy(changed("县域日常规则", "别的规则")));
    let expected = PolicyError::VersionTaken { id: "county".into(), version: 1 };
    assert_eq!(refused, Err(expected));
}

#[test]
fn refuses_what_is_no_policy_document() {
    for text in ["nonsense".into(), changed("title =", "titel ="), changed("30 秒", "30 蜗牛")] {
        let refused = decide(&Policies::default(), policy(text.clone()));
        assert!(matches!(refused, Err(PolicyError::Unreadable(_))), "{text}");
    }
}

#[test]
fn refuses_a_back_test_for_live_use() {
    assert_eq!(decide(&Policies::default(), policy(LETTERS)), Err(PolicyError::BacktestOnly));
    let allowed = PublishPolicy { text: LETTERS.into(), allow_backtest: true };
    let events = decide(&Policies::default(), PolicyVerb::PublishPolicy(allowed)).unwrap();
    assert_eq!(events.len(), 1);
}

#[test]
fn refuses_a_stage_without_a_clock() {
    for clock in ["dispatch", "accept", "arrive", "resolve", "notice", "verdict"] {
        let line = |text: &str| {
            text.lines().find(|l| l.starts_with(&format!("{clock} ="))).map(str::to_owned)
        };
        let text = changed(&line(COUNTY).unwrap(), "");
        assert_eq!(problems(text), [format!("urgent: no {clock} clock")]);
    }
}

#[test]
fn refuses_a_policy_that_leaves_something_else_open() {
    let cases = [
        (changed("repeat = \"1 小时\"", ""), "urgent: no repeat"),
        (changed("reopen_window = \"15 日\"", ""), "urgent: no reopen_window"),
        (
            changed("attempts = 3, days = 2", "attempts = 0, days = 0"),
            "urgent: follow_up needs attempts >= days >= 1",
        ),
        (
            changed("attempts = 3, days = 2", "attempts = 2, days = 3"),
            "urgent: follow_up needs attempts >= days >= 1",
        ),
        (changed("name = \"consultation\"", "name = \"urgent\""), "two terms are called urgent"),
        (
            changed("must_visit = true", "must_visit = true\nclosing = \"on_completion\""),
            "urgent: a live policy closes by verdict",
        ),
    ];
    for (text, problem) in cases {
        assert_eq!(problems(text), [problem]);
    }
}

/// Every matter has a class, and no class is over while the matter may begin anew.
#[test]
fn refuses_retention_that_leaves_something_out() {
    let last = "[[retention]]\nname = \"ordinary\"\n";
    let cases = [
        (
            changed(
                last,
                "[[retention]]\nname = \"ordinary\"\nmatch = { urgency = [\"urgent\"] }\n",
            ),
            "the last [[retention]] must match everything",
        ),
        (
            changed("name = \"minors\"", "name = \"ordinary\""),
            "two [[retention]] are called ordinary",
        ),
        (
            changed("keep = \"5 年\"", "keep = \"29 日\""),
            "retention ordinary: a matter is kept at least as long as it may be reopened",
        ),
        (
            changed("keep = \"180 日\"", "keep = \"2 日\""),
            "call.keep: a call is kept at least as long as a thumb may be pressed for it",
        ),
    ];
    for (text, problem) in cases {
        assert_eq!(problems(text), [problem]);
    }
    for keep in ["0 日", "5 工作日", "永久", "31 年"] {
        let refused = decide(&Policies::default(), policy(changed("5 年", keep)));
        assert!(matches!(refused, Err(PolicyError::Unreadable(_))), "{keep}");
    }
}

#[test]
fn refuses_a_live_policy_without_call_clocks() {
    let (before, rest) = COUNTY.split_once("[call]").unwrap();
    let (_, after) = rest.split_once("[[matters]]").unwrap();
    assert_eq!(problems(format!("{before}[[matters]]{after}")), ["no [call] clocks"]);
}

#[test]
fn refuses_a_policy_whose_last_terms_do_not_match_everything() {
    let (before, _) = COUNTY.rsplit_once("[[matters]]").unwrap();
    assert_eq!(problems(before.into()), ["the last [[matters]] must match everything"]);
}

#[test]
fn refuses_a_policy_without_matters() {
    let (before, _) = COUNTY.split_once("[[matters]]").unwrap();
    let head = before.replacen("[call]", "matters = []\n[call]", 1);
    assert_eq!(problems(head), ["no [[matters]]"]);
}

#[test]
fn refuses_a_ladder_that_does_not_climb_to_the_county() {
    let ladder = "{ at_percent = 100, to = \"township\" }, { at_percent = 200, to = \"county\" }";
    let rise = "urgent: total.ladder must rise in percent and in rung";
    let whole = "urgent: total.ladder must have a step at 100 percent, where the promise ends";
    let end = "urgent: total.ladder must end at the county";
    let cases = [
        (
            "{ at_percent = 200, to = \"township\" }, { at_percent = 100, to = \"county\" }",
            vec![rise],
        ),
        (
            "{ at_percent = 100, to = \"county\" }, { at_percent = 200, to = \"county\" }",
            vec![rise],
        ),
        ("{ at_percent = 0, to = \"county\" }", vec![rise, whole]),
        // What was promised ends at no step: nobody would notice (LOOP K1).
        (
            "{ at_percent = 50, to = \"township\" }, { at_percent = 300, to = \"county\" }",
            vec![whole],
        ),
        ("{ at_percent = 100, to = \"township\" }", vec![end]),
        ("", vec![end, whole]),
    ];
    for (steps, expected) in cases {
        assert_eq!(problems(changed(ladder, steps)), expected, "{steps}");
    }
}

// --- calendars ---------------------------------------------------------------------------------------

#[test]
fn a_calendar_is_published_and_travels_with_commands() {
    let policies = published(vec![calendar(CALENDAR)]);
    assert!(policies.book().calendars.get("cn").unwrap().covers(2026));
}

#[test]
fn a_later_calendar_replaces_the_earlier_one() {
    let version = |version: u32| {
        format!(
            "id = \"cn\"\nversion = {version}\ntitle = \"\"\n[years.2027]\noff = []\nmake_up = []\n"
        )
    };
    let policies = published(vec![calendar(version(1)), calendar(version(2))]);
    assert_eq!(policies.calendars.get("cn").unwrap().version, 2);
    let other = version(2).replace("off = []", "off = [\"01-01\"]");
    for text in [other, version(1)] {
        let refused = decide(&policies, calendar(text));
        assert!(matches!(refused, Err(PolicyError::VersionTaken { .. })), "{refused:?}");
    }
}

#[test]
fn refuses_a_calendar_with_a_day_that_is_none() {
    let text =
        "id = \"cn\"\nversion = 1\ntitle = \"\"\n[years.2026]\noff = [\"02-29\"]\nmake_up = []\n";
    let refused = decide(&Policies::default(), calendar(text)).unwrap_err();
    assert!(
        matches!(&refused, PolicyError::Calendar(cause) if cause.contains("02-29")),
        "{refused}"
    );
    let refused = decide(&Policies::default(), calendar("nonsense"));
    assert!(matches!(refused, Err(PolicyError::Unreadable(_))));
}

#[test]
fn every_refusal_has_its_own_reason_and_words() {
    let problem = Problem { text: "no x".into(), zh: "缺少某".into() };
    let refusals = [
        PolicyError::Unreadable("line 1".into()),
        PolicyError::Incomplete(vec![problem.clone(), problem]),
        PolicyError::VersionTaken { id: "county".into(), version: 3 },
        PolicyError::BacktestOnly,
        PolicyError::Calendar("day".into()),
    ];
    let reasons: std::collections::BTreeSet<_> = refusals.iter().map(PolicyError::reason).collect();
    assert_eq!(reasons.len(), refusals.len());
    assert!(refusals[1].to_string().contains("no x; no x"));
    assert!(refusals[1].zh().contains("缺少某;缺少某"));
    assert!(refusals[2].zh().contains("county 第 3 版"));
}

/// A blank prefix would take every matter for an accusation and refuse it, those of missed calls too.
#[test]
fn k1_accusations_name_categories() {
    let blank = COUNTY.replace("accusations = [\"检举控告\"", "accusations = [\" \"");
    assert_ne!(blank, COUNTY);
    let found = problems(blank);
    assert!(found.iter().any(|text| text.contains("accusations")), "{found:?}");
}
