//! Chinese headers to fields: each file names its columns, in any order; a wrong name is said.

use anyhow::{Result, bail};

/// A field of a row, the headers it may have, and whether the column must be there.
pub struct Column {
    pub field: Field,
    pub headers: &'static [&'static str],
    pub required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Code,
    ParentCode,
    Name,
    Kind,
    Rung,
    UnitCode,
    Title,
    Number,
    PersonCode,
    From,
    Until,
    OnRoster,
    Address,
    HouseholdCode,
}

const fn column(field: Field, headers: &'static [&'static str], required: bool) -> Column {
    Column { field, headers, required }
}

const UNIT_CODES: &[&str] = &["单位编码", "网格编码", "微网格编码", "村编码"];
const PERSON_CODES: &[&str] = &["人员编号", "工号"];

pub const UNITS: &[Column] = &[
    column(Field::Code, &["编码", "单位编码", "网格编码"], true),
    column(Field::ParentCode, &["上级编码"], true),
    column(Field::Name, &["名称", "单位名称"], true),
    column(Field::Kind, &["类型"], true),
    column(Field::Rung, &["层级"], false),
];
pub const PERSONS: &[Column] =
    &[column(Field::Code, PERSON_CODES, true), column(Field::Name, &["姓名"], true)];
pub const POSTS: &[Column] = &[
    column(Field::UnitCode, UNIT_CODES, true),
    column(Field::Title, &["岗位"], true),
    column(Field::Number, &["序号"], false),
    column(Field::PersonCode, PERSON_CODES, false),
    column(Field::From, &["任职开始"], false),
    column(Field::Until, &["任职结束"], false),
    column(Field::OnRoster, &["值班"], false),
];
pub const HOUSEHOLDS: &[Column] = &[
    column(Field::Code, &["户编码"], true),
    column(Field::UnitCode, UNIT_CODES, true),
    column(Field::Address, &["地址"], false),
];
pub const DEVICES: &[Column] =
    &[column(Field::Code, &["设备编号"], true), column(Field::HouseholdCode, &["户编码"], true)];

/// Where each field stands in this file.
#[derive(Clone, Debug)]
pub struct Header(Vec<(Field, usize)>);

impl Header {
    /// Every column must be known, and every required one be there; all mistakes are named at once.
    pub fn of(columns: &'static [Column], names: &[String]) -> Result<Self> {
        let mut places = Vec::new();
        let mut wrong = Vec::new();
        for (place, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let known = columns.iter().find(|column| column.headers.contains(&name.as_str()));
            match known {
                Some(column) if places.iter().any(|(field, _)| *field == column.field) => {
                    wrong.push(format!("列“{name}”重复"));
                }
                Some(column) => places.push((column.field, place)),
                None => wrong.push(format!("不认识的列“{name}”")),
            }
        }
        for column in columns.iter().filter(|column| column.required) {
            if !places.iter().any(|(field, _)| *field == column.field) {
                wrong.push(format!("缺少列“{}”", column.headers.join("/")));
            }
        }
        if wrong.is_empty() {
            return Ok(Self(places));
        }
        let known: Vec<_> = columns.iter().filter_map(|column| column.headers.first()).collect();
        let known: Vec<&str> = known.into_iter().copied().collect();
        bail!("表头有误 (wrong header): {};可用列:{}", wrong.join(";"), known.join("、"))
    }

    pub fn get<'a>(&self, fields: &'a [String], field: Field) -> &'a str {
        let place = self.0.iter().find(|(known, _)| *known == field).map(|(_, place)| *place);
        place.and_then(|place| fields.get(place)).map_or("", String::as_str)
    }
}
