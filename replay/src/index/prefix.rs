//! Questions about the beginning of a hash, a digest or an id: what begins so is one stretch of an index.

use promotion_ledger::meaning::digest::{Digest, EntryHash, from_hex};
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use rusqlite::params;

use super::columns::{self, promotion_bytes};
use super::error::IndexError;
use super::picture::Index;

impl Index {
    /// Promotion ids that begin with that text, in order, at most `limit`. Two of them say that the text is too short.
    pub fn promotions_like(&self, prefix: &str, limit: u32) -> Result<Vec<PromotionId>, IndexError> {
        let Some((first, last)) = ids(prefix) else { return Ok(Vec::new()) };
        self.ask(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT DISTINCT promotion_id FROM entry WHERE promotion_id BETWEEN ? AND ? ORDER BY promotion_id LIMIT ?",
            )?;
            query.query_map(params![first, last, limit], |row| columns::promotion(row, "promotion_id"))?.collect()
        })
    }

    /// Entries whose hash begins with those digits, in the order of their hashes, at most `limit`.
    pub fn entries_like(&self, digits: &str, limit: u32) -> Result<Vec<(EntryHash, Sequence)>, IndexError> {
        let Some((first, last)) = hashes(digits) else { return Ok(Vec::new()) };
        self.ask(|connection| {
            let mut query =
                connection.prepare_cached("SELECT hash, sequence FROM entry WHERE hash BETWEEN ? AND ? ORDER BY hash LIMIT ?")?;
            let found = query
                .query_map(params![first, last, limit], |row| Ok((columns::hash(row, "hash")?, columns::sequence(row, "sequence")?)))?;
            found.collect()
        })
    }

    /// Digests of releases, registered or imported, that begin with those digits, in order, at most `limit`.
    pub fn digests_like(&self, digits: &str, limit: u32) -> Result<Vec<Digest>, IndexError> {
        let Some((first, last)) = hashes(digits) else { return Ok(Vec::new()) };
        self.ask(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT digest FROM release WHERE digest BETWEEN ?1 AND ?2 UNION SELECT digest FROM asserted WHERE digest BETWEEN ?1 AND ?2 \
                 ORDER BY digest LIMIT ?3",
            )?;
            query.query_map(params![first, last, limit], |row| columns::digest(row, "digest"))?.collect()
        })
    }
}

/// The first and the last id that begin with the text, if ids are spelled so.
fn ids(prefix: &str) -> Option<([u8; 16], [u8; 16])> {
    const PATTERN: &str = "00000000-0000-0000-0000-000000000000";
    let shaped = prefix.len() <= PATTERN.len()
        && prefix.bytes().zip(PATTERN.bytes()).all(|(found, expected)| match expected {
            b'-' => found == b'-',
            _ => matches!(found, b'0'..=b'9' | b'a'..=b'f'),
        });
    let rest = PATTERN.get(prefix.len()..).filter(|_| shaped)?;
    let id = |rest: &str| PromotionId::parse(&format!("{prefix}{rest}")).ok().map(|id| *promotion_bytes(&id));
    Some((id(rest)?, id(&rest.replace('0', "f"))?))
}

/// The first and the last hash that begin with the digits.
fn hashes(digits: &str) -> Option<([u8; 32], [u8; 32])> {
    let padding = 64_usize.checked_sub(digits.len())?;
    let filled = |digit: &str| from_hex(&format!("{digits}{}", digit.repeat(padding)));
    Some((filled("0")?, filled("f")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_spans_the_ids_that_begin_with_it() {
        let (first, last) = ids("0198f0a4-6").unwrap();
        assert_eq!(first, [0x01, 0x98, 0xf0, 0xa4, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(last, [0x01, 0x98, 0xf0, 0xa4, 0x6f, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]);
        let whole = ids("0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77").unwrap();
        assert_eq!(whole.0, whole.1);
        assert_eq!(ids("").unwrap(), ([0; 16], [255; 16]));
        for bad in ["x", "0198F0A4", "0198f0a46", "0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c770", "é"] {
            assert_eq!(ids(bad), None, "{bad}");
        }
    }

    #[test]
    fn digits_span_the_hashes_that_begin_with_them() {
        let (first, last) = hashes("0c1f7").unwrap();
        assert_eq!((first[..4].to_vec(), last[..4].to_vec()), (vec![0x0c, 0x1f, 0x70, 0], vec![0x0c, 0x1f, 0x7f, 255]));
        let whole = hashes(&"0c".repeat(32)).unwrap();
        assert_eq!(whole, ([0x0c; 32], [0x0c; 32]));
        for bad in ["x", "0C", &"0".repeat(65), "é"] {
            assert_eq!(hashes(bad), None, "{bad}");
        }
    }
}
