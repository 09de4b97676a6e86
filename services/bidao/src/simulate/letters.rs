//! The letters: read, checked, and put into the order in which they happened.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, bail};
use csv::{ByteRecord, ReaderBuilder};
use domain::shared::moment::Moment;

/// What one event holds: 64 KiB, of which sealing takes a third and a margin stays for the rest.
const TEXT_BYTES_MAX: usize = 45_000;

#[derive(Clone, Debug)]
pub struct Letter {
    pub id: String,
    /// In the file.
    pub line: u64,
    pub subject: String,
    pub body: String,
    pub category: String,
    pub sent_at: Moment,
    pub reply: String,
    pub replied_at: Option<Moment>,
}

/// A row that is not replayed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    pub line: u64,
    pub reason: String,
}

#[derive(Clone, Debug, Default)]
pub struct Letters {
    pub letters: Vec<Letter>,
    pub bad_rows: Vec<BadRow>,
}

/// Something that happened to the letter at this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    Filed(usize),
    Replied(usize),
}

/// Where the columns are.
struct Columns {
    id: usize,
    sent_at: usize,
    replied_at: usize,
    subject: Option<usize>,
    body: Option<usize>,
    category: Option<usize>,
    reply: Option<usize>,
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self> {
        let place = |name: &str| {
            let trim = |column: &[u8]| {
                String::from_utf8_lossy(column).trim_start_matches('\u{feff}').trim().to_lowercase()
            };
            header.iter().position(|column| trim(column) == name)
        };
        let needed =
            |name: &str| place(name).with_context(|| format!("the header has no column '{name}'"));
        Ok(Self {
            id: needed("id")?,
            sent_at: needed("sent_at")?,
            replied_at: needed("replied_at")?,
            subject: place("subject"),
            body: place("body"),
            category: place("category"),
            reply: place("reply"),
        })
    }
}

impl Letters {
    pub fn read(path: &Path) -> Result<Self> {
        let file =
            File::open(path).with_context(|| format!("{}: cannot be read", path.display()))?;
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
        let header = reader
            .byte_headers()
            .with_context(|| format!("{}: is not CSV", path.display()))?
            .clone();
        let columns = Columns::of(&header).with_context(|| path.display().to_string())?;
        let mut read = Self::default();
        let mut ids = HashSet::new();
        let mut record = ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => bail!("{}: {error}", path.display()),
            }
            let line = record.position().map_or(0, csv::Position::line);
            match letter(&columns, header.len(), &record, line, &mut ids) {
                Ok(letter) => read.letters.push(letter),
                Err(reason) => read.bad_rows.push(BadRow { line, reason }),
            }
        }
        if read.letters.is_empty() {
            bail!("{}: holds no letter that could be replayed", path.display());
        }
        Ok(read)
    }

    /// Everything that happened, in order of time; at one instant filings before replies, then by line.
    pub fn happenings(&self) -> Vec<(Moment, Happening)> {
        let filed = self
            .letters
            .iter()
            .enumerate()
            .map(|(n, letter)| (letter.sent_at, Happening::Filed(n)));
        let replied = self.letters.iter().enumerate();
        let replied =
            replied.filter_map(|(n, letter)| Some((letter.replied_at?, Happening::Replied(n))));
        let mut all: Vec<_> = filed.chain(replied).collect();
        all.sort_unstable();
        all
    }
}

fn letter(
    columns: &Columns,
    width: usize,
    record: &ByteRecord,
    line: u64,
    ids: &mut HashSet<String>,
) -> Result<Letter, String> {
    if record.len() != width {
        return Err(format!(
            "应有 {width} 列,实有 {} 列 / expected {width} columns, found {}",
            record.len(),
            record.len()
        ));
    }
    let text = |place: Option<usize>| -> Result<String, String> {
        let bytes = place.and_then(|place| record.get(place)).unwrap_or_default();
        let text =
            std::str::from_utf8(bytes).map_err(|_| "不是 UTF-8 文本 / not UTF-8".to_owned())?;
        Ok(text.into())
    };
    let time = |name: &str, text: &str| -> Result<Moment, String> {
        Moment::parse(text.trim())
            .ok_or_else(|| format!("{name} '{text}' 不是 RFC 3339 时间 / is not an RFC 3339 time"))
    };
    let id = text(Some(columns.id))?.trim().to_owned();
    if id.is_empty() {
        return Err("缺少编号 / id is empty".into());
    }
    let sent_at = time("sent_at", &text(Some(columns.sent_at))?)?;
    let replied_text = text(Some(columns.replied_at))?;
    let replied_at = if replied_text.trim().is_empty() {
        None
    } else {
        Some(time("replied_at", &replied_text)?)
    };
    if replied_at.is_some_and(|replied_at| replied_at < sent_at) {
        return Err("答复早于来信 / replied_at is before sent_at".into());
    }
    let reply = text(columns.reply)?;
    let (subject, body) = (text(columns.subject)?, text(columns.body)?);
    if subject.len() + body.len() > TEXT_BYTES_MAX || reply.len() > TEXT_BYTES_MAX {
        return Err(format!("文字超过 {TEXT_BYTES_MAX} 字节 / text above {TEXT_BYTES_MAX} bytes"));
    }
    if replied_at.is_none() && !reply.trim().is_empty() {
        return Err("有答复而无答复时间 / a reply without replied_at".into());
    }
    let letter = Letter {
        id: id.clone(),
        line,
        subject,
        body,
        category: text(columns.category)?,
        sent_at,
        reply,
        replied_at,
    };
    if !ids.insert(id) {
        return Err("编号重复 / id occurs twice".into());
    }
    Ok(letter)
}
