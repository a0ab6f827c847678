/** Attribute lists (rfc8216bis §4.2): the value types, and tags made of them. Pure. */

export type AttributeValue = { readonly text: string } | undefined;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Quoted string, in normalization form C (rule 1); line breaks and double quotes cannot be written in one and are dropped. */
export function quoted(value: string): AttributeValue {
  return { text: `"${value.replace(/["\r\n]/g, '').normalize('NFC')}"` };
}

/** Quoted list of ids, which have no tab, quote or line break in them. */
export function tabSeparated(ids: readonly string[]): AttributeValue {
  return { text: `"${ids.join('\t')}"` };
}

/** Enumerated string, resolution or decimal-integer as it is. */
export function bare(value: string | number): AttributeValue {
  return { text: String(value) };
}

export function decimal(value: number): AttributeValue {
  return { text: formatDecimal(value) };
}

/** `#NAME:A=1,B="x"`; attributes that are undefined are left out, a name without any stands alone. */
export function attributeTag(name: string, attributes: Attributes): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value.text}`],
  );
  return written.length === 0 ? `#${name}` : `#${name}:${written.join(',')}`;
}

/** decimal-floating-point: never an exponent or a sign; at most six digits behind the point, no trailing zeros. */
export function formatDecimal(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, '');
}

/** Media durations always show five digits (authoring spec 8.1), the same for parts and segments. */
export function formatDuration(seconds: number): string {
  return seconds.toFixed(5);
}
