//! Issues as consoles read them: one line per RPC, one file per RPC.

mod get_issue;
mod list_board;
mod list_work;
mod rows;
mod watch_board;
mod watch_issue;

use contract::bidao::issue::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::issue_service_server::IssueService for Api {
    async fn get_issue(&self, r: Request<pb::GetIssueRequest>) -> Reply<pb::GetIssueResponse> {
        self.serve(Action::GetIssue, r, get_issue::run).await
    }

    async fn list_board(&self, r: Request<pb::ListBoardRequest>) -> Reply<pb::ListBoardResponse> {
        self.serve(Action::ListBoard, r, list_board::run).await
    }

    async fn list_work(&self, r: Request<pb::ListWorkRequest>) -> Reply<pb::ListWorkResponse> {
        self.serve(Action::ListWork, r, list_work::run).await
    }

    type WatchBoardStream = watch_board::Answers;

    async fn watch_board(&self, r: Request<pb::WatchBoardRequest>) -> Reply<watch_board::Answers> {
        self.serve(Action::WatchBoard, r, watch_board::run).await
    }

    type WatchIssueStream = watch_issue::Answers;

    async fn watch_issue(&self, r: Request<pb::WatchIssueRequest>) -> Reply<watch_issue::Answers> {
        self.serve(Action::WatchIssue, r, watch_issue::run).await
    }
}
