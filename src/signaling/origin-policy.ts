/**
 * Which pages may connect. CORS does not bind WebSockets, so the Origin header is checked here; browsers always send
 * it, and programs that are no browsers carry no user's cookies to abuse. Pure.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowedOrigins.includes(origin)) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
