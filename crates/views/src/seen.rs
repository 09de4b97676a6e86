//! Who may see an issue: the areas it stands in, and those who stand aside. Kept by each model that
//! lists issues, so that no model reads another's tables.

use std::collections::BTreeSet;

use domain::issue::event::PartyNamed;
use domain::issue::{Issue, IssueEvent};
use event::Recorded;

use crate::area;
use crate::database::Db;
use crate::fact::Fact;
use crate::model::{Tables, ViewError};

pub const SCHEMA: &str = "CREATE TABLE {t}_seen (path TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (path, id)) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_seen_by_id ON {t}_seen (id);";
const FORGET: &str = "DELETE FROM {t}_seen WHERE id = ?";
const ADD: &str = "INSERT INTO {t}_seen VALUES (?, ?) ON CONFLICT (path, id) DO NOTHING";

/// Whether whoever looks with these eyes ([`crate::Viewer::eyes`], as text) is among those a column names:
/// somebody with several posts stands aside by any of them. Ids have one length, so the text is taken apart
/// by it; most rows name nobody.
macro_rules! aside {
    ($column:literal, $eyes:literal) => {
        concat!(
            "(",
            $column,
            " <> '' AND EXISTS (WITH RECURSIVE eye(rest) AS (SELECT substr(",
            $eyes,
            ", 1) \
             UNION ALL SELECT substr(rest, 38) FROM eye WHERE length(rest) > 37) \
             SELECT 1 FROM eye WHERE instr(",
            $column,
            ", substr(rest, 1, 36)) > 0))"
        )
    };
}
pub(crate) use aside;

/// Rows of `{t}` that the viewer may see. Binds what [`crate::Viewer::sight`] gives, in its order:
/// area low, area high, tracks, eyes.
pub const SEES: &str = concat!(
    "EXISTS (SELECT 1 FROM {t}_seen AS seen WHERE seen.id = {t}.id AND seen.path >= ? AND seen.path < ?)
     AND instr(?, track) > 0 AND NOT ",
    aside!("recused", "?")
);

const ABOUT: &str = "INSERT INTO {t}_about VALUES (?, ?) ON CONFLICT DO NOTHING";
const ASIDE: &str = "INSERT INTO {t}_aside (issue, recused) VALUES (?, ?) ON CONFLICT (issue) \
     DO UPDATE SET recused = {t}_aside.recused || excluded.recused";

/// What each call is about, and who stands aside from that: a call tells of its file as a row of the file
/// would (LOOP A1). Learned by each model that lists or counts calls, and left out by its queries.
///
/// # Errors
/// When the database fails.
pub async fn learn_of_calls(
    db: &mut Db,
    tables: &Tables,
    recorded: &Recorded,
    fact: &Fact,
) -> Result<(), ViewError> {
    let id = recorded.envelope.stream.id.to_string();
    match fact {
        Fact::Issue(IssueEvent::PartyNamed(e)) => {
            let named = named(db, tables, e).await?;
            sqlx::query(tables.sql(ASIDE)).bind(id).bind(named).execute(db).await?;
        }
        Fact::Call(fact) => {
            for issue in fact.issues() {
                let query = sqlx::query(tables.sql(ABOUT)).bind(issue.to_string()).bind(&id);
                query.execute(&mut *db).await?;
            }
        }
        Fact::Access(_)
        | Fact::Issue(_)
        | Fact::Org(_)
        | Fact::Policy(_)
        | Fact::Privacy(_)
        | Fact::Report(_) => {}
    }
    Ok(())
}

/// Paths an issue is visible under.
///
/// # Errors
/// When the database fails.
pub async fn paths(
    db: &mut Db,
    tables: &Tables,
    issue: &Issue,
) -> Result<BTreeSet<String>, ViewError> {
    let mut paths = BTreeSet::new();
    for unit in issue.seen_by() {
        paths.insert(area::path_of(db, tables, unit).await?);
    }
    Ok(paths)
}

/// Writes the paths of one issue.
///
/// # Errors
/// When the database fails.
pub async fn save(
    db: &mut Db,
    tables: &Tables,
    id: &str,
    paths: &BTreeSet<String>,
) -> Result<(), ViewError> {
    sqlx::query(tables.sql(FORGET)).bind(id).execute(&mut *db).await?;
    for path in paths {
        sqlx::query(tables.sql(ADD)).bind(path).bind(id).execute(&mut *db).await?;
    }
    Ok(())
}

/// Everybody who stands aside, as one text to search in: a unit with the one it was merged into,
/// and those below.
///
/// # Errors
/// When the database fails.
pub async fn recused(db: &mut Db, tables: &Tables, issue: &Issue) -> Result<String, ViewError> {
    let posts = issue.recused.posts.iter().map(ToString::to_string);
    let persons = issue.recused.persons.iter().map(ToString::to_string);
    let mut all: BTreeSet<_> = posts.chain(persons).collect();
    for unit in &issue.recused.units {
        all.extend(area::units_within(db, tables, *unit).await?);
    }
    Ok(Vec::from_iter(all).join(" "))
}

/// Who stands aside by this event, to be added to such a text.
///
/// # Errors
/// When the database fails.
pub async fn named(db: &mut Db, tables: &Tables, e: &PartyNamed) -> Result<String, ViewError> {
    let post = e.post.map(|post| format!(" {post}"));
    let person = e.person.map(|person| format!(" {person}"));
    let mut named: String = [post, person].into_iter().flatten().collect();
    if let Some(unit) = e.unit {
        for unit in area::units_within(db, tables, unit).await? {
            named.push(' ');
            named.push_str(&unit);
        }
    }
    Ok(named)
}
