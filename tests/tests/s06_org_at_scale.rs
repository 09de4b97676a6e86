//! An organisation of thousands: its profile, its import, its changes, and what it leaves uncovered.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use contract::bidao::common::v1::Rung;
use contract::bidao::org::v1 as org;
use contract::bidao::org::v1::org_service_client::OrgServiceClient;
use prost_types::Timestamp;
use tests::server::START_SECONDS;
use tests::{Environment, Server, asked, bidao, refusal};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// A county like the demo's, with a rule that it breaks: at most 4 households a grid.
const PROFILE: &str = r#"
id = "yunxi"
version = 1
title = "云溪县网格"
posts_per_person_max = 1

[[levels]]
kind = "县"
rung = "county"

[[levels]]
kind = "部门"
rung = "township"
parents = ["县"]

[[levels]]
kind = "镇"
rung = "township"
parents = ["县"]

[[levels]]
kind = "乡"
rung = "township"
parents = ["县"]

[[levels]]
kind = "村"
rung = "village"
parents = ["镇", "乡"]

[[levels]]
kind = "网格"
rung = "grid"
parents = ["村"]
households = true
posts = [{ title = "网格长", min = 1, max = 1 }, { title = "网格员", min = 1 }]

[[ratios]]
id = "X1"
title = "每个网格不超过 4 户"
at = "网格"
count = "households"
per = { posts = "网格长" }
max = 4
"#;

struct Office<'a> {
    client: OrgServiceClient<Channel>,
    server: &'a Server,
}

impl<'a> Office<'a> {
    fn of(server: &'a Server) -> Self {
        Self { client: OrgServiceClient::new(server.channel.clone()), server }
    }

    async fn publish(&mut self, document: &str) -> Result<(), Status> {
        let document = document.into();
        let request = org::PublishProfileRequest { document, ..Default::default() };
        self.client.publish_profile(request_of(request)).await.map(|_| ())
    }

    async fn units(&mut self) -> Result<Vec<org::Unit>> {
        let min_position = self.server.status().await?.head_position;
        let request = org::GetTreeRequest { min_position, ..Default::default() };
        Ok(self.client.get_tree(request_of(request)).await?.into_inner().units)
    }

    async fn unit(&mut self, name: &str) -> Result<org::Unit> {
        self.units().await?.into_iter().find(|unit| unit.name == name).context("no such unit")
    }

    async fn add(
        &mut self,
        items: Vec<org::UnitItem>,
        dry_run: bool,
    ) -> Result<Vec<org::BatchResult>> {
        let request = org::BatchAddUnitsRequest { items, dry_run, ..Default::default() };
        Ok(self.client.batch_add_units(request_of(request)).await?.into_inner().results)
    }

    async fn report(&mut self) -> Result<org::GetCoverageReportResponse> {
        let min_position = self.server.status().await?.head_position;
        let request =
            org::GetCoverageReportRequest { min_position, page_size: 1_000, ..Default::default() };
        Ok(self.client.get_coverage_report(request_of(request)).await?.into_inner())
    }

    async fn person(&mut self, name: &str) -> Result<String> {
        let request = org::RegisterPersonRequest { name: name.into(), ..Default::default() };
        Ok(self.client.register_person(request_of(request)).await?.into_inner().person_id)
    }
}

#[expect(clippy::expect_used, reason = "the headers are letters")]
fn request_of<T>(message: T) -> tonic::Request<T> {
    asked(message, "operator", None).expect("headers of letters")
}

fn grid(code: &str, parent: &str, kind: &str) -> org::UnitItem {
    org::UnitItem {
        code: code.into(),
        parent_code: parent.into(),
        name: format!("{code}网格"),
        kind: kind.into(),
        ..Default::default()
    }
}

fn chinese(status: &Status) -> String {
    let details = status.get_error_details();
    details.localized_message().map(|text| text.message.clone()).unwrap_or_default()
}

fn codes(results: &[org::BatchResult]) -> Vec<i32> {
    results.iter().map(|result| result.code).collect()
}

async fn under_a_profile_a_wrong_kind_is_refused_with_what_was_expected(
    environment: Environment,
) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), &environment).await?;
    let mut office = Office::of(&server);
    for profile in ["yeji", "xinhuang", "luoshui", "zhijiang", "zhanyi"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = path.join(format!("../deploy/profiles/{profile}.toml"));
        office.publish(&std::fs::read_to_string(&path)?).await?;
    }
    office.publish(PROFILE).await?;
    let other = office
        .publish(&PROFILE.replace("4 户", "5 户"))
        .await
        .err()
        .context("it was not refused")?;
    assert_eq!(refusal(&other), (Code::FailedPrecondition, "VERSION_TAKEN".into(), true));
    let broken = office.publish("id = 'x'\nversion = 1\ntitle = ''\nlevels = []").await;
    assert_eq!(refusal(&broken.err().context("it was not refused")?).1, "PROFILE_INCOMPLETE");
    let min_position = server.status().await?.head_position;
    let asked = org::GetProfileRequest { min_position };
    let found = office.client.get_profile(request_of(asked)).await?.into_inner();
    assert_eq!((found.id.as_str(), found.levels.len()), ("yunxi", 6));
    assert_eq!(found.rules, ["X1", "网格/网格长", "网格/网格员"]);
    let village = office.unit("桥头村").await?;
    let mut request = org::AddUnitRequest {
        parent_id: village.id.clone(),
        name: "新网格".into(),
        kind: "微网格".into(),
        ..Default::default()
    };
    let unknown = office
        .client
        .add_unit(request_of(request.clone()))
        .await
        .err()
        .context("it was not refused")?;
    assert_eq!(refusal(&unknown).0, Code::InvalidArgument);
    assert!(chinese(&unknown).contains("可用类型:县、部门、镇、乡、村、网格"), "{unknown:?}");
    request.kind = "镇".into();
    let above = office
        .client
        .add_unit(request_of(request.clone()))
        .await
        .err()
        .context("it was not refused")?;
    assert_eq!(refusal(&above).0, Code::FailedPrecondition, "{above:?}");
    request.kind = "网格".into();
    office.client.add_unit(request_of(request)).await?;
    let unit = office.unit("新网格").await?;
    assert_eq!(unit.rung, i32::from(Rung::Grid), "the profile knows the rung");
    Ok(())
}

async fn a_bad_row_fails_alone_and_a_dry_run_writes_nothing(
    environment: Environment,
) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), &environment).await?;
    let mut office = Office::of(&server);
    office.publish(PROFILE).await?;
    let village = office.unit("桥头村").await?.code;
    let items = vec![
        grid("G1", &village, "网格"),
        grid("G2", "nowhere", "网格"),
        grid("G3", "G1", "网格"),
        grid("G4", &village, "网格"),
    ];
    let before = server.status().await?.head_position;
    let tried = office.add(items.clone(), true).await?;
    let invalid = i32::from(Code::InvalidArgument);
    let refused = i32::from(Code::FailedPrecondition);
    assert_eq!(codes(&tried), [0, invalid, refused, 0]);
    assert_eq!(tried[1].message_zh, "parent_code:没有编码为“nowhere”的单位");
    assert!(tried[2].message_zh.contains("应设在“村”之下"), "{}", tried[2].message_zh);
    assert_eq!(server.status().await?.head_position, before, "a dry run writes nothing");
    let done = office.add(items.clone(), false).await?;
    assert_eq!(codes(&done), codes(&tried));
    assert_eq!(server.status().await?.head_position, before + 2);
    let again = office.add(items, false).await?;
    assert_eq!(again[0].id, done[0].id);
    assert!(again[0].receipt.as_ref().is_some_and(|receipt| receipt.repeated));
    assert_eq!(server.status().await?.head_position, before + 2, "an import repeats");
    let none = office
        .client
        .batch_add_units(request_of(Default::default()))
        .await
        .err()
        .context("it was not refused")?;
    assert_eq!(refusal(&none), (Code::InvalidArgument, "INVALID_FIELD".into(), true));
    Ok(())
}

async fn a_stand_in_answers_until_the_day_it_ends(environment: Environment) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), &environment).await?;
    let mut office = Office::of(&server);
    let chief = office.unit("桥头村").await?.roster[0].clone();
    let person_id = office.person("代班人").await?;
    let mut request = org::DelegateRequest {
        post_id: chief.post_id.clone(),
        person_id: chief.person_id.clone(),
        until: Some(Timestamp { seconds: START_SECONDS + 86_400, nanos: 0 }),
        reason: org::Absence::Meeting.into(),
        ..Default::default()
    };
    let own = office
        .client
        .delegate(request_of(request.clone()))
        .await
        .err()
        .context("it was not refused")?;
    assert_eq!(refusal(&own), (Code::FailedPrecondition, "STANDS_IN_FOR_SELF".into(), true));
    request.person_id = person_id.clone();
    office.client.delegate(request_of(request)).await?;
    let sits = office.unit("桥头村").await?.roster[0].clone();
    assert_eq!((sits.person_id, sits.stand_in), (person_id, true), "the stand-in is shown");
    server.advance_to(86_400).await?;
    let sits = office.unit("桥头村").await?.roster[0].clone();
    assert_eq!((sits.person_id, sits.stand_in), (chief.person_id, false), "the secretary is back");
    Ok(())
}

async fn a_merged_village_lives_on_in_the_other_and_views_still_equal_a_rebuild(
    environment: Environment,
) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), &environment).await?;
    let mut office = Office::of(&server);
    let (old, heir) = (office.unit("柳湾村").await?, office.unit("桥头村").await?);
    let before = office.report().await?;
    let households = |report: &org::GetCoverageReportResponse, id: &str| {
        let unit = report.units.iter().find(|unit| unit.unit_id == id);
        unit.map(|unit| (unit.households, unit.devices))
    };
    assert_eq!(households(&before, &heir.id), Some((10, 10)));
    let request = org::MergeUnitsRequest {
        unit_id: old.id.clone(),
        into_id: heir.id.clone(),
        ..Default::default()
    };
    office.client.merge_units(request_of(request)).await?;
    let after = office.report().await?;
    assert_eq!(households(&after, &heir.id), Some((20, 20)));
    assert_eq!(households(&after, &old.id), None, "closed");
    assert_eq!(after.households, before.households);
    let grid = office.unit("柳湾一网格").await?;
    assert_eq!(grid.parent_id, heir.id);
    // Papers with the old code still find it, and what is registered there goes on.
    let items = vec![grid_item(&old.code)];
    let added = office.add(items, false).await?;
    assert_eq!(codes(&added), [0], "{added:?}");
    assert_eq!(office.unit("后来的网格").await?.parent_id, heir.id);
    let moved = org::MoveUnitRequest {
        unit_id: heir.id.clone(),
        parent_id: office.unit("松岗乡").await?.id,
        ..Default::default()
    };
    office.client.move_unit(request_of(moved)).await?;
    assert_eq!(server.views_unlike_a_rebuild().await?, Vec::<String>::new());
    Ok(())
}

fn grid_item(parent: &str) -> org::UnitItem {
    org::UnitItem {
        name: "后来的网格".into(),
        rung: Rung::Grid.into(),
        ..grid("LATER", parent, "网格")
    }
}

async fn reports_warn_by_code_and_waived_rules_stand_apart(environment: Environment) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), &environment).await?;
    let mut office = Office::of(&server);
    office.publish(PROFILE).await?;
    let grid = office.unit("桥头一网格").await?;
    let request = org::GrantWaiverRequest {
        unit_id: grid.id.clone(),
        rule: "X1".into(),
        reason: "集中居住".into(),
        until: Some(Timestamp { seconds: START_SECONDS + 3_600, nanos: 0 }),
        ..Default::default()
    };
    let unknown = org::GrantWaiverRequest { rule: "X9".into(), ..request.clone() };
    let unknown = office
        .client
        .grant_waiver(request_of(unknown))
        .await
        .err()
        .context("it was not refused")?;
    assert_eq!(refusal(&unknown), (Code::FailedPrecondition, "RULE_UNKNOWN".into(), true));
    office.client.grant_waiver(request_of(request)).await?;
    let report = office.report().await?;
    // Four grids of 10 households and one chief each: X1 everywhere, and no 网格员 anywhere.
    assert_eq!((report.households, report.violations, report.waived), (40, 8, 1));
    assert_eq!((report.households_without_grid, report.units_without_roster), (0, 0));
    let codes: Vec<_> = report.units.iter().map(|unit| unit.code.clone()).collect();
    assert!(codes.is_sorted(), "{codes:?}");
    let shown = report.units.iter().find(|unit| unit.unit_id == grid.id).context("no grid")?;
    let rules: Vec<_> = shown.violations.iter().map(|v| (&*v.rule, &*v.waiver_reason)).collect();
    assert_eq!(rules, [("网格/网格员", ""), ("X1", "集中居住")]);
    server.advance_to(3_600).await?;
    assert_eq!(office.report().await?.waived, 0, "a waiver ends");
    let overloads = org::ListOverloadsRequest { page_size: 3, ..Default::default() };
    let first = office.client.list_overloads(request_of(overloads.clone())).await?.into_inner();
    assert_eq!((first.total, first.overloads.len()), (4, 3));
    let overloads = org::ListOverloadsRequest { page_token: first.next_page_token, ..overloads };
    let rest = office.client.list_overloads(request_of(overloads)).await?.into_inner();
    assert_eq!((rest.overloads.len(), rest.next_page_token.as_str()), (1, ""));
    assert_eq!(rest.overloads[0].post_title, "网格长");
    Ok(())
}

async fn a_post_without_a_person_is_listed_as_vacant(environment: Environment) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), &environment).await?;
    let mut office = Office::of(&server);
    let min_position = server.status().await?.head_position;
    let listed = org::ListVacanciesRequest { min_position, ..Default::default() };
    let none = office.client.list_vacancies(request_of(listed.clone())).await?.into_inner();
    assert_eq!(none.vacancies, [], "the small county is complete");
    let chief = office.unit("茶园村").await?.roster[0].clone();
    let request = org::EndAppointmentRequest {
        post_id: chief.post_id.clone(),
        person_id: chief.person_id.clone(),
        ..Default::default()
    };
    let ended = office.client.end_appointment(request_of(request)).await?.into_inner();
    let min_position = ended.receipt.context("no receipt")?.position;
    let listed = org::ListVacanciesRequest { min_position, ..listed };
    let found = office.client.list_vacancies(request_of(listed.clone())).await?.into_inner();
    let [vacancy] = found.vacancies.as_slice() else { anyhow::bail!("{found:?}") };
    assert_eq!((&vacancy.post_id, vacancy.on_roster), (&chief.post_id, true));
    assert_eq!(vacancy.kind(), org::VacancyKind::PostVacant);
    assert_eq!(vacancy.vacant_since.map(|at| at.seconds), Some(START_SECONDS));
    let handler = asked(listed, "handler", None)?;
    let denied = office.client.list_vacancies(handler).await.err().context("it was not refused")?;
    assert_eq!(denied.code(), Code::PermissionDenied);
    Ok(())
}

async fn a_batch_of_households_answers_each_and_its_dry_run_leaves_nothing(
    environment: Environment,
) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), &environment).await?;
    let mut office = Office::of(&server);
    let grid = office.unit("桥头一网格").await?;
    let item = |code: &str, unit: &str| org::HouseholdItem {
        code: code.into(),
        unit_code: unit.into(),
        address: "桥头村一号".into(),
        ..Default::default()
    };
    let items =
        vec![item("H1", &grid.code), item("H2", "nowhere"), item("", &grid.code), item("H3", "")];
    let mut request = org::BatchRegisterHouseholdsRequest { items, dry_run: true };
    let before = server.status().await?.head_position;
    let mut answers = Vec::new();
    for dry_run in [true, false, false] {
        request.dry_run = dry_run;
        let sent = request_of(request.clone());
        let answer = office.client.batch_register_households(sent).await?.into_inner();
        let invalid = i32::from(Code::InvalidArgument);
        assert_eq!(codes(&answer.results), [0, invalid, invalid, invalid], "{answer:?}");
        assert_eq!(answer.failed, 3);
        assert!(answer.results.iter().skip(1).all(|result| !result.message_zh.is_empty()));
        let repeated = answer.results[0].receipt.as_ref().is_some_and(|receipt| receipt.repeated);
        answers.push((
            answer.results[0].id.clone(),
            repeated,
            server.status().await?.head_position,
        ));
    }
    let id = answers[0].0.clone();
    let expected = [(false, before), (false, before + 1), (true, before + 1)];
    assert_eq!(answers, expected.map(|(repeated, head)| (id.clone(), repeated, head)));
    let village = office.unit("柳湾村").await?.id;
    let sent = tests::server::asked_in(request.clone(), "operator", None, &village)?;
    let hidden = office.client.batch_register_households(sent).await?.into_inner();
    assert_eq!(hidden.failed, 4, "what is out of sight answers like what does not exist");
    request.items = vec![item("H1", &grid.code); 1_001];
    let many = office
        .client
        .batch_register_households(request_of(request))
        .await
        .err()
        .context("it was not refused")?;
    assert_eq!(refusal(&many), (Code::InvalidArgument, "INVALID_FIELD".into(), true));
    Ok(())
}

/// Runs an import of `text`; the exit code and what it printed.
fn import(
    server: &Server,
    directory: &Path,
    (records, name): (&str, &str),
    (bytes, more): (&[u8], &[&str]),
) -> Result<(bool, String)> {
    let file = directory.join(name);
    std::fs::write(&file, bytes)?;
    let output = Command::new(bidao()?)
        .args(["--server", &server.url, "import", records])
        .arg(&file)
        .args(more)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok((output.status.success(), said + &complained))
}

async fn files_are_imported_row_by_row_and_once(environment: Environment) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), &environment).await?;
    let run = |records, text: &[u8], more: &[&str]| {
        import(&server, directory.path(), (records, "import.csv"), (text, more))
    };
    let village = Office::of(&server).unit("桥头村").await?.code;
    let (good, said) = run("units", "编码,名称,类别\n".as_bytes(), &[])?;
    assert!(!good && said.contains("不认识的列“类别”"), "{said}");
    assert!(said.contains("缺少列“上级编码”") && said.contains("缺少列“类型”"), "{said}");
    let units = format!(
        "\u{feff}编码,上级编码,名称,类型,层级\nW1,{village},一号网格,网格,网格\nW2,W1,二号网格,网格,网格\nW3,无,三号,网格,网格\nW1,{village},一号网格,网格,网格\n"
    );
    let (good, said) = run("units", units.as_bytes(), &["--dry-run"])?;
    assert!(!good && said.contains("成功 2 行,重复 1 行,失败 1 行(试导入,未写入)"), "{said}");
    assert!(said.contains("第 4 行 失败:parent_code:没有编码为“无”的单位"), "{said}");
    let (_, said) = run("units", units.as_bytes(), &[])?;
    assert!(said.contains("成功 2 行,重复 1 行,失败 1 行"), "{said}");
    let renamed = format!("编码,上级编码,名称,类型,层级\nW1,{village},改名,网格,网格\n");
    let (good, said) = run("units", renamed.as_bytes(), &[])?;
    assert!(!good && said.contains("内容不同"), "{said}");
    let persons = "人员编号,姓名\nP1,王建国\n";
    assert!(run("persons", persons.as_bytes(), &[])?.0);
    let posts = "网格编码,岗位,人员编号,任职开始\nW1,网格长,P1,2026-03-01\nW2,网格长,P9,\n";
    let (good, said) = run("posts", posts.as_bytes(), &[])?;
    assert!(!good && said.contains("成功 1 行,重复 0 行,失败 1 行"), "{said}");
    assert!(said.contains("第 3 行 失败:person_code:没有登记此人"), "{said}");
    // Spreadsheets on Chinese Windows write GBK.
    let (gbk, ..) = encoding_rs::GBK.encode("户编码,网格编码,地址\nH1,W1,桥头村一号\n");
    assert!(run("households", &gbk, &[])?.0);
    let (good, said) = run("households", &gbk, &["-o", "json"])?;
    assert!(good && said.contains(r#""reason":"已经登记","result":"重复","row":2"#), "{said}");
    let devices = "设备编号,户编码\nD1,H1\nD2,H2\n";
    let (good, said) = run("devices", devices.as_bytes(), &[])?;
    assert!(!good && said.contains("没有登记编码为“H2”的住户"), "{said}");
    let unit = Office::of(&server).unit("一号网格").await?;
    assert_eq!((unit.households, unit.devices, unit.roster.len()), (1, 1, 1));
    assert_eq!(unit.roster[0].person_name, "王建国");
    Ok(())
}

async fn a_spreadsheet_is_read_like_a_csv(environment: Environment) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start_on(&directory.path().join("data"), &environment).await?;
    let book = include_bytes!("../fixtures/persons.xlsx");
    let file = ("persons", "persons.xlsx");
    let (good, said) = import(&server, directory.path(), file, (book, &[]))?;
    assert!(good && said.contains("成功 2 行,重复 0 行,失败 0 行"), "{said}");
    // The code is a number in one cell; as text it is the same person.
    let text = "人员编号,姓名\n341504001,王建国\n".as_bytes();
    let file = ("persons", "persons.csv");
    let (good, said) = import(&server, directory.path(), file, (text, &[]))?;
    assert!(good && said.contains("成功 0 行,重复 1 行,失败 0 行"), "{said}");
    Ok(())
}

tests::on_every_backend!(
    under_a_profile_a_wrong_kind_is_refused_with_what_was_expected,
    a_bad_row_fails_alone_and_a_dry_run_writes_nothing,
    a_stand_in_answers_until_the_day_it_ends,
    a_merged_village_lives_on_in_the_other_and_views_still_equal_a_rebuild,
    reports_warn_by_code_and_waived_rules_stand_apart,
    a_post_without_a_person_is_listed_as_vacant,
    a_batch_of_households_answers_each_and_its_dry_run_leaves_nothing,
    files_are_imported_row_by_row_and_once,
    a_spreadsheet_is_read_like_a_csv,
);
