//! What is known of residents is kept no longer than its time, and no erasure overtakes a reopening.

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};
use tests::steps::{
    answer, complete_and_notify, deputy, hotline, leader, press, register, says, secretary, visit,
};
use tests::{Console, Environment, Who, text};

tests::on_every_backend!(
    p12_what_is_kept_no_longer_is_listed_and_forgotten,
    p12_no_erasure_overtakes_a_reopening,
    p12_a_household_that_somebody_must_find_is_not_forgotten,
);

const DAY: i64 = 86_400;
const APPROVE: &str = "privacy approve-privacy-request";

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
    let console = Console::open_on(&environment).await?;
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
