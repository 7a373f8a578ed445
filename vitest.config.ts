import { defineConfig } from "vitest/config";
import { useSoftwareVulkan } from "./scripts/paths.mjs";

// The forked test processes inherit this; Dawn reads it when it is loaded.
useSoftwareVulkan();

const settings = {
  environment: "node",
  // A process a file: Dawn and WASM memory end with the file that used them, and a crash names its file.
  pool: "forks",
  maxWorkers: 2,
  testTimeout: 30_000,
  hookTimeout: 30_000,
  exclude: ["**/node_modules/**", "dist/**", "engine/backends/cpu/assembly/**"],
} as const;

export default defineConfig({
  test: {
    ...settings,
    exclude: [...settings.exclude],
    projects: [
      { test: { ...settings, exclude: [...settings.exclude], name: "engine", include: ["engine/**/*.test.ts"] } },
      {
        test: {
          ...settings,
          exclude: [...settings.exclude],
          name: "unit",
          include: ["src/**/*.test.{ts,tsx}", "chapters/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
        },
      },
    ],
  },
});
