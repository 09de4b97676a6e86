//! The replay: each letter filed and answered at its own time, timers firing in between.

use anyhow::{Context, Result, anyhow, bail};
use commands::case_no;
use domain::issue::command::{Complete, Register};
use domain::issue::{IssueCommand, IssueVerb};
use domain::policy::publish;
use domain::shared::calendar::{Calendar, CalendarDocument};
use domain::shared::clock::ClockKind;
use domain::shared::ids::IssueId;
use domain::shared::matter::Track;
use domain::shared::matter::{Matter, Source};
use domain::shared::moment::Moment;
use domain::shared::period::Counting;
use domain::shared::terms::PolicyDocument;
use indicatif::{ProgressBar, ProgressStyle};
use views::Viewer;

use super::figures::Report;
use super::letters::{Happening, Letter, Letters};
use super::world::World;

pub async fn replay(policy: &str, calendar: &str, letters: &Letters) -> Result<Report> {
    let document = publish::parse(policy).map_err(|error| anyhow!("{}", error.zh()))?;
    require_replayable(&document)?;
    require_coverage(&document, calendar, letters)?;
    let happenings = letters.happenings();
    let (Some((start, _)), Some((end, _))) = (happenings.first(), happenings.last()) else {
        bail!("no letters");
    };
    let mut replay = Replay {
        world: World::open(*start, policy, calendar).await?,
        issues: vec![None; letters.letters.len()],
        next_due: Moment::MAX,
    };
    let bar = ProgressBar::new(happenings.len() as u64)
        .with_style(ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")?);
    for (at, happening) in &happenings {
        bar.set_message(at.local_date().to_string());
        replay.step(*at, *happening, letters).await?;
        bar.inc(1);
    }
    // The history ends with its last entry; what is due by then has come due.
    replay.world.fire_until(*end).await?;
    bar.finish_and_clear();
    let facts = replay.world.views.issue_facts(&Viewer::of_everything(&[Track::Service])).await?;
    Ok(Report::of(&document, &publish::hash_of(policy), &facts))
}

/// Letters are answered without a visit and by whom the policy names; anything else cannot be replayed.
fn require_replayable(document: &PolicyDocument) -> Result<()> {
    for terms in &document.matters {
        let name = &terms.name;
        if terms.dispatch_to.is_none() {
            bail!(
                "matters.{name}: dispatch_to must name a rung, as \"village\": nobody dispatches letters by hand here"
            );
        }
        if terms.must_visit {
            bail!("matters.{name}: must_visit must be false: a letter's reply is not a visit");
        }
    }
    Ok(())
}

/// A back-test never guesses a working day.
fn require_coverage(document: &PolicyDocument, calendar: &str, letters: &Letters) -> Result<()> {
    let published: CalendarDocument = toml::from_str(calendar).context("calendar")?;
    if published.id != document.calendar {
        bail!(
            "the policy counts by calendar '{}', the one given is '{}'",
            document.calendar,
            published.id
        );
    }
    let calendar = Calendar::try_new(&published)?;
    let counting = Counting { calendar: &calendar, closing_time: document.closing_time };
    for letter in &letters.letters {
        for terms in &document.matters {
            for step in &terms.total.ladder {
                counting
                    .due_exactly(letter.sent_at, terms.total.period, step.at_percent)
                    .with_context(|| format!("line {}", letter.line))?;
            }
        }
    }
    Ok(())
}

struct Replay {
    world: World,
    /// The issue each letter became.
    issues: Vec<Option<IssueId>>,
    /// No promise is due before this; commands may only bring it nearer.
    next_due: Moment,
}

impl Replay {
    /// Timers precede commands at one instant (LOOP K3).
    async fn step(&mut self, at: Moment, happening: Happening, letters: &Letters) -> Result<()> {
        if self.next_due <= at {
            self.world.fire_until(at).await?;
            self.next_due = self.world.views.next_due().await?.map_or(Moment::MAX, Moment);
        }
        self.world.commands.clock.advance_to(at.0);
        let letter = |n: usize| letters.letters.get(n).with_context(|| format!("letter {n}"));
        match happening {
            Happening::Filed(n) => {
                let issue = self.file(letter(n)?, at).await?;
                if let Some(slot) = self.issues.get_mut(n) {
                    *slot = Some(issue);
                }
                let due = self.world.commands.issues.read(issue.0, |issue, _| {
                    issue.clocks.running(ClockKind::Total).map(|running| running.due_at)
                });
                self.next_due = self.next_due.min(due.await?.flatten().unwrap_or(Moment::MAX));
            }
            Happening::Replied(n) => {
                let issue =
                    self.issues.get(n).copied().flatten().context("a reply before its letter")?;
                self.answer(letter(n)?, issue).await?;
            }
        }
        Ok(())
    }

    async fn file(&self, letter: &Letter, at: Moment) -> Result<IssueId> {
        let world = &self.world;
        let issue = IssueId(world.commands.ids.uuid7());
        let matter = Matter {
            category: letter.category.clone(),
            source: Source::External { system: "letters".into(), id: letter.id.clone() },
            place: world.village,
            title: world.seal(issue.0, "title", &letter.subject).await?,
            narrative: world.seal(issue.0, "narrative", &letter.body).await?,
            ..Matter::default()
        };
        let case_no = case_no::make(&world.commands.county6, at, world.commands.ids.bytes());
        let register = Register {
            issue,
            case_no,
            matter,
            started_at: at,
            policy: None,
            competent: None,
            parties: Vec::new(),
        };
        self.execute(issue, IssueVerb::Register(Box::new(register))).await?;
        Ok(issue)
    }

    async fn answer(&self, letter: &Letter, issue: IssueId) -> Result<()> {
        let summary = self.world.seal(issue.0, "summary", &letter.reply).await?;
        self.execute(issue, IssueVerb::Complete(Complete { summary, over_support: None })).await
    }

    async fn execute(&self, issue: IssueId, verb: IssueVerb) -> Result<()> {
        let world = &self.world;
        let facts = world.commands.facts(world.actor.clone(), Some(world.village)).await?;
        let command = |now| IssueCommand { given: facts.at(now), verb: verb.clone() };
        world.commands.issues.execute(issue.0, &world.request(), command).await?;
        Ok(())
    }
}
