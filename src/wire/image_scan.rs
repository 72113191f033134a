//! What an image is, read from its base64 text piece by piece: nothing of it is kept but the beginning, until that has told the size.
//!
//! Strictly the standard alphabet, with padding. The url alphabet counts as no base64: a data URL in it is refused upstream, and
//! nothing here would decode it.

use std::borrow::Cow;

use crate::json::Raw;
use crate::record::Reads;

const SPACE: u8 = 0x80;
const PAD: u8 = 0x81;
const OTHER: u8 = 0x82;

/// The value of a digit, or one of the classes above, all of them with the high bit set.
static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [OTHER; 256];
    let mut value = 0;
    while value < digits.len() {
        table[digits[value] as usize] = value as u8;
        value += 1;
    }
    let spaces = b" \t\n\r\x0b\x0c";
    let mut space = 0;
    while space < spaces.len() {
        table[spaces[space] as usize] = SPACE;
        space += 1;
    }
    table[b'=' as usize] = PAD;
    table
}

/// Enough of a file for every format but JPEG, whose size may stand behind a thumbnail and a colour profile.
const HEAD: usize = 64;
/// A JPEG that has not told its size by here is taken as one that tells none.
const MAX_HEAD: usize = 256 * 1024;
/// What is looked at at once.
const STRIDE: usize = 32;

const PNG: &str = "image/png";
const JPEG: &str = "image/jpeg";
const GIF: &str = "image/gif";
const WEBP: &str = "image/webp";
/// Recognised to be named: no provider takes it.
pub const HEIF: &str = "image/heif";
/// As [`HEIF`].
pub const AVIF: &str = "image/avif";

/// What the text says of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImageFacts {
    /// Alphabet, padding and the unused bits of the last digit are right.
    pub is_base64: bool,
    /// There is nothing but white space.
    pub is_blank: bool,
    /// White space stands somewhere.
    pub has_white_space: bool,
    /// How long the file is; an estimate when the text is no base64.
    pub decoded_bytes: u64,
    /// By its first bytes, not by what anybody calls it.
    pub media_type: Option<&'static str>,
    /// In pixels; 0 when it could not be read.
    pub width: u32,
    /// As `width`.
    pub height: u32,
}

/// Of a [`CrossedImageFacts`]; of anything else nothing is known.
impl<'a> Reads<'a> for ImageFacts {
    fn read(value: Raw<'a>) -> Option<Self> {
        let Some(crossed) = CrossedImageFacts::read(value) else { return Some(Self::default()) };
        Some(Self {
            is_base64: crossed.is_base64,
            is_blank: crossed.is_blank,
            has_white_space: crossed.has_white_space,
            decoded_bytes: crossed.bytes,
            media_type: [PNG, JPEG, GIF, WEBP, HEIF, AVIF].into_iter().find(|name| crossed.media_type.as_deref() == Some(*name)),
            width: crossed.width,
            height: crossed.height,
        })
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl crate::interface::Typed for ImageFacts {
    fn typescript() -> String {
        "Partial<CrossedImageFacts>".to_owned()
    }
}

impl ImageFacts {
    /// For the way through JavaScript. `is_large`: whether it would do better smaller.
    pub fn crossed(&self, is_large: bool) -> CrossedImageFacts<'static> {
        CrossedImageFacts {
            is_base64: self.is_base64,
            is_blank: self.is_blank,
            has_white_space: self.has_white_space,
            bytes: self.decoded_bytes,
            media_type: self.media_type.map(Cow::Borrowed),
            width: self.width,
            height: self.height,
            is_large,
        }
    }
}

crate::record! {
    /// What base64 in a message is.
    pub struct CrossedImageFacts<'a>: both {
        is_base64: bool,
        /// Nothing but blanks.
        is_blank: bool,
        has_white_space: bool,
        /// When it is decoded.
        bytes: u64,
        /// By its first bytes.
        media_type: Option<Cow<'a, str>>,
        /// In pixels; 0 when it could not be read.
        width: u32,
        height: u32,
        /// Whether it would do better smaller.
        is_large: bool,
    }
}

/// Reads base64 text in pieces, cut anywhere.
#[derive(Debug, Clone)]
pub struct ImageScan {
    digits: u64,
    pads: u64,
    others: u64,
    last: u8,
    has_white_space: bool,
    /// A digit behind the padding, or anything that base64 does not know.
    is_broken: bool,
    /// Decoded, for as long as the size is not known.
    head: Vec<u8>,
    /// How long the head grows before it is looked at again; 0 when it has told what it can.
    next_measure: usize,
    bits: u32,
    media_type: Option<&'static str>,
    size: (u32, u32),
}

impl Default for ImageScan {
    fn default() -> Self {
        Self::new()
    }
}

impl ImageScan {
    /// Before the first piece.
    pub fn new() -> Self {
        Self {
            digits: 0,
            pads: 0,
            others: 0,
            last: 0,
            has_white_space: false,
            is_broken: false,
            head: Vec::with_capacity(HEAD),
            next_measure: HEAD,
            bits: 0,
            media_type: None,
            size: (0, 0),
        }
    }

    /// The next piece.
    pub fn push(&mut self, base64: &[u8]) {
        let (strides, rest) = base64.as_chunks::<STRIDE>();
        for stride in strides {
            let union = stride.iter().fold(0, |union, byte| union | CLASS[usize::from(*byte)]);
            if union < SPACE && self.next_measure == 0 && self.pads == 0 {
                self.digits += STRIDE as u64;
                self.last = CLASS[usize::from(stride[STRIDE - 1])];
            } else {
                self.each(stride);
            }
        }
        self.each(rest);
    }

    fn each(&mut self, piece: &[u8]) {
        for byte in piece {
            match CLASS[usize::from(*byte)] {
                SPACE => self.has_white_space = true,
                PAD => self.pads += 1,
                OTHER => {
                    self.others += 1;
                    self.is_broken = true;
                }
                digit => {
                    self.is_broken |= self.pads > 0;
                    self.last = digit;
                    self.decode(digit);
                    self.digits += 1;
                }
            }
        }
    }

    #[inline]
    fn decode(&mut self, digit: u8) {
        if self.next_measure == 0 {
            return;
        }
        self.bits = (self.bits << 6) | u32::from(digit);
        let unused = match self.digits % 4 {
            0 => return,
            1 => 4,
            2 => 2,
            _ => 0,
        };
        self.head.push((self.bits >> unused) as u8);
        if self.head.len() == self.next_measure {
            self.measure();
        }
    }

    /// Reads the head, and says whether more of it is wanted. Twice as much every time, so that all of them together cost what the
    /// last one does.
    fn measure(&mut self) {
        (self.media_type, self.size) = read_head(&self.head);
        let wants_more = self.media_type == Some(JPEG) && self.size == (0, 0) && self.next_measure < MAX_HEAD;
        self.next_measure = if wants_more { self.next_measure * 2 } else { 0 };
        if !wants_more {
            self.head = Vec::new();
        }
    }

    /// What is known after the last piece.
    pub fn finish(&self) -> ImageFacts {
        let is_whole = match self.digits % 4 {
            0 => self.pads == 0,
            1 => false,
            2 => self.pads == 2 && self.last & 0b1111 == 0,
            _ => self.pads == 1 && self.last & 0b11 == 0,
        };
        let is_base64 = is_whole && !self.is_broken && self.digits > 0;
        let facts = ImageFacts {
            is_base64,
            is_blank: self.digits + self.pads + self.others == 0,
            has_white_space: self.has_white_space,
            decoded_bytes: (self.digits + self.others) * 3 / 4,
            ..ImageFacts::default()
        };
        if !is_base64 {
            return facts;
        }
        let (media_type, (width, height)) = if self.next_measure == 0 { (self.media_type, self.size) } else { read_head(&self.head) };
        ImageFacts { media_type, width, height, ..facts }
    }
}

type Size = (u32, u32);

/// Type and size by the first bytes of a file.
fn read_head(head: &[u8]) -> (Option<&'static str>, Size) {
    let at = |from: usize, bytes: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(bytes));
    let (media_type, size) = match () {
        () if at(0, b"\xff\xd8\xff") => (JPEG, jpeg_size(head)),
        () if at(0, b"\x89PNG") => (PNG, png_size(head)),
        () if at(0, b"GIF8") => (GIF, little(head, 6, 2).zip(little(head, 8, 2))),
        () if at(0, b"RIFF") && at(8, b"WEBP") => (WEBP, webp_size(head)),
        () if at(4, b"ftyp") => match brands(head) {
            Some(name) => (name, None),
            None => return (None, (0, 0)),
        },
        () => return (None, (0, 0)),
    };
    // Half a size is none.
    (Some(media_type), size.filter(|(width, height)| *width > 0 && *height > 0).unwrap_or_default())
}

fn big(bytes: &[u8], from: usize, length: usize) -> Option<u32> {
    Some(bytes.get(from..from + length)?.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}

fn little(bytes: &[u8], from: usize, length: usize) -> Option<u32> {
    Some(bytes.get(from..from + length)?.iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}

fn png_size(head: &[u8]) -> Option<Size> {
    let is_header = head.get(12..16)? == b"IHDR";
    big(head, 16, 4).zip(big(head, 20, 4)).filter(|_| is_header)
}

fn webp_size(head: &[u8]) -> Option<Size> {
    const LOW14: u32 = 0x3fff;
    match head.get(12..16)? {
        b"VP8 " if head.get(23..26)? == b"\x9d\x01\x2a" => Some((little(head, 26, 2)? & LOW14, little(head, 28, 2)? & LOW14)),
        b"VP8L" if head.get(20) == Some(&0x2f) => {
            let bits = little(head, 21, 4)?;
            Some(((bits & LOW14) + 1, ((bits >> 14) & LOW14) + 1))
        }
        b"VP8X" => Some((little(head, 24, 3)? + 1, little(head, 27, 3)? + 1)),
        _ => None,
    }
}

/// Walks the segments up to the one that begins a frame.
fn jpeg_size(head: &[u8]) -> Option<Size> {
    let mut at = 2;
    loop {
        if *head.get(at)? != 0xff {
            return None;
        }
        let marker = *head.get(at + 1)?;
        match marker {
            // A marker may be padded in front.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            // Tables share the range of the frames.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => return Some((big(head, at + 7, 2)?, big(head, at + 5, 2)?)),
            // The image itself, or its end: no frame will follow.
            0xd9 | 0xda => return None,
            _ => at += 2 + (big(head, at + 2, 2)? as usize).max(2),
        }
    }
}

/// Which of the formats of the MPEG container it is. Many an AVIF calls itself `mif1` first.
fn brands(head: &[u8]) -> Option<&'static str> {
    let length = big(head, 0, 4)? as usize;
    let (names, _) = head.get(8..length.min(head.len()))?.as_chunks::<4>();
    let has = |wanted: &[&[u8; 4]]| names.iter().any(|name| wanted.contains(&name));
    match () {
        () if has(&[b"avif", b"avis"]) => Some(AVIF),
        () if has(&[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"]) => Some(HEIF),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG that begins with other segments, as base64 without an end.
    fn jpeg(segments: usize) -> String {
        // Twice three bytes a segment, then ff c0 00 11 08 and the size.
        let mut text = String::from("/9j/");
        text.push_str(&"///hAAMA".repeat(segments));
        text.push_str("///AABEIAAgACQMA");
        text
    }

    #[test]
    fn the_head_is_let_go_when_it_has_told_the_size() {
        for (segments, most, width) in [(0, 64, 9), (1000, 8192, 9), (43_000, MAX_HEAD, 9), (60_000, MAX_HEAD, 0)] {
            let mut scan = ImageScan::new();
            let mut held = 0;
            for piece in [jpeg(segments), "AAAA".repeat(20_000)].concat().as_bytes().chunks(1000) {
                scan.push(piece);
                held = held.max(scan.head.len());
            }
            assert!(held <= most && (segments < 1000 || held > most / 4), "{segments}: {held}");
            let facts = scan.finish();
            assert_eq!((scan.head.capacity(), facts.media_type, facts.width), (0, Some(JPEG), width));
        }
    }
}
