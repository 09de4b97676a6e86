//! The side roads, each driven from outside by the command line and named by its rule.

use anyhow::Result;
use serde_json::{Value, json};
use tests::steps::{
    GRID, TOWNSHIP, VILLAGE, answer, complete_and_notify, deputy, hotline, leader, on, press,
    register, says, secretary, visit, with,
};
use tests::{Console, Environment, Who, on_every_backend, text};

on_every_backend!(
    c2_silence_owes_a_return_call_then_a_visit,
    c5_an_emergency_is_alerted_before_anybody_answers,
    c6_an_unbound_thumb_down_is_followed_up_by_somebody_outside,
    i1_department_matters_go_to_the_department_and_never_down,
    i3_nobody_at_home_leaves_a_note_and_the_duty_begins_anew,
    i3_a_clerk_records_for_somebody_without_a_phone_and_both_are_kept,
    i4_an_objection_is_made_once_and_ruled_by_somebody_else,
    i4_a_summoned_department_climbs_on_its_own_line,
    i5_a_merge_keeps_every_verdict_and_can_be_undone,
    i6_a_deferral_is_approved_by_the_county_reviewed_and_told,
    k2_a_pause_rests_the_holder_and_never_the_county,
    k2_a_slower_class_is_approved_one_level_up_and_told,
    e1_silence_closes_unconfirmed_after_the_attempts_and_never_before,
    e2_a_decline_needs_a_second_person_a_competent_body_and_a_notice,
    e2_staff_withdraw_only_what_the_resident_confirms_to_a_non_handler,
    v1_pressed_by_mistake_gives_the_rung_back,
    v2_the_county_concludes_after_the_reopens_and_it_stays_dissatisfied,
    v3_an_anonymous_reporter_has_a_receipt_and_nobody_calls_or_comes,
    v3_a_proactive_matter_is_checked_by_a_second_person_and_counted_apart,
    s1_referred_sent_down_once_and_taken_over,
    s1_a_supervision_ends_only_when_its_supervisor_accepts,
    p1_open_work_of_a_post_nobody_sits_in_moves_by_event,
    p1_a_stand_ins_turn_ends_by_its_date_and_the_work_moves,
    a1_an_accusation_is_seen_by_the_discipline_body_alone,
    a1_whoever_is_named_loses_the_work_to_a_peer_and_sees_it_no_more,
    a1_a_named_posts_officer_stands_aside_in_every_post,
    a1_whoever_sits_in_a_named_unit_and_elsewhere_holds_nothing_there,
    a1_whoever_leaves_a_named_unit_sees_its_files_from_nowhere,
    a1_whoever_stands_in_for_the_accused_stands_aside_with_them,
    a1_a_unit_that_is_moved_out_from_under_the_accused_stays_aside,
    m2_a_silent_call_is_not_an_answered_one,
    m5_no_figure_improves_by_excluding_merging_or_withdrawing,
    m1_a_month_is_closed_by_an_event_and_corrected_beside_it,
    wartime_selects_other_terms_until_it_ends_by_itself,
    provisional_deadlines_are_counted_again_when_the_year_is_published,
);

async fn c2_silence_owes_a_return_call_then_a_visit(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (call, _) = press(&console)?;
    answer(&console, &call)?;
    let silent = json!({ "call_id": call, "silent": {} });
    console.ask(&hotline(), "call record-disposition", silent)?;
    assert_eq!(console.call(&call)?["stage"], "return_call_owed");
    console.server.advance_to(660).await?;
    let after = console.call(&call)?;
    assert_eq!(after["stage"], "visit_ordered");
    let issue = text(&after["issue_ids"][0]);
    assert_eq!(console.issue(&issue)?["row"]["must_visit"], true);
    assert!(console.due(&issue, "arrive")?.is_some(), "the visit waits for nobody's acceptance");
    Ok(())
}

async fn c5_an_emergency_is_alerted_before_anybody_answers(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (call, _) = press(&console)?;
    let alert = json!({
        "call_id": call, "service": "120", "reference": "120-77",
        "matter": { "nature": "NATURE_HELP", "category": "急救" },
    });
    let answered = console.ask(&hotline(), "call alert-emergency", alert)?;
    let issue = text(&answered["issue_ids"][0]);
    assert_eq!(console.call(&call)?["stage"], "ringing");
    assert!(console.due(&issue, "arrive")?.is_some());
    Ok(())
}

async fn c6_an_unbound_thumb_down_is_followed_up_by_somebody_outside(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (_, device) = press(&console)?;
    let thumb = json!({ "device_id": device, "thumb": "THUMB_DOWN" });
    let call = text(&console.ask(&hotline(), "call press-thumb", thumb)?["call_id"]);
    assert_eq!(console.call(&call)?["stage"], "follow_up_owed");
    let asked = json!({
        "call_id": call, "verdict": { "effect": "EFFECT_NOT_SOLVED" },
        "matters": [{ "nature": "NATURE_COMPLAINT", "category": "服务态度" }],
    });
    let insider = Who::of("follow-up").at(&console.post(VILLAGE, 0)?);
    let refused = console.refused(&insider, "call record-call-follow-up", asked.clone())?;
    assert_eq!(refused, "INSIDER_MAY_NOT_FOLLOW_UP");
    let outsider = Who::of("follow-up");
    let told = console.ask(&outsider, "call record-call-follow-up", asked)?;
    assert_eq!(console.call(&call)?["stage"], "disposed");
    assert_eq!(console.stage(&text(&told["issue_ids"][0]))?, "dispatched");
    Ok(())
}

async fn i1_department_matters_go_to_the_department_and_never_down(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({ "category": "水利/灌溉" }))?;
    let file = console.issue(&issue)?;
    assert_eq!(file["row"]["holder"]["unit_id"], console.unit("县水利局")?);
    let down = with(&issue, json!({ "post_id": console.post(VILLAGE, 0)? }));
    let refused = console.refused(&Who::of("dispatcher"), "dispatch dispatch", down)?;
    assert_eq!(refused, "HOLDER_OFF_LADDER");
    // The department works in its own sight, the village sees its own matter.
    let bureau = Who::of("handler").at(&console.post("县水利局", 0)?);
    console.ask(&bureau, "dispatch accept", on(&issue))?;
    assert_eq!(console.stage(&issue)?, "accepted");
    Ok(())
}

async fn i3_nobody_at_home_leaves_a_note_and_the_duty_begins_anew(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let secretary = secretary(&console)?;
    let absent = with(&issue, json!({ "outcome": "ARRIVAL_OUTCOME_ABSENT" }));
    let refused = console.refused(&secretary, "resolution arrive", absent.clone())?;
    assert_eq!(refused, "ABSENT_WITHOUT_NOTE");
    console.server.advance_to(3_600).await?;
    let mut noted = absent;
    noted["note"] = "门锁着,留了条".into();
    console.ask(&secretary, "resolution arrive", noted)?;
    assert_eq!(console.stage(&issue)?, "accepted", "arriving implies accepting");
    let done = with(&issue, json!({ "summary": "x" }));
    assert_eq!(console.refused(&secretary, "resolution complete", done)?, "VISIT_OWED");
    // The resident's side says somebody came.
    let resident = Who::of("resident");
    console.ask(&resident, "resolution confirm-arrival", on(&issue))?;
    assert_eq!(console.due(&issue, "arrive")?, None);
    complete_and_notify(&console, &issue)?;
    Ok(())
}

async fn i3_a_clerk_records_for_somebody_without_a_phone_and_both_are_kept(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let clerk = Who::of("handler").at(&console.post(VILLAGE, 1)?);
    let holder = console.post(VILLAGE, 0)?;
    let met = with(&issue, json!({ "outcome": "ARRIVAL_OUTCOME_MET" }));
    assert_eq!(console.refused(&clerk, "resolution arrive", met.clone())?, "NOT_THE_HOLDER");
    let mut for_him = met;
    for_him["on_behalf_of_post_id"] = holder.into();
    console.ask(&clerk, "resolution arrive", for_him)?;
    assert_eq!(console.stage(&issue)?, "on_site");
    Ok(())
}

async fn i4_an_objection_is_made_once_and_ruled_by_somebody_else(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let secretary = secretary(&console)?;
    let reason = || with(&issue, json!({ "reason": "不属本村" }));
    console.ask(&secretary, "dispatch object", reason())?;
    assert!(console.due(&issue, "accept")?.is_some(), "the first receiver answers meanwhile");
    let uphold = with(&issue, json!({ "upheld": true, "post_id": console.post(TOWNSHIP, 0)? }));
    let own = Who::of("leader").at(&console.post(VILLAGE, 1)?);
    let refused = console.refused(&own, "dispatch rule-on-objection", uphold.clone())?;
    assert_eq!(refused, "HANDLER_MAY_NOT_RULE");
    console.ask(&leader(), "dispatch rule-on-objection", uphold)?;
    let township = Who::of("handler").at(&console.post(TOWNSHIP, 0)?);
    assert_eq!(console.refused(&township, "dispatch object", reason())?, "OBJECTED_BEFORE");
    Ok(())
}

async fn i4_a_summoned_department_climbs_on_its_own_line(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let secretary = secretary(&console)?;
    let whistle =
        with(&issue, json!({ "post_id": console.post("县民政局", 0)?, "task": "核对低保" }));
    console.ask(&secretary, "dispatch summon", whistle)?;
    let support = console.issue(&issue)?["assignments"][1]["support"].clone();
    let done = || with(&issue, json!({ "summary": "修好了" }));
    assert_eq!(console.refused(&secretary, "resolution complete", done())?, "SUPPORT_OPEN");
    console.server.advance_to(2 * 86_400).await?;
    let file = console.issue(&issue)?;
    assert_eq!(file["assignments"][1]["rung"], "RUNG_COUNTY", "not joined in a day");
    assert_eq!(file["row"]["rung"], "RUNG_VILLAGE", "the lead's line stays where it is");
    let bureau = Who::of("handler").at(&console.post("县民政局", 0)?);
    let finish = with(&issue, json!({ "support": support, "note": "已核" }));
    console.ask(&bureau, "dispatch finish-support", finish)?;
    console.ask(&secretary, "resolution complete", done())?;
    Ok(())
}

async fn i5_a_merge_keeps_every_verdict_and_can_be_undone(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let lead = register(&console, &json!({}))?;
    let other = register(&console, &json!({ "title": "同一处漏雨" }))?;
    let into = with(&other, json!({ "into_issue_id": lead, "reason": "同一事项" }));
    let proposed = console.ask(&Who::of("dispatcher"), "intake merge", into)?;
    let approve = with(&other, json!({ "proposal": proposed["proposal"] }));
    let same = Who::of("dispatcher");
    assert_eq!(console.refused(&same, "escalation approve", approve.clone())?, "SAME_PERSON");
    console.ask(&leader(), "escalation approve", approve)?;
    assert_eq!(console.issue(&other)?["outcome"], "merged");
    assert_eq!(console.issue(&lead)?["reporters"].as_array().map(Vec::len), Some(2));
    assert_eq!(console.refused(&Who::of("dispatcher"), "dispatch dispatch", on(&other))?, "MERGED");
    let undo = with(&other, json!({ "reason": "不是一处" }));
    console.ask(&Who::of("dispatcher"), "intake unmerge", undo)?;
    assert_eq!(console.stage(&other)?, "registered");
    assert!(console.due(&other, "total")?.is_some());
    assert_eq!(console.issue(&lead)?["reporters"][1]["detached"], true);
    Ok(())
}

async fn i6_a_deferral_is_approved_by_the_county_reviewed_and_told(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let total = console.due(&issue, "total")?;
    let secretary = secretary(&console)?;
    let defer = with(&issue, json!({ "review_on": "2026-04-20", "reason": "等雨季过去" }));
    let proposed = console.ask(&secretary, "resolution defer", defer)?;
    let approve = with(&issue, json!({ "proposal": proposed["proposal"] }));
    let township = Who::of("leader").at(&console.post(TOWNSHIP, 0)?);
    let low = console.refused(&township, "escalation approve", approve.clone())?;
    assert_eq!(low, "RUNG_TOO_LOW");
    console.ask(&leader(), "escalation approve", approve)?;
    let file = console.issue(&issue)?;
    assert_eq!((text(&file["hold"]), console.due(&issue, "resolve")?), ("deferral".into(), None));
    assert_eq!(console.due(&issue, "total")?, total, "it stays open and counts");
    assert!(console.due(&issue, "inform")?.is_some(), "the resident is told");
    let told = with(&issue, json!({ "channel": "NOTICE_CHANNEL_PHONE", "note": "四月二十日再看" }));
    console.ask(&secretary, "resolution inform", told)?;
    assert_eq!(console.due(&issue, "inform")?, None);
    assert_eq!(console.figures(&leader())?["deferred"], "1");
    Ok(())
}

async fn k2_a_pause_rests_the_holder_and_never_the_county(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let (total, resolve) = (console.due(&issue, "total")?, console.due(&issue, "resolve")?);
    let pause = with(&issue, json!({ "reason": "等瓦片", "until": "2026-03-18T08:00:00+08:00" }));
    console.ask(&secretary(&console)?, "resolution pause", pause)?;
    assert_eq!(console.due(&issue, "resolve")?, None);
    assert_eq!(console.due(&issue, "total")?, total);
    console.server.advance_to(2 * 86_400 + 60).await?;
    assert_eq!(console.issue(&issue)?["hold"], "", "a pause ends by itself");
    assert!(console.due(&issue, "resolve")? > resolve);
    assert_eq!(console.due(&issue, "total")?, total);
    // The resident's own dated wish is the only thing that moves it.
    let wish = with(&issue, json!({ "reason": "人在外地", "until": "2026-03-25T08:00:00+08:00" }));
    let by_handler =
        console.refused(&secretary(&console)?, "resolution record-resident-wish", wish.clone())?;
    assert_eq!(by_handler, "ROLE_MAY_NOT");
    console.ask(&hotline(), "resolution record-resident-wish", wish)?;
    assert_eq!(console.due(&issue, "total")?, None);
    Ok(())
}

async fn k2_a_slower_class_is_approved_one_level_up_and_told(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({ "nature": "NATURE_SUGGESTION" }))?;
    let total = console.due(&issue, "total")?;
    let slower = with(&issue, json!({ "nature": "NATURE_HELP", "reason": "原来是求助" }));
    let proposed = console.ask(&Who::of("dispatcher"), "intake reclassify", slower)?;
    assert_ne!(proposed["proposal"], 0);
    let approve = with(&issue, json!({ "proposal": proposed["proposal"] }));
    console.ask(&leader(), "escalation approve", approve)?;
    assert_eq!(console.due(&issue, "total")?, total, "it never lengthens the total clock");
    assert!(console.due(&issue, "inform")?.is_some());
    assert_eq!(console.figures(&leader())?["reclassified"], "1");
    Ok(())
}

async fn e1_silence_closes_unconfirmed_after_the_attempts_and_never_before(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    console.server.advance_to(8 * 86_400).await?;
    let agent = Who::of("follow-up");
    for (day, hour) in [(8, 1), (9, 3), (10, 5)] {
        assert_eq!(console.stage(&issue)?, "notified");
        console.server.advance_to(day * 86_400 + hour * 3_600).await?;
        console.ask(&agent, "rating record-follow-up", on(&issue))?;
    }
    assert_eq!(console.issue(&issue)?["outcome"], "unconfirmed");
    let figures = console.figures(&leader())?;
    assert_eq!(figures["satisfied_of_due"], json!({ "count": "0", "of": "1" }));
    Ok(())
}

async fn e2_a_decline_needs_a_second_person_a_competent_body_and_a_notice(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let secretary = secretary(&console)?;
    let decline = with(
        &issue,
        json!({
            "reason": "属邻县", "remedy": "可向邻县反映", "competent_body": "邻县水利局",
        }),
    );
    let proposed = console.ask(&secretary, "intake decline", decline)?;
    assert_eq!(console.stage(&issue)?, "dispatched", "nothing rests while it waits");
    let approve = with(&issue, json!({ "proposal": proposed["proposal"] }));
    console.ask(&leader(), "escalation approve", approve)?;
    assert_eq!(console.stage(&issue)?, "completed");
    let told = with(&issue, json!({ "channel": "NOTICE_CHANNEL_PHONE" }));
    console.ask(&hotline(), "resolution notify", told)?;
    assert_eq!(console.issue(&issue)?["outcome"], "declined");
    // The resident disagrees: it is not the last word.
    says(&console, &issue, "EFFECT_NOT_SOLVED")?;
    assert_eq!(console.stage(&issue)?, "registered");
    Ok(())
}

async fn e2_staff_withdraw_only_what_the_resident_confirms_to_a_non_handler(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let secretary = secretary(&console)?;
    let withdraw = || with(&issue, json!({ "reason": "不要了", "remedy": "可再反映" }));
    let proposed = console.ask(&secretary, "intake withdraw", withdraw())?;
    let approve = with(&issue, json!({ "proposal": proposed["proposal"] }));
    let colleague = Who::of("leader").at(&console.post(VILLAGE, 1)?);
    let refused = console.refused(&colleague, "escalation approve", approve)?;
    assert_eq!(refused, "HANDLER_MAY_NOT_DECIDE");
    // Silence is no: the proposal lapses and the work goes on.
    console.server.advance_to(3 * 86_400).await?;
    assert_eq!(console.issue(&issue)?["proposals"], json!([]));
    console.ask(&Who::of("resident"), "intake withdraw", withdraw())?;
    assert_eq!(console.stage(&issue)?, "completed");
    Ok(())
}

async fn v1_pressed_by_mistake_gives_the_rung_back(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_NOT_SOLVED")?;
    assert_eq!(console.issue(&issue)?["row"]["rung"], "RUNG_TOWNSHIP");
    let mistake =
        with(&issue, json!({ "verdict": { "effect": "EFFECT_SOLVED" }, "by_mistake": true }));
    console.ask(&Who::of("follow-up"), "rating record-follow-up", mistake)?;
    let file = console.issue(&issue)?;
    assert_eq!(
        (text(&file["outcome"]), text(&file["row"]["rung"])),
        ("confirmed_solved".into(), "RUNG_VILLAGE".into())
    );
    Ok(())
}

async fn v2_the_county_concludes_after_the_reopens_and_it_stays_dissatisfied(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    let conclude = || with(&issue, json!({ "reason": "已尽责", "remedy": "可申请复查" }));
    says(&console, &issue, "EFFECT_NOT_SOLVED")?;
    assert_eq!(console.refused(&leader(), "rating conclude", conclude())?, "TOO_FEW_REOPENS");
    for _ in 0..2 {
        let holder = console.post("云溪县", 0)?;
        console.ask(
            &Who::of("dispatcher"),
            "dispatch dispatch",
            with(&issue, json!({ "post_id": holder })),
        )?;
        let desk = Who::of("handler").at(&holder);
        console.ask(
            &desk,
            "resolution arrive",
            with(&issue, json!({ "outcome": "ARRIVAL_OUTCOME_MET" })),
        )?;
        console.ask(&desk, "resolution complete", with(&issue, json!({ "summary": "又修了" })))?;
        console.ask(
            &desk,
            "resolution notify",
            with(&issue, json!({ "channel": "NOTICE_CHANNEL_PHONE" })),
        )?;
        says(&console, &issue, "EFFECT_NOT_SOLVED")?;
    }
    let proposed = console.ask(&leader(), "rating conclude", conclude())?;
    let approve = with(&issue, json!({ "proposal": proposed["proposal"] }));
    console.ask(&deputy(), "escalation approve", approve)?;
    console.ask(
        &hotline(),
        "resolution notify",
        with(&issue, json!({ "channel": "NOTICE_CHANNEL_LETTER" })),
    )?;
    assert_eq!(console.issue(&issue)?["outcome"], "concluded");
    let again = with(&issue, json!({ "verdict": { "effect": "EFFECT_NOT_SOLVED" } }));
    assert_eq!(console.refused(&Who::of("resident"), "rating rate", again)?, "CONCLUDED");
    let figures = console.figures(&leader())?;
    assert_eq!(figures["satisfied_of_due"], json!({ "count": "0", "of": "1" }));
    Ok(())
}

async fn v3_an_anonymous_reporter_has_a_receipt_and_nobody_calls_or_comes(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let matter = json!({
        "nature": "NATURE_HELP", "category": "住房", "place_unit_id": console.unit(GRID)?,
        "narrative": "楼道堆物", "confidence": "CONFIDENCE_ANONYMOUS", "must_visit": true,
    });
    let request = json!({ "matter": matter, "source": "SOURCE_IN_PERSON" });
    let answer = console.ask(&hotline(), "intake register", request)?;
    let (issue, code) = (text(&answer["issue_id"]), text(&answer["receipt_code"]));
    assert_eq!(code.len(), 23, "{code}");
    assert_eq!(console.issue(&issue)?["row"]["must_visit"], false);
    let secretary = secretary(&console)?;
    console.ask(&secretary, "resolution complete", with(&issue, json!({ "summary": "已清理" })))?;
    let wrong = json!({ "receipt_code": "00000-00000-00000-00000" });
    assert_eq!(console.refused(&Who::of("resident"), "intake query-receipt", wrong)?, "NOT_FOUND");
    let mine = json!({ "receipt_code": code.to_lowercase(), "min_position": console.head()? });
    let told = console.ask(&Who::of("resident"), "intake query-receipt", mine)?;
    assert_eq!((text(&told["stage"]), text(&told["result"])), ("notified".into(), "已清理".into()));
    let rate = json!({ "receipt_code": code, "verdict": { "effect": "EFFECT_NOT_SOLVED" } });
    console.ask(&Who::of("resident"), "intake rate-by-receipt", rate)?;
    let file = console.issue(&issue)?;
    assert_eq!(
        (text(&file["row"]["stage"]), &file["follow_up_owed"]),
        ("registered".into(), &json!(false))
    );
    Ok(())
}

async fn v3_a_proactive_matter_is_checked_by_a_second_person_and_counted_apart(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let matter = json!({ "nature": "NATURE_HELP", "category": "巡查", "place_unit_id": console.unit(GRID)? });
    let request = json!({ "matter": matter, "source": "SOURCE_PROACTIVE" });
    let issue = text(&console.ask(&hotline(), "intake register", request)?["issue_id"]);
    visit(&console, &issue)?;
    console.ask(
        &secretary(&console)?,
        "resolution complete",
        with(&issue, json!({ "summary": "清了沟" })),
    )?;
    let checked = with(&issue, json!({ "verdict": { "effect": "EFFECT_SOLVED" } }));
    let own = Who::of("follow-up").at(&console.post(VILLAGE, 1)?);
    let refused = console.refused(&own, "rating record-follow-up", checked.clone())?;
    assert_eq!(refused, "HANDLER_MAY_NOT_FOLLOW_UP");
    console.ask(&Who::of("follow-up"), "rating record-follow-up", checked)?;
    assert_eq!(console.issue(&issue)?["outcome"], "checked");
    let figures = console.figures(&leader())?;
    assert_eq!((&figures["received"], &figures["proactive_checked"]), (&json!("0"), &json!("1")));
    Ok(())
}

async fn s1_referred_sent_down_once_and_taken_over(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let secretary = secretary(&console)?;
    let up = || with(&issue, json!({ "why": "REFERRAL_REASON_NEEDS_FUNDS", "note": "要三万" }));
    console.ask(&secretary, "escalation refer-up", up())?;
    let township = Who::of("handler,leader").at(&console.post(TOWNSHIP, 0)?);
    let down = || with(&issue, json!({ "reason": "村里可办" }));
    console.ask(&township, "escalation send-down", down())?;
    console.ask(&secretary, "escalation refer-up", up())?;
    assert_eq!(console.refused(&township, "escalation send-down", down())?, "SENT_DOWN_BEFORE");
    console.ask(&township, "escalation take-over", on(&issue))?;
    let file = console.issue(&issue)?;
    assert_eq!(file["row"]["holder"]["unit_id"], console.unit(TOWNSHIP)?);
    Ok(())
}

async fn s1_a_supervision_ends_only_when_its_supervisor_accepts(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    console.ask(
        &leader(),
        "escalation supervise",
        with(&issue, json!({ "demand": "三日内报结果" })),
    )?;
    let number = console.issue(&issue)?["supervisions"][0].clone();
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_SOLVED")?;
    assert_eq!(console.stage(&issue)?, "closed");
    assert!(console.due(&issue, "supervision")?.is_some());
    let accept = with(&issue, json!({ "supervision": number, "accepted": true }));
    let other = Who::of("leader").at(&console.post(TOWNSHIP, 0)?);
    assert_eq!(
        console.refused(&other, "escalation decide-supervision", accept.clone())?,
        "NOT_THE_SUPERVISOR"
    );
    let unseen = console.refused(&leader(), "escalation decide-supervision", accept.clone())?;
    assert_eq!(unseen, "NO_REPORT");
    let report = with(&issue, json!({ "supervision": number, "report": "已修好并回访" }));
    console.ask(&secretary(&console)?, "escalation report-supervision", report)?;
    console.ask(&leader(), "escalation decide-supervision", accept)?;
    assert_eq!(console.due(&issue, "supervision")?, None);
    Ok(())
}

async fn p1_open_work_of_a_post_nobody_sits_in_moves_by_event(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let due = console.due(&issue, "resolve")?;
    let ended =
        json!({ "post_id": console.post(VILLAGE, 0)?, "person_id": console.person(VILLAGE, 0)? });
    console.ask(&Who::of("operator"), "org end-appointment", ended)?;
    // The reaction follows the event; a tick of the clock waits for it.
    console.server.advance_to(60).await?;
    let file = console.issue(&issue)?;
    assert_eq!(file["row"]["holder"]["post_id"], console.post(VILLAGE, 1)?);
    assert_eq!(console.due(&issue, "resolve")?, due, "its clocks run on");
    Ok(())
}

async fn p1_a_stand_ins_turn_ends_by_its_date_and_the_work_moves(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let post = console.post(VILLAGE, 0)?;
    let turn = json!({
        "post_id": post, "person_id": console.person(TOWNSHIP, 0)?, "reason": "ABSENCE_ILLNESS",
        "until": "2026-03-16T10:00:00+08:00",
    });
    let operator = Who::of("operator");
    console.ask(&operator, "org delegate", turn)?;
    let ended = json!({ "post_id": post, "person_id": console.person(VILLAGE, 0)? });
    console.ask(&operator, "org end-appointment", ended)?;
    console.server.advance_to(7_199).await?;
    assert_eq!(console.issue(&issue)?["row"]["holder"]["post_id"], post, "somebody sits there");
    console.server.advance_to(7_200).await?;
    let file = console.issue(&issue)?;
    assert_eq!(file["row"]["holder"]["post_id"], console.post(VILLAGE, 1)?);
    Ok(())
}

async fn a1_an_accusation_is_seen_by_the_discipline_body_alone(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let accuse = json!({
        "matter": { "nature": "NATURE_REPORT", "category": "检举控告", "place_unit_id": console.unit(VILLAGE)?, "narrative": "截留补贴" },
        "accused": [{ "post_id": console.post(VILLAGE, 0)? }],
    });
    let answer = console.ask(&hotline(), "intake register-accusation", accuse)?;
    let issue = text(&answer["issue_id"]);
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    for who in [leader(), Who::of("dispatcher"), Who::of("auditor"), secretary(&console)?] {
        assert_eq!(console.refused(&who, "issue get-issue", get.clone())?, "NOT_FOUND");
    }
    assert_eq!(console.figures(&leader())?["received"], "0");
    assert_eq!(console.ask(&leader(), "issue list-board", json!({}))?["issues"], json!([]));
    let body = Who::of("discipline,handler").at(&console.post("县纪委监委", 0)?);
    let file = console.ask(&body, "issue get-issue", get)?;
    assert_eq!(file["issue"]["row"]["holder"]["unit_id"], console.unit("县纪委监委")?);
    console.ask(&body, "dispatch accept", on(&issue))?;
    Ok(())
}

async fn a1_whoever_is_named_loses_the_work_to_a_peer_and_sees_it_no_more(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let secretary = secretary(&console)?;
    let party = with(
        &issue,
        json!({ "role": "PARTY_ROLE_INTERESTED", "post_id": console.post(VILLAGE, 0)? }),
    );
    console.ask(&leader(), "dispatch name-party", party)?;
    let file = console.issue(&issue)?;
    assert_eq!(file["row"]["holder"]["post_id"], console.post(VILLAGE, 1)?);
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    for (verb, request) in [("issue get-issue", get), ("resolution depart", on(&issue))] {
        let roles = Who::of("handler,leader").at(&console.post(VILLAGE, 0)?);
        assert_eq!(console.refused(&roles, verb, request)?, "NOT_FOUND");
    }
    assert_eq!(console.figures(&secretary)?["received"], "0", "not even a count");
    Ok(())
}

/// A1: from a second post elsewhere nobody holds what is about the unit of the first.
async fn a1_whoever_sits_in_a_named_unit_and_elsewhere_holds_nothing_there(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &Value::Null)?;
    let chief = console.post(VILLAGE, 0)?;
    let (elsewhere, operator) = ("柳湾村", Who::of("operator"));
    let second = json!({ "unit_id": console.unit(VILLAGE)?, "title": "第一书记" });
    let second = text(&console.ask(&operator, "org create-post", second)?["post_id"]);
    let person = console.person(elsewhere, 0)?;
    let appoint = json!({ "post_id": second, "person_id": person, "from": "2026-03-01T00:00:00Z" });
    console.ask(&operator, "org appoint", appoint)?;
    let to_second = with(&issue, json!({ "from_post_id": chief, "post_id": second }));
    console.ask(&leader(), "dispatch hand-over", to_second)?;
    let holds =
        || -> Result<String> { Ok(text(&console.issue(&issue)?["row"]["holder"]["post_id"])) };
    assert_eq!(holds()?, second);
    let unit = json!({ "role": "PARTY_ROLE_ACCUSED", "unit_id": console.unit(elsewhere)? });
    console.ask(&leader(), "dispatch name-party", with(&issue, unit))?;
    assert_eq!(holds()?, chief, "the work went to a peer");
    let back = with(&issue, json!({ "from_post_id": chief, "post_id": second }));
    assert_eq!(console.refused(&leader(), "dispatch hand-over", back)?, "HOLDER_RECUSED");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// A1: nobody comes to see what their unit was accused of by leaving it; of a file that is closed no more.
async fn a1_whoever_leaves_a_named_unit_sees_its_files_from_nowhere(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (open, closed) = (register(&console, &json!({}))?, register(&console, &json!({}))?);
    let accused = console.unit("柳湾村")?;
    visit(&console, &closed)?;
    complete_and_notify(&console, &closed)?;
    says(&console, &closed, "EFFECT_SOLVED")?;
    assert_eq!(console.stage(&closed)?, "closed");
    for issue in [&open, &closed] {
        let unit = json!({ "role": "PARTY_ROLE_ACCUSED", "unit_id": accused });
        console.ask(&leader(), "dispatch name-party", with(issue, unit))?;
    }
    let operator = Who::of("operator");
    let (post, person) = (console.post("柳湾村", 0)?, console.person("柳湾村", 0)?);
    let new = json!({ "unit_id": console.unit(TOWNSHIP)?, "title": "副镇长" });
    let new = text(&console.ask(&operator, "org create-post", new)?["post_id"]);
    let appoint = json!({ "post_id": new, "person_id": person, "from": "2026-03-01T00:00:00Z" });
    console.ask(&operator, "org appoint", appoint)?;
    let left = json!({ "post_id": post, "person_id": person });
    console.ask(&operator, "org end-appointment", left)?;
    let moved = Who::of("leader").at(&new);
    for issue in [&open, &closed] {
        let get = json!({ "issue_id": issue, "min_position": console.head()? });
        console.ask(
            &Who::of("leader").at(&console.post(TOWNSHIP, 0)?),
            "issue get-issue",
            get.clone(),
        )?;
        assert_eq!(console.refused(&moved, "issue get-issue", get)?, "NOT_FOUND");
    }
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// A1: for as long as the turn lasts, a stand-in is one of them.
async fn a1_whoever_stands_in_for_the_accused_stands_aside_with_them(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    // Twice: the end of the first turn is not that of the second.
    for (from, until) in [("2026-03-16", "2026-03-17"), ("2026-03-18", "2026-03-25")] {
        let turn = json!({
            "post_id": console.post("柳湾村", 0)?, "person_id": console.person(TOWNSHIP, 0)?,
            "reason": "ABSENCE_LEAVE", "from": format!("{from}T10:00:00+08:00"),
            "until": format!("{until}T10:00:00+08:00"),
        });
        console.ask(&Who::of("operator"), "org delegate", turn)?;
    }
    console.server.advance_to(3 * 86_400).await?;
    let unit = json!({ "role": "PARTY_ROLE_ACCUSED", "unit_id": console.unit("柳湾村")? });
    console.ask(&leader(), "dispatch name-party", with(&issue, unit))?;
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    let stand_in = Who::of("leader").at(&console.post(TOWNSHIP, 0)?);
    assert_eq!(console.refused(&stand_in, "issue get-issue", get.clone())?, "NOT_FOUND");
    // Nor does whoever is on leave see it from a post they come to have meanwhile.
    let operator = Who::of("operator");
    let new = json!({ "unit_id": console.unit(TOWNSHIP)?, "title": "副镇长" });
    let new = text(&console.ask(&operator, "org create-post", new)?["post_id"]);
    let appoint = json!({ "post_id": new, "person_id": console.person("柳湾村", 0)?,
        "from": "2026-03-01T00:00:00Z" });
    console.ask(&operator, "org appoint", appoint)?;
    let on_leave = Who::of("leader").at(&new);
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    assert_eq!(console.refused(&on_leave, "issue get-issue", get.clone())?, "NOT_FOUND");
    console.ask(&leader(), "issue get-issue", get)?;
    Ok(())
}

/// A1: an operator who moves a unit shows it nothing.
async fn a1_a_unit_that_is_moved_out_from_under_the_accused_stays_aside(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let unit = json!({ "role": "PARTY_ROLE_ACCUSED", "unit_id": console.unit("柳湾村")? });
    console.ask(&leader(), "dispatch name-party", with(&issue, unit))?;
    let grid = "柳湾一网格";
    let chief = Who::of("handler").at(&console.post(grid, 0)?);
    let moved = json!({ "unit_id": console.unit(grid)?, "parent_id": console.unit(VILLAGE)? });
    console.ask(&Who::of("operator"), "org move-unit", moved)?;
    console.ask(&leader(), "escalation urge", with(&issue, json!({ "note": "请抓紧" })))?;
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    assert_eq!(console.refused(&chief, "issue get-issue", get)?, "NOT_FOUND");
    assert_eq!(console.refused(&chief, "resolution depart", on(&issue))?, "NOT_FOUND");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// The officer of a post that is named stands aside in every other post held by the same person.
async fn a1_a_named_posts_officer_stands_aside_in_every_post(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let chief = console.post(GRID, 0)?;
    let person = console.person(GRID, 0)?;
    let second = json!({ "unit_id": console.unit(TOWNSHIP)?, "title": "专员" });
    let operator = Who::of("operator");
    let second = text(&console.ask(&operator, "org create-post", second)?["post_id"]);
    let appoint = json!({ "post_id": second, "person_id": person, "from": "2026-03-01T00:00:00Z" });
    console.ask(&operator, "org appoint", appoint)?;
    let party = with(&issue, json!({ "role": "PARTY_ROLE_KIN", "post_id": chief }));
    console.ask(&leader(), "dispatch name-party", party)?;
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    let elsewhere = Who::of("leader").at(&second);
    assert_eq!(console.refused(&elsewhere, "issue get-issue", get)?, "NOT_FOUND");
    Ok(())
}

/// A call nobody spoke in was not answered, whoever picked it up.
async fn m2_a_silent_call_is_not_an_answered_one(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    for disposition in ["silent", "answered_at_once"] {
        let (call, _) = press(&console)?;
        answer(&console, &call)?;
        let record = json!({ "call_id": call, disposition: {} });
        console.ask(&hotline(), "call record-disposition", record)?;
    }
    let figures = console.figures(&leader())?;
    assert_eq!(figures["calls_answered"], json!({ "count": "1", "of": "2" }));
    Ok(())
}

async fn m5_no_figure_improves_by_excluding_merging_or_withdrawing(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let late = register(&console, &json!({}))?;
    console.server.advance_to(20 * 86_400).await?;
    let overdue = |figures: &Value| figures["overdue"].clone();
    assert_eq!(overdue(&console.figures(&leader())?), json!({ "count": "1", "of": "1" }));
    let fresh = register(&console, &json!({}))?;
    let into = with(&late, json!({ "into_issue_id": fresh, "reason": "同一事项" }));
    let proposed = console.ask(&Who::of("dispatcher"), "intake merge", into)?;
    console.ask(
        &leader(),
        "escalation approve",
        with(&late, json!({ "proposal": proposed["proposal"] })),
    )?;
    // The lead is held to the earlier clock, which has run out; the deadline it was told itself has not.
    console.server.advance_to(20 * 86_400 + 60).await?;
    let figures = console.figures(&leader())?;
    assert_eq!(overdue(&figures), json!({ "count": "1", "of": "1" }));
    assert_eq!(figures["overdue_adjusted"], json!({ "count": "2", "of": "2" }));
    let exclude = with(&late, json!({ "reason": "特殊情况" }));
    let own = Who::of("leader").at(&console.post(VILLAGE, 0)?);
    assert_eq!(console.refused(&own, "escalation exclude", exclude.clone())?, "RUNG_TOO_LOW");
    let proposed = console.ask(&leader(), "escalation exclude", exclude)?;
    console.ask(
        &deputy(),
        "escalation approve",
        with(&late, json!({ "proposal": proposed["proposal"] })),
    )?;
    let figures = console.figures(&leader())?;
    assert_eq!(overdue(&figures), json!({ "count": "1", "of": "1" }), "raw");
    assert_eq!(figures["overdue_after_exclusions"], json!({ "count": "0", "of": "0" }));
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

async fn m1_a_month_is_closed_by_an_event_and_corrected_beside_it(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    register(&console, &json!({}))?;
    let close = json!({ "unit_id": console.unit("云溪县")?, "month": "2026-03" });
    assert_eq!(console.refused(&leader(), "report close-month", close.clone())?, "MONTH_NOT_OVER");
    console.server.advance_to(17 * 86_400).await?;
    console.ask(&leader(), "report close-month", close.clone())?;
    assert_eq!(
        console.refused(&leader(), "report close-month", close.clone())?,
        "MONTH_CLOSED_BEFORE"
    );
    let list = json!({ "unit_id": console.unit("云溪县")?, "min_position": console.head()? });
    let reports = console.ask(&leader(), "report list-month-reports", list)?;
    let figures = reports["reports"][0]["figures"].as_array().cloned().unwrap_or_default();
    let received = figures.iter().find(|figure| figure["name"] == "received");
    assert_eq!(received.map(|figure| text(&figure["raw"])), Some("1".into()));
    Ok(())
}

async fn wartime_selects_other_terms_until_it_ends_by_itself(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let war = json!({ "unit_id": console.unit(TOWNSHIP)?, "until": "2026-03-20T08:00:00+08:00", "reason": "防汛Ⅱ级响应" });
    console.ask(&leader(), "policy switch-mode", war)?;
    let urgent = register(&console, &json!({}))?;
    assert_eq!(
        console.due(&urgent, "total")?,
        Some("2026-03-17T00:00:00Z".into()),
        "half of 48 hours"
    );
    console.server.advance_to(5 * 86_400).await?;
    let after = register(&console, &json!({}))?;
    assert!(console.due(&after, "total")? > Some("2026-04-01".into()));
    Ok(())
}

async fn provisional_deadlines_are_counted_again_when_the_year_is_published(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    console.server.advance_to(286 * 86_400).await?;
    let issue = register(&console, &json!({ "nature": "NATURE_SUGGESTION" }))?;
    let provisional = console.due(&issue, "total")?;
    let status = console.ask(&Who::of("operator"), "admin get-status", Value::Null)?;
    assert_eq!(status["alarms"][0]["reason"], "PROVISIONAL_DEADLINES");
    let known = include_str!("../../deploy/calendars/cn-2011-2026.toml");
    let number = known.lines().find(|line| line.starts_with("version")).unwrap_or_default();
    let next = known.replace(number, "version = 99");
    let year = "\n[years.2027]\noff = [\"01-01\", \"01-04\", \"01-05\"]\nmake_up = []\n";
    let publish = json!({ "document": format!("{next}{year}") });
    console.ask(&Who::of("operator"), "policy publish-calendar", publish)?;
    console.server.advance_to(286 * 86_400 + 60).await?;
    let counted = console.due(&issue, "total")?;
    assert!(counted > provisional, "{provisional:?} {counted:?}");
    let status = console.ask(&Who::of("operator"), "admin get-status", Value::Null)?;
    assert_eq!(status["alarms"], json!([]));
    Ok(())
}
