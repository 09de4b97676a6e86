//! 改类. A class that lengthens a running clock is decided one level up, and the resident is told.

use contract::bidao::intake::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::Class;
use domain::shared::matter::Procedure;

use crate::decide::Action;
use crate::matter::require_receiver;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

const CATEGORY_CHARS_MAX: usize = 200;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ReclassifyRequest,
) -> Result<pb::ReclassifyResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Reclassify, &body.issue_id).await?;
    let class = class(&body)?;
    let reason = api.sealed(&Owner::issue(target.id.0), "reason", "reason", &body.reason).await?;
    let home = api.commands.home_under(target.id, &class).await?;
    let verb = IssueVerb::Reclassify { class, home, reason };
    let receipt = api.on_issue(&caller, Action::Reclassify, &target, write, verb).await?;
    let proposal = api.proposal_of(&target, &receipt).await?;
    Ok(pb::ReclassifyResponse { receipt: Some(receipt), proposal })
}

fn class(body: &pb::ReclassifyRequest) -> Result<Class, ApiError> {
    let category = wire::optional_text("category", &body.category, CATEGORY_CHARS_MAX)?.trim();
    let given = |value: i32| value != 0;
    let procedure = wire::procedure("procedure", body.procedure)?;
    Ok(Class {
        nature: given(body.nature).then(|| wire::nature("nature", body.nature)).transpose()?,
        category: (!category.is_empty()).then(|| category.into()),
        urgency: given(body.urgency).then(|| wire::urgency("urgency", body.urgency)).transpose()?,
        size: given(body.size).then(|| wire::size("size", body.size)).transpose()?,
        procedure: match procedure {
            Some(kind) => {
                let receiver = wire::optional_text("receiving_body", &body.receiving_body, 200)?;
                let number = "procedure_reference";
                let reference = wire::optional_text(number, &body.procedure_reference, 100)?;
                require_receiver(kind, [("receiving_body", receiver), (number, reference)])?;
                Some(Procedure { kind, body: receiver.into(), reference: reference.into() })
            }
            None => None,
        },
    })
}
