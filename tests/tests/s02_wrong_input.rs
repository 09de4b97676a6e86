//! Wrong input: the right code, a constant reason, a Chinese message, and nothing written.

use anyhow::{Context, Result};
use contract::bidao::call::v1 as call;
use contract::bidao::common::v1::{Matter, Nature};
use contract::bidao::dispatch::v1 as dispatch;
use contract::bidao::dispatch::v1::dispatch_service_client::DispatchServiceClient;
use contract::bidao::intake::v1 as intake;
use contract::bidao::intake::v1::intake_service_client::IntakeServiceClient;
use contract::bidao::issue::v1 as issue;
use contract::bidao::resolution::v1 as resolution;
use tests::server::asked_in;
use tests::{Environment, Server, Village, asked, refusal};
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

struct World {
    _directory: tempfile::TempDir,
    server: Server,
    village: Village,
}

impl World {
    async fn settle(environment: &Environment) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let server = Server::start_on(&directory.path().join("data"), environment).await?;
        let village = Village::settle(server.channel.clone(), "桥头村").await?;
        Ok(Self { _directory: directory, server, village })
    }

    /// The refusal of `answer`, which must have written nothing.
    async fn refused<T>(&self, before: u64, answer: Result<T, Status>) -> Result<(Code, String)> {
        let status = answer.err().unwrap_or_else(|| Status::ok("not refused"));
        let (code, reason, chinese) = refusal(&status);
        assert!(chinese, "no Chinese message: {status:?}");
        assert_eq!(self.server.status().await?.head_position, before, "something was written");
        Ok((code, reason))
    }

    async fn head(&self) -> Result<u64> {
        Ok(self.server.status().await?.head_position)
    }

    fn register(&self) -> intake::RegisterRequest {
        intake::RegisterRequest {
            matter: Some(Matter {
                nature: Nature::Help.into(),
                place_unit_id: self.village.grid.clone(),
                ..Matter::default()
            }),
            source: intake::Source::InPerson.into(),
            ..intake::RegisterRequest::default()
        }
    }

    fn intake(&self) -> IntakeServiceClient<tonic::transport::Channel> {
        IntakeServiceClient::new(self.server.channel.clone())
    }
}

fn field(status: &Status) -> String {
    let details = status.get_error_details();
    let violations =
        details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    violations.first().map(|violation| violation.field.clone()).unwrap_or_default()
}

async fn malformed_fields_are_named(environment: Environment) -> Result<()> {
    let world = World::settle(&environment).await?;
    let before = world.head().await?;
    let long = "雨".repeat(10_001);
    let with = |change: &dyn Fn(&mut intake::RegisterRequest)| {
        let mut request = world.register();
        change(&mut request);
        request
    };
    let matter = |change: &dyn Fn(&mut Matter)| with(&|r| change(r.matter.get_or_insert_default()));
    let cases = [
        ("request_id", with(&|r| r.request_id = "seven".into())),
        ("source", with(&|r| r.source = 0)),
        ("matter", with(&|r| r.matter = None)),
        ("external_system", with(&|r| r.source = intake::Source::External.into())),
        ("matter.nature", matter(&|m| m.nature = 0)),
        ("matter.nature", matter(&|m| m.nature = 99)),
        ("matter.place_unit_id", matter(&|m| m.place_unit_id = "here".into())),
        ("matter.narrative", matter(&|m| m.narrative.clone_from(&long))),
        ("matter.title", matter(&|m| m.title = "a\u{0}b".into())),
    ];
    for (named, request) in cases {
        let status = world
            .intake()
            .register(asked(request, "hotline", None)?)
            .await
            .err()
            .context("it was not refused")?;
        assert_eq!(field(&status), named);
        let answer: Result<(), _> = Err(status);
        assert_eq!(
            world.refused(before, answer).await?,
            (Code::InvalidArgument, "INVALID_FIELD".into())
        );
    }
    Ok(())
}

async fn unknown_and_hidden_answer_alike(environment: Environment) -> Result<()> {
    let world = World::settle(&environment).await?;
    let issue_id = world.village.register_by_call().await?;
    let other = Village::settle(world.server.channel.clone(), "石门村").await?;
    let before = world.head().await?;
    let get = |id: &str| issue::GetIssueRequest {
        issue_id: id.into(),
        ..issue::GetIssueRequest::default()
    };
    let accept = |id: &str| dispatch::AcceptRequest {
        issue_id: id.into(),
        ..dispatch::AcceptRequest::default()
    };
    let neighbour = Some(other.secretary.as_str());
    let mut dispatches = DispatchServiceClient::new(world.server.channel.clone());
    for id in [Uuid::from_u128(7).to_string(), issue_id] {
        let read = world
            .village
            .issues()
            .get_issue(asked_in(get(&id), "handler", neighbour, &other.village)?)
            .await;
        assert_eq!(world.refused(before, read).await?, (Code::NotFound, "NOT_FOUND".into()));
        let write =
            dispatches.accept(asked_in(accept(&id), "handler", neighbour, &other.village)?).await;
        assert_eq!(world.refused(before, write).await?, (Code::NotFound, "NOT_FOUND".into()));
    }
    let list =
        issue::ListBoardRequest { include_closed: true, ..issue::ListBoardRequest::default() };
    let board =
        world.village.issues().list_board(asked_in(list, "handler", None, &other.village)?).await?;
    assert!(board.into_inner().issues.is_empty());
    Ok(())
}

async fn illegal_transitions_stale_etags_and_foreign_roles_are_refused(
    environment: Environment,
) -> Result<()> {
    let world = World::settle(&environment).await?;
    let issue_id = world.village.register_by_call().await?;
    let before = world.head().await?;
    let secretary = Some(world.village.secretary.as_str());
    let complete = resolution::CompleteRequest {
        issue_id: issue_id.clone(),
        summary: "好了".into(),
        ..resolution::CompleteRequest::default()
    };
    let early = world.village.work().complete(asked(complete.clone(), "handler", secretary)?).await;
    assert_eq!(
        world.refused(before, early).await?,
        (Code::FailedPrecondition, "VISIT_OWED".into())
    );
    let stale = resolution::CompleteRequest { etag: "v1".into(), ..complete.clone() };
    let stale = world.village.work().complete(asked(stale, "handler", secretary)?).await;
    assert_eq!(world.refused(before, stale).await?, (Code::Aborted, "ETAG_STALE".into()));
    let leader = world.village.work().complete(asked(complete, "leader", None)?).await;
    assert_eq!(
        world.refused(before, leader).await?,
        (Code::PermissionDenied, "ROLE_MAY_NOT".into())
    );
    let notify =
        resolution::NotifyRequest { issue_id, channel: 1, ..resolution::NotifyRequest::default() };
    let notify = world.village.work().notify(asked(notify, "handler", secretary)?).await;
    assert_eq!(
        world.refused(before, notify).await?,
        (Code::FailedPrecondition, "ISSUE_STAGE_REFUSES".into())
    );
    let nobody =
        world.village.calls().press(tonic::Request::new(call::PressRequest::default())).await;
    assert_eq!(world.refused(before, nobody).await?, (Code::Unauthenticated, "NO_IDENTITY".into()));
    // A name in Chinese is no header's text to every proxy: the refusal says what it must be.
    let mut named = tonic::Request::new(call::PressRequest::default());
    let name = tonic::codegen::http::HeaderValue::from_bytes("张三".as_bytes())?;
    named.metadata_mut().as_mut().insert("x-bidao-principal", name);
    let named = world.village.calls().press(named).await;
    assert!(named.as_ref().is_err_and(|status| status.message().contains("ASCII")), "{named:?}");
    assert_eq!(world.refused(before, named).await?, (Code::Unauthenticated, "NO_IDENTITY".into()));
    Ok(())
}

async fn a_request_id_is_one_command_for_ever(environment: Environment) -> Result<()> {
    let world = World::settle(&environment).await?;
    let request_id = Uuid::from_u128(42).to_string();
    let request = intake::RegisterRequest { request_id, ..world.register() };
    let first =
        world.intake().register(asked(request.clone(), "hotline", None)?).await?.into_inner();
    let head = world.head().await?;
    let again =
        world.intake().register(asked(request.clone(), "hotline", None)?).await?.into_inner();
    assert_eq!(again.issue_id, first.issue_id);
    assert!(again.receipt.unwrap_or_default().repeated);
    let other = intake::RegisterRequest { source: intake::Source::Proactive.into(), ..request };
    let reused = world.intake().register(asked(other, "hotline", None)?).await;
    assert_eq!(
        world.refused(head, reused).await?,
        (Code::AlreadyExists, "REQUEST_ID_REUSED".into())
    );
    Ok(())
}

async fn one_record_of_another_system_is_one_issue(environment: Environment) -> Result<()> {
    let world = World::settle(&environment).await?;
    let external = intake::RegisterRequest {
        source: intake::Source::External.into(),
        external_system: "12345".into(),
        external_id: "2026-0001".into(),
        ..world.register()
    };
    let first =
        world.intake().register(asked(external.clone(), "hotline", None)?).await?.into_inner();
    let again = world.intake().register(asked(external, "hotline", None)?).await?.into_inner();
    assert_eq!(again.issue_id, first.issue_id);
    Ok(())
}

async fn pages_continue_and_their_tokens_are_checked(environment: Environment) -> Result<()> {
    let world = World::settle(&environment).await?;
    for _ in 0..3 {
        world.intake().register(asked(world.register(), "hotline", None)?).await?;
    }
    world.village.caught_up(world.head().await?).await?;
    let list = |page_size, page_token: &str| issue::ListBoardRequest {
        page_size,
        page_token: page_token.into(),
        ..issue::ListBoardRequest::default()
    };
    let first =
        world.village.issues().list_board(asked(list(2, ""), "leader", None)?).await?.into_inner();
    assert_eq!(first.issues.len(), 2);
    let rest = list(2, &first.next_page_token);
    let rest = world.village.issues().list_board(asked(rest, "leader", None)?).await?.into_inner();
    assert_eq!((rest.issues.len(), rest.next_page_token.as_str()), (1, ""));
    let before = world.head().await?;
    for (size, token) in [(-1, ""), (2, "tampered")] {
        let bad =
            world.village.issues().list_board(asked(list(size, token), "leader", None)?).await;
        assert_eq!(
            world.refused(before, bad).await?,
            (Code::InvalidArgument, "INVALID_FIELD".into())
        );
    }
    Ok(())
}

async fn what_is_no_message_or_too_large_is_refused_like_everything_else(
    environment: Environment,
) -> Result<()> {
    let world = World::settle(&environment).await?;
    let before = world.head().await?;
    // A message whose first field holds bytes: no UTF-8, where the contract wants a request id.
    let bytes = asked(vec![0xff_u8, 0xfe], "hotline", None)?;
    let mut raw = tonic::client::Grpc::new(world.server.channel.clone());
    raw.ready().await?;
    let path = "/bidao.call.v1.CallService/Press".parse()?;
    let codec = tonic_prost::ProstCodec::<Vec<u8>, call::PressResponse>::default();
    let status = raw.unary(bytes, path, codec).await.err().context("it was not refused")?;
    assert_eq!(field(&status), "request_id");
    let answer: Result<(), _> = Err(status);
    assert_eq!(
        world.refused(before, answer).await?,
        (Code::InvalidArgument, "INVALID_FIELD".into())
    );
    let huge = call::PressRequest { caller: "x".repeat(1 << 20), ..call::PressRequest::default() };
    let huge = world.village.calls().press(asked(huge, "hotline", None)?).await;
    assert_eq!(world.refused(before, huge).await?, (Code::InvalidArgument, "TOO_LARGE".into()));
    Ok(())
}

async fn one_request_id_has_one_spelling(environment: Environment) -> Result<()> {
    let world = World::settle(&environment).await?;
    let id = Uuid::from_u128(0xabcd_ef00_1111_4222_8333_4444_5555_6666).to_string();
    let request = intake::RegisterRequest { request_id: id.clone(), ..world.register() };
    let first = world.intake().register(asked(request, "hotline", None)?).await?.into_inner();
    let again = intake::RegisterRequest { request_id: id.to_uppercase(), ..world.register() };
    let again = world.intake().register(asked(again, "hotline", None)?).await;
    // The same id with other bytes in the request: refused or repeated, never a second issue.
    let same = again.as_ref().is_ok_and(|answer| answer.get_ref().issue_id == first.issue_id);
    let refused = again.is_err_and(|status| refusal(&status).1 == "REQUEST_ID_REUSED");
    assert!(same || refused);
    Ok(())
}

tests::on_every_backend!(
    malformed_fields_are_named,
    unknown_and_hidden_answer_alike,
    illegal_transitions_stale_etags_and_foreign_roles_are_refused,
    a_request_id_is_one_command_for_ever,
    one_record_of_another_system_is_one_issue,
    pages_continue_and_their_tokens_are_checked,
    what_is_no_message_or_too_large_is_refused_like_everything_else,
    one_request_id_has_one_spelling,
);
