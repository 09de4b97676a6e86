//! Builds views anew beside the running ones, telling how far it is.

use std::sync::Arc;

use contract::bidao::admin::v1 as pb;
use eventlog::LogTail;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::decide::{Action, Resource, decide};
use crate::{Api, ApiError, Caller};

pub(crate) type Answers = ReceiverStream<Result<pb::RebuildViewResponse, Status>>;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RebuildViewRequest,
) -> Result<Answers, ApiError> {
    decide(&caller, Action::RebuildView, &Resource::at(String::new()), api.now())?;
    let views = if body.view.is_empty() {
        api.views.positions().await.into_iter().map(|(name, ..)| name.into()).collect()
    } else {
        api.views.tables(&body.view).await?;
        vec![body.view]
    };
    let (answers, stream) = mpsc::channel(16);
    tokio::spawn(async move {
        for view in views {
            let answer = rebuild(&api, &view, body.check_only, &answers).await;
            let failed = answer.is_err();
            let sent =
                answers.send(answer.map_err(|error| error.into_status(Action::RebuildView))).await;
            if failed || sent.is_err() {
                return;
            }
        }
    });
    Ok(ReceiverStream::new(stream))
}

async fn rebuild(
    api: &Api,
    view: &str,
    check_only: bool,
    answers: &mpsc::Sender<Result<pb::RebuildViewResponse, Status>>,
) -> Result<pb::RebuildViewResponse, ApiError> {
    let head = api.commands.appender.head().clone();
    let mut feed = LogTail::new(Arc::clone(&api.commands.log), head.clone(), 0);
    let progress = |position| {
        let answer = pb::RebuildViewResponse {
            view: view.into(),
            position,
            head_position: head.position(),
            ..pb::RebuildViewResponse::default()
        };
        // A reader that is slower than the rebuild misses some progress, nothing else.
        if answers.try_send(Ok(answer)).is_err() {
            tracing::trace!("progress not shown");
        }
    };
    let rebuilt = api.views.rebuild(view, &mut feed, check_only, progress).await?;
    Ok(pb::RebuildViewResponse {
        view: rebuilt.view,
        position: rebuilt.position,
        head_position: head.position(),
        done: true,
        equal: rebuilt.equal,
        digest: rebuilt.digest,
    })
}
