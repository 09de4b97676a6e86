//! Rows of a CSV or XLSX file, one after the other: a file of any size needs little memory.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use calamine::{DataRef, Reader, Xlsx, open_workbook};
use encoding_rs::{Decoder, Encoding, GBK, UTF_8};

const CHUNK: usize = 64 * 1024;

/// A row with its number in the file; the header is row 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub number: usize,
    pub fields: Vec<String>,
}

/// Reads every row of `path` into `take`, the header first; stops when `take` says so.
pub fn read(path: &Path, take: impl FnMut(Row) -> bool) -> Result<()> {
    let named = || format!("{}", path.display());
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => read_csv(path, take).with_context(named),
        Some("xlsx") => read_xlsx(path, take).with_context(named),
        Some(_) | None => bail!("{}: only .csv and .xlsx are read (仅支持 .csv 和 .xlsx)", named()),
    }
}

fn read_csv(path: &Path, mut take: impl FnMut(Row) -> bool) -> Result<()> {
    let text = Decoding::new(File::open(path)?, encoding_of(path)?);
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    for (index, record) in rows.records().enumerate() {
        let fields = record?.iter().map(|field| field.trim().to_owned()).collect();
        if !take(Row { number: index + 1, fields }) {
            break;
        }
    }
    Ok(())
}

/// UTF-8 when every byte is; spreadsheets on Chinese Windows write GBK otherwise.
fn encoding_of(path: &Path) -> Result<&'static Encoding> {
    let mut file = BufReader::with_capacity(CHUNK, File::open(path)?);
    let mut decoder = UTF_8.new_decoder();
    let mut out = String::with_capacity(2 * CHUNK);
    loop {
        let bytes = file.fill_buf()?;
        let (length, last) = (bytes.len(), bytes.is_empty());
        out.clear();
        let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut out, last);
        if matches!(result, encoding_rs::DecoderResult::Malformed(..)) {
            return Ok(GBK);
        }
        if last {
            return Ok(UTF_8);
        }
        file.consume(length);
    }
}

/// Bytes of some encoding as UTF-8, without a byte order mark.
struct Decoding {
    file: BufReader<File>,
    decoder: Decoder,
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl Decoding {
    fn new(file: File, encoding: &'static Encoding) -> Self {
        Self {
            file: BufReader::with_capacity(CHUNK, file),
            decoder: encoding.new_decoder_with_bom_removal(),
            ready: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let bytes = self.file.fill_buf()?;
        let (length, last) = (bytes.len(), bytes.is_empty());
        let room = self.decoder.max_utf8_buffer_length(length).unwrap_or(4 * CHUNK);
        self.ready.resize(room, 0);
        let (_, _, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.ready, last);
        self.ready.truncate(written);
        self.file.consume(length);
        (self.given, self.ended) = (0, last);
        Ok(())
    }
}

impl Read for Decoding {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.given >= self.ready.len() && !self.ended {
            self.fill()?;
        }
        let rest = self.ready.get(self.given..).unwrap_or_default();
        let count = rest.len().min(out.len());
        if let (Some(from), Some(to)) = (rest.get(..count), out.get_mut(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

/// The first sheet, cell by cell: never the whole sheet at once.
fn read_xlsx(path: &Path, mut take: impl FnMut(Row) -> bool) -> Result<()> {
    let mut book: Xlsx<_> = open_workbook(path)?;
    let sheet = book.sheet_names().first().cloned().ok_or_else(|| anyhow!("no sheet"))?;
    let mut cells = book.worksheet_cells_reader(&sheet)?;
    let mut row: Option<Row> = None;
    while let Some(cell) = cells.next_cell()? {
        let (line, column) = cell.get_position();
        let number = usize::try_from(line)? + 1;
        if let Some(done) = row.take_if(|row| row.number != number)
            && !take(done)
        {
            return Ok(());
        }
        let row = row.get_or_insert_with(|| Row { number, fields: Vec::new() });
        let column = usize::try_from(column)?;
        if row.fields.len() <= column {
            row.fields.resize(column + 1, String::new());
        }
        if let Some(field) = row.fields.get_mut(column) {
            *field = text_of(cell.get_value());
        }
    }
    row.map(take);
    Ok(())
}

/// A cell as a person reads it: a code is not `3.415e11`, a day is a day.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.trim().into(),
        DataRef::SharedString(text) => text.trim().into(),
        DataRef::Bool(flag) => if *flag { "是" } else { "否" }.into(),
        DataRef::DateTime(time) => {
            let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().into(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}
