//! Who gets in, and as what: a county whose people and machines prove who they are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use contract::bidao::access::v1 as access;
use contract::bidao::access::v1::access_service_client::AccessServiceClient;
use serde_json::{Value, json};
use tests::server::{COUNTY6, START_SECONDS};
use tests::steps::{GRID, VILLAGE};
use tests::{Console, Environment, Who, text};

tests::on_every_backend!(
    a_county_lets_its_people_in_one_by_one,
    whoever_does_the_county_s_business_is_somebody,
    a_changed_password_ends_the_old_one,
    what_is_taken_away_counts_at_once,
    a_machine_s_key_opens_what_it_was_made_for,
    a_device_speaks_through_its_gateway_and_for_itself,
    an_appointment_that_ends_takes_its_authority_along,
    wrong_passwords_lock_and_tell_nothing,
    whoever_asks_too_often_waits_and_files_all_the_same,
);

/// By whoever owns the data, before anybody serves on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_account_is_made_by_whoever_owns_the_data() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let data = directory.path().join("data");
    let bootstrap = || -> Result<String> {
        let mut command = std::process::Command::new(tests::bidao()?);
        command.args(["bootstrap", "--county6", COUNTY6, "--name", "first", "--data-dir"]);
        let output = command.arg(&data).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told = String::from_utf8(output.stdout)?;
        let invitation = told.lines().find(|line| line.starts_with("bi_"));
        Ok(invitation.context("no invitation")?.to_owned())
    };
    let lost = bootstrap()?;
    let invitation = bootstrap()?;
    let console = Console::prove_on(&data, directory).await?;
    for invitation in [lost, "bi_00000000000000000000000000000000.0_ab".into()] {
        let set = json!({ "invitation": invitation, "new_password": PASSWORD });
        assert_eq!(console.refused(&Who::proven(""), "access set-password", set)?, "NO_IDENTITY");
    }
    let first = log_in(&console, "first", &invitation)?;
    let listed = console.ask(&first, "access list-principals", Value::Null)?;
    assert_eq!(text(&listed["principals"][0]["name"]), "first");
    // While somebody serves on it, the directory is theirs.
    assert!(bootstrap().is_err());
    Ok(())
}

const PASSWORD: &str = "一条很长的口令 2026";

/// A county with its administrators, each with a token.
struct County {
    console: Console,
    security: Who,
    operator: Who,
}

impl County {
    async fn open(environment: Environment) -> Result<Self> {
        let (console, invitation) = Console::open_proving(&environment).await?;
        let security = log_in(&console, "security", &invitation)?;
        let mut county = Self { console, security, operator: Who::default() };
        county.operator = county.person("operator", "ROLE_OPERATOR", "*", None)?;
        county.console.learn(&county.operator)?;
        Ok(county)
    }

    /// Somebody with a role, logged in.
    fn person(&self, name: &str, role: &str, within: &str, person: Option<&str>) -> Result<Who> {
        let on_record = match person {
            Some(person) => person.to_owned(),
            None => {
                let known = json!({ "name": name });
                let known = self.console.ask(&self.security, "org register-person", known)?;
                text(&known["person_id"])
            }
        };
        self.known(name, "PRINCIPAL_KIND_PERSON", Some(&on_record))?;
        self.grant(name, role, within)?;
        let invite = json!({ "name": name });
        let invited = self.console.ask(&self.security, "access invite", invite)?;
        log_in(&self.console, name, &text(&invited["invitation"]))
    }

    fn known(&self, name: &str, kind: &str, person: Option<&str>) -> Result<()> {
        let known = json!({ "name": name, "kind": kind, "person_id": person.unwrap_or_default() });
        self.console.ask(&self.security, "access register-principal", known).map(drop)
    }

    fn grant(&self, name: &str, role: &str, within: &str) -> Result<()> {
        let grant = json!({ "name": name, "role": role, "within": within, "reason": "任命" });
        self.console.ask(&self.security, "access grant-role", grant).map(drop)
    }

    /// A machine with a role and a key for it; the key's number too.
    fn machine(&self, name: &str, role: &str, within: &str) -> Result<(Who, u64)> {
        self.known(name, "PRINCIPAL_KIND_MACHINE", None)?;
        self.grant(name, role, within)?;
        let issue = json!({ "name": name, "label": "平台", "key_roles": [role],
            "expires_at": "2026-09-01T00:00:00+08:00" });
        let issued = self.console.ask(&self.security, "access issue-key", issue)?;
        let number = issued["number"].as_u64().context("no number")?;
        Ok((Who::proven(&text(&issued["key"])), number))
    }

    /// This many seconds after the start; asked over the command line, as whoever may.
    fn advance(&self, seconds: i64) -> Result<()> {
        let to = prost_types::Timestamp { seconds: START_SECONDS + seconds, nanos: 0 }.to_string();
        self.console.ask(&self.operator, "admin advance-time", json!({ "to": to })).map(drop)
    }

    fn matter(&self, place: &str) -> Result<Value> {
        let matter = json!({ "nature": "NATURE_HELP", "category": "住房", "title": "屋顶漏雨",
            "narrative": "堂屋漏水", "place_unit_id": self.console.unit(place)? });
        Ok(json!({ "matter": matter, "source": "SOURCE_IN_PERSON" }))
    }
}

fn log_in(console: &Console, name: &str, invitation: &str) -> Result<Who> {
    let nobody = Who::proven("");
    let set = json!({ "invitation": invitation, "new_password": PASSWORD });
    console.ask(&nobody, "access set-password", set)?;
    let login = json!({ "name": name, "password": PASSWORD });
    let opened = console.ask(&nobody, "access log-in", login)?;
    Ok(Who::proven(&text(&opened["token"])))
}

async fn a_county_lets_its_people_in_one_by_one(environment: Environment) -> Result<()> {
    let county = County::open(environment).await?;
    let console = &county.console;
    // Whatever a caller states of itself is not heard.
    for stated in ["operator", "leader", "security"] {
        let refused = console.refused(&Who::of(stated), "org get-tree", Value::Null)?;
        assert_eq!(refused, "NO_IDENTITY");
    }
    // Each administrator has its own, and the county's business is nobody's of them.
    let matter = county.matter(GRID)?;
    for admin in [&county.security, &county.operator] {
        assert_eq!(console.refused(admin, "intake register", matter.clone())?, "ROLE_MAY_NOT");
        assert_eq!(console.refused(admin, "issue list-board", Value::Null)?, "ROLE_MAY_NOT");
    }
    let desk = county.person("desk", "ROLE_HOTLINE", "*", None)?;
    let filed = text(&console.ask(&desk, "intake register", matter)?["issue_id"]);
    let secretary = console.person(VILLAGE, 0)?;
    let who = county.person("secretary", "ROLE_HANDLER", "posts", Some(&secretary))?;
    let me = console.ask(&who, "access who-am-i", Value::Null)?;
    assert_eq!(text(&me["post_id"]), console.post(VILLAGE, 0)?);
    assert_eq!(text(&me["area"]), console.unit(VILLAGE)?);
    let board = console.ask(&who, "issue list-board", Value::Null)?;
    assert_eq!(board["issues"].as_array().map(Vec::len), Some(1), "{board}");
    // A department is called in from the own area, which it lies outside of (LOOP I4).
    console.ask(&who, "dispatch accept", json!({ "issue_id": filed }))?;
    let summon = json!({ "issue_id": filed, "post_id": console.post("县水利局", 0)? });
    console.ask(&who, "dispatch summon", summon)?;
    // Another village's secretary sees nothing of it, and is told nothing of it.
    let other = console.person("柳湾村", 0)?;
    let other = county.person("other", "ROLE_HANDLER", "posts", Some(&other))?;
    let board = console.ask(&other, "issue list-board", Value::Null)?;
    assert!(board["issues"].as_array().is_none_or(Vec::is_empty), "{board}");
    let get = json!({ "issue_id": filed });
    assert_eq!(console.refused(&other, "issue get-issue", get)?, "NOT_FOUND");
    let absent = json!({ "issue_id": "0192f0c0-f4e0-7abc-8def-001122334455" });
    assert_eq!(console.refused(&other, "issue get-issue", absent)?, "NOT_FOUND");
    Ok(())
}

async fn whoever_does_the_county_s_business_is_somebody(environment: Environment) -> Result<()> {
    let county = County::open(environment).await?;
    county.known("nobody", "PRINCIPAL_KIND_PERSON", None)?;
    for role in ["ROLE_LEADER", "ROLE_DISPATCHER", "ROLE_HOTLINE", "ROLE_DISCIPLINE"] {
        let grant = json!({ "name": "nobody", "role": role, "within": "*", "reason": "任命" });
        let refused = county.console.refused(&county.security, "access grant-role", grant)?;
        assert_eq!(refused, "NOT_ON_RECORD", "{role}");
    }
    // A leader of one village is no leader of the county for sitting in one of its posts.
    let person = county.console.person("云溪县", 0)?;
    let village = county.console.unit(VILLAGE)?;
    let leader = county.person("leader", "ROLE_LEADER", &village, Some(&person))?;
    let war = json!({ "unit_id": village, "reason": "汛情", "until": "2026-03-20T00:00:00+08:00" });
    let refused = county.console.refused(&leader, "policy switch-mode", war)?;
    assert_eq!(refused, "RUNG_TOO_LOW");
    Ok(())
}

/// A changed password ends what the old one opened, and what it is about to open.
async fn a_changed_password_ends_the_old_one(environment: Environment) -> Result<()> {
    let county = County::open(environment).await?;
    let console = &county.console;
    let desk = county.person("desk", "ROLE_HOTLINE", "*", None)?;
    let change = |password: &str, new: &str| json!({ "name": "desk", "password": password, "new_password": new });
    let nobody = Who::proven("");
    let wrong = change("另一条很长的口令", "第三条很长很长的口令");
    assert_eq!(console.refused(&nobody, "access set-password", wrong)?, "NO_IDENTITY");
    console.ask(&nobody, "access set-password", change(PASSWORD, "第三条很长很长很长的口令"))?;
    assert_eq!(console.refused(&desk, "access who-am-i", Value::Null)?, "NO_IDENTITY");
    let old = json!({ "name": "desk", "password": PASSWORD });
    assert_eq!(console.refused(&nobody, "access log-in", old)?, "NO_IDENTITY");
    // More sessions than are kept: the oldest makes room, and nobody is kept out.
    let new = json!({ "name": "desk", "password": "第三条很长很长很长的口令" });
    let first = text(&console.ask(&nobody, "access log-in", new.clone())?["token"]);
    for _ in 0..16 {
        console.ask(&nobody, "access log-in", new.clone())?;
    }
    let first = Who::proven(&first);
    assert_eq!(console.refused(&first, "access who-am-i", Value::Null)?, "NO_IDENTITY");
    Ok(())
}

async fn what_is_taken_away_counts_at_once(environment: Environment) -> Result<()> {
    let county = County::open(environment).await?;
    let console = &county.console;
    let desk = county.person("desk", "ROLE_HOTLINE", "*", None)?;
    let file = || county.matter(GRID);
    console.ask(&desk, "intake register", file()?)?;
    let revoke = json!({ "name": "desk", "number": 1, "reason": "调离" });
    console.ask(&county.security, "access revoke-role", revoke)?;
    assert_eq!(console.refused(&desk, "intake register", file()?)?, "ROLE_MAY_NOT");
    county.grant("desk", "ROLE_HOTLINE", "*")?;
    console.ask(&desk, "intake register", file()?)?;
    let revoke = json!({ "name": "desk", "reason": "手机丢失" });
    console.ask(&county.security, "access revoke-tokens", revoke)?;
    assert_eq!(console.refused(&desk, "intake register", file()?)?, "NO_IDENTITY");
    let login = json!({ "name": "desk", "password": PASSWORD });
    let again = console.ask(&Who::proven(""), "access log-in", login.clone())?;
    let desk = Who::proven(&text(&again["token"]));
    console.ask(&desk, "access log-out", Value::Null)?;
    assert_eq!(console.refused(&desk, "intake register", file()?)?, "NO_IDENTITY");
    // A session ends by itself after its twelve hours.
    let again = console.ask(&Who::proven(""), "access log-in", login)?;
    let desk = Who::proven(&text(&again["token"]));
    console.ask(&desk, "intake register", file()?)?;
    county.advance(12 * 3_600)?;
    assert_eq!(console.refused(&desk, "intake register", file()?)?, "NO_IDENTITY");
    Ok(())
}

async fn a_machine_s_key_opens_what_it_was_made_for(environment: Environment) -> Result<()> {
    let county = County::open(environment).await?;
    let console = &county.console;
    let (hotline, number) = county.machine("platform", "ROLE_HOTLINE", "*")?;
    console.ask(&hotline, "intake register", county.matter(GRID)?)?;
    let (village, _) = county.machine("village-desk", "ROLE_HOTLINE", &console.unit(VILLAGE)?)?;
    console.ask(&village, "intake register", county.matter(GRID)?)?;
    let elsewhere = county.matter("柳湾村")?;
    assert_eq!(console.refused(&village, "intake register", elsewhere)?, "NOT_FOUND");
    // A key may be good for less than its machine.
    let lent = json!({ "name": "platform", "label": "桥头村值守", "key_roles": ["ROLE_HOTLINE"],
        "expires_at": "2026-09-01T00:00:00+08:00", "key_within": console.unit(VILLAGE)? });
    let lent = console.ask(&county.security, "access issue-key", lent)?;
    let lent = Who::proven(&text(&lent["key"]));
    console.ask(&lent, "intake register", county.matter(GRID)?)?;
    assert_eq!(console.refused(&lent, "intake register", county.matter("柳湾村")?)?, "NOT_FOUND");
    console.ask(&hotline, "intake register", county.matter("柳湾村")?)?;
    // A portal's visitors file; they are nobody's reporter.
    let (portal, _) = county.machine("portal", "ROLE_RESIDENT", "*")?;
    let filed = text(&console.ask(&portal, "intake register", county.matter(GRID)?)?["issue_id"]);
    let mut others = county.matter(GRID)?;
    others["matter"]["household_id"] = json!("0192f0c0-f4e0-7abc-8def-001122334455");
    assert_eq!(console.refused(&portal, "intake register", others)?, "INVALID_FIELD");
    let mut staff = county.matter(GRID)?;
    staff["source"] = json!("SOURCE_PROACTIVE");
    assert_eq!(console.refused(&portal, "intake register", staff)?, "ROLE_MAY_NOT");
    let withdraw = json!({ "issue_id": filed, "reason": "不用了" });
    assert_eq!(console.refused(&portal, "intake withdraw", withdraw)?, "ROLE_MAY_NOT");
    assert_eq!(
        console.refused(&portal, "issue get-issue", json!({ "issue_id": filed }))?,
        "ROLE_MAY_NOT"
    );
    let revoke = json!({ "name": "platform", "number": number, "reason": "泄露" });
    console.ask(&county.security, "access revoke-key", revoke)?;
    assert_eq!(console.refused(&hotline, "intake register", county.matter(GRID)?)?, "NO_IDENTITY");
    // Whatever was issued to a machine until now, keys too.
    let lost = json!({ "name": "portal", "reason": "泄露" });
    let revoked = console.ask(&county.security, "access revoke-tokens", lost)?;
    assert_eq!(console.refused(&portal, "intake register", county.matter(GRID)?)?, "NO_IDENTITY");
    let seen = revoked["receipt"]["position"].clone();
    let listed = json!({ "prefix": "portal", "min_position": seen });
    let listed = console.ask(&county.security, "access list-principals", listed)?;
    assert!(listed["principals"][0]["keys"].as_array().is_none_or(Vec::is_empty), "{listed}");
    county.advance(170 * 86_400)?;
    assert_eq!(console.refused(&village, "intake register", county.matter(GRID)?)?, "NO_IDENTITY");
    Ok(())
}

async fn a_device_speaks_through_its_gateway_and_for_itself(
    environment: Environment,
) -> Result<()> {
    let county = County::open(environment).await?;
    let console = &county.console;
    let unit = console.unit(GRID)?;
    let home = json!({ "unit_id": unit, "address": "一号" });
    let home =
        console.ask(&county.operator, "org register-household", home)?["household_id"].clone();
    let device = json!({ "household_id": home });
    let device = console.ask(&county.operator, "org register-device", device)?;
    let device = text(&device["device_id"]);
    let (gateway, _) = county.machine("gateway", "ROLE_DEVICE", &console.unit(VILLAGE)?)?;
    let press = json!({ "device_id": device });
    assert_eq!(console.refused(&gateway, "call press", press.clone())?, "NO_IDENTITY");
    let named = gateway.clone().device(&device);
    let call = console.ask(&named, "call press", press.clone())?;
    console.ask(&named, "call hang-up", json!({ "call_id": call["call_id"] }))?;
    // A gateway elsewhere knows nothing of it; nor does it list what it carries.
    let (other, _) = county.machine("gateway2", "ROLE_DEVICE", &console.unit("柳湾村")?)?;
    assert_eq!(console.refused(&other.device(&device), "call press", press)?, "NOT_FOUND");
    assert_eq!(console.refused(&named, "call list-calls", Value::Null)?, "ROLE_MAY_NOT");
    Ok(())
}

async fn an_appointment_that_ends_takes_its_authority_along(
    environment: Environment,
) -> Result<()> {
    let county = County::open(environment).await?;
    let console = &county.console;
    let person = console.person(VILLAGE, 0)?;
    let post = console.post(VILLAGE, 0)?;
    let secretary = county.person("secretary", "ROLE_HANDLER", "posts", Some(&person))?;
    console.ask(&secretary, "issue list-board", Value::Null)?;
    let end = json!({ "post_id": post, "person_id": person });
    let ended = console.ask(&county.operator, "org end-appointment", end)?;
    ensure!(ended["receipt"]["event_ids"].as_array().is_some_and(|ids| !ids.is_empty()), "{ended}");
    assert_eq!(console.refused(&secretary, "issue list-board", Value::Null)?, "ROLE_MAY_NOT");
    // Nor by naming the post.
    let named = secretary.from(&post);
    assert_eq!(console.refused(&named, "issue list-board", Value::Null)?, "ROLE_MAY_NOT");
    Ok(())
}

async fn wrong_passwords_lock_and_tell_nothing(environment: Environment) -> Result<()> {
    let county = County::open(environment).await?;
    let console = &county.console;
    county.person("desk", "ROLE_HOTLINE", "*", None)?;
    let login = |name: &str, password: &str| {
        let login = json!({ "name": name, "password": password });
        console.refused(&Who::proven(""), "access log-in", login)
    };
    for _ in 0..5 {
        assert_eq!(login("desk", "猜一个口令")?, "NO_IDENTITY");
        assert_eq!(login("nobody", "猜一个口令")?, "NO_IDENTITY");
    }
    // Locked: the right one is answered like a wrong one.
    assert_eq!(login("desk", PASSWORD)?, "NO_IDENTITY");
    let status = console.ask(&county.operator, "admin get-status", Value::Null)?;
    let seen = status["head_position"].clone();
    let listed = json!({ "prefix": "desk", "min_position": seen });
    let listed = console.ask(&county.security, "access list-principals", listed)?;
    ensure!(!listed["principals"][0]["locked_until"].is_null(), "{listed}");
    let changes = json!({ "name": "desk" });
    let changes = console.ask(&county.security, "access list-access-changes", changes)?;
    let failed = changes["changes"].as_array().context("no changes")?.iter();
    assert_eq!(failed.filter(|change| change["type"] == "access.login_failed").count(), 5);
    assert!(!changes.to_string().contains("argon2") && !changes.to_string().contains("digest"));
    county.advance(15 * 60)?;
    let right = json!({ "name": "desk", "password": PASSWORD });
    console.ask(&Who::proven(""), "access log-in", right)?;
    Ok(())
}

/// A limit holds up questions, never a call for help or a complaint.
async fn whoever_asks_too_often_waits_and_files_all_the_same(
    mut environment: Environment,
) -> Result<()> {
    environment.push(("BIDAO_CALLS_PER_MINUTE".into(), "40".into()));
    let county = County::open(environment).await?;
    let (desk, _) = county.machine("platform", "ROLE_HOTLINE", "*")?;
    let (other, _) = county.machine("other", "ROLE_HOTLINE", "*")?;
    let matter = county.matter(GRID)?;
    let ask = || county.console.ask(&desk, "issue list-board", Value::Null);
    // More than is allowed, and more than comes back meanwhile.
    let held_up = (0..200).find_map(|_| ask().err());
    let held_up = held_up.context("never held up")?.to_string();
    assert!(held_up.contains("TOO_OFTEN") && held_up.contains("请求过于频繁"), "{held_up}");
    for _ in 0..3 {
        let filed = county.console.ask(&desk, "intake register", matter.clone())?;
        assert!(!text(&filed["issue_id"]).is_empty());
    }
    let pressed = json!({ "unit_id": county.console.unit(GRID)? });
    county.console.ask(&desk, "call press", pressed)?;
    county.console.ask(&other, "issue list-board", Value::Null)?;
    Ok(())
}

/// A certificate authority of a county, in a folder of its own.
struct Authority {
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Result<Self> {
        let mut asked = rcgen::CertificateParams::new([])?;
        asked.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate()?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("ca.pem"), asked.self_signed(&key)?.pem())?;
        Ok(Self { issuer: rcgen::Issuer::new(asked, key), folder })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A certificate for `name`, and its key, in files.
    fn issue(&self, name: &str) -> Result<(PathBuf, PathBuf)> {
        let key = rcgen::KeyPair::generate()?;
        let signed = rcgen::CertificateParams::new([name.into()])?.signed_by(&key, &self.issuer)?;
        let files = (self.file(&format!("{name}.pem")), self.file(&format!("{name}.key")));
        std::fs::write(&files.0, signed.pem())?;
        std::fs::write(&files.1, key.serialize_pem())?;
        Ok(files)
    }

    fn known(&self, name: &str) -> Result<Who> {
        let (certificate, key) = self.issue(name)?;
        Ok(Who::certified(certificate, key))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_proves_itself_by_its_certificate_sqlite() -> Result<()> {
    let (ours, others) = (Authority::new()?, Authority::new()?);
    let (certificate, key) = ours.issue("127.0.0.1")?;
    let named = |name: &str, path: &Path| (name.to_owned(), path.to_string_lossy().into_owned());
    let environment = vec![
        named("BIDAO_TLS_CERTIFICATE", &certificate),
        named("BIDAO_TLS_KEY", &key),
        named("BIDAO_TLS_CLIENTS", &ours.file("ca.pem")),
        named("BIDAO_CA", &ours.file("ca.pem")),
    ];
    let county = County::open(environment).await?;
    let console = &county.console;
    let known = json!({ "name": "gateway", "kind": "PRINCIPAL_KIND_MACHINE", "issuer": "certificate",
        "subject": "gateway.county" });
    console.ask(&county.security, "access register-principal", known)?;
    county.grant("gateway", "ROLE_HOTLINE", "*")?;
    let gateway = ours.known("gateway.county")?;
    console.ask(&gateway, "intake register", county.matter(GRID)?)?;
    assert_eq!(console.refused(&gateway, "access list-principals", Value::Null)?, "ROLE_MAY_NOT");
    // Of a name that nobody registered; and of whom nobody here believes, which does not get as far.
    let stranger = ours.known("stranger.county")?;
    assert_eq!(console.refused(&stranger, "access who-am-i", Value::Null)?, "NO_IDENTITY");
    let forged = others.known("gateway.county")?;
    assert!(console.ask(&forged, "access who-am-i", Value::Null).is_err());
    // Whoever states a name shows no certificate, with a token or without.
    assert_eq!(stated(console, &ours, "gateway.county").await?, tonic::Code::Unauthenticated);
    // In clear, nobody is answered.
    let plain =
        tonic::transport::Endpoint::from_shared(console.server.url.replace("https", "http"))?;
    let mut client = AccessServiceClient::new(plain.connect_lazy());
    assert!(client.who_am_i(access::WhoAmIRequest::default()).await.is_err());
    let revoke = json!({ "name": "gateway", "reason": "私钥外泄" });
    console.ask(&county.security, "access revoke-tokens", revoke)?;
    assert_eq!(console.refused(&gateway, "access who-am-i", Value::Null)?, "NO_IDENTITY");
    Ok(())
}

/// What is answered to a caller that writes a certificate's name into its own headers.
async fn stated(console: &Console, ours: &Authority, name: &str) -> Result<tonic::Code> {
    let ca = tonic::transport::Certificate::from_pem(std::fs::read(ours.file("ca.pem"))?);
    let tls = tonic::transport::ClientTlsConfig::new().ca_certificate(ca);
    let endpoint = tonic::transport::Endpoint::from_shared(console.server.url.clone())?;
    let mut client = AccessServiceClient::new(endpoint.tls_config(tls)?.connect().await?);
    let mut request = tonic::Request::new(access::WhoAmIRequest::default());
    request.metadata_mut().insert("x-bidao-certificate", name.parse()?);
    Ok(client.who_am_i(request).await.err().map_or(tonic::Code::Ok, |status| status.code()))
}

#[test]
fn a_certificate_without_its_key_is_refused_in_one_line() -> Result<()> {
    let ours = Authority::new()?;
    let serve = |variables: &[(&str, &Path)]| -> Result<String> {
        let mut command = std::process::Command::new(tests::bidao()?);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(ours.file("data"));
        let output = command.envs(variables.iter().copied()).output()?;
        ensure!(!output.status.success(), "it serves");
        Ok(String::from_utf8(output.stderr)?)
    };
    let ca = ours.file("ca.pem");
    let told = serve(&[("BIDAO_TLS_CERTIFICATE", &ca)])?;
    assert!(told.contains("tls_key"), "{told}");
    let told = serve(&[("BIDAO_TLS_CERTIFICATE", &ca), ("BIDAO_TLS_KEY", &ca)])?;
    assert!(told.contains("ca.pem") && told.lines().count() == 1, "{told}");
    Ok(())
}
