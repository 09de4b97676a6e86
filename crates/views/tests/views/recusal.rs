//! P10 over random trees and histories: units are added, moved and merged, people sit in several posts, and
//! posts, persons and units are named on files, in any order. Who stands aside is worked out here by walking
//! the tree after every event, as slowly as it can be done; no list, count or file may tell more.

use std::collections::{BTreeMap, BTreeSet};

use domain::issue::IssueEvent;
use domain::issue::IssueVerb;
use domain::issue::command::NameParty;
use domain::issue::event::PartyRole;
use domain::org::command::{AddUnit, Appoint, CreatePost, MergeUnits, MoveUnit};
use domain::org::{OrgEvent, OrgVerb};
use domain::shared::ids::{IssueId, PersonId, PostId, UnitId};
use domain::shared::ladder::Rung;
use domain::shared::matter::Matter;
use runtime::{Clock, Ids};
use testkit::{COUNTY, County, START, Story, TOWNSHIP, VILLAGES, holder, matter, staff};
use uuid::Uuid;
use views::Viewer;
use views::board::BoardQuery;
use views::fact::Fact;
use views::figures::Period;

use crate::history::{File, everybody};

/// The tree, and who stands aside from each file, by a walk after every event.
#[derive(Default)]
struct Walk {
    parents: BTreeMap<UnitId, UnitId>,
    merged: BTreeMap<UnitId, UnitId>,
    aside: BTreeMap<Uuid, BTreeSet<Uuid>>,
    files: BTreeSet<Uuid>,
    about: BTreeMap<Uuid, BTreeSet<Uuid>>,
}

impl Walk {
    fn learn(&mut self, stream: Uuid, fact: Fact) {
        if let Fact::Call(fact) = &fact {
            let issues = fact.issues().map(|issue| issue.0);
            self.about.entry(stream).or_default().extend(issues);
        } else if let Fact::Issue(IssueEvent::Registered(_)) = fact {
            self.files.insert(stream);
        } else if let Fact::Issue(IssueEvent::PartyNamed(e)) = fact {
            let unit = e.unit.map(|unit| [unit.0, self.now(unit).0]);
            let named = [e.post.map(|post| post.0), e.person.map(|person| person.0)];
            let named = named.into_iter().flatten().chain(unit.into_iter().flatten());
            self.aside.entry(stream).or_default().extend(named);
        } else if let Fact::Org(OrgEvent::UnitAdded(e)) = fact {
            self.parents.extend(e.parent.map(|parent| (e.unit, parent)));
        } else if let Fact::Org(OrgEvent::UnitMoved(e)) = fact {
            self.parents.insert(e.unit, e.parent);
        } else if let Fact::Org(OrgEvent::UnitMerged(e)) = fact {
            self.merged.insert(e.unit, e.into);
            for aside in self.aside.values_mut() {
                aside.extend(aside.contains(&e.unit.0).then_some(e.into.0));
            }
        } else {
            return;
        }
        let units: Vec<UnitId> = self.parents.keys().chain([&COUNTY]).copied().collect();
        for unit in units {
            let above = self.above(unit);
            for aside in self.aside.values_mut() {
                if above.iter().any(|above| aside.contains(&above.0)) {
                    aside.insert(unit.0);
                }
            }
        }
    }

    /// What a unit has become.
    fn now(&self, mut unit: UnitId) -> UnitId {
        while let Some(into) = self.merged.get(&unit) {
            unit = *into;
        }
        unit
    }

    /// The unit itself and all it stands below.
    fn above(&self, unit: UnitId) -> Vec<UnitId> {
        let mut above = vec![unit];
        let mut next = Some(self.now(unit));
        while let Some(unit) = next {
            above.push(unit);
            next = self.parents.get(&unit).map(|parent| self.now(*parent));
        }
        above
    }

    fn is_below(&self, unit: UnitId, top: UnitId) -> bool {
        self.above(unit).contains(&top)
    }

    fn shows(&self, viewer: &Viewer) -> BTreeSet<Uuid> {
        let aside = |file: &Uuid| {
            self.aside.get(file).is_some_and(|aside| !aside.is_disjoint(&viewer.eyes))
        };
        self.files.iter().copied().filter(|file| !aside(file)).collect()
    }
}

/// A county that goes on growing, with people in several of its posts.
struct Land {
    county: County,
    dice: Ids,
    walk: Walk,
    read: u64,
    units: Vec<(UnitId, Rung)>,
    posts: Vec<(PostId, UnitId, PersonId)>,
    files: Vec<IssueId>,
}

impl Land {
    async fn new(seed: u64) -> Self {
        let county = County::of_seed(seed).await;
        let dice = Ids::seeded(Clock::manual(START), seed);
        let units = vec![
            (COUNTY, Rung::County),
            (TOWNSHIP, Rung::Township),
            (VILLAGES[0], Rung::Village),
            (VILLAGES[1], Rung::Village),
        ];
        let walk = Walk::default();
        let mut land =
            Self { county, dice, walk, read: 0, units, posts: Vec::new(), files: Vec::new() };
        land.walk().await;
        land
    }

    fn roll(&self, sides: usize) -> usize {
        usize::from(u16::from_le_bytes(self.dice.bytes())) % sides
    }

    fn unit(&self) -> (UnitId, Rung) {
        self.units[self.roll(self.units.len())]
    }

    async fn walk(&mut self) {
        for recorded in self.county.since(self.read).await {
            self.read = recorded.position;
            self.walk.learn(recorded.envelope.stream.id, Fact::of(&recorded).unwrap());
        }
    }

    async fn go_on(&mut self) {
        match self.roll(14) {
            0..=2 => self.add_unit().await,
            3 => self.move_unit().await,
            4 => self.merge_units().await,
            5..=8 => self.seat().await,
            9 => {
                let (place, _) = self.unit();
                self.files.push(self.county.register(Matter { place, ..matter(0) }).await);
            }
            _ => self.name().await,
        }
        self.walk().await;
    }

    async fn add_unit(&mut self) {
        let (parent, rung) = self.unit();
        let rung = [Rung::Grid, Rung::Village, Rung::Township][self.roll(3)].min(rung);
        let unit = UnitId(self.county.ids.uuid7());
        let (name, kind, code) = ("片".into(), rung.zh().into(), String::new());
        let verb = AddUnit { unit, parent: Some(parent), name, kind, rung, code };
        self.county.tree(OrgVerb::AddUnit(verb)).await;
        self.units.push((unit, rung));
    }

    async fn move_unit(&mut self) {
        let ((unit, rung), (parent, above)) = (self.unit(), self.unit());
        if unit != COUNTY && rung <= above && !self.walk.is_below(parent, unit) {
            self.county.tree(OrgVerb::MoveUnit(MoveUnit { unit, parent })).await;
        }
    }

    async fn merge_units(&mut self) {
        let ((unit, rung), (into, other)) = (self.unit(), self.unit());
        if unit != COUNTY && rung == other && !self.walk.is_below(into, unit) {
            self.county.tree(OrgVerb::MergeUnits(MergeUnits { unit, into })).await;
            self.units.retain(|(known, _)| *known != unit);
        }
    }

    /// Few people, so that some sit in several posts.
    async fn seat(&mut self) {
        let (unit, _) = self.unit();
        let post = PostId(self.county.ids.uuid7());
        let verb = CreatePost { post, unit, title: "岗位".into() };
        self.county.org(post.0, OrgVerb::CreatePost(verb)).await;
        let person = PersonId(Uuid::from_u128(0x9000 + self.roll(9) as u128));
        let verb = Appoint { person, from: None, until: None };
        self.county.org(post.0, OrgVerb::Appoint(verb)).await;
        self.posts.push((post, unit, person));
    }

    async fn name(&mut self) {
        if self.files.is_empty() || self.posts.is_empty() {
            return;
        }
        let file = self.files[self.roll(self.files.len())];
        let (post, _, person) = self.posts[self.roll(self.posts.len())];
        let nobody = NameParty { role: PartyRole::Kin, post: None, person: None, unit: None };
        let party = match self.roll(4) {
            0 => NameParty { post: Some(post), ..nobody },
            1 => NameParty { person: Some(person), ..nobody },
            _ => NameParty { unit: Some(self.unit().0), ..nobody },
        };
        let verb = IssueVerb::NameParty(party);
        // Whoever is the only one left to hold it may not be named: a refusal is part of the story.
        let _ = self.county.issue(file, COUNTY, staff(&holder(COUNTY, 0)), verb).await;
    }

    /// Everybody, with the eyes of all they sit in: of what their units are now.
    fn viewers(&self) -> Vec<Viewer> {
        let mut people: BTreeMap<PersonId, BTreeSet<Uuid>> = BTreeMap::new();
        for (post, unit, person) in &self.posts {
            let eyes = people.entry(*person).or_default();
            eyes.extend([person.0, post.0, self.walk.now(*unit).0]);
        }
        people.into_values().map(|eyes| Viewer { eyes, ..everybody() }).collect()
    }
}

async fn assert_nothing_more_is_told(land: &Land, file: &File, viewer: &Viewer) -> usize {
    let (views, shown) = (&file.views, land.walk.shows(viewer));
    let query = BoardQuery { include_closed: true, max: 9_999, ..BoardQuery::default() };
    let board: BTreeSet<_> =
        views.board(viewer, &query).await.unwrap().iter().map(|row| row.id().0).collect();
    assert_eq!(board, shown);
    for id in &land.walk.files {
        let seen = views.issue(viewer, IssueId(*id), 0, 10).await.unwrap().is_some();
        let row = views.board_row(viewer, *id).await.unwrap().is_some();
        assert_eq!((seen, row), (shown.contains(id), shown.contains(id)), "{id}");
    }
    for timer in views.list_timers(viewer, 9_999).await.unwrap() {
        let of_a_file = land.walk.files.contains(&timer.stream.id);
        assert!(!of_a_file || shown.contains(&timer.stream.id), "{timer:?}");
    }
    for call in views.calls(viewer, false, None, 9_999).await.unwrap() {
        // What a call registers is no file before a reaction makes it one; none runs here.
        let mut about = land.walk.about.get(&call.id.0).into_iter().flatten();
        let told = about.all(|id| shown.contains(id) || !land.walk.files.contains(id));
        assert!(told, "{}", call.id);
    }
    let period = Period { from_us: START, until_us: i64::MAX, now_us: START };
    let figures = views.figures(viewer, period).await.unwrap();
    assert_eq!(figures.issues.received + figures.issues.proactive, shown.len() as u64);
    land.walk.files.len() - shown.len()
}

#[tokio::test]
async fn p10_over_random_trees_and_histories_nothing_is_told_to_whoever_stands_aside() {
    let (mut hidden, mut merged) = (0, 0);
    for seed in 1..=24 {
        let mut land = Land::new(seed).await;
        for _ in 0..6 {
            Story::new(&land.county, seed).go_on(6).await;
            for _ in 0..25 {
                land.go_on().await;
            }
        }
        land.walk().await;
        let file = File::of(&land.county).await;
        for viewer in land.viewers() {
            hidden += assert_nothing_more_is_told(&land, &file, &viewer).await;
        }
        merged += land.walk.merged.len();
    }
    assert!(hidden > 200 && merged > 40, "{hidden} hidden, {merged} units merged: too few to tell");
}
