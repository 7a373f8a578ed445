const PRESENTATION = ["fill", "stroke", "stroke-width", "stroke-dasharray", "fill-opacity", "stroke-opacity", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "visibility"];

/** The drawing of a figure as a file of its own: styles that come from the page are written into it. */
export function standaloneSvg(figure: HTMLElement): { text: string; width: number; height: number } {
  const svg = [...figure.querySelectorAll<SVGSVGElement>("[data-stage] svg")].find((one) => one.getClientRects().length > 0);
  if (!svg) throw new Error(`figure ${figure.id} has no drawing`);
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of PRESENTATION) {
      const value = style.getPropertyValue(name);
      if (value) to[i]!.setAttribute(name, value);
    }
  });
  const [, , width = 720, height = 360] = (svg.getAttribute("viewBox") ?? "").split(" ").map(Number);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

export function downloadSvg(figure: HTMLElement, name: string): void {
  save(new Blob([standaloneSvg(figure).text], { type: "image/svg+xml" }), `${name}.svg`);
}

/** The drawing at twice its logical size, on the page's background. */
export async function downloadPng(figure: HTMLElement, name: string): Promise<void> {
  const { text, width, height } = standaloneSvg(figure);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 });
  const context = canvas.getContext("2d");
  if (!context) return;
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => { if (blob) save(blob, `${name}.png`); });
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
