//! Which addresses an answer may send us to. A polling URL, a video's URL or a redirect is somebody else's word: it must not reach into the
//! network that this client happens to run in.
//!
//! The host comes as the platform's URL parser wrote it: lower case, punycode, IPv4 in four decimals whatever it was spelled as (`0x7f.1`),
//! IPv6 in brackets, its zeros left out. To read URLs here as well would be a second opinion on where a request goes, and the difference a way in.

/// Of a URL that is no web address.
pub const NOT_HTTP: &str = "Invalid URL: must be http or https";
/// Of a host that nobody outside may name.
pub const BLOCKED: &str = "Blocked hostname or private/internal/special-use IP address";

/// What is wrong with a target. `scheme` as in `URL.protocol`, hosts as in `URL.hostname`. Where the base itself is such a host, its own host
/// is fine, and of this machine every name of it.
pub fn problem_of(scheme: &str, host: &str, base_host: &str) -> Option<&'static str> {
    if scheme != "https:" && scheme != "http:" {
        return Some(NOT_HTTP);
    }
    let is_like_base = host == base_host || (is_loopback(host) && is_loopback(base_host));
    (!is_like_base && is_special_host(host)).then_some(BLOCKED)
}

/// Private, loopback, link-local, shared (CGNAT), metadata, documentation, benchmark, multicast and reserved addresses, and names that mean
/// something nearby.
pub fn is_special_host(host: &str) -> bool {
    if let Some(v6) = host.strip_prefix('[') {
        return is_special_v6(v6.trim_end_matches(']'));
    }
    let host = host.trim_end_matches('.');
    if let Some(v4) = octets(host) {
        return is_special_v4(v4);
    }
    // A name without a dot is somebody's in the local network (`metadata`, `router`), or none.
    let Some((_, last)) = host.rsplit_once('.') else { return true };
    matches!(last, "localhost" | "local" | "internal" | "localdomain") || host.ends_with(".home.arpa")
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || octets(host).is_some_and(|v4| v4[0] == 127)
}

/// Four decimals; every other spelling of an address has become this one before it comes here.
fn octets(host: &str) -> Option<[u8; 4]> {
    let mut parts = host.split('.');
    let mut octets = [0; 4];
    for octet in &mut octets {
        *octet = parts.next()?.parse().ok()?;
    }
    parts.next().is_none().then_some(octets)
}

/// The registry of special-purpose addresses (RFC 6890), and the two of clouds that lie outside of it.
fn is_special_v4(address: [u8; 4]) -> bool {
    match address {
        [0 | 10 | 127, ..] | [224..=255, ..] => true,
        [100, 64..=127, ..] | [172, 16..=31, ..] => true,
        [169, 254, ..] | [192, 168, ..] => true,
        [192, 0, 0 | 2, _] | [192, 88, 99, _] => true,
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Azure's own agent.
        [168, 63, 129, 16] => true,
        _ => false,
    }
}

/// Only 2000::/3 is given out to the world. An address that embeds one of IPv4 is refused whole: nobody keeps videos there.
fn is_special_v6(address: &str) -> bool {
    // Zeros that are left out stand for at least one group, so an empty one behind the first is a zero.
    let mut groups = address.split(':').map(|group| if group.is_empty() { Some(0) } else { u16::from_str_radix(group, 16).ok() });
    match (groups.next().flatten(), groups.next().flatten()) {
        // Teredo and the other protocols of the IETF, documentation (twice), 6to4.
        (Some(0x2001), Some(0..=0x1ff | 0xdb8)) | (Some(0x3fff), Some(0..=0xfff)) | (Some(0x2002), _) => true,
        (Some(first), Some(_)) => first >> 13 != 1,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_nobody_outside_may_name() {
        let special = [
            "localhost",
            "localhost.",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "metadata",
            "router.home.arpa",
            "x.localdomain",
            "0.0.0.0",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.168.1.1.",
            "[::]",
            "[::1]",
            "[::ffff:7f00:1]",
            "[::ffff:808:808]",
            "[64:ff9b::a00:1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[2001::1]",
            "[2002:a00:1::]",
            "[3fff::1]",
            "[100::1]",
            "",
        ];
        for host in special {
            assert!(is_special_host(host), "{host}");
            assert_eq!(problem_of("https:", host, "openrouter.ai"), Some(BLOCKED), "{host}");
        }
        let open = [
            "openrouter.ai",
            "storage.googleapis.com",
            "local.example",
            "internal.example.com",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "169.253.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "[2606:4700::1111]",
            "[2001:4860:4860::8888]",
            "xn--bcher-kva.example",
            "localhost.example",
            "127.0.0.1.example",
        ];
        for host in open {
            assert_eq!(problem_of("https:", host, "openrouter.ai"), None, "{host}");
        }
    }

    #[test]
    fn where_the_base_is_its_own_machine_is_too() {
        assert_eq!(problem_of("http:", "127.0.0.1", "localhost"), None);
        assert_eq!(problem_of("http:", "[::1]", "127.0.0.1"), None);
        assert_eq!(problem_of("https:", "gateway.internal", "gateway.internal"), None);
        for (host, base) in [("192.168.0.1", "127.0.0.1"), ("169.254.169.254", "localhost"), ("other.internal", "gateway.internal")] {
            assert_eq!(problem_of("http:", host, base), Some(BLOCKED), "{host} from {base}");
        }
    }

    #[test]
    fn web_addresses_only() {
        for scheme in ["file:", "ftp:", "data:", "javascript:", "blob:", "ws:", ""] {
            assert_eq!(problem_of(scheme, "example.com", "example.com"), Some(NOT_HTTP), "{scheme}");
        }
        assert_eq!(problem_of("http:", "example.com", "openrouter.ai"), None);
    }
}
