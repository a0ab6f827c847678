/** Says in words which values a configuration schema takes. Pure. */
import { z } from 'zod';
import { code } from './markdown.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

interface Check {
  readonly _zod: { readonly def: { readonly check: string; readonly path?: string[]; readonly error?: unknown } };
}

interface Definition {
  readonly checks?: readonly Check[];
  readonly innerType?: z.core.$ZodType;
  readonly out?: z.core.$ZodType;
  readonly protocol?: RegExp;
}

/** Checks that JSON Schema has no words for; their own message says what they want. */
const wordedChecks = new Set(['custom', 'string_format']);

/** e.g. `whole number, 0 to 65535`. */
export function valueRule(schema: z.core.$ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as JsonSchema;
  return [shapeOf(json, schema), ...messagesOf(schema)].join('; ');
}

/** Rules of a section that concern one of its keys. */
export function sectionRules(section: z.core.$ZodType, key: string): string[] {
  return messages(definitionOf(section).checks ?? [], (path) => path?.[0] === key);
}

/** Undefined when there is none. */
export function defaultValue(schema: z.core.$ZodType): unknown {
  return (z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as JsonSchema).default;
}

function shapeOf(json: JsonSchema, schema: z.core.$ZodType): string {
  if (json.const !== undefined) return `${code(text(json.const))} only`;
  if (Array.isArray(json.enum)) return json.enum.map((value) => code(text(value))).join(', ');
  if (Array.isArray(json.anyOf)) return json.anyOf.map((one: JsonSchema) => shapeOf(one, schema)).join(' or ');
  if (json.type === 'boolean') return `${code('true')} or ${code('false')}`;
  if (json.type === 'integer') return `whole number, ${text(json.minimum)} to ${text(json.maximum)}`;
  if (json.type === 'array') return (json.items as JsonSchema).type === 'object' ? 'list' : 'list of texts';
  if (json.format === 'uri') return `URL, scheme ${schemeOf(schema)}`;
  if (json.format === 'ipv4') return 'IPv4 address';
  if (json.format === 'ipv6') return 'IPv6 address';
  if (json.type !== 'string') throw new Error(`No words for ${JSON.stringify(json)}.`);
  if (json.maxLength === undefined) return 'text';
  return `text, ${text(json.minLength)} to ${text(json.maxLength)} characters`;
}

function schemeOf(schema: z.core.$ZodType): string {
  const { protocol } = chainOf(schema).find((definition) => definition.protocol !== undefined) ?? {};
  return protocol?.source === '^https?$' ? 'http or https' : code(protocol?.source ?? 'any');
}

function messagesOf(schema: z.core.$ZodType): string[] {
  return chainOf(schema).flatMap((definition) => messages(definition.checks ?? [], () => true));
}

function messages(checks: readonly Check[], concerns: (path: string[] | undefined) => boolean): string[] {
  return checks.flatMap(({ _zod: { def } }) => {
    if (!wordedChecks.has(def.check) || typeof def.error !== 'function' || !concerns(def.path)) return [];
    const said = (def.error as (issue: object) => unknown)({});
    return typeof said === 'string' ? [said] : [];
  });
}

/** The schema and what it wraps: defaults, optionals, what a preprocessing step leads to. */
function chainOf(schema: z.core.$ZodType): Definition[] {
  const definition = definitionOf(schema);
  const inner = definition.innerType ?? definition.out;
  return [definition, ...(inner === undefined ? [] : chainOf(inner))];
}

function definitionOf(schema: z.core.$ZodType): Definition {
  return schema._zod.def;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
