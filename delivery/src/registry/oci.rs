//! A repository in a registry, spoken to over http or https (OCI distribution specification 1.1).
//!
//! A blocking face over an asynchronous client: one small runtime, made on the first call. Each request has a time
//! limit, and is repeated as [`retry`](super::retry) says.

mod attachments;
mod challenge;
mod session;
mod transport;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::time::Duration;

use oci_distribution::RegistryOperation;
use oci_distribution::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{Repository, TagName};
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;

use self::session::Session;
use self::transport::{Answer, LONGEST_ANSWER, Outcome, Transport};
use super::attachments::Attachments;
use super::error::{RegistryError, TagStep};
use super::place::Remote;
use super::reasons::innermost;
use super::repository::{LONGEST_MANIFEST, MOST_TAGS, Manifest, Registry, digest_of};
use super::retry::{Again, Failure, GaveUp};
use super::settings::Settings;

/// Every kind of manifest there is: a registry may turn one into another for those who do not take it.
const KINDS: [&str; 4] = [OCI_IMAGE_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, IMAGE_MANIFEST_LIST_MEDIA_TYPE];

const DIGEST_HEADER: HeaderName = HeaderName::from_static("docker-content-digest");
const TAGS_A_PAGE: &str = "1000";
const MOST_PAGES: usize = 1_000;

const A_MANIFEST: &str = "a manifest";
const THE_TAGS: &str = "the list of tags";
const A_GREETING: &str = "a greeting";
const AN_UPLOAD: &str = "an upload";

/// A repository in a registry.
pub(super) struct OciRegistry {
    repository: Repository,
    remote: Remote,
    settings: Settings,
    base: Url,
    transport: Transport,
    session: Session,
    runtime: OnceCell<tokio::runtime::Runtime>,
}

/// One request: what every try of it is made from.
struct Request<'a> {
    method: Method,
    url: Url,
    operation: RegistryOperation,
    what: &'static str,
    headers: &'a [(HeaderName, &'a str)],
    body: Option<&'a [u8]>,
}

impl OciRegistry {
    pub(super) fn new(repository: Repository, remote: Remote, settings: &Settings) -> Result<Self, RegistryError> {
        let address = format!("{}://{}/v2/", remote.scheme(), remote.address());
        let base =
            Url::parse(&address).map_err(|error| RegistryError::Address { repository: repository.clone(), reason: error.to_string() })?;
        let transport = Transport::new(&repository, &remote, settings)?;
        let session = Session::new(settings.credentials.clone(), remote.clone());
        Ok(Self { repository, remote, settings: settings.clone(), base, transport, session, runtime: OnceCell::new() })
    }

    /// Tries until it goes well or makes no sense any more; each try has its time limit.
    fn retrying<T>(&self, mut attempt: impl AsyncFnMut() -> Outcome<T>) -> Result<T, RegistryError> {
        let runtime = self.runtime()?;
        let bounded = |left: Duration| {
            let limit = left.min(self.settings.limits.attempt);
            let outcome = runtime.block_on(async { tokio::time::timeout(limit, attempt()).await });
            outcome.unwrap_or_else(|_| Err(self.transport.timed_out(limit)))
        };
        self.settings.retry.run(&*self.settings.pace, bounded).map_err(|GaveUp { attempts, last }| match attempts {
            1 => last,
            attempts => RegistryError::GaveUp { attempts, last: Box::new(last) },
        })
    }

    fn runtime(&self) -> Result<&tokio::runtime::Runtime, RegistryError> {
        if self.runtime.get().is_none() {
            let made = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = made.map_err(|error| RegistryError::Setup { server: self.remote.host.clone(), reason: innermost(&error) })?;
            // It was empty just above, and nothing here runs twice at once.
            let _ = self.runtime.set(runtime);
        }
        self.runtime.get().ok_or_else(|| RegistryError::Setup { server: self.remote.host.clone(), reason: "no runtime".to_owned() })
    }

    fn url(&self, below: &str) -> Result<Url, RegistryError> {
        let path = format!("{}/{below}", self.remote.path);
        self.base.join(&path).map_err(|error| RegistryError::Address { repository: self.repository.clone(), reason: error.to_string() })
    }

    /// One try of a request. What is not there is an answer; what failed is not.
    async fn ask(&self, request: &Request<'_>) -> Outcome<Answer> {
        let build = || {
            let builder = self.transport.client.request(request.method.clone(), request.url.clone());
            let builder = request.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, *value));
            request.body.iter().fold(builder, |builder, body| builder.body(body.to_vec()))
        };
        let answer = self.session.send(&self.transport, request.operation, request.what, LONGEST_ANSWER, build).await?;
        match answer.status {
            status if status.is_success() || status == StatusCode::NOT_FOUND => Ok(answer),
            status => Err(self.transport.status_failure(status, &answer.headers, &answer.body)),
        }
    }

    async fn ask_for_manifest(&self, method: Method, reference: &str) -> Outcome<Option<Answer>> {
        let url = self.url(&format!("manifests/{reference}")).map_err(Failure::lasting)?;
        let kinds = KINDS.join(", ");
        let headers = [(ACCEPT, kinds.as_str())];
        let answer = self.ask(&Request { headers: &headers, ..pulling(method, url, A_MANIFEST) }).await?;
        Ok((answer.status != StatusCode::NOT_FOUND).then_some(answer))
    }

    /// Which digest the registry says the tag points at; the bytes' own where it does not say.
    async fn pointed_at(&self, tag: &TagName) -> Outcome<Option<Digest>> {
        let Some(answer) = self.ask_for_manifest(Method::HEAD, tag.as_str()).await? else { return Ok(None) };
        match answer.header(DIGEST_HEADER) {
            Some(text) => Digest::new(text).map(Some).map_err(|error| self.transport.malformed(A_MANIFEST, error.to_string())),
            None => self.bytes_under(tag).await,
        }
    }

    /// Which digest the bytes under the tag have. What is no manifest at all (half of one, a page that asks for a login)
    /// says nothing of the tag, and may be gone the next time.
    async fn bytes_under(&self, tag: &TagName) -> Outcome<Option<Digest>> {
        let Some(answer) = self.ask_for_manifest(Method::GET, tag.as_str()).await? else { return Ok(None) };
        let announced = answer.header(CONTENT_TYPE).map(str::to_owned);
        match Manifest::read(announced.as_deref(), answer.body) {
            Ok(manifest) => Ok(Some(manifest.digest().clone())),
            Err(reason) => Err(Failure { again: Again::Later, ..self.transport.malformed(A_MANIFEST, reason) }),
        }
    }

    /// Which digest the bytes have under a tag that was just written. A registry that keeps its data in several places
    /// may not know the tag everywhere at once: nothing is asked for again, anything else is not.
    async fn read_back(&self, tag: &TagName, expected: &Digest) -> Outcome<()> {
        let found = self.bytes_under(tag).await?;
        if found.as_ref() == Some(expected) {
            return Ok(());
        }
        let again = if found.is_none() { Again::Later } else { Again::Never };
        let (repository, tag, expected) = (self.repository.clone(), tag.clone(), expected.clone());
        Err(Failure { error: RegistryError::ReadBackDiffers { repository, tag, expected, found }, again })
    }

    /// Puts the manifest under the tag. After a try that failed the tag is looked at first: it may be there all the same.
    fn put(&self, tag: &TagName, manifest: &Manifest) -> Result<(), RegistryError> {
        let mut tried = false;
        self.retrying(async || {
            if std::mem::replace(&mut tried, true) && self.pointed_at(tag).await?.as_ref() == Some(manifest.digest()) {
                return Ok(());
            }
            self.put_once(tag, manifest).await
        })
    }

    async fn put_once(&self, tag: &TagName, manifest: &Manifest) -> Outcome<()> {
        if self.session.granted(RegistryOperation::Push).is_none() {
            // Some registries challenge only those who greet them, and refuse a stranger's write without a challenge.
            self.ask(&pushing(Method::GET, self.base.clone(), A_GREETING)).await?;
        }
        let url = self.url(&format!("manifests/{tag}")).map_err(Failure::lasting)?;
        let headers = [(CONTENT_TYPE, manifest.media_type().as_str())];
        let request = Request { headers: &headers, body: Some(manifest.bytes()), ..pushing(Method::PUT, url, A_MANIFEST) };
        match self.ask(&request).await?.status {
            StatusCode::NOT_FOUND => Err(Failure::lasting(self.not_found("such a repository to push to"))),
            // Reading back tells what the registry made of it.
            _ => Ok(()),
        }
    }

    /// Begins an upload, which needs the right to push, and cancels it.
    async fn begin_and_cancel_upload(&self) -> Outcome<()> {
        let url = self.url("blobs/uploads/").map_err(Failure::lasting)?;
        let empty = [(CONTENT_LENGTH, "0")];
        let answer = self.ask(&Request { headers: &empty, ..pushing(Method::POST, url, AN_UPLOAD) }).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(Failure::lasting(self.not_found("such a repository to push to")));
        }
        if let Some(location) = answer.location() {
            // Registries that cannot cancel clean up by themselves; the right to push is shown either way.
            let _ = self.ask(&pushing(Method::DELETE, location, AN_UPLOAD)).await;
        }
        Ok(())
    }

    fn not_found(&self, what: impl Into<String>) -> RegistryError {
        RegistryError::NotFound { repository: self.repository.clone(), what: what.into() }
    }

    fn page_of_tags(&self, url: Url) -> Result<(Vec<TagName>, Option<Url>), RegistryError> {
        let request = pulling(Method::GET, url, THE_TAGS);
        self.retrying(async || {
            let answer = self.ask(&request).await?;
            if answer.status == StatusCode::NOT_FOUND {
                return Ok((Vec::new(), None));
            }
            let page: Page =
                serde_json::from_slice(&answer.body).map_err(|_| self.transport.malformed(THE_TAGS, "it is not the JSON of one"))?;
            let tags = page.tags.unwrap_or_default().into_iter().filter_map(|tag| TagName::new(tag).ok());
            Ok((tags.collect(), answer.next_page()))
        })
    }
}

fn pulling(method: Method, url: Url, what: &'static str) -> Request<'static> {
    Request { method, url, operation: RegistryOperation::Pull, what, headers: &[], body: None }
}

fn pushing(method: Method, url: Url, what: &'static str) -> Request<'static> {
    Request { operation: RegistryOperation::Push, ..pulling(method, url, what) }
}

/// One page of tags; some registries say `null` for none.
#[derive(Deserialize)]
struct Page {
    tags: Option<Vec<String>>,
}

impl Registry for OciRegistry {
    fn resolve(&self, tag: &TagName) -> Result<Option<Digest>, RegistryError> {
        self.retrying(async || self.pointed_at(tag).await).map_err(|error| error.of_tag(&self.repository, tag, TagStep::LookUp))
    }

    fn manifest(&self, digest: &Digest) -> Result<Manifest, RegistryError> {
        let answer = self.retrying(async || self.ask_for_manifest(Method::GET, digest.as_str()).await)?;
        let answer = answer.ok_or_else(|| self.not_found(format!("the manifest {digest}")))?;
        let found = digest_of(&answer.body);
        if found != *digest {
            return Err(RegistryError::DigestDiffers { repository: self.repository.clone(), expected: digest.clone(), found });
        }
        let announced = answer.header(CONTENT_TYPE).map(str::to_owned);
        Manifest::read(announced.as_deref(), answer.body).map_err(|reason| RegistryError::Malformed {
            repository: self.repository.clone(),
            what: A_MANIFEST,
            reason,
        })
    }

    fn tag(&self, tag: &TagName, manifest: &Manifest) -> Result<(), RegistryError> {
        if manifest.bytes().len() > LONGEST_MANIFEST {
            let repository = self.repository.clone();
            return Err(RegistryError::TooLarge { repository, what: A_MANIFEST, limit: LONGEST_MANIFEST });
        }
        let digest = manifest.digest();
        let befell = |error: RegistryError, step: TagStep| error.of_tag(&self.repository, tag, step);
        self.put(tag, manifest).map_err(|error| befell(error, TagStep::Write(digest.clone())))?;
        self.retrying(async || self.read_back(tag, digest).await).map_err(|error| befell(error, TagStep::ReadBack(digest.clone())))
    }

    fn tags(&self) -> Result<Vec<TagName>, RegistryError> {
        let mut tags = BTreeSet::new();
        let mut url = self.url("tags/list")?;
        url.query_pairs_mut().append_pair("n", TAGS_A_PAGE);
        for _ in 0..MOST_PAGES {
            let (page, next) = self.page_of_tags(url)?;
            tags.extend(page);
            match next {
                Some(next) if tags.len() < MOST_TAGS => url = next,
                _ => break,
            }
        }
        Ok(tags.into_iter().take(MOST_TAGS).collect())
    }

    fn check_push(&self) -> Result<(), RegistryError> {
        self.retrying(async || self.begin_and_cancel_upload().await)
    }

    fn attachments(&self) -> Option<&dyn Attachments> {
        Some(self)
    }
}
