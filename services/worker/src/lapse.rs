//! Dates → commands: an appointment, or a stand-in's turn, that ends by its own date is recorded as
//! ended, so that what the post holds can move (LOOP P1).

use commands::streams;
use domain::org::command::Lapse;
use domain::org::{OrgCommand, OrgVerb};
use domain::shared::actor::Actor;
use domain::shared::moment::Moment;
use eventlog::{ExecuteError, Origin, Request};
use views::ViewError;
use views::tenure::Tenure;

use crate::escalator::Escalator;

const BATCH: u32 = 256;

impl Escalator {
    /// Records what is over; returns how many ends were recorded.
    ///
    /// # Errors
    /// When the views cannot be read.
    pub async fn lapse_over(&self) -> Result<usize, ViewError> {
        let now = Moment(self.commands.clock.now_us());
        let (mut recorded, mut position) = (0, 0);
        for tenure in self.views.tenures_over(now, BATCH).await? {
            match self.lapse(&tenure).await {
                Ok(at) => (recorded, position) = (recorded + 1, position.max(at)),
                Err(error) => {
                    tracing::error!(%error, post = %tenure.post, "the end of an appointment was not recorded");
                }
            }
        }
        self.projected.wait_for(position).await;
        Ok(recorded)
    }

    async fn lapse(&self, tenure: &Tenure) -> Result<u64, ExecuteError<domain::org::OrgError>> {
        let facts = self.commands.facts(Actor::system(), None).await?;
        let Tenure { post, person, until } = *tenure;
        let command = |now| {
            let verb = OrgVerb::Lapse(Lapse { person, until });
            OrgCommand { given: facts.at(now), verb }
        };
        let done = self.commands.org.execute(post.0, &self.lapse_request(tenure), command).await?;
        Ok(done.receipt.position)
    }

    /// The same end is recorded once, on any node, on any day.
    fn lapse_request(&self, tenure: &Tenure) -> Request {
        let Tenure { post, person, until } = tenure;
        let id = streams::derived(&[
            "lapse",
            &post.to_string(),
            &person.to_string(),
            &until.0.to_string(),
        ]);
        Request {
            origin: Origin { correlation_id: post.0, ..self.origin() },
            request_id: id.to_string(),
            principal: "escalator".into(),
            ..Request::default()
        }
    }
}
