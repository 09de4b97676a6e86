//! Read masks (AIP-157): only the fields named come back; an unknown path is refused by name.

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, ReflectMessage};
use prost_types::FieldMask;

use crate::ApiError;

/// Keeps the fields that `mask` names, of the top level or one below (`row.stage`); everything without one.
pub(crate) fn keep<M: Message + Default>(
    full_name: &str,
    mask: Option<&FieldMask>,
    message: M,
) -> Result<M, ApiError> {
    let Some(mask) = mask.filter(|mask| !mask.paths.is_empty()) else {
        return Ok(message);
    };
    let internal = |error: String| ApiError::Internal(error);
    let pool =
        DescriptorPool::decode(contract::DESCRIPTORS).map_err(|e| internal(e.to_string()))?;
    let descriptor =
        pool.get_message_by_name(full_name).ok_or_else(|| internal(format!("no {full_name}")))?;
    for path in &mask.paths {
        require_path(&descriptor, path)?;
    }
    let bytes = message.encode_to_vec();
    let decoded = DynamicMessage::decode(descriptor.clone(), bytes.as_slice());
    let mut shown = decoded.map_err(|error| internal(error.to_string()))?;
    prune(&mut shown, &mask.paths, "");
    M::decode(shown.encode_to_vec().as_slice()).map_err(|error| internal(error.to_string()))
}

fn require_path(descriptor: &MessageDescriptor, path: &str) -> Result<(), ApiError> {
    let mut within = Some(descriptor.clone());
    for name in path.split('.') {
        let field = within.as_ref().and_then(|message| message.get_field_by_name(name));
        let Some(field) = field else {
            return Err(ApiError::shape(
                "read_mask",
                &format!("names '{path}', which is no field of {}", descriptor.name()),
                &format!("没有字段“{path}”"),
            ));
        };
        let single = !field.is_list() && !field.is_map();
        within = field.kind().as_message().cloned().filter(|_| single);
    }
    Ok(())
}

fn prune(message: &mut DynamicMessage, paths: &[String], prefix: &str) {
    for field in message.descriptor().fields() {
        let name = format!("{prefix}{}", field.name());
        let whole = paths.contains(&name);
        let below = format!("{name}.");
        if whole {
            continue;
        }
        if !paths.iter().any(|path| path.starts_with(&below)) {
            message.clear_field(&field);
        } else if message.has_field(&field)
            && let Some(inner) = message.get_field_mut(&field).as_message_mut()
        {
            prune(inner, paths, &below);
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::bidao::issue::v1 as pb;

    use super::*;

    fn issue() -> pb::Issue {
        let row =
            pb::IssueRow { stage: "closed".into(), case_no: "7".into(), ..pb::IssueRow::default() };
        pb::Issue { row: Some(row), title: "t".into(), ..pb::Issue::default() }
    }

    fn kept(paths: &[&str]) -> Result<pb::Issue, ApiError> {
        let mask = FieldMask { paths: paths.iter().map(|path| (*path).into()).collect() };
        keep("bidao.issue.v1.Issue", Some(&mask), issue())
    }

    #[test]
    fn keeps_what_is_named() {
        assert_eq!(kept(&[]).unwrap(), issue());
        let title = kept(&["title"]).unwrap();
        assert_eq!((title.title.as_str(), title.row), ("t", None));
        let row = kept(&["row.stage"]).unwrap().row.unwrap();
        assert_eq!((row.stage.as_str(), row.case_no.as_str()), ("closed", ""));
    }

    #[test]
    fn refuses_what_is_no_field() {
        for path in ["colour", "row.colour", "title.x", "", "*"] {
            assert!(kept(&[path]).is_err(), "{path}");
        }
    }
}
