//! Plots carried out at their own minutes, many at once, clocks in between.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, anyhow};
use domain::shared::moment::Moment;
use futures_util::stream::{self, TryStreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::{Value, json};
use tonic::transport::Channel;

use super::plot::{Plot, Step};
use crate::client::{self, Connection};

/// Stories that do something in the same minute go on together.
const TOGETHER: usize = 48;

/// The village a story happens in.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    pub device: String,
    pub grid: String,
    pub secretary_post: String,
    pub deputy_post: String,
    pub township_post: String,
    pub bureau_post: String,
    pub discipline_post: String,
}

/// One matter and what is known of it.
#[derive(Clone, Debug)]
pub struct Story {
    pub plot: Plot,
    /// Minute of the day at which it begins.
    pub begins: i64,
    /// `$name` → what stands for it.
    known: BTreeMap<String, String>,
}

impl Story {
    pub fn new(number: usize, plot: Plot, begins: i64, scene: &Scene) -> Self {
        let matter = matter(number, scene);
        let water = with(&matter, json!({ "category": "水利/灌溉", "title": "渠道淤塞" }));
        let urgent = with(&matter, json!({ "urgency": "URGENCY_URGENT", "size": "SIZE_BIG" }));
        let anonymous = json!({
            "nature": "NATURE_HELP", "category": "环境卫生", "place_unit_id": scene.grid,
            "narrative": "楼道堆物", "confidence": "CONFIDENCE_ANONYMOUS",
        });
        let accusation = json!({
            "nature": "NATURE_REPORT", "category": "检举控告", "place_unit_id": scene.grid,
            "narrative": "反映补贴发放问题",
        });
        let begins = begins - plot.days_before * 24 * 60;
        let known = [
            ("device", scene.device.clone()),
            ("secretary_post", scene.secretary_post.clone()),
            ("deputy_post", scene.deputy_post.clone()),
            ("township_post", scene.township_post.clone()),
            ("bureau_post", scene.bureau_post.clone()),
            ("discipline_post", scene.discipline_post.clone()),
            ("unique", format!("demo-{number}")),
            ("matter", matter.to_string()),
            ("water", water.to_string()),
            ("urgent", urgent.to_string()),
            ("anonymous", anonymous.to_string()),
            ("accusation", accusation.to_string()),
        ];
        let known = known.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self { plot, begins, known }
    }

    fn known(&self, name: &str) -> String {
        self.known.get(name).cloned().unwrap_or_default()
    }

    /// `$issue` and the like, filled in; longer names first, so that `$issue` never eats `$issues`.
    fn fill(&self, template: &str) -> String {
        let mut names: Vec<_> = self.known.keys().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.into_iter().fold(template.to_owned(), |text, name| {
            text.replace(&format!("${name}"), &self.known(name))
        })
    }

    /// Ids, numbers and codes of an answer, for the steps that follow.
    fn learn(&mut self, keep_as: &str, answer: &Value) {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let first = answer["issue_ids"].get(0).unwrap_or(&answer["issue_id"]);
        let found = [
            (keep_as, first),
            ("call", &answer["call_id"]),
            ("proposal", &answer["proposal"]),
            ("code", &answer["receipt_code"]),
            ("position", &answer["receipt"]["position"]),
        ];
        for (name, value) in found {
            if let Some(value) = text(value).filter(|value| !value.is_empty() && value != "0") {
                self.known.insert(name.into(), value);
            }
        }
    }
}

const MATTERS: [(&str, &str, &str); 5] = [
    ("住房", "屋顶漏雨", "下雨天堂屋漏水,老人一个人在家,接了两个盆"),
    ("供水", "自来水停了", "从昨天晚上起没有水,做饭都难"),
    ("道路交通", "村口路灯不亮", "村口到卫生室的路灯坏了三盏,晚上看不见"),
    ("社会保障", "高龄补贴没到账", "上个月的高龄补贴还没有到,想问一下"),
    ("邻里纠纷", "宅基地边界", "隔壁砌墙占了过道,请来看看"),
];

fn matter(number: usize, scene: &Scene) -> Value {
    let (category, title, narrative) = MATTERS[number % MATTERS.len()];
    json!({
        "nature": "NATURE_HELP", "category": category, "title": title, "narrative": narrative,
        "place_unit_id": scene.grid, "size": if number.is_multiple_of(7) { "SIZE_BIG" } else { "SIZE_SMALL" },
    })
}

fn with(matter: &Value, extra: Value) -> Value {
    let mut matter = matter.clone();
    for (key, value) in extra.as_object().into_iter().flatten() {
        matter[key] = value.clone();
    }
    matter
}

/// A stage on which stories are played: a server, its clock, and who is who.
#[derive(Clone)]
pub struct Stage {
    pub channel: Channel,
    /// Minute 0.
    pub start: Moment,
}

impl Stage {
    /// Plays every story to its end, or until `until`; returns how many steps there were.
    pub async fn play(&self, stories: &mut [Story], until: i64, shown: bool) -> Result<usize> {
        let of = |story: &Story| {
            let begins = story.begins;
            story.plot.steps.iter().map(move |step| begins + step.minute).collect::<Vec<_>>()
        };
        let minutes: BTreeSet<_> =
            stories.iter().flat_map(of).filter(|minute| *minute <= until).collect();
        let steps: usize = stories.iter().map(|story| story.plot.steps.len()).sum();
        let bar = if shown { ProgressBar::new(steps as u64) } else { ProgressBar::hidden() };
        bar.set_style(ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")?);
        for minute in minutes {
            let now = self.advance_to(minute).await?;
            bar.set_message(now.local().strftime("%m-%d %H:%M").to_string());
            self.together(stories, minute, &bar).await?;
        }
        self.advance_to(until).await?;
        bar.finish_and_clear();
        Ok(steps)
    }

    /// Whatever these stories do in this minute, once the clock shows it.
    pub async fn minute_of_all(&self, stories: &mut [Story], minute: i64) -> Result<()> {
        self.advance_to(minute).await?;
        self.together(stories, minute, &ProgressBar::hidden()).await
    }

    async fn together(&self, stories: &mut [Story], minute: i64, bar: &ProgressBar) -> Result<()> {
        let due = |story: &&mut Story| {
            story.plot.steps.iter().any(|step| story.begins + step.minute == minute)
        };
        let playing = stories.iter_mut().filter(due);
        stream::iter(playing.map(|story| Ok(self.minute(story, minute, bar))))
            .try_buffer_unordered(TOGETHER)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(())
    }

    /// The steps of one story in one minute, in order.
    async fn minute(&self, story: &mut Story, minute: i64, bar: &ProgressBar) -> Result<()> {
        let due = story.plot.steps.iter().filter(|step| story.begins + step.minute == minute);
        for step in due.cloned().collect::<Vec<_>>() {
            self.step(story, &step).await.with_context(|| {
                format!(
                    "{}: {} {} at minute {}",
                    story.plot.name, step.service, step.rpc, step.minute
                )
            })?;
            bar.inc(1);
        }
        Ok(())
    }

    async fn step(&self, story: &mut Story, step: &Step) -> Result<()> {
        let who = self.caller(story, &step.who).await?;
        let answer = self.ask(&who, &step.service, &step.rpc, &story.fill(&step.request)).await?;
        story.learn(&step.keep_as, &answer);
        Ok(())
    }

    /// Who acts, as a trusted proxy would state it.
    async fn caller(&self, story: &Story, who: &str) -> Result<Connection> {
        let desk = |roles: &str, principal: &str| Connection::new(roles, principal, None);
        let seated = |roles: &str, post: String| {
            Connection::new(roles, &format!("{roles}@{post}"), Some(post))
        };
        Ok(match who {
            "resident" => {
                Connection { caller_kind: "resident".into(), ..desk("resident", "resident") }
            }
            "agent" => desk("follow-up", "agent"),
            "deputy" => desk("leader", "deputy"),
            "secretary" => seated("handler", story.known("secretary_post")),
            "township" => seated("handler,leader", story.known("township_post")),
            "bureau" => seated("handler", story.known("bureau_post")),
            "discipline" => seated("handler,discipline", story.known("discipline_post")),
            "ringing" => {
                let call = story.fill(r#"{"call_id":"$call","min_position":"$position"}"#);
                let asked = self.ask(&desk("hotline", "hotline"), "call", "GetCall", &call).await?;
                seated("handler", text(&asked["call"]["holder"]["post_id"]))
            }
            "holder" => {
                let issue = story.fill(r#"{"issue_id":"$issue","min_position":"$position"}"#);
                let asked =
                    self.ask(&desk("leader", "leader"), "issue", "GetIssue", &issue).await?;
                seated("handler", text(&asked["issue"]["row"]["holder"]["post_id"]))
            }
            roles => desk(roles, roles),
        })
    }

    /// One RPC, by name, JSON in and JSON out.
    pub async fn ask(
        &self,
        who: &Connection,
        service: &str,
        rpc: &str,
        request: &str,
    ) -> Result<Value> {
        let mut services = client::pool().services();
        let package = format!("bidao.{service}.v1");
        let method = services
            .find(|known| known.package_name() == package)
            .and_then(|known| known.methods().find(|method| method.name() == rpc))
            .with_context(|| format!("no RPC {service} {rpc}"))?;
        let mut reader = serde_json::Deserializer::from_str(request);
        let message = DynamicMessage::deserialize(method.input(), &mut reader)
            .with_context(|| format!("the request of {rpc}: {request}"))?;
        let answer = client::invoke_on(self.channel.clone(), who, &method, message).await;
        let answer =
            answer.map_err(|status| anyhow!("{:?}: {}", status.code(), status.message()))?;
        let options = SerializeOptions::new().use_proto_field_name(true);
        Ok(answer.serialize_with_options(serde_json::value::Serializer, &options)?)
    }

    async fn advance_to(&self, minute: i64) -> Result<Moment> {
        let to = self.start.plus_seconds(minute * 60);
        let operator = Connection::new("operator", "operator", None);
        let request = json!({ "to": rfc3339(to) }).to_string();
        self.ask(&operator, "admin", "AdvanceTime", &request).await?;
        Ok(to)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().into()
}

/// As the configuration and JSON write times.
pub fn rfc3339(moment: Moment) -> String {
    moment.local().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
