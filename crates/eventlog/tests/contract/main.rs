//! What every event log promises, and what the executor, the feed and the lock make of it: one suite,
//! run on each backend. Test names end in the backend: `…::memory`, `…::sqlite`,
//! `…::postgres`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test calls may stop it")]

/// Makes of each `async fn name(backend: Backend)` one test per backend.
macro_rules! on_every_backend {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn memory() {
                super::$test(crate::backend::Backend::memory()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                super::$test(crate::backend::Backend::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                super::$test(crate::backend::Backend::postgres().await).await;
            }
        }
    )+};
}

mod backend;
mod claims;
mod executor;
mod feed;
mod log;
mod postgres;
mod reopened;
mod tally;
