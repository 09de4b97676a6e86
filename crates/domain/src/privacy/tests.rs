//! The rules of looking, holding, freezing and erasing.

use uuid::Uuid;

use super::command::{Approve, AskFor, FileState, Freeze, Hold, Look, Reject};
use super::event::{Ask, Basis, Extent, Field, File, Purpose};
use super::{Privacy, PrivacyCommand, PrivacyError, PrivacyEvent, PrivacyVerb};
use crate::shared::actor::{Actor, ActorKind};
use crate::shared::given::Given;
use crate::shared::ids::{IssueId, PersonId};
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;

const HOUR: i64 = 3_600;
const FILE: File = File::Issue(IssueId(Uuid::from_u128(5)));

/// A file's record, and who does what to it when.
#[derive(Default)]
struct Record {
    privacy: Privacy,
    now: Moment,
    events: Vec<PrivacyEvent>,
    state: FileState,
}

impl Record {
    fn by(&mut self, who: &str, verb: PrivacyVerb) -> Result<(), PrivacyError> {
        // `li` and `li.second` are one person with two accounts.
        let name = who.split('.').next().unwrap_or_default();
        let person = PersonId(Uuid::new_v5(&Uuid::nil(), name.as_bytes()));
        let person = Some(person).filter(|_| !name.starts_with("machine"));
        let actor = Actor { kind: ActorKind::Staff, id: who.into(), person, ..Actor::default() };
        let given = Given { now: self.now, actor, ..Given::default() };
        let events = self.privacy.decide(PrivacyCommand { given, verb })?;
        events.iter().for_each(|event| self.privacy.evolve(event));
        self.events.extend(events);
        Ok(())
    }

    fn ask(&mut self, who: &str, ask: Ask) -> Result<(), PrivacyError> {
        self.by(
            who,
            PrivacyVerb::Ask(AskFor { file: FILE, ask, reason: reason(), state: self.state }),
        )
    }

    fn approve(&mut self, who: &str, number: u32) -> Result<(), PrivacyError> {
        let key_ids = vec![Uuid::from_u128(1)];
        self.by(
            who,
            PrivacyVerb::Approve(Approve {
                file: FILE,
                number,
                key_ids,
                calls: Vec::new(),
                state: self.state,
            }),
        )
    }

    fn look(&mut self, who: &str, guarded: bool) -> Result<(), PrivacyError> {
        let fields = vec![Field::Phone, Field::Name, Field::Phone];
        let purpose = Purpose::Contact;
        self.by(who, PrivacyVerb::Look(Look { file: FILE, reporter: 0, fields, purpose, guarded }))
    }

    fn after(&mut self, seconds: i64) -> &mut Self {
        self.now = self.now.plus_seconds(seconds);
        self
    }

    fn last(&self) -> &PrivacyEvent {
        self.events.last().unwrap()
    }
}

fn reason() -> Sealed {
    Sealed { key_id: Uuid::from_u128(7), commitment: "YWJj".into(), text: "eHl6".into() }
}

const WHOLE: Ask = Ask::Erase { extent: Extent::WholeFile, basis: Basis::PurposeEnded };
const REPORTER: Ask = Ask::Erase { extent: Extent::Reporter, basis: Basis::ConsentWithdrawn };

#[test]
fn p13_every_look_is_written_whoever_looks() {
    let mut file = Record::default();
    file.look("li", false).unwrap();
    file.look("li", false).unwrap();
    assert_eq!(file.events.len(), 2, "looking twice is two looks");
    let PrivacyEvent::IdentityViewed(seen) = file.last() else { panic!("{:?}", file.last()) };
    assert_eq!((seen.fields.as_slice(), seen.pass), (&[Field::Name, Field::Phone][..], None));
}

#[test]
fn a_guarded_identity_is_seen_by_two_persons_will_and_for_four_hours() {
    let mut file = Record::default();
    assert_eq!(file.look("li", true), Err(PrivacyError::PassNeeded));
    file.ask("li", Ask::Unmask).unwrap();
    assert_eq!(file.ask("li", Ask::Unmask), Err(PrivacyError::AskedBefore));
    assert_eq!(file.look("li", true), Err(PrivacyError::PassNeeded), "asking gives nothing");
    assert_eq!(file.approve("li", 1), Err(PrivacyError::SamePerson));
    assert_eq!(file.approve("li.second", 1), Err(PrivacyError::SamePerson), "one person");
    file.approve("wang", 1).unwrap();
    file.look("li", true).unwrap();
    let PrivacyEvent::IdentityViewed(seen) = file.last() else { panic!("{:?}", file.last()) };
    assert_eq!(seen.pass, Some(1));
    assert_eq!(file.look("wang", true), Err(PrivacyError::PassNeeded), "it is nobody else's");
    file.after(4 * HOUR - 1).look("li", true).unwrap();
    assert_eq!(file.after(1).look("li", true), Err(PrivacyError::PassNeeded));
}

#[test]
fn two_machines_without_a_person_are_two_only_by_name() {
    let mut file = Record::default();
    file.ask("machine/a", Ask::Unmask).unwrap();
    assert_eq!(file.approve("machine/a", 1), Err(PrivacyError::SamePerson));
    file.approve("machine/b", 1).unwrap();
}

#[test]
fn a_request_that_nobody_granted_lapses_and_one_refused_is_over() {
    let mut file = Record::default();
    file.ask("li", Ask::BreakGlass).unwrap();
    assert_eq!(file.after(7 * 24 * HOUR).approve("wang", 1), Err(PrivacyError::RequestLapsed));
    file.ask("li", Ask::BreakGlass).unwrap();
    file.by("wang", PrivacyVerb::Reject(Reject { file: FILE, number: 2 })).unwrap();
    assert_eq!(file.approve("wang", 2), Err(PrivacyError::NoSuchRequest(2)));
    assert_eq!(file.approve("wang", 9), Err(PrivacyError::NoSuchRequest(9)));
}

#[test]
fn p12_what_is_erased_stays_erased() {
    let mut file = Record::default();
    file.ask("li", REPORTER).unwrap();
    assert_eq!(file.approve("li", 1), Err(PrivacyError::SamePerson));
    file.approve("wang", 1).unwrap();
    let PrivacyEvent::KeysDestroyed(gone) = file.last() else { panic!("{:?}", file.last()) };
    assert_eq!((gone.extent, gone.key_ids.len()), (Extent::Reporter, 1));
    // Words may have come since: they are forgotten as the first ones were.
    file.ask("li", WHOLE).unwrap();
    file.approve("wang", 2).unwrap();
    file.ask("li", WHOLE).unwrap();
    let held = |is_held| {
        PrivacyVerb::Approve(Approve {
            file: FILE,
            number: 3,
            key_ids: Vec::new(),
            calls: Vec::new(),
            state: FileState { is_held, ..FileState::default() },
        })
    };
    assert_eq!(file.by("wang", held(true)), Err(PrivacyError::OnHold), "its call is held");
    file.by("wang", held(false)).unwrap();
}

#[test]
fn nothing_is_erased_while_a_hold_stands_or_somebody_works_on_it() {
    let mut file = Record::default();
    file.ask("li", WHOLE).unwrap();
    file.by("zhao", PrivacyVerb::Hold(Hold { file: FILE, reason: reason() })).unwrap();
    file.by("qian", PrivacyVerb::Hold(Hold { file: FILE, reason: reason() })).unwrap();
    assert_eq!(file.approve("wang", 1), Err(PrivacyError::OnHold), "it came after the request");
    file.ask("zhao", Ask::LiftHold { hold: 2 }).unwrap();
    assert_eq!(file.approve("zhao", 4), Err(PrivacyError::SamePerson));
    file.approve("wang", 4).unwrap();
    assert_eq!(file.approve("wang", 1), Err(PrivacyError::OnHold), "the other one stands");
    assert_eq!(file.ask("zhao", Ask::LiftHold { hold: 2 }), Err(PrivacyError::NoSuchHold(2)));
    file.ask("qian", Ask::LiftHold { hold: 3 }).unwrap();
    file.approve("wang", 5).unwrap();
    let state = FileState { is_open: true, ..FileState::default() };
    let open = Approve { file: FILE, number: 1, key_ids: Vec::new(), calls: Vec::new(), state };
    assert_eq!(file.by("wang", PrivacyVerb::Approve(open)), Err(PrivacyError::StillOpen));
    file.approve("wang", 1).unwrap();
}

/// Its time is over when its time is over; any other reason to forget it asks no date.
#[test]
fn nobody_says_too_early_that_the_time_is_over() {
    let until = Record::default().now.plus_seconds(86_400);
    let state = FileState { kept_until: Some(until), ..FileState::default() };
    let mut file = Record { state, ..Record::default() };
    let over = Ask::Erase { extent: Extent::WholeFile, basis: Basis::RetentionOver };
    let refused = Err(PrivacyError::StillKept { until });
    assert_eq!(file.ask("li", over), refused);
    file.ask("li", WHOLE).unwrap();
    file.now = file.now.plus_seconds(86_400);
    file.ask("li", over).unwrap();
    file.now = file.now.plus_seconds(-1);
    assert_eq!(file.approve("wang", 2), refused, "as of when it is granted");
    file.now = file.now.plus_seconds(1);
    file.approve("wang", 2).unwrap();
    file.state.kept_until = None;
    assert_eq!(file.ask("li", over), Err(PrivacyError::NoTerm), "nobody promised any");
}

#[test]
fn what_is_frozen_is_used_for_nothing_until_two_thaw_it() {
    let mut file = Record::default();
    let freeze =
        || PrivacyVerb::Freeze(Freeze { file: FILE, key_ids: Vec::new(), reason: reason() });
    file.by("li", freeze()).unwrap();
    file.by("li", freeze()).unwrap();
    assert_eq!(file.events.len(), 1, "again is the same as once");
    assert_eq!(file.look("li", false), Err(PrivacyError::Frozen));
    assert_eq!(file.ask("li", Ask::Unmask), Err(PrivacyError::Frozen));
    file.ask("li", Ask::Unfreeze).unwrap();
    assert_eq!(file.approve("li", 1), Err(PrivacyError::SamePerson));
    file.approve("wang", 1).unwrap();
    file.look("li", false).unwrap();
    assert_eq!(file.ask("li", Ask::Unfreeze), Err(PrivacyError::NotFrozen));
}
