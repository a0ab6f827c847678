/** EXT-X-DEFINE (rfc8216bis §4.3): what `{$name}` in quoted strings and addresses stands for. Pure. */
import { type AttributeMap } from './attribute-list.ts';

const reference = /\{\$([A-Za-z0-9_-]{1,64})\}/g;
const maxVariableCount = 100;
/** A line may grow by so much: a playlist must not be able to multiply itself. */
const maxExpandedLength = 32_768;

export class Variables {
  readonly #values = new Map<string, string>();
  readonly #imported: ReadonlyMap<string, string>;
  readonly #query: URLSearchParams;

  /** @param imported what the multivariant playlist defined */
  constructor(url: string, imported: ReadonlyMap<string, string> = new Map()) {
    this.#imported = imported;
    this.#query = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  }

  get values(): ReadonlyMap<string, string> {
    return this.#values;
  }

  define(attributes: AttributeMap): void {
    if (this.#values.size >= maxVariableCount) return;
    const [name, imported, parameter] = ['NAME', 'IMPORT', 'QUERYPARAM'].map((key) => attributes.get(key));
    if (name !== undefined) this.#values.set(name, attributes.get('VALUE') ?? '');
    if (imported !== undefined) this.#values.set(imported, this.#imported.get(imported) ?? '');
    if (parameter !== undefined) this.#values.set(parameter, this.#query.get(parameter) ?? '');
  }

  expand(text: string): string {
    if (this.#values.size === 0 || !text.includes('{$')) return text;
    const expanded = text.replace(reference, (whole, name: string) => this.#values.get(name) ?? whole);
    return expanded.length > maxExpandedLength ? text : expanded;
  }
}
