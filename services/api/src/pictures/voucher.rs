//! What a voucher allows: one picture of one file, for a while, to whoever holds it (ADR 18).

use domain::shared::moment::Moment;
use domain::shared::sealed::Sealed;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Api, ApiError};

/// Vouchers stand in paths, which others may come to see: they count for minutes.
const MINUTES: i64 = 10;
/// Between sending a picture and putting it into the file somebody writes what it shows.
const SENT_MINUTES: i64 = 60;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Voucher {
    /// To send a picture.
    Send { issue: Uuid, media_type: String, until: Moment },
    /// A picture that was sent and belongs to no file yet.
    Sent(Sent),
    /// To fetch a picture; the look at it is written down.
    See {
        issue: Uuid,
        media_type: String,
        file_name: String,
        address: String,
        picture: Sealed,
        until: Moment,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub issue: Uuid,
    pub media_type: String,
    pub address: String,
    /// Of the picture in clear.
    pub bytes: u64,
    pub key: String,
    pub until: Moment,
}

impl Voucher {
    const fn until(&self) -> Moment {
        match self {
            Self::Send { until, .. } | Self::Sent(Sent { until, .. }) | Self::See { until, .. } => {
                *until
            }
        }
    }
}

impl Api {
    /// When a voucher made now ends.
    pub(crate) fn voucher_until(&self) -> Moment {
        self.now().plus_seconds(MINUTES * 60)
    }

    pub(super) fn sent_until(&self) -> Moment {
        self.now().plus_seconds(SENT_MINUTES * 60)
    }

    pub(crate) fn voucher(&self, voucher: &Voucher) -> Result<String, ApiError> {
        let text = serde_json::to_string(voucher);
        let text = text.map_err(|error| ApiError::Internal(error.to_string()))?;
        Ok(self.vault.voucher(&text)?)
    }

    /// A voucher of this county that has not ended; nothing for anything else.
    pub(crate) fn read_voucher(&self, text: &str) -> Option<Voucher> {
        let voucher: Voucher = serde_json::from_str(&self.vault.read_voucher(text)?).ok()?;
        (self.now() < voucher.until()).then_some(voucher)
    }
}
