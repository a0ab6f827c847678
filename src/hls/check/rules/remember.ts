/** Keeps what was seen last: streams have no end, and their keys come from the server. Pure. */

/** Sets the value as the newest; the entry that was set longest ago goes when there are more than `maxCount`. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, maxCount: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > maxCount) map.delete(map.keys().next().value!);
}
