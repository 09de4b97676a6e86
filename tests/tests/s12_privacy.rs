//! What residents say about themselves and others stands nowhere in clear: not in a file, not in a table, not
//! in a stream, not in a log, however it is written.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::json;
use tests::steps::{GRID, VILLAGE, answer, hotline, leader, press, says, secretary, visit, with};
use tests::{Console, Environment, Who, text};

const NAME: &str = "欧阳金雀";
const PHONE: &str = "13987650421";
const STORY: &str = "檐下金雀衔泥";
const PLACE: &str = "雀巷七弄九号";
const WORD: &str = "金雀口信";
/// All that our own parts and the libraries say, but not the frames of HTTP/2 as they came.
const LOG: &str = "debug,h2=info";
const PLANTED: [&str; 5] = [NAME, PHONE, STORY, PLACE, WORD];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_residents_say_is_in_no_file_and_no_log_sqlite() -> Result<()> {
    let (console, log) = heard(&[]).await?;
    told(&console).await?;
    assert!(holds(console.files(), b"issue.completed")?, "the files were read");
    require_nothing_in(console.files())?;
    require_nothing(&said(log.path())?, "the log");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_residents_say_is_in_no_table_and_no_log_postgres() -> Result<()> {
    let environment: Environment = testkit::postgres::environment().await;
    let (console, log) = heard(&environment).await?;
    told(&console).await?;
    let tables = testkit::postgres::everything(&environment).await;
    assert!(tables.contains("issue.completed"), "the tables were read");
    require_nothing(tables.as_bytes(), "the tables");
    require_nothing_in(console.files())?;
    require_nothing(&said(log.path())?, "the log");
    Ok(())
}

/// A county that says all it can say, and where it says it.
async fn heard(environment: &[(String, String)]) -> Result<(Console, tempfile::NamedTempFile)> {
    let log = tempfile::NamedTempFile::new()?;
    let environment = [environment, &[("BIDAO_LOG".to_owned(), LOG.to_owned())]].concat();
    let console = Console::open_logging(&environment, log.reopen()?.into()).await?;
    Ok((console, log))
}

/// What the program logged, which is something.
fn said(log: &Path) -> Result<Vec<u8>> {
    let said = fs::read(log)?;
    ensure!(!said.is_empty(), "the log says nothing");
    Ok(said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_residents_say_is_in_no_table_and_no_stream_jetstream() -> Result<()> {
    let mut nats = testkit::nats::NatsServer::start();
    let mut environment: Environment = testkit::postgres::environment().await;
    environment.push(nats.variable());
    let (console, log) = heard(&environment).await?;
    told(&console).await?;
    let tables = testkit::postgres::everything(&environment).await;
    assert!(tables.contains("issue.completed"), "the tables were read");
    require_nothing(tables.as_bytes(), "the tables");
    require_nothing_in(console.files())?;
    require_nothing(&said(log.path())?, "the log");
    nats.kill();
    let streams = nats.copy();
    assert!(holds(streams.path(), b"issue.completed")?, "the streams were read");
    require_nothing_in(streams.path())
}

/// Every field that takes free text or says who somebody is, on the way of one matter and one call.
async fn told(console: &Console) -> Result<()> {
    let operator = Who::of("operator");
    let home = json!({ "unit_id": console.unit(GRID)?, "address": PLACE });
    console.ask(&operator, "org register-household", home)?;
    let matter = json!({
        "nature": "NATURE_HELP", "category": "住房", "place_unit_id": console.unit(GRID)?,
        "title": STORY, "narrative": format!("{STORY},住{PLACE}"), "reporter_name": NAME,
        "reporter_phone": PHONE,
    });
    let request = json!({ "matter": matter, "source": "SOURCE_IN_PERSON" });
    let issue = text(&console.ask(&hotline(), "intake register", request)?["issue_id"]);
    let (call, device) = press(console)?;
    answer(console, &call)?;
    let registered =
        json!({ "call_id": call, "registered": { "matters": [matter] }, "note": WORD });
    console.ask(&hotline(), "call record-disposition", registered)?;
    let secretary = secretary(console)?;
    visit(console, &issue)?;
    let noted = [
        ("resolution record-progress", json!({ "note": WORD })),
        ("resolution comment", json!({ "note": WORD })),
        ("resolution pause", json!({ "reason": WORD })),
        ("resolution resume", json!({ "answer": WORD })),
        ("resolution extend", json!({ "by": "5 工作日", "reason": WORD })),
        ("resolution complete", json!({ "summary": WORD })),
        ("resolution notify", json!({ "channel": "NOTICE_CHANNEL_PHONE" })),
    ];
    for (verb, fields) in noted {
        console.ask(&secretary, verb, with(&issue, fields))?;
    }
    says(console, &issue, "EFFECT_NOT_SOLVED")?;
    let heard = json!({ "verdict": { "effect": "EFFECT_NOT_SOLVED" }, "note": WORD });
    console.ask(&Who::of("follow-up"), "rating record-follow-up", with(&issue, heard))?;
    let urged = with(&issue, json!({ "note": WORD }));
    console.ask(&leader(), "escalation urge", urged)?;
    let accuse = json!({
        "matter": { "nature": "NATURE_REPORT", "category": "检举控告", "place_unit_id": console.unit(VILLAGE)?,
            "title": STORY, "narrative": STORY, "reporter_name": NAME, "reporter_phone": PHONE },
        "accused": [{ "post_id": console.post(VILLAGE, 0)? }],
    });
    console.ask(&hotline(), "intake register-accusation", accuse)?;
    let thumb = json!({ "device_id": device, "thumb": "THUMB_DOWN" });
    console.ask(&hotline(), "call press-thumb", thumb)?;
    // A refusal repeats what was wrong with a field, never what it said.
    let wrong = json!({ "matter": { "nature": "NATURE_HELP", "category": "住房", "narrative": STORY,
        "reporter_phone": PHONE.repeat(9), "reporter_name": NAME }, "source": "SOURCE_IN_PERSON" });
    console.refused(&hotline(), "intake register", wrong)?;
    console.server.advance_to(9 * 86_400).await?;
    // It can be read where it may be: the words above did get in.
    let file = console.issue(&issue)?;
    ensure!(file["title"] == STORY, "{file}");
    Ok(())
}

/// Promise P11: of an anonymous reporter nothing is kept that leads to them, in no store, stream or log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p11_an_anonymous_reporter_leaves_no_identity_at_rest_sqlite() -> Result<()> {
    let (console, log) = heard(&[]).await?;
    unknown(&console).await?;
    assert!(holds(console.files(), b"issue.rated")?, "the files were read");
    require_none_in(console.files(), &TRACES)?;
    require_none(&said(log.path())?, &TRACES, "the log");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p11_an_anonymous_reporter_leaves_no_identity_at_rest_postgres() -> Result<()> {
    let environment: Environment = testkit::postgres::environment().await;
    let (console, log) = heard(&environment).await?;
    unknown(&console).await?;
    let tables = testkit::postgres::everything(&environment).await;
    assert!(tables.contains("issue.rated"), "the tables were read");
    require_none(tables.as_bytes(), &TRACES, "the tables");
    require_none_in(console.files(), &TRACES)?;
    require_none(&said(log.path())?, &TRACES, "the log");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p11_an_anonymous_reporter_leaves_no_identity_at_rest_jetstream() -> Result<()> {
    let mut nats = testkit::nats::NatsServer::start();
    let mut environment: Environment = testkit::postgres::environment().await;
    environment.push(nats.variable());
    let (console, log) = heard(&environment).await?;
    unknown(&console).await?;
    let tables = testkit::postgres::everything(&environment).await;
    assert!(tables.contains("issue.rated"), "the tables were read");
    require_none(tables.as_bytes(), &TRACES, "the tables");
    require_none_in(console.files(), &TRACES)?;
    require_none(&said(log.path())?, &TRACES, "the log");
    nats.kill();
    let streams = nats.copy();
    assert!(holds(streams.path(), b"issue.rated")?, "the streams were read");
    require_none_in(streams.path(), &TRACES)
}

/// What an account of a portal is called, and its digest, which anybody could compare.
const VISITOR: &str = "wx-oQx7canary31";
const VISITOR_SHA256: &str = "31f44559ccf89290afac8b1a56ab1b1f1a438589bc425a4f4024a248e972246c";
const TRACES: [&str; 3] = [VISITOR, VISITOR_SHA256, PHONE];

/// Filed, asked after and judged by somebody whom only the portal knows.
async fn unknown(console: &Console) -> Result<()> {
    let visitor = Who::of("resident").named(VISITOR);
    let matter = json!({
        "nature": "NATURE_COMPLAINT", "category": "住房", "place_unit_id": console.unit(GRID)?,
        "title": "夜间施工", "narrative": "吵", "confidence": "CONFIDENCE_ANONYMOUS",
    });
    let mut named = matter.clone();
    named["reporter_phone"] = PHONE.into();
    let named = json!({ "matter": named, "source": "SOURCE_IN_PERSON" });
    assert_eq!(console.refused(&visitor, "intake register", named)?, "INVALID_FIELD");
    let request_id = "0192a0c4-6f5e-7d10-8a51-2f6f3a0c9b11";
    let request =
        json!({ "matter": matter, "source": "SOURCE_IN_PERSON", "request_id": request_id });
    let filed = console.ask(&visitor, "intake register", request.clone())?;
    let (issue, code) = (text(&filed["issue_id"]), text(&filed["receipt_code"]));
    // Whatever the portal calls whoever files it: no id follows from that.
    let again =
        console.ask(&Who::of("resident").named("wx-other"), "intake register", request.clone())?;
    assert_eq!(
        (text(&again["issue_id"]), text(&again["receipt_code"])),
        (issue.clone(), code.clone())
    );
    let accuse = json!({
        "matter": { "nature": "NATURE_REPORT", "category": "检举控告", "title": "收礼",
            "narrative": "收礼", "place_unit_id": console.unit(VILLAGE)?,
            "confidence": "CONFIDENCE_ANONYMOUS" },
        "accused": [{ "post_id": console.post(VILLAGE, 0)? }],
    });
    console.ask(&visitor, "intake register-accusation", accuse)?;
    let secretary = secretary(console)?;
    console.ask(&secretary, "dispatch accept", json!({ "issue_id": issue }))?;
    let done = json!({ "issue_id": issue, "summary": "已停工" });
    console.ask(&secretary, "resolution complete", done)?;
    let query = json!({ "receipt_code": code, "min_position": console.head()? });
    let told = console.ask(&visitor, "intake query-receipt", query)?;
    assert_eq!(text(&told["result"]), "已停工");
    let rate = json!({ "receipt_code": code, "verdict": { "effect": "EFFECT_SOLVED" } });
    console.ask(&visitor, "intake rate-by-receipt", rate)?;
    Ok(())
}

fn require_nothing_in(folder: &Path) -> Result<()> {
    require_none_in(folder, &PLANTED)
}

fn require_none_in(folder: &Path, planted: &[&str]) -> Result<()> {
    for file in files_in(folder)? {
        require_none(&fs::read(&file)?, planted, &file.display().to_string());
    }
    Ok(())
}

fn holds(folder: &Path, wanted: &[u8]) -> Result<bool> {
    let files = files_in(folder)?;
    let read = files.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    Ok(read.iter().any(|bytes| contains(bytes, wanted)))
}

fn files_in(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files.extend(files_in(&path)?) } else { files.push(path) }
    }
    Ok(files)
}

/// In UTF-8, GBK, UTF-16, JSON's escapes, hex and base64, wherever in a longer text it stands.
fn require_nothing(bytes: &[u8], place: &str) {
    require_none(bytes, &PLANTED, place);
}

fn require_none(bytes: &[u8], planted: &[&str], place: &str) {
    for planted in planted {
        for (way, written) in ways(planted) {
            assert!(!contains(bytes, &written), "{planted} stands in {place}, as {way}");
        }
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(bytes, wanted).is_some()
}

fn ways(planted: &str) -> Vec<(&'static str, Vec<u8>)> {
    let (gbk, ..) = encoding_rs::GBK.encode(planted);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let utf16: Vec<u8> = planted.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let escaped: String = planted.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let mut ways = vec![
        ("UTF-8", planted.as_bytes().to_vec()),
        ("GBK", gbk.to_vec()),
        ("UTF-16", utf16),
        ("escapes", escaped.into_bytes()),
        ("hex", hex(planted.as_bytes()).into_bytes()),
        ("HEX", hex(planted.as_bytes()).to_uppercase().into_bytes()),
        ("hex of GBK", hex(&gbk).into_bytes()),
    ];
    for written in [planted.as_bytes(), &gbk] {
        ways.extend((0..3).map(|at| ("base64", base64_inside(written, at).into_bytes())));
    }
    ways
}

/// The letters of base64 that these bytes alone decide when they begin `at` bytes into a group of three.
fn base64_inside(bytes: &[u8], at: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let whole = &bytes[(3 - at) % 3..];
    let groups = whole.chunks_exact(3).map(|group| {
        let bits = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift & 63) as usize]))
    });
    groups.flatten().collect()
}

#[test]
fn base64_is_found_wherever_it_begins() {
    // As `printf '檐下金雀衔泥' | base64` has it, and one byte further in.
    assert_eq!(base64_inside(STORY.as_bytes(), 0), "5qqQ5LiL6YeR6ZuA6KGU5rOl");
    assert!("YeaqkOS4i+mHkembgOihlOazpQ==".contains(&base64_inside(STORY.as_bytes(), 1)));
}

#[test]
#[should_panic(expected = "as escapes")]
fn what_stands_somewhere_is_found() {
    require_nothing(br#"{"name":"\u6b27\u9633\u91d1\u96c0"}"#, "a file");
}
