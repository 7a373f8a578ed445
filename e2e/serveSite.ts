import { dist } from "../scripts/paths.mjs";
import { serve } from "../scripts/serve.mjs";

/** Serves dist/ for one run of the tests, on a free port, with its `_headers`; returns how to stop. `GLASSBOX_SITE` names a site that is already served. */
export default async function serveSite(): Promise<() => Promise<void>> {
  if (process.env.GLASSBOX_SITE) return async () => undefined;
  const { url, close } = await serve({ folder: dist, port: 0 });
  process.env.GLASSBOX_SITE = url;
  return async () => {
    await close();
  };
}
