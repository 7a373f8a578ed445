declare module "subset-font" {
  interface Options {
    readonly targetFormat?: "woff2" | "woff" | "truetype" | "sfnt";
    readonly variationAxes?: Readonly<Record<string, number | { readonly min: number; readonly max: number }>>;
    /** OpenType features to keep; all where absent. */
    readonly keepFeatures?: readonly string[];
    readonly noHinting?: boolean;
  }
  /** A font with only the glyphs of `text`. */
  const subsetFont: (font: Uint8Array, text: string, options?: Options) => Promise<Uint8Array>;
  export default subsetFont;
}
