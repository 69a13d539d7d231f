//! Entry bundles, as C2SP tlog-tiles publishes entries: up to 256 entries in a file, each behind its length.

use std::fmt;

/// How many entries a full bundle holds.
pub const FULL: usize = 256;

/// Entries that do not make a bundle, or bytes that are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// No entry at all, or more than 256.
    #[error("a bundle holds 1 to {FULL} entries, found {}", if *.found == 0 { "none" } else { "more" })]
    Width {
        /// How many there are; a reader stops counting at 257.
        found: usize,
    },
    /// An entry whose length does not fit in two bytes.
    #[error("entry {at} of the bundle has {found} bytes, expected at most 65,535: keep what is bulky as a body beside the log")]
    TooLong {
        /// Which entry of the bundle, counted from 0.
        at: usize,
        /// How many bytes it has.
        found: usize,
    },
    /// The bytes end inside an entry or inside its length.
    #[error(
        "byte {offset}: expected {expected} more bytes of entry {at} of the bundle, found {found}: the file was cut off; fetch it again"
    )]
    Cut {
        /// Which entry of the bundle, counted from 0.
        at: usize,
        /// Where the missing bytes should begin.
        offset: usize,
        /// How many bytes there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

/// Writes entries behind each other, each after its length in two bytes, high byte first.
pub fn encode<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    check_width(entries.len())?;
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| 2 + entry.as_ref().len()).sum());
    for (at, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong { at, found: entry.len() })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// Reads the entries of a bundle, with nothing left over.
pub fn decode(bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let cut = |rest: &[u8], expected| {
            let offset = bytes.len() - rest.len();
            BundleError::Cut { at: entries.len(), offset, expected, found: rest.len() }
        };
        let (length, after) = rest.split_first_chunk::<2>().ok_or_else(|| cut(rest, 2))?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or_else(|| cut(after, length))?;
        entries.push(entry);
        check_width(entries.len())?;
        rest = after;
    }
    check_width(entries.len())?;
    Ok(entries)
}

fn check_width(found: usize) -> Result<(), BundleError> {
    if (1..=FULL).contains(&found) { Ok(()) } else { Err(BundleError::Width { found }) }
}

/// Which bundle of a log: its index, and how many entries it holds. Shown as its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    index: u64,
    width: usize,
}

impl Place {
    /// The bundle with this index (counted from 0) and width (1 to 256; a narrower bundle is the last of its log).
    pub fn new(index: u64, width: usize) -> Result<Self, BundleError> {
        check_width(width)?;
        Ok(Self { index, width })
    }

    /// The bundles of a log of `size` entries, in order.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        let (full, left) = (size / FULL as u64, (size % FULL as u64) as usize);
        let last = (left > 0).then_some(Self { index: full, width: left });
        (0..full).map(|index| Self { index, width: FULL }).chain(last)
    }

    /// The bundle's place among the bundles, counted from 0.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many entries it holds, 1 to 256.
    pub const fn width(&self) -> usize {
        self.width
    }
}

/// `tile/entries/x001/x234/067`, with `.p/W` behind it for a bundle of fewer than 256 entries.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        // The largest index has 20 digits: at most six groups of three stand before the last.
        for power in (1..=6).rev() {
            let before = self.index / 1000_u64.pow(power);
            if before > 0 {
                write!(f, "x{:03}/", before % 1000)?;
            }
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.width < FULL { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn entries_stand_behind_their_lengths() {
        let bytes = encode(&["one", "", "three"]).unwrap();
        assert_eq!(bytes, b"\x00\x03one\x00\x00\x00\x05three");
        assert_eq!(decode(&bytes).unwrap(), [&b"one"[..], b"", b"three"]);
    }

    #[test]
    fn the_longest_entry_fits_and_no_longer_one() {
        let mut entry = vec![b'x'; 65_535];
        assert_eq!(decode(&encode(&[&entry]).unwrap()).unwrap(), [&entry]);
        entry.push(b'x');
        assert_eq!(encode(&[&b"a"[..], &entry]), Err(BundleError::TooLong { at: 1, found: 65_536 }));
    }

    #[test]
    fn a_bundle_holds_1_to_256_entries() {
        let none: [&[u8]; 0] = [];
        assert_eq!(encode(&none), Err(BundleError::Width { found: 0 }));
        assert_eq!(decode(b""), Err(BundleError::Width { found: 0 }));
        assert_eq!(decode(&encode(&[b"x"; 256]).unwrap()).unwrap().len(), 256);
        assert_eq!(encode(&[b"x"; 257]), Err(BundleError::Width { found: 257 }));
        assert_eq!(decode(&b"\x00\x01x".repeat(300)), Err(BundleError::Width { found: 257 }));
        assert_eq!(decode(b"").unwrap_err().to_string(), "a bundle holds 1 to 256 entries, found none");
    }

    #[test]
    fn nothing_may_be_cut_off() {
        assert_eq!(decode(b"\x00"), Err(BundleError::Cut { at: 0, offset: 0, expected: 2, found: 1 }));
        assert_eq!(decode(b"\x00\x01x\x00\x02y"), Err(BundleError::Cut { at: 1, offset: 5, expected: 2, found: 1 }));
        let whole = encode(&["one", "two"]).unwrap();
        for length in (0..whole.len()).filter(|length| *length != 5) {
            assert!(decode(&whole[..length]).is_err(), "cut to {length} bytes");
        }
    }

    #[test]
    fn paths_are_those_of_tlog_tiles() {
        for (index, width, path) in [
            (0, 256, "tile/entries/000"),
            (5, 3, "tile/entries/005.p/3"),
            (999, 256, "tile/entries/999"),
            (1000, 256, "tile/entries/x001/000"),
            (1_234_067, 256, "tile/entries/x001/x234/067"),
            (1_000_000, 255, "tile/entries/x001/x000/000.p/255"),
            (u64::MAX, 1, "tile/entries/x018/x446/x744/x073/x709/x551/615.p/1"),
        ] {
            assert_eq!(Place::new(index, width).unwrap().to_string(), path);
        }
        assert!(Place::new(0, 0).is_err());
        assert!(Place::new(0, 257).is_err());
    }

    #[test]
    fn a_log_is_full_bundles_and_what_is_left() {
        let places = |size| Place::all(size).map(|place| (place.index(), place.width())).collect::<Vec<_>>();
        assert_eq!(places(0), []);
        assert_eq!(places(1), [(0, 1)]);
        assert_eq!(places(256), [(0, 256)]);
        assert_eq!(places(700), [(0, 256), (1, 256), (2, 188)]);
    }

    proptest! {
        #[test]
        fn bundles_round_trip(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256)) {
            let bytes = encode(&entries).unwrap();
            prop_assert_eq!(decode(&bytes).unwrap(), entries);
        }

        #[test]
        fn what_decodes_encodes_to_the_same_bytes(bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..64)) {
            if let Ok(entries) = decode(&bytes) {
                prop_assert_eq!(encode(&entries).unwrap(), bytes);
            }
        }
    }
}
