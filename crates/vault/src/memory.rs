//! What the running process knows: unused keys, whose the used ones are, and which of that still
//! waits to be written.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use lru::LruCache;
use runtime::ids::fill_random;
use uuid::{Builder, Uuid};

use crate::seal::Secret;
use crate::{Class, KeyFor, Scope, VaultError};

/// Scopes whose keys are at hand; any other costs one read.
const SCOPES: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
/// Keys at hand for opening.
const KEYS: NonZeroUsize = NonZeroUsize::new(65_536).unwrap();

/// A durable key that nobody has yet.
pub(crate) struct Fresh {
    pub key_id: Uuid,
    pub secret: Secret,
}

/// A key in somebody's possession; without its secret when it is frozen.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub key_id: Uuid,
    pub secret: Option<Secret>,
}

/// One key of a scope.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub subject: String,
    pub class: Class,
    pub held: Held,
}

/// What asking for a key comes to without the disk.
pub(crate) enum Asked {
    Have(Held),
    /// The keys of the scope must be read first.
    Unread,
    /// No unused key is left; the keeper is making more.
    Empty,
}

pub(crate) struct Memory {
    pool: Vec<Fresh>,
    scopes: LruCache<Scope, Vec<Slot>>,
    keys: LruCache<Uuid, Secret>,
    pending: BTreeMap<KeyFor, Held>,
    /// Counts changes to keys. What was read before one is not remembered after it.
    epoch: u64,
    /// Why the keeper's last round failed, if it did.
    pub failure: Option<VaultError>,
    pub closed: bool,
}

impl Fresh {
    /// Ids and keys come from the operating system alone, also where other ids are seeded.
    pub fn random() -> Self {
        let mut id = [0; 16];
        fill_random(&mut id);
        Self { key_id: Builder::from_random_bytes(id).into_uuid(), secret: Secret::random() }
    }
}

impl Memory {
    pub fn new(pool: Vec<Fresh>) -> Self {
        Self {
            pool,
            scopes: LruCache::new(SCOPES),
            keys: LruCache::new(KEYS),
            pending: BTreeMap::new(),
            epoch: 0,
            failure: None,
            closed: false,
        }
    }

    /// The key this owner has, if that is at hand.
    pub fn held(&mut self, owner: &KeyFor) -> Option<Held> {
        let slots = self.scopes.get(&owner.scope)?;
        slots.iter().find(|slot| slot.is_for(owner)).map(|slot| slot.held.clone())
    }

    /// The key this owner has, or gets now. Only the holder of the scope's stripe may ask so: two
    /// owners that ask at once must not both be given a key.
    pub fn give(&mut self, owner: &KeyFor) -> Asked {
        let Some(slots) = self.scopes.get_mut(&owner.scope) else {
            return Asked::Unread;
        };
        if let Some(slot) = slots.iter().find(|slot| slot.is_for(owner)) {
            return Asked::Have(slot.held.clone());
        }
        let Some(fresh) = self.pool.pop() else {
            return Asked::Empty;
        };
        let held = Held { key_id: fresh.key_id, secret: Some(fresh.secret.clone()) };
        slots.push(Slot { subject: owner.subject.clone(), class: owner.class, held: held.clone() });
        self.pending.insert(owner.clone(), held.clone());
        self.keys.put(fresh.key_id, fresh.secret);
        Asked::Have(held)
    }

    /// To be taken before reading a scope, and handed to [`Memory::read`] with what was read.
    pub fn before_read(&self, scope: &Scope) -> (u64, Vec<Slot>) {
        let waiting = self.pending.iter().filter(|(owner, _)| owner.scope == *scope);
        let slots = waiting.map(|(owner, held)| Slot {
            subject: owner.subject.clone(),
            class: owner.class,
            held: held.clone(),
        });
        (self.epoch, slots.collect())
    }

    /// Remembers a scope's keys: those stored, and those that waited to be stored when reading began.
    pub fn read(
        &mut self,
        scope: &Scope,
        (epoch, waiting): (u64, Vec<Slot>),
        mut stored: Vec<Slot>,
    ) {
        if epoch != self.epoch {
            return;
        }
        for slot in waiting {
            if !stored.iter().any(|known| known.held.key_id == slot.held.key_id) {
                stored.push(slot);
            }
        }
        self.scopes.put(scope.clone(), stored);
    }

    pub fn key(&mut self, key_id: Uuid) -> Option<Secret> {
        self.keys.get(&key_id).cloned()
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn read_key(&mut self, key_id: Uuid, epoch: u64, secret: Secret) {
        if epoch == self.epoch {
            self.keys.put(key_id, secret);
        }
    }

    pub fn unused(&self) -> usize {
        self.pool.len()
    }

    pub fn add(&mut self, fresh: Vec<Fresh>) {
        self.pool.extend(fresh);
    }

    pub fn pending(&self) -> Vec<(KeyFor, Held)> {
        self.pending.iter().map(|(owner, held)| (owner.clone(), held.clone())).collect()
    }

    pub fn written(&mut self, pending: &[(KeyFor, Held)]) {
        for (owner, held) in pending {
            if self.pending.get(owner).is_some_and(|now| now.key_id == held.key_id) {
                self.pending.remove(owner);
            }
        }
    }

    /// Drops everything read from the file, and `changed` from the pool: their state is another now.
    pub fn forget(&mut self, changed: &[Uuid]) {
        self.epoch += 1;
        self.scopes.clear();
        self.keys.clear();
        self.pool.retain(|fresh| !changed.contains(&fresh.key_id));
    }
}

impl Slot {
    fn is_for(&self, owner: &KeyFor) -> bool {
        self.subject == owner.subject && self.class == owner.class
    }
}
