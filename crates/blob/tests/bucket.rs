//! The bucket against a real store.

#![expect(clippy::unwrap_used, reason = "what a test calls may stop it")]

use std::time::Duration;

use blob::{Address, BlobError, Blobs, Bucket};
use testkit::object_store::{KEYS, ObjectStore};
use ureq::Agent;

fn bucket(place: &str, keys: &str) -> Bucket {
    let agent = Agent::config_builder().http_status_as_error(false).build().into();
    Bucket::try_new(place, "us-east-1", keys, agent).unwrap()
}

#[tokio::test]
async fn a_bucket_keeps_what_its_name_says_or_says_why_not() {
    let mut store = ObjectStore::start();
    let blobs = bucket(&store.place(), KEYS);
    let bytes = vec![7_u8; 3 << 20];
    let address = blobs.put(bytes.clone()).await.unwrap();
    assert_eq!(blobs.put(bytes.clone()).await.unwrap(), address);
    assert!(matches!(blobs.get(&address).await, Err(BlobError::Absent)), "not kept yet");
    blobs.keep(&address).await.unwrap();
    blobs.keep(&address).await.unwrap();
    assert_eq!(blobs.get(&address).await.unwrap(), bytes);
    let never = blobs.get(&Address::of(b"never")).await;
    assert!(matches!(never, Err(BlobError::Absent)), "{never:?}");

    let wrong = bucket(&store.place(), "bidao:wrong");
    let elsewhere = bucket(&store.place().replace("/bidao", "/none"), KEYS);
    for (refused, says) in [
        (wrong.get(&address).await.unwrap_err(), "the keys are wrong"),
        (wrong.put(vec![1]).await.unwrap_err(), "the keys are wrong"),
        (wrong.delete(&address).await.unwrap_err(), "the keys are wrong"),
        (elsewhere.get(&address).await.unwrap_err(), "no such bucket"),
    ] {
        let text = refused.to_string();
        assert!(text.contains(says) && !text.contains("X-Amz"), "{text}");
    }

    let left = blobs.put(vec![1]).await.unwrap();
    assert_eq!(blobs.sweep(Duration::from_secs(3_600)).await.unwrap(), 0, "it may be kept yet");
    assert_eq!(blobs.sweep(Duration::ZERO).await.unwrap(), 1);
    assert!(matches!(blobs.keep(&left).await, Err(BlobError::Absent)));
    assert_eq!(blobs.get(&address).await.unwrap(), bytes, "it was kept");

    blobs.delete(&address).await.unwrap();
    blobs.delete(&address).await.unwrap();
    assert!(matches!(blobs.get(&address).await, Err(BlobError::Absent)));
    store.kill();
    let away = blobs.get(&address).await;
    assert!(matches!(away, Err(BlobError::Unavailable(_))), "{away:?}");
}
