//! Steps that stories take by the command line, in one village of the small county.

use anyhow::Result;
use serde_json::{Value, json};

use crate::console::{Console, Who, text};

pub const VILLAGE: &str = "桥头村";
pub const GRID: &str = "桥头一网格";
pub const TOWNSHIP: &str = "白塔镇";

#[must_use]
pub fn hotline() -> Who {
    Who::of("hotline")
}

#[must_use]
pub fn leader() -> Who {
    Who::of("leader")
}

/// A second leader of the county.
/// A device itself.
#[must_use]
pub fn keys_of(device: &str) -> Who {
    Who::of("device").named(device)
}

#[must_use]
pub fn deputy() -> Who {
    leader().named("deputy")
}

pub fn secretary(console: &Console) -> Result<Who> {
    Ok(Who::of("handler").at(&console.post(VILLAGE, 0)?))
}

/// An ordinary matter told in person; returns the issue.
pub fn register(console: &Console, extra: &Value) -> Result<String> {
    let mut matter = json!({
        "nature": "NATURE_HELP", "category": "住房", "place_unit_id": console.unit(GRID)?,
        "title": "屋顶漏雨", "narrative": "堂屋漏水",
    });
    merge(&mut matter, extra);
    let request = json!({ "matter": matter, "source": "SOURCE_IN_PERSON" });
    Ok(text(&console.ask(&hotline(), "intake register", request)?["issue_id"]))
}

pub fn merge(into: &mut Value, extra: &Value) {
    for (key, value) in extra.as_object().into_iter().flatten() {
        into[key] = value.clone();
    }
}

#[must_use]
pub fn on(issue: &str) -> Value {
    json!({ "issue_id": issue })
}

#[must_use]
pub fn with(issue: &str, extra: Value) -> Value {
    let mut request = on(issue);
    merge(&mut request, &extra);
    request
}

/// Accepted by the secretary, who met the resident.
pub fn visit(console: &Console, issue: &str) -> Result<()> {
    let secretary = secretary(console)?;
    console.ask(&secretary, "dispatch accept", on(issue))?;
    let met = with(issue, json!({ "outcome": "ARRIVAL_OUTCOME_MET" }));
    console.ask(&secretary, "resolution arrive", met)?;
    Ok(())
}

pub fn complete_and_notify(console: &Console, issue: &str) -> Result<()> {
    let secretary = secretary(console)?;
    console.ask(&secretary, "resolution complete", with(issue, json!({ "summary": "修好了" })))?;
    let told = with(issue, json!({ "channel": "NOTICE_CHANNEL_PHONE" }));
    console.ask(&secretary, "resolution notify", told)?;
    Ok(())
}

pub fn says(console: &Console, issue: &str, effect: &str) -> Result<()> {
    let rate = with(issue, json!({ "verdict": { "effect": effect } }));
    console.ask(&Who::of("resident"), "rating rate", rate)?;
    Ok(())
}

pub fn press(console: &Console) -> Result<(String, String)> {
    let grid = console.unit(GRID)?;
    let home = json!({ "unit_id": grid, "address": "七号" });
    let operator = Who::of("operator");
    let household = console.ask(&operator, "org register-household", home)?;
    let device = json!({ "household_id": household["household_id"] });
    let device = text(&console.ask(&operator, "org register-device", device)?["device_id"]);
    let call = console.ask(&hotline(), "call press", json!({ "device_id": device }))?;
    Ok((text(&call["call_id"]), device))
}

pub fn answer(console: &Console, call: &str) -> Result<()> {
    let chief = Who::of("handler").at(&console.post(GRID, 0)?);
    console.ask(&chief, "call answer", json!({ "call_id": call }))?;
    Ok(())
}
