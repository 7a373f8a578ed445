interface Codes {
  readonly element: string;
  readonly iframe: string;
  /** Of the embed page. */
  readonly address: string;
  readonly root: string;
  readonly widget: string;
  readonly height: number;
  readonly title: string;
}

interface Recipe {
  readonly name: string;
  /** What stands between backticks is code. */
  readonly how: string;
  readonly code: string;
}

/** How a figure gets into the pages of well-known platforms. */
export function recipes({ element, iframe, address, root, widget, height, title }: Codes): Recipe[] {
  return [
    {
      name: "Plain HTML",
      how: "Paste the element where the figure belongs. The script may stand once for all figures of a page.",
      code: element,
    },
    {
      name: "Markdown sites (Hugo, Jekyll, Eleventy, Astro, MkDocs, Docusaurus)",
      how: "Markdown lets HTML through; leave an empty line before and after. Hugo wants `unsafe: true` under "
        + "`markup.goldmark.renderer`. In MDX write `style={{ border: 0 }}`.",
      code: iframe,
    },
    {
      name: "WordPress",
      how: "In the block editor add a block “Custom HTML” and paste the iframe. "
        + "(Pasting the bare address works where the site allows this oEmbed provider.)",
      code: iframe,
    },
    {
      name: "Ghost",
      how: "Type `/html` for an HTML card and paste the element, or paste the address: Ghost asks the page for its oEmbed.",
      code: element,
    },
    {
      name: "Notion, Substack-type and other editors that take an address",
      how: "Type `/embed` and paste the address of the embed, state included. "
        + "Where only links are possible, readers get the figure on a page of its own.",
      code: address,
    },
    {
      name: "React",
      how: "The iframe needs nothing else. With the element, load `embed/v1.js` once and listen to its events by a ref.",
      code: `export function LiveFigure({ params = "" }) {
  return (
    <iframe
      src={\`${address}#\${params}\`}
      title=${JSON.stringify(title)}
      style={{ width: "100%", height: ${height}, border: 0 }}
      loading="lazy" referrerPolicy="no-referrer"
      sandbox="allow-scripts allow-same-origin allow-popups"
    />
  );
}`,
    },
    {
      name: "Moodle",
      how: "In the text editor switch to HTML (</>) and paste the iframe. "
        + "If it vanishes on saving, the site’s filter takes iframes out: ask for it to be allowed, "
        + "or add the address as a URL resource, shown embedded.",
      code: iframe,
    },
    {
      name: "Canvas",
      how: "In the rich content editor choose Insert, Embed, and paste the iframe.",
      code: iframe,
    },
    {
      name: "Google Sites",
      how: "Insert, Embed, By URL: paste the address and draw the box as high as the figure.",
      code: address,
    },
    {
      name: "Quarto",
      how: "A raw HTML block in a `.qmd` file; the HTML formats show the figure, in PDF and Word the line below it stands instead.",
      code: `\`\`\`{=html}\n${iframe}\n\`\`\`\n\n::: {.content-visible unless-format="html"}\n[${title}](${address})\n:::`,
    },
    {
      name: "Jupyter Book",
      how: "In a MyST page; in a notebook use `IPython.display.IFrame` with the same address.",
      code: `\`\`\`{raw} html\n${iframe}\n\`\`\``,
    },
    {
      name: "Jupyter notebook",
      how: "In a code cell.",
      code: `from IPython.display import IFrame\nIFrame("${address}", width="100%", height=${height})`,
    },
    {
      name: "reveal.js",
      how: "With data-src a figure loads when its slide comes near. "
        + "Arrow keys inside the figure move its cursor, outside they turn slides.",
      code: `<section>\n  <h3>${title}</h3>\n  <iframe data-src="${address}?controls=min&run=click" width="960" height="560"
    style="border:0"></iframe>\n</section>`,
    },
    {
      name: "A policy-strict page",
      how: "With `Content-Security-Policy: default-src 'self'` the iframe alone needs one more source.",
      code: `Content-Security-Policy: default-src 'self'; frame-src ${root}\n
${iframe.replace(' style="border:0"', "")}\n<!-- ${widget}: no inline style, no script of ours in your page -->`,
    },
  ];
}
