//! Issues as consoles read them: one line per RPC, one file per RPC.

mod get_issue;
mod list_board;
mod list_work;
mod rows;

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
}
