//! Figures: one line per RPC, one file per RPC.

mod get_dashboard;
mod list_due_timers;
mod list_unit_figures;
mod list_workload;
mod watch_dashboard;

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

    async fn list_unit_figures(
        &self,
        r: Request<pb::ListUnitFiguresRequest>,
    ) -> Reply<pb::ListUnitFiguresResponse> {
        self.serve(Action::ListUnitFigures, r, list_unit_figures::run).await
    }

    async fn list_workload(
        &self,
        r: Request<pb::ListWorkloadRequest>,
    ) -> Reply<pb::ListWorkloadResponse> {
        self.serve(Action::ListWorkload, r, list_workload::run).await
    }

    type WatchDashboardStream = watch_dashboard::Answers;

    async fn watch_dashboard(
        &self,
        r: Request<pb::WatchDashboardRequest>,
    ) -> Reply<watch_dashboard::Answers> {
        self.serve(Action::WatchDashboard, r, watch_dashboard::run).await
    }
}
