//! What the RPCs of privacy share: the record of a file, and the words of the wire.

use std::time::Duration;

use commands::streams;
use contract::bidao::common::v1::Receipt;
use contract::bidao::privacy::v1 as pb;
use domain::privacy::command::AskFor;
use domain::privacy::event::{Ask, Basis, Extent, Field, File, Purpose};
use domain::privacy::{Privacy, PrivacyCommand, PrivacyEvent, PrivacyVerb};
use domain::shared::sealed::Sealed;
use event::StreamId;
use eventlog::{Done, Request};
use uuid::Uuid;

use super::state::Around;
use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const REASON_CHARS_MAX: usize = 1_000;
/// How long an answer waits for the vault to do as was decided: it is a moment away, or away itself.
const KEEPER_WAIT: Duration = Duration::from_secs(2);

/// The stream of a file's record.
pub(super) fn stream(file: File) -> Uuid {
    streams::privacy(&file.to_string())
}

/// Two persons are two persons: whose key a machine uses nobody knows.
pub(super) fn require_person(caller: &Caller) -> Result<(), ApiError> {
    if caller.authority.is_some() && caller.actor.person.is_none() {
        return Err(ApiError::Rule {
            reason: "PERSON_NEEDED",
            text: "a person on record must ask and grant, not a machine".into(),
            zh: "申请和批准须由在册人员本人进行,系统账号不得代办".into(),
        });
    }
    Ok(())
}

impl Api {
    /// Executes one verb on a record of privacy.
    pub(super) async fn on_privacy(
        &self,
        caller: &Caller,
        action: Action,
        record: Uuid,
        write: Write,
        verb: PrivacyVerb,
    ) -> Result<Done, ApiError> {
        self.on_privacy_beside(caller, action, record, (write, Vec::new()), verb).await
    }

    /// As [`Api::on_privacy`], as long as these streams are where they were.
    pub(super) async fn on_privacy_beside(
        &self,
        caller: &Caller,
        action: Action,
        record: Uuid,
        (write, beside): (Write, Vec<(StreamId, u64)>),
        verb: PrivacyVerb,
    ) -> Result<Done, ApiError> {
        let facts = self.commands.facts(caller.actor.clone(), None).await?;
        let request = self.request(caller, action, write);
        let request = Request { beside, ..request };
        let command = |now| PrivacyCommand { given: facts.at(now), verb: verb.clone() };
        Ok(self.commands.privacy.execute(record, &request, command).await?)
    }

    /// Asks for what a second person grants; the receipt, and the number of the request.
    pub(super) async fn ask_for(
        &self,
        caller: &Caller,
        action: Action,
        file: File,
        write: Write,
        (ask, reason): (Ask, &str),
    ) -> Result<(Receipt, u32), ApiError> {
        let reason = self.privacy_reason(file, reason).await?;
        require_person(caller)?;
        // Whoever grants it looks again, and nothing may change then.
        let state = match ask {
            Ask::Erase { .. } => Around::new(self).state(&caller.viewer(), file).await?,
            Ask::Unmask | Ask::BreakGlass | Ask::Unfreeze | Ask::LiftHold { .. } => <_>::default(),
        };
        let verb = PrivacyVerb::Ask(AskFor { file, ask, reason, state });
        let done = self.on_privacy(caller, action, stream(file), write, verb).await?;
        Ok((receipt(&done), self.number_of(file, &done).await?))
    }

    /// The number that this command gave, also when it is asked again.
    pub(super) async fn number_of(&self, file: File, done: &Done) -> Result<u32, ApiError> {
        let stream = StreamId::new("privacy", stream(file));
        let before = done.receipt.version.saturating_sub(1);
        let events = self.commands.log.read_stream(&stream, before, 1).await?;
        let Some(recorded) = events.first() else { return Ok(0) };
        let made = eventlog::stored::decode::<Privacy>(recorded)?.event;
        if let PrivacyEvent::RequestMade(e) = &made {
            return Ok(e.number);
        }
        Ok(if let PrivacyEvent::HoldPlaced(e) = &made { e.number } else { 0 })
    }

    /// Why, sealed with the record; it is forgotten with the whole file.
    pub(super) async fn privacy_reason(&self, file: File, text: &str) -> Result<Sealed, ApiError> {
        wire::text("reason", text, REASON_CHARS_MAX)?;
        self.sealed(&Owner::privacy(stream(file)), "reason", "reason", text).await
    }

    /// Waits until this process's vault has done what was decided. Nothing depends on the wait: the record
    /// stands, and every vault follows it.
    pub(super) async fn keys_follow(&self, position: u64) {
        if tokio::time::timeout(KEEPER_WAIT, self.kept.wait_for(position)).await.is_err() {
            tracing::warn!("the vault lags; it does what was decided when it comes to it");
        }
    }
}

/// The words of the wire, and ours: they have the same names.
macro_rules! spelled {
    ($decode:ident, $encode:ident, $ours:ident, $theirs:ident: $($name:ident)+) => {
        pub(super) fn $decode(field: &str, value: i32) -> Result<$ours, ApiError> {
            match pb::$theirs::try_from(value) {
                Ok(pb::$theirs::Unspecified) => wire::given(field, None),
                $(Ok(pb::$theirs::$name) => Ok($ours::$name),)+
                Err(_) => Err(ApiError::shape(
                    field,
                    "must be one of the enum's named values",
                    "取值不在可选范围内",
                )),
            }
        }

        pub(super) const fn $encode(value: $ours) -> i32 {
            match value { $($ours::$name => pb::$theirs::$name as i32,)+ }
        }
    };
}

spelled!(field, field_of, Field, IdentityField: Name Phone Channel Address Narrative Pictures);
spelled!(purpose, purpose_of, Purpose, Purpose: Contact FollowUp Verify Rescue Investigation OwnRequest);
spelled!(extent, extent_of, Extent, Extent: Reporter WholeFile);
spelled!(basis, basis_of, Basis, Basis: PurposeEnded RetentionOver ConsentWithdrawn Unlawful);

pub(super) const fn ask_name(ask: Ask) -> (&'static str, &'static str) {
    match ask {
        Ask::Unmask => ("unmask", "查看身份"),
        Ask::BreakGlass => ("break_glass", "紧急越权查看"),
        Ask::Erase { .. } => ("erase", "删除"),
        Ask::Unfreeze => ("unfreeze", "解冻"),
        Ask::LiftHold { .. } => ("lift_hold", "解除留存"),
    }
}
