//! Base64 as RFC 4648 section 4 has it (standard alphabet, padded), in its one spelling and of a known length.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The one spelling of `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Exactly `N` bytes from their one spelling. Missing padding and left-over bits that are not zero are refused:
/// they would give the same bytes a second spelling.
pub fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    decode_into(text, &mut bytes).then_some(bytes)
}

/// As [`decode`], into memory that the caller owns and can wipe. Says whether `bytes` was filled.
pub fn decode_into<const N: usize>(text: &[u8], bytes: &mut [u8; N]) -> bool {
    STANDARD.decode_slice(text, bytes).is_ok_and(|length| length == N)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_round_trips() {
        assert_eq!(decode::<4>(encode(b"abcd").as_bytes()), Some(*b"abcd"));
        assert_eq!(decode::<5>(encode(b"abcde").as_bytes()), Some(*b"abcde"));
        assert_eq!(decode::<6>(encode(b"abcdef").as_bytes()), Some(*b"abcdef"));
    }

    #[test]
    fn there_is_one_spelling() {
        assert_eq!(decode::<4>(b"YWJjZA=="), Some(*b"abcd"));
        for bad in ["YWJjZB==", "YWJjZA", "YWJjZA=", "YWJjZA===", "YWJj_A==", "YWJjZGU=", "YWJj ZA==", "", "YWJjZA==\n"] {
            assert_eq!(decode::<4>(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
