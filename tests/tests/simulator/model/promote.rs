//! What becomes of a promotion that is asked for.

use promotion_ledger::meaning::id::PromotionId;

use super::fate::{Fate, Seen, unheard};
use super::{Model, Spot, Why};
use crate::ask::Ask;
use crate::cast::Who;
use crate::scene::ORDERED;

/// What a promotion asks for.
pub(super) struct Asked<'a> {
    pub(super) id: &'a PromotionId,
    pub(super) spot: Spot,
    pub(super) version: &'a str,
    pub(super) from: &'a str,
    pub(super) downgrade: bool,
    pub(super) breaking: bool,
    pub(super) force: bool,
    pub(super) glass: bool,
}

/// What stands in a promotion's way, and what was passed on somebody's word.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) why: Vec<Why>,
    pub(super) overridden: Vec<&'static str>,
}

impl Judged {
    /// Takes in what stands in the way, or passes it on the asker's word.
    fn take(&mut self, why: impl IntoIterator<Item = Why>, glass: bool) {
        for why in why {
            match why.overridable().filter(|_| glass) {
                None => self.why.push(why),
                Some(guard) if self.overridden.last() == Some(&guard) => {}
                Some(guard) => self.overridden.push(guard),
            }
        }
    }
}

impl<'a> Asked<'a> {
    pub(super) fn of(ask: &'a Ask) -> Option<Self> {
        let Ask::Promote { id, component, version, from, to, downgrade, breaking, force, glass } = ask else { return None };
        let (downgrade, breaking, force, glass) = (*downgrade, *breaking, *force, *glass);
        let spot = ((*component).to_owned(), (*to).to_owned());
        Some(Self { id, spot, version, from, downgrade, breaking, force, glass })
    }
}

impl Model {
    pub(super) fn promote(&self, who: Who, asked: &Asked<'_>, seen: &Seen, at: i64) -> Fate {
        let Asked { spot, version, from, .. } = asked;
        if self.rules.repository(&spot.0).is_none() {
            return unheard(Why::NotFound);
        }
        let Some(source) = self.rules.source(&spot.1) else { return unheard(Why::Path) };
        let Some(release) = self.releases.get(&(spot.0.clone(), (*version).to_owned())) else { return unheard(Why::NotFound) };
        let digest = &release.digest;
        let place = self.place(spot);
        if source == *from {
            let same = place.run.and_then(|id| self.runs.get(&id).map(|run| (id, run)));
            if let Some((id, _)) = same.filter(|(_, run)| run.leaves.is_none() && run.version == *version && run.from == *from) {
                return Fate::Resume(id);
            }
            let there = place.holder.as_ref().is_some_and(|(holder, held)| holder == version && held == digest);
            if there && !asked.force && place.run.is_none() && !is_taken(seen, digest) {
                return Fate::Nothing;
            }
        }
        if self.began(asked.id) {
            return unheard(Why::Usage);
        }
        let Judged { why, overridden } = self.judge(who, asked, seen, at);
        let requested = ["promotion.requested", "authorization.decided", "downgrade.decided"];
        if why.is_empty() {
            let word = (!overridden.is_empty()).then_some("guard.overridden");
            return Fate::Go(word.into_iter().chain(requested).collect());
        }
        let forbidden = why.iter().any(|why| matches!(why, Why::NotGranted | Why::NotAuthorized));
        let told = if forbidden {
            Some("authorization.decided")
        } else if why.contains(&Why::Downgrade) {
            Some("downgrade.decided")
        } else {
            // Words are asked for where nothing else is missing, and nobody asked yet.
            (why == [Why::Approvals] && self.open_request(asked, digest, at).is_none()).then_some("approval.requested")
        };
        Fate::Refuse(why, told.into_iter().chain(["promotion.refused"]).collect())
    }

    /// Everything that stands in the way, in the order of checks.
    pub(super) fn judge(&self, who: Who, asked: &Asked<'_>, seen: &Seen, at: i64) -> Judged {
        let mut judged = Judged::default();
        let Asked { spot, version, from, glass, .. } = asked;
        let Some(release) = self.releases.get(&(spot.0.clone(), (*version).to_owned())) else { return judged };
        let digest = &release.digest;
        let place = self.place(spot);
        judged.take(place.run.map(|_| Why::Busy), *glass);
        judged.take(self.of_the_moment(asked, at), *glass);
        let (forbidden, duties) = self.of_persons(who, asked, digest);
        judged.take(forbidden.into_iter().chain(duties), *glass);
        let off_path = self.rules.source(&spot.1) != Some(*from);
        judged.take(if off_path { Some(Why::Path) } else { self.bad_source(asked, digest, seen) }, *glass);
        judged.take(is_taken(seen, digest).then_some(Why::Taken), *glass);
        judged.take(self.is_downgrade(asked, place.holder.as_ref().map(|(holder, _)| holder.as_str())).then_some(Why::Downgrade), *glass);
        judged.take(self.of_the_release(asked, release.breaking), *glass);
        judged.take(self.of_words(who, asked, digest, at), *glass);
        judged.take(self.gates_missing(spot, digest, &self.demanded(&spot.1), at), *glass);
        judged
    }

    /// Whether a run of that id ever began.
    pub(super) fn began(&self, id: &PromotionId) -> bool {
        self.runs.contains_key(id) || self.ended.contains(id)
    }

    fn is_downgrade(&self, asked: &Asked<'_>, current: Option<&str>) -> bool {
        let Some(current) = current else { return false };
        !asked.downgrade && is_older(asked.version, current).unwrap_or(self.rules.block)
    }

    /// What is wrong with where it comes from: never there, rolled back from there, or its tag was moved.
    fn bad_source(&self, asked: &Asked<'_>, digest: &str, seen: &Seen) -> Option<Why> {
        if asked.from == "none" {
            return None;
        }
        let Some(visit) = self.visit(&(asked.spot.0.clone(), asked.from.to_owned()), asked.version) else { return Some(Why::NeverThere) };
        if visit.left {
            return Some(Why::LeftThere);
        }
        seen.source.as_ref().is_some_and(|found| found != digest).then_some(Why::TagMoved)
    }
}

/// Whether the tag that is to be written points at something else.
fn is_taken(seen: &Seen, digest: &str) -> bool {
    seen.target.as_ref().is_some_and(|found| found != digest)
}

/// Whether a version may take the place of another without its being meant: `None` where they cannot be compared.
fn is_older(candidate: &str, current: &str) -> Option<bool> {
    if candidate == current {
        return Some(false);
    }
    let place = |version: &str| ORDERED.iter().position(|known| *known == version);
    Some(place(candidate)? < place(current)?)
}
