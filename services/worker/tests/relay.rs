//! The relay and whoever follows it, against a real nats-server: what the streams hold is what the log
//! holds, whoever dies.

#![expect(clippy::unwrap_used, reason = "what a test calls may stop it")]

use std::collections::BTreeSet;
use std::sync::Arc;

use bus::follow::OpenLog;
use bus::{Bus, BusError, Followed, LOG, Message, PUB, Place, Stored};
use event::{Feed, Recorded, wire};
use eventlog::LogTail;
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use testkit::nats::NatsServer;
use testkit::{County, Story};
use worker::public_events;
use worker::relay::lane::Lane;
use worker::relay::{self, Relay, Trouble};

async fn bus(server: &NatsServer) -> Bus {
    Bus::connect(&Place { urls: server.url(), name: "test".into(), ..Place::default() })
        .await
        .unwrap()
}

fn relay(county: &County, bus: &Bus, lane: Lane) -> Relay {
    Relay {
        lane,
        log: Arc::clone(&county.log),
        head: county.commands.appender.head().clone(),
        bus: bus.clone(),
        relayed: Progress::default(),
    }
}

/// Relays at work, each on both streams.
struct Relays {
    relayed: Vec<Progress>,
    shutdown: Shutdown,
    tasks: tokio::task::JoinSet<()>,
}

impl Relays {
    fn start(county: &County, buses: &[Bus]) -> Self {
        let mut relays = Self {
            relayed: Vec::new(),
            shutdown: Shutdown::default(),
            tasks: tokio::task::JoinSet::new(),
        };
        for bus in buses {
            for lane in Lane::ALL {
                let relay = relay(county, bus, lane);
                relays.relayed.push(relay.relayed.clone());
                relays.tasks.spawn(relay.run(relays.shutdown.clone()));
            }
        }
        relays
    }

    /// Until every relay has seen the log's end in its stream.
    async fn caught_up(&self, county: &County) {
        let head = county.log.head().await.unwrap().position;
        for relayed in &self.relayed {
            relayed.wait_for(head).await;
        }
    }

    async fn stop(mut self) {
        self.shutdown.request();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }
}

async fn stored(bus: &Bus, lane: Lane) -> Vec<Stored> {
    let tail = bus.tail(lane.stream()).await.unwrap().unwrap();
    let mut all = Vec::new();
    for sequence in tail.first..=tail.last {
        all.push(bus.read(lane.stream(), sequence).await.unwrap().unwrap());
    }
    all
}

/// LOG is the log, and PUB tells of each public event once, in order.
async fn assert_whole(county: &County, bus: &Bus) {
    let events = county.since(0).await;
    let log: Vec<Recorded> =
        stored(bus, Lane::Log).await.iter().map(|m| wire::decode(&m.body).unwrap()).collect();
    assert_eq!(log, events);
    let public = stored(bus, Lane::Public).await;
    let told = events.iter().filter_map(|event| public_events::message(event).unwrap());
    let told: Vec<_> = told.collect();
    assert_eq!(public.len(), told.len());
    for (stored, told) in public.iter().zip(&told) {
        assert_eq!(stored.body, told.body);
        for (name, value) in &told.headers {
            assert_eq!(stored.header(name), Some(value.as_str()), "{name}");
        }
    }
    assert!(told.len() > 100 && told.len() < events.len(), "some stay inside");
}

#[tokio::test]
async fn the_streams_hold_what_the_log_holds() {
    let (server, county) = (NatsServer::start(), County::new().await);
    let mut story = Story::new(&county, 1);
    // A backlog goes in batches; what comes later, one by one.
    story.go_on(400).await;
    let bus = bus(&server).await;
    let relays = Relays::start(&county, std::slice::from_ref(&bus));
    relays.caught_up(&county).await;
    story.go_on(40).await;
    relays.caught_up(&county).await;
    assert_whole(&county, &bus).await;
    relays.stop().await;
}

#[tokio::test]
async fn two_relays_at_once_leave_no_hole_and_nothing_twice() {
    let (server, county) = (NatsServer::start(), County::new().await);
    let mut story = Story::new(&county, 2);
    let buses = [bus(&server).await, bus(&server).await];
    let relays = Relays::start(&county, &buses);
    for _ in 0..30 {
        story.go_on(10).await;
    }
    relays.caught_up(&county).await;
    assert_whole(&county, &buses[0]).await;
    relays.stop().await;
}

#[tokio::test]
async fn a_server_that_lost_everything_is_filled_again() {
    let (mut server, county) = (NatsServer::start(), County::new().await);
    let mut story = Story::new(&county, 3);
    let bus = bus(&server).await;
    let relays = Relays::start(&county, std::slice::from_ref(&bus));
    story.go_on(200).await;
    relays.caught_up(&county).await;
    server.kill();
    story.go_on(50).await;
    server.lose_everything();
    server.restart();
    story.go_on(50).await;
    relays.caught_up(&county).await;
    assert_whole(&county, &bus).await;
    relays.stop().await;
}

/// The server comes back as it was an hour ago: what it lost is written again, under the same numbers.
#[tokio::test]
async fn a_server_that_lost_its_tail_is_given_it_again() {
    let (mut server, county) = (NatsServer::start(), County::new().await);
    let mut story = Story::new(&county, 10);
    let bus = bus(&server).await;
    let relays = Relays::start(&county, std::slice::from_ref(&bus));
    story.go_on(100).await;
    relays.caught_up(&county).await;
    server.kill();
    let copy = server.copy();
    server.restart();
    story.go_on(100).await;
    relays.caught_up(&county).await;
    server.kill();
    server.go_back_to(&copy);
    server.restart();
    story.go_on(10).await;
    relays.caught_up(&county).await;
    assert_whole(&county, &bus).await;
    relays.stop().await;
}

#[tokio::test]
async fn a_killed_server_loses_nothing_it_acknowledged() {
    let (mut server, county) = (NatsServer::start(), County::new().await);
    let mut story = Story::new(&county, 4);
    let bus = bus(&server).await;
    let relays = Relays::start(&county, std::slice::from_ref(&bus));
    for _ in 0..4 {
        story.go_on(60).await;
        server.kill();
        server.restart();
    }
    relays.caught_up(&county).await;
    assert_whole(&county, &bus).await;
    relays.stop().await;
}

#[tokio::test]
async fn nothing_is_written_into_another_logs_stream() {
    let server = NatsServer::start();
    let bus = bus(&server).await;
    let (first, second) = (County::new().await, County::of_seed(2).await);
    let relays = Relays::start(&first, std::slice::from_ref(&bus));
    relays.caught_up(&first).await;
    relays.stop().await;
    for lane in Lane::ALL {
        let refused = relay(&second, &bus, lane).stand().await.err().unwrap();
        assert!(matches!(refused, Trouble::Bus(BusError::Unfit { .. })), "{refused}");
    }
}

/// To go on behind it would leave as many of ours out.
#[tokio::test]
async fn nothing_is_written_behind_a_message_no_relay_wrote() {
    let (server, county) = (NatsServer::start(), County::new().await);
    let bus = bus(&server).await;
    let mut story = Story::new(&county, 6);
    story.go_on(30).await;
    let relays = Relays::start(&county, std::slice::from_ref(&bus));
    relays.caught_up(&county).await;
    relays.stop().await;
    let last = bus.tail(PUB).await.unwrap().unwrap().last;
    let foreign =
        Message { subject: "bidao.test".into(), headers: Vec::new(), body: b"x".to_vec() };
    bus.append(PUB, last, &[foreign]).await.unwrap();
    story.go_on(30).await;
    let refused = relay(&county, &bus, Lane::Public).stand().await.err().unwrap();
    assert!(matches!(&refused, Trouble::Refused(why) if why.contains("relay wrote")), "{refused}");
    assert!(relay(&county, &bus, Lane::Log).stand().await.is_ok());
}

/// The database was restored from a backup: the stream knows more than the truth.
#[tokio::test]
async fn nothing_is_written_behind_events_the_log_has_lost() {
    let server = NatsServer::start();
    let bus = bus(&server).await;
    let (whole, restored) = (County::new().await, County::new().await);
    assert_eq!(whole.log.log_id(), restored.log.log_id());
    Story::new(&whole, 5).go_on(100).await;
    let relays = Relays::start(&whole, std::slice::from_ref(&bus));
    relays.caught_up(&whole).await;
    relays.stop().await;
    for lane in Lane::ALL {
        let refused = relay(&restored, &bus, lane).stand().await.err().unwrap();
        assert!(matches!(refused, Trouble::Refused(_)), "{refused}");
    }
    // Nor is such a stream followed: what the database holds is what happened.
    let mut feed = followed(&restored, &bus, 0);
    let head = restored.log.head().await.unwrap().position;
    let told = read_to(&mut feed, head).await;
    assert_eq!(told, restored.since(0).await);
    // Another future of the same log is no better.
    Story::new(&restored, 6).go_on(400).await;
    let refused = relay(&restored, &bus, Lane::Log).stand().await.err().unwrap();
    assert!(matches!(refused, Trouble::Refused(_)), "{refused}");
}

fn followed(county: &County, bus: &Bus, position: u64) -> Followed {
    let (log, head) = (Arc::clone(&county.log), county.commands.appender.head().clone());
    let open: OpenLog =
        Arc::new(move |position| Box::new(LogTail::new(Arc::clone(&log), head.clone(), position)));
    Followed::new(bus.clone(), county.log.log_id(), open, position)
}

async fn read_to(feed: &mut impl Feed, position: u64) -> Vec<Recorded> {
    let mut all = Vec::new();
    while feed.position() < position {
        let batch = feed.next(50).await.unwrap();
        event::feed::require_contiguous(all.last().map_or(0, |e: &Recorded| e.position), &batch)
            .unwrap();
        all.extend(batch);
    }
    all
}

#[tokio::test]
async fn a_follower_gets_every_event_once_whatever_nats_does() {
    let (mut server, county) = (NatsServer::start(), County::new().await);
    let mut story = Story::new(&county, 7);
    let bus = bus(&server).await;
    let relays = Relays::start(&county, std::slice::from_ref(&bus));
    let mut feed = followed(&county, &bus, 0);
    let mut all = Vec::new();
    for round in 0..4 {
        story.go_on(40).await;
        let head = county.log.head().await.unwrap().position;
        while feed.position() < head {
            all.extend(feed.next(50).await.unwrap());
        }
        match round {
            0 => server.kill(),
            1 => {
                server.lose_everything();
                server.restart();
            }
            _ => {}
        }
    }
    assert_eq!(all, county.since(0).await);
    relays.stop().await;
}

/// The stream was made anew and begins late: what it lacks is read from the database.
#[tokio::test]
async fn a_follower_reads_what_the_stream_has_forgotten_from_the_log() {
    let (server, county) = (NatsServer::start(), County::new().await);
    Story::new(&county, 8).go_on(100).await;
    let bus = bus(&server).await;
    let head = county.log.head().await.unwrap().position;
    bus.ensure(LOG, county.log.log_id(), head - 20).await.unwrap();
    let relays = Relays::start(&county, std::slice::from_ref(&bus));
    relays.caught_up(&county).await;
    assert_eq!(bus.tail(LOG).await.unwrap().unwrap().first, head - 20);
    let mut feed = followed(&county, &bus, 0);
    assert_eq!(read_to(&mut feed, head).await, county.since(0).await);
    relays.stop().await;
}

/// Whatever an integrator may see: no person, no post, no household, no device, no word of a resident.
#[tokio::test]
async fn p11_public_events_name_nobody() {
    let mut kinds = BTreeSet::new();
    for seed in 9..12 {
        let county = County::new().await;
        Story::new(&county, seed).go_on(1_500).await;
        for recorded in county.since(0).await {
            let Some(message) = public_events::message(&recorded).unwrap() else {
                continue;
            };
            kinds.insert(recorded.envelope.r#type.clone());
            let text = String::from_utf8(message.body).unwrap();
            for field in ["post", "person", "household", "device", "sealed", "key_id", "text"] {
                assert!(!text.contains(field), "{field} in {text}");
            }
            assert!(!message.subject.contains(&recorded.envelope.stream.id.to_string()));
            assert_ne!(recorded.envelope.disclosure, event::Disclosure::Withheld);
        }
    }
    assert!(kinds.len() > 50, "{}", kinds.len());
}

/// What doctor asks: does something wait that a stream should have told of?
#[tokio::test]
async fn the_first_event_that_waits_is_found_in_both_streams() {
    let (server, county) = (NatsServer::start(), County::new().await);
    let bus = bus(&server).await;
    let mut story = Story::new(&county, 9);
    story.go_on(60).await;
    let relays = Relays::start(&county, std::slice::from_ref(&bus));
    relays.caught_up(&county).await;
    relays.stop().await;
    let waiting = async |lane: Lane| {
        let standing = relay(&county, &bus, lane).stand().await.unwrap();
        let found = relay::first_waiting(lane, county.log.as_ref(), standing, 10_000).await;
        found.unwrap().map(|recorded| recorded.position)
    };
    for lane in Lane::ALL {
        assert_eq!(waiting(lane).await, None, "{lane:?} is whole");
    }
    let before = county.log.head().await.unwrap().position;
    story.go_on(20).await;
    for lane in Lane::ALL {
        let mut later = county.since(before).await.into_iter();
        let first = later.find(|event| lane.message(event).unwrap().is_some()).unwrap();
        assert_eq!(waiting(lane).await, Some(first.position), "{lane:?}");
    }
}

/// NATS was away when the process started: the reason it does not connect since is told.
#[tokio::test]
async fn a_wrong_password_is_told_when_nats_comes_later() {
    let users = "authorization { user: bidao, password: richtig }";
    let mut server = NatsServer::start_with(users.into());
    let (_, urls) = server.variable_of("bidao", "geheim");
    server.kill();
    let bus = Bus::connect(&Place { urls, name: "test".into(), ..Place::default() }).await.unwrap();
    assert!(matches!(bus.version(), Err(BusError::Unavailable(_))));
    server.restart();
    loop {
        match bus.version() {
            Err(BusError::Refused(told)) => {
                assert!(told.contains("authorization") && !told.contains("geheim"), "{told}");
                break;
            }
            other => assert!(other.is_err(), "{other:?}"),
        }
        tokio::task::yield_now().await;
    }
}

/// Between our roles and NATS: each shows the other a certificate, and nobody speaks in clear.
#[tokio::test]
async fn nats_is_spoken_to_by_whoever_shows_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut asked = rcgen::CertificateParams::new([]).unwrap();
    asked.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    std::fs::write(file("ca.pem"), asked.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = rcgen::Issuer::new(asked, key);
    for name in ["127.0.0.1", "relay"] {
        let key = rcgen::KeyPair::generate().unwrap();
        let asked = rcgen::CertificateParams::new([name.into()]).unwrap();
        std::fs::write(file(&format!("{name}.pem")), asked.signed_by(&key, &issuer).unwrap().pem())
            .unwrap();
        std::fs::write(file(&format!("{name}.key")), key.serialize_pem()).unwrap();
    }
    let at = folder.path().display();
    let server = NatsServer::start_with(format!(
        "tls {{ cert_file: \"{at}/127.0.0.1.pem\", key_file: \"{at}/127.0.0.1.key\", ca_file: \"{at}/ca.pem\", verify: true }}"
    ));
    let nobody = Place {
        urls: server.url(),
        name: "test".into(),
        ca: Some(file("ca.pem")),
        ..Place::default()
    };
    let known =
        Place { certificate: Some((file("relay.pem"), file("relay.key"))), ..nobody.clone() };
    let gets_in = async |place: &Place| match Bus::connect(place).await {
        Ok(bus) => bus.version().is_ok(),
        Err(_) => false,
    };
    assert!(gets_in(&known).await);
    assert!(!gets_in(&nobody).await);
    // Whoever names a certificate authority is not talked into speaking in clear.
    let clear = NatsServer::start();
    assert!(!gets_in(&Place { urls: clear.url(), ..known }).await);
}
