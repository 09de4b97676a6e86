//! Two projectors on one file: the one that was overtaken stops, and leaves nothing behind.

use testkit::{County, matter};
use views::ViewError;

use crate::history::{File, assert_equal_to_the_log, everybody};

#[tokio::test]
async fn a_projector_that_was_overtaken_is_fenced() {
    let county = County::new().await;
    county.register(matter(0)).await;
    let file = File::new().await;
    let stale = file.another().await;
    let whole = county.since(0).await;
    file.views.apply(&whole).await.unwrap();
    for batch in [&whole[..], &whole[..3]] {
        let fenced = stale.apply(batch).await.unwrap_err();
        assert!(matches!(fenced, ViewError::Fenced { ours: 0, .. }), "{fenced}");
        assert_eq!(stale.position().await, 0);
    }
    assert_eq!(
        file.views.parked(&everybody()).await.unwrap(),
        [],
        "what it could not write is nobody's fault"
    );
    assert_equal_to_the_log(&file.views, &county).await;
}

#[tokio::test]
async fn the_successor_goes_on_after_fencing_another_off() {
    let county = County::new().await;
    let file = File::of(&county).await;
    let stale = file.another().await;
    county.register(matter(0)).await;
    let first = county.since(file.views.position().await).await;
    file.views.apply(&first).await.unwrap();
    assert!(stale.apply(&first).await.is_err());
    county.register(matter(1)).await;
    file.views.apply(&county.since(file.views.position().await).await).await.unwrap();
    assert!(stale.apply(&first).await.is_err(), "once fenced, always fenced");
    assert_equal_to_the_log(&file.views, &county).await;
    // Opened anew, it knows where the file stands.
    let fresh = file.another().await;
    assert_eq!(fresh.positions().await, file.views.positions().await);
    county.register(matter(1)).await;
    fresh.apply(&county.since(fresh.position().await).await).await.unwrap();
    assert_equal_to_the_log(&fresh, &county).await;
}
