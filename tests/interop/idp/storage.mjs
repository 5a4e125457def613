// What a provider remembers, in memory: the adapter that oidc-provider asks for. It outlives a change of keys, and
// records do not expire by themselves: oidc-provider looks at their `exp`, by the clock of the checks.

export class Storage {
  #models = new Map();

  records(model) {
    if (!this.#models.has(model)) {
      this.#models.set(model, new Map());
    }
    return this.#models.get(model);
  }

  // The models whose records a grant holds.
  #revoke(grantId) {
    for (const records of this.#models.values()) {
      for (const [id, record] of records) {
        if (record.grantId === grantId && record.kind !== "Session" && record.kind !== "Interaction") {
          records.delete(id);
        }
      }
    }
  }

  adapter() {
    const storage = this;
    return class Adapter {
      constructor(model) {
        this.records = storage.records(model);
      }

      async upsert(id, record) {
        this.records.set(id, record);
      }

      async find(id) {
        return this.records.get(id);
      }

      async findByUid(uid) {
        return [...this.records.values()].find((record) => record.uid === uid);
      }

      async consume(id) {
        this.records.get(id).consumed = Math.floor(Date.now() / 1000);
      }

      async destroy(id) {
        this.records.delete(id);
      }

      async revokeByGrantId(grantId) {
        storage.#revoke(grantId);
      }
    };
  }

  // What a user withdraws at the provider: `refresh` only the refresh tokens, `grant` everything that was granted.
  revoke(account, what) {
    const models = { refresh: ["RefreshToken"], grant: ["RefreshToken", "AccessToken", "Grant"] }[what];
    if (!models) {
      throw new Error("what: refresh or grant");
    }
    let revoked = 0;
    for (const model of models) {
      for (const [id, record] of this.records(model)) {
        if (record.accountId === account) {
          this.records(model).delete(id);
          revoked += 1;
        }
      }
    }
    return revoked;
  }
}
