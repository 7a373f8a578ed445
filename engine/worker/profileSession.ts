import { profileLaunches } from "../profileLaunches.ts";
import type { Profile } from "../profile.ts";
import type { Session } from "./session.ts";

/**
 * What the last frame launched, measured again: as JSON bytes of one `Profile` for each backend that it used. Null for a task that
 * launches nothing.
 */
export async function profileSession({ watched }: Session, breathe: () => Promise<void>): Promise<Uint8Array | null> {
  const found: Profile[] = [];
  for (const { backend, contents, launches } of watched) {
    const last = launches();
    if (last.length > 0) found.push(await profileLaunches(backend, last, { contents, breathe }));
  }
  return found.length > 0 ? new TextEncoder().encode(JSON.stringify(found)) : null;
}
