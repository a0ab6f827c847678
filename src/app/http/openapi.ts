/** The OpenAPI 3.1 description, made from the schemas that validate. Pure. */
import { z } from 'zod';
import { type Route, type RouteAccess } from './route.ts';

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' }, details: { type: 'object' } },
    },
  },
};

export function buildOpenApi(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = describe(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Rostrum', version, description: 'Control API of the Rostrum webinar broadcaster.' },
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer' },
        stageToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of a stage link of this webinar that has the permission.',
        },
      },
      schemas: { Error: errorSchema },
    },
  };
}

function describe(route: Route): Record<string, unknown> {
  const codes = [
    'HTTP_BODY_INVALID',
    ...(route.access === 'public' ? [] : ['AUTH_API_KEY_MISSING', 'AUTH_API_KEY_WRONG', 'AUTH_RATE_LIMITED']),
    ...(isPermission(route.access) ? ['AUTH_PERMISSION_REQUIRED', 'AUTH_TOKEN_EXPIRED'] : []),
    ...route.errorCodes,
  ];
  return {
    summary: route.summary,
    ...(isPermission(route.access) && { description: `A stage token needs the permission \`${route.access}\`.` }),
    ...securityOf(route),
    ...(route.params === undefined ? {} : { parameters: pathParameters(route.params) }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: json(jsonSchema(route.body, 'input')) } }),
    responses: {
      [route.status]: {
        description: 'Done.',
        content: content(route.contentType ?? 'application/json', jsonSchema(route.reply, 'output')),
      },
      default: {
        description: `Refused or failed: ${codes.join(', ')}.`,
        content: json({ $ref: '#/components/schemas/Error' }),
      },
    },
  };
}

function isPermission(access: RouteAccess): boolean {
  return access !== 'admin' && access !== 'public';
}

function securityOf({ access }: Route): Record<string, unknown> {
  if (access === 'public') return {};
  const tokens = isPermission(access) ? ['stageToken'] : [];
  return { security: ['apiKey', ...tokens].map((scheme) => ({ [scheme]: [] })) };
}

function pathParameters(params: z.ZodObject): unknown[] {
  return Object.entries(params.shape).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: jsonSchema(schema as z.ZodType, 'input'),
  }));
}

function json(schema: unknown): Record<string, unknown> {
  return content('application/json', schema);
}

function content(mediaType: string, schema: unknown): Record<string, unknown> {
  return { [mediaType]: { schema } };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
