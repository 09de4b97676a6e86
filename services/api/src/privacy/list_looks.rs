//! The audit of privacy, the latest first, as far as the caller sees the files.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::PrivacyEvent;
use views::privacy::LookRow;

use super::{record, target};
use crate::decide::Action;
use crate::{Api, ApiError, Caller, paging, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListLooksRequest,
) -> Result<pb::ListLooksResponse, ApiError> {
    let size = paging::size(body.page_size)?;
    let by = wire::optional_text("by", &body.by, 100)?;
    let file = match body.file.as_str() {
        "" => String::new(),
        text => target::file(text)?.to_string(),
    };
    api.fresh(body.min_position).await?;
    let (mut before, mut looks) = (body.before, Vec::new());
    let mut more = true;
    while more && looks.len() < size as usize {
        let rows = api.views.looks(&file, by, before, size).await?;
        more = rows.len() == size as usize;
        for row in rows {
            before = row.position;
            if is_shown(&api, &caller, &row).await? {
                looks.push(look(row));
            }
            if looks.len() == size as usize {
                more = true;
                break;
            }
        }
    }
    let next_before = if more { before } else { 0 };
    Ok(pb::ListLooksResponse { looks, next_before, as_of: Some(api.as_of().await) })
}

/// A search is about no file: whoever looks after the whole county sees it.
async fn is_shown(api: &Api, caller: &Caller, row: &LookRow) -> Result<bool, ApiError> {
    let Some(file) = row.file else {
        return Ok(caller.viewer().sees_everywhere());
    };
    match api.may_on_file(caller, Action::ListLooks, file).await {
        Ok(()) => Ok(true),
        Err(ApiError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

fn look(row: LookRow) -> pb::LookRecord {
    pb::LookRecord {
        position: row.position,
        at: wire::timestamp(row.at),
        type_zh: zh(&row.r#type).into(),
        r#type: row.r#type,
        file: row.file.map(|file| file.to_string()).unwrap_or_default(),
        by: row.by,
        asked_by: row.asked_by.map(|asker| asker.principal).unwrap_or_default(),
        number: row.number.unwrap_or_default(),
        fields: row.fields.into_iter().map(record::field_of).collect(),
        purpose: row.purpose.map(record::purpose_of).unwrap_or_default(),
        until: row.until.and_then(wire::timestamp),
        extent: row.extent.map(record::extent_of).unwrap_or_default(),
        keys: row.keys,
    }
}

/// What a line of the audit is called; a test holds it to the types there are.
const LABELS: [(&str, &str); PrivacyEvent::TYPES.len()] = [
    ("privacy.identity_viewed", "查看身份"),
    ("privacy.identity_searched", "按号码查找"),
    ("privacy.request_made", "申请"),
    ("privacy.request_rejected", "不予批准"),
    ("privacy.pass_granted", "批准查看"),
    ("privacy.glass_broken", "批准紧急查看"),
    ("privacy.keys_destroyed", "删除"),
    ("privacy.keys_frozen", "冻结"),
    ("privacy.keys_unfrozen", "解冻"),
    ("privacy.hold_placed", "法定留存"),
    ("privacy.hold_lifted", "解除留存"),
];

fn zh(r#type: &str) -> &'static str {
    LABELS.iter().find(|(name, _)| *name == r#type).map_or("", |(_, zh)| zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_audit_has_a_name() {
        for (name, _) in PrivacyEvent::TYPES {
            assert!(!zh(name).is_empty(), "{name}");
        }
    }
}
