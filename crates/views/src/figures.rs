//! The figures themselves: what each counts, in SQL for the program and in Chinese for the reader.

use domain::shared::ladder::Rung;
use domain::shared::moment::Moment;
use sqlx::Row;

use crate::coverage::HEARD_DAYS;
use crate::database::{DbRow, Within, count};
use crate::model::ViewError;
use crate::seen::aside;
use crate::store::Views;
use crate::viewer::Viewer;

const DAY_US: i64 = 86_400 * 1_000_000;

/// A figure: its name, what it sums over the rows of the cohort, and its definition.
macro_rules! figures {
    ($(#[$doc:meta])* $name:ident, $table:ident, { $($figure:ident = $sum:literal, $zh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name { $(pub $figure: u64,)+ }

        /// Name, sum and definition of each.
        pub const $table: &[(&str, &str, &str)] = &[$((stringify!($figure), $sum, $zh),)+];

        impl $name {
            /// Every figure by name.
            #[must_use]
            pub fn named(&self) -> std::collections::BTreeMap<String, u64> {
                [$((stringify!($figure), self.$figure),)+]
                    .into_iter()
                    .map(|(name, count)| (name.to_owned(), count))
                    .collect()
            }

            fn read(row: &DbRow) -> Result<Self, ViewError> {
                Ok(Self { $($figure: row.try_get::<i64, _>(stringify!($figure))?.unsigned_abs(),)+ })
            }
        }
    };
}

// Parameters: ?1 and ?2 area, ?3 tracks, ?4 and ?5 period, ?6 now, ?7 to ?9 who asks.
figures! {
    /// Sums over issues registered in the period. Proactive ones are counted apart.
    IssueFigures, ISSUE_FIGURES, {
        received = "NOT proactive", "本期登记的事项(件);主动发现的另计";
        not_yet_due = "NOT proactive AND NOT (verdict_due OR effect IS NOT NULL OR due_at <= ?6)", "尚未到期、也未办结评价的事项,单列,不进入任何结果比率";
        total_due = "NOT proactive AND (verdict_due OR effect IS NOT NULL OR due_at <= ?6 OR total_expired_at IS NOT NULL)", "应有结果、或总时限已届满的事项:调整后超期率的分母";
        holder_due = "NOT proactive AND (verdict_due OR effect IS NOT NULL OR due_at <= ?6 OR holder_late)", "应有结果、或承办环节曾超时的事项:承办超时率的分母";
        due = "NOT proactive AND (verdict_due OR effect IS NOT NULL OR due_at <= ?6)", "应有结果的事项:已结案、已评价、评价期满或总时限已过";
        accepted = "NOT proactive AND accepted", "承办岗位已接单;接单不等于答复,更不等于解决";
        contact_due = "NOT proactive AND contact_due_at IS NOT NULL AND (contacted OR contact_due_at <= ?6 OR completed)", "已到首次联系时限的事项\u{ff0c}含逾期未接单的、未联系就报办结的\u{ff1b}尚未到期的不进入比率";
        contacted = "NOT proactive AND contact_due_at IS NOT NULL AND contacted", "已首次联系上群众 ÷ 应首次联系";
        must_visit = "NOT proactive AND must_visit", "必须上门的事项";
        arrived = "NOT proactive AND must_visit AND (met OR arrival_confirmed)", "已到场见到群众 ÷ 必须上门;并入的事项须本户确认";
        arrived_confirmed = "NOT proactive AND must_visit AND arrival_confirmed", "其中由群众一方确认到场的";
        completed = "NOT proactive AND completed", "承办人报办结的事项";
        confirmed_solved = "NOT proactive AND closed AND outcome = 'confirmed_solved'", "群众确认已解决的事项";
        closed = "NOT proactive AND closed", "按规则结案的事项";
        closed_unconfirmed = "NOT proactive AND closed AND (outcome = 'unconfirmed' OR lead_unconfirmed)", "未获评价而结案,不计为满意";
        overdue = "NOT proactive AND COALESCE(done_at, ?6) >= due_at", "超过登记时告知的总时限(含已结、未结);暂停、改类、挂账都不影响";
        overdue_adjusted = "NOT proactive AND total_expired_at IS NOT NULL", "总时限届满;群众本人约定的时间、法定时限和经两人批准更换的时限规则除外";
        holder_late = "NOT proactive AND holder_late", "承办环节曾超时(扣除暂停)";
        reopened = "NOT proactive AND reopens > 0", "曾重办的事项";
        repeated = "NOT proactive AND repeated", "结案后三十日内同人、同地、同类再次反映的事项";
        to_township = "NOT proactive AND reached_rung >= 2", "曾到乡镇及以上的事项";
        to_county = "NOT proactive AND reached_rung >= 3", "曾到县的事项";
        open = "NOT proactive AND NOT closed", "尚未结案的事项";
        satisfied = "NOT proactive AND effect = 'solved' AND COALESCE(outcome, '') <> 'unconfirmed' AND NOT lead_unconfirmed", "群众评价已解决的事项;未获全部评价而结案的不计";
        reached = "NOT proactive AND (effect IS NOT NULL OR (rated AND (verdict_due OR due_at <= ?6)))", "群众作过评价的应有结果事项;只评价过上门、未评价结果的,计为已联系、不计为满意";
        in_presence = "NOT proactive AND in_presence AND (effect IS NOT NULL OR verdict_due OR due_at <= ?6)", "其中承办人在场时作出的评价 ÷ 已评价,单列并抽查";
        excluded = "NOT proactive AND excluded", "经两人审批剔除的事项;原始比率仍包含";
        declined = "NOT proactive AND (outcome = 'declined' OR lead_ending = 'declined')", "不予受理,含并入其中的事项";
        transferred = "NOT proactive AND (outcome = 'transferred' OR lead_ending = 'transferred')", "转交,含并入其中的事项";
        withdrawn = "NOT proactive AND (outcome = 'withdrawn' OR lead_ending = 'withdrawn')", "撤回,含并入其中的事项";
        merged = "NOT proactive AND merged", "并入其他事项;仍计入登记数,随主办件评价和超期";
        concluded = "NOT proactive AND (outcome = 'concluded' OR lead_ending = 'concluded')", "终结,含并入其中的事项,计为不满意";
        deferred = "NOT proactive AND deferred", "挂账中,计为未解决";
        deferred_ever = "NOT proactive AND deferrals > 0", "曾挂账";
        paused = "NOT proactive AND pauses > 0", "曾暂停或等待群众答复";
        extended = "NOT proactive AND extensions > 0", "曾批准延期";
        reclassified = "NOT proactive AND reclassified > 0", "曾改类";
        anonymous = "NOT proactive AND anonymous", "匿名反映,不上门、不回访,单列";
        proactive = "proactive", "主动发现(未诉先办),单列";
        proactive_checked = "proactive AND closed AND outcome = 'checked'", "主动发现并经第二人核查属实";
    }
}

figures! {
    /// Sums over calls pressed in the period.
    CallFigures, CALL_FIGURES, {
        calls = "NOT unbound", "本期呼叫(次),与事项分列";
        calls_answered = "NOT unbound AND talked AND disposition <> 'silent'", "通话并登记了处置的呼叫 ÷ 呼叫数";
        calls_by_secretary = "NOT unbound AND talked AND disposition <> 'silent' AND NOT by_desk AND NOT by_stand_in AND NOT by_return_call", "由本村(含网格)在任岗位当场接听";
        calls_by_stand_in = "NOT unbound AND talked AND disposition <> 'silent' AND NOT by_desk AND by_stand_in AND NOT by_return_call", "由本村(含网格)代班人员当场接听";
        calls_by_desk = "NOT unbound AND talked AND disposition <> 'silent' AND by_desk AND NOT by_return_call", "本村无人接听,由乡镇、县或其他值班台接听";
        calls_by_return_call = "NOT unbound AND talked AND disposition <> 'silent' AND by_return_call", "经回拨才接通";
        calls_undisposed = "NOT unbound AND talked AND disposition IS NULL", "通话后尚未登记处置";
        calls_visit_ordered = "NOT unbound AND visit_ordered", "无人接通或无人说话,转为必须上门";
        calls_mis_press = "NOT unbound AND disposition = 'mis_press'", "登记为误按,按比例抽查";
        calls_answered_at_once = "NOT unbound AND disposition = 'answered_at_once'", "当场答复,按比例抽查";
        calls_emergency = "NOT unbound AND (alerted OR disposition = 'emergency')", "转 110、119、120";
        calls_silent = "NOT unbound AND disposition = 'silent'", "接通无人说话";
        calls_thumb_up = "NOT unbound AND thumb_up", "对通话按满意键";
        calls_thumb_down = "NOT unbound AND thumb_down", "对通话按不满意键,由村外人员回访";
        calls_thumb_in_presence = "NOT unbound AND in_presence AND (thumb_up OR thumb_down)", "对通话的评价中,接听人在场时作出的,单列并抽查";
        calls_roster_gap = "NOT unbound AND roster_gap", "呼叫时值班表有空缺";
        thumbs_unbound = "unbound", "没有可评价服务时按下的评价键";
    }
}

const WHERE: &str = "FROM {t} WHERE area_path >= ?1 AND area_path < ?2 AND instr(?3, track) > 0 \
     AND received_at >= ?4 AND received_at < ?5 AND ?6 = ?6";
/// Whoever asks stands aside from it (LOOP A1).
const ASIDE: &str = aside!("recused", "?7");
const WHERE_CALL: &str = "FROM {t}_call WHERE area_path >= ?1 AND area_path < ?2 AND pressed_at >= ?3 AND pressed_at < ?4";
const ASIDE_CALL: &str = concat!(
    "id IN (SELECT about.call FROM {t}_aside AS aside JOIN {t}_about AS about ON about.issue = aside.issue WHERE ",
    aside!("aside.recused", "?5"),
    ")"
);
const STANDS_ASIDE: &str =
    concat!("SELECT 1 FROM {t}_aside WHERE ", aside!("recused", "?"), " LIMIT 1");
/// Settled at a level: confirmed solved, by the highest level that worked on it, no reopen, no repeat
/// within 30 days (LOOP M4).
const SETTLED: &str =
    "outcome = 'confirmed_solved' AND closed AND reopens = 0 AND NOT repeated AND NOT proactive";
const DEVICES: &str = "SELECT COUNT(*) AS devices, COALESCE(SUM(CASE WHEN heard_at >= ?3 THEN 1 ELSE 0 END), 0) AS reachable \
     FROM {t}_device WHERE area_path >= ?1 AND area_path < ?2";
const GAPS: &str = "SELECT COUNT(*) AS calls FROM {t}_call WHERE area_path >= ? AND area_path < ? AND pressed_at >= ? AND roster_gap";
const FACTS: &str = "SELECT started_at, done_at, total_expired_at, reached_rung FROM {t} \
   WHERE area_path >= ? AND area_path < ? AND instr(?, track) > 0 ORDER BY started_at, id";

/// Name and definition of what stands beside the calls.
pub const DEVICE_FIGURES: &[(&str, &str)] = &[
    ("devices", "本辖区登记的呼叫器"),
    ("reachable_devices", "其中近九十日内有过呼叫、确知接通的;没有呼叫的村是一个问题,不是成绩"),
];

/// Figures of an area and a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub issues: IssueFigures,
    /// The same without what was excluded by two persons (LOOP M5).
    pub adjusted: IssueFigures,
    pub calls: CallFigures,
    /// Call devices registered in the area, and those heard from in the last [`HEARD_DAYS`]: a silent village
    /// is a question (LOOP M6).
    pub devices: u64,
    pub reachable_devices: u64,
    /// (rung, small, big).
    pub settled: Vec<(Rung, u64, u64)>,
}

/// The fact row of one issue, for back-tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssueFact {
    pub started_at: Moment,
    pub completed_at: Option<Moment>,
    pub overdue: bool,
    pub highest_rung: u8,
}

/// The cohort: issues registered and calls pressed in `[from_us, until_us)`, judged at `now_us`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from_us: i64,
    pub until_us: i64,
    pub now_us: i64,
}

fn sums(figures: &[(&str, &str, &str)]) -> String {
    let sums = figures.iter().map(|(name, sum, _)| {
        format!("COALESCE(SUM(CASE WHEN {sum} THEN 1 ELSE 0 END), 0) AS {name}")
    });
    sums.collect::<Vec<_>>().join(", ")
}

impl Views {
    /// The figures of what the viewer may see.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn figures(&self, viewer: &Viewer, period: Period) -> Result<Figures, ViewError> {
        let (calls, issues) = (format!("NOT {ASIDE_CALL}"), format!("NOT {ASIDE}"));
        let heard_us =
            period.until_us.min(period.now_us).saturating_sub(i64::from(HEARD_DAYS) * DAY_US);
        let (devices, reachable_devices) = self.devices(viewer, heard_us).await?;
        let figures = self.sums_where(viewer, period, &issues, &calls).await?;
        Ok(Figures { devices, reachable_devices, ..figures })
    }

    /// Whether figures that were made for everybody, as those of a closed month, count anything that the
    /// viewer stands aside from.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withholds(&self, viewer: &Viewer, period: Period) -> Result<bool, ViewError> {
        let tables = self.tables("dashboard").await?;
        let query = sqlx::query(tables.sql(STANDS_ASIDE)).bind(viewer.eyes_list());
        if query.fetch_optional(&self.readers).within().await?.is_none() {
            return Ok(false);
        }
        let hidden = self.sums_where(viewer, period, ASIDE, ASIDE_CALL).await?;
        let (issues, calls) = (&hidden.issues, &hidden.calls);
        Ok(issues.received + issues.proactive + calls.calls + calls.thumbs_unbound > 0)
    }

    async fn sums_where(
        &self,
        viewer: &Viewer,
        period: Period,
        issues: &str,
        calls: &str,
    ) -> Result<Figures, ViewError> {
        let from = format!("{WHERE} AND {issues}");
        let raw = format!("SELECT {} {from}", sums(ISSUE_FIGURES));
        let adjusted = format!("{raw} AND NOT excluded");
        let settled = format!(
            "SELECT worked_rung, SUM(CASE WHEN big THEN 0 ELSE 1 END) AS small, SUM(CASE WHEN big THEN 1 ELSE 0 END) AS large {from} AND {SETTLED} \
             GROUP BY worked_rung ORDER BY worked_rung"
        );
        let raw = self.issue_rows(&raw, viewer, period).await?;
        let adjusted = self.issue_rows(&adjusted, viewer, period).await?;
        let settled = self.issue_rows(&settled, viewer, period).await?;
        let first = |rows: &[DbRow]| {
            rows.first().map(IssueFigures::read).transpose().map(Option::unwrap_or_default)
        };
        Ok(Figures {
            issues: first(&raw)?,
            adjusted: first(&adjusted)?,
            calls: self.call_figures(viewer, period, calls).await?,
            settled: settled.iter().map(settled_at).collect::<Result<_, _>>()?,
            ..Figures::default()
        })
    }

    async fn issue_rows(
        &self,
        template: &str,
        viewer: &Viewer,
        period: Period,
    ) -> Result<Vec<DbRow>, ViewError> {
        let tables = self.tables("dashboard").await?;
        let [low, high, tracks, eyes] = viewer.sight();
        let rows = sqlx::query(tables.sql(template))
            .bind(low)
            .bind(high)
            .bind(tracks)
            .bind(period.from_us)
            .bind(period.until_us)
            .bind(period.now_us)
            .bind(eyes)
            .fetch_all(&self.readers)
            .within()
            .await?;
        Ok(rows)
    }

    async fn call_figures(
        &self,
        viewer: &Viewer,
        period: Period,
        which: &str,
    ) -> Result<CallFigures, ViewError> {
        let tables = self.tables("dashboard").await?;
        let [low, high, _, eyes] = viewer.sight();
        let template = format!("SELECT {} {WHERE_CALL} AND {which}", sums(CALL_FIGURES));
        let row = sqlx::query(tables.sql(&template))
            .bind(low)
            .bind(high)
            .bind(period.from_us)
            .bind(period.until_us)
            .bind(eyes)
            .fetch_one(&self.readers)
            .within()
            .await?;
        CallFigures::read(&row)
    }

    /// Devices of the area, and those among them heard from since then.
    async fn devices(&self, viewer: &Viewer, heard_us: i64) -> Result<(u64, u64), ViewError> {
        let tables = self.tables("dashboard").await?;
        let (low, high) = viewer.area_bounds();
        let query = sqlx::query(tables.sql(DEVICES)).bind(low).bind(high).bind(heard_us);
        let row = query.fetch_one(&self.readers).within().await?;
        let devices = row.try_get::<i64, _>("devices")?.unsigned_abs();
        Ok((devices, row.try_get::<i64, _>("reachable")?.unsigned_abs()))
    }

    /// Calls pressed since then that met a gap in a roster; an alarm (LOOP C3).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roster_gaps(&self, viewer: &Viewer, since: Moment) -> Result<u64, ViewError> {
        let tables = self.tables("dashboard").await?;
        let (low, high) = viewer.area_bounds();
        let query = sqlx::query(tables.sql(GAPS)).bind(low).bind(high).bind(since.0);
        let row = query.fetch_one(&self.readers).within().await?;
        Ok(row.try_get::<i64, _>("calls")?.unsigned_abs())
    }

    /// The fact rows the viewer may see, by time of filing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issue_facts(&self, viewer: &Viewer) -> Result<Vec<IssueFact>, ViewError> {
        let tables = self.tables("dashboard").await?;
        let (low, high) = viewer.area_bounds();
        let query = sqlx::query(tables.sql(FACTS)).bind(low).bind(high).bind(viewer.track_list());
        let rows = query.fetch_all(&self.readers).within().await?;
        let facts = rows.iter().map(|row| {
            Ok(IssueFact {
                started_at: Moment(row.try_get("started_at")?),
                completed_at: row.try_get::<Option<i64>, _>("done_at")?.map(Moment),
                overdue: row.try_get::<Option<i64>, _>("total_expired_at")?.is_some(),
                highest_rung: u8::try_from(count(row, "reached_rung")?).unwrap_or(u8::MAX),
            })
        });
        facts.collect()
    }
}

fn settled_at(row: &DbRow) -> Result<(Rung, u64, u64), ViewError> {
    let rung = match row.try_get::<i64, _>("worked_rung")? {
        0 => Rung::Grid,
        1 => Rung::Village,
        2 => Rung::Township,
        _ => Rung::County,
    };
    let count = |column| Ok::<_, ViewError>(row.try_get::<i64, _>(column)?.unsigned_abs());
    Ok((rung, count("small")?, count("large")?))
}
