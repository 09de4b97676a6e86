//! Hidden and absent take the same time: what is not there is found missing at once, what is hidden only after
//! its area and its parties were looked at. Both answers wait for the next mark.

use std::time::Duration;

use tokio::time::Instant;

use crate::ApiError;

/// Longer than looking at what is hidden takes, shorter than anybody waits for.
const MARK: Duration = Duration::from_millis(25);

/// The answer; that there is nothing only at the next mark since `began`.
pub(crate) async fn kept<A>(began: Instant, answer: Result<A, ApiError>) -> Result<A, ApiError> {
    if matches!(answer, Err(ApiError::NotFound)) {
        reached(began).await;
    }
    answer
}

/// Waits for the next mark since `began`.
pub(crate) async fn reached(began: Instant) {
    tokio::time::sleep_until(next(began, Instant::now())).await;
}

fn next(began: Instant, now: Instant) -> Instant {
    let passed = now.duration_since(began).as_nanos() / MARK.as_nanos();
    began + MARK * u32::try_from(passed + 1).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_less_than_a_mark_ends_at_the_same_one() {
        let began = Instant::now();
        let after = |micros| next(began, began + Duration::from_micros(micros));
        assert_eq!(after(1), after(24_999));
        assert_eq!(after(1), began + MARK);
        assert_eq!(after(25_001), began + MARK * 2);
    }

    #[tokio::test]
    async fn what_is_not_there_is_told_at_a_mark_and_not_before() {
        let began = Instant::now();
        assert!(kept::<()>(began, Err(ApiError::NotFound)).await.is_err());
        assert!(Instant::now() >= began + MARK);
    }
}
