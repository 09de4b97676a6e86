//! The pictures of a file, each with a voucher to fetch it: the look at them stands in the log already.

use contract::bidao::privacy::v1 as pb;
use domain::issue::{Issue, IssueEvent};
use domain::shared::ids::IssueId;
use event::StreamId;

use crate::pictures::path;
use crate::pictures::voucher::Voucher;
use crate::sealing::Owner;
use crate::{Api, ApiError, wire};

impl Api {
    pub(super) async fn pictures_of(&self, issue: IssueId) -> Result<Vec<pb::Picture>, ApiError> {
        let stream = StreamId::new("issue", issue.0);
        let owner = Owner::issue(issue.0);
        let mut pictures = Vec::new();
        for recorded in self.commands.log.read_stream(&stream, 0, usize::MAX >> 1).await? {
            let event = eventlog::stored::decode::<Issue>(&recorded)?.event;
            let IssueEvent::EvidenceAttached(e) = event else { continue };
            let Some(kept) = e.kept else { continue };
            let file_name = self.open(&owner, "file_name", Some(&e.file_name)).await;
            let until = self.voucher_until();
            let voucher = Voucher::See {
                issue: issue.0,
                media_type: e.media_type.clone(),
                file_name: file_name.clone(),
                address: e.sha256,
                picture: kept.picture,
                until,
            };
            pictures.push(pb::Picture {
                event_id: recorded.envelope.event_id.to_string(),
                file_name,
                media_type: e.media_type,
                bytes: kept.bytes,
                path: path(&self.voucher(&voucher)?),
                expires_at: wire::timestamp(until),
            });
        }
        Ok(pictures)
    }
}
