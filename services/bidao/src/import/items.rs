//! Rows to items of a batch, one request per kind of file.

use anyhow::Result;
use commands::streams;
use contract::bidao::common::v1::Rung;
use contract::bidao::org::v1 as pb;
use contract::bidao::org::v1::org_service_client::OrgServiceClient;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use prost::Message;
use prost_types::Timestamp;
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::columns::{self, Column, Field, Header};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Records {
    /// 编码, 上级编码, 名称, 类型, \[层级\]
    Units,
    /// 人员编号, 姓名
    Persons,
    /// 单位编码, 岗位, \[序号\], \[人员编号\], \[任职开始\], \[任职结束\], \[值班\]
    Posts,
    /// 户编码, 网格编码, \[地址\]
    Households,
    /// 设备编号, 户编码
    Devices,
}

/// An item of any kind.
#[derive(Clone, Debug)]
pub enum Item {
    Unit(pb::UnitItem),
    Person(pb::PersonItem),
    Post(pb::PostItem),
    Household(pb::HouseholdItem),
    Device(pb::DeviceItem),
}

impl Item {
    /// What tells this item from others, and its contents.
    pub fn identity(&self) -> (&str, Vec<u8>) {
        match self {
            Self::Unit(item) => (&item.request_id, item.encode_to_vec()),
            Self::Person(item) => (&item.request_id, item.encode_to_vec()),
            Self::Post(item) => (&item.request_id, item.encode_to_vec()),
            Self::Household(item) => (&item.request_id, item.encode_to_vec()),
            Self::Device(item) => (&item.request_id, item.encode_to_vec()),
        }
    }
}

impl Records {
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Units => columns::UNITS,
            Self::Persons => columns::PERSONS,
            Self::Posts => columns::POSTS,
            Self::Households => columns::HOUSEHOLDS,
            Self::Devices => columns::DEVICES,
        }
    }

    /// The item of a row; the Chinese reason when a field cannot be read. Its request id follows from
    /// its code, so that the same file again changes nothing.
    pub fn item(self, header: &Header, fields: &[String]) -> Result<Item, String> {
        let get = |field| header.get(fields, field).to_owned();
        let code = get(Field::Code);
        if code.is_empty() && self != Self::Posts {
            return Err("编码不能为空".into());
        }
        let request_id =
            |kind: &str, key: &str| streams::derived(&["import", kind, key]).to_string();
        Ok(match self {
            Self::Units => Item::Unit(pb::UnitItem {
                request_id: request_id("unit", &code),
                parent_code: get(Field::ParentCode),
                name: get(Field::Name),
                kind: get(Field::Kind),
                rung: rung(&get(Field::Rung))?.into(),
                code,
                ..pb::UnitItem::default()
            }),
            Self::Persons => Item::Person(pb::PersonItem {
                request_id: request_id("person", &code),
                name: get(Field::Name),
                code,
                ..pb::PersonItem::default()
            }),
            // A post may get another person by another import, so its whole row is its key.
            Self::Posts => Item::Post(pb::PostItem {
                request_id: request_id("post", &fields.join("\u{1f}")),
                unit_code: get(Field::UnitCode),
                title: get(Field::Title),
                number: number(&get(Field::Number))?,
                person_code: get(Field::PersonCode),
                from: day("任职开始", &get(Field::From))?,
                until: day("任职结束", &get(Field::Until))?,
                on_roster: flag(&get(Field::OnRoster))?,
                ..pb::PostItem::default()
            }),
            Self::Households => Item::Household(pb::HouseholdItem {
                request_id: request_id("household", &code),
                unit_code: get(Field::UnitCode),
                address: get(Field::Address),
                code,
                ..pb::HouseholdItem::default()
            }),
            Self::Devices => Item::Device(pb::DeviceItem {
                request_id: request_id("device", &code),
                household_code: get(Field::HouseholdCode),
                code,
                ..pb::DeviceItem::default()
            }),
        })
    }
}

fn rung(text: &str) -> Result<Rung, String> {
    match text {
        "" => Ok(Rung::Unspecified),
        "网格" | "grid" => Ok(Rung::Grid),
        "村" | "village" => Ok(Rung::Village),
        "乡镇" | "township" => Ok(Rung::Township),
        "县" | "county" => Ok(Rung::County),
        other => Err(format!("层级“{other}”应为 县、乡镇、村、网格 之一")),
    }
}

fn number(text: &str) -> Result<u32, String> {
    if text.is_empty() {
        return Ok(0);
    }
    text.parse().map_err(|_| format!("序号“{text}”应为整数"))
}

fn flag(text: &str) -> Result<bool, String> {
    match text {
        "" | "是" => Ok(true),
        "否" => Ok(false),
        other => Err(format!("值班“{other}”应为 是 或 否")),
    }
}

/// A day begins at 00:00 in the county.
fn day(column: &str, text: &str) -> Result<Option<Timestamp>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let written = text.replace(['/', '.'], "-");
    let read = written.parse::<DateTime>().ok();
    let read = read.or_else(|| written.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)));
    let beijing = TimeZone::fixed(Offset::constant(8));
    let moment = read.and_then(|read| read.to_zoned(beijing).ok());
    let Some(moment) = moment else {
        return Err(format!("{column}“{text}”应为日期,如 2026-03-01"));
    };
    Ok(Some(Timestamp { seconds: moment.timestamp().as_second(), nanos: 0 }))
}

/// Sends one batch; the results are in the order of the items.
pub async fn send(
    client: &mut OrgServiceClient<Channel>,
    items: Vec<Item>,
    (dry_run, assumed): (bool, &[pb::UnitItem]),
    state: impl Fn(&mut tonic::metadata::MetadataMap) -> Result<()>,
) -> Result<Vec<pb::BatchResult>, Status> {
    macro_rules! send {
        ($method:ident, $request:ident, $variant:ident $(, $extra:ident)?) => {{
            let items = items.into_iter().filter_map(|item| match item {
                Item::$variant(item) => Some(item),
                _other => None,
            });
            let message = pb::$request { items: items.collect(), dry_run $(, $extra: $extra.to_vec())? };
            let mut request = Request::new(message);
            // A batch of tree changes is a commit each; the server allows a minute at most.
            request.set_timeout(std::time::Duration::from_secs(60));
            state(request.metadata_mut()).map_err(|error| Status::invalid_argument(error.to_string()))?;
            Ok(client.$method(request).await?.into_inner().results)
        }};
    }
    match items.first() {
        None => Ok(Vec::new()),
        Some(Item::Unit(_)) => send!(batch_add_units, BatchAddUnitsRequest, Unit, assumed),
        Some(Item::Person(_)) => send!(batch_register_persons, BatchRegisterPersonsRequest, Person),
        Some(Item::Post(_)) => send!(batch_create_posts, BatchCreatePostsRequest, Post),
        Some(Item::Household(_)) => {
            send!(batch_register_households, BatchRegisterHouseholdsRequest, Household)
        }
        Some(Item::Device(_)) => send!(batch_register_devices, BatchRegisterDevicesRequest, Device),
    }
}
