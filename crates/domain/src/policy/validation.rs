//! Whether a policy leaves a state without a clock, or a ladder that does not climb (LOOP K1).

use crate::shared::clock::ClockKind;
use crate::shared::ladder::Rung;
use crate::shared::retention;
use crate::shared::terms::{Closing, Match, MatterTerms, PolicyDocument, Usage};

/// One thing a document leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub text: String,
    pub zh: String,
}

impl Problem {
    fn new(text: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { text: text.into(), zh: zh.into() }
    }
}

/// The clocks every live policy must name for each matter: one for each state that is not final.
const OWED: [ClockKind; 7] = [
    ClockKind::Dispatch,
    ClockKind::Accept,
    ClockKind::FirstContact,
    ClockKind::Arrive,
    ClockKind::Resolve,
    ClockKind::Notice,
    ClockKind::Verdict,
];

/// Everything wrong with `document`; empty when it may be published.
#[must_use]
pub fn problems(document: &PolicyDocument) -> Vec<Problem> {
    let mut found = Vec::new();
    if document.id.trim().is_empty() || document.version == 0 {
        found.push(Problem::new(
            "id must be named and version at least 1",
            "应填写 id,version 至少为 1",
        ));
    }
    if document.matters.is_empty() {
        found.push(Problem::new("no [[matters]]", "缺少 [[matters]] 条款"));
    }
    if document.matters.last().is_some_and(|last| last.applies_to != Match::default()) {
        found.push(Problem::new(
            "the last [[matters]] must match everything",
            "最后一条 [[matters]] 应适用于所有事项(不写 match)",
        ));
    }
    for (place, terms) in document.matters.iter().enumerate() {
        if document.matters.iter().skip(place + 1).any(|other| other.name == terms.name) {
            found.push(Problem::new(
                format!("two terms are called {}", terms.name),
                format!("有两条条款同名“{}”", terms.name),
            ));
        }
        ladder_problems(terms, &mut found);
        if document.usage == Usage::Live {
            live_problems(terms, &mut found);
        }
    }
    if document.call.as_ref().is_some_and(|call| call.sample_percent > 100) {
        found.push(Problem::new("call.sample_percent is at most 100", "呼叫抽查比例不超过 100"));
    }
    if document.call.as_ref().is_some_and(|call| call.in_presence_percent > 100) {
        found.push(Problem::new(
            "call.in_presence_percent is at most 100",
            "呼叫在场评价抽查比例不超过 100",
        ));
    }
    if document.call.as_ref().is_some_and(|call| call.follow_up_attempts == 0) {
        found.push(Problem::new("call.follow_up_attempts is at least 1", "呼叫回访次数至少为 1"));
    }
    if document.accusations.iter().any(|prefix| prefix.trim().is_empty()) {
        found.push(Problem::new(
            "accusations must name categories; a blank one refuses every matter",
            "accusations 中不能有空白类别,否则所有事项都会被拒收",
        ));
    }
    retention_problems(document, &mut found);
    if document.usage == Usage::Live && document.call.is_none() {
        found.push(Problem::new("no [call] clocks", "缺少呼叫时限 [call]"));
    }
    found
}

/// Every matter has a class, and is kept at least as long as it may begin anew.
fn retention_problems(document: &PolicyDocument, found: &mut Vec<Problem>) {
    let classes = &document.retention;
    if classes.last().is_some_and(|last| last.applies_to != Match::default()) {
        found.push(Problem::new(
            "the last [[retention]] must match everything",
            "最后一条 [[retention]] 应适用于所有事项（不写 match）",
        ));
    }
    if let Some(place) = classes.iter().position(|class| class.applies_to == Match::default())
        && let Some(behind) = classes.get(place + 1)
    {
        found.push(Problem::new(
            format!(
                "retention {}: nothing comes so far; the one before matches everything",
                behind.name
            ),
            format!("保存期限“{}”不会适用:其前一条已适用于所有事项", behind.name),
        ));
    }
    if classes.iter().any(|class| class.name.trim().is_empty() || class.name == retention::CALLS) {
        found.push(Problem::new(
            "a [[retention]] must have a name, other than `call`, which is that of calls",
            "保存期限应有名称,且不得为 call(该名称用于呼叫)",
        ));
    }
    let windows = || document.matters.iter().filter_map(|terms| terms.reopen_window);
    for (place, class) in classes.iter().enumerate() {
        let name = &class.name;
        if classes.iter().skip(place + 1).any(|other| other.name == *name) {
            found.push(Problem::new(
                format!("two [[retention]] are called {name}"),
                format!("有两条保存期限同名“{name}”"),
            ));
        }
        if windows().any(|window| class.keep.is_shorter_than(window)) {
            found.push(Problem::new(
                format!(
                    "retention {name}: a matter is kept at least as long as it may be reopened"
                ),
                format!("保存期限“{name}”不得短于可重新办理的期限"),
            ));
        }
    }
    if let Some(call) = &document.call
        && call.keep.is_some_and(|keep| keep.is_shorter_than(call.thumb_window))
    {
        found.push(Problem::new(
            "call.keep: a call is kept at least as long as a thumb may be pressed for it",
            "呼叫的保存期限不得短于可评价的期限",
        ));
    }
}

fn ladder_problems(terms: &MatterTerms, found: &mut Vec<Problem>) {
    let name = &terms.name;
    let ladder = &terms.total.ladder;
    let rises = ladder
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a.at_percent < b.at_percent && a.to < b.to));
    if !rises || ladder.iter().any(|step| step.at_percent == 0) {
        found.push(Problem::new(
            format!("{name}: total.ladder must rise in percent and in rung"),
            format!("“{name}”总时限阶梯的百分比和层级都应递增"),
        ));
    }
    if ladder.last().is_none_or(|step| step.to != Rung::County) {
        found.push(Problem::new(
            format!("{name}: total.ladder must end at the county"),
            format!("“{name}”总时限阶梯应以县级为终点"),
        ));
    }
    if !ladder.iter().any(|step| step.at_percent == 100) {
        found.push(Problem::new(
            format!("{name}: total.ladder must have a step at 100 percent, where the promise ends"),
            format!("“{name}”总时限阶梯应含 100% 一级:时限届满即上报"),
        ));
    }
    if ladder.len() > 100 {
        found.push(Problem::new(
            format!("{name}: total.ladder is too long"),
            format!("“{name}”总时限阶梯过长"),
        ));
    }
}

fn live_problems(terms: &MatterTerms, found: &mut Vec<Problem>) {
    let name = &terms.name;
    for clock in OWED.into_iter().filter(|clock| terms.period(*clock).is_none()) {
        found.push(Problem::new(
            format!("{name}: no {clock} clock"),
            format!("“{name}”缺少“{}”时限 {clock}", clock.zh()),
        ));
    }
    let named: [(&str, bool); 3] = [
        ("follow_up", terms.follow_up.is_some()),
        ("repeat", terms.repeat.is_some()),
        ("reopen_window", terms.reopen_window.is_some()),
    ];
    for (key, _) in named.into_iter().filter(|(_, there)| !there) {
        found.push(Problem::new(format!("{name}: no {key}"), format!("“{name}”缺少 {key}")));
    }
    if terms
        .follow_up
        .as_ref()
        .is_some_and(|f| f.attempts == 0 || f.days == 0 || f.days > f.attempts)
    {
        found.push(Problem::new(
            format!("{name}: follow_up needs attempts >= days >= 1"),
            format!("“{name}”回访次数应不少于回访天数,且至少为 1"),
        ));
    }
    if terms.in_presence_percent > 100 {
        found.push(Problem::new(
            format!("{name}: in_presence_percent is at most 100"),
            format!("“{name}”在场评价抽查比例不超过 100"),
        ));
    }
    if terms.duty_hours.is_some_and(|hours| hours.from >= hours.to) {
        found.push(Problem::new(
            format!("{name}: duty_hours must begin before they end"),
            format!("“{name}”值守时段的开始应早于结束"),
        ));
    }
    if terms.closing != Closing::Verdict {
        found.push(Problem::new(
            format!("{name}: a live policy closes by verdict"),
            format!("“{name}”实际运行的规则只能按评价结案"),
        ));
    }
}
