import { iframeCode, plainEmbed, posterAddress } from "../widget/embedCode.ts";
import { embedHeight } from "../widget/embedHeight.ts";
import type { Widget } from "../widget/defineWidget.ts";
import { bookTitle, siteRoot, type Site } from "./site.ts";

const WIDTH = 720;
/** The picture beside an embed is painted at twice its logical size. */
const PICTURE_SCALE = 2;

/** What a page says about an embed to sites that ask by oEmbed: `/embed/<widget>/oembed.json`. Source: oembed.com, section 2.3.4. */
export function oembed(site: Site, widget: Widget): string {
  const root = siteRoot(site);
  const height = embedHeight(widget, WIDTH);
  const html = iframeCode({ site: root, widget: widget.id, title: widget.title, state: "", height, picture: widget.size.wide }, plainEmbed);
  return `${JSON.stringify({
    version: "1.0", type: "rich", title: widget.title, provider_name: bookTitle, provider_url: root, author_name: bookTitle,
    cache_age: 86_400, html, width: WIDTH, height,
    thumbnail_url: posterAddress(root, widget.id), thumbnail_width: PICTURE_SCALE * widget.size.wide[0], thumbnail_height: PICTURE_SCALE * widget.size.wide[1],
  })}\n`;
}

/** What other sites may know before they load an embed: title and sizes of every widget, and what former ids are called now, `/embed/manifest.json`. */
export function embedManifest(widgets: readonly Widget[]): string {
  const entries = widgets.map((widget) => {
    const height = Object.fromEntries([360, 720].map((width) => [width, embedHeight(widget, width)]));
    return [widget.id, { title: widget.title, picture: widget.size, height }];
  });
  const formerly = Object.fromEntries(widgets.flatMap(({ id, aliases }) => aliases.map((name) => [name, id])));
  return `${JSON.stringify({ version: 1, widgets: Object.fromEntries(entries), formerly })}\n`;
}
