//! What the levels above, second persons and the resident's side do now and then.

use super::*;

impl Story<'_> {
    /// What the levels above, second persons and the resident's side do now and then.
    pub(super) fn rare(&self, issue: &Issue) -> (Actor, IssueVerb) {
        let handler = issue.lead().map_or_else(agent, staff);
        let above = staff(&holder(COUNTY, 0));
        let second = staff(&holder(COUNTY, 1));
        let number = issue.proposals.keys().next().copied().unwrap_or(1);
        let supervision = issue.supervisions.keys().next().copied().unwrap_or(1);
        if let Some(verb) = self.answer(issue) {
            return verb;
        }
        let verb = match self.roll(30) {
            0 | 1 => return (handler, IssueVerb::Object { reason: sealed() }),
            2 | 3 => return (above, self.ruling()),
            4 => return (handler, refer_up()),
            5 => IssueVerb::SendDown { reason: sealed() },
            6 if self.coin() => IssueVerb::TakeOver,
            7 | 8 => IssueVerb::Supervise { demand: sealed() },
            9 => return (handler, IssueVerb::ReportSupervision { supervision, report: sealed() }),
            10 => IssueVerb::DecideSupervision { supervision, accepted: self.coin(), reason: None },
            11 => IssueVerb::Urge { note: None },
            12 | 13 | 18 => return (agent(), IssueVerb::Propose(self.merge())),
            14 | 15 => return (second, IssueVerb::Approve { number, confirmed: None }),
            17 => return (second, IssueVerb::Reject { number, reason: None }),
            19 => IssueVerb::Propose(Proposal::Exclude { reason: sealed() }),
            20 => IssueVerb::Restore { reason: sealed() },
            21 => IssueVerb::Unmerge { reason: Some(sealed()) },
            22 => return (agent(), self.petition()),
            23 => IssueVerb::Inform { channel: NoticeChannel::Phone, note: None },
            24 => return (handler, IssueVerb::Dispute { reason: sealed() }),
            25 => {
                let digest = format!("{:064x}", self.county.ids.uuid7().as_u128());
                IssueVerb::IssueReceipt { digest }
            }
            26 if self.coin() => return (agent(), self.department()),
            26 => return (handler, self.word()),
            16 | 27 => IssueVerb::Propose(self.replacement(issue)),
            28 => return (handler, self.word()),
            29 if self.coin() => IssueVerb::DetachReporter { from: self.first() },
            _ => self.hand_over(issue),
        };
        (above, verb)
    }

    /// Somebody waits for an answer: here it is, more often than not.
    fn answer(&self, issue: &Issue) -> Option<(Actor, IssueVerb)> {
        if self.coin() {
            return None;
        }
        let above = staff(&holder(COUNTY, 0));
        if let Some(number) = issue.proposals.keys().next().copied() {
            return Some((
                staff(&holder(COUNTY, 1)),
                IssueVerb::Approve { number, confirmed: None },
            ));
        }
        if let Some(support) = issue.assignments.iter().find(|a| !a.lead && !a.done) {
            let join = IssueVerb::Join { support: support.line };
            let finish = IssueVerb::FinishSupport { support: support.line, note: None };
            return Some((staff(&support.holder), if self.coin() { join } else { finish }));
        }
        let told = IssueVerb::Inform { channel: NoticeChannel::Phone, note: None };
        let from = issue.reporters.iter().find_map(|reporter| reporter.merged_from);
        let verb = match issue {
            _ if issue.clocks.running(ClockKind::Inform).is_some() => told,
            _ if !issue.supervisions.is_empty() => self.supervision(issue),
            _ if issue.excluded => IssueVerb::Restore { reason: sealed() },
            _ if issue.merged_into.is_some() => IssueVerb::Unmerge { reason: Some(sealed()) },
            _ if issue.referral.pending => IssueVerb::SendDown { reason: sealed() },
            _ if from.is_some() => IssueVerb::DetachReporter { from: from.unwrap_or_default() },
            _ if issue.stage == Stage::Accepted => {
                return Some((issue.lead().map_or_else(agent, staff), self.word()));
            }
            _ => return None,
        };
        Some((above, verb))
    }

    fn supervision(&self, issue: &Issue) -> IssueVerb {
        let supervision = issue.supervisions.keys().next().copied().unwrap_or(1);
        let report = IssueVerb::ReportSupervision { supervision, report: sealed() };
        let accepted = self.coin();
        let decide = IssueVerb::DecideSupervision { supervision, accepted, reason: None };
        if self.coin() { report } else { decide }
    }

    fn ruling(&self) -> IssueVerb {
        let (upheld, reason) = (self.coin(), Some(sealed()));
        IssueVerb::RuleOnObjection(RuleOnObjection { upheld, to: None, reason })
    }

    fn hand_over(&self, issue: &Issue) -> IssueVerb {
        let from = issue.lead().map_or(holder(COUNTY, 0).post, |lead| lead.post);
        IssueVerb::HandOver(HandOver { from, to: None, why: HandOverReason::Reassigned })
    }

    fn word(&self) -> IssueVerb {
        match self.roll(4) {
            0 => IssueVerb::Admit,
            1 => IssueVerb::Depart,
            2 => IssueVerb::ContactMade { reporter: 0, reached: self.coin(), note: None },
            _ => IssueVerb::AttachEvidence {
                sha256: "0f".repeat(32),
                media_type: "image/jpeg".into(),
                file_name: sealed(),
                kept: None,
            },
        }
    }

    /// Into a category for which another unit is competent.
    fn department(&self) -> IssueVerb {
        let class = Class { category: Some("水利".into()), ..Class::default() };
        let home = Some(holder(COUNTY, 0).unit);
        IssueVerb::Reclassify { class, home, reason: sealed() }
    }

    fn petition(&self) -> IssueVerb {
        let kind = ProcedureKind::Petition;
        let procedure = Some(Procedure { kind, ..Procedure::default() });
        let nature = Some(Nature::Suggestion);
        let class = Class { procedure, nature, ..Class::default() };
        IssueVerb::Reclassify { class, home: None, reason: sealed() }
    }

    pub(super) fn first(&self) -> IssueId {
        self.issues.first().copied().unwrap_or_default()
    }

    fn merge(&self) -> Proposal {
        Proposal::Merge { into: self.first(), reason: sealed() }
    }

    fn replacement(&self, issue: &Issue) -> Proposal {
        let (policy, terms) = (issue.policy.clone(), "ordinary".into());
        Proposal::ReplacePolicy { policy, terms, reason: sealed() }
    }
}

fn refer_up() -> IssueVerb {
    IssueVerb::ReferUp { why: ReferralReason::NeedsFunds, note: sealed() }
}
