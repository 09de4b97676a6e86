//! Black-box stories: the real binary in its own process, driven over gRPC like any client would.

pub mod console;
pub mod server;
pub mod steps;
pub mod village;

pub use console::{Console, Who, text};
pub use server::{Server, Worker, asked, bidao, refusal};
pub use village::Village;

/// Makes of each `async fn name(environment: Environment) -> Result<()>` one test per backend:
/// `name::sqlite`, `name::postgres`, and `name::jetstream`, which is PostgreSQL with NATS between the roles.
#[macro_export]
macro_rules! on_every_backend {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() -> anyhow::Result<()> {
                super::$test(Vec::new()).await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() -> anyhow::Result<()> {
                super::$test(testkit::postgres::environment().await).await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn jetstream() -> anyhow::Result<()> {
                let nats = testkit::nats::NatsServer::start();
                let mut environment = testkit::postgres::environment().await;
                environment.push(nats.variable());
                super::$test(environment).await
            }
        }
    )+};
}

/// The variables that name a server its databases; none for files in its directory.
pub type Environment = Vec<(String, String)>;
