/** docs/config.md: every configuration key with its names, default, rule and meaning. */
import { type z } from 'zod';
import { configSchema } from '../../src/app/config.ts';
import { configKeys } from '../../src/core/config/load.ts';
import { readKeyComments } from './key-comments.ts';
import { code, generatedPage, table } from './markdown.ts';
import { defaultValue, sectionRules, valueRule } from './value-rule.ts';

export interface DocumentedKey {
  readonly section: string;
  readonly key: string;
  readonly env: string;
  readonly default: string;
  readonly rule: string;
  /** Empty when the schema has no comment above the key. */
  readonly meaning: string;
}

/** Variables below ROSTRUM_ that are no keys: the loader passes over them. */
export const reservedVariables = [
  { name: 'ROSTRUM_CONFIG', meaning: 'Path of the YAML file; none is read without it.' },
  {
    name: 'ROSTRUM_CACHE_DIR',
    meaning: 'Where set-up keeps what it builds once per machine; `~/.cache/rostrum` by default.',
  },
  {
    name: 'ROSTRUM_MEDIASOUP_WORKER_BIN',
    meaning: 'A mediasoup worker that set-up takes instead of downloading or building one.',
  },
] as const;

const preface = `Values come from three places, the later one wins: the defaults below, the YAML file named by \`ROSTRUM_CONFIG\`, the
environment. An unknown key or a bad value stops the start with a message that names the key, the value, the rule and the
nearest valid key. In YAML a key stands below its section; in the environment the section is part of the name, except for
\`app\`. Lists are sequences in YAML and comma-separated in the environment. [config/example.yaml](../config/example.yaml) is
a file to begin with.`;

export function documentedKeys(): DocumentedKey[] {
  const comments = readKeyComments();
  return configKeys(configSchema).map(({ section, key, env, schema }) => {
    const whole = configSchema.shape[section as keyof typeof configSchema.shape];
    return {
      section,
      key,
      env,
      default: shownDefault(schema),
      rule: [valueRule(schema), ...sectionRules(whole, key)].join('; '),
      meaning: comments.get(`${section}.${key}`) ?? '',
    };
  });
}

export function configPage(): string {
  const keys = documentedKeys();
  const sections = Object.keys(configSchema.shape).map((section) => {
    const rows = keys
      .filter((key) => key.section === section)
      .map((key) => [code(key.key), code(key.env), key.default, key.rule, key.meaning]);
    return `## ${section}\n${table(['YAML key', 'environment', 'default', 'rule', 'meaning'], rows)}`;
  });
  const reserved = table(
    ['environment', 'meaning'],
    reservedVariables.map(({ name, meaning }) => [code(name), meaning]),
  );
  return generatedPage('Configuration', [preface, ...sections, `## Not configuration keys\n${reserved}`]);
}

function shownDefault(schema: z.ZodType): string {
  const value = defaultValue(schema);
  if (value === undefined) return '—';
  if (Array.isArray(value)) return code(`[${value.join(', ')}]`);
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}
