//! Following instead of asking: changes, `gone`, tokens that resume; filters, order and masks of lists.

use anyhow::{Context, Result};
use contract::bidao::issue::v1 as issue;
use contract::bidao::issue::v1::watch_board_response::Change;
use contract::bidao::issue::v1::watch_issue_response::Change as IssueChange;
use serde_json::json;
use tests::server::asked_in;
use tests::steps::{GRID, hotline, leader, on, register, secretary};
use tests::{Console, Environment, Server, Village, Who, asked, refusal, text};
use tonic::{Code, Streaming};

async fn settle(environment: &Environment) -> Result<(tempfile::TempDir, Server, Village)> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), environment).await?;
    let village = Village::settle(server.channel.clone(), "桥头村").await?;
    Ok((directory, server, village))
}

/// The next change that is no bookmark, and the token to resume after it.
async fn next(stream: &mut Streaming<issue::WatchBoardResponse>) -> Result<(Change, String)> {
    loop {
        let message = stream.message().await?.context("the stream ended")?;
        match message.change.context("a message without a change")? {
            Change::Bookmark(_) => {}
            change @ (Change::Issue(_) | Change::Gone(_)) => {
                return Ok((change, message.resume_token));
            }
        }
    }
}

async fn a_board_is_followed_resumed_and_says_what_left_it(environment: Environment) -> Result<()> {
    let (_directory, _server, village) = settle(&environment).await?;
    let watch = |stage: &str, token: &str| issue::WatchBoardRequest {
        stage: stage.into(),
        resume_token: token.into(),
        ..issue::WatchBoardRequest::default()
    };
    let follow = |request| asked(request, "leader", None);
    let mut board = village.issues().watch_board(follow(watch("", ""))?).await?.into_inner();
    let id = village.register_by_call().await?;
    let (change, token) = next(&mut board).await?;
    let Change::Issue(row) = change else { anyhow::bail!("{change:?}") };
    assert_eq!(row.id, id);
    drop(board);
    village.solve(&id).await?;
    village.thumb(contract::bidao::common::v1::Thumb::Up).await?;
    // What happened meanwhile comes first: it has left the board of open issues.
    let mut again = village.issues().watch_board(follow(watch("", &token))?).await?.into_inner();
    let (change, _) = next(&mut again).await?;
    let Change::Gone(gone) = change else { anyhow::bail!("{change:?}") };
    assert_eq!(gone.id, id);
    let other = village.issues().watch_board(follow(watch("closed", &token))?).await;
    let refused = other.err().context("a token of another filter")?;
    assert_eq!(refusal(&refused), (Code::OutOfRange, "RESUME_TOKEN_EXPIRED".into(), true));
    Ok(())
}

async fn an_issue_is_followed_by_those_who_may_see_it(environment: Environment) -> Result<()> {
    let (_directory, _server, village) = settle(&environment).await?;
    let id = village.register_by_call().await?;
    let watch =
        issue::WatchIssueRequest { issue_id: id.clone(), ..issue::WatchIssueRequest::default() };
    let mut file =
        village.issues().watch_issue(asked(watch.clone(), "leader", None)?).await?.into_inner();
    let mut stages = Vec::new();
    village.solve(&id).await?;
    while stages.last().map(String::as_str) != Some("notified") {
        let message = file.message().await?.context("the stream ended")?;
        if let Some(IssueChange::Issue(issue)) = message.change {
            stages.push(issue.row.context("no row")?.stage);
        }
    }
    let nowhere = asked_in(watch, "leader", None, &village.device)?;
    let hidden = village.issues().watch_issue(nowhere).await.err().context("out of sight")?;
    assert_eq!(hidden.code(), Code::NotFound);
    Ok(())
}

async fn lists_are_filtered_ordered_and_masked(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let grid = console.unit("桥头一网格")?;
    let mut ids = Vec::new();
    for category in ["住房", "供水", "住房/漏雨"] {
        let matter =
            json!({ "nature": "NATURE_HELP", "category": category, "place_unit_id": grid });
        let request = json!({ "matter": matter, "source": "SOURCE_IN_PERSON" });
        ids.push(text(&console.ask(&Who::of("hotline"), "intake register", request)?["issue_id"]));
        console.server.advance_to(i64::try_from(ids.len())? * 60).await?;
    }
    let list = |extra: serde_json::Value| -> Result<Vec<serde_json::Value>> {
        let mut request = json!({ "min_position": console.head()? });
        for (key, value) in extra.as_object().into_iter().flatten() {
            request[key] = value.clone();
        }
        let answer = console.ask(&Who::of("leader"), "issue list-board", request)?;
        Ok(answer["issues"].as_array().cloned().unwrap_or_default())
    };
    let rows = list(
        json!({ "filter": "category:住房 AND stage = dispatched", "order_by": "registered_at desc" }),
    )?;
    let found: Vec<_> = rows.iter().map(|row| text(&row["id"])).collect();
    assert_eq!(found, [ids[2].clone(), ids[0].clone()]);
    let rows = list(json!({ "filter": "NOT category:住房", "read_mask": "caseNo,stage" }))?;
    assert_eq!(rows.len(), 1);
    assert!(!text(&rows[0]["case_no"]).is_empty() && text(&rows[0]["id"]).is_empty());
    let leader = Who::of("leader");
    for wrong in [
        json!({ "filter": "colour = red" }),
        json!({ "order_by": "colour" }),
        json!({ "read_mask": "colour" }),
    ] {
        assert_eq!(console.refused(&leader, "issue list-board", wrong)?, "INVALID_FIELD");
    }
    Ok(())
}

async fn a_batch_registers_what_fits_and_names_what_does_not(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let grid = console.unit("桥头一网格")?;
    let item = |place: &str, id: &str| {
        json!({
            "matter": { "nature": "NATURE_HELP", "category": "住房", "place_unit_id": place },
            "source": "SOURCE_EXTERNAL", "external_system": "12345", "external_id": id,
        })
    };
    let items = json!({ "items": [item(&grid, "a"), item("nowhere", "b"), item(&grid, "a")] });
    let answer = console.ask(&Who::of("hotline"), "intake batch-register", items)?;
    let results = answer["results"].as_array().cloned().unwrap_or_default();
    assert_eq!(results[0]["issue_id"], results[2]["issue_id"], "one record, one issue");
    assert_eq!(text(&results[1]["reason"]), "INVALID_FIELD");
    assert!(text(&results[1]["message_zh"]).contains("place_unit_id"));
    Ok(())
}

/// Whoever is known to nobody has nothing but the code, one filed in a batch too.
async fn a_batch_gives_the_anonymous_their_codes(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let item = |confidence: &str| {
        let matter = json!({
            "nature": "NATURE_HELP", "category": "住房", "place_unit_id": console.unit(GRID)?,
            "confidence": confidence,
        });
        anyhow::Ok(json!({ "matter": matter, "source": "SOURCE_IN_PERSON" }))
    };
    let items = [item("CONFIDENCE_ANONYMOUS")?, item("CONFIDENCE_NAMED")?];
    let batch = json!({ "items": items });
    let answer = console.ask(&hotline(), "intake batch-register", batch)?;
    let code = text(&answer["results"][0]["receipt_code"]);
    let query = json!({ "receipt_code": code, "min_position": console.head()? });
    let told = console.ask(&Who::of("resident"), "intake query-receipt", query)?;
    assert_eq!(text(&told["stage"]), "dispatched");
    assert_eq!(text(&answer["results"][1]["receipt_code"]), "");
    Ok(())
}

async fn a_terminal_follows_the_board_and_a_file(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let mut board = console.follow(&leader(), "issue watch-board", json!({}))?;
    let first = register(&console, &json!({}))?;
    assert_eq!(text(&board.next("issue")?["id"]), first);
    assert_eq!(console.stage(&first)?, "dispatched");
    let mut file = console.follow(&leader(), "issue watch-issue", on(&first))?;
    assert_eq!(file.next("issue")?["row"]["stage"], "dispatched");
    console.ask(&secretary(&console)?, "dispatch accept", on(&first))?;
    // A command's events may reach the views one by one: what stands between them is told, too.
    while file.next("issue")?["row"]["stage"] != "accepted" {}
    Ok(())
}

tests::on_every_backend!(
    a_board_is_followed_resumed_and_says_what_left_it,
    an_issue_is_followed_by_those_who_may_see_it,
    lists_are_filtered_ordered_and_masked,
    a_batch_registers_what_fits_and_names_what_does_not,
    a_batch_gives_the_anonymous_their_codes,
    a_terminal_follows_the_board_and_a_file,
);
