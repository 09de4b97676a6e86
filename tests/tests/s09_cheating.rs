//! What a unit would try to look better, or to be seen less: each attempt driven from outside.

use anyhow::Result;
use serde_json::{Value, json};
use tests::steps::{
    GRID, TOWNSHIP, VILLAGE, answer, complete_and_notify, deputy, hotline, keys_of, leader, on,
    press, register, says, secretary, visit, with,
};
use tests::{Console, Environment, Who, on_every_backend, text};

on_every_backend!(
    i5_an_urgent_visit_is_not_merged_away,
    i5_a_chain_of_merges_is_undone_and_no_circle_is_made,
    i5_a_file_is_merged_only_into_one_that_is_worked_on,
    a1_a_village_hides_no_file_from_its_superiors,
    a1_an_accusation_is_refused_as_an_ordinary_matter_on_every_road,
    i6_desks_approve_no_deferral_and_a_township_excludes_nothing,
    e2_two_of_staff_withdraw_nothing_without_the_resident_s_word,
    k2_no_time_is_won_by_dispatching_recusing_or_reclassifying_again,
    v4_the_handlers_unit_does_not_rate_itself,
    m4_a_repeat_is_found_whatever_it_is_called,
    m3_a_thumb_at_the_visit_is_reached_and_settles_nothing,
    i1_filing_for_others_for_other_bodies_and_for_tomorrow_is_checked,
    v3_a_confidential_story_is_not_read_in_the_own_village,
    k2_a_village_declares_no_war,
    m1_a_month_is_the_same_whoever_closes_it,
    p1_units_that_share_a_file_are_merged,
    v3_a_receipt_tells_the_ending_and_serves_no_handler,
    i1_what_a_source_says_is_checked,
    v3_a_receipt_tells_no_old_result_of_work_that_began_anew,
    i5_a_call_is_not_attached_to_what_has_ended,
    a1_whoever_stands_aside_finds_neither_the_call_nor_a_merged_file,
    c1_a_call_is_attached_to_no_petition_of_others,
    i5_merging_closes_nothing_and_takes_nothing_down,
    v4_units_that_were_merged_are_what_they_have_become,
    c1_an_attached_caller_keeps_the_promise_of_the_own_press,
    c6_a_thumb_finds_the_visit_wherever_the_file_went,
    c6_two_files_of_one_device_are_both_heard,
    c6_a_thumb_goes_to_the_latest_service_that_nobody_rated,
    c6_a_thumb_beside_whoever_answered_is_counted_apart,
    i1_a_matter_renamed_goes_to_its_department,
    a1_whoever_stands_aside_holds_it_in_no_other_post,
    m4_a_repeat_is_found_where_two_grids_became_one,
    a1_a_board_that_is_followed_tells_the_accused_nothing,
    a1_whoever_comes_to_sit_elsewhere_follows_with_other_eyes,
    a1_a_closed_month_tells_nothing_of_what_it_withholds,
    a1_a_grid_that_comes_below_the_accused_village_sees_nothing,
    v3_an_anonymous_file_keeps_nobodys_principal,
    c6_a_household_s_key_rates_what_was_filed_for_it,
    m1_what_is_not_due_thins_no_rate,
    v3_no_neighbour_speaks_for_a_confidential_reporter_whoever_holds_the_file,
    i5_a_file_in_a_chain_works_on_when_its_lead_is_its_own_again,
    m2_one_call_is_no_call_to_each_merged_household,
    m3_a_warning_makes_no_merged_file_overdue,
    v1_a_mistake_gives_back_what_it_cost,
    a1_an_accusation_told_in_a_call_begins_at_the_press,
    m5_a_deferral_that_ended_was_one,
    v1_a_complaint_is_heard_once,
    m2_a_household_merged_before_anybody_accepted_is_owed_its_call,
    i7_who_came_in_time_called_in_time,
    m4_a_repeat_is_found_by_the_name_of_the_village,
    m5_two_matters_declined_as_one_are_two,
    long_input_is_refused_like_any_other,
);

const COUNTY: &str = "云溪县";

fn dispatcher() -> Who {
    Who::of("dispatcher")
}

/// Proposed by the dispatcher, approved by the county.
fn merge(console: &Console, from: &str, into: &str) -> Result<()> {
    let request = with(from, json!({ "into_issue_id": into, "reason": "同一事项" }));
    let proposed = console.ask(&dispatcher(), "intake merge", request)?;
    approve(console, &leader(), from, &proposed)
}

fn approve(console: &Console, who: &Who, issue: &str, proposed: &Value) -> Result<()> {
    let request = with(issue, json!({ "proposal": proposed["proposal"] }));
    console.ask(who, "escalation approve", request).map(|_| ())
}

async fn i5_an_urgent_visit_is_not_merged_away(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let lead = register(&console, &json!({}))?;
    visit(&console, &lead)?;
    let urgent = register(&console, &json!({ "urgency": "URGENCY_URGENT", "must_visit": true }))?;
    let promised = |clock| console.due(&urgent, clock);
    let before = [promised("arrive")?, promised("total")?];
    merge(&console, &urgent, &lead)?;
    assert_eq!([console.due(&lead, "arrive")?, console.due(&lead, "total")?], before);
    assert_eq!(console.issue(&lead)?["row"]["urgency"], "URGENCY_URGENT");
    let done = with(&lead, json!({ "summary": "修好了" }));
    let refused = console.refused(&secretary(&console)?, "resolution complete", done)?;
    assert_eq!(refused, "VISIT_OWED", "the other household was not visited");
    let arrived = |console: &Console| console.figures(&leader()).map(|f| f["arrived"].clone());
    assert_eq!(arrived(&console)?, json!({ "count": "1", "of": "2" }), "the lead's own visit");
    let met = with(&lead, json!({ "outcome": "ARRIVAL_OUTCOME_MET" }));
    console.ask(&secretary(&console)?, "resolution arrive", met)?;
    let one = json!({ "count": "1", "of": "2" });
    assert_eq!(arrived(&console)?, one, "one visit is not one to every household that was merged");
    let theirs = with(&lead, json!({ "reporter": 1 }));
    console.ask(&Who::of("resident"), "resolution confirm-arrival", theirs)?;
    assert_eq!(arrived(&console)?, json!({ "count": "2", "of": "2" }), "they say so themselves");
    Ok(())
}

async fn i5_a_chain_of_merges_is_undone_and_no_circle_is_made(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let mut files = Vec::new();
    for title in ["一", "二", "三"] {
        files.push(register(&console, &json!({ "title": title }))?);
    }
    let [a, b, c] = &files[..] else { unreachable!("three files") };
    merge(&console, a, b)?;
    merge(&console, b, c)?;
    let back = with(c, json!({ "into_issue_id": a, "reason": "同一事项" }));
    assert_eq!(console.refused(&dispatcher(), "intake merge", back)?, "ISSUE_CLOSED");
    let came = |file: &Value| {
        let all = file["reporters"].as_array().cloned().unwrap_or_default();
        let left = all.iter().filter(|known| known["detached"] == false);
        left.map(|known| text(&known["merged_from_issue_id"])).collect::<Vec<_>>()
    };
    assert_eq!(came(&console.issue(c)?), ["", b, a]);
    console.ask(&dispatcher(), "intake unmerge", with(a, json!({ "reason": "不是一处" })))?;
    assert_eq!(came(&console.issue(c)?), ["", b], "the file's reporter has left the lead's lead");
    assert_eq!(console.stage(a)?, "registered");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// The lead is finished in the moment of the approval: the merge is undone, nobody falls between files.
async fn i5_a_file_is_merged_only_into_one_that_is_worked_on(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let lead = register(&console, &json!({}))?;
    let other = register(&console, &json!({}))?;
    let request = with(&other, json!({ "into_issue_id": lead, "reason": "同一事项" }));
    let proposed = console.ask(&dispatcher(), "intake merge", request)?;
    visit(&console, &lead)?;
    complete_and_notify(&console, &lead)?;
    let late = with(&other, json!({ "proposal": proposed["proposal"] }));
    assert_eq!(console.refused(&leader(), "escalation approve", late)?, "LEAD_NOT_OPEN");
    let hidden = json!({ "confidence": "CONFIDENCE_CONFIDENTIAL", "contact_channel": "邮箱" });
    let hidden = register(&console, &hidden)?;
    let request = with(&hidden, json!({ "into_issue_id": other, "reason": "同一事项" }));
    let refused = console.refused(&dispatcher(), "intake merge", request)?;
    assert_eq!(refused, "CONFIDENTIAL_STAYS_ALONE");
    Ok(())
}

async fn a1_a_village_hides_no_file_from_its_superiors(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let village = Who::of("leader").at(&console.post(VILLAGE, 1)?);
    let names = |field: &str, id: String| {
        with(&issue, json!({ "role": "PARTY_ROLE_INTERESTED", field: id }))
    };
    let chief = console.post(TOWNSHIP, 0)?;
    for party in [names("post_id", chief), names("person_id", console.person(TOWNSHIP, 0)?)] {
        assert_eq!(console.refused(&village, "dispatch name-party", party)?, "RUNG_TOO_LOW");
    }
    for unit in [VILLAGE, TOWNSHIP] {
        let party = names("unit_id", console.unit(unit)?);
        assert_eq!(console.refused(&leader(), "dispatch name-party", party)?, "UNIT_NOT_ACCUSED");
    }
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    let superior = Who::of("leader").at(&console.post(TOWNSHIP, 0)?);
    console.ask(&superior, "issue get-issue", get)?;
    Ok(())
}

/// An accusation told as an ordinary matter would land with the accused.
async fn a1_an_accusation_is_refused_as_an_ordinary_matter_on_every_road(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let matter = json!({
        "nature": "NATURE_REPORT", "category": "纪检监察/滥用职权", "narrative": "截留补贴",
        "place_unit_id": console.unit(GRID)?,
    });
    let told = json!({ "matter": matter, "source": "SOURCE_IN_PERSON" });
    assert_eq!(console.refused(&hotline(), "intake register", told)?, "ACCUSATION_TRACK");
    let (call, _) = press(&console)?;
    answer(&console, &call)?;
    let disposition = json!({ "call_id": call, "registered": { "matters": [matter] } });
    let refused = console.refused(&hotline(), "call record-disposition", disposition)?;
    assert_eq!(refused, "ACCUSATION_TRACK");
    let issue = register(&console, &json!({}))?;
    let class = with(&issue, json!({ "category": "检举控告", "reason": "改类" }));
    assert_eq!(console.refused(&hotline(), "intake reclassify", class)?, "ACCUSATION_TRACK");
    Ok(())
}

async fn i6_desks_approve_no_deferral_and_a_township_excludes_nothing(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let defer = with(&issue, json!({ "review_on": "2026-04-20", "reason": "等资金" }));
    let proposed = console.ask(&secretary(&console)?, "resolution defer", defer)?;
    let decide = with(&issue, json!({ "proposal": proposed["proposal"] }));
    for desk in [hotline(), Who::of("follow-up")] {
        for verb in ["escalation approve", "escalation reject"] {
            assert_eq!(console.refused(&desk, verb, decide.clone())?, "ROLE_MAY_NOT");
        }
    }
    approve(&console, &leader(), &issue, &proposed)?;
    let exclude = with(&issue, json!({ "reason": "特殊情况" }));
    let township = Who::of("leader").at(&console.post(TOWNSHIP, 0)?);
    assert_eq!(console.refused(&township, "escalation exclude", exclude)?, "RUNG_TOO_LOW");
    Ok(())
}

async fn e2_two_of_staff_withdraw_nothing_without_the_resident_s_word(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let withdraw = with(&issue, json!({ "reason": "不要了", "remedy": "可再反映" }));
    let proposed = console.ask(&secretary(&console)?, "intake withdraw", withdraw)?;
    let agree = with(&issue, json!({ "proposal": proposed["proposal"] }));
    let refused = console.refused(&hotline(), "escalation approve", agree)?;
    assert_eq!(refused, "WITHDRAWAL_NOT_CONFIRMED");
    let heard =
        json!({ "proposal": proposed["proposal"], "confirmation": "回拨本人,确认不再反映" });
    console.ask(&hotline(), "escalation approve", with(&issue, heard))?;
    assert_eq!(console.issue(&issue)?["outcome"], "");
    assert_eq!(console.stage(&issue)?, "completed", "and the notice is owed");
    Ok(())
}

async fn k2_no_time_is_won_by_dispatching_recusing_or_reclassifying_again(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let due = console.due(&issue, "resolve")?;
    let again = with(&issue, json!({ "post_id": console.post(VILLAGE, 0)? }));
    console.server.advance_to(3_600).await?;
    let refused = console.refused(&dispatcher(), "dispatch dispatch", again)?;
    assert!(["HOLDS_ALREADY", "ISSUE_STAGE_REFUSES"].contains(&refused.as_str()), "{refused}");
    let aside = Who::of("handler").at(&console.post(VILLAGE, 0)?);
    console.ask(&aside, "dispatch recuse", on(&issue))?;
    assert_eq!(console.due(&issue, "resolve")?, due, "the peer has what is left");
    let petition = json!({
        "procedure": "PROCEDURE_KIND_PETITION", "reason": "转信访", "receiving_body": "县信访局",
        "procedure_reference": "X-1",
    });
    let proposed = console.ask(&hotline(), "intake reclassify", with(&issue, petition.clone()))?;
    assert_ne!(proposed["proposal"], json!(0));
    let twice = console.refused(&hotline(), "intake reclassify", with(&issue, petition))?;
    assert_eq!(twice, "PROPOSED_BEFORE");
    let size = with(&issue, json!({ "size": "SIZE_BIG", "reason": "改类" }));
    let at_once = console.ask(&hotline(), "intake reclassify", size)?;
    assert_eq!(at_once["proposal"], json!(0), "another proposal's number is none of its own");
    Ok(())
}

/// V4: neither the colleague at the next desk nor a handler with a second post speaks for the resident.
async fn v4_the_handlers_unit_does_not_rate_itself(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    let rate = with(&issue, json!({ "verdict": { "effect": "EFFECT_SOLVED" } }));
    let colleague = Who::of("hotline").at(&console.post(VILLAGE, 1)?);
    assert_eq!(console.refused(&colleague, "rating rate", rate.clone())?, "HANDLER_MAY_NOT_RATE");
    console.ask(&hotline(), "rating rate", rate)?;
    Ok(())
}

/// M4: a repeat is a repeat under another category, by a link made by hand, and before the closing.
async fn m4_a_repeat_is_found_whatever_it_is_called(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (call, device) = press(&console)?;
    answer(&console, &call)?;
    let roof = json!({
        "nature": "NATURE_HELP", "category": "住房", "title": "漏雨",
        "place_unit_id": console.unit(GRID)?, "device_id": device,
    });
    let first = json!({ "call_id": call, "registered": { "matters": [roof] } });
    let first = console.ask(&hotline(), "call record-disposition", first)?;
    let first = text(&first["issue_ids"][0]);
    visit(&console, &first)?;
    complete_and_notify(&console, &first)?;
    // Not closed yet, and filed as something else at first.
    let again = register(&console, &json!({ "category": "道路", "device_id": device }))?;
    let repeated = |console: &Console| -> Result<Value> {
        Ok(console.figures(&leader())?["repeated"].clone())
    };
    assert_eq!(repeated(&console)?, "0");
    let class = with(&again, json!({ "category": "住房", "reason": "改类" }));
    console.ask(&hotline(), "intake reclassify", class)?;
    assert_eq!(repeated(&console)?, "1");
    says(&console, &first, "EFFECT_SOLVED")?;
    let settled = console.figures(&leader())?["settled"].clone();
    assert_eq!(settled, json!([]), "a matter that came back was not settled");

    let other = register(&console, &json!({ "category": "供水" }))?;
    visit(&console, &other)?;
    complete_and_notify(&console, &other)?;
    register(&console, &json!({ "category": "排水", "repeat_of_issue_id": other }))?;
    assert_eq!(repeated(&console)?, "2");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// C6, M3: whoever pressed during the visit and says no more is reached, and not satisfied.
async fn m3_a_thumb_at_the_visit_is_reached_and_settles_nothing(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let up = with(&issue, json!({ "verdict": { "effect": "EFFECT_SOLVED" }, "in_presence": true }));
    console.ask(&Who::of("resident"), "rating rate", up)?;
    complete_and_notify(&console, &issue)?;
    console.server.advance_to(40 * 86_400).await?;
    let figures = console.figures(&leader())?;
    assert_eq!(figures["reached"], json!({ "count": "1", "of": "1" }));
    assert_eq!(figures["in_presence"], json!({ "count": "1", "of": "1" }));
    assert_eq!(figures["satisfied_of_due"], json!({ "count": "0", "of": "1" }));
    Ok(())
}

/// What is filed names who agreed, who received it and when it truly happened.
async fn i1_filing_for_others_for_other_bodies_and_for_tomorrow_is_checked(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let matter = json!({
        "nature": "NATURE_HELP", "category": "住房", "place_unit_id": console.unit(GRID)?,
    });
    let filed = |extra: Value| {
        let mut request = json!({ "matter": matter, "source": "SOURCE_IN_PERSON" });
        for (key, value) in extra.as_object().into_iter().flatten() {
            request[key] = value.clone();
        }
        request
    };
    let mut petition = matter.clone();
    petition["procedure"] = json!("PROCEDURE_KIND_PETITION");
    let mut brought = matter.clone();
    brought["reporter_name"] = json!("某某");
    for wrong in [
        filed(json!({ "source": "SOURCE_ON_BEHALF" })),
        filed(json!({ "occurred_at": "2026-03-17T08:00:00Z" })),
        filed(json!({ "matter": petition })),
        filed(json!({ "matter": brought, "source": "SOURCE_PROACTIVE" })),
    ] {
        let refused = console.refused(&hotline(), "intake register", wrong)?;
        assert_eq!(refused, "INVALID_FIELD");
    }
    assert_eq!(console.figures(&deputy())?["received"], "0");
    Ok(())
}

/// V3: in the own village nobody reads what a confidential reporter told.
async fn v3_a_confidential_story_is_not_read_in_the_own_village(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let told = json!({
        "confidence": "CONFIDENCE_CONFIDENTIAL", "contact_channel": "邮箱", "narrative": "邻居占道",
    });
    let issue = register(&console, &told)?;
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    let read = |who: &Who| -> Result<Value> {
        Ok(console.ask(who, "issue get-issue", get.clone())?["issue"]["narrative"].clone())
    };
    assert_eq!(read(&secretary(&console)?)?, "");
    assert_eq!(read(&Who::of("leader").at(&console.post(TOWNSHIP, 0)?))?, "邻居占道");
    assert_eq!(console.figures(&leader())?["anonymous"], "0");
    Ok(())
}

/// K2: other terms for a whole area are the county's to declare.
async fn k2_a_village_declares_no_war(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let war = json!({
        "unit_id": console.unit(VILLAGE)?, "until": "2026-03-20T00:00:00Z", "reason": "防汛",
    });
    let village = Who::of("leader").at(&console.post(VILLAGE, 0)?);
    assert_eq!(console.refused(&village, "policy switch-mode", war.clone())?, "RUNG_TOO_LOW");
    console.ask(&leader(), "policy switch-mode", war)?;
    Ok(())
}

/// M1: a month is the unit's, whoever closes it and whatever they stand aside from.
async fn m1_a_month_is_the_same_whoever_closes_it(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    for _ in 0..3 {
        register(&console, &json!({}))?;
    }
    let accuse = json!({
        "matter": {
            "nature": "NATURE_REPORT", "category": "检举控告", "narrative": "截留补贴",
            "place_unit_id": console.unit(VILLAGE)?,
        },
        "accused": [{ "post_id": console.post(VILLAGE, 0)? }],
    });
    console.ask(&hotline(), "intake register-accusation", accuse)?;
    let both = Who::of("leader,discipline").at(&console.post(COUNTY, 0)?);
    assert_eq!(console.figures(&both)?["received"], "3", "no accusation is in a unit's figures");
    let board = console.ask(&leader(), "issue list-board", json!({}))?;
    for row in board["issues"].as_array().into_iter().flatten() {
        console.ask(&both, "dispatch recuse", on(&text(&row["id"])))?;
    }
    assert_eq!(console.figures(&both)?["received"], "0");
    console.server.advance_to(20 * 86_400).await?;
    let month = json!({ "unit_id": console.unit(COUNTY)?, "month": "2026-03" });
    console.ask(&both, "report close-month", month.clone())?;
    let list = json!({ "unit_id": console.unit(COUNTY)?, "min_position": console.head()? });
    let reports = console.ask(&leader(), "report list-month-reports", list)?;
    assert_eq!(month_figure(&reports, "received"), json!(["3", "3"]));
    // Whoever stands aside reads the month without what is hidden.
    let list = json!({ "unit_id": console.unit(COUNTY)? });
    let reports = console.ask(&both, "report list-month-reports", list)?;
    assert_eq!(month_figure(&reports, "received"), json!(["0", "0"]));
    Ok(())
}

/// Raw and after exclusions, in the latest report.
fn month_figure(reports: &Value, name: &str) -> Value {
    let figures = reports["reports"][0]["figures"].as_array().cloned().unwrap_or_default();
    let found = figures.iter().find(|figure| figure["name"] == name);
    found.map(|figure| json!([figure["raw"], figure["after_exclusions"]])).unwrap_or_default()
}

/// Two villages that both saw a file become one village that sees it; views stay equal to a rebuild.
async fn p1_units_that_share_a_file_are_merged(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let other = "柳湾村";
    let summon = with(&issue, json!({ "post_id": console.post(other, 0)?, "task": "协助" }));
    console.ask(&secretary(&console)?, "dispatch summon", summon)?;
    let both = json!({ "unit_id": console.unit(other)?, "into_id": console.unit(VILLAGE)? });
    console.ask(&Who::of("operator"), "org merge-units", both)?;
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    console.ask(&secretary(&console)?, "issue get-issue", get)?;
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// V3: the code tells why a file ended without a solution; a handler who knows the code judges nothing.
async fn v3_a_receipt_tells_the_ending_and_serves_no_handler(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let filed = |title: &str| -> Result<(String, String)> {
        let request = json!({
            "matter": {
                "nature": "NATURE_HELP", "category": "住房", "title": title,
                "place_unit_id": console.unit(GRID)?, "confidence": "CONFIDENCE_ANONYMOUS",
            },
            "source": "SOURCE_IN_PERSON",
        });
        let answer = console.ask(&hotline(), "intake register", request)?;
        Ok((text(&answer["issue_id"]), text(&answer["receipt_code"])))
    };
    let (declined, code) = filed("一")?;
    let decline =
        json!({ "reason": "不属本县", "remedy": "可申请复查", "competent_body": "省水利厅" });
    let proposed = console.ask(&dispatcher(), "intake decline", with(&declined, decline))?;
    approve(&console, &leader(), &declined, &proposed)?;
    let query = json!({ "receipt_code": code, "min_position": console.head()? });
    let told = text(&console.ask(&Who::of("resident"), "intake query-receipt", query)?["result"]);
    for part in ["不属本县", "可申请复查", "省水利厅"] {
        assert!(told.contains(part), "{told}");
    }
    let (done, code) = filed("二")?;
    let secretary = secretary(&console)?;
    console.ask(&secretary, "dispatch accept", on(&done))?;
    console.ask(&secretary, "resolution complete", with(&done, json!({ "summary": "修好了" })))?;
    let rate = json!({ "receipt_code": code, "verdict": { "effect": "EFFECT_SOLVED" } });
    let handler = Who::of("hotline").at(&console.post(VILLAGE, 0)?);
    let refused = console.refused(&handler, "intake rate-by-receipt", rate.clone())?;
    assert_eq!(refused, "HANDLER_MAY_NOT_RATE");
    console.ask(&Who::of("resident"), "intake rate-by-receipt", rate)?;
    assert_eq!(console.stage(&done)?, "closed");
    Ok(())
}

/// What is found by staff has nobody who brought it; another system's record is not a handler's to file;
/// whoever called is not anonymous; a word no row can hold is a mistake.
async fn i1_what_a_source_says_is_checked(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let matter = json!({
        "nature": "NATURE_HELP", "category": "住房", "place_unit_id": console.unit(GRID)?,
    });
    let external = json!({
        "matter": matter, "source": "SOURCE_EXTERNAL", "external_system": "12345",
        "external_id": "T-1",
    });
    let village = secretary(&console)?;
    assert_eq!(console.refused(&village, "intake register", external.clone())?, "ROLE_MAY_NOT");
    let township = Who::of("dispatcher").at(&console.post(TOWNSHIP, 0)?);
    assert_eq!(console.refused(&township, "intake register", external.clone())?, "ROLE_MAY_NOT");
    console.ask(&hotline(), "intake register", external)?;
    let (call, _) = press(&console)?;
    answer(&console, &call)?;
    let mut anonymous = matter.clone();
    anonymous["confidence"] = json!("CONFIDENCE_ANONYMOUS");
    let told = json!({ "call_id": call, "registered": { "matters": [anonymous] } });
    assert_eq!(console.refused(&hotline(), "call record-disposition", told)?, "INVALID_FIELD");
    let nowhere = json!({ "filter": "rung = nowhere" });
    assert_eq!(console.refused(&leader(), "issue list-board", nowhere)?, "INVALID_FIELD");
    let nobody = json!({
        "matter": { "nature": "NATURE_REPORT", "category": "检举控告",
            "place_unit_id": console.unit(VILLAGE)? },
        "accused": [{ "person_id": "0198a000-0000-7000-8000-00000000dead" }],
    });
    let refused = console.refused(&hotline(), "intake register-accusation", nobody)?;
    assert_eq!(refused, "NOT_FOUND");
    Ok(())
}

/// V3: work that began anew has no result; the old one would read as the answer to the complaint.
async fn v3_a_receipt_tells_no_old_result_of_work_that_began_anew(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let request = json!({
        "matter": {
            "nature": "NATURE_HELP", "category": "住房", "place_unit_id": console.unit(GRID)?,
            "confidence": "CONFIDENCE_ANONYMOUS",
        },
        "source": "SOURCE_IN_PERSON",
    });
    let filed = console.ask(&hotline(), "intake register", request)?;
    let (issue, code) = (text(&filed["issue_id"]), text(&filed["receipt_code"]));
    let told = |console: &Console| -> Result<(String, String)> {
        let query = json!({ "receipt_code": code, "min_position": console.head()? });
        let told = console.ask(&Who::of("resident"), "intake query-receipt", query)?;
        Ok((text(&told["stage"]), text(&told["result"])))
    };
    let secretary = secretary(&console)?;
    console.ask(&secretary, "dispatch accept", on(&issue))?;
    let done = with(&issue, json!({ "summary": "修好了" }));
    console.ask(&secretary, "resolution complete", done)?;
    assert_eq!(told(&console)?, ("notified".into(), "修好了".into()));
    let rate = json!({ "receipt_code": code, "verdict": { "effect": "EFFECT_NOT_SOLVED" } });
    console.ask(&Who::of("resident"), "intake rate-by-receipt", rate)?;
    assert_eq!(told(&console)?, ("registered".into(), String::new()));
    Ok(())
}

/// Somebody else's withdrawal, or a refusal of somebody else's matter, is no answer to a new call.
async fn i5_a_call_is_not_attached_to_what_has_ended(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let withdraw = with(&issue, json!({ "reason": "不要了", "remedy": "可再反映" }));
    console.ask(&Who::of("resident"), "intake withdraw", withdraw)?;
    assert_eq!(console.stage(&issue)?, "completed");
    let (call, _) = press(&console)?;
    answer(&console, &call)?;
    let attached = json!({ "call_id": call, "attached": { "issue_id": issue } });
    let refused = console.refused(&hotline(), "call record-disposition", attached)?;
    assert_eq!(refused, "ISSUE_CLOSED");
    Ok(())
}

/// A1: a call that led to a file, and a file that was merged into it, tell of it.
async fn a1_whoever_stands_aside_finds_neither_the_call_nor_a_merged_file(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (call, _) = press(&console)?;
    answer(&console, &call)?;
    let matter = json!({ "nature": "NATURE_HELP", "category": "住房", "title": "书记的亲戚占地", "narrative": "占了晒场" });
    let registered = json!({ "call_id": call, "registered": { "matters": [matter] } });
    let answered = console.ask(&hotline(), "call record-disposition", registered)?;
    let lead = text(&answered["issue_ids"][0]);
    let other = register(&console, &json!({}))?;
    visit(&console, &lead)?;
    merge(&console, &other, &lead)?;
    let secretary = secretary(&console)?;
    let get_call =
        || Ok::<_, anyhow::Error>(json!({ "call_id": call, "min_position": console.head()? }));
    console.ask(&secretary, "call get-call", get_call()?)?;
    console.ask(&secretary, "issue get-issue", on(&other))?;
    let name = json!({ "role": "PARTY_ROLE_KIN", "post_id": console.post(VILLAGE, 0)? });
    console.ask(&leader(), "dispatch name-party", with(&lead, name))?;
    assert_eq!(console.refused(&secretary, "call get-call", get_call()?)?, "NOT_FOUND");
    for file in [&lead, &other] {
        assert_eq!(console.refused(&secretary, "issue get-issue", on(file))?, "NOT_FOUND");
    }
    let calls = console.ask(&secretary, "call list-calls", json!({}))?;
    assert_eq!(calls["calls"].as_array().map(Vec::len), Some(0));
    let follow_up = json!({ "call_id": call });
    let refused = console.refused(&secretary, "call alert-emergency", follow_up)?;
    assert_eq!(refused, "NOT_FOUND");
    let figures = console.figures(&secretary)?;
    assert_eq!((&figures["received"], &figures["calls"]), (&json!("0"), &json!("0")));
    console.ask(&leader(), "call get-call", get_call()?)?;
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// C1, K2: sixty days are nobody's who did not petition.
async fn c1_a_call_is_attached_to_no_petition_of_others(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let petition = json!({
        "procedure": "PROCEDURE_KIND_PETITION", "receiving_body": "县信访局", "procedure_reference": "1",
    });
    let issue = register(&console, &petition)?;
    let (call, _) = press(&console)?;
    answer(&console, &call)?;
    let attached = json!({ "call_id": call, "attached": { "issue_id": issue } });
    let refused = console.refused(&hotline(), "call record-disposition", attached)?;
    assert_eq!(refused, "OTHER_TRACK");
    Ok(())
}

/// What was merged away is open, and stands as high, as its lead does.
async fn i5_merging_closes_nothing_and_takes_nothing_down(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let lead = register(&console, &json!({}))?;
    let other = register(&console, &json!({}))?;
    merge(&console, &other, &lead)?;
    console.server.advance_to(35 * 86_400).await?;
    let figures = console.figures(&leader())?;
    for (name, expected) in [("open", "2"), ("to_township", "2"), ("to_county", "2")] {
        assert_eq!(figures[name], expected, "{name}");
    }
    assert_eq!(figures["closed"], json!("0"));
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// A war declared for a village, and its work's judges, are those of the village it went into.
async fn v4_units_that_were_merged_are_what_they_have_become(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    let war = json!({
        "unit_id": console.unit(VILLAGE)?, "until": "2026-04-20T00:00:00Z", "reason": "防汛",
    });
    console.ask(&leader(), "policy switch-mode", war)?;
    let both = json!({ "unit_id": console.unit(VILLAGE)?, "into_id": console.unit("柳湾村")? });
    console.ask(&Who::of("operator"), "org merge-units", both)?;
    let rate = with(&issue, json!({ "verdict": { "effect": "EFFECT_SOLVED" } }));
    let colleague = Who::of("hotline").at(&console.post(VILLAGE, 1)?);
    assert_eq!(console.refused(&colleague, "rating rate", rate)?, "HANDLER_MAY_NOT_RATE");
    let at_war = register(&console, &json!({}))?;
    let total = console.due(&at_war, "total")?;
    assert!(total.as_deref() < Some("2026-03-18"), "the wartime terms hold: {total:?}");
    Ok(())
}

/// C1: in wartime a call is promised two days, whatever file it is attached to.
async fn c1_an_attached_caller_keeps_the_promise_of_the_own_press(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let war = json!({
        "unit_id": console.unit(TOWNSHIP)?, "until": "2026-04-20T00:00:00Z", "reason": "防汛",
    });
    console.ask(&leader(), "policy switch-mode", war)?;
    let (call, _) = press(&console)?;
    answer(&console, &call)?;
    let peace = console.due(&issue, "total")?;
    let attached = json!({ "call_id": call, "attached": { "issue_id": issue } });
    console.ask(&hotline(), "call record-disposition", attached)?;
    let total = console.due(&issue, "total")?;
    assert!(total < peace && total.as_deref() < Some("2026-03-18T01"), "{total:?} {peace:?}");
    console.server.advance_to(3 * 86_400).await?;
    assert_eq!(console.figures(&leader())?["overdue"]["count"], "1", "by what the caller was told");
    Ok(())
}

/// C6: the visit was made, and then the file was merged: the key rates it in the lead.
async fn c6_a_thumb_finds_the_visit_wherever_the_file_went(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (_, device) = press(&console)?;
    let visited = register(&console, &json!({ "device_id": device }))?;
    visit(&console, &visited)?;
    let lead = register(&console, &json!({}))?;
    merge(&console, &visited, &lead)?;
    let rung = console.issue(&lead)?["row"]["rung"].clone();
    let down = json!({ "device_id": device, "thumb": "THUMB_DOWN" });
    let pressed = console.ask(&keys_of(&device), "call press-thumb", down)?;
    assert_eq!((&pressed["issue_id"], &pressed["call_id"]), (&json!(lead), &json!("")));
    let file = console.issue(&lead)?;
    assert_ne!(file["row"]["rung"], rung, "it climbs");
    assert_eq!(file["follow_up_owed"], true);
    Ok(())
}

/// C6: filed by telephone for the household, and its own key rates the visit.
async fn c6_a_household_s_key_rates_what_was_filed_for_it(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let operator = Who::of("operator");
    let home = json!({ "unit_id": console.unit(GRID)?, "address": "九号" });
    let home = console.ask(&operator, "org register-household", home)?["household_id"].clone();
    let device = json!({ "household_id": home });
    let device = text(&console.ask(&operator, "org register-device", device)?["device_id"]);
    let filed = register(&console, &json!({ "household_id": home }))?;
    visit(&console, &filed)?;
    let up = json!({ "device_id": device, "thumb": "THUMB_UP" });
    let pressed = console.ask(&keys_of(&device), "call press-thumb", up)?;
    assert_eq!(text(&pressed["issue_id"]), filed);
    // Who is known in confidence is known by nothing that they did not name themselves.
    let hidden = json!({ "household_id": home, "confidence": "CONFIDENCE_CONFIDENTIAL",
        "contact_channel": "周日早上打邻居电话" });
    let hidden = register(&console, &hidden)?;
    let down = json!({ "device_id": device, "thumb": "THUMB_DOWN" });
    let pressed = console.ask(&keys_of(&device), "call press-thumb", down)?;
    assert_ne!(text(&pressed["issue_id"]), hidden);
    Ok(())
}

/// C6, I5: one key speaks for each of the files that its household brought.
async fn c6_two_files_of_one_device_are_both_heard(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (_, device) = press(&console)?;
    let lead = register(&console, &json!({ "device_id": device }))?;
    let other = register(&console, &json!({ "device_id": device }))?;
    merge(&console, &other, &lead)?;
    console.issue(&lead)?;
    visit(&console, &lead)?;
    complete_and_notify(&console, &lead)?;
    let told = with(&lead, json!({ "channel": "NOTICE_CHANNEL_PHONE", "reporter": 1 }));
    console.ask(&secretary(&console)?, "resolution notify", told)?;
    let up = json!({ "device_id": device, "thumb": "THUMB_UP" });
    console.ask(&hotline(), "call press-thumb", up.clone())?;
    assert_eq!(console.stage(&lead)?, "notified", "the other file is not heard of yet");
    console.ask(&hotline(), "call press-thumb", up)?;
    assert_eq!(console.stage(&lead)?, "closed");
    Ok(())
}

/// C6: a call and two visits wait; the keys go to them from the latest back, and then to the last again.
async fn c6_a_thumb_goes_to_the_latest_service_that_nobody_rated(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (call, device) = press(&console)?;
    answer(&console, &call)?;
    let at_once = json!({ "call_id": call, "answered_at_once": {} });
    console.ask(&hotline(), "call record-disposition", at_once)?;
    let mut files = Vec::new();
    for minutes in [1, 2] {
        console.server.advance_to(minutes * 60).await?;
        let file = register(&console, &json!({ "device_id": device }))?;
        visit(&console, &file)?;
        complete_and_notify(&console, &file)?;
        files.push(file);
    }
    let press_up = |id: &str| {
        let up = json!({ "device_id": device, "thumb": "THUMB_UP", "request_id": id });
        let pressed = console.ask(&keys_of(&device), "call press-thumb", up)?;
        Ok::<_, anyhow::Error>((text(&pressed["call_id"]), text(&pressed["issue_id"])))
    };
    let ids: Vec<String> =
        (1..5).map(|n| format!("00000000-0000-4000-8000-00000000000{n}")).collect();
    let none = String::new;
    assert_eq!(press_up(&ids[0])?, (none(), files[1].clone()));
    assert_eq!(press_up(&ids[1])?, (none(), files[0].clone()));
    assert_eq!(press_up(&ids[0])?, (none(), files[1].clone()), "the first press, sent again");
    assert_eq!(press_up(&ids[2])?, (call, none()));
    assert_eq!(
        press_up(&ids[3])?,
        (none(), files[1].clone()),
        "nothing waits: the last press counts"
    );
    // Staff who connect a key are not led from a device to a matter, by no part of the answer.
    let up = json!({ "device_id": device, "thumb": "THUMB_UP" });
    let pressed = console.ask(&hotline(), "call press-thumb", up)?;
    for told in [&pressed["issue_id"], &pressed["call_id"], &pressed["receipt"]["etag"]] {
        assert_eq!(told, &json!(""), "{pressed}");
    }
    assert_eq!(pressed["receipt"]["event_ids"], json!([]));
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

async fn c6_a_thumb_beside_whoever_answered_is_counted_apart(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    for in_presence in [true, false] {
        let (call, device) = press(&console)?;
        answer(&console, &call)?;
        let at_once = json!({ "call_id": call, "answered_at_once": {} });
        console.ask(&hotline(), "call record-disposition", at_once)?;
        let up = json!({ "device_id": device, "thumb": "THUMB_UP", "in_presence": in_presence });
        console.ask(&hotline(), "call press-thumb", up)?;
    }
    let figures = console.figures(&leader())?;
    let thumbs = (&figures["calls_thumb_up"], &figures["calls_thumb_in_presence"]);
    assert_eq!(thumbs, (&json!("2"), &json!("1")));
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// I1: what turns out to be a department's is dispatched on the department's ladder, its timers too.
async fn i1_a_matter_renamed_goes_to_its_department(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({ "category": "道路" }))?;
    visit(&console, &issue)?;
    let class = with(&issue, json!({ "category": "水利", "reason": "是水渠" }));
    let handler = Who::of("handler").at(&console.post(VILLAGE, 0)?);
    let own = console.refused(&handler, "intake reclassify", class.clone())?;
    assert_eq!(own, "HOLDER_MAY_NOT_RETURN", "that is an objection");
    console.ask(&hotline(), "intake reclassify", class)?;
    assert_eq!(console.stage(&issue)?, "registered");
    console.ask(&dispatcher(), "dispatch dispatch", on(&issue))?;
    let row = console.issue(&issue)?["row"].clone();
    assert_eq!(row["holder"]["unit_id"], json!(console.unit("县水利局")?));
    // Its timers fire on that ladder from now on.
    console.server.advance_to(40 * 86_400).await?;
    assert_eq!(console.issue(&issue)?["row"]["rung"], "RUNG_COUNTY");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// A1, P1: whoever is accused does not come to the file by standing in for its holder.
async fn a1_whoever_stands_aside_holds_it_in_no_other_post(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let accused = console.person(GRID, 0)?;
    let name = json!({ "role": "PARTY_ROLE_ACCUSED", "person_id": accused });
    console.ask(&leader(), "dispatch name-party", with(&issue, name))?;
    let post = console.post(VILLAGE, 0)?;
    assert_eq!(console.issue(&issue)?["row"]["holder"]["post_id"], json!(post));
    let turn = json!({
        "post_id": post, "person_id": accused, "reason": "ABSENCE_LEAVE",
        "until": "2026-03-20T10:00:00+08:00",
    });
    console.ask(&Who::of("operator"), "org delegate", turn)?;
    console.server.advance_to(60).await?;
    let holder = console.issue(&issue)?["row"]["holder"].clone();
    assert_eq!(holder["post_id"], json!(console.post(VILLAGE, 1)?), "a peer goes on with it");
    Ok(())
}

/// M4, P1: the same place under its new name.
async fn m4_a_repeat_is_found_where_two_grids_became_one(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (_, device) = press(&console)?;
    let first = register(&console, &json!({ "device_id": device }))?;
    visit(&console, &first)?;
    complete_and_notify(&console, &first)?;
    says(&console, &first, "EFFECT_SOLVED")?;
    let into = console.unit("柳湾一网格")?;
    let both = json!({ "unit_id": console.unit(GRID)?, "into_id": into });
    console.ask(&Who::of("operator"), "org merge-units", both)?;
    console.server.advance_to(3 * 86_400).await?;
    register(&console, &json!({ "device_id": device, "place_unit_id": into }))?;
    assert_eq!(console.figures(&leader())?["repeated"], "1");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// A1: who stands aside is told that a row left, once, if it was there; never of what nobody showed them.
async fn a1_a_board_that_is_followed_tells_the_accused_nothing(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let shown = register(&console, &json!({}))?;
    visit(&console, &shown)?;
    let secretary = secretary(&console)?;
    let mut live = console.follow(&secretary, "issue watch-board", json!({}))?;
    assert_eq!(live.next("issue")?["id"], json!(shown));
    let name = json!({ "role": "PARTY_ROLE_KIN", "post_id": console.post(VILLAGE, 0)? });
    console.ask(&leader(), "dispatch name-party", with(&shown, name.clone()))?;
    assert_eq!(live.next("gone")?["id"], json!(shown));
    console.ask(&leader(), "escalation urge", with(&shown, json!({ "note": "请抓紧" })))?;
    // Whoever begins now, and whoever goes on, hears next of another file.
    let hidden = register(&console, &json!({}))?;
    console.ask(&leader(), "dispatch name-party", with(&hidden, name))?;
    let other = register(&console, &json!({}))?;
    console.head()?;
    let mut late = console.follow(&secretary, "issue watch-board", json!({}))?;
    assert_eq!(late.next("issue")?["id"], json!(other));
    Ok(())
}

/// A1: a stream goes on with the eyes it began with, so it ends when they are others.
async fn a1_whoever_comes_to_sit_elsewhere_follows_with_other_eyes(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let (secretary, accused) = (secretary(&console)?, console.unit("柳湾村")?);
    let party = json!({ "role": "PARTY_ROLE_ACCUSED", "unit_id": accused });
    console.ask(&leader(), "dispatch name-party", with(&issue, party))?;
    let mut live = console.follow(&secretary, "issue watch-board", json!({}))?;
    assert_eq!(live.next("issue")?["id"], json!(issue));
    let operator = Who::of("operator");
    let second = json!({ "unit_id": accused, "title": "第一书记" });
    let second = text(&console.ask(&operator, "org create-post", second)?["post_id"]);
    let appoint = json!({ "post_id": second, "person_id": console.person(VILLAGE, 0)?,
        "from": "2026-03-01T00:00:00Z" });
    console.ask(&operator, "org appoint", appoint)?;
    let other = register(&console, &json!({}))?;
    assert!(live.next("issue").is_err(), "it has ended");
    let mut anew = console.follow(&secretary, "issue watch-board", json!({}))?;
    assert_eq!(anew.next("issue")?["id"], json!(other), "and tells nothing of the first");
    Ok(())
}

/// A1, M1: figures frozen once, less what is hidden by now, would tell what became of it.
async fn a1_a_closed_month_tells_nothing_of_what_it_withholds(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    let name = json!({ "role": "PARTY_ROLE_KIN", "post_id": console.post(VILLAGE, 0)? });
    console.ask(&leader(), "dispatch name-party", with(&issue, name))?;
    console.server.advance_to(17 * 86_400).await?;
    let month = json!({ "unit_id": console.unit(VILLAGE)?, "month": "2026-03" });
    console.ask(&leader(), "report close-month", month)?;
    let withdraw = with(&issue, json!({ "reason": "不要了", "remedy": "可再反映" }));
    console.ask(&Who::of("resident"), "intake withdraw", withdraw)?;
    let list = || -> Result<Value> {
        let list = json!({ "unit_id": console.unit(VILLAGE)?, "min_position": console.head()? });
        console.ask(&secretary(&console)?, "report list-month-reports", list)
    };
    let reports = list()?;
    for figure in ["received", "open", "must_visit", "withdrawn", "overdue", "holder_late"] {
        assert_eq!(month_figure(&reports, figure), json!(["0", "0"]), "{figure}");
    }
    Ok(())
}

/// A1: a grid added, or moved, below the village that is accused.
async fn a1_a_grid_that_comes_below_the_accused_village_sees_nothing(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let village = console.unit(VILLAGE)?;
    let name = json!({ "role": "PARTY_ROLE_ACCUSED", "unit_id": village });
    console.ask(&leader(), "dispatch name-party", with(&issue, name))?;
    let operator = Who::of("operator");
    let grid = json!({
        "name": "桥头二网格", "kind": "网格", "rung": "RUNG_GRID", "parent_id": village, "code": "99012",
    });
    let grid = text(&console.ask(&operator, "org add-unit", grid)?["unit_id"]);
    let post = json!({ "unit_id": grid, "title": "网格长" });
    let post = text(&console.ask(&operator, "org create-post", post)?["post_id"]);
    let chief = Who::of("handler").at(&post);
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    assert_eq!(console.refused(&chief, "issue get-issue", get)?, "NOT_FOUND");
    assert_eq!(console.figures(&chief)?["received"], "0");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// V3: the principal of a resident who files anonymously, or uses the code, is written down nowhere.
async fn v3_an_anonymous_file_keeps_nobodys_principal(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let known = Who::of("resident").named("wx-openid-4242");
    let matter = json!({
        "nature": "NATURE_HELP", "category": "住房", "place_unit_id": console.unit(GRID)?,
        "narrative": "漏水", "confidence": "CONFIDENCE_ANONYMOUS",
    });
    let filed = json!({ "matter": matter, "source": "SOURCE_IN_PERSON" });
    let filed = console.ask(&known, "intake register", filed)?;
    let (issue, code) = (text(&filed["issue_id"]), filed["receipt_code"].clone());
    let secretary = secretary(&console)?;
    console.ask(&secretary, "dispatch accept", on(&issue))?;
    console.ask(&secretary, "resolution complete", with(&issue, json!({ "summary": "修好了" })))?;
    let judged = json!({ "receipt_code": code, "verdict": { "effect": "EFFECT_SOLVED" } });
    console.ask(&known, "intake rate-by-receipt", judged)?;
    let file = console.issue(&issue)?;
    assert_eq!(file["row"]["stage"], "closed");
    let get = json!({ "issue_id": issue, "min_position": console.head()? });
    let whole = console.ask(&leader(), "issue get-issue", get)?.to_string();
    assert!(whole.contains("anonymous") && !whole.contains("4242"), "{whole}");
    Ok(())
}

/// M1: what is not due yet is shown apart, and makes no rate look better.
async fn m1_what_is_not_due_thins_no_rate(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    register(&console, &json!({}))?;
    console.server.advance_to(30 * 86_400).await?;
    let late = console.figures(&leader())?;
    for _ in 0..3 {
        register(&console, &json!({}))?;
    }
    let figures = console.figures(&leader())?;
    assert_eq!(figures["not_yet_due"], "3");
    for rate in ["overdue", "overdue_adjusted", "holder_late", "overdue_after_exclusions"] {
        assert_eq!((&figures[rate], &late[rate]["of"]), (&late[rate], &json!("1")), "{rate}");
    }
    // Neglected, they are late for their holder, and thin no rate of the deadline told.
    console.server.advance_to(30 * 86_400 + 5 * 3_600).await?;
    let neglected = console.figures(&leader())?;
    for rate in ["overdue", "overdue_adjusted", "overdue_after_exclusions"] {
        assert_eq!(neglected[rate], late[rate], "{rate}");
    }
    assert_ne!(neglected["holder_late"], late["holder_late"]);
    Ok(())
}

/// A refusal that repeats what was sent still reaches the client: headers are short.
async fn long_input_is_refused_like_any_other(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let filter = json!({ "filter": "县".repeat(900) });
    assert_eq!(console.refused(&leader(), "issue list-board", filter)?, "INVALID_FIELD");
    let operator = Who::of("operator");
    for verb in ["policy publish-policy", "policy publish-calendar", "org publish-profile"] {
        let text = json!({ "document": format!("x = \"{}", "县".repeat(3_000)) });
        assert_eq!(console.refused(&operator, verb, text)?, "INVALID_FIELD", "{verb}");
    }
    Ok(())
}

/// V3: who was told in confidence is nobody's of the own village, also where a department holds the file.
async fn v3_no_neighbour_speaks_for_a_confidential_reporter_whoever_holds_the_file(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let told = json!({ "confidence": "CONFIDENCE_CONFIDENTIAL", "contact_channel": "邮箱",
        "category": "水利", "title": "有人挖坝" });
    let issue = register(&console, &told)?;
    let engineer = Who::of("handler").at(&console.post("县水利局", 0)?);
    let village = console.post(VILLAGE, 0)?;
    let (desk, caller) = (Who::of("hotline").at(&village), Who::of("follow-up").at(&village));
    console.ask(&engineer, "dispatch accept", on(&issue))?;
    let wish = with(&issue, json!({ "until": "2026-04-20T00:00:00+08:00", "reason": "他说不急" }));
    let refused = console.refused(&desk, "resolution record-resident-wish", wish.clone())?;
    assert_eq!(refused, "HANDLER_MAY_NOT_WISH");
    let refused = console.refused(&caller, "resolution confirm-arrival", on(&issue))?;
    assert_eq!(refused, "HANDLER_MAY_NOT_CONFIRM");
    let gone = with(&issue, json!({ "reason": "他不提了", "remedy": "可再反映" }));
    let proposed = console.ask(&dispatcher(), "intake withdraw", gone)?["proposal"].clone();
    let said = with(&issue, json!({ "proposal": proposed, "confirmation": "他这么说" }));
    assert_eq!(console.refused(&desk, "escalation approve", said)?, "HANDLER_MAY_NOT_DECIDE");
    let met = with(&issue, json!({ "outcome": "ARRIVAL_OUTCOME_MET" }));
    console.ask(&engineer, "resolution arrive", met)?;
    let done = with(&issue, json!({ "summary": "已制止" }));
    console.ask(&engineer, "resolution complete", done)?;
    let told = with(&issue, json!({ "channel": "NOTICE_CHANNEL_PHONE" }));
    let neighbour = Who::of("handler").at(&village);
    let refused = console.refused(&neighbour, "resolution notify", told.clone())?;
    assert_eq!(refused, "CONFIDENTIAL_OWN_VILLAGE");
    console.ask(&engineer, "resolution notify", told)?;
    let rate = with(&issue, json!({ "verdict": { "effect": "EFFECT_SOLVED" } }));
    assert_eq!(console.refused(&desk, "rating rate", rate.clone())?, "HANDLER_MAY_NOT_RATE");
    console.ask(&hotline(), "rating rate", rate)?;
    Ok(())
}

/// I5, M3: a into b, b into c, and b is its own again: a works on with b, whatever became of c.
async fn i5_a_file_in_a_chain_works_on_when_its_lead_is_its_own_again(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let mut files = Vec::new();
    for title in ["一", "二", "三"] {
        files.push(register(&console, &json!({ "title": title }))?);
    }
    let [a, b, c] = &files[..] else { unreachable!("three files") };
    merge(&console, a, b)?;
    merge(&console, b, c)?;
    visit(&console, c)?;
    let secretary = secretary(&console)?;
    console.ask(&secretary, "resolution complete", with(c, json!({ "summary": "修好了" })))?;
    console.ask(&dispatcher(), "intake unmerge", with(b, json!({ "reason": "不是一处" })))?;
    let figures = console.figures(&leader())?;
    assert_eq!(figures["open"], "3", "none is closed: {figures}");
    console.server.advance_to(40 * 86_400).await?;
    let figures = console.figures(&leader())?;
    assert_eq!(figures["overdue"]["count"], "2", "a and b, on which nobody works");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// M2: each household is spoken to on its own.
async fn m2_one_call_is_no_call_to_each_merged_household(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let lead = register(&console, &json!({ "title": "一" }))?;
    let other = register(&console, &json!({ "title": "二" }))?;
    let secretary = secretary(&console)?;
    console.ask(&secretary, "dispatch accept", on(&lead))?;
    console.ask(&secretary, "dispatch accept", on(&other))?;
    merge(&console, &other, &lead)?;
    console.ask(
        &secretary,
        "resolution record-contact",
        with(&lead, json!({ "reached": true })),
    )?;
    let met = with(&lead, json!({ "outcome": "ARRIVAL_OUTCOME_MET" }));
    console.ask(&secretary, "resolution arrive", met)?;
    console.server.advance_to(25 * 3_600).await?;
    let figures = console.figures(&leader())?;
    assert_eq!(figures["contacted"], json!({ "count": "1", "of": "2" }));
    let second = with(&lead, json!({ "reached": true, "reporter": 1 }));
    console.ask(&secretary, "resolution record-contact", second)?;
    assert_eq!(console.figures(&leader())?["contacted"]["count"], "2");
    let nobody = with(&lead, json!({ "reached": true, "reporter": 7 }));
    let refused = console.refused(&secretary, "resolution record-contact", nobody)?;
    assert_eq!(refused, "UNKNOWN_REPORTER");
    Ok(())
}

/// M3: half of a wartime term is a warning, for a merged file too.
async fn m3_a_warning_makes_no_merged_file_overdue(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let war = json!({
        "unit_id": console.unit(VILLAGE)?, "until": "2026-04-20T00:00:00Z", "reason": "防汛",
    });
    console.ask(&leader(), "policy switch-mode", war)?;
    let lead = register(&console, &json!({ "title": "一" }))?;
    let other = register(&console, &json!({ "title": "二" }))?;
    let grid = Who::of("handler").at(&console.post(GRID, 0)?);
    console.ask(&grid, "dispatch accept", on(&lead))?;
    let met = with(&lead, json!({ "outcome": "ARRIVAL_OUTCOME_MET" }));
    console.ask(&grid, "resolution arrive", met)?;
    merge(&console, &other, &lead)?;
    console.server.advance_to(30 * 3_600).await?;
    let late = || -> Result<_> {
        let figures = console.figures(&leader())?;
        Ok(["overdue_adjusted", "overdue"].map(|name| text(&figures[name]["count"])))
    };
    assert_eq!(late()?, ["0", "0"]);
    console.server.advance_to(60 * 3_600).await?;
    assert_eq!(late()?, ["2", "2"]);
    Ok(())
}

/// V1: solved in time, a key pressed by mistake after the last day: all it cost is given back.
async fn v1_a_mistake_gives_back_what_it_cost(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_SOLVED")?;
    // Within the days for reopening, which end 15 days after it was told.
    console.server.advance_to(15 * 86_400 - 60).await?;
    let rung = |file: &Value| text(&file["row"]["rung"]);
    let before = rung(&console.issue(&issue)?);
    says(&console, &issue, "EFFECT_NOT_SOLVED")?;
    console.server.advance_to(15 * 86_400 + 60).await?;
    let heard = json!({ "verdict": { "effect": "EFFECT_SOLVED" }, "by_mistake": true });
    let follow_up = Who::of("follow-up");
    console.ask(&follow_up, "rating record-follow-up", with(&issue, heard))?;
    let file = console.issue(&issue)?;
    assert_eq!((rung(&file), text(&file["row"]["stage"])), (before, "closed".into()));
    assert_ne!(file["row"]["overdue"], json!(true), "{file}");
    let figures = console.figures(&leader())?;
    for name in ["overdue", "overdue_adjusted", "holder_late"] {
        assert_eq!(figures[name]["count"], "0", "{name}");
    }
    for name in ["reopened", "to_township", "to_county"] {
        assert_eq!(figures[name], "0", "{name}");
    }
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// C1, C2, A1: whoever accuses somebody on the telephone is owed the time from the press; the call has a
/// disposition, and is like any other to whom it accuses: what vanishes would tell.
async fn a1_an_accusation_told_in_a_call_begins_at_the_press(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (call, _) = press(&console)?;
    answer(&console, &call)?;
    console.server.advance_to(120).await?;
    let accuse = json!({
        "matter": { "nature": "NATURE_REPORT", "category": "检举控告", "title": "索要财物",
            "narrative": "收礼", "place_unit_id": console.unit(VILLAGE)? },
        "accused": [{ "post_id": console.post(VILLAGE, 0)? }], "call_id": call,
    });
    let mut anonymous = accuse.clone();
    anonymous["matter"]["confidence"] = "CONFIDENCE_ANONYMOUS".into();
    let refused = console.refused(&hotline(), "intake register-accusation", anonymous)?;
    assert_eq!(refused, "INVALID_FIELD");
    let accused = console.ask(&hotline(), "intake register-accusation", accuse)?;
    let accused = text(&accused["issue_id"]);
    let discipline = Who::of("discipline");
    let get = json!({ "issue_id": accused, "min_position": console.head()? });
    let file = console.ask(&discipline, "issue get-issue", get)?["issue"].clone();
    assert_eq!(file["call_id"], json!(call));
    let pressed = console.call(&call)?["pressed_at"].clone();
    assert_eq!(file["started_at"], pressed);
    let secretary = Who::of("handler").at(&console.post(VILLAGE, 0)?);
    let get_call = json!({ "call_id": call });
    console.ask(&secretary, "call get-call", get_call.clone())?;
    let record =
        |id: &str| json!({ "call_id": call, "registered": { "accusation_issue_ids": [id] } });
    let verb = "call record-disposition";
    let none = json!({ "call_id": call, "registered": { "matters": [] } });
    assert_eq!(console.refused(&hotline(), verb, none)?, "INVALID_FIELD");
    let ordinary = register(&console, &json!({}))?;
    assert_eq!(console.refused(&hotline(), verb, record(&ordinary))?, "NOT_FOUND");
    let recorded = console.ask(&hotline(), verb, record(&accused))?;
    assert!(!recorded.to_string().contains(&accused), "{recorded}");
    let seen = console.ask(
        &leader(),
        "call get-call",
        json!({ "call_id": call, "min_position": console.head()? }),
    )?;
    assert_eq!(
        seen["call"]["disposition"], "answered_at_once",
        "as any other that leads to nothing"
    );
    assert!(!seen.to_string().contains(&accused), "{seen}");
    let accused_sees = console.ask(&secretary, "call get-call", get_call)?;
    assert_eq!(accused_sees["call"]["disposition"], "answered_at_once");
    assert!(!accused_sees.to_string().contains(&accused), "{accused_sees}");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// M5: what was on the shelf was on the shelf.
async fn m5_a_deferral_that_ended_was_one(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    let secretary = secretary(&console)?;
    console.ask(&secretary, "dispatch accept", on(&issue))?;
    let defer = with(&issue, json!({ "review_on": "2026-04-15", "reason": "等资金" }));
    let proposed = console.ask(&secretary, "resolution defer", defer)?["proposal"].clone();
    console.ask(&leader(), "escalation approve", with(&issue, json!({ "proposal": proposed })))?;
    let deferred = |figures: &Value| (text(&figures["deferred"]), text(&figures["deferred_ever"]));
    assert_eq!(deferred(&console.figures(&leader())?), ("1".into(), "1".into()));
    console.ask(&leader(), "resolution resume", on(&issue))?;
    assert_eq!(deferred(&console.figures(&leader())?), ("0".into(), "1".into()));
    Ok(())
}

/// M4: the village that answers is the place of its grids.
async fn m4_a_repeat_is_found_by_the_name_of_the_village(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let home = json!({ "unit_id": console.unit(GRID)?, "address": "八号" });
    let home = console.ask(&Who::of("operator"), "org register-household", home)?;
    let at = |place: &str| -> Result<String> {
        let told =
            json!({ "household_id": home["household_id"], "place_unit_id": console.unit(place)? });
        register(&console, &told)
    };
    let repeated = || Ok::<_, anyhow::Error>(text(&console.figures(&leader())?["repeated"]));
    let first = at(GRID)?;
    visit(&console, &first)?;
    complete_and_notify(&console, &first)?;
    says(&console, &first, "EFFECT_SOLVED")?;
    at("柳湾村")?;
    at(TOWNSHIP)?;
    assert_eq!(repeated()?, "0", "another village, and no place at all");
    let second = at(VILLAGE)?;
    assert_eq!(repeated()?, "1");
    visit(&console, &second)?;
    complete_and_notify(&console, &second)?;
    says(&console, &second, "EFFECT_SOLVED")?;
    at(GRID)?;
    assert_eq!(repeated()?, "2");
    Ok(())
}

/// V1, E1: the call-back heard that it was not solved; the next result is the resident's to judge.
async fn v1_a_complaint_is_heard_once(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({}))?;
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_NOT_SOLVED")?;
    assert_eq!(console.issue(&issue)?["follow_up_owed"], true);
    let heard = with(&issue, json!({ "verdict": { "effect": "EFFECT_NOT_SOLVED" } }));
    console.ask(&Who::of("follow-up"), "rating record-follow-up", heard)?;
    let file = console.issue(&issue)?;
    assert_eq!(text(&file["row"]["stage"]), "registered");
    let to = with(&issue, json!({ "post_id": console.post(TOWNSHIP, 0)? }));
    console.ask(&dispatcher(), "dispatch dispatch", to)?;
    let township = Who::of("handler").at(&console.post(TOWNSHIP, 0)?);
    console.ask(&township, "dispatch accept", on(&issue))?;
    let met = with(&issue, json!({ "outcome": "ARRIVAL_OUTCOME_MET" }));
    console.ask(&township, "resolution arrive", met)?;
    let done = with(&issue, json!({ "summary": "修好了" }));
    console.ask(&township, "resolution complete", done)?;
    let told = with(&issue, json!({ "channel": "NOTICE_CHANNEL_PHONE" }));
    console.ask(&township, "resolution notify", told)?;
    says(&console, &issue, "EFFECT_SOLVED")?;
    let file = console.issue(&issue)?;
    assert_eq!(
        (text(&file["row"]["stage"]), text(&file["outcome"])),
        ("closed".into(), "confirmed_solved".into())
    );
    Ok(())
}

/// M2: merged before anybody took it on, its household is owed a call as any other.
async fn m2_a_household_merged_before_anybody_accepted_is_owed_its_call(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let secretary = secretary(&console)?;
    let contacted = || Ok::<_, anyhow::Error>(console.figures(&leader())?["contacted"].clone());
    let mut files = Vec::new();
    for title in ["一", "二", "三", "四"] {
        files.push(register(&console, &json!({ "title": title }))?);
    }
    let [a, b, c, d] = &files[..] else { unreachable!("four files") };
    console.ask(&secretary, "dispatch accept", on(a))?;
    console.ask(&secretary, "resolution record-contact", with(a, json!({ "reached": true })))?;
    merge(&console, b, a)?;
    merge(&console, d, c)?;
    visit(&console, c)?;
    assert_eq!(contacted()?, json!({ "count": "2", "of": "2" }), "not due yet");
    console.server.advance_to(25 * 3_600).await?;
    assert_eq!(contacted()?, json!({ "count": "2", "of": "4" }));
    Ok(())
}

/// I7, M3: the resident says that they came in time, so they spoke in time, too.
async fn i7_who_came_in_time_called_in_time(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &json!({ "must_visit": true }))?;
    let secretary = secretary(&console)?;
    console.ask(&secretary, "dispatch accept", on(&issue))?;
    console.server.advance_to(60 * 3_600).await?;
    let late =
        || Ok::<_, anyhow::Error>(text(&console.figures(&leader())?["holder_late"]["count"]));
    assert_eq!(late()?, "1");
    let came = with(&issue, json!({ "came_at": "2026-03-16T10:00:00+08:00" }));
    console.ask(&hotline(), "resolution confirm-arrival", came)?;
    assert_eq!(late()?, "0");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// M5: merged first and declined then, both are declined.
async fn m5_two_matters_declined_as_one_are_two(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let lead = register(&console, &json!({ "title": "一" }))?;
    let other = register(&console, &json!({ "title": "二" }))?;
    merge(&console, &other, &lead)?;
    let decline = json!({ "reason": "不属本县", "remedy": "向邻县反映", "competent_body": "邻县" });
    let asked = console.ask(&dispatcher(), "intake decline", with(&lead, decline))?;
    let both = with(&lead, json!({ "proposal": asked["proposal"] }));
    console.ask(&leader(), "escalation approve", both)?;
    assert_eq!(console.figures(&leader())?["declined"], "2");
    console.ask(&dispatcher(), "intake unmerge", with(&other, json!({ "reason": "另一件事" })))?;
    assert_eq!(console.figures(&leader())?["declined"], "1", "its own again, and open");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}
