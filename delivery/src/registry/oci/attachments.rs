//! What other tools attached to an artifact, read from a registry.

use promotion_ledger::meaning::digest::Digest;
use reqwest::header::LINK;
use reqwest::{Method, StatusCode, Url};

use super::{OciRegistry, pulling};
use crate::registry::attachments::{Attachments, MOST_REFERRERS, Referrer};
use crate::registry::error::RegistryError;
use crate::registry::repository::digest_of;

const A_BLOB: &str = "a blob";
const THE_REFERRERS: &str = "the list of referrers";
const MOST_PAGES: usize = 1_000;

/// One page of the list, and where the next one is.
struct Page {
    referrers: Vec<Referrer>,
    next: Option<Url>,
}

impl Attachments for OciRegistry {
    fn blob(&self, digest: &Digest) -> Result<Vec<u8>, RegistryError> {
        let request = pulling(Method::GET, self.url(&format!("blobs/{digest}"))?, A_BLOB);
        let answer = self.retrying(async || self.ask(&request).await)?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(self.not_found(format!("the blob {digest}")));
        }
        let found = digest_of(&answer.body);
        if found != *digest {
            return Err(RegistryError::DigestDiffers { repository: self.repository.clone(), expected: digest.clone(), found });
        }
        Ok(answer.body)
    }

    fn referrers(&self, digest: &Digest) -> Result<Option<Vec<Referrer>>, RegistryError> {
        let mut all = Vec::new();
        let mut url = self.url(&format!("referrers/{digest}"))?;
        for page in 0..MOST_PAGES {
            let Some(Page { referrers, next }) = self.page_of_referrers(url)? else {
                // The first page tells whether there is such a list at all; a later one must be there.
                return if page == 0 { Ok(None) } else { Err(self.not_whole("a page of it is not there")) };
            };
            all.extend(referrers);
            match next {
                _ if all.len() > MOST_REFERRERS => return Err(self.not_whole(format!("it names more than {MOST_REFERRERS}"))),
                Some(next) => url = next,
                None => return Ok(Some(all)),
            }
        }
        Err(self.not_whole(format!("it has more than {MOST_PAGES} pages")))
    }
}

impl OciRegistry {
    fn page_of_referrers(&self, url: Url) -> Result<Option<Page>, RegistryError> {
        let request = pulling(Method::GET, url, THE_REFERRERS);
        let answer = self.retrying(async || self.ask(&request).await)?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let referrers = Referrer::list(&answer.body).map_err(|reason| self.not_whole(reason))?;
        let next = answer.next_page();
        if next.is_none() && answer.header(LINK).is_some_and(|link| link.contains("next")) {
            return Err(self.not_whole("its next page is no address of this registry"));
        }
        Ok(Some(Page { referrers, next }))
    }

    fn not_whole(&self, reason: impl Into<String>) -> RegistryError {
        RegistryError::Malformed { repository: self.repository.clone(), what: THE_REFERRERS, reason: reason.into() }
    }
}
