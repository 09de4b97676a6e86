//! Requests to domain types: every field that does not fit is named, with what was expected.

use std::str::FromStr;

use contract::bidao::common::v1 as pb;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Nature, ProcedureKind, Size, Urgency};
use domain::shared::moment::Moment;
use domain::shared::period::Period;
use domain::shared::verdict::{Effect, Satisfaction, Thumb, Verdict};
use jiff::civil::Date;
use prost_types::Timestamp;

use crate::ApiError;

/// Free text (DESIGN §3).
pub(crate) const TEXT_CHARS_MAX: usize = 10_000;

/// A required id.
pub(crate) fn id<T: FromStr>(field: &str, text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ApiError::shape(field, "must be a UUID", "应为 UUID"))
}

/// An id that may be absent.
pub(crate) fn optional_id<T: FromStr>(field: &str, text: &str) -> Result<Option<T>, ApiError> {
    if text.is_empty() { Ok(None) } else { id(field, text).map(Some) }
}

/// Required text of 1 to `max` characters without control characters other than line breaks.
pub(crate) fn text<'a>(field: &str, text: &'a str, max: usize) -> Result<&'a str, ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::shape(field, "must not be empty", "不能为空"));
    }
    optional_text(field, text, max)
}

/// Text of at most `max` characters.
pub(crate) fn optional_text<'a>(
    field: &str,
    text: &'a str,
    max: usize,
) -> Result<&'a str, ApiError> {
    let count = text.chars().count();
    if count > max {
        return Err(ApiError::shape(
            field,
            &format!("must have at most {max} characters, has {count}"),
            &format!("最多 {max} 个字,现有 {count} 个"),
        ));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(ApiError::shape(field, "must not hold control characters", "不能含控制字符"));
    }
    Ok(text)
}

/// A time that may be absent.
pub(crate) fn optional_time(
    field: &str,
    time: Option<&Timestamp>,
) -> Result<Option<Moment>, ApiError> {
    let Some(time) = time else { return Ok(None) };
    let us = time.seconds.checked_mul(1_000_000).map(|us| us + i64::from(time.nanos / 1_000));
    match us {
        Some(us)
            if (0..=Moment::MAX.0).contains(&us) && (0..1_000_000_000).contains(&time.nanos) =>
        {
            Ok(Some(Moment(us)))
        }
        _out_of_range => {
            Err(ApiError::shape(field, "must be a time between 1970 and 9998", "时间超出范围"))
        }
    }
}

pub(crate) fn timestamp(moment: Moment) -> Option<Timestamp> {
    let nanos = i32::try_from(moment.0.rem_euclid(1_000_000) * 1_000).ok()?;
    Some(Timestamp { seconds: moment.0.div_euclid(1_000_000), nanos })
}

fn unknown(field: &str) -> ApiError {
    ApiError::shape(field, "must be one of the enum's named values", "取值不在可选范围内")
}

fn required(field: &str) -> ApiError {
    ApiError::shape(field, "must be given", "必须填写")
}

pub(crate) fn nature(field: &str, value: i32) -> Result<Nature, ApiError> {
    match pb::Nature::try_from(value).map_err(|_| unknown(field))? {
        pb::Nature::Unspecified => Err(required(field)),
        pb::Nature::Consultation => Ok(Nature::Consultation),
        pb::Nature::Help => Ok(Nature::Help),
        pb::Nature::Complaint => Ok(Nature::Complaint),
        pb::Nature::Report => Ok(Nature::Report),
        pb::Nature::Suggestion => Ok(Nature::Suggestion),
    }
}

pub(crate) fn urgency(field: &str, value: i32) -> Result<Urgency, ApiError> {
    match pb::Urgency::try_from(value).map_err(|_| unknown(field))? {
        pb::Urgency::Unspecified | pb::Urgency::Normal => Ok(Urgency::Normal),
        pb::Urgency::Urgent => Ok(Urgency::Urgent),
    }
}

pub(crate) fn size(field: &str, value: i32) -> Result<Size, ApiError> {
    match pb::Size::try_from(value).map_err(|_| unknown(field))? {
        pb::Size::Unspecified | pb::Size::Small => Ok(Size::Small),
        pb::Size::Big => Ok(Size::Big),
    }
}

pub(crate) fn optional_rung(field: &str, value: i32) -> Result<Option<Rung>, ApiError> {
    match pb::Rung::try_from(value).map_err(|_| unknown(field))? {
        pb::Rung::Unspecified => Ok(None),
        pb::Rung::Grid => Ok(Some(Rung::Grid)),
        pb::Rung::Village => Ok(Some(Rung::Village)),
        pb::Rung::Township => Ok(Some(Rung::Township)),
        pb::Rung::County => Ok(Some(Rung::County)),
    }
}

pub(crate) fn thumb(field: &str, value: i32) -> Result<Thumb, ApiError> {
    match pb::Thumb::try_from(value).map_err(|_| unknown(field))? {
        pb::Thumb::Unspecified => Err(required(field)),
        pb::Thumb::Up => Ok(Thumb::Up),
        pb::Thumb::Down => Ok(Thumb::Down),
    }
}

pub(crate) fn verdict(field: &str, verdict: &pb::Verdict) -> Result<Verdict, ApiError> {
    let axis = |name: &str| format!("{field}.{name}");
    let effect = match pb::Effect::try_from(verdict.effect).map_err(|_| unknown(&axis("effect")))? {
        pb::Effect::Unspecified => return Err(required(&axis("effect"))),
        pb::Effect::Solved => Effect::Solved,
        pb::Effect::NotSolved => Effect::NotSolved,
    };
    Ok(Verdict {
        effect,
        timeliness: satisfaction(&axis("timeliness"), verdict.timeliness)?,
        attitude: satisfaction(&axis("attitude"), verdict.attitude)?,
    })
}

fn satisfaction(field: &str, value: i32) -> Result<Option<Satisfaction>, ApiError> {
    match pb::Satisfaction::try_from(value).map_err(|_| unknown(field))? {
        pb::Satisfaction::Unspecified => Ok(None),
        pb::Satisfaction::Satisfied => Ok(Some(Satisfaction::Satisfied)),
        pb::Satisfaction::Dissatisfied => Ok(Some(Satisfaction::Dissatisfied)),
    }
}

/// A required oneof or message.
pub(crate) fn given<T>(field: &str, value: Option<T>) -> Result<T, ApiError> {
    value.ok_or_else(|| required(field))
}

/// The number of a support, proposal or supervision.
pub(crate) fn line(field: &str, number: u32) -> Result<u16, ApiError> {
    match u16::try_from(number) {
        Ok(number) if number > 0 => Ok(number),
        Ok(_) | Err(_) => Err(ApiError::shape(
            field,
            "must be a number the issue shows",
            "应为事项详情中列出的编号",
        )),
    }
}

pub(crate) fn period(field: &str, text: &str) -> Result<Period, ApiError> {
    text.parse().map_err(|_| {
        ApiError::shape(
            field,
            "must be a period such as '3 日', '2 工作日' or '12 小时'",
            "应为期限,如“3 日”“2 工作日”“12 小时”",
        )
    })
}

pub(crate) fn date(field: &str, text: &str) -> Result<Date, ApiError> {
    text.parse().map_err(|_| {
        ApiError::shape(field, "must be a date such as 2026-12-31", "应为日期,如 2026-12-31")
    })
}

pub(crate) fn confidence(field: &str, value: i32) -> Result<Confidence, ApiError> {
    match pb::Confidence::try_from(value).map_err(|_| unknown(field))? {
        pb::Confidence::Unspecified | pb::Confidence::Named => Ok(Confidence::Named),
        pb::Confidence::Confidential => Ok(Confidence::Confidential),
        pb::Confidence::Anonymous => Ok(Confidence::Anonymous),
    }
}

pub(crate) fn procedure(field: &str, value: i32) -> Result<Option<ProcedureKind>, ApiError> {
    Ok(match pb::ProcedureKind::try_from(value).map_err(|_| unknown(field))? {
        pb::ProcedureKind::Unspecified => None,
        pb::ProcedureKind::Ordinary => Some(ProcedureKind::Ordinary),
        pb::ProcedureKind::Petition => Some(ProcedureKind::Petition),
        pb::ProcedureKind::Review => Some(ProcedureKind::Review),
        pb::ProcedureKind::Mediation => Some(ProcedureKind::Mediation),
        pb::ProcedureKind::Transferred => Some(ProcedureKind::Transferred),
    })
}
