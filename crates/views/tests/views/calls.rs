//! Calls in the log and in the figures: who answered (M2), who could have called (M6), and whom they tell
//! of what (A1).

use std::collections::BTreeSet;

use domain::call::CallVerb;
use domain::call::command::{Answer, Disposition, Press, RecordDisposition};
use domain::issue::IssueVerb;
use domain::issue::command::NameParty;
use domain::issue::event::PartyRole;
use domain::shared::ids::{CallId, IssueId, PostId};
use domain::shared::ladder::Holder;
use testkit::{COUNTY, County, START, VILLAGES, device, holder, household, matter, staff};
use views::Viewer;
use views::figures::Period;

use crate::history::{File, assert_equal_to_the_log, everybody, looking_as};

const PERIOD: Period = Period { from_us: START, until_us: i64::MAX, now_us: START };

/// Pressed in the first village, answered there and then, and this became of it.
async fn talk(county: &County, by: Holder, disposition: Disposition) -> CallId {
    let call = CallId(county.ids.uuid7());
    let press = Press {
        call,
        device: Some(device(0)),
        household: Some(household(0)),
        unit: VILLAGES[0],
        caller: None,
    };
    for verb in [
        CallVerb::Press(press),
        CallVerb::Answer(Answer { by }),
        CallVerb::RecordDisposition(RecordDisposition {
            disposition,
            accusations: Vec::new(),
            note: None,
        }),
    ] {
        county.call(call, VILLAGES[0], verb).await.unwrap();
    }
    call
}

async fn name(county: &County, issue: IssueId, post: Option<PostId>) {
    let party = NameParty { role: PartyRole::Kin, post, person: None, unit: None };
    let (office, verb) = (staff(&holder(COUNTY, 1)), IssueVerb::NameParty(party));
    county.issue(issue, VILLAGES[0], office, verb).await.unwrap();
}

#[tokio::test]
async fn a1_the_call_behind_a_file_is_shown_and_counted_as_the_file_is() {
    let county = County::new().await;
    let desk = || holder(COUNTY, 0);
    let (before, after) = (county.register(matter(0)).await, county.register(matter(0)).await);
    let sits = holder(VILLAGES[0], 0);
    let post = Some(sits.post);
    name(&county, before, post).await;
    let hidden = [
        talk(&county, desk(), Disposition::Attached(before)).await,
        talk(&county, desk(), Disposition::Attached(after)).await,
    ];
    name(&county, after, post).await;
    let shown = talk(&county, desk(), Disposition::AnsweredAtOnce).await;

    let file = File::of(&county).await;
    let aside = looking_as(sits.post.0);
    let calls = async |viewer: &Viewer| {
        let calls = file.views.calls(viewer, false, None, 99).await.unwrap();
        calls.iter().map(|call| call.id).collect::<BTreeSet<_>>()
    };
    let all = BTreeSet::from([shown, hidden[0], hidden[1]]);
    assert_eq!(calls(&everybody()).await, all);
    assert_eq!(calls(&aside).await, BTreeSet::from([shown]));
    for call in hidden {
        assert!(file.views.call(&everybody(), call).await.unwrap().is_some());
        assert!(file.views.call(&aside, call).await.unwrap().is_none());
    }
    assert!(file.views.call(&aside, shown).await.unwrap().is_some());
    let figures = file.views.figures(&aside, PERIOD).await.unwrap();
    assert_eq!((figures.calls.calls, figures.issues.received), (1, 0));
    // What was counted for everybody counts something that is not for this one.
    assert!(file.views.withholds(&aside, PERIOD).await.unwrap());
    assert!(!file.views.withholds(&everybody(), PERIOD).await.unwrap());
    assert_equal_to_the_log(&file.views, &county).await;
}

/// M2: what the village lets ring out, its secretary did not answer.
#[tokio::test]
async fn m2_a_desk_above_the_village_is_not_its_secretary() {
    let county = County::new().await;
    let stand_in = Holder { stand_in: true, ..holder(VILLAGES[0], 1) };
    for by in [holder(VILLAGES[0], 0), stand_in, holder(COUNTY, 0), holder(VILLAGES[1], 0)] {
        talk(&county, by, Disposition::AnsweredAtOnce).await;
    }
    let file = File::of(&county).await;
    let calls = file.views.figures(&everybody(), PERIOD).await.unwrap().calls;
    let by = (calls.calls_by_secretary, calls.calls_by_stand_in, calls.calls_by_desk);
    assert_eq!((calls.calls_answered, by), (4, (1, 1, 2)));
}

/// M6: registered, and heard from.
#[tokio::test]
async fn m6_devices_stand_beside_those_that_were_heard_from() {
    const DAY_US: i64 = 86_400_000_000;
    let county = County::new().await;
    talk(&county, holder(VILLAGES[0], 0), Disposition::AnsweredAtOnce).await;
    let file = File::of(&county).await;
    for (days, reachable) in [(0, 1), (90, 1), (91, 0)] {
        let period = Period { now_us: START + days * DAY_US, ..PERIOD };
        let figures = file.views.figures(&everybody(), period).await.unwrap();
        assert_eq!((figures.devices, figures.reachable_devices), (2, reachable), "{days} days on");
    }
}
