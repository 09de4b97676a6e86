//! Passwords: argon2id, one at a time, the same time for names that nobody has.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::{Mutex, MutexGuard, oneshot};

use crate::ApiError;

/// Shorter ones are guessed (ASVS 5.0 6.2.1 asks for 8 with a second factor; here it is the only one).
const CHARS_MIN: usize = 12;
pub(crate) const CHARS_MAX: usize = 200;
/// More than these wait for no turn: a crowd of guesses fills no memory.
const WAITING_MAX: usize = 64;

/// A hash of no password: for names that nobody has, so that they take as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$YmlkYW8tbm9ib2R5LWtub3dz$+LVsDzw6NrYm1WkZpQKk3q0l1n1QbXr2m3b0oJ3rj8w";

type Job = Box<dyn FnOnce() + Send>;

/// One thread with its 19 MiB (OWASP, argon2id m=19456 t=2 p=1): whoever hangs up frees no second one.
static WORKER: LazyLock<SyncSender<Job>> = LazyLock::new(|| {
    let (jobs, inbox) = sync_channel::<Job>(WAITING_MAX);
    std::thread::spawn(move || inbox.into_iter().for_each(|job| job()));
    jobs
});

/// Held from the look at a record until what was tried is written there: no guess is judged by a record
/// that another guess has changed.
static TURN: Mutex<()> = Mutex::const_new(());
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// One guess at a time, from the look at a record until what came of it is written.
pub(crate) struct Turn(#[expect(dead_code, reason = "held")] MutexGuard<'static, ()>);

/// Counted while it waits, also where whoever asked hangs up.
struct Waiting;

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The next turn.
///
/// # Errors
/// When too many wait already.
pub(crate) async fn turn() -> Result<Turn, ApiError> {
    let before = WAITING.fetch_add(1, Ordering::AcqRel);
    let _waiting = Waiting;
    if before >= WAITING_MAX {
        return Err(busy());
    }
    Ok(Turn(TURN.lock().await))
}

fn busy() -> ApiError {
    ApiError::Unavailable("too many log-ins wait for their turn".into())
}

/// The hash to be sealed and kept.
pub(crate) async fn hash(password: String) -> Result<String, ApiError> {
    let hashed = worked(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| error.to_string())
    });
    hashed.await?.map_err(ApiError::Internal)
}

/// Whether it is the password of this hash; without a hash, no.
pub(crate) async fn is_right(password: String, hash: Option<String>) -> Result<bool, ApiError> {
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.into());
    let same = worked(move || {
        let parsed = PasswordHash::new(&hash);
        parsed
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    Ok(same.await? && known)
}

/// Long enough, and not what everybody tries first.
pub(crate) fn require_strong(field: &str, name: &str, password: &str) -> Result<(), ApiError> {
    let count = password.chars().count();
    let first = password.chars().next();
    let one_sign = password.chars().all(|sign| Some(sign) == first);
    let of_name = !name.is_empty() && password.to_lowercase().replace(name, "").chars().count() < 4;
    if (CHARS_MIN..=CHARS_MAX).contains(&count) && !one_sign && !of_name {
        return Ok(());
    }
    Err(ApiError::shape(
        field,
        "must have 12 to 200 characters, not the name and not one sign repeated",
        "密码应为 12–200 个字符,不能是账号名,也不能是同一字符的重复",
    ))
}

async fn worked<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let (done, answer) = oneshot::channel();
    // Whoever asked may have gone meanwhile.
    let job = Box::new(move || drop(done.send(work())));
    WORKER.try_send(job).map_err(|_| busy())?;
    answer.await.map_err(|_| busy())
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_crowd_waits_for_no_turn() {
        let held = turn().await.unwrap();
        let mut line: Vec<_> = (0..WAITING_MAX).map(|_| Box::pin(turn())).collect();
        for waiting in &mut line {
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        assert!(matches!(turn().await, Err(ApiError::Unavailable(_))));
        line.pop();
        assert!(Box::pin(turn()).as_mut().now_or_never().is_none(), "one went away");
        drop((held, line));
        assert!(turn().await.is_ok());
    }

    #[tokio::test]
    async fn the_right_password_alone_is_right() {
        let hashed = hash("一条很长的口令,没有人猜".into()).await.unwrap();
        assert!(hashed.starts_with("$argon2id$"), "{hashed}");
        let is_right = |text: &str| is_right(text.into(), Some(hashed.clone()));
        assert!(is_right("一条很长的口令,没有人猜").await.unwrap());
        assert!(!is_right("一条很长的口令,没有人猜?").await.unwrap());
    }

    #[tokio::test]
    async fn nobody_s_hash_is_looked_at_and_is_never_right() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!is_right(String::new(), None).await.unwrap());
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        let strong = |password: &str| require_strong("password", "wang.li", password).is_ok();
        assert!(strong("correct horse battery"));
        assert!(strong("十二个汉字也是一个好口令"));
        for weak in
            ["", "short", "aaaaaaaaaaaaaaaa", "wang.li12345", "Wang.LiWang.Li", &"a1".repeat(101)]
        {
            assert_eq!(strong(weak), weak == "wang.li12345", "{weak}");
        }
    }
}
