//! One port: gRPC, gRPC-Web, health, reflection, and the probes of whoever runs it.

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use axum::serve::ListenerExt;
use contract::bidao;
use runtime::shutdown::Shutdown;
use tokio::net::TcpListener;
use tonic::service::{Routes, RoutesBuilder};
use tonic_web::GrpcWebLayer;

use crate::tls::{Tls, TlsListener};
use crate::{Api, connections, deadline, edge, pictures, sign_in, tls};

/// A request above this is a mistake or an attack: text is ≤ 10,000 characters, a matter has five.
pub(crate) const MESSAGE_BYTES_MAX: usize = 1 << 20;

const NAMES: [&str; 14] = [
    "bidao.access.v1.AccessService",
    "bidao.call.v1.CallService",
    "bidao.intake.v1.IntakeService",
    "bidao.dispatch.v1.DispatchService",
    "bidao.resolution.v1.ResolutionService",
    "bidao.rating.v1.RatingService",
    "bidao.escalation.v1.EscalationService",
    "bidao.issue.v1.IssueService",
    "bidao.dashboard.v1.DashboardService",
    "bidao.report.v1.ReportService",
    "bidao.org.v1.OrgService",
    "bidao.policy.v1.PolicyService",
    "bidao.privacy.v1.PrivacyService",
    "bidao.admin.v1.AdminService",
];

macro_rules! limited {
    ($server:ident of $module:path, $api:expr) => {{
        use $module as module;
        module::$server::new($api.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX)
    }};
}

/// Serves until asked to stop; then health says so, and what is under way is finished. Without `by_tls` in clear:
/// for a proxy on this machine.
///
/// # Errors
/// When the descriptors do not load, or the listener fails.
pub async fn serve(
    api: Api,
    listener: TcpListener,
    by_tls: Option<&Tls>,
    shutdown: Shutdown,
) -> Result<(), String> {
    let (health, health_service) = tonic_health::server::health_reporter();
    for name in NAMES {
        health.set_service_status(name, tonic_health::ServingStatus::Serving).await;
    }
    let mut routes = Routes::builder();
    routes.add_service(health_service);
    add_reflection(&mut routes)?;
    add_services(&mut routes, &api);
    let app = routes
        .routes()
        .into_axum_router()
        .layer(from_fn(edge::explain))
        .layer(GrpcWebLayer::new())
        .layer(from_fn(deadline::within))
        .merge(Router::new().route("/healthz", get(|| async { "ok\n" })))
        .merge(pictures::routes(api.clone()))
        .merge(sign_in::routes(api).layer(from_fn(deadline::whole)))
        .layer(from_fn(tls::state_peer));
    let drained = async move {
        shutdown.requested().await;
        // The empty name is the server as a whole, which is what most probes ask for.
        for name in NAMES.into_iter().chain([""]) {
            health.set_service_status(name, tonic_health::ServingStatus::NotServing).await;
        }
    };
    if let Some(tls) = by_tls {
        connections::serve(TlsListener::start(listener, tls), app, drained).await;
    } else {
        // An answer is one small packet: kept back for the next (Nagle), it would wait 40 ms for it.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps its small packets back");
            }
        });
        connections::serve(listener, app, drained).await;
    }
    Ok(())
}

fn add_reflection(routes: &mut RoutesBuilder) -> Result<(), String> {
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(contract::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let new = builder().build_v1().map_err(|error| error.to_string())?;
    let old = builder().build_v1alpha().map_err(|error| error.to_string())?;
    routes.add_service(new).add_service(old);
    Ok(())
}

fn add_services(routes: &mut RoutesBuilder, api: &Api) {
    routes
        .add_service(limited!(AccessServiceServer of bidao::access::v1::access_service_server, api))
        .add_service(limited!(CallServiceServer of bidao::call::v1::call_service_server, api))
        .add_service(limited!(IntakeServiceServer of bidao::intake::v1::intake_service_server, api))
        .add_service(limited!(DispatchServiceServer of bidao::dispatch::v1::dispatch_service_server, api))
        .add_service(limited!(ResolutionServiceServer of bidao::resolution::v1::resolution_service_server, api))
        .add_service(limited!(RatingServiceServer of bidao::rating::v1::rating_service_server, api))
        .add_service(limited!(EscalationServiceServer of bidao::escalation::v1::escalation_service_server, api))
        .add_service(limited!(IssueServiceServer of bidao::issue::v1::issue_service_server, api))
        .add_service(limited!(DashboardServiceServer of bidao::dashboard::v1::dashboard_service_server, api))
        .add_service(limited!(ReportServiceServer of bidao::report::v1::report_service_server, api))
        .add_service(limited!(OrgServiceServer of bidao::org::v1::org_service_server, api))
        .add_service(limited!(PolicyServiceServer of bidao::policy::v1::policy_service_server, api))
        .add_service(limited!(PrivacyServiceServer of bidao::privacy::v1::privacy_service_server, api))
        .add_service(limited!(AdminServiceServer of bidao::admin::v1::admin_service_server, api));
}
