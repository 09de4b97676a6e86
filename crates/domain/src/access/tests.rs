//! Rules of access.

use super::command::{
    GrantRole, Invite, IssueKey, LogIn, LogOut, Register, Retire, RevokeKey, RevokeRole,
    RevokeTokens, SetPassword,
};
use super::event::{Area, PrincipalKind, Subject};
use super::{AccessCommand, AccessError, AccessEvent, AccessVerb, Principal, Secret};
use crate::shared::actor::Actor;
use crate::shared::given::Given;
use crate::shared::ids::{PersonId, UnitId};
use crate::shared::moment::Moment;
use crate::shared::role::Role;
use crate::shared::sealed::Sealed;

const HOUR: i64 = 3_600;

#[derive(Default)]
struct Story {
    principal: Principal,
    now: Moment,
    by: Actor,
}

impl Story {
    fn of(kind: PrincipalKind) -> Self {
        let mut story = Self::default();
        story.by.id = "security".into();
        let person = (kind == PrincipalKind::Person).then_some(PersonId(uuid::Uuid::from_u128(7)));
        let register = Register { name: "wang".into(), kind, person, subject: None };
        story.done(AccessVerb::Register(register));
        story
    }

    fn tries(&mut self, verb: AccessVerb) -> Result<Vec<AccessEvent>, AccessError> {
        let given = Given { now: self.now, actor: self.by.clone(), ..Given::default() };
        let events = self.principal.decide(AccessCommand { given, verb })?;
        for event in &events {
            self.principal.evolve(event);
        }
        Ok(events)
    }

    #[track_caller]
    fn done(&mut self, verb: AccessVerb) {
        self.tries(verb).unwrap();
    }

    #[track_caller]
    fn refused(&mut self, verb: AccessVerb, why: AccessError) {
        assert_eq!(self.tries(verb), Err(why));
    }

    fn secret(&self, hours: i64) -> Secret {
        Secret { digest: format!("{hours}"), until: self.now.plus_seconds(hours * HOUR) }
    }
}

fn sealed() -> Sealed {
    Sealed { key_id: uuid::Uuid::nil(), commitment: String::new(), text: String::new() }
}

fn role(role: Role, area: Area) -> AccessVerb {
    AccessVerb::Grant(GrantRole { role, area, until: None, reason: "任命".into() })
}

fn reason() -> String {
    "离任".into()
}

#[test]
fn a_name_is_given_once_and_says_nothing_of_its_bearer() {
    let mut story = Story::of(PrincipalKind::Person);
    let register = |name: &str| {
        let name = name.to_owned();
        let kind = PrincipalKind::Person;
        AccessVerb::Register(Register { name, kind, person: None, subject: None })
    };
    story.refused(register("wang"), AccessError::NameTaken);
    story.done(AccessVerb::Retire(Retire { reason: reason() }));
    story.refused(register("wang"), AccessError::NameTaken);
    for name in ["", "王", "Wang", "7wang", "a b", "a/b", &"a".repeat(101)] {
        story.refused(register(name), AccessError::NoName(name.into()));
    }
}

#[test]
fn administrators_are_three_people_and_do_no_other_business() {
    let admins = [Role::Operator, Role::Security, Role::Auditor];
    for first in admins {
        for (_, second) in Role::ALL {
            let mut story = Story::of(PrincipalKind::Person);
            story.done(role(first, Area::County));
            let area = if second == Role::Handler { Area::Posts } else { Area::County };
            let tried = story.tries(role(second, area));
            let expected = if second == first {
                Ok(Vec::new())
            } else if second.is_residents_side() {
                Err(AccessError::ForMachines(second))
            } else {
                Err(AccessError::RolesExclude { role: second, other: first })
            };
            assert_eq!(tried, expected);
        }
    }
}

#[test]
fn nobody_has_a_role_who_is_not_on_record() {
    for (_, wanted) in Role::ALL.into_iter().filter(|(_, role)| !role.is_residents_side()) {
        let mut story =
            Story { by: Actor { id: "security".into(), ..Actor::default() }, ..Story::default() };
        let (name, kind) = ("wang".into(), PrincipalKind::Person);
        story.done(AccessVerb::Register(Register { name, kind, person: None, subject: None }));
        story.refused(role(wanted, Area::County), AccessError::NotOnRecord);
    }
}

#[test]
fn roles_of_the_county_s_business_go_together() {
    let mut story = Story::of(PrincipalKind::Person);
    for (wanted, area) in [
        (Role::Handler, Area::Posts),
        (Role::Leader, Area::Posts),
        (Role::Dispatcher, Area::Unit(UnitId::default())),
        (Role::Discipline, Area::County),
    ] {
        story.done(role(wanted, area));
    }
    assert_eq!(story.principal.grants_at(story.now, None).count(), 4);
}

#[test]
fn a_role_counts_for_a_while_and_not_after() {
    let mut story = Story::of(PrincipalKind::Person);
    let until = Some(Moment(0).plus_seconds(HOUR));
    let grant =
        |until| GrantRole { role: Role::Leader, area: Area::County, until, reason: reason() };
    story.refused(AccessVerb::Grant(grant(Some(Moment(0)))), AccessError::EndsBeforeItStarts);
    story.done(AccessVerb::Grant(grant(until)));
    let held = |story: &Story, at: Moment| story.principal.grants_at(at, None).count();
    assert_eq!((held(&story, Moment(0)), held(&story, Moment(0).plus_seconds(HOUR))), (1, 0));
    story.refused(
        AccessVerb::Revoke(RevokeRole { number: 9, reason: reason() }),
        AccessError::NoSuchNumber(9),
    );
    story.done(AccessVerb::Revoke(RevokeRole { number: 1, reason: reason() }));
    assert_eq!(held(&story, Moment(0)), 0);
    let again = story.tries(AccessVerb::Revoke(RevokeRole { number: 1, reason: reason() }));
    assert_eq!(again, Ok(Vec::new()));
}

#[test]
fn nobody_gives_to_themselves() {
    for by_person in [false, true] {
        let mut story = Story::of(PrincipalKind::Person);
        match by_person {
            true => story.by.person = story.principal.person,
            false => story.by.id = "wang".into(),
        }
        story.refused(role(Role::Leader, Area::County), AccessError::OneselfNot);
        let invite = AccessVerb::Invite(Invite { secret: story.secret(1) });
        story.refused(invite, AccessError::OneselfNot);
        story.refused(AccessVerb::Retire(Retire { reason: reason() }), AccessError::OneselfNot);
    }
}

#[test]
fn people_speak_for_themselves_and_machines_for_those_they_carry() {
    let mut machine = Story::of(PrincipalKind::Machine);
    machine.done(role(Role::Hotline, Area::County));
    for wanted in [Role::Leader, Role::Operator, Role::Security, Role::FollowUp, Role::Discipline] {
        machine.refused(role(wanted, Area::County), AccessError::NotForMachines(wanted));
    }
    let mut person = Story::of(PrincipalKind::Person);
    person.refused(role(Role::Device, Area::County), AccessError::ForMachines(Role::Device));
    person.refused(role(Role::Handler, Area::County), AccessError::OfAPost(Role::Handler));
    let unit = Area::Unit(UnitId::default());
    person.refused(role(Role::Operator, unit), AccessError::WholeCounty(Role::Operator));
}

#[test]
fn a_key_uses_what_the_machine_has_until_it_expires_or_is_revoked() {
    let mut story = Story::of(PrincipalKind::Machine);
    story.done(role(Role::Hotline, Area::County));
    let key = |story: &Story, roles: &[Role], hours| {
        let secret = story.secret(hours);
        AccessVerb::IssueKey(IssueKey {
            label: "12345".into(),
            secret,
            roles: roles.to_vec(),
            within: None,
        })
    };
    let wanted = key(&story, &[Role::Device], 1);
    story.refused(wanted, AccessError::RoleNotHeld(Role::Device));
    let wanted = key(&story, &[], 1);
    story.refused(wanted, AccessError::KeyWithoutRoles);
    for hours in [0, 367 * 24] {
        let wanted = key(&story, &[Role::Hotline], hours);
        story.refused(wanted, AccessError::KeyTooLong { days: 366 });
    }
    let wanted = key(&story, &[Role::Hotline], 1);
    story.done(wanted);
    let number = story.principal.numbered;
    let granted = |story: &Story| story.principal.grants_at(story.now, Some(number)).count();
    assert_eq!(granted(&story), 1);
    // A role that the machine loses, the key loses.
    story.done(AccessVerb::Revoke(RevokeRole { number: 1, reason: reason() }));
    assert_eq!(granted(&story), 0);
    story.done(role(Role::Hotline, Area::County));
    story.done(AccessVerb::RevokeKey(RevokeKey { number, reason: reason() }));
    assert_eq!(granted(&story), 0);
}

#[test]
fn five_wrong_passwords_lock_for_a_quarter_of_an_hour() {
    let mut story = Story::of(PrincipalKind::Person);
    let secret = story.secret(1);
    story.done(AccessVerb::Invite(Invite { secret: secret.clone() }));
    let set = |invitation: Option<&str>| {
        AccessVerb::SetPassword(SetPassword {
            invitation: invitation.map(Into::into),
            password: sealed(),
        })
    };
    story.refused(set(Some("guess")), AccessError::InvitationOver);
    story.done(set(Some(&secret.digest)));
    story.refused(set(Some(&secret.digest)), AccessError::InvitationOver);
    for _ in 0..4 {
        story.done(AccessVerb::FailLogin);
    }
    // A right one in between begins the count anew.
    let login = |story: &Story| AccessVerb::LogIn(LogIn { secret: story.secret(12) });
    let verb = login(&story);
    story.done(verb);
    for _ in 0..5 {
        story.done(AccessVerb::FailLogin);
    }
    let until = story.now.plus_seconds(HOUR / 4);
    let verb = login(&story);
    story.refused(verb, AccessError::Locked { until });
    story.refused(AccessVerb::FailLogin, AccessError::Locked { until });
    story.refused(set(None), AccessError::Locked { until });
    story.now = until;
    story.done(AccessVerb::FailLogin);
    assert_eq!((story.principal.failures, story.principal.locked_until), (1, None));
    let verb = login(&story);
    story.done(verb);
}

#[test]
fn an_invitation_and_a_session_end() {
    let mut story = Story::of(PrincipalKind::Person);
    let long = AccessVerb::Invite(Invite { secret: story.secret(73) });
    story.refused(long, AccessError::TooLong { hours: 72 });
    let secret = story.secret(72);
    let digest = Some(secret.digest.clone());
    story.done(AccessVerb::Invite(Invite { secret }));
    story.now = story.now.plus_seconds(72 * HOUR);
    let late = AccessVerb::SetPassword(SetPassword { invitation: digest, password: sealed() });
    story.refused(late, AccessError::InvitationOver);
    let long = AccessVerb::LogIn(LogIn { secret: story.secret(13) });
    story.refused(long, AccessError::TooLong { hours: 12 });
}

#[test]
fn whatever_takes_authority_away_ends_what_was_decided_under_it() {
    let mut story = Story::of(PrincipalKind::Person);
    story.done(role(Role::Leader, Area::County));
    let login = AccessVerb::LogIn(LogIn { secret: story.secret(1) });
    let before = story.principal.epoch;
    story.done(login);
    assert_eq!(story.principal.epoch, before);
    let number = story.principal.numbered;
    for verb in [
        AccessVerb::Revoke(RevokeRole { number: 1, reason: reason() }),
        AccessVerb::LogOut(LogOut { number }),
        AccessVerb::RevokeTokens(RevokeTokens { reason: reason() }),
        AccessVerb::Retire(Retire { reason: reason() }),
    ] {
        let before = story.principal.epoch;
        story.done(verb);
        assert_eq!(story.principal.epoch, before + 1);
    }
    let login = AccessVerb::LogIn(LogIn { secret: story.secret(1) });
    story.refused(login, AccessError::Retired);
}

#[test]
fn an_identity_at_the_provider_is_its_issuer_s_and_its_own() {
    let key = |issuer: &str, subject: &str| {
        Subject { issuer: issuer.into(), subject: subject.into() }.key()
    };
    assert_ne!(key("https://a", "b"), key("https://", "ab"));
}

#[test]
fn every_refusal_has_its_own_reason_and_words() {
    let all = [
        AccessError::NoName("x".into()),
        AccessError::NameTaken,
        AccessError::NoSuchPrincipal,
        AccessError::Retired,
        AccessError::MachineWithPerson,
        AccessError::OneselfNot,
        AccessError::EndsBeforeItStarts,
        AccessError::RolesExclude { role: Role::Operator, other: Role::Security },
        AccessError::NotForMachines(Role::Leader),
        AccessError::ForMachines(Role::Device),
        AccessError::NobodyOnRecord,
        AccessError::WholeCounty(Role::Operator),
        AccessError::OfAPost(Role::Handler),
        AccessError::NoSuchNumber(1),
        AccessError::KeysAreForMachines,
        AccessError::KeyWithoutRoles,
        AccessError::RoleNotHeld(Role::Device),
        AccessError::KeyTooLong { days: 1 },
        AccessError::TooManyKeys { max: 1 },
        AccessError::PasswordsAreForPeople,
        AccessError::InvitationOver,
        AccessError::NoPassword,
        AccessError::Locked { until: Moment(0) },
        AccessError::TooLong { hours: 1 },
        AccessError::NotOnRecord,
    ];
    let reasons: std::collections::BTreeSet<_> = all.iter().map(AccessError::reason).collect();
    let words: std::collections::BTreeSet<_> = all.iter().map(AccessError::zh).collect();
    assert_eq!((reasons.len(), words.len()), (all.len(), all.len()));
}
