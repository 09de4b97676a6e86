//! A resident's matter from the wire: checked, placed, and sealed for the issue it will become.

use contract::bidao::common::v1 as pb;
use domain::shared::ids::{DeviceId, HouseholdId, IssueId, UnitId};
use domain::shared::matter::{Matter, Reporter, Source, Track};

use crate::decide::Action;
use crate::sealing::Owner;
use crate::{Api, ApiError, Caller, wire};

const CATEGORY_CHARS_MAX: usize = 200;
const TITLE_CHARS_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 100;
const PHONE_CHARS_MAX: usize = 50;

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
        wire::optional_text(&at("title"), &matter.title, TITLE_CHARS_MAX)?;
        wire::optional_text(&at("narrative"), &matter.narrative, wire::TEXT_CHARS_MAX)?;
        wire::optional_text(&at("reporter_name"), &matter.reporter_name, NAME_CHARS_MAX)?;
        wire::optional_text(&at("reporter_phone"), &matter.reporter_phone, PHONE_CHARS_MAX)?;
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
        let reporter_place = wire::optional_id(&at("reporter_unit_id"), &matter.reporter_unit_id)?;
        self.require_reporter(caller, registering.action, household, device, reporter_place)
            .await?;
        let owner = Owner::issue(registering.issue.0);
        Ok(Matter {
            track: Track::Service,
            nature,
            category: category.trim().into(),
            urgency,
            size,
            source: registering.source,
            place,
            reporter_place,
            must_visit: matter.must_visit,
            reporter: Reporter {
                household: household.or(registering.reporter.household),
                device: device.or(registering.reporter.device),
                name: self.seal(&owner, "name", &matter.reporter_name).await?,
                phone: self.seal(&owner, "phone", &matter.reporter_phone).await?,
                call: None,
            },
            title: self.seal(&owner, "title", &matter.title).await?,
            narrative: self.seal(&owner, "narrative", &matter.narrative).await?,
        })
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
