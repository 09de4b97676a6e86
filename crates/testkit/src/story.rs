//! A random history of calls and issues, decided by the product's own rules. The same seed tells the
//! same story.

mod rare;

use domain::call::command::{
    AlertEmergency, Answer, Disposition, Expire as CallExpire, FollowUp as CallFollowUp, Press,
    PressThumb, PressUnboundThumb, RecordDisposition, ReturnCall,
};
use domain::call::{Call, CallVerb, Stage as CallStage};
use domain::issue::command::{
    Arrive, AttachReporter, Complete, Dispatch, Escalate, Expire, FollowUp, HandOver, Hold,
    NameParty, Notify, Progress, Rate, RawAnswer, Reopen, RuleOnObjection, Seat, Summon,
};
use domain::issue::event::{
    ArrivalOutcome, Class, HandOverReason, HoldKind, NoticeChannel, Outcome, PartyRole, Proposal,
    ReferralReason,
};
use domain::issue::{Issue, IssueVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::ids::{CallId, IssueId};
use domain::shared::ladder::Rung;
use domain::shared::matter::{
    Matter, Nature, Procedure, ProcedureKind, Reporter, Size, Track, Urgency,
};
use domain::shared::period::Period;
use domain::shared::sealed::Sealed;
use domain::shared::verdict::{Effect, Satisfaction, Thumb, Verdict};
use runtime::{Clock, Ids};
use uuid::Uuid;

use crate::{
    COUNTY, County, START, VILLAGES, agent, device, holder, household, matter, resident, staff,
};

/// Each step moves time on and gives one command; refusals are part of the story.
pub struct Story<'a> {
    county: &'a County,
    dice: Ids,
    pub issues: Vec<IssueId>,
    pub calls: Vec<(CallId, usize)>,
}

impl<'a> Story<'a> {
    #[must_use]
    pub fn new(county: &'a County, seed: u64) -> Self {
        let dice = Ids::seeded(Clock::manual(START), seed);
        Self { county, dice, issues: Vec::new(), calls: Vec::new() }
    }

    /// Below `sides`.
    fn roll(&self, sides: usize) -> usize {
        usize::from(u16::from_le_bytes(self.dice.bytes())) % sides
    }

    fn coin(&self) -> bool {
        self.roll(2) == 0
    }

    pub async fn go_on(&mut self, steps: usize) {
        for _ in 0..steps {
            let minutes = [0, 1, 10, 300][self.roll(4)];
            self.county.clock.advance_to(self.county.clock.now_us() + minutes * 60_000_000);
            match self.roll(8) {
                0 if self.roll(4) == 0 => self.press_a_thumb().await,
                0 => self.press().await,
                1 | 2 => self.go_on_with_a_call().await,
                3 if self.issues.len() < 12 => {
                    let matter = self.matter(self.roll(2));
                    self.issues.push(self.county.register(matter).await);
                }
                _ => self.go_on_with_an_issue().await,
            }
        }
    }

    fn matter(&self, village: usize) -> Matter {
        Matter {
            urgency: if self.roll(4) == 0 { Urgency::Urgent } else { Urgency::Normal },
            size: if self.coin() { Size::Small } else { Size::Big },
            nature: if self.roll(4) == 0 { Nature::Consultation } else { Nature::Help },
            track: if self.roll(6) == 0 { Track::Petition } else { Track::Service },
            narrative: Some(sealed()),
            ..matter(village)
        }
    }

    async fn press(&mut self) {
        let village = self.roll(2);
        let call = CallId(self.county.ids.uuid7());
        let number = village as u128;
        let press = Press {
            call,
            device: Some(device(number)),
            household: Some(household(number)),
            unit: VILLAGES[village],
            caller: None,
        };
        let pressed = self.county.call(call, VILLAGES[village], CallVerb::Press(press)).await;
        // A press while an earlier one rings belongs to that one.
        if pressed.is_ok_and(|done| done.receipt.stream.id == call.0) {
            self.calls.push((call, village));
        }
    }

    /// A thumb key that no service waits for.
    async fn press_a_thumb(&mut self) {
        let village = self.roll(2);
        let call = CallId(self.county.ids.uuid7());
        let verb = CallVerb::PressUnboundThumb(Box::new(PressUnboundThumb {
            call,
            device: device(village as u128),
            household: Some(household(village as u128)),
            unit: VILLAGES[village],
            thumb: Thumb::Down,
        }));
        let pressed = self.county.call(call, VILLAGES[village], verb).await;
        if pressed.is_ok_and(|done| done.receipt.stream.id == call.0) {
            self.calls.push((call, village));
        }
    }

    async fn go_on_with_a_call(&mut self) {
        let Some((id, village)) = self.calls.get(self.roll(self.calls.len().max(1))).copied()
        else {
            return;
        };
        let call = self.county.commands.calls.read(id.0, |call, _| call.clone()).await;
        let verb = self.call_verb(&call.unwrap().unwrap_or_default(), village);
        let registered = registered_by(&verb);
        if self.county.call(id, VILLAGES[village], verb).await.is_ok() {
            for matter in registered {
                self.issues.push(self.county.register(matter).await);
            }
        }
    }

    fn call_verb(&self, call: &Call, village: usize) -> CallVerb {
        let by = || holder(VILLAGES[village], self.roll(2) as u128);
        let fire = self.roll(4) == 0 && call.stage != CallStage::Disposed;
        if let (true, Some((clock, known))) = (fire, call.clocks.all_running().first().cloned()) {
            let generation = known.generation;
            self.county.clock.advance_to(known.due_at.0);
            let visit = IssueId(self.county.ids.uuid7());
            return CallVerb::Expire(CallExpire { clock, generation, visit });
        }
        if call.stage == CallStage::Answered && self.roll(6) == 0 {
            return CallVerb::AlertEmergency(AlertEmergency {
                service: "120".into(),
                reference: "1".into(),
                visit: (IssueId(self.county.ids.uuid7()), self.matter(village)),
            });
        }
        match call.stage {
            CallStage::Unpressed | CallStage::Ringing if self.roll(3) == 0 => CallVerb::HangUp,
            CallStage::Unpressed | CallStage::Ringing if self.coin() => CallVerb::Miss,
            CallStage::Unpressed | CallStage::Ringing => CallVerb::Answer(Answer { by: by() }),
            CallStage::ReturnCallOwed => {
                CallVerb::ReturnCall(ReturnCall { by: by(), reached: self.coin() })
            }
            CallStage::Answered => CallVerb::RecordDisposition(RecordDisposition {
                accusations: Vec::new(),
                disposition: self.disposition(village),
                note: Some(sealed()),
            }),
            CallStage::FollowUpOwed => {
                let verdict = self.coin().then(|| Verdict::of_thumb(Thumb::Up));
                let visit = IssueId(self.county.ids.uuid7());
                CallVerb::FollowUp(CallFollowUp { verdict, matters: Vec::new(), note: None, visit })
            }
            CallStage::Disposed | CallStage::VisitOrdered => {
                let thumb = if self.coin() { Thumb::Up } else { Thumb::Down };
                CallVerb::PressThumb(PressThumb { thumb, in_presence: self.coin() })
            }
        }
    }

    fn disposition(&self, village: usize) -> Disposition {
        let matter = (IssueId(self.county.ids.uuid7()), self.matter(village));
        match self.roll(4) {
            0 => Disposition::AnsweredAtOnce,
            1 => Disposition::MisPress,
            2 => Disposition::Silent(IssueId(self.county.ids.uuid7())),
            _ => Disposition::Registered(vec![matter]),
        }
    }

    async fn go_on_with_an_issue(&mut self) {
        let Some(id) = self.issues.get(self.roll(self.issues.len().max(1))).copied() else {
            return;
        };
        let issue = self.county.state(id).await;
        let (actor, verb) = match self.roll(14) {
            0 | 1 => self.fire(&issue),
            2 => self.aside(&issue),
            3..=6 => self.rare(&issue),
            _ => self.next(&issue),
        };
        if self.county.issue(id, issue.place, actor, verb).await.is_err() {
            // Refusals leave nothing behind.
            assert_eq!(self.county.state(id).await, issue);
        }
    }

    /// The timer of one of the running clocks, when it is due.
    fn fire(&self, issue: &Issue) -> (Actor, IssueVerb) {
        let running = issue.clocks.all_running();
        let Some((clock, known)) = running.get(self.roll(running.len().max(1))).cloned() else {
            return self.next(issue);
        };
        let generation = known.generation;
        self.county.clock.advance_to(known.due_at.0);
        (Actor::system(), IssueVerb::Expire(Expire { clock, generation }))
    }

    /// What may come between at almost any stage.
    fn aside(&self, issue: &Issue) -> (Actor, IssueVerb) {
        let handler = issue.lead().map_or_else(agent, staff);
        let other = holder(issue.place, self.roll(2) as u128);
        match self.roll(14) {
            0 => {
                let merged_from = self.coin().then(|| self.first());
                let reporter = Reporter { merged_from, ..Reporter::default() };
                let attach =
                    AttachReporter { reporter, started_at: None, policy: None, brings: None };
                (agent(), IssueVerb::AttachReporter(attach))
            }
            1 => (agent(), IssueVerb::Escalate(Escalate { to: None, reason: sealed() })),
            2 => (handler, IssueVerb::Progress(Progress { note: sealed() })),
            3 => {
                let hold = Hold { kind: HoldKind::Pause, reason: sealed(), until: None };
                (handler, IssueVerb::Hold(hold))
            }
            4 => (handler, IssueVerb::Resume { answer: None }),
            5 => (handler, IssueVerb::Object { reason: sealed() }),
            6 => {
                let to = Seat { holder: other, rung: Rung::Village };
                (handler, IssueVerb::Summon(Summon { to, task: None }))
            }
            7 => {
                let named = NameParty {
                    role: PartyRole::Interested,
                    post: Some(other.post),
                    person: None,
                    unit: None,
                };
                (staff(&holder(COUNTY, 0)), IssueVerb::NameParty(named))
            }
            8 => {
                let period = Period::Exact { seconds: 86_400 };
                (handler, IssueVerb::Propose(Proposal::Extend { by: period, reason: sealed() }))
            }
            9 => (resident(), IssueVerb::Propose(self.withdrawal())),
            10 => (agent(), IssueVerb::Comment { note: sealed() }),
            11 => (resident(), IssueVerb::ConfirmArrival { reporter: 0, came_at: None }),
            12 => {
                let class = Class { urgency: Some(Urgency::Urgent), ..Class::default() };
                (agent(), IssueVerb::Reclassify { class, home: None, reason: sealed() })
            }
            _ => {
                let to = Some(Seat { holder: other, rung: Rung::Village });
                (agent(), IssueVerb::Dispatch(Dispatch { to, lowest: None }))
            }
        }
    }

    fn withdrawal(&self) -> Proposal {
        Proposal::End {
            outcome: Outcome::Withdrawn,
            reason: sealed(),
            remedy: sealed(),
            competent_body: None,
        }
    }

    /// What brings the issue on from its stage.
    fn next(&self, issue: &Issue) -> (Actor, IssueVerb) {
        let handler = issue.lead().map_or_else(agent, staff);
        let silent = issue.reporters.iter().position(|r| r.verdict.is_none()).unwrap_or(0);
        let untold = issue.reporters.iter().position(|r| !r.notified).unwrap_or(0);
        let outcome = [ArrivalOutcome::Met, ArrivalOutcome::Absent][usize::from(self.roll(3) == 0)];
        match issue.stage {
            Stage::Unfiled | Stage::Registered => {
                (agent(), IssueVerb::Dispatch(Dispatch { to: None, lowest: None }))
            }
            Stage::Dispatched if self.coin() => (handler, IssueVerb::Accept),
            Stage::Dispatched | Stage::Accepted => {
                (handler, IssueVerb::Arrive(Arrive { outcome, note: Some(sealed()) }))
            }
            Stage::OnSite if self.roll(4) == 0 => self.rate(silent),
            Stage::OnSite => (
                handler,
                IssueVerb::Complete(Complete {
                    summary: Some(sealed()),
                    over_support: Some(sealed()),
                }),
            ),
            Stage::Completed => {
                let notify = Notify { reporter: untold, channel: NoticeChannel::Phone };
                (agent(), IssueVerb::Notify(notify))
            }
            Stage::Notified if issue.follow_up.ordered.is_some() => {
                let verdict = self.coin().then(|| self.verdict());
                let follow_up =
                    FollowUp { reporter: silent, verdict, note: None, by_mistake: false };
                (agent(), IssueVerb::FollowUp(follow_up))
            }
            Stage::Closed if self.roll(4) == 0 => {
                (resident(), IssueVerb::Reopen(Reopen { reporter: 0, reason: Some(sealed()) }))
            }
            Stage::Notified | Stage::Closed => self.rate(silent),
        }
    }

    fn rate(&self, reporter: usize) -> (Actor, IssueVerb) {
        let answer = RawAnswer::Axes(self.verdict());
        (resident(), IssueVerb::Rate(Rate { reporter, answer, in_presence: self.coin() }))
    }

    fn verdict(&self) -> Verdict {
        let effect = if self.roll(3) == 0 { Effect::NotSolved } else { Effect::Solved };
        let attitude = (self.roll(3) == 0).then_some(Satisfaction::Dissatisfied);
        Verdict { effect, timeliness: None, attitude }
    }
}

fn registered_by(verb: &CallVerb) -> Vec<Matter> {
    let CallVerb::RecordDisposition(record) = verb else { return Vec::new() };
    if let Disposition::Registered(matters) = &record.disposition {
        return matters.iter().map(|(_, matter)| matter.clone()).collect();
    }
    Vec::new()
}

fn sealed() -> Sealed {
    Sealed { key_id: Uuid::from_u128(7), commitment: "YWJj".into(), text: "eHl6".into() }
}
