//! One day: presses spread over the morning, plots carried out at their own minutes, clocks in between.

use anyhow::{Context, Result};
use contract::bidao::admin::v1::AdvanceTimeRequest;
use contract::bidao::admin::v1::admin_service_client::AdminServiceClient;
use contract::bidao::call::v1 as call;
use contract::bidao::call::v1::call_service_client::CallServiceClient;
use contract::bidao::call::v1::record_disposition_request::Disposition;
use contract::bidao::common::v1::{Effect, Matter, Nature, Thumb, Verdict};
use contract::bidao::dispatch::v1 as dispatch;
use contract::bidao::dispatch::v1::dispatch_service_client::DispatchServiceClient;
use contract::bidao::issue::v1::GetIssueRequest;
use contract::bidao::issue::v1::issue_service_client::IssueServiceClient;
use contract::bidao::rating::v1::RecordFollowUpRequest;
use contract::bidao::rating::v1::rating_service_client::RatingServiceClient;
use contract::bidao::resolution::v1 as resolution;
use contract::bidao::resolution::v1::resolution_service_client::ResolutionServiceClient;
use domain::shared::moment::Moment;
use indicatif::{ProgressBar, ProgressStyle};
use prost_types::Timestamp;
use tonic::transport::Channel;

use super::plot::{PLOTS, Step};
use crate::county::{County, asked_by};

/// Between two presses; one per device, so that no thumb is ambiguous.
const MINUTES_APART: u32 = 9;
const PRESSES_PER_DEVICE: usize = 1;
/// The day is over after this many minutes.
const DAY_MINUTES: u32 = 13 * 60;

const MATTERS: [(&str, &str, &str); 5] = [
    ("住房", "屋顶漏雨", "下雨天堂屋漏水,老人一个人在家,接了两个盆"),
    ("水利水务", "自来水停了", "从昨天晚上起没有水,做饭都难"),
    ("道路交通", "村口路灯不亮", "村口到卫生室的路灯坏了三盏,晚上看不见"),
    ("社会保障", "高龄补贴没到账", "上个月的高龄补贴还没有到,想问一下"),
    ("邻里纠纷", "宅基地边界", "隔壁砌墙占了过道,请来看看"),
];

/// One call and what came of it.
#[derive(Clone, Debug, Default)]
struct Story {
    device: String,
    call: String,
    issue: String,
    matter: usize,
}

pub async fn live(county: &County, channel: &Channel, start: Moment) -> Result<()> {
    let devices: Vec<_> = county.devices.values().flatten().cloned().collect();
    let mut stories = Vec::new();
    let mut steps = Vec::new();
    for number in 0..devices.len() * PRESSES_PER_DEVICE {
        let device = devices.get(number % devices.len()).cloned().unwrap_or_default();
        let pressed = u32::try_from(number)? * MINUTES_APART;
        let plot = PLOTS.get(number % PLOTS.len()).copied().unwrap_or_default();
        steps.extend(
            plot.iter()
                .enumerate()
                .map(|(place, (after, step))| (pressed + after, number, place, *step)),
        );
        stories.push(Story { device, matter: number % MATTERS.len(), ..Story::default() });
    }
    steps.sort_unstable();
    let bar = ProgressBar::new(steps.len() as u64)
        .with_style(ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")?);
    let mut day = Day { channel: channel.clone(), start };
    for (minute, number, _, step) in steps.into_iter().filter(|(minute, ..)| *minute < DAY_MINUTES)
    {
        let now = day.advance_to(minute).await?;
        bar.set_message(now.local().strftime("%H:%M").to_string());
        let story = stories.get_mut(number).context("a step of no story")?;
        day.take(step, story).await.with_context(|| format!("{step:?} at minute {minute}"))?;
        bar.inc(1);
    }
    day.advance_to(DAY_MINUTES).await?;
    bar.finish_and_clear();
    Ok(())
}

struct Day {
    channel: Channel,
    start: Moment,
}

impl Day {
    async fn advance_to(&mut self, minute: u32) -> Result<Moment> {
        let to = self.start.plus_seconds(i64::from(minute) * 60);
        let time = Timestamp { seconds: to.0 / 1_000_000, nanos: 0 };
        let request = asked_by(AdvanceTimeRequest { to: Some(time) }, "operator", None)?;
        AdminServiceClient::new(self.channel.clone()).advance_time(request).await?;
        Ok(to)
    }

    async fn take(&mut self, step: Step, story: &mut Story) -> Result<()> {
        match step {
            Step::Press
            | Step::Answer
            | Step::ReturnCall
            | Step::AnsweredAtOnce
            | Step::MisPress
            | Step::Emergency
            | Step::Register
            | Step::ThumbUp
            | Step::ThumbDown => self.on_call(step, story).await,
            Step::Dispatch
            | Step::Accept
            | Step::Arrive
            | Step::Complete
            | Step::Notify
            | Step::FollowUp => self.on_issue(step, story).await,
        }
    }

    async fn on_call(&mut self, step: Step, story: &mut Story) -> Result<()> {
        let mut calls = CallServiceClient::new(self.channel.clone());
        let call_id = story.call.clone();
        match step {
            Step::Press => {
                let press = call::PressRequest {
                    device_id: story.device.clone(),
                    ..call::PressRequest::default()
                };
                story.call =
                    calls.press(asked_by(press, "hotline", None)?).await?.into_inner().call_id;
            }
            Step::Answer => {
                let post = self.ringing(&call_id).await?;
                let answer = call::AnswerRequest { call_id, ..call::AnswerRequest::default() };
                calls.answer(asked_by(answer, "handler", Some(&post))?).await?;
            }
            Step::ReturnCall => {
                let post_id = self.ringing(&call_id).await?;
                let reached = call::ReturnCallRequest {
                    call_id,
                    post_id,
                    reached: true,
                    ..call::ReturnCallRequest::default()
                };
                calls.return_call(asked_by(reached, "hotline", None)?).await?;
            }
            Step::ThumbUp | Step::ThumbDown => {
                let thumb = if step == Step::ThumbUp { Thumb::Up } else { Thumb::Down };
                let press = call::PressThumbRequest {
                    device_id: story.device.clone(),
                    thumb: thumb.into(),
                    ..call::PressThumbRequest::default()
                };
                calls.press_thumb(asked_by(press, "hotline", None)?).await?;
            }
            Step::AnsweredAtOnce
            | Step::MisPress
            | Step::Emergency
            | Step::Register
            | Step::Dispatch
            | Step::Accept
            | Step::Arrive
            | Step::Complete
            | Step::Notify
            | Step::FollowUp => {
                let record = call::RecordDispositionRequest {
                    call_id,
                    disposition: Some(disposition(step, story)),
                    ..call::RecordDispositionRequest::default()
                };
                let answer = calls
                    .record_disposition(asked_by(record, "hotline", None)?)
                    .await?
                    .into_inner();
                story.issue = answer.issue_ids.into_iter().next().unwrap_or_default();
            }
        }
        Ok(())
    }

    async fn ringing(&self, call_id: &str) -> Result<String> {
        let get =
            call::GetCallRequest { call_id: call_id.into(), ..call::GetCallRequest::default() };
        let answer = CallServiceClient::new(self.channel.clone())
            .get_call(asked_by(get, "hotline", None)?)
            .await?;
        let call = answer.into_inner().call.context("no call")?;
        Ok(call.holder.context("nobody is rung")?.post_id)
    }

    async fn on_issue(&mut self, step: Step, story: &Story) -> Result<()> {
        let issue_id = story.issue.clone();
        let post = self.holder(&issue_id).await?;
        let post = post.as_deref();
        let mut dispatches = DispatchServiceClient::new(self.channel.clone());
        let mut work = ResolutionServiceClient::new(self.channel.clone());
        match step {
            Step::Dispatch => {
                let dispatch =
                    dispatch::DispatchRequest { issue_id, ..dispatch::DispatchRequest::default() };
                dispatches.dispatch(asked_by(dispatch, "dispatcher", None)?).await?;
            }
            Step::Accept => {
                let accept =
                    dispatch::AcceptRequest { issue_id, ..dispatch::AcceptRequest::default() };
                dispatches.accept(asked_by(accept, "handler", post)?).await?;
            }
            Step::Arrive => {
                let outcome = resolution::ArrivalOutcome::Met.into();
                let arrive = resolution::ArriveRequest {
                    issue_id,
                    outcome,
                    ..resolution::ArriveRequest::default()
                };
                work.arrive(asked_by(arrive, "handler", post)?).await?;
            }
            Step::Complete => {
                let summary = "已上门处理,问题解决".into();
                let complete = resolution::CompleteRequest {
                    issue_id,
                    summary,
                    ..resolution::CompleteRequest::default()
                };
                work.complete(asked_by(complete, "handler", post)?).await?;
            }
            Step::Notify => {
                let channel = resolution::NoticeChannel::Phone.into();
                let notify = resolution::NotifyRequest {
                    issue_id,
                    channel,
                    ..resolution::NotifyRequest::default()
                };
                work.notify(asked_by(notify, "handler", post)?).await?;
            }
            Step::FollowUp
            | Step::Press
            | Step::Answer
            | Step::ReturnCall
            | Step::AnsweredAtOnce
            | Step::MisPress
            | Step::Emergency
            | Step::Register
            | Step::ThumbUp
            | Step::ThumbDown => {
                let verdict = Some(Verdict { effect: Effect::Solved.into(), ..Verdict::default() });
                let follow_up =
                    RecordFollowUpRequest { issue_id, verdict, ..RecordFollowUpRequest::default() };
                let mut ratings = RatingServiceClient::new(self.channel.clone());
                ratings.record_follow_up(asked_by(follow_up, "follow-up", None)?).await?;
            }
        }
        Ok(())
    }

    async fn holder(&self, issue_id: &str) -> Result<Option<String>> {
        let get = GetIssueRequest { issue_id: issue_id.into(), ..GetIssueRequest::default() };
        let answer = IssueServiceClient::new(self.channel.clone())
            .get_issue(asked_by(get, "leader", None)?)
            .await?;
        let row = answer.into_inner().issue.and_then(|issue| issue.row).context("no issue")?;
        Ok(row.holder.map(|holder| holder.post_id))
    }
}

fn disposition(step: Step, story: &Story) -> Disposition {
    let (category, title, narrative) = MATTERS.get(story.matter).copied().unwrap_or_default();
    let matter = Matter {
        nature: Nature::Help.into(),
        category: category.into(),
        title: title.into(),
        narrative: narrative.into(),
        ..Matter::default()
    };
    if step == Step::MisPress {
        return Disposition::MisPress(call::MisPress {});
    }
    if step == Step::Register {
        return Disposition::Registered(call::Registered { matters: vec![matter] });
    }
    if step == Step::Emergency {
        return Disposition::Emergency(call::Emergency {
            service: "120".into(),
            reference: "演练".into(),
            matter: Some(matter),
        });
    }
    Disposition::AnsweredAtOnce(call::AnsweredAtOnce {})
}
