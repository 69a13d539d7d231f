//! Work done ahead on other threads, whose results are taken in the order in which the work was handed over.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, Scope};

/// How many pieces of work are under way for each thread, at most: one that it does and one that waits for it. What is
/// under way bounds the memory, however long the log is.
const FOR_EACH: usize = 2;

/// Threads at work, each on a lane of its own. Pieces go round the lanes, and so their results come back in order.
pub(super) struct Ahead<'a, I, O> {
    lanes: Vec<Lane<I, O>>,
    work: &'a (dyn Fn(I) -> O + Sync),
    handed: usize,
    taken: usize,
}

struct Lane<I, O> {
    work: Sender<I>,
    done: Receiver<O>,
}

/// Lets so many threads work while `lead` hands them pieces and takes what they made of them. Without threads, each piece
/// is done when it is handed over. A thread that panics makes the whole panic: no result is ever left out silently.
pub(super) fn ahead<I: Send, O: Send, T>(
    threads: usize,
    work: &(dyn Fn(I) -> O + Sync),
    lead: impl FnOnce(&mut Ahead<'_, I, O>) -> T,
) -> T {
    thread::scope(|scope| {
        let lanes = (0..threads).map_while(|_| lane(scope, work)).collect();
        let mut ahead = Ahead { lanes, work, handed: 0, taken: 0 };
        lead(&mut ahead)
    })
}

/// A thread, unless the system has none to give: then there are fewer.
fn lane<'scope, I: Send + 'scope, O: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: &'scope (dyn Fn(I) -> O + Sync),
) -> Option<Lane<I, O>> {
    let ((to, pieces), (results, from)) = (channel::<I>(), channel::<O>());
    let at_work = move || pieces.into_iter().try_for_each(|piece| results.send(work(piece)));
    thread::Builder::new().spawn_scoped(scope, at_work).ok()?;
    Some(Lane { work: to, done: from })
}

impl<I, O> Ahead<'_, I, O> {
    /// Hands over a piece of work. Where enough is under way, waits for the oldest and returns it.
    pub(super) fn hand(&mut self, piece: I) -> Option<O> {
        if self.lanes.is_empty() {
            return Some((self.work)(piece));
        }
        let oldest = if self.handed - self.taken < self.lanes.len() * FOR_EACH { None } else { self.take() };
        if let Some(lane) = self.lanes.get(self.handed % self.lanes.len()) {
            // Only a thread that panicked is not there to receive, and its panic is passed on.
            let _ = lane.work.send(piece);
        }
        self.handed += 1;
        oldest
    }

    /// Waits for the oldest piece that is under way; nothing when none is.
    pub(super) fn take(&mut self) -> Option<O> {
        if self.handed == self.taken {
            return None;
        }
        let lane = self.lanes.get(self.taken % self.lanes.len())?;
        self.taken += 1;
        lane.done.recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn squares(threads: usize, count: usize) -> Vec<usize> {
        let work = |number: usize| {
            if number.is_multiple_of(7) {
                thread::yield_now();
            }
            number * number
        };
        ahead(threads, &work, |ahead| {
            let mut found: Vec<usize> = (0..count).filter_map(|number| ahead.hand(number)).collect();
            found.extend(std::iter::from_fn(|| ahead.take()));
            found
        })
    }

    #[test]
    fn results_come_in_order_whatever_the_number_of_threads() {
        let expected: Vec<usize> = (0..500).map(|number| number * number).collect();
        for threads in [0, 1, 2, 3, 8] {
            assert_eq!(squares(threads, 500), expected, "{threads} threads");
            assert!(squares(threads, 0).is_empty());
        }
    }

    #[test]
    fn no_more_is_under_way_than_the_threads_can_soon_do() {
        let (handed, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        ahead(
            2,
            &|_: usize| {
                done.fetch_add(1, Ordering::SeqCst);
            },
            |ahead| {
                for number in 0..100 {
                    if ahead.hand(number).is_none() {
                        handed.fetch_add(1, Ordering::SeqCst);
                    }
                }
            },
        );
        assert_eq!(handed.load(Ordering::SeqCst), 2 * FOR_EACH, "after these, each handing over waits for one");
    }

    #[test]
    fn who_stops_early_leaves_nobody_waiting() {
        let first = ahead(3, &|number: u64| number + 1, |ahead| (0..100).find_map(|number| ahead.hand(number)));
        assert_eq!(first, Some(1));
    }

    #[test]
    #[should_panic(expected = "scoped thread panicked")]
    fn a_panic_is_passed_on() {
        ahead(2, &|number: u64| assert_ne!(number, 5), |ahead| {
            for number in 0..20 {
                let _ = ahead.hand(number);
            }
            while ahead.take().is_some() {}
        });
    }
}
