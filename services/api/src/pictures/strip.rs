//! Of a picture what is needed to see it, and nothing of when, where, with what and by whom it was taken.
//! Parts are copied, never decoded; what is not on the list, and whatever follows the end, stays behind.

const EXIF: &[u8] = b"Exif\0\0";
const SOI: [u8; 2] = [0xFF, 0xD8];
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
/// Tables and frames of a JPEG (ISO/IEC 10918-1 B.1): what else there is, tells and is not needed.
const JPEG_PARTS: [u8; 17] = [
    0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, SOS, 0xDB, 0xDC,
    0xDD,
];
/// How the colours of a JPEG are to be read stands in Adobe's own part.
const ADOBE: u8 = 0xEE;
const ADOBE_BYTES: u8 = 12;
const APP1: u8 = 0xE1;
const PNG_BEGINS: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Each with the most bytes that it has a use for (PNG 3rd edition, §11): one that is longer stays behind.
const PNG_PARTS: [(&[u8; 4], usize); 9] = [
    (b"IHDR", 13),
    (b"PLTE", 768),
    (b"IDAT", usize::MAX),
    (b"IEND", 0),
    (b"tRNS", 256),
    (b"gAMA", 4),
    (b"cHRM", 32),
    (b"sRGB", 1),
    (b"sBIT", 4),
];
const WEBP_PARTS: [&[u8; 4]; 4] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH"];
/// Of the first byte of VP8X: there is an ICC profile, EXIF, XMP, an animation.
const WEBP_TELLS: u8 = 0b0010_1110;

/// The picture without what it tells; nothing where the bytes are no whole picture of this type.
pub(super) fn stripped(media_type: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match media_type {
        "image/jpeg" => jpeg(bytes),
        "image/png" => png(bytes),
        "image/webp" => webp(bytes),
        _ => None,
    }
}

fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&SOI)?;
    let (mut kept, mut turned, mut scans) = (Vec::new(), None, 0);
    loop {
        let (marker, after) = marker(rest)?;
        if marker == EOI {
            break;
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
        let (part, next) = after.split_at_checked(length)?;
        let said = part.get(2..)?;
        rest = next;
        if JPEG_PARTS.contains(&marker) {
            kept.extend([0xFF, marker]);
            kept.extend(part);
        } else if marker == ADOBE && said.starts_with(b"Adobe") {
            // What follows its fields is anybody's.
            kept.extend([0xFF, ADOBE, 0, ADOBE_BYTES + 2]);
            kept.extend(said.get(..usize::from(ADOBE_BYTES))?);
        } else if marker == APP1 && turned.is_none() {
            turned = said.strip_prefix(EXIF).and_then(orientation);
        }
        if marker == SOS {
            let (scan, next) = scan(rest)?;
            kept.extend(scan);
            (rest, scans) = (next, scans + 1);
        }
    }
    let turned = turned.filter(|turned| (2..=8).contains(turned)).map(turn).unwrap_or_default();
    (scans > 0).then(|| [&SOI[..], &turned, &kept, &[0xFF, EOI]].concat())
}

/// The next marker; any number of fill bytes may stand before it.
fn marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes.strip_prefix(&[0xFF])?;
    while let Some(filled) = rest.strip_prefix(&[0xFF]) {
        rest = filled;
    }
    rest.split_first().map(|(marker, rest)| (*marker, rest))
}

/// The coded data up to the next marker: a stuffed zero and a restart are none.
fn scan(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF);
    let end = bytes.windows(2).position(ends)?;
    bytes.split_at_checked(end)
}

/// Which way up, of an EXIF block (TIFF 6.0, tag 274): a camera held sideways says so there alone.
fn orientation(tiff: &[u8]) -> Option<u16> {
    let big = tiff.starts_with(b"MM\0*");
    if !big && !tiff.starts_with(b"II*\0") {
        return None;
    }
    let short = |at: usize| {
        let bytes: [u8; 2] = *tiff.get(at..)?.first_chunk()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let (high, low) = if big { (4, 6) } else { (6, 4) };
    let directory = usize::from(short(low)?) + (usize::from(short(high)?) << 16);
    let entries = usize::from(short(directory)?);
    let entry = |number: usize| directory.checked_add(2 + 12 * number);
    let entry = (0..entries).filter_map(entry).find(|at| short(*at) == Some(274))?;
    short(entry.checked_add(8)?)
}

/// An EXIF block that says which way up, and nothing else.
fn turn(orientation: u16) -> Vec<u8> {
    let block: [&[u8]; 7] = [
        &[0xFF, APP1, 0, 34],
        EXIF,
        b"MM\0*\0\0\0\x08",
        &[0, 1, 1, 18, 0, 3, 0, 0, 0, 1],
        &orientation.to_be_bytes(),
        &[0, 0],
        &[0, 0, 0, 0],
    ];
    block.concat()
}

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(PNG_BEGINS)?;
    let (mut kept, mut seen) = (PNG_BEGINS.to_vec(), false);
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        // Length, kind, data, checksum.
        let (part, next) = rest.split_at_checked(length.checked_add(12)?)?;
        let kind: &[u8; 4] = part.get(4..)?.first_chunk()?;
        if (kept.len() == PNG_BEGINS.len()) != (kind == b"IHDR") {
            return None;
        }
        if PNG_PARTS.iter().any(|(known, most)| *known == kind && length <= *most) {
            kept.extend(part);
        }
        seen |= kind == b"IDAT";
        if kind == b"IEND" {
            return seen.then_some(kept);
        }
        rest = next;
    }
}

fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let sized = bytes.strip_prefix(b"RIFF")?;
    let length = usize::try_from(u32::from_le_bytes(*sized.first_chunk()?)).ok()?;
    let mut rest = sized.get(4..)?.get(..length)?.strip_prefix(b"WEBP")?;
    let (mut kept, mut seen) = (b"WEBP".to_vec(), false);
    while !rest.is_empty() {
        let kind: &[u8; 4] = rest.first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*rest.get(4..)?.first_chunk()?)).ok()?;
        let padded = length.checked_add(8 + length % 2)?;
        let (part, next) = rest.split_at_checked(padded)?;
        if kind == b"ANIM" || kind == b"ANMF" {
            return None;
        }
        if WEBP_PARTS.contains(&kind) {
            let at = kept.len();
            kept.extend(part);
            if kind == b"VP8X" {
                *kept.get_mut(at + 8)? &= !WEBP_TELLS;
            }
        }
        seen |= kind == b"VP8 " || kind == b"VP8L";
        rest = next;
    }
    let length = u32::try_from(kept.len()).ok()?.to_le_bytes();
    seen.then(|| [b"RIFF", &length[..], &kept].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: &[u8] = b"GPS 31.7N 115.9E";

    fn part(marker: u8, said: &[u8]) -> Vec<u8> {
        let length = u16::try_from(said.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], &length[..], said].concat()
    }

    fn exif(big: bool, orientation: u16) -> Vec<u8> {
        let short = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let long = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let mut tiff = if big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        tiff.extend(long(8));
        tiff.extend(short(2));
        for (tag, value) in [(0x8825, 99), (274, orientation)] {
            tiff.extend([short(tag), short(3)].concat());
            tiff.extend(long(1));
            tiff.extend([short(value), [0, 0]].concat());
        }
        [EXIF, &tiff, WORD].concat()
    }

    fn photo(big: bool, orientation: u16) -> Vec<u8> {
        let table = part(0xDB, &[1; 65]);
        let frame = part(0xC2, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]);
        let scan = [part(SOS, &[1, 1, 0, 0, 63, 0]), vec![0xFF, 0, 7, 0xFF, 0xD3, 9]].concat();
        [
            SOI.to_vec(),
            part(0xE0, &[b"JFIF\0", WORD].concat()),
            part(APP1, &exif(big, orientation)),
            part(ADOBE, &[b"Adobe\0\x64\0\0\0\0\x01", WORD].concat()),
            part(0xED, WORD),
            table.clone(),
            vec![0xFF, 0xFF],
            frame,
            scan.clone(),
            part(0xFE, WORD),
            table,
            scan,
            vec![0xFF, EOI],
            WORD.to_vec(),
        ]
        .concat()
    }

    fn tells(bytes: &[u8]) -> bool {
        bytes.windows(WORD.len()).any(|found| found == WORD)
    }

    #[test]
    fn a_photo_keeps_its_scans_and_which_way_up_and_nothing_else() {
        for big in [true, false] {
            let taken = photo(big, 6);
            assert!(tells(&taken));
            let kept = stripped("image/jpeg", &taken).unwrap();
            assert!(!tells(&kept));
            let (marker, exif) = marker(&kept[2..]).unwrap();
            assert_eq!((marker, orientation(&exif[8..])), (APP1, Some(6)));
            assert_eq!(kept.windows(2).filter(|pair| *pair == [0xFF, SOS]).count(), 2);
            assert!(kept.ends_with(&[0xFF, EOI]));
            assert_eq!(stripped("image/jpeg", &kept), Some(kept), "again the same");
        }
        // Upright is not worth a word.
        assert!(!stripped("image/jpeg", &photo(true, 1)).unwrap().contains(&APP1));
    }

    fn chunk(kind: &[u8; 4], said: &[u8]) -> Vec<u8> {
        [&u32::try_from(said.len()).unwrap().to_be_bytes(), &kind[..], said, &[0; 4]].concat()
    }

    fn drawing() -> Vec<u8> {
        let parts = [
            chunk(b"IHDR", &[0; 13]),
            chunk(b"tEXt", WORD),
            chunk(b"eXIf", WORD),
            chunk(b"iCCP", WORD),
            chunk(b"gAMA", &[b"\0\0\xb1\x8f", WORD].concat()),
            chunk(b"IDAT", &[1, 2, 3]),
            chunk(b"tIME", WORD),
            chunk(b"IEND", &[]),
        ];
        [PNG_BEGINS, &parts.concat(), WORD].concat()
    }

    fn piece(kind: &[u8; 4], said: &[u8]) -> Vec<u8> {
        let length = u32::try_from(said.len()).unwrap().to_le_bytes();
        [&kind[..], &length, said, &[0][..said.len() % 2]].concat()
    }

    fn shot(pieces: &[Vec<u8>]) -> Vec<u8> {
        let body = [b"WEBP", &pieces.concat()[..]].concat();
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        [b"RIFF", &length[..], &body, WORD].concat()
    }

    #[test]
    fn a_png_and_a_webp_keep_what_is_seen() {
        let kept = stripped("image/png", &drawing()).unwrap();
        assert!(!tells(&kept) && kept.ends_with(&chunk(b"IEND", &[])));
        let flags = piece(b"VP8X", &[0b0011_1100, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let told = [flags, piece(b"VP8L", &[5; 7]), piece(b"EXIF", WORD), piece(b"XMP ", WORD)];
        let kept = stripped("image/webp", &shot(&told)).unwrap();
        assert!(!tells(&kept));
        assert_eq!(kept[20], 0b0001_0000, "transparent still, and nothing else");
        assert_eq!(stripped("image/webp", &kept), Some(kept));
        let moving = [piece(b"ANIM", &[0; 6]), piece(b"VP8L", &[5; 7])];
        assert_eq!(stripped("image/webp", &shot(&moving)), None);
    }

    #[test]
    fn what_is_no_whole_picture_of_the_type_is_none() {
        for taken in [photo(true, 6), drawing(), shot(&[piece(b"VP8L", &[5; 7])])] {
            for media_type in ["image/jpeg", "image/png", "image/webp", "image/svg+xml", ""] {
                let kept = stripped(media_type, &taken);
                let own = match taken[0] {
                    0xFF => "image/jpeg",
                    0x89 => "image/png",
                    _ => "image/webp",
                };
                assert_eq!(kept.is_some(), media_type == own, "{media_type}");
            }
            // Cut anywhere before its end, it is none; and nothing panics.
            let end = taken.len() - WORD.len();
            for cut in 0..end {
                for media_type in ["image/jpeg", "image/png", "image/webp"] {
                    assert_eq!(stripped(media_type, &taken[..cut]), None, "{media_type} {cut}");
                }
            }
        }
        for text in
            [&b"<html>"[..], b"%PDF-1.7", b"", &SOI, PNG_BEGINS, b"RIFF\xFF\xFF\xFF\xFFWEBP"]
        {
            assert_eq!(stripped("image/jpeg", text), None);
            assert_eq!(stripped("image/png", text), None);
            assert_eq!(stripped("image/webp", text), None);
        }
    }
}
