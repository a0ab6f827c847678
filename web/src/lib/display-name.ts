/** The name rule of the protocol (displayNameSchema), written without the schema library to keep the page small. */

export const displayNameMaxLength = 60;

/** @returns the trimmed name, or undefined when the server would refuse it. */
export function parseDisplayName(entered: string): string | undefined {
  const name = entered.trim();
  if (name.length === 0 || name.length > displayNameMaxLength) return undefined;
  return /^[^\p{Cc}\p{Cs}]+$/u.test(name) ? name : undefined;
}
