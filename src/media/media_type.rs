//! What kind of file some bytes are, and what a file of a kind is called (media 1.1, 5).

use crate::text::{between, find, tail};

/// Media types by how a file of them begins.
pub fn sniff(head: &[u8]) -> Option<&'static str> {
    let at = |from: usize, text: &[u8]| head.get(from..from + text.len()) == Some(text);
    let starts: [(&[u8], &str); 8] = [
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"ID3", "audio/mpeg"),
        (b"OggS", "audio/ogg"),
        (b"fLaC", "audio/flac"),
        (b"\x1aE\xdf\xa3", "audio/webm"),
        (b"BM", "image/bmp"),
    ];
    if at(0, b"RIFF") {
        return if at(8, b"WEBP") {
            Some("image/webp")
        } else if at(8, b"WAVE") {
            Some("audio/wav")
        } else {
            None
        };
    }
    if at(4, b"ftyp") {
        let brands: [(&[u8], &str); 5] =
            [(b"avif", "image/avif"), (b"avis", "image/avif"), (b"heic", "image/heic"), (b"mif1", "image/heif"), (b"M4A ", "audio/mp4")];
        return brands.iter().find(|(brand, _)| at(8, brand)).map(|(_, media_type)| *media_type);
    }
    if let Some((_, media_type)) = starts.iter().find(|(start, _)| at(0, start)) {
        return Some(media_type);
    }
    // Eleven bits that are set: a frame of MPEG audio; of layer III, or ADTS, which is AAC.
    if let [0xff, second, ..] = head
        && second & 0xe0 == 0xe0
    {
        return Some(if second & 0x06 == 0 { "audio/aac" } else { "audio/mpeg" });
    }
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_ascii_start();
    let is_svg = text.starts_with("<svg") || (text.starts_with("<?xml") && find(text, "<svg").is_some());
    is_svg.then_some("image/svg+xml")
}

/// The name of a media type, without parameters, in lower case; nothing for a blank one.
pub fn essence(media_type: &str) -> Option<String> {
    let name = media_type.split(';').next().unwrap_or("").trim_ascii().to_ascii_lowercase();
    (!name.is_empty()).then_some(name)
}

/// The ending of an image's name.
pub fn image_extension(media_type: &str) -> &str {
    match tail(media_type, find(media_type, "/").map_or(0, |at| at + 1)) {
        "jpeg" | "pjpeg" => "jpg",
        "svg+xml" => "svg",
        "vnd.microsoft.icon" | "x-icon" => "ico",
        other if !other.is_empty() && other.bytes().all(|byte| byte.is_ascii_alphanumeric()) => other,
        _ => "png",
    }
}

/// The first bytes behind the beginning of a base64 text.
pub fn head_of_base64(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count % 4 != 1 {
            // Of every four letters the last three each complete a byte.
            out.push((bits >> (6 - 2 * ((count + 3) % 4))) as u8);
        }
    }
    out
}

/// Media type and base64 of `data:<type>;base64,<data>`; `None`: it is no such URL.
pub fn split_data_url(url: &str) -> Option<(String, &str)> {
    let is_data = url.as_bytes().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"data:"));
    let comma = find(between(url, 0, 512.min(url.len())), ",").filter(|_| is_data)?;
    let head = between(url, 5, comma);
    let base64 = head.len().checked_sub(7).filter(|at| tail(head, *at).eq_ignore_ascii_case(";base64"))?;
    Some((essence(between(head, 0, base64)).unwrap_or_default(), tail(url, comma + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_how_they_begin() {
        let table: [(&[u8], Option<&str>); 18] = [
            (b"\x89PNG\r\n\x1a\n", Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"GIF89a", Some("image/gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\0\0\0\0WAVEfmt ", Some("audio/wav")),
            (b"RIFF\0\0\0\0AVI ", None),
            (b"\0\0\0 ftypavif", Some("image/avif")),
            (b"\0\0\0 ftypM4A ", Some("audio/mp4")),
            (b"<svg xmlns", Some("image/svg+xml")),
            (b"\xef\xbb\xbf <?xml version='1.0'?>\n<svg ", Some("image/svg+xml")),
            (b"<html>", None),
            (b"ID3\x04", Some("audio/mpeg")),
            (b"\xff\xfb\x90", Some("audio/mpeg")),
            (b"\xff\xf1\x50", Some("audio/aac")),
            (b"OggS", Some("audio/ogg")),
            (b"fLaC", Some("audio/flac")),
            (b"\x1aE\xdf\xa3", Some("audio/webm")),
            (b"", None),
        ];
        for (head, expected) in table {
            assert_eq!(sniff(head), expected, "{head:?}");
        }
    }

    #[test]
    fn the_beginning_of_base64_is_decoded_whatever_its_length() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("Z", b""),
            ("Zg", b"f"),
            ("Zg==", b"f"),
            ("Zm8", b"fo"),
            ("Zm9v\nYmFy", b"foobar"),
            ("-_-_", b"\xfb\xff\xbf"),
            ("+/+/!", b"\xfb\xff\xbf"),
        ] {
            assert_eq!(head_of_base64(text), bytes, "{text}");
        }
        let text: String = "iVBORw0KGgoAAAANSUhEUg".repeat(40);
        assert_eq!(sniff(&head_of_base64(&text)), Some("image/png"));
    }

    #[test]
    fn data_urls_and_names() {
        for (url, expected) in [
            ("data:image/PNG;base64,AAAA", Some(("image/png", "AAAA"))),
            ("DATA:image/jpeg;charset=x;BASE64,", Some(("image/jpeg", ""))),
            ("data:;base64,AA", Some(("", "AA"))),
            ("data:image/svg+xml,<svg>", None),
            ("https://x.example/a.png", None),
            ("data", None),
        ] {
            assert_eq!(split_data_url(url), expected.map(|(kind, data)| (kind.to_owned(), data)), "{url}");
        }
        for (media_type, extension) in [
            ("image/jpeg", "jpg"),
            ("image/png", "png"),
            ("image/svg+xml", "svg"),
            ("image/avif", "avif"),
            ("image/../x", "png"),
            ("image/", "png"),
        ] {
            assert_eq!(image_extension(media_type), extension, "{media_type}");
        }
    }
}
