/** One HTTP call: its schemas validate requests and describe it in OpenAPI, so the two cannot drift apart. */
import { type IncomingHttpHeaders } from 'node:http';
import { type z } from 'zod';
import { type Permission } from '../../signaling/protocol/index.ts';

/**
 * `admin` needs the API key; a permission that, or a stage token of somebody who has it in the webinar of the path;
 * `public` answers everyone.
 */
export type RouteAccess = 'admin' | 'public' | Permission;

export interface RouteRequest<Params, Body> {
  readonly params: Params;
  readonly body: Body;
  readonly headers: IncomingHttpHeaders;
  /** True when the request came from this machine itself, not through a proxy. */
  readonly isLocal: boolean;
  /** Scheme and authority that links in the reply begin with. */
  readonly baseUrl: string;
  /** Whom limits count against. */
  readonly clientAddress: string;
  /** Who asks, for the log: `api`, `public`, or the id of a host's invitation. */
  readonly caller: string;
}

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Express path: `/api/webinars/:webinarId`. */
  readonly path: string;
  readonly access: RouteAccess;
  readonly summary: string;
  readonly status: 200 | 201 | 202;
  readonly params: z.ZodObject | undefined;
  readonly body: z.ZodType | undefined;
  /** Largest body that is read, 64 KiB unless said. */
  readonly maxBodyBytes: number | undefined;
  readonly reply: z.ZodType;
  /** Of the reply when it is text as it stands; JSON otherwise. */
  readonly contentType: string | undefined;
  /** Codes this call may answer with, besides those of its access and validation. */
  readonly errorCodes: readonly string[];
  handle(request: RouteRequest<unknown, unknown>): Promise<unknown>;
}

interface RouteDefinition<Params extends z.ZodObject, Body extends z.ZodType, Reply extends z.ZodType> {
  readonly method: Route['method'];
  readonly path: string;
  readonly access: RouteAccess;
  readonly summary: string;
  readonly status?: Route['status'];
  readonly params?: Params;
  readonly body?: Body;
  readonly maxBodyBytes?: number;
  readonly reply: Reply;
  readonly contentType?: string;
  readonly errorCodes?: readonly string[];
  handle(request: RouteRequest<z.output<Params>, z.output<Body>>): Promise<z.input<Reply>>;
}

/** Checks a route's types against its schemas, then forgets them. */
export function defineRoute<Params extends z.ZodObject, Body extends z.ZodType, Reply extends z.ZodType>(
  definition: RouteDefinition<Params, Body, Reply>,
): Route {
  return {
    ...definition,
    status: definition.status ?? 200,
    params: definition.params,
    body: definition.body,
    maxBodyBytes: definition.maxBodyBytes,
    contentType: definition.contentType,
    errorCodes: definition.errorCodes ?? [],
    handle: (request) => definition.handle(request as RouteRequest<z.output<Params>, z.output<Body>>),
  };
}
