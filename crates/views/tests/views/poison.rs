//! One bad event stops one stream, in the views it concerns; a rebuild does not get past it.

use domain::issue::{IssueVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::ids::IssueId;
use event::{Recorded, StreamId};
use testkit::{County, holder, matter, staff};
use uuid::Uuid;
use views::board::BoardQuery;
use views::{ViewError, Views};

use crate::history::{File, assert_equal_to_the_log, everybody, names, rebuilt};

/// Two issues; something bad happens to the first; then both are accepted.
struct Poisoned {
    county: County,
    file: File,
    bad: IssueId,
    good: IssueId,
    position: u64,
}

async fn poisoned(name: &str, payload: &str) -> Poisoned {
    let county = County::new().await;
    let bad = county.register(matter(0)).await;
    let good = county.register(matter(1)).await;
    let file = File::of(&county).await;
    let position = county.write_raw(stream(bad), name, payload).await;
    accept(&county, good, 1).await;
    Poisoned { county, file, bad, good, position }
}

fn stream(issue: IssueId) -> StreamId {
    StreamId::new("issue", issue.0)
}

async fn accept(county: &County, issue: IssueId, village: usize) {
    let lead = county.state(issue).await.lead().cloned().unwrap();
    assert_eq!(lead, holder(testkit::VILLAGES[village], 0));
    county.issue(issue, lead.unit, staff(&lead), IssueVerb::Accept).await.unwrap();
}

async fn stage(views: &Views, issue: IssueId) -> Stage {
    let board = BoardQuery { include_closed: true, max: 99, ..BoardQuery::default() };
    let rows = views.board(&everybody(), &board).await.unwrap();
    rows.into_iter().find(|row| row.id() == issue).unwrap().issue.stage
}

async fn apply_rest(poisoned: &Poisoned) -> Vec<Recorded> {
    let rest = poisoned.county.since(poisoned.file.views.position().await).await;
    poisoned.file.views.apply(&rest).await.unwrap();
    rest
}

#[tokio::test]
async fn an_event_nobody_knows_parks_its_stream_and_the_others_go_on() {
    for (name, payload) in [
        ("issue.beamed_up", "{}"),
        ("issue.accepted", "\"garbage\""),
        ("issue.accepted", "{\"by\":7}"),
        ("letter.received", "{}"),
    ] {
        let poisoned = poisoned(name, payload).await;
        let Poisoned { county, file, bad, good, position } = &poisoned;
        apply_rest(&poisoned).await;
        let parked = file.views.parked(&everybody()).await.unwrap();
        let mut expected = names();
        expected.sort_unstable();
        assert_eq!(parked.iter().map(|p| p.view.as_str()).collect::<Vec<_>>(), expected);
        for parked in &parked {
            assert_eq!((&parked.stream, parked.position), (&stream(*bad).to_string(), *position));
            assert!(parked.error.contains(name), "{}", parked.error);
        }
        assert_eq!(stage(&file.views, *good).await, Stage::Accepted, "{name}");
        assert_eq!(stage(&file.views, *bad).await, Stage::Dispatched, "{name}");
        let head = county.log.head().await.unwrap().position;
        assert_eq!(file.views.position().await, head, "it does not hold up the checkpoint");
    }
}

#[tokio::test]
async fn a_parked_stream_stays_where_it_is_whatever_follows() {
    let poisoned = poisoned("issue.beamed_up", "{}").await;
    apply_rest(&poisoned).await;
    let Poisoned { county, file, bad, .. } = &poisoned;
    let lead = holder(testkit::VILLAGES[0], 0);
    let text = format!(
        "{{\"by\":{{\"unit\":\"{}\",\"post\":\"{}\"}},\"implied\":false,\"at\":0}}",
        lead.unit, lead.post
    );
    county.write_raw(stream(*bad), "issue.accepted", &text).await;
    let rest = apply_rest(&poisoned).await;
    assert_eq!(rest.len(), 1);
    assert_eq!(stage(&file.views, *bad).await, Stage::Dispatched);
    assert_eq!(file.views.parked(&everybody()).await.unwrap().len(), names().len(), "parked once");
    // Its promise stays on the list of what is due: a parked issue is not forgotten.
    let timers = file.views.list_timers(&everybody(), 99).await.unwrap();
    let kept = timers.iter().filter(|timer| timer.stream == stream(*bad));
    assert_eq!(
        kept.map(|timer| timer.clock).collect::<Vec<_>>(),
        [ClockKind::Accept, ClockKind::Total]
    );
}

/// A decodable event that some views cannot place parks it there, and in no other view.
#[tokio::test]
async fn a_stream_is_parked_only_where_it_does_harm() {
    let county = County::new().await;
    let nowhere = StreamId::new("issue", Uuid::from_u128(99));
    county.write_raw(nowhere.clone(), "issue.progressed", PROGRESSED).await;
    let file = File::of(&county).await;
    let parked = file.views.parked(&everybody()).await.unwrap();
    let views: Vec<_> = parked.iter().map(|parked| parked.view.as_str()).collect();
    assert_eq!(views, ["board", "issue_detail", "worklist"]);
    assert!(parked.iter().all(|parked| parked.stream == nowhere.to_string()));
}

const PROGRESSED: &str = "{\"note\":{\"key_id\":\"00000000-0000-0000-0000-000000000007\",\
     \"commitment\":\"YWJj\",\"text\":\"eHl6\"},\"at\":0}";

#[tokio::test]
async fn what_is_parked_stays_parked_when_the_file_is_opened_again() {
    let poisoned = poisoned("issue.beamed_up", "{}").await;
    apply_rest(&poisoned).await;
    let Poisoned { county, file, bad, good, .. } = &poisoned;
    let again = file.another().await;
    assert_eq!(
        again.parked(&everybody()).await.unwrap(),
        file.views.parked(&everybody()).await.unwrap()
    );
    assert_eq!(again.positions().await, file.views.positions().await);
    let more = county.register(matter(0)).await;
    again.apply(&county.since(again.position().await).await).await.unwrap();
    assert_eq!(stage(&again, more).await, Stage::Dispatched);
    assert_eq!(
        (stage(&again, *bad).await, stage(&again, *good).await),
        (Stage::Dispatched, Stage::Accepted)
    );
}

#[tokio::test]
async fn a_rebuild_fails_at_the_poison_and_leaves_the_running_view() {
    let poisoned = poisoned("issue.beamed_up", "{}").await;
    apply_rest(&poisoned).await;
    let Poisoned { county, file, good, .. } = &poisoned;
    for check_only in [true, false] {
        for name in names() {
            let failed = file.views.rebuild(name, &mut county.feed(), check_only, |_| {}).await;
            let text = failed.unwrap_err().to_string();
            assert!(text.contains("issue.beamed_up"), "{name}: {text}");
        }
    }
    assert_eq!(file.views.parked(&everybody()).await.unwrap().len(), names().len());
    assert_eq!(stage(&file.views, *good).await, Stage::Accepted);
    county.register(matter(1)).await;
    apply_rest(&poisoned).await;
    assert_eq!(
        file.views
            .board(&everybody(), &BoardQuery { max: 9, ..BoardQuery::default() })
            .await
            .unwrap()
            .len(),
        3
    );
}

/// What a view could not place is placed by a rebuild once it can be; here, because the log is whole.
#[tokio::test]
async fn a_rebuild_lets_go_of_what_was_parked_by_mistake() {
    let county = County::new().await;
    let issue = county.register(matter(0)).await;
    let whole = county.since(0).await;
    // A feed that swallowed the registration, and was repaired since.
    let is_first = |recorded: &&Recorded| recorded.envelope.r#type != "issue.registered";
    let holed: Vec<_> = whole.iter().filter(is_first).cloned().collect();
    let file = File::new().await;
    file.views.apply(&holed).await.unwrap();
    assert!(!file.views.parked(&everybody()).await.unwrap().is_empty());
    for name in names() {
        file.views.rebuild(name, &mut county.feed(), false, |_| {}).await.unwrap();
    }
    assert_eq!(file.views.parked(&everybody()).await.unwrap(), []);
    assert_eq!(stage(&file.views, issue).await, Stage::Dispatched);
    assert_equal_to_the_log(&file.views, &county).await;
    assert!(rebuilt(&file.views, &county).await.iter().all(|view| view.digest.len() == 64));
}

#[tokio::test]
async fn a_view_nobody_keeps_is_named_with_those_that_are() {
    let county = County::new().await;
    let file = File::of(&county).await;
    let unknown =
        file.views.rebuild("weather", &mut county.feed(), true, |_| {}).await.unwrap_err();
    let views::rebuild::RebuildError::View(ViewError::NoSuchView(asked, known)) = unknown else {
        panic!("{unknown}")
    };
    assert_eq!(asked, "weather");
    assert!(known.contains("board") && known.contains("due"), "{known}");
}
