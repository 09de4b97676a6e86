//! What the three reports on the organisation share: when, whom, and how a violation is shown.

use contract::bidao::org::v1 as pb;
use domain::org::ratio::Violation;
use domain::shared::moment::Moment;
use uuid::Uuid;
use views::coverage::{HEARD_DAYS, Standing};

use crate::{Api, ApiError, Caller, paging, wire};

const DAY_SECONDS: i64 = 86_400;

impl Api {
    /// The organisation now, as far as the caller sees it.
    pub(super) async fn standing(
        &self,
        caller: &Caller,
        unit: &str,
        heard_days: u32,
    ) -> Result<Standing, ApiError> {
        let viewer = self.narrowed(caller, unit).await?;
        let now = Moment(self.commands.clock.now_us());
        let days = if heard_days == 0 { HEARD_DAYS } else { heard_days };
        let heard = now.plus_seconds(-i64::from(days) * DAY_SECONDS);
        Ok(self.views.standing(&viewer, now, heard).await?)
    }

    /// One page of `rows`, and the token of the next; `filter` is what the token is good for.
    pub(super) fn page<T>(
        &self,
        rows: Vec<T>,
        filter: &str,
        (size, token): (i32, &str),
    ) -> Result<(Vec<T>, String), ApiError> {
        let size = usize::try_from(paging::size(size)?).unwrap_or(1);
        let after = self.after_token(filter, token)?.map_or(0, |(after, _)| after);
        let start = usize::try_from(after).unwrap_or(0);
        let end = start.saturating_add(size);
        let next = match i64::try_from(end) {
            Ok(end) if rows.len() > start.saturating_add(size) => {
                self.page_token(filter, (end, Uuid::nil()))
            }
            Ok(_) | Err(_) => String::new(),
        };
        Ok((rows.into_iter().skip(start).take(size).collect(), next))
    }
}

pub(super) fn violation(found: &Violation) -> pb::RuleViolation {
    let waiver = found.waiver.as_ref();
    pb::RuleViolation {
        rule: found.rule.clone(),
        title: found.title.clone(),
        count: found.count,
        per: found.per,
        min: found.min,
        max: found.max,
        waiver_reason: waiver.map(|waiver| waiver.reason.clone()).unwrap_or_default(),
        waived_until: waiver.and_then(|waiver| wire::timestamp(waiver.until)),
    }
}
