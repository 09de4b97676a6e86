//! A county of real size, made through the public API: 叶集's shape (77 villages, 607 grids, one chief and
//! one full-time member each, about 1,000 assistants) with 新晃's 79,507 households.

use anyhow::{Context, Result, bail};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::play::{Scene, Stage};
use crate::client::Connection;
use crate::county::{CALENDAR, POLICY};

const PROFILE: &str = include_str!("../../../../deploy/profiles/yeji.toml");
const TOWNSHIPS: usize = 6;
const BATCH: usize = 500;
const TOGETHER: usize = 4;
const SURNAMES: [&str; 16] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
];
const GIVEN_NAMES: [&str; 8] = ["建国", "秀英", "志强", "桂兰", "国庆", "玉梅", "海峰", "晓东"];

/// How large it is to be.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub villages: usize,
    pub grids: usize,
    pub assistants: usize,
    pub households: usize,
    /// Call devices, in the homes of the elderly.
    pub devices: usize,
}

impl Size {
    /// 叶集 2023 and 新晃 2022, as published.
    pub const COUNTY: Self =
        Self { villages: 77, grids: 607, assistants: 1_000, households: 79_507, devices: 8_000 };
    pub const SMALL: Self =
        Self { villages: 8, grids: 24, assistants: 20, households: 600, devices: 400 };
}

/// Codes by which the records find each other; ids follow from them.
struct Plan {
    size: Size,
    county6: &'static str,
}

impl Plan {
    fn township(&self, number: usize) -> String {
        format!("{}1{:02}", self.county6, number % TOWNSHIPS)
    }

    fn village(&self, number: usize) -> String {
        format!("{}2{:02}", self.township(number), number % self.size.villages)
    }

    fn grid(&self, number: usize) -> String {
        format!("{}{:03}", self.village(number % self.size.villages), number)
    }

    fn units(&self) -> Vec<Value> {
        let unit = |code: String, parent: String, name: String, kind: &str| json!({ "code": code, "parent_code": parent, "name": name, "kind": kind });
        let top = format!("{}000", self.county6);
        let mut units = vec![unit(top.clone(), String::new(), "云溪区".into(), "区")];
        for (code, name) in [("901", "区水利局"), ("902", "区民政局"), ("990", "区纪委监委")]
        {
            units.push(unit(format!("{}{code}", self.county6), top.clone(), name.into(), "部门"));
        }
        for number in 0..TOWNSHIPS {
            let name = format!("第{}乡", number + 1);
            units.push(unit(self.township(number), top.clone(), name, "乡镇"));
        }
        for number in 0..self.size.villages {
            let name = format!("{}村", number + 1);
            units.push(unit(self.village(number), self.township(number), name, "村"));
        }
        for number in 0..self.size.grids {
            let above = self.village(number % self.size.villages);
            units.push(unit(self.grid(number), above, format!("{}网格", number + 1), "网格"));
        }
        units
    }

    /// A village cadre is also a grid chief (DOMAIN Y6, Y18): one person, several posts.
    fn posts(&self) -> Vec<Value> {
        let post = |unit: String, title: &str, person: String, on_roster: bool| {
            json!({
                "unit_code": unit, "title": title, "person_code": person, "on_roster": on_roster,
            })
        };
        let top = format!("{}000", self.county6);
        let mut posts = vec![post(top, "区总值班室", "P0".into(), true)];
        for (number, code) in ["901", "902", "990"].iter().enumerate() {
            let unit = format!("{}{code}", self.county6);
            posts.push(post(unit, "承办科长", format!("P{}", number + 1), true));
        }
        for number in 0..TOWNSHIPS {
            let person = format!("P{}", 10 + number);
            posts.push(post(self.township(number), "党委书记", person, true));
        }
        for number in 0..self.size.villages {
            let village = self.village(number);
            posts.push(post(village.clone(), "党总支书记", format!("V{number}"), true));
            posts.push(post(village, "村委会副主任", format!("D{number}"), true));
        }
        for number in 0..self.size.grids {
            // The first grids of a village are led by its own cadres.
            let village = number % self.size.villages;
            let chief = match number / self.size.villages {
                0 => format!("V{village}"),
                1 => format!("D{village}"),
                _ => format!("G{number}"),
            };
            posts.push(post(self.grid(number), "网格长", chief, true));
            posts.push(post(self.grid(number), "网格员", format!("M{number}"), true));
        }
        for number in 0..self.size.assistants {
            let mut assistant =
                post(self.grid(number % self.size.grids), "协管员", format!("A{number}"), false);
            assistant["number"] = (number / self.size.grids + 1).into();
            posts.push(assistant);
        }
        posts
    }

    fn persons(&self) -> Vec<Value> {
        let mut codes: Vec<_> = self
            .posts()
            .iter()
            .filter_map(|post| post["person_code"].as_str().map(Into::into))
            .collect();
        codes.sort();
        codes.dedup();
        let name = |number: usize| {
            let surname = SURNAMES[number % SURNAMES.len()];
            format!("{surname}{}", GIVEN_NAMES[number / SURNAMES.len() % GIVEN_NAMES.len()])
        };
        let person =
            |(number, code): (usize, String)| json!({ "code": code, "name": name(number) });
        codes.into_iter().enumerate().map(person).collect()
    }

    fn households(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.size.households).map(|number| {
            let grid = self.grid(number % self.size.grids);
            json!({ "code": format!("H{number}"), "unit_code": grid, "address": format!("{}号", number + 1) })
        })
    }

    fn devices(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.size.devices)
            .map(|number| json!({ "code": format!("E{number}"), "household_code": format!("H{number}") }))
    }
}

/// Makes the county and returns one scene per device.
pub async fn settle(stage: &Stage, county6: &'static str, size: Size) -> Result<Vec<Scene>> {
    let operator = Connection::new("operator", "operator", None);
    let documents = [
        ("policy", "PublishCalendar", CALENDAR),
        ("policy", "PublishPolicy", POLICY),
        ("org", "PublishProfile", PROFILE),
    ];
    for (service, rpc, document) in documents {
        let request = json!({ "document": document }).to_string();
        stage.ask(&operator, service, rpc, &request).await?;
    }
    let plan = Plan { size, county6 };
    let units = plan.units();
    let posts = plan.posts();
    let persons = plan.persons();
    let total = units.len() + posts.len() + persons.len() + size.households + size.devices;
    let bar = ProgressBar::new(total as u64)
        .with_style(ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")?);
    bar.set_message("单位");
    batches(stage, "BatchAddUnits", units.into_iter(), 1, &bar).await?;
    bar.set_message("人员");
    batches(stage, "BatchRegisterPersons", persons.into_iter(), TOGETHER, &bar).await?;
    bar.set_message("岗位");
    let posts = batches(stage, "BatchCreatePosts", posts.into_iter(), 1, &bar).await?;
    bar.set_message("户");
    batches(stage, "BatchRegisterHouseholds", plan.households(), TOGETHER, &bar).await?;
    bar.set_message("呼叫器");
    let devices = batches(stage, "BatchRegisterDevices", plan.devices(), TOGETHER, &bar).await?;
    bar.finish_and_clear();
    scenes(stage, &plan, &posts, devices).await
}

/// Sends items in batches; returns the ids in the order of the items.
async fn batches(
    stage: &Stage,
    rpc: &str,
    items: impl Iterator<Item = Value>,
    together: usize,
    bar: &ProgressBar,
) -> Result<Vec<String>> {
    let operator = Connection::new("operator", "operator", None);
    let mut items = items.peekable();
    let batches = std::iter::from_fn(|| {
        items.peek()?;
        Some(items.by_ref().take(BATCH).collect::<Vec<_>>())
    });
    let sent = batches.map(|batch| {
        let operator = operator.clone();
        async move {
            let count = batch.len() as u64;
            let request = json!({ "items": batch }).to_string();
            let answer = stage.ask(&operator, "org", rpc, &request).await?;
            bar.inc(count);
            if let Some(failed) = answer["results"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|r| r["code"] != 0 && r["code"] != Value::Null)
            {
                bail!("{rpc}: {failed}");
            }
            let ids = answer["results"].as_array().into_iter().flatten();
            Ok(ids
                .map(|result| result["id"].as_str().unwrap_or_default().to_owned())
                .collect::<Vec<_>>())
        }
    });
    let ids: Vec<Vec<String>> = stream::iter(sent).buffered(together).try_collect().await?;
    Ok(ids.concat())
}

async fn scenes(
    stage: &Stage,
    plan: &Plan,
    posts: &[String],
    devices: Vec<String>,
) -> Result<Vec<Scene>> {
    let tree =
        stage.ask(&Connection::new("operator", "operator", None), "org", "GetTree", "{}").await?;
    let units = tree["units"].as_array().context("no units")?;
    let id_of = |code: &str| {
        let unit = units.iter().find(|unit| unit["code"] == code);
        unit.and_then(|unit| unit["id"].as_str()).unwrap_or_default().to_owned()
    };
    let post = |number: usize| posts.get(number).cloned().unwrap_or_default();
    // The order of `Plan::posts`: the desk, three departments, the townships, two posts a village.
    let first_village = 4 + TOWNSHIPS;
    let grids: Vec<_> = (0..plan.size.grids).map(|grid| id_of(&plan.grid(grid))).collect();
    let scene = |(number, device): (usize, String)| {
        let grid = number % plan.size.grids;
        let village = grid % plan.size.villages;
        Scene {
            device,
            grid: grids.get(grid).cloned().unwrap_or_default(),
            secretary_post: post(first_village + 2 * village),
            deputy_post: post(first_village + 2 * village + 1),
            township_post: post(4 + village % TOWNSHIPS),
            bureau_post: post(2),
            discipline_post: post(3),
        }
    };
    Ok(devices.into_iter().enumerate().map(scene).collect())
}
