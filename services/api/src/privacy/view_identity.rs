//! Who a reporter is. The look stands in the log before anything is opened (promise P13).

use contract::bidao::privacy::v1 as pb;
use domain::issue::Issue;
use domain::privacy::command::Look;
use domain::privacy::event::{Field, File};
use domain::privacy::{Privacy, PrivacyVerb};
use domain::shared::given::Given;
use domain::shared::matter::{Confidence, Track};
use vault::{Class, class_of};

use super::{record, target, words};
use crate::decide::{Action, Role};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

/// Clients take answers of 4 MiB by default.
const WORDS_BYTES_MAX: usize = 2 << 20;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ViewIdentityRequest,
) -> Result<pb::ViewIdentityResponse, ApiError> {
    let file = target::file(&body.file)?;
    let purpose = record::purpose("purpose", body.purpose)?;
    let fields = fields(&body.fields)?;
    let reporter = usize::try_from(body.reporter).unwrap_or(usize::MAX);
    let in_sight = is_in_sight(&api, &caller, file).await?;
    let guarded = !in_sight || api.is_guarded(&caller, file, reporter, &fields).await?;
    let look = Look { file, reporter, fields: fields.clone(), purpose, guarded };
    // Each look is one of its own: repeated, it is a second look.
    let (write, verb) = (Write::default(), PrivacyVerb::Look(look));
    let record = record::stream(file);
    let done = api.on_privacy(&caller, Action::ViewIdentity, record, write, verb).await?;
    let mut shown = pb::ViewIdentityResponse { receipt: Some(receipt(&done)), ..<_>::default() };
    api.show_identity(file, reporter, &fields, &mut shown).await?;
    if let File::Issue(issue) = file
        && fields.contains(&Field::Pictures)
    {
        shown.pictures = api.pictures_of(issue).await?;
    }
    Ok(shown)
}

fn fields(asked: &[i32]) -> Result<Vec<Field>, ApiError> {
    if asked.is_empty() {
        return Err(ApiError::shape("fields", "must name at least one", "至少应填一项"));
    }
    asked.iter().map(|field| record::field("fields", *field)).collect()
}

/// Whether the file is in the caller's own sight; beyond it, a pass must break the glass.
async fn is_in_sight(api: &Api, caller: &Caller, file: File) -> Result<bool, ApiError> {
    let action = Action::ViewIdentity;
    match api.may_on_file(caller, action, file).await {
        Ok(()) => Ok(true),
        Err(ApiError::NotFound) => {
            let given = Given { now: api.now(), actor: caller.actor.clone(), ..Given::default() };
            let pass = |known: &Privacy, _| known.breaks_glass(&given);
            let record = record::stream(file);
            if api.commands.privacy.read(record, pass).await? != Some(true) {
                return Err(ApiError::NotFound);
            }
            api.may_anywhere(caller, action, file).await?;
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

impl Api {
    /// Whether somebody was promised that this caller does not learn of them. A call is to its own village as any
    /// other that was answered: who pressed, it saw (LOOP V3).
    pub(super) async fn is_confidential_to(
        &self,
        caller: &Caller,
        file: File,
    ) -> Result<bool, ApiError> {
        if matches!(file, File::Call(_)) && !self.stands_above_villages(caller).await? {
            return Ok(false);
        }
        self.is_confidential(file).await
    }

    /// Whether somebody was promised that nobody learns of them.
    pub(super) async fn is_confidential(&self, file: File) -> Result<bool, ApiError> {
        let about = match file {
            File::Issue(id) => vec![id],
            File::Call(id) => {
                let about = self.commands.calls.read(id.0, |call, _| call.about.clone()).await?;
                about.unwrap_or_default().into_iter().collect()
            }
            File::Household(_) => Vec::new(),
        };
        for id in about {
            // What was told of an official in the same call is a file of its own: it says nothing here (LOOP A1).
            let known = |issue: &Issue, _| {
                let counts = matches!(file, File::Issue(_)) || issue.track != Track::Supervision;
                counts && issue.is_confidential()
            };
            if self.commands.issues.read(id.0, known).await? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether this look needs a second person: at somebody who spoke in confidence, or by somebody who does
    /// not work on the file.
    async fn is_guarded(
        &self,
        caller: &Caller,
        file: File,
        reporter: usize,
        fields: &[Field],
    ) -> Result<bool, ApiError> {
        let desk = [Role::Hotline, Role::Dispatcher, Role::FollowUp];
        let at_desk = caller.roles.iter().any(|role| desk.contains(role));
        match file {
            File::Issue(id) => {
                // Whoever calls back from the own village is a neighbour (LOOP V3).
                let above = self.stands_above_villages(caller).await?;
                let calls_back = above && caller.roles.contains(&Role::FollowUp);
                let who = Judging { caller, at_desk, calls_back };
                let seen = |issue: &Issue, _| judged(&who, issue, reporter, fields);
                let seen = self.commands.issues.read(id.0, seen).await?;
                seen.ok_or(ApiError::NotFound)?
            }
            File::Call(id) => {
                let own = |call: &domain::call::Call, _| {
                    call.answered_by.as_ref().is_some_and(|holder| sits_in(caller, holder.post))
                };
                let own = self.commands.calls.read(id.0, own).await?.unwrap_or(false);
                // What was noted of it may speak of the very people who answered: that is for desks above them.
                let words = fields.contains(&Field::Narrative);
                let may = if words {
                    at_desk && self.stands_above_villages(caller).await?
                } else {
                    at_desk || own
                };
                Ok(!may || self.is_confidential_to(caller, file).await?)
            }
            // Whoever visits homes in the own area must find them.
            File::Household(_) => Ok(!(at_desk || caller.roles.contains(&Role::Handler))),
        }
    }

    /// Opens what was asked for.
    async fn show_identity(
        &self,
        file: File,
        reporter: usize,
        fields: &[Field],
        shown: &mut pb::ViewIdentityResponse,
    ) -> Result<(), ApiError> {
        let mut own = true;
        let household = match file {
            File::Issue(id) => {
                let known = |issue: &Issue, _| issue.reporters.get(reporter).cloned();
                let known = self.commands.issues.read(id.0, known).await?.flatten();
                let known = known.ok_or(ApiError::NotFound)?;
                shown.call_id = known.call.map(|call| call.to_string()).unwrap_or_default();
                let merged = known.merged_from.map(|issue| issue.to_string());
                own = reporter == 0 && merged.is_none();
                shown.merged_from_issue_id = merged.unwrap_or_default();
                known.household
            }
            File::Call(id) => {
                let known = self.commands.calls.read(id.0, |call, _| call.household).await?;
                known.flatten()
            }
            File::Household(id) => Some(id),
        };
        self.show_words(file, own, fields, shown).await?;
        let forgotten = |known: &Privacy, _| known.forgotten;
        if self.commands.privacy.read(record::stream(file), forgotten).await? == Some(true) {
            shown.call_id.clear();
            return Ok(());
        }
        if let Some(household) = household.filter(|_| fields.contains(&Field::Address)) {
            shown.household_id = household.to_string();
            let home = File::Household(household);
            for found in self.words_of(home).await? {
                if found.field == "address" {
                    let owner = words::owner(home);
                    shown.address = self.open(&owner, "address", Some(&found.sealed)).await;
                }
            }
        }
        Ok(())
    }

    /// What stands in the file itself; who its first reporter is only where that one is asked for.
    async fn show_words(
        &self,
        file: File,
        own: bool,
        fields: &[Field],
        shown: &mut pb::ViewIdentityResponse,
    ) -> Result<(), ApiError> {
        let owner = words::owner(file);
        let mut bytes = 0;
        for found in self.words_of(file).await? {
            let place = match (found.field.as_str(), own) {
                ("name", true) if fields.contains(&Field::Name) => &mut shown.name,
                ("phone" | "caller", true) if fields.contains(&Field::Phone) => &mut shown.phone,
                ("channel", true) if fields.contains(&Field::Channel) => &mut shown.channel,
                (field, _) if class_of(field) == Some(Class::Narrative) => {
                    if fields.contains(&Field::Narrative) && bytes < WORDS_BYTES_MAX {
                        let text = self.open(&owner, field, Some(&found.sealed)).await;
                        bytes += text.len();
                        let event_id = found.event_id.to_string();
                        shown.words.push(pb::Words { event_id, field: found.field, text });
                    }
                    continue;
                }
                _ => continue,
            };
            *place = self.open(&owner, &found.field, Some(&found.sealed)).await;
        }
        Ok(())
    }
}

/// Who looks, and as what.
struct Judging<'a> {
    caller: &'a Caller,
    at_desk: bool,
    calls_back: bool,
}

/// Of an issue: does this look need a second person?
fn judged(
    who: &Judging<'_>,
    issue: &Issue,
    reporter: usize,
    fields: &[Field],
) -> Result<bool, ApiError> {
    let known = issue.reporters.get(reporter).ok_or_else(|| {
        ApiError::shape(
            "reporter",
            "must be the number of a reporter of the file",
            "应为该事项反映人的序号",
        )
    })?;
    let tells = [Field::Narrative, Field::Pictures];
    let words = fields.iter().any(|field| tells.contains(field)) && issue.is_confidential();
    if words || known.confidence == Confidence::Confidential {
        // Whoever calls back must reach them, by the channel they chose and by no other.
        let by_channel = fields.iter().all(|field| *field == Field::Channel);
        return Ok(!(by_channel && who.calls_back));
    }
    let caller = who.caller;
    let assigned = issue.assignments.iter().any(|work| sits_in(caller, work.holder.post));
    let body = issue.track == Track::Supervision && caller.roles.contains(&Role::Discipline);
    Ok(!(who.at_desk || assigned || body))
}

fn sits_in(caller: &Caller, post: domain::shared::ids::PostId) -> bool {
    caller.actor.post == Some(post) || caller.seats.iter().any(|seat| seat.post == post)
}
