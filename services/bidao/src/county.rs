//! A small fictional county, made through the public API like any other.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use commands::streams;
use contract::bidao::common::v1::Rung;
use contract::bidao::org::v1 as org;
use contract::bidao::org::v1::org_service_client::OrgServiceClient;
use contract::bidao::policy::v1 as policy;
use contract::bidao::policy::v1::policy_service_client::PolicyServiceClient;
use tonic::Request;
use tonic::transport::Channel;

use crate::parts::Running;

pub const CALENDAR: &str = include_str!("../../../deploy/calendars/cn-2011-2026.toml");
pub const POLICY: &str = include_str!("../../../deploy/policies/county.toml");

/// Name, type and rung of each unit, by the name of the unit above it.
const UNITS: &[(&str, &str, &str, Rung)] = &[
    ("", "云溪县", "县", Rung::County),
    ("云溪县", "白塔镇", "镇", Rung::Township),
    ("云溪县", "松岗乡", "乡", Rung::Township),
    ("白塔镇", "桥头村", "村", Rung::Village),
    ("白塔镇", "柳湾村", "村", Rung::Village),
    ("松岗乡", "石门村", "村", Rung::Village),
    ("松岗乡", "茶园村", "村", Rung::Village),
    ("桥头村", "桥头一网格", "网格", Rung::Grid),
    ("柳湾村", "柳湾一网格", "网格", Rung::Grid),
    ("石门村", "石门一网格", "网格", Rung::Grid),
    ("茶园村", "茶园一网格", "网格", Rung::Grid),
    ("云溪县", "县水利局", "部门", Rung::Township),
    ("云溪县", "县民政局", "部门", Rung::Township),
    ("云溪县", "县纪委监委", "部门", Rung::Township),
];

/// Codes that the policy's catalogue names; the others are numbered.
const CODES: &[(&str, &str)] = &[("县水利局", "901"), ("县民政局", "902"), ("县纪委监委", "990")];

/// Who is rung in a unit of each rung, the chief first. The county's desk is staffed day and night.
const POSTS: &[(Rung, &[&str])] = &[
    (Rung::County, &["县总值班室"]),
    (Rung::Township, &["党委书记"]),
    (Rung::Village, &["党总支书记", "村委会副主任"]),
    (Rung::Grid, &["网格长"]),
];
const DEPARTMENT_POSTS: &[&str] = &["承办科长", "值班员"];

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
];
const GIVEN_NAMES: &[&str] = &["建国", "秀英", "志强", "桂兰", "国庆", "玉梅", "海峰", "晓东"];
const HOUSEHOLDS_PER_GRID: usize = 10;

/// Ids of what was made, by name.
#[derive(Clone, Debug, Default)]
pub struct County {
    pub units: BTreeMap<String, String>,
    /// `桥头村/党总支书记` → post id.
    pub posts: BTreeMap<String, String>,
    /// Grid → devices.
    pub devices: BTreeMap<String, Vec<String>>,
}

impl County {
    /// Some device.
    pub fn device(&self) -> &str {
        self.devices.values().flatten().next().map_or("", String::as_str)
    }

    /// Some village's secretary.
    pub fn secretary(&self) -> &str {
        self.posts.get("桥头村/党总支书记").map_or("", String::as_str)
    }
}

/// Adds who asks to a request, as a trusted proxy would.
pub fn asked_by<T>(message: T, roles: &'static str, post: Option<&str>) -> Result<Request<T>> {
    let mut request = Request::new(message);
    let metadata = request.metadata_mut();
    metadata.insert("x-bidao-principal", format!("{roles}@demo").parse()?);
    metadata.insert("x-bidao-roles", roles.parse()?);
    metadata.insert("x-bidao-area", "*".parse()?);
    if let Some(post) = post {
        metadata.insert("x-bidao-post", post.parse()?);
    }
    Ok(request)
}

pub async fn connect(address: SocketAddr) -> Result<Channel> {
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}"))?;
    endpoint.connect().await.with_context(|| format!("no server answers at {address}"))
}

/// Makes the small county unless the log has it; either way says what there is.
pub async fn ensure_small(address: SocketAddr, running: &Running) -> Result<County> {
    let channel = connect(address).await?;
    Builder {
        org: OrgServiceClient::new(channel.clone()),
        policy: PolicyServiceClient::new(channel),
        county6: running.commands.county6.clone(),
        made: County::default(),
    }
    .build()
    .await
}

struct Builder {
    org: OrgServiceClient<Channel>,
    policy: PolicyServiceClient<Channel>,
    county6: String,
    made: County,
}

impl Builder {
    /// Every request id is derived from the name of what it makes: done again, it answers the same.
    fn request_id(&self, what: &str) -> String {
        streams::derived(&["small county", &self.county6, what]).to_string()
    }

    async fn build(mut self) -> Result<County> {
        let calendar = policy::PublishCalendarRequest {
            request_id: self.request_id("calendar"),
            document: CALENDAR.into(),
        };
        self.policy.publish_calendar(asked_by(calendar, "operator", None)?).await?;
        let document = policy::PublishPolicyRequest {
            request_id: self.request_id("policy"),
            document: POLICY.into(),
        };
        self.policy.publish_policy(asked_by(document, "operator", None)?).await?;
        for (number, (above, name, kind, rung)) in UNITS.iter().enumerate() {
            self.unit(number, above, name, kind, *rung).await?;
        }
        Ok(self.made)
    }

    async fn unit(
        &mut self,
        number: usize,
        above: &str,
        name: &str,
        kind: &str,
        rung: Rung,
    ) -> Result<()> {
        let request = org::AddUnitRequest {
            request_id: self.request_id(name),
            parent_id: self.made.units.get(above).cloned().unwrap_or_default(),
            name: name.into(),
            kind: kind.into(),
            rung: rung.into(),
            code: match CODES.iter().find(|(of, _)| *of == name) {
                Some((_, code)) => format!("{}{code}", self.county6),
                None => format!("{}{number:03}", self.county6),
            },
        };
        let unit =
            self.org.add_unit(asked_by(request, "operator", None)?).await?.into_inner().unit_id;
        self.made.units.insert(name.into(), unit.clone());
        let by_rung =
            POSTS.iter().find(|(of, _)| *of == rung).map_or(&[][..], |(_, titles)| titles);
        let titles = if kind == "部门" { DEPARTMENT_POSTS } else { by_rung };
        let mut post_ids = Vec::new();
        for (place, title) in titles.iter().enumerate() {
            post_ids.push(self.post(name, &unit, title, number * 3 + place).await?);
        }
        let roster = org::SetRosterRequest {
            request_id: self.request_id(&format!("{name} roster")),
            unit_id: unit.clone(),
            post_ids,
            ..org::SetRosterRequest::default()
        };
        self.org.set_roster(asked_by(roster, "operator", None)?).await?;
        if rung == Rung::Grid {
            for home in 0..HOUSEHOLDS_PER_GRID {
                self.household(name, &unit, home).await?;
            }
        }
        Ok(())
    }

    async fn post(
        &mut self,
        unit_name: &str,
        unit: &str,
        title: &str,
        number: usize,
    ) -> Result<String> {
        let key = format!("{unit_name}/{title}");
        let post = org::CreatePostRequest {
            request_id: self.request_id(&key),
            unit_id: unit.into(),
            title: title.into(),
        };
        let post_id =
            self.org.create_post(asked_by(post, "operator", None)?).await?.into_inner().post_id;
        let surname = SURNAMES.get(number % SURNAMES.len()).copied().unwrap_or_default();
        let given = GIVEN_NAMES.get(number % GIVEN_NAMES.len()).copied().unwrap_or_default();
        let person = org::RegisterPersonRequest {
            request_id: self.request_id(&format!("{key} person")),
            name: format!("{surname}{given}"),
        };
        let person_id = self
            .org
            .register_person(asked_by(person, "operator", None)?)
            .await?
            .into_inner()
            .person_id;
        let appointment = org::AppointRequest {
            request_id: self.request_id(&format!("{key} appointment")),
            post_id: post_id.clone(),
            person_id,
            ..org::AppointRequest::default()
        };
        self.org.appoint(asked_by(appointment, "operator", None)?).await?;
        self.made.posts.insert(key, post_id.clone());
        Ok(post_id)
    }

    async fn household(&mut self, grid: &str, unit: &str, home: usize) -> Result<()> {
        let key = format!("{grid} household {home}");
        let household = org::RegisterHouseholdRequest {
            request_id: self.request_id(&key),
            unit_id: unit.into(),
            address: format!("{grid}{}号", home + 1),
        };
        let household_id = self
            .org
            .register_household(asked_by(household, "operator", None)?)
            .await?
            .into_inner()
            .household_id;
        let device = org::RegisterDeviceRequest {
            request_id: self.request_id(&format!("{key} device")),
            household_id,
        };
        let device_id = self
            .org
            .register_device(asked_by(device, "operator", None)?)
            .await?
            .into_inner()
            .device_id;
        self.made.devices.entry(grid.into()).or_default().push(device_id);
        Ok(())
    }
}
