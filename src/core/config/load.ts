/** Configuration: defaults < YAML file < environment; unknown keys and bad values stop the start with a clear message. */
import { parse as parseYaml } from 'yaml';
import { type z } from 'zod';
import { defineErrors, type ErrorCatalog } from '../errors.ts';
import { nearest } from './nearest.ts';

export const configErrorCatalog = {
  CONFIG_INVALID: {
    fault: 'caller',
    retryable: false,
    httpStatus: 500,
    summary: 'The configuration is not valid.',
    fix: 'Correct the keys named and start again; docs/config.md lists them all.',
  },
} as const satisfies ErrorCatalog;

export const configError = defineErrors(configErrorCatalog);

type Section = Record<string, unknown>;

export interface ConfigSources {
  /** Environment; only names that begin with ROSTRUM_ are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of the YAML file, if there is one. */
  readonly yaml?: string;
  /** Names below ROSTRUM_ that are read elsewhere and are no configuration keys. */
  readonly reserved?: readonly string[];
}

/**
 * Reads a two-level configuration `section.key`. The environment name of `hls.partTargetMs` is
 * ROSTRUM_HLS_PART_TARGET_MS; keys of the section `app` have no section in their name (ROSTRUM_API_KEY).
 * @throws CONFIG_INVALID (fault: caller) with one line per problem: key, value, rule, nearest valid key.
 */
export function loadConfig<Schema extends z.ZodObject>(schema: Schema, sources: ConfigSources): z.output<Schema> {
  const keys = configKeys(schema);
  const problems: string[] = [];
  const raw: Record<string, Section> = Object.fromEntries(Object.keys(schema.shape).map((section) => [section, {}]));
  readYaml(sources.yaml, raw, keys, problems);
  readEnv(sources, raw, keys, problems);
  const parsed = schema.safeParse(raw);
  for (const issue of parsed.error?.issues ?? []) {
    const [section, key] = issue.path as [string, string];
    const value = isSecret(key) ? '(hidden)' : JSON.stringify(raw[section]?.[key]);
    problems.push(`${section}.${key} (${envName(section, key)}) is ${value}: ${issue.message}.`);
  }
  if (problems.length > 0 || !parsed.success) {
    throw configError('CONFIG_INVALID', {
      message: `The configuration is not valid:\n  - ${problems.join('\n  - ')}\n`,
      details: { problems },
    });
  }
  return parsed.data;
}

/** Every valid `section.key` with its environment name, in schema order. */
export function configKeys(schema: z.ZodObject): { section: string; key: string; env: string; schema: z.ZodType }[] {
  return Object.entries(schema.shape).flatMap(([section, sectionSchema]) =>
    Object.entries((sectionSchema as z.ZodObject).shape).map(([key, value]) => ({
      section,
      key,
      env: envName(section, key),
      schema: value as z.ZodType,
    })),
  );
}

export function envName(section: string, key: string): string {
  const words = `${section === 'app' ? '' : `${section}-`}${key}`
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/-/g, '_');
  return `ROSTRUM_${words.toUpperCase()}`;
}

type Keys = ReturnType<typeof configKeys>;

function readYaml(yaml: string | undefined, raw: Record<string, Section>, keys: Keys, problems: string[]): void {
  if (yaml === undefined) return;
  let document: unknown;
  try {
    document = parseYaml(yaml) ?? {};
  } catch (error) {
    problems.push(`The YAML file cannot be read: ${(error as Error).message.split('\n')[0]}`);
    return;
  }
  if (!isMap(document)) {
    problems.push('The YAML file must hold sections (hls:, sfu:, ...) at its top level.');
    return;
  }
  for (const [section, values] of Object.entries(document)) {
    if (!Object.hasOwn(raw, section)) {
      problems.push(`Unknown section "${section}".${suggest(section, Object.keys(raw))}`);
      continue;
    }
    // An empty section, which YAML reads as null, has no keys.
    if (values !== null && !isMap(values)) {
      const example = keys.find((known) => known.section === section)?.key;
      problems.push(`${section} is ${shown(values)}: must be a section with keys below it, such as "${example}:".`);
      continue;
    }
    for (const [key, value] of Object.entries(values ?? {})) {
      if (keys.some((known) => known.section === section && known.key === key)) raw[section]![key] = value;
      else
        problems.push(
          `Unknown key "${section}.${key}".${suggest(
            `${section}.${key}`,
            keys.map((known) => `${known.section}.${known.key}`),
          )}`,
        );
    }
  }
}

function readEnv(sources: ConfigSources, raw: Record<string, Section>, keys: Keys, problems: string[]): void {
  for (const [name, value] of Object.entries(sources.env)) {
    if (!name.startsWith('ROSTRUM_') || value === undefined || sources.reserved?.includes(name)) continue;
    const known = keys.find((candidate) => candidate.env === name);
    if (known === undefined)
      problems.push(
        `Unknown key ${name} in the environment.${suggest(
          name,
          keys.map((key) => key.env),
        )}`,
      );
    else raw[known.section]![known.key] = value;
  }
}

function suggest(name: string, candidates: readonly string[]): string {
  const best = nearest(name, candidates);
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}

function isMap(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands where a section should, unless it may hold a secret. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  const text = JSON.stringify(value);
  return isSecret(text) ? '(hidden)' : text;
}

function isSecret(key: string): boolean {
  return /key|secret|password|token/i.test(key);
}
