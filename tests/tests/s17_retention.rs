//! What is known of residents is kept no longer than its time, and no erasure overtakes a reopening.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use tests::steps::{
    VILLAGE, answer, complete_and_notify, deputy, hotline, leader, press, register, says,
    secretary, visit,
};
use tests::{Console, Environment, Who, text};

tests::on_every_backend!(
    p12_what_is_kept_no_longer_is_listed_and_forgotten,
    p12_no_erasure_overtakes_a_reopening,
    p12_a_household_that_somebody_must_find_is_not_forgotten,
    p12_a_call_and_a_merged_file_are_kept_as_what_they_are_a_part_of,
    p12_a_call_that_led_to_several_matters_is_listed_when_the_last_is_over,
    p10_what_is_asked_of_a_call_tells_of_no_accusation,
    p10_what_happens_to_a_confidential_matter_is_not_seen_of_its_call,
    p10_a_frozen_call_gives_its_number_to_an_accusation_told_in_it,
);

const DAY: i64 = 86_400;
const APPROVE: &str = "privacy approve-privacy-request";

/// A county under its everyday policy, but that no call is drawn by chance to be asked about.
async fn county(environment: &Environment) -> Result<Console> {
    let console = Console::open_on(environment).await?;
    let policy = include_str!("../../deploy/policies/county.toml");
    let policy = policy.replace("\nversion = 1\n", "\nversion = 2\n");
    let policy = policy.replace("\nsample_percent = 10\n", "\nsample_percent = 0\n");
    console.ask(&Who::of("operator"), "policy publish-policy", json!({ "document": policy }))?;
    Ok(console)
}

fn closed(console: &Console, matter: &Value) -> Result<String> {
    let issue = register(console, matter)?;
    visit(console, &issue)?;
    complete_and_notify(console, &issue)?;
    says(console, &issue, "EFFECT_SOLVED")?;
    Ok(issue)
}

fn erase(file: &str, basis: &str) -> Value {
    json!({ "file": file, "extent": "EXTENT_WHOLE_FILE", "basis": basis, "reason": "期满" })
}

fn granted(file: &str, asked: &Value) -> Value {
    json!({ "file": file, "number": asked["number"] })
}

/// What is due, to whom it shows.
fn due(console: &Console, who: &Who, only: Value) -> Result<(Vec<Value>, String)> {
    let mut request = json!({ "min_position": console.head()? });
    tests::steps::merge(&mut request, &only);
    let listed = console.ask(who, "privacy list-retention-due", request)?;
    let due = listed["due"].as_array().cloned().unwrap_or_default();
    Ok((due, text(&listed["next_page_token"])))
}

fn files(due: &[Value]) -> Vec<String> {
    due.iter().map(|line| text(&line["file"])).collect()
}

async fn p12_what_is_kept_no_longer_is_listed_and_forgotten(
    environment: Environment,
) -> Result<()> {
    let console = county(&environment).await?;
    let minors = closed(&console, &json!({ "category": "未成年人/看护" }))?;
    let ordinary = closed(&console, &json!({}))?;
    let (call, _) = press(&console)?;
    answer(&console, &call)?;
    let told = json!({ "call_id": call, "answered_at_once": {} });
    let chief = Who::of("handler").at(&console.post(tests::steps::GRID, 0)?);
    console.ask(&chief, "call record-disposition", told)?;
    let (minors, ordinary) = (format!("issue/{minors}"), format!("issue/{ordinary}"));
    let call = format!("call/{call}");
    assert!(due(&console, &leader(), json!({}))?.0.is_empty());
    for file in [&minors, &ordinary, &call] {
        let over = erase(file, "BASIS_RETENTION_OVER");
        let early = console.refused(&hotline(), "privacy request-erasure", over)?;
        assert_eq!(early, "STILL_KEPT");
    }

    // A year and a day; ordinary matters are kept for five.
    console.server.advance_to(367 * DAY).await?;
    let (first, next) = due(&console, &leader(), json!({ "page_size": 1 }))?;
    assert_eq!(files(&first), std::slice::from_ref(&call), "the longest overdue first");
    let (second, end) = due(&console, &leader(), json!({ "page_size": 1, "page_token": next }))?;
    assert_eq!((files(&second), end.as_str()), (vec![minors.clone()], ""));
    assert_eq!(text(&second[0]["retention_class"]), "minors");
    let elsewhere = Who::of("leader").at(&console.post("柳湾村", 0)?).at_home();
    assert!(due(&console, &elsewhere, json!({}))?.0.is_empty(), "not of another village");
    assert_eq!(
        console.refused(&secretary(&console)?, "privacy list-retention-due", json!({}))?,
        "ROLE_MAY_NOT"
    );

    console.ask(&leader(), "privacy place-hold", json!({ "file": minors, "reason": "审计" }))?;
    let (held, _) = due(&console, &leader(), json!({}))?;
    let held: Vec<_> = held.iter().map(|line| line["is_held"] == json!(true)).collect();
    assert_eq!(held, [false, true]);

    let asked =
        console.ask(&hotline(), "privacy request-erasure", erase(&call, "BASIS_RETENTION_OVER"))?;
    console.ask(&leader(), APPROVE, granted(&call, &asked))?;
    assert_eq!(files(&due(&console, &leader(), json!({}))?.0), [minors]);
    let early = erase(&ordinary, "BASIS_RETENTION_OVER");
    assert_eq!(console.refused(&hotline(), "privacy request-erasure", early)?, "STILL_KEPT");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// Whichever comes first, the other knows of it: what is reopened is not erased, and what is erased first may be
/// reopened as a matter without words.
async fn p12_no_erasure_overtakes_a_reopening(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    for _ in 0..4 {
        let issue = closed(&console, &json!({}))?;
        let file = format!("issue/{issue}");
        let asked = console.ask(
            &hotline(),
            "privacy request-erasure",
            erase(&file, "BASIS_CONSENT_WITHDRAWN"),
        )?;
        let approve = || console.tried(&deputy(), APPROVE, granted(&file, &asked));
        let reopen = || says(&console, &issue, "EFFECT_NOT_SOLVED");
        let (erased, reopened) = std::thread::scope(|threads| {
            let erased = threads.spawn(approve);
            let reopened = reopen();
            (erased.join(), reopened)
        });
        reopened?;
        let position = |answer: &Value| {
            answer["receipt"]["position"].as_str().and_then(|at| at.parse::<u64>().ok())
        };
        let timeline = console.issue(&issue)?["timeline"].clone();
        let reopened = timeline.as_array().into_iter().flatten();
        let reopened: Vec<_> =
            reopened.filter(|entry| text(&entry["type"]) == "issue.reopened").collect();
        assert_eq!(reopened.len(), 1, "a reopening is never lost");
        match erased.map_err(|_| anyhow!("the approval panicked"))?? {
            Ok(answer) => {
                let erased = position(&answer).context("no position")?;
                let reopened: u64 = text(&reopened[0]["position"]).parse()?;
                assert!(erased < reopened, "erased at {erased}, reopened by {reopened}");
            }
            Err(refused) => {
                assert!(["STILL_OPEN", "MOVED_MEANWHILE"].contains(&&*refused), "{refused}")
            }
        }
    }
    Ok(())
}

async fn p12_a_household_that_somebody_must_find_is_not_forgotten(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (call, _) = press(&console)?;
    let home = format!("household/{}", text(&console.call(&call)?["household_id"]));
    let ask = || erase(&home, "BASIS_CONSENT_WITHDRAWN");
    assert_eq!(console.refused(&hotline(), "privacy request-erasure", ask())?, "STILL_OPEN");
    answer(&console, &call)?;
    let chief = Who::of("handler").at(&console.post(tests::steps::GRID, 0)?);
    let matter = json!({ "title": "屋顶漏雨", "nature": "NATURE_HELP", "category": "住房" });
    let told = json!({ "call_id": call, "registered": { "matters": [matter] } });
    let issue = console.ask(&chief, "call record-disposition", told)?;
    let issue = text(&issue["issue_ids"][0]);
    console.head()?;
    assert_eq!(
        console.refused(&hotline(), "privacy request-erasure", ask())?,
        "STILL_OPEN",
        "{issue}"
    );
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_SOLVED")?;
    console.issue(&issue)?;
    let asked = console.ask(&hotline(), "privacy request-erasure", ask())?;
    console.ask(&leader(), APPROVE, granted(&home, &asked))?;
    Ok(())
}

const ERASE: &str = "privacy request-erasure";
const NUMBER: &str = "13987650421";

/// Pressed by a household of its own, with a number, and answered; the call and the household.
fn answered(console: &Console) -> Result<(String, String)> {
    let operator = Who::of("operator");
    let home = json!({ "unit_id": console.unit(tests::steps::GRID)?, "address": "七号" });
    let home = text(&console.ask(&operator, "org register-household", home)?["household_id"]);
    let device = json!({ "household_id": home });
    let device = text(&console.ask(&operator, "org register-device", device)?["device_id"]);
    let press = json!({ "device_id": device, "caller": NUMBER });
    let call = text(&console.ask(&hotline(), "call press", press)?["call_id"]);
    answer(console, &call)?;
    Ok((call, home))
}

async fn p12_a_call_and_a_merged_file_are_kept_as_what_they_are_a_part_of(
    environment: Environment,
) -> Result<()> {
    let console = county(&environment).await?;
    let (call, _) = answered(&console)?;
    let matter = json!({ "title": "屋顶漏雨", "nature": "NATURE_HELP", "category": "住房" });
    let told = json!({ "call_id": call, "registered": { "matters": [matter] } });
    let issue = console.ask(&hotline(), "call record-disposition", told)?;
    let issue = text(&issue["issue_ids"][0]);
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_SOLVED")?;
    let early = erase(&format!("call/{call}"), "BASIS_RETENTION_OVER");
    assert_eq!(console.refused(&hotline(), ERASE, early)?, "STILL_KEPT");

    let lead = register(&console, &json!({ "category": "未成年人" }))?;
    let (also, _) = answered(&console)?;
    let matter = json!({ "title": "屋顶漏雨", "nature": "NATURE_HELP", "category": "未成年人" });
    let told = json!({ "call_id": also, "registered": { "matters": [matter] } });
    let part = console.ask(&hotline(), "call record-disposition", told)?;
    let part = text(&part["issue_ids"][0]);
    let into = tests::steps::with(&part, json!({ "into_issue_id": lead, "reason": "同一事项" }));
    let proposed = console.ask(&Who::of("dispatcher"), "intake merge", into)?;
    let approve = tests::steps::with(&part, json!({ "proposal": proposed["proposal"] }));
    console.ask(&leader(), "escalation approve", approve)?;
    let call = erase(&format!("call/{also}"), "BASIS_CONSENT_WITHDRAWN");
    assert_eq!(console.refused(&hotline(), ERASE, call)?, "STILL_OPEN", "its lead is");
    console.server.advance_to(100 * DAY).await?;
    visit(&console, &lead)?;
    complete_and_notify(&console, &lead)?;
    let notice = json!({ "reporter": 1, "channel": "NOTICE_CHANNEL_PHONE" });
    let notice = tests::steps::with(&lead, notice);
    console.ask(&secretary(&console)?, "resolution notify", notice)?;
    for reporter in [0, 1] {
        let word = json!({ "reporter": reporter, "verdict": { "effect": "EFFECT_SOLVED" } });
        console.ask(&Who::of("resident"), "rating rate", tests::steps::with(&lead, word))?;
    }
    assert_eq!(console.stage(&lead)?, "closed");
    // A year after the merge, and not a year after the lead closed.
    console.server.advance_to(400 * DAY).await?;
    let early = erase(&format!("issue/{part}"), "BASIS_RETENTION_OVER");
    assert_eq!(console.refused(&hotline(), ERASE, early)?, "STILL_KEPT");
    assert!(due(&console, &leader(), json!({}))?.0.is_empty());
    console.server.advance_to(470 * DAY).await?;
    let (lead, part) = (format!("issue/{lead}"), format!("issue/{part}"));
    let also = format!("call/{also}");
    assert_eq!(over(&console)?, BTreeSet::from([also.clone(), lead.clone(), part.clone()]));
    // It led to this matter alone: what is known of it goes along.
    forget(&console, &part)?;
    assert_eq!(files(&due(&console, &leader(), json!({}))?.0), [lead]);
    assert_eq!(number_of(&console, &also)?, "已删除");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// Whose time is over, in no order.
fn over(console: &Console) -> Result<BTreeSet<String>> {
    Ok(files(&due(console, &leader(), json!({}))?.0).into_iter().collect())
}

fn forget(console: &Console, file: &str) -> Result<()> {
    let asked = console.ask(&hotline(), ERASE, erase(file, "BASIS_RETENTION_OVER"))?;
    console.ask(&leader(), APPROVE, granted(file, &asked))?;
    Ok(())
}

fn number_of(console: &Console, file: &str) -> Result<String> {
    let look = json!({ "file": file, "fields": ["IDENTITY_FIELD_PHONE"],
        "purpose": "PURPOSE_VERIFY" });
    Ok(text(&console.ask(&hotline(), "privacy view-identity", look)?["phone"]))
}

async fn p12_a_call_that_led_to_several_matters_is_listed_when_the_last_is_over(
    environment: Environment,
) -> Result<()> {
    let console = county(&environment).await?;
    let (call, _) = answered(&console)?;
    let matter =
        |title: &str| json!({ "title": title, "nature": "NATURE_HELP", "category": "未成年人" });
    let matters = [matter("孩子无人看护"), matter("学费补助")];
    let told = json!({ "call_id": call, "registered": { "matters": matters } });
    let issues = console.ask(&hotline(), "call record-disposition", told)?;
    let end = |issue: &str| {
        visit(&console, issue)?;
        complete_and_notify(&console, issue)?;
        says(&console, issue, "EFFECT_SOLVED")
    };
    let (first, second) = (text(&issues["issue_ids"][0]), text(&issues["issue_ids"][1]));
    end(&first)?;
    console.server.advance_to(100 * DAY).await?;
    end(&second)?;
    let (first, second, call) =
        (format!("issue/{first}"), format!("issue/{second}"), format!("call/{call}"));
    console.server.advance_to(400 * DAY).await?;
    assert_eq!(files(&due(&console, &leader(), json!({}))?.0), std::slice::from_ref(&first));
    let early = erase(&call, "BASIS_RETENTION_OVER");
    assert_eq!(console.refused(&hotline(), ERASE, early)?, "STILL_KEPT");
    forget(&console, &first)?;
    console.server.advance_to(470 * DAY).await?;
    assert_eq!(over(&console)?, BTreeSet::from([call.clone(), second.clone()]));
    forget(&console, &second)?;
    assert_eq!(number_of(&console, &call)?, NUMBER, "no part of one alone");
    assert_eq!(files(&due(&console, &leader(), json!({}))?.0), std::slice::from_ref(&call));
    forget(&console, &call)?;
    assert_eq!(number_of(&console, &call)?, "已删除");
    assert!(due(&console, &leader(), json!({}))?.0.is_empty());
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// Two calls, in one of which somebody accused the secretary: nobody tells them apart by what may be done to
/// them, and the body that received it needs neither.
async fn p10_what_is_asked_of_a_call_tells_of_no_accusation(
    environment: Environment,
) -> Result<()> {
    let console = county(&environment).await?;
    let (plain, plain_home) = answered(&console)?;
    let (other, other_home) = answered(&console)?;
    let accuse = json!({
        "matter": { "nature": "NATURE_REPORT", "category": "检举控告",
            "place_unit_id": console.unit(tests::steps::GRID)?, "title": "克扣补贴",
            "confidence": "CONFIDENCE_CONFIDENTIAL", "contact_channel": "夜间来电" },
        "accused": [{ "post_id": console.post(VILLAGE, 0)? }], "call_id": other,
    });
    let accused = console.ask(&hotline(), "intake register-accusation", accuse)?;
    let accused = text(&accused["issue_id"]);
    let verb = "call record-disposition";
    console.ask(&hotline(), verb, json!({ "call_id": plain, "answered_at_once": {} }))?;
    let told = json!({ "call_id": other, "registered": { "accusation_issue_ids": [accused] } });
    console.ask(&hotline(), verb, told)?;
    console.head()?;
    let discipline = Who::of("discipline");
    let hold = json!({ "file": format!("issue/{accused}"), "reason": "审查" });
    console.ask(&discipline, "privacy place-hold", hold)?;

    let freeze = json!({ "file": format!("issue/{accused}"), "reason": "审查" });
    console.ask(&discipline, "privacy freeze", freeze)?;
    let thaw = json!({ "file": format!("issue/{accused}"), "reason": "审查结束" });
    let thaw = console.ask(&discipline, "privacy request-unfreeze", thaw)?;

    let neighbour = Who::of("leader").at(&console.post(VILLAGE, 1)?).at_home();
    let accused_himself = Who::of("leader").at(&console.post(VILLAGE, 0)?).at_home();
    let look = |call: &str| {
        json!({ "file": format!("call/{call}"),
        "fields": ["IDENTITY_FIELD_PHONE"], "purpose": "PURPOSE_VERIFY" })
    };
    for who in [&neighbour, &leader(), &accused_himself] {
        for (file, home) in [(&plain, &plain_home), (&other, &other_home)] {
            // The household may be forgotten, and nobody is told that somebody needs it.
            let home = erase(&format!("household/{home}"), "BASIS_UNLAWFUL");
            let asked = console.tried(who, ERASE, home)?;
            assert!(asked.is_ok(), "{file}: {asked:?}");
        }
    }
    for who in [&neighbour, &leader()] {
        for file in [&plain, &other] {
            let over = erase(&format!("call/{file}"), "BASIS_RETENTION_OVER");
            assert_eq!(console.refused(who, ERASE, over)?, "STILL_KEPT", "{file}");
        }
    }
    for file in [&plain, &other] {
        let seen = console.ask(&hotline(), "privacy view-identity", look(file))?;
        assert_eq!(text(&seen["phone"]), NUMBER);
    }
    // Forgotten by the village, like any other; what was told of it is where it belongs.
    let file = format!("call/{other}");
    let asked = console.ask(&neighbour, ERASE, erase(&file, "BASIS_UNLAWFUL"))?;
    console.ask(&deputy(), APPROVE, granted(&file, &asked))?;
    let look = json!({ "file": format!("issue/{accused}"), "fields": ["IDENTITY_FIELD_PHONE"],
        "purpose": "PURPOSE_INVESTIGATION" });
    let file = format!("issue/{accused}");
    let second = Who::of("discipline").named("second");
    console.ask(&second, APPROVE, granted(&file, &thaw))?;
    let pass = json!({ "file": file, "reason": "核实" });
    let asked = console.ask(&discipline, "privacy request-unmasking", pass)?;
    console.ask(&second, APPROVE, granted(&file, &asked))?;
    assert_eq!(text(&console.ask(&discipline, "privacy view-identity", look)?["phone"]), NUMBER);
    Ok(())
}

/// What was told in confidence is frozen and forgotten in its own file: its call shows nothing of it, and is kept its
/// own time.
async fn p10_what_happens_to_a_confidential_matter_is_not_seen_of_its_call(
    environment: Environment,
) -> Result<()> {
    let console = county(&environment).await?;
    let (call, _) = answered(&console)?;
    let matter = json!({ "title": "邻里纠纷", "nature": "NATURE_HELP", "category": "纠纷",
        "confidence": "CONFIDENCE_CONFIDENTIAL", "contact_channel": "夜间来电" });
    let told = json!({ "call_id": call, "registered": { "matters": [matter] } });
    let told = console.ask(&hotline(), "call record-disposition", told)?;
    let (issue, call) = (text(&told["issue_ids"][0]), format!("call/{call}"));
    let pass = json!({ "file": call, "reason": "回访核实" });
    let asked = console.ask(&hotline(), "privacy request-unmasking", pass)?;
    console.ask(&deputy(), APPROVE, granted(&call, &asked))?;
    assert_eq!(number_of(&console, &call)?, NUMBER);

    let file = format!("issue/{issue}");
    let why = json!({ "file": file, "reason": "争议" });
    console.ask(&leader(), "privacy freeze", why.clone())?;
    assert_eq!(number_of(&console, &call)?, NUMBER, "not frozen with it");
    let asked = console.ask(&leader(), "privacy request-unfreeze", why)?;
    console.ask(&deputy(), APPROVE, granted(&file, &asked))?;

    let withdraw = json!({ "reason": "已自行解决", "remedy": "可随时再次反映" });
    console.ask(&Who::of("resident"), "intake withdraw", tests::steps::with(&issue, withdraw))?;
    let notice = json!({ "channel": "NOTICE_CHANNEL_PHONE" });
    let notice = tests::steps::with(&issue, notice);
    console.ask(&Who::of("dispatcher"), "resolution notify", notice)?;
    // Its own time is over half a year after the call; the matter is kept for years.
    console.server.advance_to(200 * DAY).await?;
    assert_eq!(console.stage(&issue)?, "closed");
    assert_eq!(files(&due(&console, &leader(), json!({}))?.0), std::slice::from_ref(&call));
    let asked = console.ask(&hotline(), ERASE, erase(&file, "BASIS_CONSENT_WITHDRAWN"))?;
    console.ask(&leader(), APPROVE, granted(&file, &asked))?;
    let pass = json!({ "file": call, "reason": "回访核实" });
    let asked = console.ask(&hotline(), "privacy request-unmasking", pass)?;
    console.ask(&deputy(), APPROVE, granted(&call, &asked))?;
    assert_eq!(number_of(&console, &call)?, NUMBER, "not forgotten with it");
    forget(&console, &call)?;
    assert!(due(&console, &leader(), json!({}))?.0.is_empty());
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// A village that freezes a call keeps its number from nobody but those who look into the call.
async fn p10_a_frozen_call_gives_its_number_to_an_accusation_told_in_it(
    environment: Environment,
) -> Result<()> {
    let console = county(&environment).await?;
    let (call, _) = answered(&console)?;
    let neighbour = Who::of("leader").at(&console.post(VILLAGE, 1)?).at_home();
    let why = json!({ "file": format!("call/{call}"), "reason": "争议" });
    console.ask(&neighbour, "privacy freeze", why)?;
    let accuse = json!({
        "matter": { "nature": "NATURE_REPORT", "category": "检举控告",
            "place_unit_id": console.unit(tests::steps::GRID)?, "title": "克扣补贴" },
        "accused": [{ "post_id": console.post(VILLAGE, 0)? }], "call_id": call,
    });
    let accused = console.ask(&hotline(), "intake register-accusation", accuse)?;
    let accused = text(&accused["issue_id"]);
    let look = json!({ "file": format!("issue/{accused}"), "fields": ["IDENTITY_FIELD_PHONE"],
        "purpose": "PURPOSE_INVESTIGATION" });
    let seen = console.ask(&Who::of("discipline"), "privacy view-identity", look)?;
    assert_eq!(text(&seen["phone"]), NUMBER);
    let look = json!({ "file": format!("call/{call}"), "fields": ["IDENTITY_FIELD_PHONE"],
        "purpose": "PURPOSE_VERIFY" });
    let refused = console.refused(&hotline(), "privacy view-identity", look)?;
    assert_eq!(refused, "FROZEN");
    Ok(())
}
