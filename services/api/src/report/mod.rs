//! Monthly reports: one line per RPC, one file per RPC.

mod close_month;
mod list_month_reports;

use contract::bidao::report::v1 as pb;
use domain::shared::matter::Track;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

/// What a month counts: all but accusations, which are in nobody's figures (LOOP A1).
const TRACKS: [Track; 2] = [Track::Service, Track::Petition];

#[tonic::async_trait]
impl pb::report_service_server::ReportService for Api {
    async fn close_month(
        &self,
        r: Request<pb::CloseMonthRequest>,
    ) -> Reply<pb::CloseMonthResponse> {
        self.serve(Action::CloseMonth, r, close_month::run).await
    }

    async fn list_month_reports(
        &self,
        r: Request<pb::ListMonthReportsRequest>,
    ) -> Reply<pb::ListMonthReportsResponse> {
        self.serve(Action::ListMonthReports, r, list_month_reports::run).await
    }
}
