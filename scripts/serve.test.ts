import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headersFor, parseHeaderRules } from "./headers.mjs";
import { serve } from "./serve.mjs";

const rules = `
# every page
/*
  Content-Security-Policy: default-src 'self'; frame-ancestors 'none'
  X-Content-Type-Options: nosniff
/embed/*
  ! Content-Security-Policy
  Content-Security-Policy: default-src 'self'
/models/*
  Access-Control-Allow-Origin: *
`;

describe("the _headers rules", () => {
  test("of several patterns add up, and a header can be taken away again", () => {
    const parsed = parseHeaderRules(rules);
    expect(headersFor(parsed, "/attention/")["Content-Security-Policy"]).toBe("default-src 'self'; frame-ancestors 'none'");
    expect(headersFor(parsed, "/embed/bpe-trainer/")).toEqual({
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy": "default-src 'self'",
    });
    expect(headersFor(parsed, "/models/a.safetensors")["Access-Control-Allow-Origin"]).toBe("*");
  });

  test("join the values of a header named twice, as hosts do", () => {
    expect(headersFor(parseHeaderRules("/*\n  Link: a\n/x/:name\n  Link: b\n"), "/x/y")).toEqual({ Link: "a, b" });
  });

  test("are refused, with the line's number, when a line is no header", () => {
    expect(() => parseHeaderRules("/*\n  nonsense\n")).toThrow("_headers: line 2 is not a header: nonsense");
  });
});

describe("the server", () => {
  let folder = "";
  let server: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "glassbox-serve-"));
    const site = join(folder, "site");
    mkdirSync(join(site, "attention"), { recursive: true });
    writeFileSync(join(site, "index.html"), "<!doctype html>home");
    writeFileSync(join(site, "attention", "index.html"), "<!doctype html>attention".padEnd(2000, "."));
    writeFileSync(join(site, "404.html"), "<!doctype html>not here");
    writeFileSync(join(site, "kernels.wasm"), "\0asm");
    writeFileSync(join(site, "_headers"), rules);
    writeFileSync(join(site, ".secret"), "secret");
    writeFileSync(join(folder, "outside.txt"), "outside");
    symlinkSync(join(folder, "outside.txt"), join(site, "link.txt"));
    server = await serve({ folder: site, port: 0 });
  });

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Asks with the path exactly as written: fetch would tidy it first. */
  function ask(path: string, method = "GET", headers = {}): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
    return new Promise((answer, fail) => {
      const { hostname, port } = new URL(server.url);
      request({ hostname, port, path, method, headers }, (response) => {
        let body = "";
        response.setEncoding("latin1").on("data", (part: string) => (body += part));
        response.on("end", () => answer({ status: response.statusCode ?? 0, headers: response.headers, body }));
      })
        .on("error", fail)
        .end();
    });
  }

  test("shows a folder's page with the headers of the rules and the right type", async () => {
    const { status, headers, body } = await ask("/attention/?backend=cpu");
    expect(status).toBe(200);
    expect(body).toContain("attention");
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect((await ask("/kernels.wasm")).headers["content-type"]).toBe("application/wasm");
  });

  test("adds the final slash of a folder and keeps the question, never leaving this host", async () => {
    const { status, headers } = await ask("/attention?backend=cpu");
    expect([status, headers.location]).toEqual([301, "/attention/?backend=cpu"]);
    expect((await ask("//attention")).headers.location).toBe("/attention/");
  });

  test("answers what is not there with the book's own page and status 404", async () => {
    const { status, body } = await ask("/nowhere/");
    expect([status, body]).toEqual([404, "<!doctype html>not here"]);
  });

  test.each(["/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/..%5coutside.txt", "/link.txt", "/.secret", "/_headers", "/%00", "/%ff", "/%"])(
    "gives nothing away for %s",
    async (path) => {
      const { status, body } = await ask(path);
      expect([400, 404]).toContain(status);
      expect(body).not.toMatch(/outside|secret|Content-Security/);
    },
  );

  test("compresses text for those who can read it, and sends no body to HEAD", async () => {
    for (const [accepted, coding] of [["gzip, deflate, br", "br"], ["gzip", "gzip"]] as const) {
      const packed = await ask("/attention/", "GET", { "Accept-Encoding": accepted });
      expect(packed.headers["content-encoding"]).toBe(coding);
      expect(packed.body.length).toBeLessThan(200);
    }
    const head = await ask("/attention/", "HEAD");
    expect([head.status, head.body, head.headers["content-length"]]).toEqual([200, "", "2000"]);
  });

  test("does not send again what a browser has, until it is another", async () => {
    const { headers } = await ask("/kernels.wasm");
    expect(headers.etag).toMatch(/^W\/".+"$/);
    const again = await ask("/kernels.wasm", "GET", { "If-None-Match": `"other", ${String(headers.etag)}` });
    expect([again.status, again.body, again.headers["content-length"]]).toEqual([304, "", undefined]);
    writeFileSync(join(folder, "site", "kernels.wasm"), "\0asm, longer");
    expect((await ask("/kernels.wasm", "GET", { "If-None-Match": String(headers.etag) })).status).toBe(200);
    expect((await ask("/nowhere/")).headers.etag).toBeUndefined();
  });

  test("refuses to be written to", async () => {
    expect((await ask("/", "POST")).status).toBe(405);
  });
});

test("a site can live below a base path", async () => {
  const folder = mkdtempSync(join(tmpdir(), "glassbox-base-"));
  writeFileSync(join(folder, "index.html"), "home");
  const { url, close } = await serve({ folder, port: 0, base: "/book/" });
  expect(await (await fetch(url)).text()).toBe("home");
  expect((await fetch(new URL("/", url))).status).toBe(404);
  await close();
  rmSync(folder, { recursive: true });
});
