//! How often one principal and one area may ask, one receipt be asked about, and pictures be sent for one file. Whoever files something is never refused: it
//! may be a call for help.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::ApiError;
use crate::decide::Action;

/// Nobody looks after one receipt more often.
const RECEIPT_PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// An area has so many desks that ask as often as they may: a village whose machines run wild slows nobody else.
const DESKS_OF_AN_AREA: u32 = 10;
/// Streams that one principal follows at once: a console's windows, or a platform's desks.
const WATCHES_MAX: usize = 64;
/// When whoever follows too many may try again.
const ENDS_SOON: Duration = Duration::from_secs(60);
/// Sent and never attached, pictures only take room.
const PICTURES_PER_HOUR: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// So many are remembered before those that rested are forgotten.
const KNOWN_MAX: usize = 10_000;

pub(crate) struct Limits {
    /// Absent where a proxy in front counts.
    principals: Option<DefaultKeyedRateLimiter<String>>,
    areas: Option<DefaultKeyedRateLimiter<String>>,
    receipts: DefaultKeyedRateLimiter<String>,
    pictures: DefaultKeyedRateLimiter<String>,
    watches: Arc<Mutex<HashMap<String, usize>>>,
    clock: DefaultClock,
}

/// A stream that somebody follows, counted while it lasts.
pub(crate) struct Following {
    watches: Arc<Mutex<HashMap<String, usize>>>,
    name: String,
}

impl Drop for Following {
    fn drop(&mut self) {
        let mut watches = self.watches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = watches.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                watches.remove(&self.name);
            }
        }
    }
}

impl Limits {
    /// `calls_per_minute` of each principal; 0 counts none.
    pub(crate) fn new(calls_per_minute: u32) -> Self {
        let quota = |times: u32| {
            NonZeroU32::new(calls_per_minute.saturating_mul(times)).map(Quota::per_minute)
        };
        Self {
            principals: quota(1).map(RateLimiter::keyed),
            areas: quota(DESKS_OF_AN_AREA).map(RateLimiter::keyed),
            receipts: RateLimiter::keyed(Quota::per_minute(RECEIPT_PER_MINUTE)),
            pictures: RateLimiter::keyed(Quota::per_hour(PICTURES_PER_HOUR)),
            watches: Arc::default(),
            clock: DefaultClock::default(),
        }
    }

    /// # Errors
    /// When the principal follows enough streams already.
    pub(crate) fn watch(&self, name: &str) -> Result<Following, ApiError> {
        let mut watches = self.watches.lock().unwrap_or_else(PoisonError::into_inner);
        let count = watches.entry(name.to_owned()).or_default();
        if *count >= WATCHES_MAX {
            return Err(ApiError::TooOften { wait: ENDS_SOON });
        }
        *count += 1;
        Ok(Following { watches: Arc::clone(&self.watches), name: name.to_owned() })
    }

    /// # Errors
    /// When the principal asked too often, with how long to wait.
    pub(crate) fn principal(&self, name: &str, action: Action) -> Result<(), ApiError> {
        match &self.principals {
            Some(limiter) if !action.files() => self.check(limiter, name),
            Some(_) | None => Ok(()),
        }
    }

    /// Whoever looks after the whole county is in nobody's way.
    ///
    /// # Errors
    /// As [`Limits::principal`], of everybody together who acts in one area.
    pub(crate) fn area(&self, path: Option<&str>, action: Action) -> Result<(), ApiError> {
        match (&self.areas, path) {
            (Some(limiter), Some(path)) if !action.files() && !path.is_empty() => {
                self.check(limiter, path)
            }
            _ => Ok(()),
        }
    }

    /// # Errors
    /// When too many pictures were sent for this file.
    pub(crate) fn picture(&self, file: &str) -> Result<(), ApiError> {
        self.check(&self.pictures, file)
    }

    /// # Errors
    /// As [`Limits::principal`], of one receipt that exists.
    pub(crate) fn receipt(&self, digest: &str) -> Result<(), ApiError> {
        self.check(&self.receipts, digest)
    }

    fn check(&self, limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<(), ApiError> {
        if limiter.len() > KNOWN_MAX {
            limiter.retain_recent();
        }
        limiter.check_key(&key.to_owned()).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            ApiError::TooOften { wait: wait.max(Duration::from_millis(1)) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_held_up_and_another_is_not() {
        let limits = Limits::new(3);
        let ask = |name| limits.principal(name, Action::GetIssue);
        assert!((0..3).all(|_| ask("a").is_ok()));
        let Err(ApiError::TooOften { wait }) = ask("a") else { panic!("a fourth time") };
        assert!(wait <= Duration::from_secs(20), "one in twenty seconds: {wait:?}");
        assert!(ask("b").is_ok());
    }

    #[test]
    fn an_area_that_runs_wild_slows_nobody_else() {
        let limits = Limits::new(3);
        let ask = |area| limits.area(area, Action::GetIssue);
        assert!((0..30).all(|_| ask(Some("/county/village")).is_ok()));
        assert!(ask(Some("/county/village")).is_err());
        assert!(limits.area(Some("/county/village"), Action::Press).is_ok(), "a call for help");
        assert!(ask(Some("/county/other")).is_ok());
        assert!((0..99).all(|_| ask(Some("")).is_ok() && ask(None).is_ok()));
    }

    #[test]
    fn pictures_are_sent_for_a_file_until_it_is_enough() {
        let limits = Limits::new(0);
        assert!((0..60).all(|_| limits.picture("one").is_ok()));
        assert!(limits.picture("one").is_err());
        assert!(limits.picture("two").is_ok());
    }

    #[test]
    fn whoever_files_is_never_held_up() {
        let limits = Limits::new(1);
        for action in [Action::Press, Action::Register, Action::AlertEmergency, Action::PressThumb]
        {
            assert!((0..50).all(|_| limits.principal("portal", action).is_ok()), "{action:?}");
        }
    }

    #[test]
    fn nobody_is_counted_where_a_proxy_counts() {
        let limits = Limits::new(0);
        assert!((0..1_000).all(|_| limits.principal("a", Action::GetIssue).is_ok()));
    }

    #[test]
    fn a_principal_follows_so_many_streams_and_another_its_own() {
        let limits = Limits::new(0);
        let mut followed: Vec<_> =
            (0..WATCHES_MAX).map(|_| limits.watch("a").ok().unwrap()).collect();
        assert!(limits.watch("a").is_err());
        assert!(limits.watch("b").is_ok());
        followed.pop();
        assert!(limits.watch("a").is_ok(), "one has ended");
    }

    #[test]
    fn one_receipt_is_not_asked_about_without_end() {
        let limits = Limits::new(0);
        assert!((0..30).all(|_| limits.receipt("one").is_ok()));
        assert!(limits.receipt("one").is_err());
        assert!(limits.receipt("two").is_ok());
    }
}
