//! When a failed try is repeated, and after how long: exponential backoff with jitter, bounded in number and in time,
//! and what a server asks for in `Retry-After` instead.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// What waiting needs of the machine. Passed in, so that a test owns time and chance.
pub trait Pace: Send + Sync {
    /// How much time has passed since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;
    /// Waits that long.
    fn sleep(&self, wait: Duration);
    /// A number from 0 up to, not including, 1, evenly spread: writers that failed together must not come back together.
    fn jitter(&self) -> f64;
}

/// How often and how long something is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many tries there are at most; the first is always made.
    pub attempts: u32,
    /// The wait after the first failure, before jitter; every further one is twice as long.
    pub first_wait: Duration,
    /// The longest wait, before jitter. A server that asks for more in `Retry-After` gets more.
    pub longest_wait: Duration,
    /// When to give up, counted from the beginning of the first try. No wait begins that would end after it.
    pub deadline: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            deadline: Duration::from_secs(90),
        }
    }
}

/// What is to be done about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It would fail again.
    Never,
    /// It may go better a little later.
    Later,
    /// The other side says when it may go better.
    After(Duration),
}

/// A try that failed.
#[derive(Debug)]
pub struct Failure<E> {
    /// Why.
    pub error: E,
    /// What is to be done about it.
    pub again: Again,
}

impl<E> Failure<E> {
    /// A failure that another try would not mend.
    pub fn lasting(error: E) -> Self {
        Self { error, again: Again::Never }
    }

    /// A failure that may pass.
    pub fn passing(error: E) -> Self {
        Self { error, again: Again::Later }
    }
}

/// The end of all tries.
#[derive(Debug)]
pub struct GaveUp<E> {
    /// How often it was tried.
    pub attempts: u32,
    /// How the last try failed.
    pub last: E,
}

impl Policy {
    /// Tries until it goes well, or another try makes no sense. `attempt` is told how much time is left.
    pub fn run<T, E>(&self, pace: &dyn Pace, mut attempt: impl FnMut(Duration) -> Result<T, Failure<E>>) -> Result<T, GaveUp<E>> {
        let begun = pace.elapsed();
        let left = || self.deadline.saturating_sub(pace.elapsed().saturating_sub(begun));
        let mut attempts = 0;
        loop {
            let failure = match attempt(left()) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            attempts += 1;
            match self.wait_after(attempts, failure.again, left(), pace.jitter()) {
                Some(wait) => pace.sleep(wait),
                None => return Err(GaveUp { attempts, last: failure.error }),
            }
        }
    }

    /// How long to wait after that many failures; `None` to give up.
    fn wait_after(&self, attempts: u32, again: Again, left: Duration, jitter: f64) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let wait = match again {
            Again::Never => return None,
            Again::Later => self.backoff(attempts).mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0),
            Again::After(wait) => wait,
        };
        (wait < left).then_some(wait)
    }

    fn backoff(&self, attempts: u32) -> Duration {
        let factor = 2u32.saturating_pow(attempts.saturating_sub(1));
        self.first_wait.saturating_mul(factor).min(self.longest_wait)
    }
}

/// What `Retry-After` asks for (RFC 9110, 10.2.3): seconds, or a date.
///
/// A date is read against the answer's own `Date`, so that the two machines' clocks need not agree. Of the three
/// spellings of an HTTP date, the two obsolete ones are not read; then the usual wait holds.
pub fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a u64 holds still mean "much later".
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let (then, now) = (http_date(value)?, http_date(date?)?);
    Some(Duration::from_secs(u64::try_from(then.as_second().saturating_sub(now.as_second())).unwrap_or(0)))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`: the preferred HTTP date is one of RFC 2822's.
fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Time that passes only by sleeping, and a fixed chance.
    struct Fake {
        waits: Mutex<Vec<Duration>>,
        jitter: f64,
    }

    impl Fake {
        fn new(jitter: f64) -> Self {
            Self { waits: Mutex::default(), jitter }
        }

        fn waits(&self) -> Vec<u128> {
            self.waits.lock().unwrap().iter().map(Duration::as_millis).collect()
        }
    }

    impl Pace for Fake {
        fn elapsed(&self) -> Duration {
            self.waits.lock().unwrap().iter().sum()
        }
        fn sleep(&self, wait: Duration) {
            self.waits.lock().unwrap().push(wait);
        }
        fn jitter(&self) -> f64 {
            self.jitter
        }
    }

    const POLICY: Policy = Policy {
        attempts: 6,
        first_wait: Duration::from_millis(500),
        longest_wait: Duration::from_secs(4),
        deadline: Duration::from_secs(60),
    };

    fn failing(policy: Policy, pace: &Fake, again: Again) -> GaveUp<&'static str> {
        policy.run(pace, |_| Err::<(), _>(Failure { error: "no", again })).unwrap_err()
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let pace = Fake::new(1.0);
        assert_eq!(failing(POLICY, &pace, Again::Later).attempts, 6);
        assert_eq!(pace.waits(), [500, 1000, 2000, 4000, 4000]);
    }

    #[test]
    fn jitter_takes_off_up_to_half() {
        let pace = Fake::new(0.0);
        failing(POLICY, &pace, Again::Later);
        assert_eq!(pace.waits(), [250, 500, 1000, 2000, 2000]);
    }

    #[test]
    fn what_lasts_is_not_tried_again() {
        let pace = Fake::new(0.5);
        assert_eq!(failing(POLICY, &pace, Again::Never).attempts, 1);
        assert!(pace.waits().is_empty());
    }

    #[test]
    fn the_other_side_may_ask_for_more_than_the_longest_wait() {
        let pace = Fake::new(0.5);
        failing(POLICY, &pace, Again::After(Duration::from_secs(11)));
        assert_eq!(pace.waits(), [11_000; 5]);
    }

    #[test]
    fn no_wait_ends_after_the_deadline() {
        let pace = Fake::new(0.5);
        assert_eq!(failing(POLICY, &pace, Again::After(Duration::from_secs(60))).attempts, 1);
        assert!(pace.waits().is_empty());
        assert_eq!(failing(POLICY, &pace, Again::After(Duration::from_secs(25))).attempts, 3);
        assert_eq!(pace.waits(), [25_000; 2], "a third wait would end at 75 s of 60");
    }

    #[test]
    fn a_try_is_told_what_time_is_left() {
        let pace = Fake::new(1.0);
        let mut told = Vec::new();
        let outcome = POLICY.run(&pace, |left| {
            told.push(left.as_millis());
            if told.len() == 3 { Ok("done") } else { Err(Failure::passing("no")) }
        });
        assert_eq!(outcome.unwrap(), "done");
        assert_eq!(told, [60_000, 59_500, 58_500]);
    }

    #[test]
    fn no_number_of_tries_overflows() {
        assert_eq!(POLICY.backoff(u32::MAX), POLICY.longest_wait);
        let none = Policy { attempts: 0, ..POLICY };
        assert_eq!(failing(none, &Fake::new(0.5), Again::Later).attempts, 1);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        for (value, date, expected) in [
            ("0", None, Some(0)),
            ("120", None, Some(120)),
            (" 7 ", now, Some(7)),
            ("99999999999999999999999", None, Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", now, Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", now, Some(0)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", None, None),
            ("Sunday, 06-Nov-94 08:49:37 GMT", now, None),
            ("soon", now, None),
            ("-1", now, None),
            ("", now, None),
        ] {
            assert_eq!(retry_after(value, date).map(|wait| wait.as_secs()), expected, "{value:?} against {date:?}");
        }
    }
}
