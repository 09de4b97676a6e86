//! Reports for people and for programs.

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets};
use serde_json::json;

use super::figures::{Figures, Report};
use super::letters::Letters;

use crate::out::say;

const DEFINITIONS: &str = "received 收到 · answered 已答复 · overdue 截止前未答复 · to_township/to_county 曾提级到该级 · \
     open_at_end 期末仍无答复 · mean/p90_days 自来信至答复的日数(平均/第 90 百分位,最近秩),仅计已答复";

pub fn json(first: &Report, second: Option<&Report>, letters: &Letters) -> Result<()> {
    let bad_rows: Vec<_> = letters
        .bad_rows
        .iter()
        .map(|bad| json!({ "line": bad.line, "reason": bad.reason }))
        .collect();
    let mut report = json!({
        "policy": first.policy, "total": first.total, "years": first.years, "bad_rows": bad_rows,
    });
    if let (Some(second), Some(fields)) = (second, report.as_object_mut()) {
        fields.insert("compare".into(), serde_json::to_value(second)?);
        fields.insert("changes".into(), changes(&first.total, &second.total));
    }
    say!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

pub fn table(first: &Report, second: Option<&Report>, letters: &Letters) {
    one(first);
    if let Some(second) = second {
        one(second);
        say!("{} → {}:", first.policy.id, second.policy.id);
        for ((name, before), (_, after)) in
            first.total.counts().into_iter().zip(second.total.counts())
        {
            if before != after {
                say!("  {name}: {before} → {after}");
            }
        }
        say!();
    }
    say!("{DEFINITIONS}");
    if !letters.bad_rows.is_empty() {
        say!("\n未回放的行 {}:", letters.bad_rows.len());
        for bad in &letters.bad_rows {
            say!("  第 {} 行:{}", bad.line, bad.reason);
        }
    }
}

fn one(report: &Report) {
    say!("{} v{}", report.policy.id, report.policy.version);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let names = report.total.counts().map(|(name, _)| name);
    table.set_header(["year"].into_iter().chain(names).chain(["mean_days", "p90_days"]));
    for (year, figures) in &report.years {
        table.add_row(row(year, figures));
    }
    table.add_row(row("total", &report.total));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    say!("{table}\n");
}

fn row(year: &str, figures: &Figures) -> Vec<String> {
    let days = |days: Option<f64>| days.map_or_else(|| "–".into(), |days| format!("{days:.1}"));
    let counts = figures.counts().map(|(_, count)| count.to_string());
    let mut row = vec![year.to_owned()];
    row.extend(counts);
    row.extend([days(figures.mean_days), days(figures.p90_days)]);
    row
}

fn changes(first: &Figures, second: &Figures) -> serde_json::Value {
    let pairs = first.counts().into_iter().zip(second.counts());
    pairs
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| {
            (name.to_owned(), json!({ "from": before, "to": after }))
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}
