//! The back-test: figures worked out by hand, bad rows listed, two runs equal byte for byte.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::bidao;

/// Four letters of 2015 and 2016, and three rows that are none.
const LETTERS: &str = "\
id,sent_at,body,reply,replied_at
1,2015-03-02T10:00:00+08:00,在期限内答复,好,2015-03-17T23:59:59+08:00
2,2015-03-02T10:00:00+08:00,期限届满的一刻才答复,好,2015-03-18T00:00:00+08:00
3,2015-09-20T08:00:00+08:00,届满日在国庆假期,好,2015-10-07T12:00:00+08:00
x,yesterday,坏时间,,
2,2015-05-01T00:00:00+08:00,重复编号,,
5,2015-05-03T00:00:00+08:00,答复早于来信,好,2015-05-02T00:00:00+08:00
4,2016-01-04T09:00:00+08:00,一直没有答复,,
6,2016-03-01T09:00:00+08:00,历史到此为止,好,2016-03-01T10:00:00+08:00
";

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/policies")
}

fn simulate(letters: &Path, policy: &Path) -> Result<Vec<u8>> {
    let output = Command::new(bidao()?)
        .arg("simulate")
        .arg("--letters")
        .arg(letters)
        .arg("--policy")
        .arg(policy)
        .arg("--json")
        .output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}

#[test]
fn the_figures_are_those_of_a_calculation_by_hand() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let letters = directory.path().join("letters.csv");
    std::fs::write(&letters, LETTERS)?;
    let policy = policies().join("letters-15d.toml");
    let first = simulate(&letters, &policy)?;
    assert_eq!(first, simulate(&letters, &policy)?, "two runs differ");
    let report: Value = serde_json::from_slice(&first)?;
    // 1: due 2015-03-18 00:00, answered a second before. 2: at that instant, too late. 3: the 15th day
    // is 5 October; the holiday ends on the 7th, so it is due at the end of 8 October. 4: due on
    // 2016-01-20 00:00, and twice the period on 2016-02-04 00:00, both before the history ends.
    let picked = |figures: &Value| {
        ["received", "answered", "overdue", "to_township", "to_county", "open_at_end"]
            .map(|name| figures.get(name).and_then(Value::as_u64).unwrap_or(u64::MAX))
    };
    let year = |year: &str| report.pointer(&format!("/years/{year}")).cloned().unwrap_or_default();
    assert_eq!(picked(&year("2015")), [3, 3, 1, 1, 0, 0]);
    assert_eq!(picked(&year("2016")), [2, 1, 1, 1, 1, 1]);
    assert_eq!(picked(report.get("total").context("total")?), [5, 4, 2, 2, 1, 1]);
    let p90 = report.pointer("/years/2015/p90_days").and_then(Value::as_f64).unwrap_or_default();
    assert!((p90 - 17.166_667).abs() < 1e-6, "{p90}");
    let lines: Vec<_> =
        report.get("bad_rows").and_then(Value::as_array).into_iter().flatten().collect();
    let lines: Vec<_> =
        lines.iter().filter_map(|row| row.get("line").and_then(Value::as_u64)).collect();
    assert_eq!(json!(lines), json!([5, 6, 7]));
    Ok(())
}

#[test]
fn a_back_test_refuses_a_year_without_a_calendar() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let letters = directory.path().join("letters.csv");
    std::fs::write(&letters, "id,sent_at,replied_at\n1,2031-01-06T10:00:00+08:00,\n")?;
    let refused = simulate(&letters, &policies().join("letters-15d.toml")).unwrap_err().to_string();
    assert!(refused.contains("does not cover 2031"), "{refused}");
    Ok(())
}

#[test]
fn the_doctor_refuses_back_test_policies_for_live_use() -> Result<()> {
    let doctor = |policy: &str| -> Result<bool> {
        let path = policies().join(policy);
        Ok(Command::new(bidao()?)
            .arg("doctor")
            .arg("--policy")
            .arg(path)
            .output()?
            .status
            .success())
    };
    assert!(doctor("county.toml")?);
    assert!(!doctor("letters-15d.toml")?);
    assert!(!doctor("letters-5wd.toml")?);
    Ok(())
}
