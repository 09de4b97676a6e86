//! Who somebody is: looked at only with a record, by two where it was promised, and forgotten for ever.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::steps::{
    GRID, VILLAGE, complete_and_notify, deputy, hotline, leader, press, register, says, secretary,
    visit,
};
use tests::{Console, Environment, Who, text};

tests::on_every_backend!(
    p13_every_look_leaves_a_record_before_anything_is_shown,
    p13_a_search_by_number_is_written_down_and_the_number_is_not,
    p10_the_accused_learns_nothing_of_looks_and_searches,
    who_spoke_in_confidence_is_seen_by_the_will_of_two,
    the_glass_is_broken_for_a_neighbour_s_file_and_for_no_accusation,
    p12_what_is_erased_is_unreadable_everywhere,
    p12_no_request_tells_what_was_erased,
    what_is_frozen_is_used_for_nothing,
);

const NAME: &str = "欧阳金雀";
const PHONE: &str = "13987650421";
const HOUR: i64 = 3_600;

fn reporter() -> Value {
    json!({ "reporter_name": NAME, "reporter_phone": PHONE,
        "narrative": "堂屋漏水,请打139 8765 0421", "title": "屋顶漏雨" })
}

fn look(file: &str, fields: &[&str]) -> Value {
    json!({ "file": file, "fields": fields, "purpose": "PURPOSE_CONTACT" })
}

fn number(answer: &Value) -> Result<u64> {
    answer["number"].as_u64().filter(|number| *number > 0).context("no number")
}

fn auditor() -> Who {
    Who::of("auditor")
}

/// The audit as somebody sees it, the latest first.
fn looks(console: &Console, who: &Who, only: Value) -> Result<Vec<Value>> {
    let mut request = json!({ "min_position": console.head()? });
    tests::steps::merge(&mut request, &only);
    let listed = console.ask(who, "privacy list-looks", request)?;
    Ok(listed["looks"].as_array().cloned().unwrap_or_default())
}

async fn p13_every_look_leaves_a_record_before_anything_is_shown(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &reporter())?;
    let file = format!("issue/{issue}");
    let shown = console.issue(&issue)?.to_string();
    assert!(!shown.contains(NAME) && !shown.contains("8765"), "{shown}");
    assert!(shown.contains("请打***"), "{shown}");
    assert!(looks(&console, &auditor(), Value::Null)?.is_empty(), "reading a file is no look");
    // Whoever does not work on it, and whoever has no business with files at all.
    let both = ["IDENTITY_FIELD_NAME", "IDENTITY_FIELD_PHONE"];
    let refused = console.refused(&leader(), "privacy view-identity", look(&file, &both))?;
    assert_eq!(refused, "PASS_NEEDED");
    let operator = Who::of("operator");
    let refused = console.refused(&operator, "privacy view-identity", look(&file, &both))?;
    assert_eq!(refused, "ROLE_MAY_NOT");
    let secretary = secretary(&console)?;
    console.ask(&secretary, "dispatch accept", json!({ "issue_id": issue }))?;
    let seen = console.ask(&secretary, "privacy view-identity", look(&file, &both))?;
    assert_eq!((text(&seen["name"]), text(&seen["phone"])), (NAME.into(), PHONE.into()));
    assert!(seen["words"].as_array().is_none_or(Vec::is_empty), "what was not asked for");
    let words = look(&file, &["IDENTITY_FIELD_NARRATIVE"]);
    let words = console.ask(&hotline(), "privacy view-identity", words)?;
    assert!(words.to_string().contains("139 8765 0421") && text(&words["name"]).is_empty());
    let audit = looks(&console, &auditor(), json!({ "file": file }))?;
    assert_eq!(audit.len(), 2, "{audit:?}");
    assert_eq!(text(&audit[1]["by"]), format!("handler@{}", console.post(VILLAGE, 0)?));
    assert_eq!(audit[1]["fields"], json!(both));
    assert_eq!(text(&audit[1]["purpose"]), "PURPOSE_CONTACT");
    assert_eq!(audit[1]["position"], seen["receipt"]["position"]);
    // Whoever audits sees what happened, and not what it is about.
    let audited = json!({ "issue_id": file.trim_start_matches("issue/") });
    let audited = console.ask(&auditor(), "issue get-issue", audited)?["issue"].to_string();
    assert!(audited.contains("issue.registered") && audited.contains("***"), "{audited}");
    assert!(!audited.contains("屋顶") && !audited.contains("堂屋"), "{audited}");
    // Who looked is for the auditors to know.
    let refused = console.refused(&secretary, "privacy list-looks", Value::Null)?;
    assert_eq!(refused, "ROLE_MAY_NOT");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// Promise P13: where nothing can be written down, nothing is shown.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p13_what_cannot_be_written_down_is_not_shown() -> Result<()> {
    let environment = testkit::postgres::environment().await;
    let console = Console::open_on(&environment).await?;
    let file = format!("issue/{}", register(&console, &reporter())?);
    let find = json!({ "phone": PHONE, "purpose": "PURPOSE_VERIFY" });
    let looks = [
        ("privacy view-identity", look(&file, &["IDENTITY_FIELD_NAME"])),
        ("privacy find-by-phone", find),
    ];
    testkit::postgres::refuse_appends(&environment, true).await;
    for (verb, look) in &looks {
        assert_eq!(console.refused(&hotline(), verb, look.clone())?, "UNAVAILABLE", "{verb}");
    }
    testkit::postgres::refuse_appends(&environment, false).await;
    for (verb, look) in &looks {
        let shown = console.ask(&hotline(), verb, look.clone())?.to_string();
        assert!(shown.contains(NAME) || shown.contains(&file), "{shown}");
    }
    Ok(())
}

async fn p13_a_search_by_number_is_written_down_and_the_number_is_not(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &reporter())?;
    let other = register(&console, &json!({ "reporter_phone": "13987650422" }))?;
    let grid = console.unit(GRID)?;
    let called = json!({ "caller": "0086-139-8765-0421", "unit_id": grid });
    let call = text(&console.ask(&hotline(), "call press", called)?["call_id"]);
    let hidden = register(
        &console,
        &json!({ "reporter_phone": PHONE, "confidence": "CONFIDENCE_CONFIDENTIAL",
            "contact_channel": PHONE }),
    )?;
    let find = |number: &str| json!({ "phone": number, "purpose": "PURPOSE_VERIFY" });
    let found = console.ask(&hotline(), "privacy find-by-phone", find("+86 139 8765 0421"))?;
    let mut wanted = [format!("call/{call}"), format!("issue/{issue}")];
    wanted.sort();
    assert_eq!(found["files"], json!(wanted));
    assert!(!found.to_string().contains(&hidden) && !found.to_string().contains(&other));
    let none = console.ask(&hotline(), "privacy find-by-phone", find("13987650499"))?;
    assert!(none["files"].as_array().is_none_or(Vec::is_empty), "{none}");
    for wrong in ["", "微信", "13987650421 或 13987650422"] {
        let refused = console.refused(&hotline(), "privacy find-by-phone", find(wrong))?;
        assert_eq!(refused, "INVALID_FIELD");
    }
    // A neighbour's desk sees its own area only.
    let elsewhere = Who::of("hotline").at(&console.post("柳湾村", 0)?).at_home();
    let found = console.ask(&elsewhere, "privacy find-by-phone", find(PHONE))?;
    assert!(found["files"].as_array().is_none_or(Vec::is_empty), "{found}");
    let audit = looks(&console, &auditor(), json!({ "by": "hotline" }))?;
    assert_eq!(audit.len(), 2, "{audit:?}");
    assert_eq!(text(&audit[0]["type"]), "privacy.identity_searched");
    assert!(!format!("{audit:?}").contains("8765"));
    Ok(())
}

/// Promise P10: who is accused sees neither the file nor who looked at it, asked for it or searched for it.
async fn p10_the_accused_learns_nothing_of_looks_and_searches(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let accuse = json!({
        "matter": { "nature": "NATURE_REPORT", "category": "检举控告",
            "place_unit_id": console.unit(VILLAGE)?, "title": "索要财物", "narrative": "收礼",
            "reporter_name": NAME, "reporter_phone": PHONE },
        "accused": [{ "post_id": console.post(VILLAGE, 0)? }],
    });
    let accused = console.ask(&hotline(), "intake register-accusation", accuse)?;
    let file = format!("issue/{}", text(&accused["issue_id"]));
    let discipline = Who::of("discipline");
    let phone = ["IDENTITY_FIELD_PHONE"];
    let seen = console.ask(&discipline, "privacy view-identity", look(&file, &phone))?;
    assert_eq!(text(&seen["phone"]), PHONE);
    let hold = json!({ "file": file, "reason": "案件在办" });
    console.ask(&discipline, "privacy place-hold", hold)?;
    let erase = json!({ "file": file, "extent": "EXTENT_WHOLE_FILE",
        "basis": "BASIS_CONSENT_WITHDRAWN", "reason": "想抹掉" });
    let named = json!({ "file": file, "number": 1 });
    let absent = "issue/00000000-0000-4000-8000-000000000001";
    let sits = console.post(VILLAGE, 0)?;
    for roles in ["handler", "leader", "dispatcher,follow-up", "auditor", "hotline"] {
        let who = Who::of(roles).at(&sits);
        let verbs: [(&str, Value); 6] = [
            ("privacy view-identity", look(&file, &phone)),
            ("privacy request-unmasking", json!({ "file": file, "reason": "想知道" })),
            ("privacy break-glass", json!({ "file": file, "reason": "想知道" })),
            ("privacy freeze", json!({ "file": file, "reason": "想知道" })),
            ("privacy request-erasure", erase.clone()),
            ("privacy approve-privacy-request", named.clone()),
        ];
        for (verb, request) in verbs {
            let mut of_nothing = request.clone();
            of_nothing["file"] = absent.into();
            let hidden = console.refused(&who, verb, request)?;
            assert_eq!(hidden, console.refused(&who, verb, of_nothing)?, "{roles}: {verb}");
            assert!(["NOT_FOUND", "ROLE_MAY_NOT"].contains(&&*hidden), "{roles}: {verb}: {hidden}");
        }
    }
    let find = json!({ "phone": PHONE, "purpose": "PURPOSE_VERIFY" });
    for who in [Who::of("hotline").at(&sits), hotline()] {
        let found = console.ask(&who, "privacy find-by-phone", find.clone())?;
        assert!(found["files"].as_array().is_none_or(Vec::is_empty), "{found}");
    }
    let found = console.ask(&discipline, "privacy find-by-phone", find)?;
    assert_eq!(found["files"], json!([file]));
    for who in [Who::of("auditor").at(&sits), auditor()] {
        let listed = looks(&console, &who, Value::Null)?;
        assert!(!format!("{listed:?}").contains(&file), "{listed:?}");
        let listed = looks(&console, &who, json!({ "file": file }))?;
        assert!(listed.is_empty(), "{listed:?}");
    }
    let listed = looks(&console, &discipline, json!({ "file": file }))?;
    assert_eq!(listed.len(), 2, "{listed:?}");
    Ok(())
}

async fn who_spoke_in_confidence_is_seen_by_the_will_of_two(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(
        &console,
        &json!({ "confidence": "CONFIDENCE_CONFIDENTIAL", "contact_channel": "茶馆留话",
            "reporter_name": NAME }),
    )?;
    let file = format!("issue/{issue}");
    let name = look(&file, &["IDENTITY_FIELD_NAME"]);
    let view = "privacy view-identity";
    assert_eq!(console.refused(&hotline(), view, name.clone())?, "PASS_NEEDED");
    // Whoever calls back reaches them by the channel they chose, and by no other.
    let follow_up = Who::of("follow-up");
    let channel = look(&file, &["IDENTITY_FIELD_CHANNEL"]);
    let seen = console.ask(&follow_up, view, channel.clone())?;
    assert_eq!(text(&seen["channel"]), "茶馆留话");
    // In the own village it is found by nobody, behind no glass.
    let village = Who::of("leader").at(&console.post(VILLAGE, 0)?).at_home();
    let glass = json!({ "file": file, "reason": "想知道" });
    assert_eq!(console.refused(&village, "privacy break-glass", glass)?, "NOT_FOUND");
    // What a call leads to is told by no command on it but the one that told it.
    let (call, _) = press(&console)?;
    tests::steps::answer(&console, &call)?;
    let matter = json!({ "nature": "NATURE_HELP", "category": "住房", "title": "屋顶",
        "narrative": "漏水", "confidence": "CONFIDENCE_CONFIDENTIAL", "contact_channel": "邮箱" });
    let told = json!({ "call_id": call, "registered": { "matters": [matter] } });
    let told = console.ask(&hotline(), "call record-disposition", told)?;
    let told = text(&told["issue_ids"][0]);
    let alert = json!({ "call_id": call, "service": "120", "reference": "120-77",
        "matter": { "nature": "NATURE_HELP", "category": "急救" } });
    let alerted = console.ask(&hotline(), "call alert-emergency", alert)?["issue_ids"].clone();
    assert_eq!(alerted.as_array().map(Vec::len), Some(1), "{alerted}");
    assert_ne!(text(&alerted[0]), told);
    // And it takes no call: whether it does would tell whose call it was.
    let (call, device) = press(&console)?;
    let own = json!({ "device_id": device, "confidence": "CONFIDENCE_CONFIDENTIAL",
        "contact_channel": "邮箱" });
    for told in [issue.clone(), register(&console, &own)?] {
        let attach = json!({ "call_id": call, "attached": { "issue_id": told } });
        let refused = console.refused(&hotline(), "call record-disposition", attach)?;
        assert_eq!(refused, "CONFIDENTIAL_STAYS_ALONE");
    }
    assert_eq!(console.refused(&hotline(), view, channel)?, "PASS_NEEDED");
    let both = look(&file, &["IDENTITY_FIELD_CHANNEL", "IDENTITY_FIELD_NAME"]);
    assert_eq!(console.refused(&follow_up, view, both)?, "PASS_NEEDED");
    let ask = json!({ "file": file, "reason": "反映人失联" });
    let asked = console.ask(&leader(), "privacy request-unmasking", ask.clone())?;
    let named = json!({ "file": file, "number": number(&asked)? });
    let again = console.refused(&leader(), "privacy request-unmasking", ask)?;
    assert_eq!(again, "ASKED_BEFORE");
    let approve = "privacy approve-privacy-request";
    assert_eq!(console.refused(&leader(), approve, named.clone())?, "SAME_PERSON");
    assert_eq!(console.refused(&hotline(), approve, named.clone())?, "ROLE_MAY_NOT");
    let wait = json!({ "min_position": console.head()? });
    let waits = console.ask(&deputy(), "privacy list-privacy-requests", wait)?;
    assert_eq!(text(&waits["requests"][0]["reason"]), "反映人失联");
    assert_eq!(text(&waits["requests"][0]["by"]), "leader");
    let not_own = console.refused(&hotline(), "privacy reject-privacy-request", named.clone())?;
    assert_eq!(not_own, "ROLE_MAY_NOT", "another's request is not theirs to end");
    console.ask(&deputy(), approve, named.clone())?;
    assert_eq!(console.refused(&deputy(), approve, named)?, "NO_SUCH_REQUEST");
    assert_eq!(text(&console.ask(&leader(), view, name.clone())?["name"]), NAME);
    assert_eq!(console.refused(&deputy(), view, name.clone())?, "PASS_NEEDED");
    console.server.advance_to(4 * HOUR + 60).await?;
    assert_eq!(console.refused(&leader(), view, name)?, "PASS_NEEDED");
    let wait = json!({ "min_position": console.head()? });
    let waits = console.ask(&deputy(), "privacy list-privacy-requests", wait)?;
    assert!(waits["requests"].as_array().is_none_or(Vec::is_empty), "{waits}");
    Ok(())
}

async fn the_glass_is_broken_for_a_neighbour_s_file_and_for_no_accusation(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let file = format!("issue/{}", register(&console, &reporter())?);
    let neighbour = Who::of("handler").at(&console.post("柳湾村", 0)?).at_home();
    let view = look(&file, &["IDENTITY_FIELD_PHONE"]);
    let verb = "privacy view-identity";
    assert_eq!(console.refused(&neighbour, verb, view.clone())?, "NOT_FOUND");
    let ask = json!({ "file": file, "reason": "听见呼救,电话不通" });
    let unmask = console.refused(&neighbour, "privacy request-unmasking", ask.clone())?;
    assert_eq!(unmask, "NOT_FOUND");
    let asked = console.ask(&neighbour, "privacy break-glass", ask)?;
    assert_eq!(console.refused(&neighbour, verb, view.clone())?, "NOT_FOUND", "not granted yet");
    let named = json!({ "file": file, "number": number(&asked)? });
    console.ask(&leader(), "privacy approve-privacy-request", named)?;
    assert_eq!(text(&console.ask(&neighbour, verb, view.clone())?["phone"]), PHONE);
    // It opens who it is, and not the file.
    let read = json!({ "issue_id": file.trim_start_matches("issue/") });
    assert_eq!(console.refused(&neighbour, "issue get-issue", read)?, "NOT_FOUND");
    let audit = looks(&console, &auditor(), json!({ "file": file }))?;
    let types: Vec<_> = audit.iter().map(|row| text(&row["type"])).collect();
    let wanted = ["identity_viewed", "glass_broken", "request_made"];
    assert_eq!(types, wanted.map(|name| format!("privacy.{name}")));
    console.server.advance_to(4 * HOUR + 60).await?;
    assert_eq!(console.refused(&neighbour, verb, view)?, "NOT_FOUND");
    let accuse = json!({
        "matter": { "nature": "NATURE_REPORT", "category": "检举控告",
            "place_unit_id": console.unit(VILLAGE)?, "title": "索要财物", "narrative": "收礼" },
        "accused": [{ "post_id": console.post(VILLAGE, 0)? }],
    });
    let accused = console.ask(&hotline(), "intake register-accusation", accuse)?;
    let file = format!("issue/{}", text(&accused["issue_id"]));
    let ask = json!({ "file": file, "reason": "听见呼救,电话不通" });
    assert_eq!(console.refused(&neighbour, "privacy break-glass", ask)?, "NOT_FOUND");
    Ok(())
}

async fn p12_what_is_erased_is_unreadable_everywhere(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &reporter())?;
    let file = format!("issue/{issue}");
    let erase = |extent: &str| json!({ "file": file, "extent": extent, "basis": "BASIS_CONSENT_WITHDRAWN", "reason": "本人申请" });
    let open =
        console.refused(&hotline(), "privacy request-erasure", erase("EXTENT_WHOLE_FILE"))?;
    assert_eq!(open, "STILL_OPEN");
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_SOLVED")?;
    assert_eq!(console.stage(&issue)?, "closed");
    let hold = json!({ "file": file, "reason": "审计" });
    let hold = number(&console.ask(&leader(), "privacy place-hold", hold)?)?;
    let held = console.refused(&hotline(), "privacy request-erasure", erase("EXTENT_REPORTER"))?;
    assert_eq!(held, "ON_HOLD");
    let lift = json!({ "file": file, "hold": hold, "reason": "审计结束" });
    let lift = console.ask(&leader(), "privacy request-lift-hold", lift)?;
    let approve = "privacy approve-privacy-request";
    let named =
        |asked: &Value| Ok::<_, anyhow::Error>(json!({ "file": file, "number": number(asked)? }));
    console.ask(&deputy(), approve, named(&lift)?)?;

    let asked = console.ask(&hotline(), "privacy request-erasure", erase("EXTENT_REPORTER"))?;
    console.ask(&leader(), approve, named(&asked)?)?;
    let gone = look(&file, &["IDENTITY_FIELD_NAME"]);
    let gone = console.ask(&hotline(), "privacy view-identity", gone)?;
    assert_eq!(text(&gone["name"]), "已删除");
    let find = json!({ "phone": PHONE, "purpose": "PURPOSE_VERIFY" });
    let found = console.ask(&hotline(), "privacy find-by-phone", find)?;
    assert!(found["files"].as_array().is_none_or(Vec::is_empty), "{found}");
    assert_eq!(text(&console.issue(&issue)?["title"]), "屋顶漏雨", "the matter is kept");

    let asked = console.ask(&hotline(), "privacy request-erasure", erase("EXTENT_WHOLE_FILE"))?;
    console.ask(&leader(), approve, named(&asked)?)?;
    let shown = console.issue(&issue)?;
    assert_eq!(
        (text(&shown["title"]), text(&shown["narrative"])),
        ("已删除".into(), "已删除".into())
    );
    assert!(!shown.to_string().contains("修好了"), "{shown}");
    assert_eq!(text(&shown["row"]["stage"]), "closed", "what happened stays");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    assert_eq!(text(&console.issue(&issue)?["title"]), "已删除");
    Ok(())
}

/// Requests are remembered for ever: nobody finds a number that was erased by trying all there are.
async fn p12_no_request_tells_what_was_erased(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let place = console.unit(VILLAGE)?;
    let filed = |phone: &str| {
        json!({ "request_id": "00000000-0000-4000-8000-000000000001", "source": "SOURCE_IN_PERSON",
            "matter": { "nature": "NATURE_HELP", "category": "住房", "title": "屋顶漏雨",
                "place_unit_id": place, "narrative": "堂屋漏水",
                "reporter_name": NAME, "reporter_phone": phone } })
    };
    let issue = text(&console.ask(&hotline(), "intake register", filed(PHONE))?["issue_id"]);
    let reused = console.refused(&hotline(), "intake register", filed("13900000000"))?;
    assert_eq!(reused, "REQUEST_ID_REUSED");
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_SOLVED")?;
    let file = format!("issue/{issue}");
    let erase = json!({ "file": file, "extent": "EXTENT_REPORTER",
        "basis": "BASIS_CONSENT_WITHDRAWN", "reason": "本人申请" });
    let asked = console.ask(&hotline(), "privacy request-erasure", erase)?;
    let named = json!({ "file": file, "number": number(&asked)? });
    console.ask(&leader(), "privacy approve-privacy-request", named)?;
    // The request, as if it had been sent again, whatever it says.
    for phone in [PHONE, "13900000000"] {
        let again = console.ask(&hotline(), "intake register", filed(phone))?;
        assert_eq!(text(&again["issue_id"]), issue);
        assert_eq!(again["receipt"]["repeated"], json!(true));
    }
    Ok(())
}

async fn what_is_frozen_is_used_for_nothing(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let mut matter = json!({ "nature": "NATURE_HELP", "category": "住房",
        "place_unit_id": console.unit(VILLAGE)? });
    tests::steps::merge(&mut matter, &reporter());
    let filed = json!({ "matter": matter, "source": "SOURCE_IN_PERSON",
        "request_id": "00000000-0000-4000-8000-000000000001" });
    let issue = text(&console.ask(&hotline(), "intake register", filed.clone())?["issue_id"]);
    let file = format!("issue/{issue}");
    let freeze = json!({ "file": file, "reason": "本人异议" });
    console.ask(&hotline(), "privacy freeze", freeze)?;
    assert_eq!(text(&console.issue(&issue)?["title"]), "已冻结");
    let again = console.ask(&hotline(), "intake register", filed)?;
    assert_eq!(
        (text(&again["issue_id"]), &again["receipt"]["repeated"]),
        (issue.clone(), &json!(true))
    );
    let audit = looks(&console, &auditor(), json!({ "file": file }))?;
    assert_eq!(audit[0]["keys"], 5, "also those that have sealed nothing yet");
    let view = look(&file, &["IDENTITY_FIELD_NAME"]);
    let verb = "privacy view-identity";
    assert_eq!(console.refused(&hotline(), verb, view.clone())?, "FROZEN");
    let found = json!({ "phone": PHONE, "purpose": "PURPOSE_VERIFY" });
    let found = console.ask(&hotline(), "privacy find-by-phone", found)?;
    assert!(found["files"].as_array().is_none_or(Vec::is_empty), "{found}");
    let note = json!({ "issue_id": issue, "note": "又来电" });
    assert_eq!(console.refused(&hotline(), "resolution comment", note.clone())?, "FROZEN");
    let ask = json!({ "file": file, "reason": "已核实" });
    let asked = console.ask(&hotline(), "privacy request-unfreeze", ask)?;
    let named = json!({ "file": file, "number": number(&asked)? });
    console.ask(&leader(), "privacy approve-privacy-request", named)?;
    assert_eq!(text(&console.ask(&hotline(), verb, view)?["name"]), NAME);
    console.ask(&hotline(), "resolution comment", note)?;
    Ok(())
}

/// Promise P12, fault F23: the vault comes back from a backup that was made before the erasure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p12_a_vault_restored_from_a_backup_erases_again_before_it_serves() -> Result<()> {
    let console = Console::open().await?;
    let issue = register(&console, &reporter())?;
    visit(&console, &issue)?;
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_SOLVED")?;
    let backup = tempfile::tempdir()?;
    let console = console.restarted(|data| copy_vault(data, backup.path())).await?;
    let file = format!("issue/{issue}");
    assert_eq!(text(&console.issue(&issue)?["title"]), "屋顶漏雨");
    let erase = json!({ "file": file, "extent": "EXTENT_WHOLE_FILE",
        "basis": "BASIS_PURPOSE_ENDED", "reason": "期满" });
    let asked = console.ask(&hotline(), "privacy request-erasure", erase)?;
    let named = json!({ "file": file, "number": number(&asked)? });
    console.ask(&leader(), "privacy approve-privacy-request", named)?;
    assert_eq!(text(&console.issue(&issue)?["title"]), "已删除");
    let console = console.restarted(|data| copy_vault(backup.path(), data)).await?;
    assert_eq!(text(&console.issue(&issue)?["title"]), "已删除");
    let find = json!({ "phone": PHONE, "purpose": "PURPOSE_VERIFY" });
    let found = console.ask(&hotline(), "privacy find-by-phone", find)?;
    assert!(found["files"].as_array().is_none_or(Vec::is_empty), "{found}");
    Ok(())
}

/// The vault's files from one folder to another, in the place of what is there.
fn copy_vault(from: &Path, to: &Path) -> Result<()> {
    for name in ["vault.db", "vault.db-wal", "vault.db-shm"] {
        let (old, new) = (from.join(name), to.join(name));
        if new.is_file() {
            fs::remove_file(&new)?;
        }
        if old.is_file() {
            fs::copy(old, new)?;
        }
    }
    ensure!(to.join("vault.db").is_file(), "there was a vault");
    Ok(())
}
