// What the browser keeps, in IndexedDB: one record for each account, with its CryptoKey objects, and the keys of logins under way.

const NAME = 'countersign-device';
const ACCOUNTS = 'accounts';
const LOGINS = 'logins';

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ACCOUNTS, { keyPath: 'deviceGuid' });
      request.result.createObjectStore(LOGINS, { keyPath: 'appSpaceGuid' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Runs `work(store)` in a transaction of its own, and gives the result of the request that it returns once that is on the disk. */
async function within(name, mode, work) {
  const transaction = (await database()).transaction(name, mode, { durability: 'strict' });
  const request = work(transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/** Every account, the oldest first. */
export async function accounts() {
  const all = await within(ACCOUNTS, 'readonly', (store) => store.getAll());
  return all.sort((one, other) => one.addedAt - other.addedAt);
}

/** Adds an account. The browser is asked not to clear it away when space is short. */
export async function addAccount(account) {
  await within(ACCOUNTS, 'readwrite', (store) => store.put(account));
  navigator.storage?.persist?.().catch(() => {});
}

/** Changes an account, in one transaction: other tabs change it too. Gives what it is then, `undefined` if there is none. */
export async function changeAccount(deviceGuid, change) {
  let changed;
  await within(ACCOUNTS, 'readwrite', (store) => {
    const request = store.get(deviceGuid);
    request.onsuccess = () => {
      if (!request.result) return;
      changed = change(request.result);
      store.put(changed);
    };
  });
  return changed;
}

/** Forgets an account and its keys. */
export const removeAccount = (deviceGuid) => within(ACCOUNTS, 'readwrite', (store) => store.delete(deviceGuid));

/** Keeps the keys of a login until the browser is back; one for each App Space. */
export const keepLogin = (login) => within(LOGINS, 'readwrite', (store) => store.put(login));

/** The login of an App Space that is under way, if there is one. */
export const loginOf = (appSpaceGuid) => within(LOGINS, 'readonly', (store) => store.get(appSpaceGuid));

/** Forgets a login. */
export const removeLogin = (appSpaceGuid) => within(LOGINS, 'readwrite', (store) => store.delete(appSpaceGuid));
