/** Headers on pages and API answers: no inline code, no framing, no referrer, media and sockets from here only. */
import { type RequestHandler } from 'express';

const contentSecurityPolicy = [
  "default-src 'self'",
  "worker-src 'self' blob:",
  "img-src 'self' data: blob:",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

/** @param mediaOrigins scheme and authority of each edge, CDN or store that viewers get the program from. */
export function securityHeaders(mediaOrigins: readonly string[] = []): RequestHandler {
  const from = ["'self'", ...mediaOrigins].join(' ');
  const sources = [`media-src ${from} blob:`, `connect-src ${from} ws: wss:`];
  const headers = {
    'Content-Security-Policy': [...contentSecurityPolicy, ...sources].join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(self), microphone=(self), display-capture=(self)',
  };
  return (_request, response, next) => {
    response.set(headers);
    next();
  };
}
