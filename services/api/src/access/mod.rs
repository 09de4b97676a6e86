//! Who may get in, and as what: one line per RPC, one file per RPC.

mod bootstrap;
mod grant_role;
mod invite;
mod issue_key;
mod list_access_changes;
mod list_principals;
pub(crate) mod log_in;
mod log_out;
mod record;
mod register_principal;
mod retire_principal;
mod revoke_key;
mod revoke_role;
mod revoke_tokens;
pub(crate) mod set_password;
mod who_am_i;

use contract::bidao::access::v1 as pb;
use tonic::Request;

use crate::decide::Action;
use crate::{Api, Reply};

#[tonic::async_trait]
impl pb::access_service_server::AccessService for Api {
    async fn log_in(&self, r: Request<pb::LogInRequest>) -> Reply<pb::LogInResponse> {
        self.serve_anybody(Action::LogIn, r, log_in::run).await
    }

    async fn set_password(
        &self,
        r: Request<pb::SetPasswordRequest>,
    ) -> Reply<pb::SetPasswordResponse> {
        self.serve_anybody(Action::SetPassword, r, set_password::run).await
    }

    async fn log_out(&self, r: Request<pb::LogOutRequest>) -> Reply<pb::LogOutResponse> {
        self.serve(Action::LogOut, r, log_out::run).await
    }

    async fn who_am_i(&self, r: Request<pb::WhoAmIRequest>) -> Reply<pb::WhoAmIResponse> {
        self.serve(Action::WhoAmI, r, who_am_i::run).await
    }

    async fn register_principal(
        &self,
        r: Request<pb::RegisterPrincipalRequest>,
    ) -> Reply<pb::RegisterPrincipalResponse> {
        self.serve(Action::RegisterPrincipal, r, register_principal::run).await
    }

    async fn retire_principal(
        &self,
        r: Request<pb::RetirePrincipalRequest>,
    ) -> Reply<pb::RetirePrincipalResponse> {
        self.serve(Action::RetirePrincipal, r, retire_principal::run).await
    }

    async fn grant_role(&self, r: Request<pb::GrantRoleRequest>) -> Reply<pb::GrantRoleResponse> {
        self.serve(Action::GrantRole, r, grant_role::run).await
    }

    async fn revoke_role(
        &self,
        r: Request<pb::RevokeRoleRequest>,
    ) -> Reply<pb::RevokeRoleResponse> {
        self.serve(Action::RevokeRole, r, revoke_role::run).await
    }

    async fn issue_key(&self, r: Request<pb::IssueKeyRequest>) -> Reply<pb::IssueKeyResponse> {
        self.serve(Action::IssueKey, r, issue_key::run).await
    }

    async fn revoke_key(&self, r: Request<pb::RevokeKeyRequest>) -> Reply<pb::RevokeKeyResponse> {
        self.serve(Action::RevokeKey, r, revoke_key::run).await
    }

    async fn invite(&self, r: Request<pb::InviteRequest>) -> Reply<pb::InviteResponse> {
        self.serve(Action::Invite, r, invite::run).await
    }

    async fn revoke_tokens(
        &self,
        r: Request<pb::RevokeTokensRequest>,
    ) -> Reply<pb::RevokeTokensResponse> {
        self.serve(Action::RevokeTokens, r, revoke_tokens::run).await
    }

    async fn list_principals(
        &self,
        r: Request<pb::ListPrincipalsRequest>,
    ) -> Reply<pb::ListPrincipalsResponse> {
        self.serve(Action::ListPrincipals, r, list_principals::run).await
    }

    async fn list_access_changes(
        &self,
        r: Request<pb::ListAccessChangesRequest>,
    ) -> Reply<pb::ListAccessChangesResponse> {
        self.serve(Action::ListAccessChanges, r, list_access_changes::run).await
    }
}
