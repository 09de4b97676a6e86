//! Figures: one line per RPC, one file per RPC.

mod get_dashboard;
mod list_due_timers;

use contract::bidao::dashboard::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::dashboard_service_server::DashboardService for Api {
    async fn get_dashboard(
        &self,
        r: Request<pb::GetDashboardRequest>,
    ) -> Reply<pb::GetDashboardResponse> {
        self.serve(Action::GetDashboard, r, get_dashboard::run).await
    }

    async fn list_due_timers(
        &self,
        r: Request<pb::ListDueTimersRequest>,
    ) -> Reply<pb::ListDueTimersResponse> {
        self.serve(Action::ListDueTimers, r, list_due_timers::run).await
    }
}
