//! Pressed, answered, dispatched, arrived, completed, notified, rated, closed; and the roads beside it.

#![expect(clippy::unwrap_used, reason = "what a test calls may stop it")]

use anyhow::Result;
use contract::bidao::common::v1::{Effect, Rung, Thumb, Verdict};
use contract::bidao::dashboard::v1::GetDashboardRequest;
use contract::bidao::dashboard::v1::dashboard_service_client::DashboardServiceClient;
use contract::bidao::policy::v1 as policy;
use contract::bidao::rating::v1 as rating;
use contract::bidao::rating::v1::rating_service_client::RatingServiceClient;
use tests::{Environment, Server, Village, asked, on_every_backend, refusal};

on_every_backend!(
    a_satisfied_resident_closes_the_file,
    a_dissatisfied_resident_reopens_it_one_rung_up,
    the_handling_unit_never_calls_back_about_its_own_work,
    a_call_nobody_answers_becomes_a_visit,
    presses_are_one_call_only_until_it_is_answered,
    what_nobody_does_climbs_to_the_county_and_stays_on_the_clock,
    the_policy_of_the_press_holds_for_what_follows,
    nobody_judges_own_work_by_leaving_the_post_at_home,
);

async fn settle(environment: &Environment) -> Result<(tempfile::TempDir, Server, Village)> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), environment).await?;
    let village = Village::settle(server.channel.clone(), "桥头村").await?;
    Ok((directory, server, village))
}

async fn a_satisfied_resident_closes_the_file(environment: Environment) -> Result<()> {
    let (_directory, server, village) = settle(&environment).await?;
    let issue = village.register_by_call().await?;
    assert_eq!(village.issue(&issue).await?.narrative, "堂屋漏水,老人一个人在家");
    village.solve(&issue).await?;
    assert_eq!(village.stage(&issue).await?, "notified");
    village.thumb(Thumb::Up).await?;
    let file = village.issue(&issue).await?;
    assert_eq!(file.outcome, "confirmed_solved");
    assert!(file.clocks.is_empty());
    let request = asked(GetDashboardRequest::default(), "leader", None)?;
    let answer = DashboardServiceClient::new(server.channel.clone())
        .get_dashboard(request)
        .await?
        .into_inner();
    let figures = answer.dashboard.unwrap_or_default();
    assert_eq!(
        (figures.received, figures.calls, figures.confirmed_solved, figures.open),
        (1, 1, 1, 0)
    );
    assert!(server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

async fn a_dissatisfied_resident_reopens_it_one_rung_up(environment: Environment) -> Result<()> {
    let (_directory, _server, village) = settle(&environment).await?;
    let issue = village.register_by_call().await?;
    village.solve(&issue).await?;
    village.thumb(Thumb::Down).await?;
    let file = village.issue(&issue).await?;
    let row = file.row.unwrap_or_default();
    assert_eq!(
        (row.stage.as_str(), row.reopens, row.rung),
        ("registered", 1, i32::from(Rung::Township))
    );
    assert!(file.follow_up_owed);
    Ok(())
}

async fn the_handling_unit_never_calls_back_about_its_own_work(
    environment: Environment,
) -> Result<()> {
    let (_directory, _server, village) = settle(&environment).await?;
    let issue = village.register_by_call().await?;
    village.solve(&issue).await?;
    village.thumb(Thumb::Down).await?;
    let follow_up = |issue_id: &str| rating::RecordFollowUpRequest {
        issue_id: issue_id.into(),
        verdict: Some(Verdict { effect: Effect::Solved.into(), ..Verdict::default() }),
        ..rating::RecordFollowUpRequest::default()
    };
    let mut ratings = RatingServiceClient::new(village.channel.clone());
    let own = asked(follow_up(&issue), "follow-up", Some(&village.secretary))?;
    let refused = ratings.record_follow_up(own).await.unwrap_err();
    assert_eq!(
        refusal(&refused),
        (tonic::Code::FailedPrecondition, "HANDLER_MAY_NOT_FOLLOW_UP".into(), true)
    );
    ratings.record_follow_up(asked(follow_up(&issue), "follow-up", None)?).await?;
    Ok(())
}

async fn a_call_nobody_answers_becomes_a_visit(environment: Environment) -> Result<()> {
    let (_directory, server, village) = settle(&environment).await?;
    village.press().await?;
    // Five posts of 30 s each, then 10 minutes for a return call.
    server.advance_to(149).await?;
    assert!(village.open_board().await?.is_empty());
    server.advance_to(5 * 30 + 600).await?;
    let board = village.open_board().await?;
    let visit = board.first().cloned().unwrap_or_default();
    assert!(visit.must_visit);
    assert_eq!(board.len(), 1);
    // The total clock started at the press, not at the registration.
    let file = village.issue(&visit.id).await?;
    assert_eq!(file.started_at.unwrap_or_default().seconds, tests::server::START_SECONDS);
    Ok(())
}

async fn presses_are_one_call_only_until_it_is_answered(environment: Environment) -> Result<()> {
    let (_directory, _server, village) = settle(&environment).await?;
    let first = village.press().await?;
    assert_eq!(village.press().await?, first);
    let answer =
        contract::bidao::call::v1::AnswerRequest { call_id: first.clone(), ..Default::default() };
    village.calls().answer(asked(answer, "handler", Some(&village.grid_chief))?).await?;
    assert_ne!(village.press().await?, first);
    Ok(())
}

async fn what_nobody_does_climbs_to_the_county_and_stays_on_the_clock(
    environment: Environment,
) -> Result<()> {
    let (_directory, server, village) = settle(&environment).await?;
    let issue = village.register_by_call().await?;
    server.advance_to(40 * 86_400).await?;
    let file = village.issue(&issue).await?;
    let row = file.row.unwrap_or_default();
    assert_eq!(row.rung, i32::from(Rung::County));
    assert!(row.overdue);
    assert!(file.clocks.iter().any(|clock| clock.kind == "total"));
    let expired: Vec<_> = file
        .timeline
        .iter()
        .filter(|entry| entry.r#type == "issue.clock_expired")
        .map(|e| e.data_json.clone())
        .collect();
    let mut once = expired.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), expired.len(), "an expiry was appended twice");
    assert!(server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

async fn the_policy_of_the_press_holds_for_what_follows(environment: Environment) -> Result<()> {
    let (_directory, server, village) = settle(&environment).await?;
    let call_id = village.press().await?;
    let county = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/policies/county.toml");
    let document = std::fs::read_to_string(county)?.replacen("version = 1", "version = 2", 1);
    let publish =
        policy::PublishPolicyRequest { document, ..policy::PublishPolicyRequest::default() };
    let mut policies =
        policy::policy_service_client::PolicyServiceClient::new(server.channel.clone());
    policies.publish_policy(asked(publish, "operator", None)?).await?;
    let issue = village.answer_and_register(call_id).await?;
    assert_eq!(village.issue(&issue).await?.policy_version, 1);
    assert_eq!(village.issue(&village.register_by_call().await?).await?.policy_version, 2);
    Ok(())
}

async fn nobody_judges_own_work_by_leaving_the_post_at_home(
    environment: Environment,
) -> Result<()> {
    let (_directory, _server, village) = settle(&environment).await?;
    let issue_id = village.register_by_call().await?;
    village.solve(&issue_id).await?;
    let rate = rating::RateRequest {
        issue_id,
        answer: Some(rating::rate_request::Answer::Thumb(Thumb::Up.into())),
        ..rating::RateRequest::default()
    };
    let mut request = asked(rate, "hotline", None)?;
    // The secretary's own principal, without the secretary's post.
    request.metadata_mut().insert("x-bidao-principal", "handler@*".parse()?);
    let refused =
        RatingServiceClient::new(village.channel.clone()).rate(request).await.unwrap_err();
    assert_eq!(refusal(&refused).1, "HANDLER_MAY_NOT_RATE");
    Ok(())
}
