//! What is read from the base64 text of an image.

use openrouter_wasm::image_scan::{AVIF, HEIF, ImageFacts, ImageScan};
use openrouter_wasm::record::{Reads, Writes};

type Size = (u32, u32);

const PNG: &str = "image/png";
const JPEG: &str = "image/jpeg";
const GIF: &str = "image/gif";
const WEBP: &str = "image/webp";

fn encode(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            out.push(if digit <= three.len() { alphabet[value as usize] as char } else { '=' });
        }
    }
    out
}

fn scan(text: &str) -> ImageFacts {
    let mut scan = ImageScan::new();
    scan.push(text.as_bytes());
    scan.finish()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &width.to_be_bytes()[..], &height.to_be_bytes(), b"\x08\x06\0\0\0"].concat()
}

/// A JPEG whose frame stands behind `before` bytes of other segments.
fn jpeg(width: u16, height: u16, before: usize) -> Vec<u8> {
    let mut out = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    let mut left = before;
    while left > 0 {
        let length = left.clamp(2, 0xffff) as u16;
        out.extend(b"\xff\xff\xe1");
        out.extend(length.to_be_bytes());
        out.extend(std::iter::repeat_n(0xc0, usize::from(length) - 2));
        left = left.saturating_sub(usize::from(length));
    }
    out.extend(b"\xff\xc4\x00\x04\0\0\xff\xc2\x00\x11\x08");
    out.extend(height.to_be_bytes());
    out.extend(width.to_be_bytes());
    out.extend(b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda");
    out
}

fn riff(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [b"RIFF\x40\0\0\0WEBP", &kind[..], b"\x30\0\0\0", body].concat()
}

fn samples() -> Vec<(Vec<u8>, Option<&'static str>, Size)> {
    vec![
        (png(1, 1), Some(PNG), (1, 1)),
        (png(70_000, 3), Some(PNG), (70_000, 3)),
        (png(7, 0), Some(PNG), (0, 0)),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x04CgBI\x50\0\x20\x02abcdefgh".to_vec(), Some(PNG), (0, 0)),
        (b"\x89PNG".to_vec(), Some(PNG), (0, 0)),
        (jpeg(640, 480, 0), Some(JPEG), (640, 480)),
        (jpeg(640, 480, 100), Some(JPEG), (640, 480)),
        (jpeg(4000, 3000, 200_000), Some(JPEG), (4000, 3000)),
        (jpeg(4000, 3000, 300_000), Some(JPEG), (0, 0)),
        (b"\xff\xd8\xff\xda\x00\x04ab\xff\xc0\x00\x11\x08\x00\x01\x00\x01".to_vec(), Some(JPEG), (0, 0)),
        (b"\xff\xd8\xff\xe0\0\0\0\0".to_vec(), Some(JPEG), (0, 0)),
        (b"GIF89a\x2c\x01\x0a\x00\0\0\0".to_vec(), Some(GIF), (300, 10)),
        (riff(b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a\x20\x43\xf0\x80"), Some(WEBP), (800, 240)),
        (riff(b"VP8L", &[0x2f, 0x1f, 0xc3, 0x95, 0x00]), Some(WEBP), (800, 600)),
        (riff(b"VP8X", b"\x10\0\0\0\xcf\x07\x00\x37\x04\x00"), Some(WEBP), (2000, 1080)),
        (riff(b"ANIM", b"\x10\0\0\0\xcf\x07\x00\x37\x04\x00"), Some(WEBP), (0, 0)),
        (b"RIFF\x40\0\0\0WAVEfmt ".to_vec(), None, (0, 0)),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), Some(HEIF), (0, 0)),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif".to_vec(), Some(AVIF), (0, 0)),
        (b"\0\0\0\x18ftypisom\0\0\0\0iso2mp41".to_vec(), None, (0, 0)),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), None, (0, 0)),
        (b"x".to_vec(), None, (0, 0)),
    ]
}

#[test]
fn types_and_sizes_are_read_from_the_head() {
    for (bytes, media_type, (width, height)) in samples() {
        for bytes in [bytes.clone(), [bytes, vec![0; 1000]].concat()] {
            let text = encode(&bytes);
            let decoded_bytes = bytes.len() as u64;
            let expected = ImageFacts { is_base64: true, decoded_bytes, media_type, width, height, ..ImageFacts::default() };
            assert_eq!(scan(&text), expected, "{:?}", &text[..text.len().min(60)]);
        }
    }
}

#[test]
fn base64_is_checked_to_its_last_bit() {
    let long = "QUJD".repeat(100);
    let table = [
        ("QUJD", true, false, 3),
        ("QUI=", true, false, 2),
        ("QQ==", true, false, 1),
        (" Q U\r\nJ\tD\u{b}\u{c}", true, false, 3),
        ("QQ= =\n", true, false, 1),
        ("", false, true, 0),
        (" \n", false, true, 0),
        ("=", false, false, 0),
        ("====", false, false, 0),
        ("QQ", false, false, 1),
        ("QUI", false, false, 2),
        ("QQ=", false, false, 1),
        ("QUI==", false, false, 2),
        ("QUJD=", false, false, 3),
        ("QUJD====", false, false, 3),
        ("Q", false, false, 0),
        ("QR==", false, false, 1),
        ("QUJ=", false, false, 2),
        ("QQ==QUJD", false, false, 4),
        ("QU=I", false, false, 2),
        ("QU-_", false, false, 3),
        ("QUJD.", false, false, 3),
        ("QU\u{a0}D", false, false, 3),
        ("é", false, false, 1),
    ];
    for (text, is_base64, is_blank, decoded_bytes) in table {
        for (before, more) in [("", 0), (long.as_str(), 300)] {
            let facts = scan(&[before, text].concat());
            let has_white_space = text.contains([' ', '\n']);
            let is_blank = is_blank && more == 0;
            let is_base64 = is_base64 || (more > 0 && text.trim().is_empty());
            let expected = ImageFacts { is_base64, is_blank, has_white_space, decoded_bytes: decoded_bytes + more, ..facts };
            assert_eq!(facts, expected, "{text:?} {more}");
        }
    }
}

#[test]
fn cuts_change_nothing() {
    let mut texts: Vec<String> = samples().iter().map(|(bytes, ..)| encode(bytes)).filter(|text| text.len() < 2000).collect();
    let wrapped = |text: &String| text.as_bytes().chunks(7).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\r\n");
    texts.extend(texts.iter().map(wrapped).collect::<Vec<_>>());
    texts.extend([
        ["QQ==", &"QUJD".repeat(30)].concat(),
        ["QUJD".repeat(30), "?QUJD".repeat(9)].concat(),
        "  ".repeat(40),
        "QUJD".repeat(65),
    ]);
    texts.push(encode(&jpeg(9, 8, 1000)));
    for text in texts {
        let whole = scan(&text);
        for cut in 0..text.len().min(200) {
            let mut scan = ImageScan::new();
            scan.push(&text.as_bytes()[..cut]);
            let early = scan.finish();
            scan.push(&text.as_bytes()[cut..]);
            assert_eq!(scan.finish(), whole, "{cut} {text}");
            assert!(early.decoded_bytes <= whole.decoded_bytes);
        }
        for length in [1, 2, 3, 5, 31, 32, 33, 64] {
            let mut scan = ImageScan::new();
            text.as_bytes().chunks(length).for_each(|piece| scan.push(piece));
            assert_eq!(scan.finish(), whole, "{length} {text}");
        }
    }
}

#[test]
fn facts_travel_as_json() {
    let facts = ImageFacts { media_type: Some(PNG), is_base64: true, decoded_bytes: 123, width: 1, height: 2, ..ImageFacts::default() };
    let json = facts.crossed(false).to_json();
    assert_eq!(
        json,
        r#"{"isBase64":true,"isBlank":false,"hasWhiteSpace":false,"bytes":123,"mediaType":"image/png","width":1,"height":2,"isLarge":false}"#
    );
    let blank = ImageFacts { is_blank: true, has_white_space: true, ..ImageFacts::default() };
    for facts in [facts, blank, ImageFacts { media_type: Some(AVIF), ..facts }, ImageFacts { media_type: None, ..facts }] {
        assert_eq!(ImageFacts::parse(&facts.crossed(true).to_json()), Some(facts));
    }
    // What was not written so is no fact at all.
    for strange in ["{}", r#"{"isBase64":1,"bytes":-5,"mediaType":"text/html","width":1e300}"#] {
        assert_eq!(ImageFacts::parse(strange), Some(ImageFacts::default()));
    }
    let other = r#"{"isBase64":true,"bytes":-5,"mediaType":"text/html","width":1e300,"height":0}"#;
    let read = ImageFacts::parse(other).unwrap();
    assert_eq!(read, ImageFacts { is_base64: true, width: u32::MAX, ..ImageFacts::default() });
}
