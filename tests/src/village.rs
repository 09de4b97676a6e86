//! A village of the small county with a device of its own, and the verbs of the main road.

use anyhow::{Context, Result};
use contract::bidao::admin::v1 as admin;
use contract::bidao::admin::v1::admin_service_client::AdminServiceClient;
use contract::bidao::call::v1 as call;
use contract::bidao::call::v1::call_service_client::CallServiceClient;
use contract::bidao::call::v1::record_disposition_request::Disposition;
use contract::bidao::common::v1::{Matter, Nature, Rung, Thumb};
use contract::bidao::dispatch::v1 as dispatch;
use contract::bidao::dispatch::v1::dispatch_service_client::DispatchServiceClient;
use contract::bidao::issue::v1 as issue;
use contract::bidao::issue::v1::issue_service_client::IssueServiceClient;
use contract::bidao::org::v1 as org;
use contract::bidao::org::v1::org_service_client::OrgServiceClient;
use contract::bidao::resolution::v1 as resolution;
use contract::bidao::resolution::v1::resolution_service_client::ResolutionServiceClient;
use tonic::transport::Channel;

use crate::server::asked;

pub struct Village {
    pub channel: Channel,
    pub grid: String,
    pub village: String,
    pub grid_chief: String,
    pub secretary: String,
    pub device: String,
}

impl Village {
    /// The village named, with a new household and device in its grid.
    pub async fn settle(channel: Channel, name: &str) -> Result<Self> {
        let mut orgs = OrgServiceClient::new(channel.clone());
        // The county was made a moment ago, perhaps by another process than the one that shows it.
        let status = asked(admin::GetStatusRequest {}, "operator", None)?;
        let status =
            AdminServiceClient::new(channel.clone()).get_status(status).await?.into_inner();
        let whole = org::GetTreeRequest {
            min_position: status.head_position,
            ..org::GetTreeRequest::default()
        };
        let tree = orgs.get_tree(asked(whole, "operator", None)?).await?.into_inner();
        let village =
            tree.units.iter().find(|unit| unit.name == name).context("no such village")?;
        let in_village =
            |unit: &&org::Unit| unit.parent_id == village.id && unit.rung == i32::from(Rung::Grid);
        let grid = tree.units.iter().find(in_village).context("no grid")?;
        let chief = |unit: &org::Unit| {
            unit.roster.first().map(|holder| holder.post_id.clone()).context("no post")
        };
        let household = org::RegisterHouseholdRequest {
            unit_id: grid.id.clone(),
            address: "一号".into(),
            ..org::RegisterHouseholdRequest::default()
        };
        let household_id = orgs
            .register_household(asked(household, "operator", None)?)
            .await?
            .into_inner()
            .household_id;
        let device =
            org::RegisterDeviceRequest { household_id, ..org::RegisterDeviceRequest::default() };
        let device =
            orgs.register_device(asked(device, "operator", None)?).await?.into_inner().device_id;
        Ok(Self {
            grid_chief: chief(grid)?,
            secretary: chief(village)?,
            grid: grid.id.clone(),
            village: village.id.clone(),
            device,
            channel,
        })
    }

    pub fn calls(&self) -> CallServiceClient<Channel> {
        CallServiceClient::new(self.channel.clone())
    }

    pub fn issues(&self) -> IssueServiceClient<Channel> {
        IssueServiceClient::new(self.channel.clone())
    }

    pub fn work(&self) -> ResolutionServiceClient<Channel> {
        ResolutionServiceClient::new(self.channel.clone())
    }

    pub async fn press(&self) -> Result<String> {
        let press =
            call::PressRequest { device_id: self.device.clone(), ..call::PressRequest::default() };
        Ok(self.calls().press(asked(press, "hotline", None)?).await?.into_inner().call_id)
    }

    /// Pressed, answered by the grid chief, registered; returns the issue.
    pub async fn register_by_call(&self) -> Result<String> {
        let call_id = self.press().await?;
        self.answer_and_register(call_id).await
    }

    /// Answered by the grid chief, registered; returns the issue.
    pub async fn answer_and_register(&self, call_id: String) -> Result<String> {
        let answer =
            call::AnswerRequest { call_id: call_id.clone(), ..call::AnswerRequest::default() };
        self.calls().answer(asked(answer, "handler", Some(&self.grid_chief))?).await?;
        let matter = Matter {
            nature: Nature::Help.into(),
            category: "住房".into(),
            title: "屋顶漏雨".into(),
            narrative: "堂屋漏水,老人一个人在家".into(),
            ..Matter::default()
        };
        let record = call::RecordDispositionRequest {
            call_id,
            disposition: Some(Disposition::Registered(call::Registered {
                matters: vec![matter],
                ..call::Registered::default()
            })),
            ..call::RecordDispositionRequest::default()
        };
        let answer =
            self.calls().record_disposition(asked(record, "hotline", None)?).await?.into_inner();
        answer.issue_ids.into_iter().next().context("no issue")
    }

    pub async fn issue(&self, issue_id: &str) -> Result<issue::Issue> {
        let get = issue::GetIssueRequest {
            issue_id: issue_id.into(),
            ..issue::GetIssueRequest::default()
        };
        let answer = self.issues().get_issue(asked(get, "leader", None)?).await?.into_inner();
        answer.issue.context("an answer without its issue")
    }

    pub async fn stage(&self, issue_id: &str) -> Result<String> {
        Ok(self.issue(issue_id).await?.row.context("no row")?.stage)
    }

    /// Accepted, visited, completed, notified by the secretary.
    pub async fn solve(&self, issue_id: &str) -> Result<()> {
        let id = || issue_id.to_owned();
        let by = Some(self.secretary.as_str());
        let accept =
            dispatch::AcceptRequest { issue_id: id(), ..dispatch::AcceptRequest::default() };
        DispatchServiceClient::new(self.channel.clone())
            .accept(asked(accept, "handler", by)?)
            .await?;
        let outcome = resolution::ArrivalOutcome::Met.into();
        let arrive = resolution::ArriveRequest {
            issue_id: id(),
            outcome,
            ..resolution::ArriveRequest::default()
        };
        self.work().arrive(asked(arrive, "handler", by)?).await?;
        let summary = "换了三片瓦".into();
        let complete = resolution::CompleteRequest {
            issue_id: id(),
            summary,
            ..resolution::CompleteRequest::default()
        };
        self.work().complete(asked(complete, "handler", by)?).await?;
        let channel = resolution::NoticeChannel::Visit.into();
        let notify = resolution::NotifyRequest {
            issue_id: id(),
            channel,
            ..resolution::NotifyRequest::default()
        };
        let receipt = self.work().notify(asked(notify, "handler", by)?).await?.into_inner().receipt;
        self.caught_up(receipt.context("no receipt")?.position).await
    }

    pub async fn thumb(&self, thumb: Thumb) -> Result<()> {
        let press = call::PressThumbRequest {
            device_id: self.device.clone(),
            thumb: thumb.into(),
            ..call::PressThumbRequest::default()
        };
        let receipt =
            self.calls().press_thumb(asked(press, "hotline", None)?).await?.into_inner().receipt;
        self.caught_up(receipt.context("no receipt")?.position).await
    }

    /// Waits until the views know this position.
    pub async fn caught_up(&self, min_position: u64) -> Result<()> {
        let list = issue::ListBoardRequest { min_position, ..issue::ListBoardRequest::default() };
        self.issues().list_board(asked(list, "leader", None)?).await?;
        Ok(())
    }

    pub async fn open_board(&self) -> Result<Vec<issue::IssueRow>> {
        let list =
            issue::ListBoardRequest { page_size: 1_000, ..issue::ListBoardRequest::default() };
        Ok(self.issues().list_board(asked(list, "leader", None)?).await?.into_inner().issues)
    }
}
