//! Log → vault: what two people had decided about keys is done to the vault of every process, also to one
//! restored from a backup; and the telephone numbers of new files are learned, for finding them again.

use std::sync::Arc;
use std::time::Duration;

use domain::call::CallEvent;
use domain::issue::IssueEvent;
use domain::privacy::PrivacyEvent;
use domain::shared::sealed::Sealed;
use event::{Feed, FeedError, Recorded};
use eventlog::EventLog;
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use vault::{Aad, PhoneKey, Vault, VaultError, class_of};
use views::fact::Fact;

use crate::pictures::Pictures;

const BATCH: usize = 512;
const PAUSE: Duration = Duration::from_secs(1);
/// Events that say nothing to the vault are read again after a restart: at most so many.
const UNWRITTEN_MAX: u64 = 4_096;

pub struct Keeper {
    pub feed: Box<dyn Feed>,
    pub vault: Arc<Vault>,
    pub pictures: Arc<Pictures>,
    pub log: Arc<dyn EventLog>,
    pub kept: Progress,
}

impl Keeper {
    /// Follows the log until asked to stop.
    ///
    /// # Errors
    /// When the feed has a hole.
    pub async fn run(self, shutdown: Shutdown) -> Result<(), String> {
        let pictures = Arc::clone(&self.pictures);
        let mut followed = std::pin::pin!(self.follow(&shutdown));
        tokio::select! {
            ended = &mut followed => return ended,
            () = pictures.tidy(&shutdown) => {}
        }
        followed.await
    }

    async fn follow(mut self, shutdown: &Shutdown) -> Result<(), String> {
        self.kept.reached(self.feed.position());
        let mut written = self.feed.position();
        loop {
            let batch = tokio::select! {
                () = shutdown.requested() => return Ok(()),
                batch = self.feed.next(BATCH) => batch,
            };
            match batch {
                Ok(batch) => {
                    while let Err(error) = self.apply(&batch, &mut written).await {
                        tracing::error!(%error, "the vault cannot follow the log; it tries again");
                        shutdown.pause(PAUSE).await;
                        if shutdown.is_requested() {
                            return Ok(());
                        }
                    }
                    self.kept.reached(self.feed.position());
                }
                Err(FeedError::Ended) => return Ok(()),
                Err(error @ FeedError::Hole { .. }) => return Err(error.to_string()),
                Err(error @ FeedError::Unavailable(_)) => {
                    tracing::error!(%error, "the vault cannot read the log; it tries again");
                    shutdown.pause(PAUSE).await;
                }
            }
        }
    }

    /// In the order of the log; the same batch again comes to the same.
    async fn apply(&self, batch: &[Recorded], written: &mut u64) -> Result<(), VaultError> {
        let mut phones = Vec::new();
        let mut changed = false;
        for recorded in batch {
            // An event that does not decode parks its stream in the views, which also alarm.
            let Ok(fact) = Fact::of(recorded) else {
                continue;
            };
            self.learn(recorded, &fact, &mut phones).await?;
            let Fact::Privacy(fact) = &fact else {
                continue;
            };
            changed |= self.change(fact).await?;
            if let PrivacyEvent::KeysDestroyed(e) = fact {
                self.pictures.delete(recorded.position, e).await;
            }
        }
        let position = batch.last().map_or(*written, |last| last.position);
        // After a restart it goes on where something is still to be done.
        let position = self.pictures.done_before(position);
        if changed || !phones.is_empty() || position >= *written + UNWRITTEN_MAX {
            self.vault.follow(&phones, position).await?;
            *written = position;
        }
        Ok(())
    }

    /// Whether it was a change of keys. What is destroyed may have been said in a request.
    async fn change(&self, fact: &PrivacyEvent) -> Result<bool, VaultError> {
        if let PrivacyEvent::KeysDestroyed(_) = fact {
            self.vault.forget_requests().await?;
        }
        let (key_ids, changed) = match fact {
            PrivacyEvent::KeysDestroyed(e) => (&e.key_ids, self.vault.shred(&e.key_ids).await?),
            PrivacyEvent::KeysFrozen(e) => (&e.key_ids, self.vault.freeze(&e.key_ids).await?),
            PrivacyEvent::KeysUnfrozen(e) => (&e.key_ids, self.vault.unfreeze(&e.key_ids).await?),
            PrivacyEvent::IdentityViewed(_)
            | PrivacyEvent::IdentitySearched(_)
            | PrivacyEvent::RequestMade(_)
            | PrivacyEvent::RequestRejected(_)
            | PrivacyEvent::PassGranted(_)
            | PrivacyEvent::GlassBroken(_)
            | PrivacyEvent::HoldPlaced(_)
            | PrivacyEvent::HoldLifted(_) => return Ok(false),
        };
        tracing::info!(keys = key_ids.len(), changed = changed.len(), "keys changed, as decided");
        Ok(true)
    }

    /// The numbers by which a file may be looked for.
    async fn learn(
        &self,
        recorded: &Recorded,
        fact: &Fact,
        phones: &mut Vec<PhoneKey>,
    ) -> Result<(), VaultError> {
        let fields: Vec<(&str, &Sealed)> = match fact {
            Fact::Issue(IssueEvent::Registered(e)) => {
                let reporter = &e.matter.reporter;
                let fields = [("phone", &reporter.phone), ("channel", &reporter.channel)];
                fields
                    .into_iter()
                    .filter_map(|(name, field)| Some((name, field.as_ref()?)))
                    .collect()
            }
            Fact::Call(CallEvent::Pressed(e)) => {
                e.caller.iter().map(|caller| ("caller", caller)).collect()
            }
            Fact::Issue(_)
            | Fact::Call(_)
            | Fact::Access(_)
            | Fact::Org(_)
            | Fact::Policy(_)
            | Fact::Privacy(_)
            | Fact::Report(_) => return Ok(()),
        };
        let stream = recorded.envelope.stream.to_string();
        for (name, field) in fields {
            let Some(class) = class_of(name) else {
                continue;
            };
            let aad = Aad { log_id: self.log.log_id(), stream: stream.clone() };
            let sealed = vault::Sealed {
                key_id: field.key_id,
                commitment: field.commitment.clone(),
                text: field.text.clone(),
            };
            match self.vault.open_sealed(&sealed, class, name, &aad).await {
                Ok(text) => {
                    phones.push(PhoneKey { text, key_id: field.key_id, stream: stream.clone() });
                }
                Err(error @ VaultError::Unavailable(_)) => return Err(error),
                // What nobody can read is found by nobody.
                Err(_) => {}
            }
        }
        Ok(())
    }
}
