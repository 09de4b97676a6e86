//! What became of each row: told as it happens, so that nothing is kept.

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use contract::bidao::org::v1 as pb;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tonic::Code;

use crate::out::say;

/// Failed rows printed for people; all of them are in `--results` and in JSON.
const PRINTED_MAX: u64 = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Done,
    Repeated,
    Failed,
}

impl State {
    const fn zh(self) -> &'static str {
        match self {
            Self::Done => "成功",
            Self::Repeated => "重复",
            Self::Failed => "失败",
        }
    }
}

/// One row's result, its reason in Chinese.
pub struct Outcome {
    state: State,
    id: String,
    reason: String,
}

impl Outcome {
    pub fn failed(reason: String) -> Self {
        Self { state: State::Failed, id: String::new(), reason }
    }

    pub fn repeated(reason: String) -> Self {
        Self { state: State::Repeated, id: String::new(), reason }
    }

    pub fn of(answer: &pb::BatchResult) -> Self {
        if answer.code == i32::from(Code::AlreadyExists) {
            return Self::failed("这一编码已导入过,且内容不同;更名、移动、合并请用相应命令".into());
        }
        if answer.code != 0 {
            return Self::failed(answer.message_zh.clone());
        }
        let repeated = answer.receipt.as_ref().is_some_and(|receipt| receipt.repeated);
        let (state, reason) = match repeated {
            true => (State::Repeated, "已经登记".into()),
            false => (State::Done, String::new()),
        };
        Self { state, id: answer.id.clone(), reason }
    }
}

pub struct Results {
    json: bool,
    file: Option<csv::Writer<File>>,
    bar: ProgressBar,
    done: u64,
    repeated: u64,
    failed: u64,
}

impl Results {
    pub fn open(json: bool, path: Option<&Path>) -> Result<Self> {
        let mut file = match path {
            Some(path) => {
                let named = || path.display().to_string();
                Some(csv::Writer::from_path(path).with_context(named)?)
            }
            None => None,
        };
        if let Some(file) = &mut file {
            // With the mark, spreadsheets read it as UTF-8.
            file.write_record(["\u{feff}行号", "结果", "编号", "原因"])?;
        }
        let style = ProgressStyle::with_template("{spinner} {pos} 行  {per_sec}  {elapsed}")?;
        let bar = ProgressBar::new_spinner().with_style(style);
        Ok(Self { json, file, bar, done: 0, repeated: 0, failed: 0 })
    }

    pub fn row(&mut self, number: usize, outcome: &Outcome) -> Result<()> {
        let state = outcome.state.zh();
        match outcome.state {
            State::Done => self.done += 1,
            State::Repeated => self.repeated += 1,
            State::Failed => self.failed += 1,
        }
        self.bar.inc(1);
        if let Some(file) = &mut self.file {
            let number = number.to_string();
            file.write_record([number.as_str(), state, &outcome.id, &outcome.reason])?;
        }
        if self.json {
            let row =
                json!({"row": number, "result": state, "id": outcome.id, "reason": outcome.reason});
            say!("{row}");
        } else if outcome.state == State::Failed && self.failed <= PRINTED_MAX {
            self.bar.suspend(|| say!("第 {number} 行 {state}:{}", outcome.reason));
        }
        Ok(())
    }

    /// The summary; a failed row fails the command.
    pub fn finish(mut self, dry_run: bool) -> Result<ExitCode> {
        self.bar.finish_and_clear();
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        let (done, repeated, failed) = (self.done, self.repeated, self.failed);
        if self.json {
            let summary =
                json!({"done": done, "repeated": repeated, "failed": failed, "dry_run": dry_run});
            say!("{}", json!({"summary": summary}));
        } else {
            let hidden = failed.saturating_sub(PRINTED_MAX);
            if hidden > 0 {
                say!("还有 {hidden} 行失败未列出,可用 --results 写出全部结果");
            }
            let trial = if dry_run { "(试导入,未写入)" } else { "" };
            say!("成功 {done} 行,重复 {repeated} 行,失败 {failed} 行{trial}");
        }
        Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
