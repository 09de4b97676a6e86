//! What is sealed opens only where it belongs, what is destroyed is gone, and a crash shares no key.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Row};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::keeper::BATCH;
use crate::seal::{Secret, bound_to};

const WORDS: &str = "村口水管爆裂,王大爷 13800000000 家里进水 🌊";

const NONE: [Uuid; 0] = [];

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self) -> PathBuf {
        self.path("vault.sqlite")
    }

    fn kek(&self) -> Kek {
        Kek::load_or_create(&self.path("vault.kek")).unwrap()
    }

    async fn open(&self) -> Vault {
        Vault::open(&self.file(), self.kek()).await.unwrap()
    }

    async fn sql(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }

    async fn wrapped(&self, key_id: Uuid) -> Vec<u8> {
        let query = sqlx::query("SELECT wrapped FROM key WHERE key_id = ?")
            .bind(key_id.as_bytes().to_vec());
        query.fetch_one(&mut self.sql().await).await.unwrap().get(0)
    }

    /// Everything the vault has on disk, its write-ahead log included.
    fn bytes(&self) -> Vec<u8> {
        let files = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let vaults = files.filter(|path| path.to_string_lossy().contains("vault.sqlite"));
        vaults.flat_map(|path| fs::read(path).unwrap()).collect()
    }
}

fn issue(number: u128) -> Scope {
    Scope::issue(Uuid::from_u128(number))
}

fn narrative(scope: &Scope) -> KeyFor {
    KeyFor { scope: scope.clone(), subject: "matter".into(), class: Class::Narrative }
}

fn phone(scope: &Scope) -> KeyFor {
    KeyFor { scope: scope.clone(), subject: "reporter/0".into(), class: Class::Contact }
}

fn aad() -> Aad {
    Aad { log_id: Uuid::from_u128(7), stream: "issue/9".into() }
}

async fn sealed(vault: &Vault, owner: &KeyFor) -> Sealed {
    vault.seal(owner, "narrative", &aad(), WORDS).await.unwrap()
}

async fn opened(vault: &Vault, sealed: &Sealed) -> Result<String, VaultError> {
    vault.open_sealed(sealed, Class::Narrative, "narrative", &aad()).await
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// How many thirds of wrapped keys lie anywhere in the bytes, each counted once.
fn pieces_found(bytes: &[u8], wrapped: &[Vec<u8>]) -> usize {
    let mut wanted: HashSet<&[u8]> =
        wrapped.iter().flat_map(|wrapped| wrapped.chunks(24)).collect();
    let all = wanted.len();
    for window in bytes.windows(24) {
        wanted.remove(window);
    }
    all - wanted.len()
}

fn flipped(text: &str, at: usize) -> String {
    let mut bytes = STANDARD.decode(text).unwrap();
    bytes[at] ^= 1;
    STANDARD.encode(bytes)
}

#[tokio::test]
async fn opens_what_it_sealed() {
    let vault = Vault::in_memory().await.unwrap();
    let owner = narrative(&issue(1));
    for words in ["", "井盖丢了", WORDS, &"长".repeat(10_000)] {
        let sealed = vault.seal(&owner, "narrative", &aad(), words).await.unwrap();
        assert_eq!(opened(&vault, &sealed).await.unwrap(), words);
        assert!(
            words.is_empty()
                || !contains(&STANDARD.decode(&sealed.text).unwrap(), words.as_bytes())
        );
    }
}

#[tokio::test]
async fn the_same_words_are_never_sealed_alike() {
    let vault = Vault::in_memory().await.unwrap();
    let owner = narrative(&issue(1));
    let (one, two) = (sealed(&vault, &owner).await, sealed(&vault, &owner).await);
    assert_eq!(one.key_id, two.key_id);
    assert_ne!(one.text, two.text);
    assert_ne!(one.commitment, two.commitment);
}

#[tokio::test]
async fn opens_only_where_it_belongs() {
    let vault = Vault::in_memory().await.unwrap();
    let sealed = sealed(&vault, &narrative(&issue(1))).await;
    let elsewhere = [
        (Class::Narrative, "title", aad()),
        (Class::Identity, "narrative", aad()),
        (Class::Narrative, "narrative", Aad { stream: "issue/8".into(), ..aad() }),
        (Class::Narrative, "narrative", Aad { log_id: Uuid::from_u128(8), ..aad() }),
    ];
    for (class, field, aad) in elsewhere {
        let opened = vault.open_sealed(&sealed, class, field, &aad).await;
        assert_eq!(opened, Err(VaultError::Tampered), "{class:?} {field} {aad:?}");
    }
    assert_eq!(opened(&vault, &sealed).await.unwrap(), WORDS);
}

/// Field and stream have no fixed length: `ab` + `c` must not read like `a` + `bc`.
#[test]
fn the_parts_of_a_binding_do_not_run_into_each_other() {
    let aad = |stream: &str| Aad { stream: stream.into(), ..aad() };
    let one = bound_to(Uuid::nil(), Class::Place, "narrative", &aad("issue/9place"));
    let two = bound_to(Uuid::nil(), Class::Place, "placenarrative", &aad("issue/9"));
    assert_ne!(one, two);
}

#[tokio::test]
async fn a_flipped_bit_anywhere_is_noticed() {
    let vault = Vault::in_memory().await.unwrap();
    let good = sealed(&vault, &narrative(&issue(1))).await;
    for at in 0..STANDARD.decode(&good.text).unwrap().len() {
        let bad = Sealed { text: flipped(&good.text, at), ..good.clone() };
        assert_eq!(opened(&vault, &bad).await, Err(VaultError::Tampered), "text byte {at}");
    }
    for at in 0..32 {
        let bad = Sealed { commitment: flipped(&good.commitment, at), ..good.clone() };
        assert_eq!(opened(&vault, &bad).await, Err(VaultError::Tampered), "commitment byte {at}");
    }
    for text in ["", "no base64!", "AAAA"] {
        let bad = Sealed { text: text.into(), ..good.clone() };
        assert_eq!(opened(&vault, &bad).await, Err(VaultError::Tampered), "{text}");
        let bad = Sealed { commitment: text.into(), ..good.clone() };
        assert_eq!(opened(&vault, &bad).await, Err(VaultError::Tampered), "{text}");
    }
    let other = vault.key(&narrative(&issue(2))).await.unwrap();
    assert_eq!(opened(&vault, &Sealed { key_id: other, ..good }).await, Err(VaultError::Tampered));
}

/// Whoever holds two keys and claims the commitment of the one for the text of the other gets neither.
#[test]
fn two_keys_never_open_one_ciphertext() {
    let (key_id, one, two) = (Uuid::from_u128(1), Secret::random(), Secret::random());
    let bound = bound_to(key_id, Class::Narrative, "narrative", &aad());
    let by_one = seal::seal(key_id, &one, &bound, WORDS).unwrap();
    let by_two = seal::seal(key_id, &two, &bound, "另一种说法").unwrap();
    assert_eq!(seal::open(&one, &bound, &by_one).unwrap(), WORDS);
    assert_eq!(seal::open(&two, &bound, &by_one), Err(VaultError::Tampered));
    let mixed = Sealed { commitment: by_one.commitment, ..by_two };
    assert_eq!(seal::open(&one, &bound, &mixed), Err(VaultError::Tampered));
    assert_eq!(seal::open(&two, &bound, &mixed), Err(VaultError::Tampered));
}

#[tokio::test]
async fn one_key_for_each_scope_subject_and_class() {
    let vault = Vault::in_memory().await.unwrap();
    let mut owners = Vec::new();
    for scope in
        [issue(1), issue(2), Scope::call(Uuid::from_u128(1)), Scope::household(Uuid::from_u128(1))]
    {
        for subject in ["matter", "reporter/0", "reporter/1"] {
            for class in Class::ALL {
                owners.push(KeyFor { scope: scope.clone(), subject: subject.into(), class });
            }
        }
    }
    let mut ids = BTreeSet::new();
    for owner in &owners {
        ids.insert(vault.key(owner).await.unwrap());
    }
    assert_eq!(ids.len(), owners.len());
    for owner in &owners {
        assert!(!ids.insert(vault.key(owner).await.unwrap()), "{owner:?} has a second key");
    }
    assert_eq!(vault.keys_of(&issue(1)).await.unwrap().len(), 15);
}

#[tokio::test]
async fn a_closed_vault_opens_again_with_the_same_keys() {
    let place = Place::new();
    let vault = place.open().await;
    let owners: Vec<_> = (0..40).map(|number| narrative(&issue(number))).collect();
    let mut texts = Vec::new();
    for owner in &owners {
        texts.push(sealed(&vault, owner).await);
    }
    vault.close().await.unwrap();
    assert!(matches!(vault.key(&owners[0]).await, Err(VaultError::Unavailable(_))));
    assert!(matches!(opened(&vault, &texts[0]).await, Err(VaultError::Unavailable(_))));
    let vault = place.open().await;
    for (owner, text) in owners.iter().zip(&texts) {
        assert_eq!(opened(&vault, text).await.unwrap(), WORDS);
        assert_eq!(vault.key(owner).await.unwrap(), text.key_id);
    }
}

/// Dropped without closing, the last binding is lost: the keeper had no chance to write it.
#[tokio::test]
async fn a_crash_never_lets_two_scopes_share_a_key() {
    let place = Place::new();
    let mut texts: Vec<(KeyFor, Sealed)> = Vec::new();
    for round in 0..5_u128 {
        let vault = place.open().await;
        if let Some((owner, text)) = texts.last() {
            assert_eq!(
                vault.keys_of(&owner.scope).await.unwrap(),
                NONE,
                "the crash kept what it should lose"
            );
            assert_ne!(
                vault.key(owner).await.unwrap(),
                text.key_id,
                "a key of a burnt batch seals again"
            );
        }
        for number in 0..20 {
            let owner = narrative(&issue(round * 100 + number));
            texts.push((owner.clone(), sealed(&vault, &owner).await));
        }
        drop(vault);
    }
    let ids: BTreeSet<_> = texts.iter().map(|(_, text)| text.key_id).collect();
    assert_eq!(ids.len(), texts.len());
    let vault = place.open().await;
    for (_, text) in &texts {
        assert_eq!(opened(&vault, text).await.unwrap(), WORDS);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_sealers_at_once_outlast_the_pool() {
    let place = Place::new();
    let vault = Arc::new(place.open().await);
    let count = 4 * BATCH;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..count {
        // Three ask for each scope at once; they must agree on its key.
        let (vault, owner) = (Arc::clone(&vault), narrative(&issue((number / 3) as u128)));
        tasks.spawn(async move { (owner.clone(), sealed(&vault, &owner).await) });
    }
    let texts = tasks.join_all().await;
    let pairs: BTreeSet<_> =
        texts.iter().map(|(owner, text)| (owner.clone(), text.key_id)).collect();
    let owners: BTreeSet<_> = texts.iter().map(|(owner, _)| owner).collect();
    let ids: BTreeSet<_> = texts.iter().map(|(_, text)| text.key_id).collect();
    assert!(ids.len() > BATCH);
    assert_eq!((pairs.len(), owners.len()), (ids.len(), ids.len()));
    for (_, text) in &texts {
        assert_eq!(opened(&vault, text).await.unwrap(), WORDS);
    }
}

#[tokio::test]
async fn an_empty_pool_that_cannot_be_filled_refuses_and_recovers() {
    let place = Place::new();
    let vault = place.open().await;
    let mut sql = place.sql().await;
    let full =
        "CREATE TRIGGER disk_full BEFORE INSERT ON key BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    sqlx::raw_sql(full).execute(&mut sql).await.unwrap();
    let mut refused = None;
    for number in 0..=BATCH as u128 {
        refused = vault.key(&narrative(&issue(number))).await.err();
        assert_eq!(refused.is_some(), number == BATCH as u128, "{refused:?}");
    }
    assert!(matches!(&refused, Some(VaultError::Unavailable(text)) if text.contains("disk full")));
    sqlx::raw_sql("DROP TRIGGER disk_full").execute(&mut sql).await.unwrap();
    // The first to ask may still be told of a round that failed before it asked.
    let again =
        [vault.key(&narrative(&issue(9_998))).await, vault.key(&narrative(&issue(9_999))).await];
    assert!(again[1].is_ok(), "{again:?}");
    assert_eq!(
        vault.keys_of(&issue(0)).await.unwrap(),
        [vault.key(&narrative(&issue(0))).await.unwrap()]
    );
}

#[tokio::test]
async fn a_destroyed_key_opens_nothing_ever_again() {
    let place = Place::new();
    let vault = place.open().await;
    let (gone, kept) = (narrative(&issue(1)), narrative(&issue(2)));
    let (gone_text, kept_text) = (sealed(&vault, &gone).await, sealed(&vault, &kept).await);
    assert_eq!(vault.shred(&[gone_text.key_id]).await.unwrap(), [gone_text.key_id]);
    assert_eq!(vault.shred(&[gone_text.key_id]).await.unwrap(), NONE);
    assert_eq!(opened(&vault, &gone_text).await, Err(VaultError::Destroyed));
    assert_eq!(vault.keys_of(&issue(1)).await.unwrap(), NONE);
    assert_ne!(vault.key(&gone).await.unwrap(), gone_text.key_id);
    assert_eq!(vault.unfreeze(&[gone_text.key_id]).await.unwrap(), NONE);
    vault.close().await.unwrap();
    let vault = place.open().await;
    assert_eq!(opened(&vault, &gone_text).await, Err(VaultError::Destroyed));
    assert_eq!(opened(&vault, &kept_text).await.unwrap(), WORDS);
    assert_eq!(VaultError::Destroyed.zh(), "已删除");
}

/// Many keys, so that pages split before and after; then their wrapped bytes are looked for in the
/// database, its write-ahead log, and whatever else lies beside it.
#[tokio::test]
async fn the_bytes_of_a_destroyed_key_are_nowhere_on_disk() {
    let place = Place::new();
    let vault = place.open().await;
    let (mut ids, mut gone, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..3 * BATCH as u128 {
        let key_id = vault.key(&narrative(&issue(number))).await.unwrap();
        let wrapped = place.wrapped(key_id).await;
        if number % 3 == 0 {
            ids.push(key_id);
            gone.push(wrapped);
        } else {
            kept.push(wrapped);
        }
    }
    assert_eq!(pieces_found(&place.bytes(), &gone), 3 * gone.len());
    assert_eq!(vault.shred(&ids).await.unwrap(), ids);
    assert_eq!(pieces_found(&place.bytes(), &gone), 0, "a destroyed key is still on disk");
    assert_eq!(pieces_found(&place.bytes(), &kept), 3 * kept.len());
    vault.close().await.unwrap();
    assert_eq!(pieces_found(&place.bytes(), &gone), 0, "a destroyed key is back after closing");
}

/// Somebody's open read keeps the old pages alive: the keys are destroyed all the same, the caller is
/// told that their bytes are not gone yet, and trying again finishes it.
#[tokio::test]
async fn a_reader_in_the_way_is_reported_until_the_bytes_are_gone() {
    let place = Place::new();
    let vault = place.open().await;
    let text = sealed(&vault, &narrative(&issue(1))).await;
    let wrapped = [place.wrapped(text.key_id).await];
    let mut reader = place.sql().await;
    sqlx::raw_sql("BEGIN; SELECT count(*) FROM key").execute(&mut reader).await.unwrap();
    assert!(matches!(vault.shred(&[text.key_id]).await, Err(VaultError::Unavailable(_))));
    assert_eq!(opened(&vault, &text).await, Err(VaultError::Destroyed));
    assert_eq!(pieces_found(&place.bytes(), &wrapped), 3);
    sqlx::raw_sql("COMMIT").execute(&mut reader).await.unwrap();
    assert_eq!(vault.shred(&[text.key_id]).await.unwrap(), NONE);
    assert_eq!(pieces_found(&place.bytes(), &wrapped), 0);
}

#[tokio::test]
async fn a_scope_is_destroyed_as_a_whole_and_alone() {
    let vault = Vault::in_memory().await.unwrap();
    let (words, number, other) = (narrative(&issue(1)), phone(&issue(1)), narrative(&issue(2)));
    let mut ids = vec![vault.key(&words).await.unwrap(), vault.key(&number).await.unwrap()];
    let kept = sealed(&vault, &other).await;
    let mut known = vault.keys_of(&issue(1)).await.unwrap();
    let mut destroyed = vault.shred_scope(&issue(1)).await.unwrap();
    ids.sort();
    known.sort();
    destroyed.sort();
    assert_eq!((&known, &destroyed), (&ids, &ids));
    assert_eq!(vault.shred_scope(&issue(1)).await.unwrap(), NONE);
    assert_eq!(opened(&vault, &kept).await.unwrap(), WORDS);
}

/// A vault restored from an old backup meets destructions of keys it never had.
#[tokio::test]
async fn destroying_an_unknown_key_leaves_its_tombstone() {
    let place = Place::new();
    let vault = place.open().await;
    let text =
        Sealed { key_id: Uuid::from_u128(77), ..sealed(&vault, &narrative(&issue(1))).await };
    assert_eq!(opened(&vault, &text).await, Err(VaultError::UnknownKey));
    assert_eq!(vault.shred(&[text.key_id]).await.unwrap(), [text.key_id]);
    assert_eq!(opened(&vault, &text).await, Err(VaultError::Destroyed));
    assert_eq!(vault.shred(&[text.key_id]).await.unwrap(), NONE);
}

#[tokio::test]
async fn a_frozen_key_neither_seals_nor_opens_until_it_is_unfrozen() {
    let place = Place::new();
    let vault = place.open().await;
    let (owner, aad) = (narrative(&issue(1)), aad());
    let text = sealed(&vault, &owner).await;
    assert_eq!(vault.freeze(&[text.key_id, Uuid::from_u128(5)]).await.unwrap(), [text.key_id]);
    assert_eq!(vault.freeze(&[text.key_id]).await.unwrap(), NONE);
    assert_eq!(opened(&vault, &text).await, Err(VaultError::Frozen));
    assert_eq!(vault.seal(&owner, "narrative", &aad, WORDS).await, Err(VaultError::Frozen));
    let to_seal = vault.open_to_seal_again(&text, owner.class, "narrative", &aad);
    assert_eq!(to_seal.await.unwrap(), WORDS, "for a file of its own");
    assert_eq!(opened(&vault, &text).await, Err(VaultError::Frozen), "and for nobody else");
    assert_eq!(vault.keys_of(&issue(1)).await.unwrap(), [text.key_id]);
    vault.close().await.unwrap();
    let vault = place.open().await;
    assert_eq!(opened(&vault, &text).await, Err(VaultError::Frozen));
    assert_eq!(vault.unfreeze(&[text.key_id]).await.unwrap(), [text.key_id]);
    assert_eq!(opened(&vault, &text).await.unwrap(), WORDS);
    assert_eq!(vault.key(&owner).await.unwrap(), text.key_id);
    vault.freeze(&[text.key_id]).await.unwrap();
    assert_eq!(vault.shred(&[text.key_id]).await.unwrap(), [text.key_id]);
    assert_eq!(opened(&vault, &text).await, Err(VaultError::Destroyed));
    let to_seal = vault.open_to_seal_again(&text, owner.class, "narrative", &aad);
    assert_eq!(to_seal.await, Err(VaultError::Destroyed));
}

#[tokio::test]
async fn exchanged_rows_are_noticed() {
    let place = Place::new();
    let vault = place.open().await;
    let (one, two) = (
        sealed(&vault, &narrative(&issue(1))).await,
        vault.key(&narrative(&issue(2))).await.unwrap(),
    );
    vault.close().await.unwrap();
    let exchange = sqlx::query("UPDATE key SET wrapped = ? WHERE key_id = ?")
        .bind(place.wrapped(two).await)
        .bind(one.key_id.as_bytes().to_vec());
    exchange.execute(&mut place.sql().await).await.unwrap();
    assert_eq!(opened(&place.open().await, &one).await, Err(VaultError::Tampered));
}

#[tokio::test]
async fn another_kek_is_refused_at_once() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let opened = Vault::open(&place.file(), Kek::random()).await;
    assert_eq!(opened.err(), Some(VaultError::WrongKek));
    assert!(VaultError::WrongKek.to_string().contains("restore"));
}

#[tokio::test]
async fn files_belong_to_their_owner_alone() {
    let place = Place::new();
    fs::write(place.file(), "").unwrap();
    fs::set_permissions(place.file(), fs::Permissions::from_mode(0o644)).unwrap();
    let vault = place.open().await;
    vault.key(&narrative(&issue(1))).await.unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(place.folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        seen += 1;
    }
    assert_eq!(seen, 4, "key file, database, write-ahead log and its index");
}

#[test]
fn the_kek_is_made_once_and_never_printed() {
    let place = Place::new();
    let path = place.path("kek");
    let kek = Kek::load_or_create(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), kek.secret().bytes());
    assert_eq!(Kek::load_or_create(&path).unwrap().secret().bytes(), kek.secret().bytes());
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1);
    assert_eq!(format!("{kek:?} {:?}", kek.secret()), "Kek(..) Secret(..)");
}

#[test]
fn a_bad_key_file_is_one_clear_line() {
    let place = Place::new();
    let problem = |path: &Path| match Kek::load_or_create(path) {
        Err(VaultError::KekFile(text)) => text,
        other => panic!("{other:?}"),
    };
    let short = place.path("short");
    fs::write(&short, [1; 31]).unwrap();
    fs::set_permissions(&short, fs::Permissions::from_mode(0o600)).unwrap();
    let text = problem(&short);
    assert!(
        text.contains("31 bytes instead of 32") && text.contains("short") && !text.contains('\n'),
        "{text}"
    );
    assert_eq!(fs::read(&short).unwrap(), [1; 31], "a bad key file is never replaced");

    let shared = place.path("shared");
    fs::write(&shared, [1; 32]).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(problem(&shared).contains("0640"));

    assert!(problem(&place.path("missing/kek")).contains("missing"));
    assert!(problem(place.folder.path()).contains("key file"));
}

#[test]
fn of_many_that_start_at_once_one_makes_the_kek() {
    let place = Place::new();
    let path = place.path("kek");
    let keys: BTreeSet<_> = std::thread::scope(|scope| {
        let starters: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| *Kek::load_or_create(&path).unwrap().secret().bytes()))
            .collect();
        starters.into_iter().map(|starter| starter.join().unwrap()).collect()
    });
    assert_eq!(keys.len(), 1);
}

#[test]
fn a_scope_reads_what_it_displays() {
    for scope in [issue(1), Scope::call(Uuid::from_u128(2)), Scope::household(Uuid::from_u128(3))] {
        assert_eq!(scope.to_string().parse::<Scope>().unwrap(), scope);
    }
    for text in ["", "issue", "issue/1", "person/00000000-0000-0000-0000-000000000001"] {
        assert!(text.parse::<Scope>().is_err(), "{text}");
    }
}

/// A mistyped path makes no second key for a vault that has one.
#[test]
fn a_key_that_must_be_there_is_never_made() {
    let place = Place::new();
    let path = place.path("mistyped.kek");
    let error = Kek::load_existing(&path).err().unwrap().to_string();
    assert!(error.contains("mistyped.kek") && error.contains("backup"), "{error}");
    assert!(!path.exists());
    Kek::load_or_create(&path).unwrap();
    assert!(Kek::load_existing(&path).is_ok());
}

/// Two processes on one PostgreSQL: what one sealed the other opens, and what one destroyed is destroyed,
/// also when the server hung up in between.
#[tokio::test]
async fn two_processes_share_a_vault_on_postgres() {
    let place = Place::new();
    let database = testkit::postgres::database().await;
    let url = database.to_url_lossy().to_string();
    let open = async || Vault::open_postgres(&url, place.kek()).await.unwrap();
    let (one, two) = (open().await, open().await);
    let scope = issue(1);
    let words = sealed(&one, &narrative(&scope)).await;
    assert_eq!(opened(&two, &words).await.unwrap(), WORDS);
    testkit::postgres::hang_up(&[("vault".into(), url.clone())]).await;
    let other_words = sealed(&two, &narrative(&issue(2))).await;
    assert_eq!(opened(&open().await, &other_words).await.unwrap(), WORDS);
    one.shred(&[words.key_id]).await.unwrap();
    let fresh = open().await;
    assert_eq!(opened(&fresh, &words).await, Err(VaultError::Destroyed));
    assert_eq!(opened(&fresh, &other_words).await.unwrap(), WORDS);
    let other = Kek::load_or_create(&place.path("other.kek")).unwrap();
    assert_eq!(Vault::open_postgres(&url, other).await.err(), Some(VaultError::WrongKek));
}

// --- the blind index ---------------------------------------------------------------------------------

const NUMBER: &str = "13987650421";

fn known(key_id: Uuid, stream: &str, text: &str) -> PhoneKey {
    PhoneKey { text: text.into(), key_id, stream: stream.into() }
}

#[tokio::test]
async fn a_number_finds_its_streams_until_the_key_is_gone() {
    let place = Place::new();
    let vault = place.open().await;
    let (one, two) = (phone(&issue(1)), phone(&issue(2)));
    let (one, two) = (vault.key(&one).await.unwrap(), vault.key(&two).await.unwrap());
    assert_eq!(vault.position().await.unwrap(), 0);
    let told = [
        known(one, "issue/1", "+86 139-8765-0421"),
        known(two, "issue/2", "13987650421,或 0564-6281234"),
    ];
    vault.follow(&told, 7).await.unwrap();
    vault.follow(&told, 7).await.unwrap();
    assert_eq!(vault.streams_of_phone(NUMBER).await.unwrap(), ["issue/1", "issue/2"]);
    assert_eq!(vault.streams_of_phone("(0564) 6281234").await.unwrap(), ["issue/2"]);
    assert!(vault.streams_of_phone("13987650422").await.unwrap().is_empty());
    assert!(vault.streams_of_phone("没有号码").await.unwrap().is_empty());
    vault.close().await.unwrap();
    let bytes = place.bytes();
    assert_eq!(pieces_found(&bytes, &[NUMBER.into(), b"6281234".to_vec()]), 0);
    let vault = place.open().await;
    assert_eq!(vault.position().await.unwrap(), 7);
    vault.freeze(&[two]).await.unwrap();
    assert_eq!(vault.streams_of_phone(NUMBER).await.unwrap(), ["issue/1"], "frozen: not used");
    vault.unfreeze(&[two]).await.unwrap();
    vault.shred(&[one]).await.unwrap();
    assert_eq!(vault.streams_of_phone(NUMBER).await.unwrap(), ["issue/2"]);
    // The log is read again after a crash: what is gone stays gone.
    vault.follow(&told, 9).await.unwrap();
    assert_eq!(vault.streams_of_phone(NUMBER).await.unwrap(), ["issue/2"]);
}

#[tokio::test]
async fn another_vault_digests_the_same_number_otherwise() {
    let places = [Place::new(), Place::new()];
    let mut digests = Vec::new();
    for place in &places {
        let vault = place.open().await;
        let key = vault.key(&phone(&issue(1))).await.unwrap();
        vault.follow(&[known(key, "issue/1", NUMBER)], 1).await.unwrap();
        let row = sqlx::query("SELECT digest FROM phone").fetch_one(&mut place.sql().await).await;
        digests.push(row.unwrap().get::<Vec<u8>, _>("digest"));
    }
    assert_ne!(digests.first(), digests.last());
}

#[tokio::test]
async fn what_follows_is_the_same_for_one_vault_and_purpose() {
    let place = Place::new();
    let vault = place.open().await;
    let code = vault.following("receipt", "issue/1").unwrap();
    assert_ne!(vault.following("id", "issue/1").unwrap(), code);
    vault.close().await.unwrap();
    assert_eq!(place.open().await.following("receipt", "issue/1").unwrap(), code);
    assert_ne!(Place::new().open().await.following("receipt", "issue/1").unwrap(), code);
}

#[tokio::test]
async fn a_request_is_told_from_another_until_an_erasure_forgets_both() {
    let place = Place::new();
    let vault = place.open().await;
    let digest = vault.request_digest(b"13905640000").await.unwrap();
    assert_eq!(digest, vault.request_digest(b"13905640000").await.unwrap());
    assert!(vault.is_request_of(&digest, b"13905640000").await.unwrap());
    assert!(!vault.is_request_of(&digest, b"13905640001").await.unwrap());
    // Whose key it is is on disk: a kill loses none, and the next process forgets it too.
    drop(vault);
    let vault = place.open().await;
    assert!(!vault.is_request_of(&digest, b"13905640001").await.unwrap());
    let later = vault.request_digest(b"13905640000").await.unwrap();
    assert_ne!(later, digest, "each process has a key of its own");
    vault.forget_requests().await.unwrap();
    for known in [digest, later] {
        assert!(vault.is_request_of(&known, b"13905640001").await.unwrap());
    }
    let next = vault.request_digest(b"13905640000").await.unwrap();
    assert!(next != later && next != digest);
    assert!(!vault.is_request_of(&next, b"13905640001").await.unwrap());
}
