import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { book } from "./src/app/build/plugin.ts";
import { embedElement } from "./src/app/build/embedElement.ts";
import { leanKernels } from "./src/app/build/leanKernels.ts";

const base = process.env.GLASSBOX_BASE ?? "/";
if (!/^\/(.+\/)?$/.test(base)) throw new Error(`vite: GLASSBOX_BASE begins and ends with a slash, got ${base}`);
const origin = process.env.GLASSBOX_ORIGIN?.replace(/\/$/, "") || null;
if (origin !== null && !/^https?:\/\/[^/]+$/.test(origin)) throw new Error(`vite: GLASSBOX_ORIGIN is like https://example.org, got ${origin}`);

export default defineConfig({
  base,
  appType: "custom",
  // Controls keep their state when their code changes in development.
  plugins: [react(), book({ base, origin }), embedElement(base), leanKernels()],
  // Found only when a page asks for them, they would be bundled then, and the page loaded anew.
  optimizeDeps: {
    include: ["d3-array", "d3-scale", "d3-selection", "d3-shape", "idb", "minisearch", "react", "react-dom/client", "zustand", "zustand/vanilla"],
  },
  build: {
    target: "es2022",
    // Nothing inline: the content security policy allows no data: scripts, and files are cached for good.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es", plugins: () => [leanKernels()] },
});
