import { dist } from "../scripts/paths.mjs";
import { serve } from "../scripts/serve.mjs";

/** Serves dist/ for one run of the tests, on a free port, with its `_headers`; returns how to stop. */
export default async function serveSite(): Promise<() => Promise<void>> {
  const { url, close } = await serve({ folder: dist, port: 0 });
  process.env.GLASSBOX_SITE = url;
  return async () => {
    await close();
  };
}
