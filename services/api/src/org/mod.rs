//! The organisation: one line per RPC, one file per RPC.

mod add_unit;
mod appoint;
mod batch;
mod batch_add_units;
mod batch_create_posts;
mod batch_register_devices;
mod batch_register_households;
mod batch_register_persons;
mod coverage;
mod create_post;
mod delegate;
mod end_appointment;
mod get_coverage_report;
mod get_profile;
mod get_tree;
mod grant_waiver;
mod list_overloads;
mod list_vacancies;
mod merge_units;
mod move_unit;
mod publish_profile;
mod record;
mod register_device;
mod register_household;
mod register_person;
mod rename_unit;
mod set_roster;

use contract::bidao::org::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::org_service_server::OrgService for Api {
    async fn add_unit(&self, r: Request<pb::AddUnitRequest>) -> Reply<pb::AddUnitResponse> {
        self.serve(Action::AddUnit, r, add_unit::run).await
    }

    async fn set_roster(&self, r: Request<pb::SetRosterRequest>) -> Reply<pb::SetRosterResponse> {
        self.serve(Action::SetRoster, r, set_roster::run).await
    }

    async fn create_post(
        &self,
        r: Request<pb::CreatePostRequest>,
    ) -> Reply<pb::CreatePostResponse> {
        self.serve(Action::CreatePost, r, create_post::run).await
    }

    async fn register_person(
        &self,
        r: Request<pb::RegisterPersonRequest>,
    ) -> Reply<pb::RegisterPersonResponse> {
        self.serve(Action::RegisterPerson, r, register_person::run).await
    }

    async fn appoint(&self, r: Request<pb::AppointRequest>) -> Reply<pb::AppointResponse> {
        self.serve(Action::Appoint, r, appoint::run).await
    }

    async fn end_appointment(
        &self,
        r: Request<pb::EndAppointmentRequest>,
    ) -> Reply<pb::EndAppointmentResponse> {
        self.serve(Action::EndAppointment, r, end_appointment::run).await
    }

    async fn register_household(
        &self,
        r: Request<pb::RegisterHouseholdRequest>,
    ) -> Reply<pb::RegisterHouseholdResponse> {
        self.serve(Action::RegisterHousehold, r, register_household::run).await
    }

    async fn register_device(
        &self,
        r: Request<pb::RegisterDeviceRequest>,
    ) -> Reply<pb::RegisterDeviceResponse> {
        self.serve(Action::RegisterDevice, r, register_device::run).await
    }

    async fn get_tree(&self, r: Request<pb::GetTreeRequest>) -> Reply<pb::GetTreeResponse> {
        self.serve(Action::GetTree, r, get_tree::run).await
    }

    async fn batch_add_units(
        &self,
        r: Request<pb::BatchAddUnitsRequest>,
    ) -> Reply<pb::BatchAddUnitsResponse> {
        self.serve(Action::BatchAddUnits, r, batch_add_units::run).await
    }

    async fn batch_create_posts(
        &self,
        r: Request<pb::BatchCreatePostsRequest>,
    ) -> Reply<pb::BatchCreatePostsResponse> {
        self.serve(Action::BatchCreatePosts, r, batch_create_posts::run).await
    }

    async fn batch_register_devices(
        &self,
        r: Request<pb::BatchRegisterDevicesRequest>,
    ) -> Reply<pb::BatchRegisterDevicesResponse> {
        self.serve(Action::BatchRegisterDevices, r, batch_register_devices::run).await
    }

    async fn batch_register_households(
        &self,
        r: Request<pb::BatchRegisterHouseholdsRequest>,
    ) -> Reply<pb::BatchRegisterHouseholdsResponse> {
        self.serve(Action::BatchRegisterHouseholds, r, batch_register_households::run).await
    }

    async fn batch_register_persons(
        &self,
        r: Request<pb::BatchRegisterPersonsRequest>,
    ) -> Reply<pb::BatchRegisterPersonsResponse> {
        self.serve(Action::BatchRegisterPersons, r, batch_register_persons::run).await
    }

    async fn delegate(&self, r: Request<pb::DelegateRequest>) -> Reply<pb::DelegateResponse> {
        self.serve(Action::Delegate, r, delegate::run).await
    }

    async fn get_coverage_report(
        &self,
        r: Request<pb::GetCoverageReportRequest>,
    ) -> Reply<pb::GetCoverageReportResponse> {
        self.serve(Action::GetCoverageReport, r, get_coverage_report::run).await
    }

    async fn get_profile(
        &self,
        r: Request<pb::GetProfileRequest>,
    ) -> Reply<pb::GetProfileResponse> {
        self.serve(Action::GetProfile, r, get_profile::run).await
    }

    async fn grant_waiver(
        &self,
        r: Request<pb::GrantWaiverRequest>,
    ) -> Reply<pb::GrantWaiverResponse> {
        self.serve(Action::GrantWaiver, r, grant_waiver::run).await
    }

    async fn list_overloads(
        &self,
        r: Request<pb::ListOverloadsRequest>,
    ) -> Reply<pb::ListOverloadsResponse> {
        self.serve(Action::ListOverloads, r, list_overloads::run).await
    }

    async fn list_vacancies(
        &self,
        r: Request<pb::ListVacanciesRequest>,
    ) -> Reply<pb::ListVacanciesResponse> {
        self.serve(Action::ListVacancies, r, list_vacancies::run).await
    }

    async fn merge_units(
        &self,
        r: Request<pb::MergeUnitsRequest>,
    ) -> Reply<pb::MergeUnitsResponse> {
        self.serve(Action::MergeUnits, r, merge_units::run).await
    }

    async fn move_unit(&self, r: Request<pb::MoveUnitRequest>) -> Reply<pb::MoveUnitResponse> {
        self.serve(Action::MoveUnit, r, move_unit::run).await
    }

    async fn publish_profile(
        &self,
        r: Request<pb::PublishProfileRequest>,
    ) -> Reply<pb::PublishProfileResponse> {
        self.serve(Action::PublishProfile, r, publish_profile::run).await
    }

    async fn rename_unit(
        &self,
        r: Request<pb::RenameUnitRequest>,
    ) -> Reply<pb::RenameUnitResponse> {
        self.serve(Action::RenameUnit, r, rename_unit::run).await
    }
}
