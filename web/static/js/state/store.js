/**
 * A value that can be watched.
 * @template {object} T
 */
export class Store {
  /** @param {T} value */
  constructor(value) {
    this.value = value;
    /** @type {Set<(value: T) => void>} */
    this.watchers = new Set();
  }

  /** @param {Partial<T>} change */
  set(change) {
    this.value = { ...this.value, ...change };
    for (const watcher of [...this.watchers]) watcher(this.value);
  }

  /**
   * @param {(value: T) => void} watcher
   * @returns {() => void} stops watching
   */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }
}
