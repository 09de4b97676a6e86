//! A resident's matter from the wire: checked, placed, and sealed for the issue it will become.

use contract::bidao::common::v1 as pb;
use domain::shared::ids::{DeviceId, HouseholdId, IssueId, UnitId};
use domain::shared::matter::{Confidence, Matter, Procedure, ProcedureKind, Reporter, Source};

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

const CATEGORY_CHARS_MAX: usize = 200;
const TITLE_CHARS_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 100;
const PHONE_CHARS_MAX: usize = 50;
const CHANNEL_CHARS_MAX: usize = 200;

/// What a matter is registered for.
pub(crate) struct Registering {
    pub action: Action,
    pub issue: IssueId,
    pub source: Source,
    /// Where it is when the matter does not say.
    pub place: Option<UnitId>,
    /// Who brings it when the matter does not say.
    pub reporter: Reporter,
}

impl Registering {
    /// For a matter that comes by itself.
    pub(crate) fn new(
        api: &Api,
        caller: &Caller,
        action: Action,
        write: &Write,
        (source, confidence): (Source, Confidence),
    ) -> Result<Self, ApiError> {
        // As whatever is kept of the request: an id tells nobody who was anonymous (LOOP V3).
        let filed_by = caller.clone().filing_for(confidence);
        let issue = IssueId(api.id_by(&filed_by, action, write)?);
        Ok(Self { action, issue, source, place: None, reporter: Reporter::default() })
    }
}

impl Api {
    pub(crate) async fn matter(
        &self,
        caller: &Caller,
        field: &str,
        matter: &pb::Matter,
        registering: Registering,
    ) -> Result<Matter, ApiError> {
        let at = |name: &str| format!("{field}.{name}");
        let nature = wire::nature(&at("nature"), matter.nature)?;
        let urgency = wire::urgency(&at("urgency"), matter.urgency)?;
        let size = wire::size(&at("size"), matter.size)?;
        let category = wire::optional_text(&at("category"), &matter.category, CATEGORY_CHARS_MAX)?;
        let confidence = wire::confidence(&at("confidence"), matter.confidence)?;
        require_confidence(field, matter, confidence)?;
        let procedure = procedure(field, matter)?;
        require_lengths(field, matter)?;
        let household = wire::optional_id(&at("household_id"), &matter.household_id)?;
        let device = wire::optional_id(&at("device_id"), &matter.device_id)?;
        let place = match wire::optional_id(&at("place_unit_id"), &matter.place_unit_id)?
            .or(registering.place)
        {
            Some(place) => place,
            None => self.home_unit(household).await?.ok_or_else(|| {
                ApiError::shape(
                    &at("place_unit_id"),
                    "must name the unit where the matter is",
                    "请填写事项所在单位",
                )
            })?,
        };
        self.unit_target(caller, registering.action, place).await?;
        require_vouched(caller, field, matter, &registering.source)?;
        let reporter_place = wire::optional_id(&at("reporter_unit_id"), &matter.reporter_unit_id)?;
        self.require_reporter(caller, registering.action, household, device, reporter_place)
            .await?;
        let device = self.device_of(confidence, household, device).await?;
        let owner = Owner::issue(registering.issue.0);
        // Nothing that leads to an anonymous reporter is kept (LOOP V3).
        let anonymous = confidence == Confidence::Anonymous;
        let known = |reporter: Reporter| if anonymous { Reporter::default() } else { reporter };
        let by_default = known(registering.reporter);
        Ok(Matter {
            track: procedure.kind.track(),
            procedure,
            emergency: false,
            repeat_of: self.repeat_of(caller, registering.action, &at("repeat_of"), matter).await?,
            split_from: None,
            nature,
            category: category.trim().into(),
            urgency,
            size,
            source: registering.source,
            place,
            reporter_place,
            must_visit: matter.must_visit,
            reporter: Reporter {
                household: household.or(by_default.household),
                device: device.or(by_default.device),
                name: self.seal(&owner, "name", &matter.reporter_name).await?,
                phone: self.seal(&owner, "phone", &matter.reporter_phone).await?,
                call: None,
                confidence,
                channel: self.seal(&owner, "channel", &matter.contact_channel).await?,
                ..Reporter::default()
            },
            title: self.seal(&owner, "title", &matter.title).await?,
            narrative: self.seal(&owner, "narrative", &matter.narrative).await?,
        })
    }

    /// An earlier file of the same matter; the caller must be able to see it.
    async fn repeat_of(
        &self,
        caller: &Caller,
        action: Action,
        field: &str,
        matter: &pb::Matter,
    ) -> Result<Option<IssueId>, ApiError> {
        match matter.repeat_of_issue_id.as_str() {
            "" => Ok(None),
            id => {
                wire::id::<IssueId>(&format!("{field}_issue_id"), id)?;
                Ok(Some(self.issue_target(caller, action, id).await?.id))
            }
        }
    }

    /// The device named, else the household's own: its keys rate what is filed for it (LOOP C6). Who is known
    /// in confidence is known by what they name, and by nothing else (LOOP V3).
    async fn device_of(
        &self,
        confidence: Confidence,
        household: Option<HouseholdId>,
        device: Option<DeviceId>,
    ) -> Result<Option<DeviceId>, ApiError> {
        match (device, household, confidence) {
            (None, Some(household), Confidence::Named) => {
                Ok(self.commands.device_of(household).await?)
            }
            (device, _, _) => Ok(device),
        }
    }

    async fn home_unit(&self, household: Option<HouseholdId>) -> Result<Option<UnitId>, ApiError> {
        match household {
            Some(household) => Ok(self.commands.unit_of(household).await?),
            None => Ok(None),
        }
    }

    /// Whom a matter names must exist, and be in the caller's sight: a thumb key rates what names its
    /// device.
    async fn require_reporter(
        &self,
        caller: &Caller,
        action: Action,
        household: Option<HouseholdId>,
        device: Option<DeviceId>,
        unit: Option<UnitId>,
    ) -> Result<(), ApiError> {
        let mut units = Vec::from_iter(unit);
        if let Some(household) = household {
            units.push(self.commands.unit_of(household).await?.ok_or(ApiError::NotFound)?);
        }
        if let Some(device) = device {
            units.push(self.commands.home_of(device).await?.ok_or(ApiError::NotFound)?.1);
        }
        for unit in units {
            self.unit_target(caller, action, unit).await?;
        }
        Ok(())
    }
}

/// A portal's visitors are whoever they say they are: they speak for no household, no device and no other
/// file, and are no staff.
fn require_vouched(
    caller: &Caller,
    field: &str,
    matter: &pb::Matter,
    source: &Source,
) -> Result<(), ApiError> {
    if !caller.is_visitor() {
        return Ok(());
    }
    let vouched = [
        ("household_id", &matter.household_id),
        ("device_id", &matter.device_id),
        ("repeat_of_issue_id", &matter.repeat_of_issue_id),
    ];
    if let Some((name, _)) = vouched.into_iter().find(|(_, value)| !value.is_empty()) {
        return Err(ApiError::shape(
            &format!("{field}.{name}"),
            "must be empty: a portal vouches for nobody",
            "门户登记不得填写",
        ));
    }
    match source {
        Source::InPerson | Source::Call { .. } => Ok(()),
        Source::Proactive | Source::External { .. } | Source::OnBehalf { .. } => {
            Err(ApiError::Denied)
        }
    }
}

/// Nobody can be anonymous and named at once; a confidential reporter says how to be reached.
fn require_confidence(
    field: &str,
    matter: &pb::Matter,
    confidence: Confidence,
) -> Result<(), ApiError> {
    let known = [
        ("reporter_name", &matter.reporter_name),
        ("reporter_phone", &matter.reporter_phone),
        ("household_id", &matter.household_id),
        ("device_id", &matter.device_id),
        ("contact_channel", &matter.contact_channel),
        ("reporter_unit_id", &matter.reporter_unit_id),
    ];
    let named = known.into_iter().find(|(_, value)| !value.is_empty());
    match (confidence, named) {
        (Confidence::Anonymous, Some((name, _))) => Err(ApiError::shape(
            &format!("{field}.{name}"),
            "must be empty for an anonymous reporter",
            "匿名反映不得填写",
        )),
        (Confidence::Confidential, _) if matter.contact_channel.trim().is_empty() => {
            Err(ApiError::shape(
                &format!("{field}.contact_channel"),
                "must say how a confidential reporter may be reached",
                "保密反映应写明联系方式",
            ))
        }
        (Confidence::Anonymous, None) | (Confidence::Confidential | Confidence::Named, _) => Ok(()),
    }
}

fn procedure(field: &str, matter: &pb::Matter) -> Result<Procedure, ApiError> {
    let at = |name: &str| format!("{field}.{name}");
    let kind = wire::procedure(&at("procedure"), matter.procedure)?.unwrap_or_default();
    let body = wire::optional_text(&at("receiving_body"), &matter.receiving_body, 200)?;
    let reference =
        wire::optional_text(&at("procedure_reference"), &matter.procedure_reference, 100)?;
    require_receiver(
        kind,
        [(&at("receiving_body"), body), (&at("procedure_reference"), reference)],
    )?;
    Ok(Procedure { kind, body: body.into(), reference: reference.into() })
}

/// A statutory procedure has somebody who received it, under a reference (LOOP I6).
pub(crate) fn require_receiver(
    kind: ProcedureKind,
    fields: [(&str, &str); 2],
) -> Result<(), ApiError> {
    let named = matches!(kind, ProcedureKind::Ordinary | ProcedureKind::Mediation);
    let missing = fields.into_iter().find(|(_, text)| text.trim().is_empty());
    match missing.filter(|_| !named) {
        Some((field, _)) => Err(ApiError::shape(
            field,
            "must be given for a petition, a review or a transferred procedure",
            "信访、复查复核和转交程序应写明受理机构和编号",
        )),
        None => Ok(()),
    }
}

fn require_lengths(field: &str, matter: &pb::Matter) -> Result<(), ApiError> {
    let texts = [
        ("contact_channel", &matter.contact_channel, CHANNEL_CHARS_MAX),
        ("title", &matter.title, TITLE_CHARS_MAX),
        ("narrative", &matter.narrative, wire::TEXT_CHARS_MAX),
        ("reporter_name", &matter.reporter_name, NAME_CHARS_MAX),
        ("reporter_phone", &matter.reporter_phone, PHONE_CHARS_MAX),
    ];
    for (name, text, max) in texts {
        wire::optional_text(&format!("{field}.{name}"), text, max)?;
    }
    Ok(())
}
