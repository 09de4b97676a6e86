//! The organisation: one line per RPC, one file per RPC.

mod add_unit;
mod appoint;
mod create_post;
mod end_appointment;
mod get_tree;
mod record;
mod register_device;
mod register_household;
mod register_person;
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
}
