//! Pictures of a matter: sent and fetched by HTTP with a voucher, kept as ciphertext, forgotten with the file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use testkit::object_store::{KEYS, ObjectStore};
use tests::steps::{
    complete_and_notify, deputy, hotline, leader, register, says, secretary, visit, with,
};
use tests::{Console, Environment, Who, text};

tests::on_every_backend!(
    a_picture_is_seen_by_those_who_may_and_by_no_camera_s_words,
    nothing_but_a_picture_of_the_type_is_kept,
    a_voucher_opens_what_it_was_given_for_and_ends,
    who_may_not_see_the_file_sends_and_sees_nothing,
    p12_an_erased_picture_is_gone_with_its_voucher,
);

const TYPE: &str = "image/jpeg";
const CAMERA: &[u8] = b"GPS 31.7421N 115.9067E HUAWEI";
const SEEN: &[u8] = b"what is to be seen in it";
const MINUTES: i64 = 60;

/// A JPEG as telephones make them, as far as anybody looks who does not draw it.
fn photo() -> Vec<u8> {
    let part = |marker: u8, said: &[u8]| {
        let length = u16::try_from(said.len() + 2).unwrap_or_default().to_be_bytes();
        [&[0xFF, marker], &length[..], said].concat()
    };
    [
        vec![0xFF, 0xD8],
        part(0xE1, &[b"Exif\0\0MM\0*\0\0\0\x08\0\0", CAMERA].concat()),
        part(0xDB, &[1; 65]),
        part(0xC0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
        part(0xDA, &[1, 1, 0, 0, 63, 0]),
        SEEN.to_vec(),
        vec![0xFF, 0xD9],
        CAMERA.to_vec(),
    ]
    .concat()
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(bytes, word).is_some()
}

/// Status and body of what HTTP answers.
fn http(console: &Console, path: &str, send: Option<&[u8]>) -> Result<(u16, Vec<u8>)> {
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder().http_status_as_error(false).build(),
    );
    let url = format!("{}{path}", console.server.url);
    let mut answer = match send {
        Some(bytes) => agent.put(url).send(bytes)?,
        None => agent.get(url).call()?,
    };
    let status = answer.status().as_u16();
    if send.is_none() && status == 200 {
        let header = |name: &str| answer.headers().get(name).map(|value| value.as_bytes().to_vec());
        ensure!(header("content-type").as_deref() == Some(TYPE.as_bytes()));
        ensure!(header("x-content-type-options").as_deref() == Some(&b"nosniff"[..]));
        ensure!(header("cache-control").as_deref() == Some(&b"no-store"[..]));
        ensure!(header("content-disposition").is_some_and(|how| how.starts_with(b"attachment;")));
    }
    Ok((status, answer.body_mut().with_config().limit(32 << 20).read_to_vec()?))
}

fn leave(console: &Console, who: &Who, issue: &str) -> Result<String> {
    let asked = json!({ "issue_id": issue, "media_type": TYPE });
    let leave = console.ask(who, "resolution request-upload", asked)?;
    ensure!(text(&leave["bytes_max"]) == "10485760", "{leave}");
    Ok(text(&leave["path"]))
}

/// Sends a picture; what AttachEvidence wants to know of it.
fn send(console: &Console, who: &Who, issue: &str, bytes: &[u8]) -> Result<String> {
    let (status, body) = http(console, &leave(console, who, issue)?, Some(bytes))?;
    ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&body));
    let answer: Value = serde_json::from_slice(&body)?;
    Ok(text(&answer["upload"]))
}

fn attach(console: &Console, who: &Who, issue: &str) -> Result<()> {
    let upload = send(console, who, issue, &photo())?;
    let fields = json!({ "upload": upload, "file_name": "堂屋.jpg" });
    console.ask(who, "resolution attach-evidence", with(issue, fields)).map(drop)
}

fn look(issue: &str) -> Value {
    json!({ "file": format!("issue/{issue}"), "fields": ["IDENTITY_FIELD_PICTURES"],
        "purpose": "PURPOSE_VERIFY" })
}

/// The path to the only picture of a file.
fn picture(console: &Console, who: &Who, issue: &str) -> Result<String> {
    let seen = console.ask(who, "privacy view-identity", look(issue))?;
    let pictures = seen["pictures"].as_array().context("no pictures")?;
    ensure!(pictures.len() == 1 && text(&pictures[0]["file_name"]) == "堂屋.jpg", "{seen}");
    Ok(text(&pictures[0]["path"]))
}

/// Every file below a folder.
fn files(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(fs::read(path)?);
        }
    }
    Ok(found)
}

fn blobs(console: &Console) -> Result<Vec<Vec<u8>>> {
    files(&console.files().join("data/blobs"))
}

async fn a_picture_is_seen_by_those_who_may_and_by_no_camera_s_words(
    environment: Environment,
) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &Value::Null)?;
    let secretary = secretary(&console)?;
    console.ask(&secretary, "dispatch accept", json!({ "issue_id": issue }))?;
    attach(&console, &secretary, &issue)?;
    let (status, bytes) = http(&console, &picture(&console, &secretary, &issue)?, None)?;
    assert_eq!(status, 200);
    assert!(holds(&bytes, SEEN) && bytes.starts_with(&[0xFF, 0xD8]));
    assert!(!holds(&bytes, CAMERA), "what the camera says is not kept");
    // The look stands in the audit; whoever does not work on the file needs a second person.
    let audit = json!({ "file": format!("issue/{issue}"), "min_position": console.head()? });
    let audit = console.ask(&Who::of("auditor"), "privacy list-looks", audit)?;
    assert_eq!(audit["looks"][0]["fields"], json!(["IDENTITY_FIELD_PICTURES"]));
    assert_eq!(console.refused(&leader(), "privacy view-identity", look(&issue))?, "PASS_NEEDED");
    // What is kept is ciphertext, and no key of it is told.
    let kept = blobs(&console)?;
    assert!(kept.len() == 1 && !holds(&kept[0], SEEN) && !holds(&kept[0], CAMERA));
    for file in files(console.files())? {
        assert!(!holds(&file, SEEN) && !holds(&file, CAMERA));
    }
    let shown = console.issue(&issue)?.to_string();
    assert!(shown.contains("堂屋.jpg") && shown.contains("\\\"picture\\\":\\\"***\\\""), "{shown}");
    assert!(console.server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

async fn nothing_but_a_picture_of_the_type_is_kept(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &Value::Null)?;
    let path = leave(&console, &hotline(), &issue)?;
    let whole = photo();
    let cut = &whole[..whole.len() / 2];
    let large = vec![0; (10 << 20) + 1];
    for wrong in [&b"<html><script>alert(1)</script>"[..], b"%PDF-1.7", b"", cut, &large] {
        let (status, body) = http(&console, &path, Some(wrong))?;
        let told: Value = serde_json::from_slice(&body)?;
        assert_eq!((status, text(&told["reason"])), (400, "INVALID_FIELD".into()), "{told}");
        assert!(!text(&told["message_zh"]).is_empty());
    }
    let other = json!({ "issue_id": issue, "media_type": "image/svg+xml" });
    assert_eq!(console.refused(&hotline(), "resolution request-upload", other)?, "INVALID_FIELD");
    assert!(!console.files().join("data/blobs").exists(), "nothing is kept");
    // A digest of something that is kept elsewhere is evidence still.
    let elsewhere = json!({ "sha256": "0f".repeat(32), "media_type": "application/pdf",
        "file_name": "合同.pdf" });
    console.ask(&hotline(), "resolution attach-evidence", with(&issue, elsewhere))?;
    let seen = console.ask(&hotline(), "privacy view-identity", look(&issue))?;
    assert!(seen["pictures"].as_array().is_none_or(Vec::is_empty), "{seen}");
    Ok(())
}

async fn a_voucher_opens_what_it_was_given_for_and_ends(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let (issue, other) = (register(&console, &Value::Null)?, register(&console, &Value::Null)?);
    attach(&console, &hotline(), &issue)?;
    let (to_send, to_see) =
        (leave(&console, &hotline(), &issue)?, picture(&console, &hotline(), &issue)?);
    let mut forged = to_see.clone();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    for path in [&to_send, &forged, "/pictures/AAAA"] {
        assert_eq!(http(&console, path, None)?.0, 404, "{path}");
    }
    for path in [&to_see, &forged] {
        assert_eq!(http(&console, path, Some(&photo()))?.0, 404, "{path}");
    }
    // What was sent for one file is evidence of no other.
    let upload = send(&console, &hotline(), &issue, &photo())?;
    let fields = json!({ "upload": upload, "file_name": "堂屋.jpg" });
    let refused =
        console.refused(&hotline(), "resolution attach-evidence", with(&other, fields.clone()))?;
    assert_eq!(refused, "INVALID_FIELD");
    assert_eq!(http(&console, &to_see, None)?.0, 200);
    console.server.advance_to(10 * MINUTES).await?;
    assert_eq!(http(&console, &to_see, None)?.0, 404);
    assert_eq!(http(&console, &to_send, Some(&photo()))?.0, 404);
    console.ask(&hotline(), "resolution attach-evidence", with(&issue, fields.clone()))?;
    console.server.advance_to(61 * MINUTES).await?;
    let late = console.refused(&hotline(), "resolution attach-evidence", with(&issue, fields))?;
    assert_eq!(late, "INVALID_FIELD");
    Ok(())
}

async fn who_may_not_see_the_file_sends_and_sees_nothing(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &Value::Null)?;
    attach(&console, &hotline(), &issue)?;
    let elsewhere = Who::of("handler").at(&console.post("柳湾村", 0)?).at_home();
    let asked = json!({ "issue_id": issue, "media_type": TYPE });
    let absent = json!({ "issue_id": "0192f0c0-f4e0-7abc-8def-001122334455", "media_type": TYPE });
    for asked in [asked.clone(), absent] {
        let refused = console.refused(&elsewhere, "resolution request-upload", asked)?;
        assert_eq!(refused, "NOT_FOUND");
    }
    assert_eq!(console.refused(&elsewhere, "privacy view-identity", look(&issue))?, "NOT_FOUND");
    assert_eq!(console.refused(&leader(), "resolution request-upload", asked)?, "ROLE_MAY_NOT");
    // Whoever spoke in confidence may be in the picture.
    let hidden = json!({ "confidence": "CONFIDENCE_CONFIDENTIAL", "contact_channel": "QQ 10001" });
    let hidden = register(&console, &hidden)?;
    attach(&console, &hotline(), &hidden)?;
    assert_eq!(console.refused(&hotline(), "privacy view-identity", look(&hidden))?, "PASS_NEEDED");
    Ok(())
}

/// Promise P12, of pictures.
async fn p12_an_erased_picture_is_gone_with_its_voucher(environment: Environment) -> Result<()> {
    let console = Console::open_on(&environment).await?;
    let issue = register(&console, &Value::Null)?;
    visit(&console, &issue)?;
    attach(&console, &hotline(), &issue)?;
    complete_and_notify(&console, &issue)?;
    says(&console, &issue, "EFFECT_SOLVED")?;
    let path = picture(&console, &hotline(), &issue)?;
    assert_eq!((http(&console, &path, None)?.0, blobs(&console)?.len()), (200, 1));
    forget(&console, &issue)?;
    assert_eq!((http(&console, &path, None)?.0, blobs(&console)?.len()), (404, 0));
    Ok(())
}

/// The whole file, by the will of two.
fn forget(console: &Console, issue: &str) -> Result<()> {
    let file = format!("issue/{issue}");
    let erase = json!({ "file": file, "extent": "EXTENT_WHOLE_FILE",
        "basis": "BASIS_CONSENT_WITHDRAWN", "reason": "本人申请" });
    let asked = console.ask(&hotline(), "privacy request-erasure", erase)?;
    let named = json!({ "file": file, "number": asked["number"] });
    console.ask(&deputy(), "privacy approve-privacy-request", named)?;
    Ok(())
}

/// A file with a picture, closed.
fn closed(console: &Console) -> Result<String> {
    let issue = register(console, &Value::Null)?;
    visit(console, &issue)?;
    attach(console, &hotline(), &issue)?;
    complete_and_notify(console, &issue)?;
    says(console, &issue, "EFFECT_SOLVED")?;
    Ok(issue)
}

/// What forgets asks no store whether it may: the keys go at once, the pictures when it is there again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p12_an_erasure_waits_for_no_store() -> Result<()> {
    let console = Console::open().await?;
    let issue = closed(&console)?;
    let kept = console.files().join("data/blobs");
    let away = console.files().join("away");
    fs::rename(&kept, &away)?;
    fs::write(&kept, b"no folder")?;
    forget(&console, &issue)?;
    assert_eq!(text(&console.issue(&issue)?["title"]), "已删除");
    assert_eq!(files(&away)?.len(), 1, "the store was away");
    // It goes on where something was left to do, also after a kill.
    let console = console
        .restarted(|_| {
            fs::remove_file(&kept)?;
            Ok(fs::rename(&away, &kept)?)
        })
        .await?;
    assert_eq!(text(&console.issue(&issue)?["title"]), "已删除");
    assert_eq!(blobs(&console)?.len(), 0);
    Ok(())
}

/// In a bucket of an object store there is ciphertext; and a store that is away holds up nothing but pictures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p12_pictures_are_kept_in_an_object_store() -> Result<()> {
    let mut store = ObjectStore::start();
    let secrets = tempfile::tempdir()?;
    let keys = secrets.path().join("keys");
    fs::write(&keys, KEYS)?;
    let variable = |name: &str, value: String| (format!("BIDAO_{name}"), value);
    let environment = [
        variable("BLOB_URL", store.place()),
        variable("BLOB_KEYS_FILE", keys.display().to_string()),
    ];
    let console = Console::open_on(&environment).await?;
    let (first, second) = (closed(&console)?, closed(&console)?);
    let path = picture(&console, &hotline(), &first)?;
    let (status, bytes) = http(&console, &path, None)?;
    assert!(status == 200 && holds(&bytes, SEEN));
    assert!(!console.files().join("data/blobs").exists());
    assert_eq!((store.files_with(SEEN), store.files_with(CAMERA)), (0, 0));
    forget(&console, &first)?;
    assert_eq!(http(&console, &path, None)?.0, 404);

    let path = picture(&console, &hotline(), &second)?;
    store.kill();
    assert_eq!(http(&console, &path, None)?.0, 503);
    let open = register(&console, &Value::Null)?;
    let (status, said) = http(&console, &leave(&console, &hotline(), &open)?, Some(&photo()))?;
    assert_eq!(status, 503, "{}", String::from_utf8_lossy(&said));
    forget(&console, &second)?;
    assert_eq!(text(&console.issue(&second)?["title"]), "已删除");
    Ok(())
}
