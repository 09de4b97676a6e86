//! Files in a bucket of an object store that speaks S3: every process of a county sees the same ones.

use std::io::Read;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use rusty_s3::actions::{ListObjectsV2, S3Action};
use rusty_s3::{Credentials, UrlStyle};
use tokio::task::spawn_blocking;
use ureq::http::header::DATE;
use ureq::http::{Method, Request, Response};
use ureq::{Agent, Body};
use url::Url;

use crate::{ARRIVED, Address, BlobError, Blobs};

/// How long a signed request is good for: it is sent at once.
const SIGNED_FOR: Duration = Duration::from_secs(60);
/// Far above any picture; an answer that is longer is none of ours.
const BYTES_MAX: u64 = 64 << 20;

/// Where the bucket is, and who may use it.
#[derive(Clone, Debug)]
pub struct Bucket {
    bucket: rusty_s3::Bucket,
    credentials: Credentials,
    agent: Agent,
}

impl Bucket {
    /// `place` is `https://store.example/bucket`, or `https://bucket.store.example`; `keys` are the access key
    /// and the secret one, with a colon between.
    ///
    /// # Errors
    /// Which of them is not as expected; never what it says.
    pub fn try_new(place: &str, region: &str, keys: &str, agent: Agent) -> Result<Self, String> {
        let bad = || "must be https://store/bucket or https://bucket.store".to_owned();
        let mut url: Url = place.parse().map_err(|_| bad())?;
        if url.query().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(bad());
        }
        let path = url.path().trim_matches('/').to_owned();
        let (style, name) = if path.is_empty() {
            let host = url.host_str().ok_or_else(bad)?.to_owned();
            let (name, store) = host.split_once('.').ok_or_else(bad)?;
            url.set_host(Some(store)).map_err(|_| bad())?;
            (UrlStyle::VirtualHost, name.to_owned())
        } else {
            url.set_path("");
            (UrlStyle::Path, path)
        };
        let bucket = rusty_s3::Bucket::new(url, style, name, region.to_owned());
        let bucket = bucket.map_err(|_| bad())?;
        let (access, secret) =
            keys.trim().split_once(':').ok_or("the keys must be ACCESS:SECRET, one line")?;
        Ok(Self { bucket, credentials: Credentials::new(access, secret), agent })
    }

    /// Two letters of the name make a folder, as on a disk.
    fn place(address: &Address) -> String {
        format!("{}/{address}", &address.as_str()[..2])
    }

    fn arrived(address: &Address) -> String {
        format!("{ARRIVED}/{address}")
    }

    async fn store(&self, place: &str, bytes: Vec<u8>) -> Result<(), BlobError> {
        let url = self.bucket.put_object(Some(&self.credentials), place).sign(SIGNED_FOR);
        let answer = self.ask(Method::PUT, url, bytes).await?;
        if answer.is_done() { Ok(()) } else { Err(self.refused(&answer)) }
    }

    async fn fetch(&self, place: &str, address: &Address) -> Result<Vec<u8>, BlobError> {
        let url = self.bucket.get_object(Some(&self.credentials), place).sign(SIGNED_FOR);
        let answer = self.ask(Method::GET, url, Vec::new()).await?;
        match answer {
            absent if absent.is_absent() => Err(BlobError::Absent),
            failed if !failed.is_done() => Err(self.refused(&failed)),
            found if Address::of(&found.bytes) == *address => Ok(found.bytes),
            _ => Err(BlobError::Damaged),
        }
    }

    async fn remove(&self, place: &str) -> Result<(), BlobError> {
        let url = self.bucket.delete_object(Some(&self.credentials), place).sign(SIGNED_FOR);
        let answer = self.ask(Method::DELETE, url, Vec::new()).await?;
        if answer.is_done() || answer.is_absent() { Ok(()) } else { Err(self.refused(&answer)) }
    }

    /// A page of what arrived and was not kept: each place with its time, and where the next page begins.
    async fn listed(&self, after: Option<String>) -> Result<Listed, BlobError> {
        let mut list = self.bucket.list_objects_v2(Some(&self.credentials));
        list.with_prefix(format!("{ARRIVED}/"));
        if let Some(after) = after {
            list.with_continuation_token(after);
        }
        let url = list.sign(SIGNED_FOR);
        let answer = self.ask(Method::GET, url, Vec::new()).await?;
        if !answer.is_done() {
            return Err(self.refused(&answer));
        }
        let unread =
            |what: &str| BlobError::Unavailable(format!("{}: a list without {what}", self.told()));
        let now = answer.date.ok_or_else(|| unread("a date"))?;
        let text = str::from_utf8(&answer.bytes).map_err(|_| unread("words"))?;
        let list = ListObjectsV2::parse_response(text).map_err(|_| unread("objects"))?;
        let files = list.contents.into_iter().filter_map(|found| {
            let at: Timestamp = found.last_modified?.parse().ok()?;
            Some((found.key, at))
        });
        Ok(Listed { now, files: files.collect(), next: list.next_continuation_token })
    }

    async fn ask(&self, method: Method, url: Url, bytes: Vec<u8>) -> Result<Answer, BlobError> {
        let agent = self.agent.clone();
        let done = spawn_blocking(move || ask(&agent, method, &url, bytes)).await;
        let done = done.map_err(|error| error.to_string()).and_then(|answered| answered);
        // The signed address proves who asks: it is told to nobody.
        done.map_err(|error| BlobError::Unavailable(format!("{}: {error}", self.told())))
    }

    fn told(&self) -> Url {
        self.bucket.object_url("")
    }

    fn refused(&self, answer: &Answer) -> BlobError {
        let (told, status) = (self.told(), answer.status);
        let remedy = match status {
            401 | 403 => ": the keys are wrong, or may not do this there",
            404 => ": there is no such bucket",
            _ => "",
        };
        BlobError::Unavailable(format!("{told}: the store answered {status}{remedy}"))
    }
}

struct Listed {
    now: Timestamp,
    files: Vec<(String, Timestamp)>,
    next: Option<String>,
}

struct Answer {
    status: u16,
    /// What the store's clock said.
    date: Option<Timestamp>,
    bytes: Vec<u8>,
}

impl Answer {
    const fn is_done(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// No such object; a store that has no such bucket says so in its words.
    fn is_absent(&self) -> bool {
        let no_bucket = b"NoSuchBucket";
        self.status == 404 && !self.bytes.windows(no_bucket.len()).any(|words| words == no_bucket)
    }
}

fn ask(agent: &Agent, method: Method, url: &Url, bytes: Vec<u8>) -> Result<Answer, String> {
    let told = |error: ureq::Error| {
        let repeats_it = matches!(error, ureq::Error::BadUri(_));
        if repeats_it { "no address".to_owned() } else { error.to_string() }
    };
    let request = Request::builder().method(method).uri(url.as_str());
    let request = request.body(bytes).map_err(|_| "no address".to_owned())?;
    let answer: Response<Body> = agent.run(request).map_err(told)?;
    let (parts, body) = answer.into_parts();
    let mut bytes = Vec::new();
    let read = body.into_reader().take(BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    let date = parts.headers.get(DATE).and_then(|text| text.to_str().ok());
    let date = date.and_then(|text| rfc2822::parse(text).ok()).map(|date| date.timestamp());
    Ok(Answer { status: parts.status.as_u16(), date, bytes })
}

#[async_trait]
impl Blobs for Bucket {
    async fn put(&self, bytes: Vec<u8>) -> Result<Address, BlobError> {
        let address = Address::of(&bytes);
        self.store(&Self::arrived(&address), bytes).await?;
        Ok(address)
    }

    /// Copied first: whoever comes again finds it here or there.
    async fn keep(&self, address: &Address) -> Result<(), BlobError> {
        let (arrived, place) = (Self::arrived(address), Self::place(address));
        match self.fetch(&arrived, address).await {
            Ok(bytes) => self.store(&place, bytes).await?,
            Err(BlobError::Absent) => return self.fetch(&place, address).await.map(|_| ()),
            Err(error) => return Err(error),
        }
        self.remove(&arrived).await
    }

    async fn get(&self, address: &Address) -> Result<Vec<u8>, BlobError> {
        self.fetch(&Self::place(address), address).await
    }

    async fn delete(&self, address: &Address) -> Result<(), BlobError> {
        self.remove(&Self::place(address)).await
    }

    async fn sweep(&self, ago: Duration) -> Result<usize, BlobError> {
        let (mut swept, mut next) = (0, None);
        loop {
            let page = self.listed(next).await?;
            for (place, arrived) in page.files {
                if arrived.checked_add(ago).is_ok_and(|end| end <= page.now) {
                    self.remove(&place).await?;
                    swept += 1;
                }
            }
            next = page.next;
            if next.is_none() {
                return Ok(swept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(place: &str, keys: &str) -> Result<Bucket, String> {
        Bucket::try_new(place, "us-east-1", keys, Agent::new_with_defaults())
    }

    #[test]
    fn a_place_is_a_store_and_a_bucket() {
        let address = Address::of(b"");
        let at = |place: &str| {
            let found = bucket(place, "a:b").unwrap().bucket;
            found.object_url(&Bucket::place(&address)).to_string()
        };
        let name = format!("e3/{address}");
        assert_eq!(
            at("https://store.example/bidao"),
            format!("https://store.example/bidao/{name}")
        );
        assert_eq!(
            at("http://127.0.0.1:9000/bidao/"),
            format!("http://127.0.0.1:9000/bidao/{name}")
        );
        assert_eq!(
            at("https://bidao.store.example"),
            format!("https://bidao.store.example/{name}")
        );
    }

    #[test]
    fn what_is_no_place_and_what_are_no_keys_is_told_without_repeating_it() {
        for place in [
            "",
            "bidao",
            "ftp://store/bidao",
            "https://store",
            "https://u:p@store/b",
            "https://store/b?x=1",
        ] {
            assert!(bucket(place, "a:b").unwrap_err().contains("https://store/bucket"), "{place}");
        }
        let refused = bucket("https://store.example/bidao", "topsecret").unwrap_err();
        assert!(refused.contains("ACCESS:SECRET") && !refused.contains("topsecret"), "{refused}");
    }

    #[tokio::test]
    async fn nobody_is_told_a_signature() {
        // Nobody listens there.
        let found = bucket("http://127.0.0.1:1/bidao", "topsecret:hidden").unwrap();
        let refused = found.put(vec![1]).await.unwrap_err().to_string();
        assert!(refused.starts_with("http://127.0.0.1:1/bidao/: "), "{refused}");
        for secret in ["X-Amz", "topsecret", "hidden", "4bf5122f"] {
            assert!(!refused.contains(secret), "{refused}");
        }
        let shown = format!("{found:?}");
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
